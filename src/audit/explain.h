/*
 * `gabion explain RULE TARGET...`: every verdict of the rules with what it comes from.
 */
#pragma once

#include "audit/audit.h"

struct explained {
	struct {
		const struct finding **p;
		size_t n, cap;
	} all; /* by rule and subject, those of a subject as they stand in it; what objects
		  except is among them (in_source) */
	uint64_t states[STATES];
	uint64_t excepted; /* of those that fail */
};

/* Judges with o->explain set. */
int audit_explain(struct report *r, const struct sv_vec *targets, struct audit_options *o,
		  struct explained *out, struct err *err) must_check;
void explained_done(struct explained *e);
