/* Digests beyond what oci/source.h declares: hex alone, and of bytes in memory. */
#pragma once

#include "oci/source.h"

/* 64 lower-case hex digits without the algorithm, as docker-archive file names have them. */
bool digest_parse_hex(struct sv hex, struct digest *out);
struct sv digest_hex(struct arena *a, const struct digest *d);
/* SHA-256 of bytes. */
int digest_of(struct sv bytes, struct digest *out, struct err *err) must_check;
