/* What decides which findings are shown and which count: the same in every command. Raw texts as
 * given; judge_init() (report/judge.h) reads them. */
#pragma once

#include "base/base.h"

struct judge_options {
	struct sv_vec fail_on;    /* "high", "high+fixable"; alternatives */
	struct sv_vec severity;   /* shown levels; "high+" = high and above */
	struct sv_vec only, skip; /* ids, id globs, families */
	struct sv_vec exclude;    /* path globs */
	struct sv_vec container;  /* container name globs */
	struct sv_vec waivers;    /* files */
	struct sv unknown_as;     /* severity of findings without one, or empty */
	bool fixable, only_added, all, strict, allow_uncovered;
	uint64_t max_db_age; /* days */
	bool needs_database; /* set by the command: a report without advisory data is exit 4 */
	struct sv_vec rules; /* set by the command: ids of rules it knows; empty = any id */
};
