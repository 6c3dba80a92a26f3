/* What judging and putting right share. */
#pragma once

#include "audit/audit.h"
#include "audit/pool.h"

struct audit_setup {
	struct audit_plan plan;
	struct audit_pool_options pool;
	uint8_t *use; /* of the plan */
	bool *selected;
};

/* Chooses and compiles the rules. audit_setup_done() in any case. */
int audit_setup(struct audit_setup *s, const struct audit_options *o, struct err *err) must_check;
void audit_setup_done(struct audit_setup *s);
