/* What macros became: a range, variables over it, a predicate or a value. */
#include "rule/cel/check.h"

static void scope_push(struct check *c, struct scope *s, struct sv name,
		       const struct cel_type *type, uint32_t *slot)
{
	*s = (struct scope){c->scope, name, type, c->slots++};
	*slot = s->slot;
	c->scope = s;
	if (c->slots > c->slots_max)
		c->slots_max = c->slots;
}

static void scope_pop(struct check *c, unsigned n)
{
	while (n--) {
		c->scope = c->scope->up;
		c->slots--;
	}
}

/* The types of what comes first and second: index or key, element or value. */
static int over_range(struct check *c, const struct cel_expr *e, const struct cel_type **key,
		      const struct cel_type **value)
{
	const struct cel_type *t = check_head(e->fold.range), *dyn = &cel_types[CEL_T_DYN];

	*key = *value = dyn;
	if (t->kind == CEL_T_LIST) {
		*key = &cel_types[CEL_T_INT];
		*value = check_param(t, 0);
	} else if (t->kind == CEL_T_MAP) {
		*key = check_param(t, 0);
		*value = check_param(t, 1);
	} else if (unify_is_var(t)) {
		(void)unify_try(&c->unify, dyn, t);
	} else if (t->kind != CEL_T_DYN && t->kind != CEL_T_ERROR && t->kind != CEL_T_PARAM) {
		return check_fail(c, e->fold.range, "%s is no list and no map to go through",
				  check_text(c, t));
	}
	return 0;
}

/* What the fold gives, by the type of its value. key: of the range; item: of one variable. */
static int fold_type(struct check *c, struct cel_expr *e, const struct cel_type *key,
		     const struct cel_type *item)
{
	const struct cel_type *t;

	switch ((enum cel_macro)e->macro) {
	case CEL_FOLD_MAP:
		return check_type(c, e, cel_type_list(c->arena, e->fold.value->type));
	case CEL_FOLD_FILTER:
		return check_type(c, e, cel_type_list(c->arena, item));
	case CEL_FOLD_TRANSFORM_MAP:
		return check_type(c, e, cel_type_map(c->arena, key, e->fold.value->type));
	case CEL_FOLD_TRANSFORM_ENTRY:
		t = cel_type_map(c->arena, unify_fresh(&c->unify), unify_fresh(&c->unify));
		if (check_wants(c, e->fold.value, t, "the value of transformMapEntry()") < 0)
			return -(int)c->err->kind;
		return check_type(c, e, unify_resolve(&c->unify, t, false));
	case CEL_FOLD_ALL:
	case CEL_FOLD_EXISTS:
	case CEL_FOLD_EXISTS_ONE:
	case CEL_FOLD_BIND:
	case CEL_FOLD_OPT_MAP:
	case CEL_FOLD_OPT_FLAT_MAP:
		break;
	}
	return check_type(c, e, &cel_types[CEL_T_BOOL]);
}

static int check_filter(struct check *c, struct cel_expr *e)
{
	if (!e->fold.filter)
		return 0;
	int rc = check_expr(c, e->fold.filter);
	if (rc < 0 || c->env->unchecked)
		return rc;
	return check_wants(c, e->fold.filter, &cel_types[CEL_T_BOOL], "the condition");
}

static int check_loop(struct check *c, struct cel_expr *e)
{
	const struct cel_type *key, *value, *item;
	struct scope first, second;
	bool two = e->fold.var2.n > 0;
	int rc = over_range(c, e, &key, &value);

	if (rc < 0)
		return rc;
	/* one variable goes over the elements of a list, the keys of a map */
	item = check_head(e->fold.range)->kind == CEL_T_MAP ? key : value;
	scope_push(c, &first, e->fold.var, two ? key : item, &e->fold.slot);
	if (two)
		scope_push(c, &second, e->fold.var2, value, &e->fold.slot2);
	rc = check_filter(c, e);
	if (rc == 0 && e->fold.value)
		rc = check_expr(c, e->fold.value);
	scope_pop(c, two ? 2 : 1);
	return rc < 0 ? rc : fold_type(c, e, key, item);
}

/* cel.bind(x, init, value), o.optMap(x, value), o.optFlatMap(x, value) */
static int check_bind(struct check *c, struct cel_expr *e)
{
	const struct cel_type *t = e->fold.range->type, *any;
	struct scope s;
	int rc = 0;

	if (e->macro != CEL_FOLD_BIND) {
		any = unify_fresh(&c->unify);
		rc = check_wants(c, e->fold.range, cel_type_optional(c->arena, any),
				 "what optMap() is called on");
		t = unify_head(any);
	}
	if (rc < 0)
		return rc;
	scope_push(c, &s, e->fold.var, t, &e->fold.slot);
	rc = check_expr(c, e->fold.value);
	scope_pop(c, 1);
	if (rc < 0 || e->macro == CEL_FOLD_BIND)
		return rc < 0 ? rc : check_type(c, e, e->fold.value->type);
	if (e->macro == CEL_FOLD_OPT_MAP)
		return check_type(c, e, cel_type_optional(c->arena, e->fold.value->type));
	any = cel_type_optional(c->arena, unify_fresh(&c->unify));
	rc = check_wants(c, e->fold.value, any, "the value of optFlatMap()");
	return rc < 0 ? rc : check_type(c, e, unify_resolve(&c->unify, any, false));
}

int check_fold(struct check *c, struct cel_expr *e)
{
	int rc = check_expr(c, e->fold.range);

	if (rc < 0)
		return rc;
	return e->macro >= CEL_FOLD_BIND ? check_bind(c, e) : check_loop(c, e);
}
