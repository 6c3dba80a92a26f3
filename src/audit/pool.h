/* Workers, and files on their way to them. */
#pragma once

#include "audit/collect.h"
#include "report/progress.h"

struct audit_pool_options {
	unsigned jobs;
	int64_t deadline; /* clock_mono_ns(), 0 = none */
	enum progress_mode progress;
	const struct buf *input; /* what "-" is */
};

/* Has every file judged, or says why one was not. Negative: no worker could be started. */
int audit_pool_run(struct collector *c, const struct audit_pool_options *o,
		   struct err *err) must_check;
/* Rules over the set, and about what comes only from it: one worker that sees all entries. */
int audit_pool_set(struct collector *c, const struct audit_pool_options *o,
		   struct err *err) must_check;
