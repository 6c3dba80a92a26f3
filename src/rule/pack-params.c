/*
 * Parameters in expressions: params.x of a text, number or boolean becomes that value before the
 * check, so that a pattern is compiled once and types are known. Lists and maps stay variables.
 */
#include "rule/pack-int.h"

static bool shadows(struct sv name)
{
	return sv_is(name, "params");
}

static bool inlined(const struct rule *rule, struct cel_expr *x)
{
	const struct cel_expr *of = x->select.operand;
	const struct node *value;

	if (x->flags & (CEL_X_HAS | CEL_X_OPTIONAL) || of->kind != CEL_X_IDENT ||
	    !shadows(of->ident.name))
		return false;
	value = node_get_sv(rule->params, x->select.field);
	if (!value || value->kind == NODE_ARRAY || value->kind == NODE_OBJECT ||
	    value->kind == NODE_NULL)
		return false;
	struct cel_expr literal = {.kind = CEL_X_LITERAL, .start = x->start, .end = x->end};
	literal.literal = cel_of_node(value);
	*x = literal;
	return true;
}

static void inline_all(const struct rule *rule, struct cel_expr *const *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		rule_inline_params(rule, p[i]);
}

/* As deep as limit_cel_depth lets the parser go. */
void rule_inline_params(const struct rule *rule, struct cel_expr *x)
{
	if (!x || !rule->params)
		return;
	switch ((enum cel_expr_kind)x->kind) {
	case CEL_X_SELECT:
		if (!inlined(rule, x))
			rule_inline_params(rule, x->select.operand);
		break;
	case CEL_X_CALL:
		inline_all(rule, x->call.args, x->call.n);
		break;
	case CEL_X_LIST:
		inline_all(rule, x->list.items, x->list.n);
		break;
	case CEL_X_MAP:
	case CEL_X_MESSAGE:
		inline_all(rule, x->map.keys, x->map.n);
		inline_all(rule, x->map.values, x->map.n);
		break;
	case CEL_X_FOLD:
		rule_inline_params(rule, x->fold.range);
		/* a variable of this name hides the parameters */
		if (shadows(x->fold.var) || shadows(x->fold.var2))
			break;
		rule_inline_params(rule, x->fold.filter);
		rule_inline_params(rule, x->fold.value);
		break;
	case CEL_X_IDENT:
	case CEL_X_LITERAL:
	case CEL_X_EXPR_KINDS:
		break;
	}
}
