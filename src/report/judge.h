/*
 * What every command does with its findings: waivers, filters, order, summary, exit code.
 *
 *     judge_init() before the work (bad options end it early), judge_apply() once all findings are
 * there, then the outputs, then judge_exit().
 */
#pragma once

#include "report/fail-on.h"
#include "report/judge-options.h"
#include "report/waivers.h"

struct judge {
	const struct judge_options *options; /* outlives the judge */
	struct fail_on fail_on;
	struct waivers waivers;
	unsigned shown_levels; /* bit per severity; 0 = all */
	struct arena arena;
};

int judge_init(struct judge *j, const struct judge_options *o, struct err *err) must_check;
void judge_done(struct judge *j);
/* Moves waived findings, drops hidden ones (r->filters says how many), sorts worst first (rules by
 * id), fills r->summary (except uncovered and unread, which the command counts). Call once. */
void judge_apply(struct judge *j, struct report *r);
/* 0 to 5 by the table of docs/contract.md. */
int judge_exit(const struct judge *j, const struct report *r);
/* judge_exit in parts: for the last line of the table output. */
bool judge_threshold_reached(const struct judge *j, const struct report *r);
