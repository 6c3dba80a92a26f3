/* Runs a helper program: input and output over pipes, both bounded, no shell. */
#pragma once

#include "base/base.h"

struct run {
	const char *const *argv; /* looked up in PATH */
	struct sv input;
	uint64_t limit;     /* bytes of output */
	int64_t timeout_ns; /* then it is killed: ERR_TIMEOUT */
};

/* Appends its standard output; its standard error goes nowhere. *status: its exit code, 128 + the
 * signal that ended it. ERR_NOTFOUND without such a program. */
int run_program(const struct run *r, struct buf *out, int *status, struct err *err) must_check;
