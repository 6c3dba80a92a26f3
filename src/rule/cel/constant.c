/* Lists and maps of literals become literals themselves: made once, not at every evaluation. */
#include "rule/cel/check.h"

static bool all_literals(struct cel_expr *const *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (p[i]->kind != CEL_X_LITERAL)
			return false;
	return true;
}

static void list_constant(struct arena *a, struct cel_expr *x)
{
	if (x->list.optional || !all_literals(x->list.items, x->list.n))
		return;
	struct cel_value *p = ARENA_ARRAY(a, x->list.n, struct cel_value);
	for (uint32_t i = 0; i < x->list.n; i++)
		p[i] = x->list.items[i]->literal;
	uint32_t n = x->list.n;
	x->kind = CEL_X_LITERAL;
	x->literal = cel_items(p, n);
}

static bool is_key(const struct cel_value *v)
{
	return v->kind == CEL_STRING || v->kind == CEL_INT || v->kind == CEL_UINT ||
	       v->kind == CEL_BOOL;
}

/* What is no key, or a key that stands twice, is left for the evaluation to say. */
static void map_constant(struct arena *a, struct cel_expr *x)
{
	size_t twice;

	if (x->map.optional || !all_literals(x->map.keys, x->map.n) ||
	    !all_literals(x->map.values, x->map.n))
		return;
	struct cel_map *m = ARENA_NEW(a, struct cel_map);
	m->n = x->map.n;
	m->p = ARENA_ARRAY(a, m->n, struct cel_entry);
	for (uint32_t i = 0; i < x->map.n; i++) {
		m->p[i].key = x->map.keys[i]->literal;
		m->p[i].value = x->map.values[i]->literal;
		if (!is_key(&m->p[i].key))
			return;
	}
	if (!cel_map_index(a, m, &twice))
		return;
	x->kind = CEL_X_LITERAL;
	x->literal = (struct cel_value){.kind = CEL_MAP, .form = CEL_FORM_ITEMS, .map = m};
}

static void all_constants(struct arena *a, struct cel_expr *const *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		cel_constants(a, p[i]);
}

void cel_constants(struct arena *a, struct cel_expr *x)
{
	switch ((enum cel_expr_kind)(x ? x->kind : CEL_X_LITERAL)) {
	case CEL_X_SELECT:
		cel_constants(a, x->select.operand);
		return;
	case CEL_X_CALL:
		all_constants(a, x->call.args, x->call.n);
		return;
	case CEL_X_LIST:
		all_constants(a, x->list.items, x->list.n);
		list_constant(a, x);
		return;
	case CEL_X_MAP:
		all_constants(a, x->map.keys, x->map.n);
		all_constants(a, x->map.values, x->map.n);
		map_constant(a, x);
		return;
	case CEL_X_FOLD:
		cel_constants(a, x->fold.range);
		cel_constants(a, x->fold.filter);
		cel_constants(a, x->fold.value);
		return;
	default:
		return;
	}
}
