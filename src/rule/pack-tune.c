/* The tune section: what a pack changes of rules that others brought. */
#include "rule/pack-int.h"

#include "base/suggest.h"

static const struct pack_field tune_fields[] = {
	{"id", KIND_STRING, true},     {"severity", KIND_STRING, false},
	{"params", KIND_MAP, false},   {"enabled", KIND_BOOL, false},
	{"default", KIND_BOOL, false},
};

static int unknown_rule(struct pack_reader *p, const struct node *id)
{
	struct err err;
	int rc = rules_unknown(p->r, "tune", id->text, &err);

	if (rc == 0)
		return pack_fail(p, id->start, "several rules are called '%.*s': use the id",
				 SV_ARG(id->text));
	rc = pack_fail(p, id->start, "no rule is called '%.*s'", SV_ARG(id->text));
	if (err.hint[0])
		(void)err_hint(p->err, "%s", err.hint);
	return rc;
}

static int tune_params(struct pack_reader *p, struct rule *rule, const struct node *params)
{
	const struct node *old = rule->params;
	struct node *merged = ARENA_NEW(&p->r->arena, struct node);

	*merged = old ? *old : (struct node){.kind = NODE_OBJECT};
	merged->items = ARENA_ARRAY(&p->r->arena, merged->n, struct node);
	if (merged->n)
		memcpy(merged->items, old->items, merged->n * sizeof *merged->items);
	NODE_EACH (n, params) {
		struct suggest s = {.word = n->key};
		struct node *at = NULL;
		for (uint32_t i = 0; i < merged->n; i++) {
			suggest_offer(&s, merged->items[i].key);
			if (sv_eq(merged->items[i].key, n->key))
				at = &merged->items[i];
		}
		if (!at) {
			int rc = pack_fail(p, n->key_start, "rule %.*s has no parameter '%.*s'",
					   SV_ARG(rule->text.id), SV_ARG(n->key));
			pack_hint(p->err, &s);
			return rc;
		}
		if (at->kind != n->kind)
			return pack_fail(p, n->start,
					 "parameter '%.*s' of rule %.*s has another type",
					 SV_ARG(n->key), SV_ARG(rule->text.id));
		*at = *n;
		at->doc = PARAM_DOC;
		pack_mark_params(at);
	}
	rule->params = merged;
	/* its expressions hold the old values */
	if (!rule->compiled)
		return 0;
	rule->compiled = false;
	return rule_compile(p->r, rule, p->err);
}

static int tune_one(struct pack_reader *p, const struct node *n)
{
	int rc = pack_fields(p, n, "a tune entry", tune_fields, ARRAY_LEN(tune_fields));
	if (rc)
		return rc;
	const struct node *id = node_get(n, "id"), *severity = node_get(n, "severity"),
			  *params = node_get(n, "params"), *enabled = node_get(n, "enabled"),
			  *on = node_get(n, "default");
	/* found in p->r, which is ours to change */
	struct rule *rule = (struct rule *)(uintptr_t)rules_find(p->r, id->text);
	if (!rule)
		return unknown_rule(p, id);
	if (severity) {
		enum severity s = severity_parse(severity->text);
		if (s == SEVERITIES || s == SEV_UNKNOWN)
			return pack_fail(p, severity->start, "'%.*s' is no severity",
					 SV_ARG(severity->text));
		rule->text.severity = s;
	}
	if (enabled)
		rule->disabled = !node_true(enabled);
	if (on)
		rule->opt_in = !node_true(on);
	return params ? tune_params(p, rule, params) : 0;
}

int pack_tune(struct pack_reader *p, const struct node *list)
{
	NODE_EACH (n, list) {
		int rc = tune_one(p, n);
		if (rc)
			return rc;
	}
	return 0;
}
