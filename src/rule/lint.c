#include "rule/sample.h"

struct linter {
	const struct rules *r;
	const struct rule *rule;
	void (*tell)(void *arg, const struct rule *rule, const char *what);
	void *arg;
};

static void say(const struct linter *l, const char *what)
{
	l->tell(l->arg, l->rule, what);
}

static bool in_table(struct sv v, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sv_is(v, words[i]))
			return true;
	return false;
}

static void lint_texts(const struct linter *l)
{
	static const char *const families[] = {"privilege",  "host",    "supply",       "identity",
					       "secrets",    "network", "availability", "hygiene",
					       "dockerfile", "image",   "engine"};
	const struct rule *rule = l->rule;
	bool values = false;

	if (!rule->text.why.n)
		say(l, "no 'why': what can happen");
	if (!in_table(rule->family, families, ARRAY_LEN(families)))
		say(l, "a family that no other rule has");
	if (sv_ends(rule->text.title, SV(".")))
		say(l, "the title ends with a full stop");
	if (rule->text.title.n > 72)
		say(l, "the title is longer than 72 bytes");
	for (size_t i = 0; i < rule->message.n; i++)
		values |= rule->message.p[i].value.root != NULL;
	if (!values)
		say(l, "the message shows no value: {expression}");
	/* facts about the whole set have no places but their object's */
	if (!rule->evidence.n && !rule->set)
		say(l, "no 'evidence': the place shown is the whole element");
	for (size_t i = 0; i < rule->text.id.n; i++) {
		if (rule->text.id.p[i] >= 'A' && rule->text.id.p[i] <= 'Z') {
			say(l, "the id has capital letters");
			break;
		}
	}
}

static void lint_samples(const struct linter *l)
{
	size_t good = 0, bad = 0;

	for (size_t i = 0; i < l->rule->samples.n; i++)
		*(l->rule->samples.p[i].good ? &good : &bad) += 1;
	if (!good)
		say(l, "no 'good' sample");
	if (!bad)
		say(l, "no 'bad' sample");
}

static void lint_aliases(const struct linter *l)
{
	const struct sv_vec *a = &l->rule->text.aliases;

	for (size_t i = 0; i < a->n; i++) {
		for (size_t k = 0; k < i; k++)
			if (sv_ieq(a->p[i], a->p[k]))
				say(l, "an alias stands twice");
		if (sv_ieq(a->p[i], l->rule->text.id))
			say(l, "an alias that is its own id");
		for (size_t k = 0; k < l->r->all.n; k++)
			if (l->r->all.p[k] != l->rule && sv_ieq(a->p[i], l->r->all.p[k]->text.id))
				say(l, "an alias is the id of another rule");
	}
}

static bool uses_slot(const struct cel_expr *x, uint32_t slot);

static bool any_uses(struct cel_expr *const *p, uint32_t n, uint32_t slot)
{
	for (uint32_t i = 0; i < n; i++)
		if (uses_slot(p[i], slot))
			return true;
	return false;
}

/* As deep as limit_cel_depth lets the parser go. */
static bool uses_slot(const struct cel_expr *x, uint32_t slot)
{
	if (!x)
		return false;
	switch ((enum cel_expr_kind)x->kind) {
	case CEL_X_IDENT:
		return !x->ident.local && x->ident.slot == slot;
	case CEL_X_SELECT:
		return uses_slot(x->select.operand, slot);
	case CEL_X_CALL:
		return any_uses(x->call.args, x->call.n, slot);
	case CEL_X_LIST:
		return any_uses(x->list.items, x->list.n, slot);
	case CEL_X_MAP:
	case CEL_X_MESSAGE:
		return any_uses(x->map.keys, x->map.n, slot) ||
		       any_uses(x->map.values, x->map.n, slot);
	case CEL_X_FOLD:
		return uses_slot(x->fold.range, slot) || uses_slot(x->fold.filter, slot) ||
		       uses_slot(x->fold.value, slot);
	case CEL_X_LITERAL:
	case CEL_X_EXPR_KINDS:
		break;
	}
	return false;
}

static bool rule_uses(const struct rule *rule, uint32_t slot)
{
	if (uses_slot(rule->when.root, slot) || uses_slot(rule->assertion.root, slot))
		return true;
	for (size_t i = 0; i < rule->message.n; i++)
		if (uses_slot(rule->message.p[i].value.root, slot))
			return true;
	return false;
}

/* By the text: in the tree scalar parameters are values. */
static bool names_params(const struct rule *rule)
{
	struct sv name = SV("params");

	return sv_find(rule->when_text, name) != SIZE_MAX ||
	       sv_find(rule->assertion_text, name) != SIZE_MAX ||
	       sv_find(node_get_str(rule->source, "message"), name) != SIZE_MAX;
}

static void lint_expressions(const struct linter *l)
{
	const struct rule *rule = l->rule;

	if (!rule->compiled)
		return;
	if (rule->params && !names_params(rule))
		say(l, "'params' that no expression uses");
	if (rule->each >= 0 && !rule_uses(rule, SLOT_SCOPES + (uint32_t)rule->each))
		say(l, "the variable of 'each' is not used: the same is said for each element");
	if (rule->assertion.root->kind == CEL_X_LITERAL)
		say(l, "'assert' is a constant");
}

void rule_lint(const struct rules *r, const struct rule *rule,
	       void (*tell)(void *arg, const struct rule *rule, const char *what), void *arg)
{
	struct linter l = {.r = r, .rule = rule, .tell = tell, .arg = arg};

	lint_texts(&l);
	lint_samples(&l);
	lint_aliases(&l);
	lint_expressions(&l);
}
