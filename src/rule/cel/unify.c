#include "rule/cel/unify.h"

void unify_done(struct unify *u)
{
	vec_done(&u->trail);
}

const struct cel_type *unify_fresh(struct unify *u)
{
	struct unify_var *v = ARENA_NEW(u->arena, struct unify_var);

	v->type.kind = CEL_T_PARAM;
	u->any = true;
	return &v->type;
}

static struct unify_var *var_of(const struct cel_type *t)
{
	return (struct unify_var *)(uintptr_t)t;
}

static const struct cel_type *bound(const struct cel_type *t)
{
	return unify_is_var(t) ? var_of(t)->bound : NULL;
}

static void bind(struct unify *u, const struct cel_type *var, const struct cel_type *t)
{
	struct unify_var *v = var_of(var);

	*VEC_PUSH(&u->trail) = (struct unify_change){v, v->bound};
	v->bound = t;
}

void unify_undo(struct unify *u, size_t mark)
{
	while (u->trail.n > mark) {
		struct unify_change *c = &u->trail.p[--u->trail.n];
		c->var->bound = c->old;
	}
}

const struct cel_type *unify_head(const struct cel_type *t)
{
	const struct cel_type *next;

	while ((next = bound(t)) != NULL)
		t = next;
	return t;
}

/* Does var stand inside t? Then it cannot stand for t. */
static bool occurs(const struct cel_type *var, const struct cel_type *t)
{
	t = unify_head(t);
	if (t == var)
		return true;
	for (unsigned i = 0; i < t->n; i++)
		if (occurs(var, t->params[i]))
			return true;
	return false;
}

/* Parameters that no call has given a variable are as good as dyn. */
static bool is_any(const struct cel_type *t)
{
	return t->kind == CEL_T_DYN || t->kind == CEL_T_ERROR ||
	       (t->kind == CEL_T_PARAM && t->name.n);
}

static bool less_specific(const struct cel_type *a, const struct cel_type *b)
{
	if (is_any(a) || unify_is_var(a))
		return true;
	if (is_any(b) || unify_is_var(b))
		return false;
	/* null is assignable to b, and b says more about what else may come */
	if (b->kind == CEL_T_NULL)
		return true;
	if (a->kind != b->kind || a->n != b->n)
		return false;
	if (a->n == 0 || a->kind == CEL_T_TYPE)
		return a->kind == CEL_T_TYPE || cel_type_equal(a, b);
	if (!sv_eq(a->name, b->name))
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (!less_specific(a->params[i], b->params[i]))
			return false;
	return true;
}

const struct cel_type *unify_general(const struct cel_type *a, const struct cel_type *b)
{
	return less_specific(a, b) ? a : b;
}

/* Can var stand for t? *known: it stands for something already, so the answer is final. */
static bool substitute(struct unify *u, const struct cel_type *t, const struct cel_type *var,
		       bool *known)
{
	const struct cel_type *now = bound(var);

	*known = true;
	if (t == var || (now && cel_type_equal(t, now)))
		return true;
	if (now) {
		if (!unify_assignable(u, t, now))
			return false;
		const struct cel_type *general = unify_general(t, now);
		if (general != now && !occurs(var, general))
			bind(u, var, general);
		return true;
	}
	*known = false;
	if (occurs(var, t))
		return unify_head(t) == var;
	bind(u, var, t);
	return true;
}

static bool nullable(const struct cel_type *t)
{
	return t->kind == CEL_T_NULL || t->kind == CEL_T_OPAQUE || t->kind == CEL_T_OPTIONAL ||
	       t->kind == CEL_T_DURATION || t->kind == CEL_T_TIMESTAMP || t->kind == CEL_T_RECORD;
}

static bool params_assignable(struct unify *u, const struct cel_type *a, const struct cel_type *b)
{
	/* list without a parameter is a list of anything */
	unsigned n = a->n < b->n ? a->n : b->n;

	for (unsigned i = 0; i < n; i++)
		if (!unify_assignable(u, a->params[i], b->params[i]))
			return false;
	return true;
}

bool unify_assignable(struct unify *u, const struct cel_type *a, const struct cel_type *b)
{
	bool known = false;

	if (a == b)
		return true;
	if (unify_is_var(b)) {
		if (substitute(u, a, b, &known))
			return true;
		if (known)
			return false;
	}
	if (unify_is_var(a))
		return substitute(u, b, a, &known);
	if (is_any(a) || is_any(b))
		return true;
	if (a->kind == CEL_T_NULL)
		return nullable(b);
	if (b->kind == CEL_T_NULL)
		return nullable(a);
	if (a->kind != b->kind)
		return false;
	if (a->kind == CEL_T_TYPE)
		return true;
	if (a->kind == CEL_T_RECORD)
		return a->schema == b->schema;
	return sv_eq(a->name, b->name) && params_assignable(u, a, b);
}

bool unify_try(struct unify *u, const struct cel_type *a, const struct cel_type *b)
{
	size_t mark = unify_mark(u);

	if (unify_assignable(u, a, b))
		return true;
	unify_undo(u, mark);
	return false;
}

bool unify_has_vars(const struct cel_type *t)
{
	if (unify_is_var(t))
		return true;
	for (unsigned i = 0; i < t->n && !t->closed; i++)
		if (unify_has_vars(t->params[i]))
			return true;
	return false;
}

static struct cel_type *copy_of(struct unify *u, const struct cel_type *t)
{
	struct cel_type *copy = ARENA_NEW(u->arena, struct cel_type);

	*copy = *t;
	return copy;
}

const struct cel_type *unify_resolve(struct unify *u, const struct cel_type *t, bool to_dyn)
{
	if (!u->any || !unify_has_vars(t))
		return t;
	t = unify_head(t);
	if (unify_is_var(t))
		return to_dyn ? &cel_types[CEL_T_DYN] : t;
	if (t->n == 0)
		return t;
	struct cel_type *copy = copy_of(u, t);
	for (unsigned i = 0; i < t->n; i++)
		copy->params[i] = unify_resolve(u, t->params[i], to_dyn);
	return copy;
}

const struct cel_type *unify_close(const struct cel_type *t)
{
	t = unify_head(t);
	if (unify_is_var(t))
		return &cel_types[CEL_T_DYN];
	if (!unify_has_vars(t))
		return t;
	struct cel_type *own = (struct cel_type *)(uintptr_t)t;
	for (unsigned i = 0; i < t->n; i++)
		own->params[i] = unify_close(t->params[i]);
	own->closed = true;
	return own;
}

static const struct cel_type *frame_var(struct unify *u, struct unify_frame *f, struct sv name)
{
	for (size_t i = 0; i < f->n; i++)
		if (sv_eq(f->names[i], name))
			return f->vars[i];
	if (f->n == ARRAY_LEN(f->names))
		return &cel_types[CEL_T_DYN];
	f->names[f->n] = name;
	f->vars[f->n] = unify_fresh(u);
	return f->vars[f->n++];
}

const struct cel_type *unify_instance(struct unify *u, struct unify_frame *f,
				      const struct cel_type *t)
{
	if (t->kind == CEL_T_PARAM)
		return t->name.n ? frame_var(u, f, t->name) : t;
	struct cel_type *copy = NULL;
	for (unsigned i = 0; i < t->n; i++) {
		const struct cel_type *p = unify_instance(u, f, t->params[i]);
		if (p != t->params[i] && !copy)
			copy = copy_of(u, t);
		if (copy)
			copy->params[i] = p;
	}
	return copy ? copy : t;
}
