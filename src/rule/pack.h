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

struct benchmark;

struct rules {
	struct arena arena; /* everything below, and the programs */
	struct facts facts;
	struct cel_env *envs; /* one for each fact, made when first needed */
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
	struct {
		struct benchmark **p;
		size_t n, cap;
	} benchmarks; /* rule/benchmark.h; a later one of the same name and version replaces */
	bool samples; /* keep them: set before loading */
	/* A rule with a mistake in it is told here and left out; without, it ends the load. */
	void (*fault)(void *arg, const struct err *err);
	void *fault_arg;
	uint32_t loads; /* calls of rules_load*() */
	uint64_t spent; /* bytes of expressions compiled: limit_rule_expressions */
};

void rules_init(struct rules *r);
void rules_done(struct rules *r);
int rules_load_builtin(struct rules *r, struct err *err) must_check;
/* A file, or all *.yaml of a folder and of benchmarks/ below it (sorted). What is read here is
 * compiled at once. */
int rules_load(struct rules *r, struct sv path, struct err *err) must_check;
/* One pack from memory; name is for messages. */
int rules_load_text(struct rules *r, struct sv name, struct sv bytes, struct err *err) must_check;
/* Compiles what is not: the built-in rules are read without, so that a start costs little.
 * selected: by index in all, NULL = every rule. Before the rules are shared by threads or forks. */
int rules_compile(struct rules *r, const bool *selected, struct err *err) must_check;
/* The same for one rule, by index in all, of an engine that finds it so. */
int rules_compile_late(const struct rules *r, size_t index, struct err *err) must_check;
/* By id, or by an alias that only one rule has; NULL. */
const struct rule *rules_find(const struct rules *r, struct sv id);
/* Every rule with this id, alias, family or glob; calls back, returns how many. */
size_t rules_select(const struct rules *r, struct sv name,
		    void (*found)(void *arg, const struct rule *rule), void *arg);
/* True when name is its id, an alias, its family, or a glob of these; case does not count. */
bool rule_is_named(const struct rule *rule, struct sv name);
/* ERR_USAGE for a name that no rule has, with a suggestion; option is for the message ("--only").
 */
int rules_unknown(const struct rules *r, const char *option, struct sv name, struct err *err);
/* The text of a rule for the report. */
const struct rule_text *rule_text_of(const struct rule *rule);
