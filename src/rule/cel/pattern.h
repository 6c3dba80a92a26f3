/* Regular expressions in functions: compiled once where they are literals, else at the call. */
#pragma once

#include "rule/cel/eval-int.h"
#include "rule/regex/regex.h"

/* A compiled pattern, and how much bigger than an ordinary one it is. */
struct cel_pattern {
	const struct regex *re;
	uint64_t weight;
};

/* cel_prepare_fn of functions whose argument 1 is the pattern. */
cel_prepare_fn cel_pattern_prepare;
/* The prepared pattern of the call, or text compiled now, paid for; NULL and *fault. Afterwards
 * e->regex is there. */
const struct cel_pattern *cel_pattern_of(struct cel_eval *e, struct sv text,
					 struct cel_value *fault);
/* Of an evaluator; NULL is fine. */
void cel_patterns_free(struct cel_patterns *p);
/* Pays for a search over so many bytes. */
bool cel_pattern_spend(struct cel_eval *e, const struct cel_pattern *p, size_t bytes);
