/* Samples of rules: a good one must pass, a bad one must fail. */
#pragma once

#include "rule/engine.h"

/* True when the rule says of the sample what the sample says of itself; else *why. The engine is
 * made for these rules; its selection is set here. Texts live in the arena. */
bool sample_holds(struct engine *e, size_t rule, const struct rule_sample *sample, struct arena *a,
		  struct sv *why);
/* What reads badly in a rule: calls back for each. */
void rule_lint(const struct rules *r, const struct rule *rule,
	       void (*tell)(void *arg, const struct rule *rule, const char *what), void *arg);
