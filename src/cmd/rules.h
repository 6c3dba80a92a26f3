/* What the commands about rules share. */
#pragma once

#include "cmd/command.h"
#include "rule/pack.h"

/* The built-in packs and that of --policy. */
int rules_open(const struct invocation *in, struct rules *r, struct err *err) must_check;
/* The packs that the operands name (without any: rules/ of the working directory), beside the
 * built-in ones; samples kept. *first: the first load that is theirs. Rules with mistakes are
 * printed to standard error, counted and left out. */
int rules_open_named(struct invocation *in, struct rules *r, uint32_t *first, size_t *mistakes,
		     struct err *err) must_check;
/* One rule as a JSON object. */
void rule_json(struct json_out *w, const struct rule *rule);
/* A rule by id, or the rules of an alias: prints all. ERR_USAGE when there is none. */
int rules_print(const struct rules *r, const struct sv_vec *names, bool json,
		struct err *err) must_check;
