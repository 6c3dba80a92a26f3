/* gabion explain RULE TARGET... */
#pragma once

#include "cmd/records.h"
#include "cmd/rules.h"

/* What runs, as gabion audit has it. */
struct explain_own {
	struct sv_vec commands;
	struct sv host, context, root;
};

/* Operands: the name of rules, then targets as gabion audit has them. Returns the exit code. */
int explain_rule_in(struct invocation *in, struct rules *rules, bool json,
		    struct err *err) must_check;
