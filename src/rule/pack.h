/*
 * Packs: files of rules. Those of rules/ are compiled into the program; a user's come with
 * --policy FILE|DIR and can add rules, tune (severity, params, enabled) or replace them by id.
 *
 * A mistake (unknown field, wrong type, an expression that does not check, an id twice) is
 * ERR_PARSE, SCOPE_CONFIG, with "file:line:column" in err->where and a suggestion. Samples are kept
 * only on request.
 */
#pragma once

#include "base/map.h"
#include "rule/rule.h"

struct rules {
	struct arena arena; /* everything below, and the programs */
	struct {
		struct rule **p;
		size_t n, cap;
	} all; /* by family, then id */
	struct map
		by_name; /* id or alias -> rule; an alias may stand for several: rules_find_all() */
	struct {
		struct pack {
			struct sv name, version, file;
			size_t rules;
		} * p;
		size_t n, cap;
	} packs;
	bool samples; /* keep them: set before loading */
};

void rules_init(struct rules *r);
void rules_done(struct rules *r);
int rules_load_builtin(struct rules *r, struct err *err) must_check;
/* A file, or all *.yaml of a folder (one level, sorted). */
int rules_load(struct rules *r, struct sv path, struct err *err) must_check;
/* One pack from memory; name is for messages. */
int rules_load_text(struct rules *r, struct sv name, struct sv bytes, struct err *err) must_check;
/* By id, or by an alias that only one rule has; NULL. */
const struct rule *rules_find(const struct rules *r, struct sv id);
/* Every rule with this id, alias, family or glob; calls back, returns how many. */
size_t rules_select(const struct rules *r, struct sv name,
		    void (*found)(void *arg, const struct rule *rule), void *arg);
/* The text of a rule for the report. */
const struct rule_text *rule_text_of(const struct rule *rule);
