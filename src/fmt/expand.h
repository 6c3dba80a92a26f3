/* How much a compressed stream may grow: limit_layer_bytes in all, limit_layer_ratio beyond 64 MiB.
 */
#pragma once

#include "base/base.h"

struct expand {
	uint64_t in, out; /* bytes so far; the caller counts in */
};

/* n more bytes came out. */
int expand_add(struct expand *e, size_t n, struct err *err) must_check;
