/* Calls: operators, functions, methods and namespaced functions; overloads by types. */
#include "base/suggest.h"
#include "rule/cel/check.h"

static const struct {
	const char *name, *shown;
} operators[] = {
	{"_+_", "+"},     {"_-_", "-"},   {"_*_", "*"},   {"_/_", "/"},     {"_%_", "%"},
	{"-_", "-"},      {"!_", "!"},    {"_==_", "=="}, {"_!=_", "!="},   {"_<_", "<"},
	{"_<=_", "<="},   {"_>_", ">"},   {"_>=_", ">="}, {"@in", "in"},    {"_[_]", "[]"},
	{"_[?_]", "[?]"}, {"_&&_", "&&"}, {"_||_", "||"}, {"_?_:_", "? :"},
};

static struct sv shown_name(struct sv name)
{
	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (sv_is(name, operators[i].name))
			return sv_of(operators[i].shown);
	return name;
}

/* "string.(int, dyn)" */
static const char *types_text(struct check *c, const struct cel_expr *e)
{
	auto_done(buf_done) struct buf b = {0};
	uint32_t i = 0;

	if (e->flags & CEL_X_MEMBER)
		buf_fmt(&b, "%s.", check_text(c, e->call.args[i++]->type));
	buf_char(&b, '(');
	for (uint32_t first = i; i < e->call.n && b.n < 400; i++)
		buf_fmt(&b, "%s%s", i > first ? ", " : "", check_text(c, e->call.args[i]->type));
	buf_str(&b, i < e->call.n ? ", ...)" : ")");
	return arena_str(c->arena, buf_view(&b));
}

/* The call with a span that begins at its operator or at the name of the method, where that can be
 * found behind the first operand. */
static struct cel_expr at_name(const struct check *c, const struct cel_expr *e)
{
	struct cel_expr x = *e;
	struct sv name = shown_name(e->call.name);

	if (e->call.n == 0 || (!(e->flags & CEL_X_MEMBER) && name.p == e->call.name.p))
		return x;
	uint32_t from = e->call.args[0]->end;
	size_t at = sv_find(sv_from(sv_head(c->source, e->end), from), name);
	if (at != SIZE_MAX)
		x.start = from + (uint32_t)at;
	return x;
}

static int no_function(struct check *c, const struct cel_expr *e, struct sv name)
{
	struct suggest s = {.word = name};
	struct cel_expr place = at_name(c, e);
	size_t at = 0;

	for (struct map_entry *m; (m = map_next(&c->env->functions, &at)) != NULL;)
		suggest_offer(&s, m->key);
	if (e->flags & CEL_X_MEMBER)
		(void)check_fail(c, &place, "no function '%.*s' for %s", SV_ARG(name),
				 check_text(c, e->call.args[0]->type));
	else
		(void)check_fail(c, &place, "no function '%.*s'", SV_ARG(name));
	struct sv best = suggest_best(&s);
	if (best.n)
		(void)err_hint(c->err, "did you mean %.*s?", SV_ARG(best));
	return -(int)c->err->kind;
}

static int no_overload(struct check *c, const struct cel_expr *e, const struct cel_function *f)
{
	struct cel_expr place = at_name(c, e);
	bool member = e->flags & CEL_X_MEMBER, other = true;

	for (size_t i = 0; i < f->n; i++)
		other &= f->overloads[i]->member != member;
	(void)check_fail(c, &place, "'%.*s' has no form for %s", SV_ARG(shown_name(f->name)),
			 types_text(c, e));
	if (other)
		(void)err_hint(c->err,
			       member ? "it is no method: %.*s(value)"
				      : "it is a method: value.%.*s()",
			       SV_ARG(f->name));
	return -(int)c->err->kind;
}

static const struct cel_type *param_at(const struct cel_overload *o, uint32_t i)
{
	return o->params[i < o->n ? i : o->n - 1U];
}

static bool same_shape(const struct cel_expr *e, const struct cel_overload *o)
{
	return o->member == ((e->flags & CEL_X_MEMBER) != 0) &&
	       (e->call.n == o->n || (o->variadic && e->call.n > o->n));
}

/* Quickly: the kinds at the top already exclude each other. */
static bool kinds_differ(const struct cel_type *arg, const struct cel_type *param)
{
	return arg->kind != param->kind && arg->kind != CEL_T_DYN && arg->kind != CEL_T_PARAM &&
	       arg->kind != CEL_T_NULL && arg->kind != CEL_T_ERROR && param->kind != CEL_T_DYN &&
	       param->kind != CEL_T_PARAM && param->kind != CEL_T_NULL;
}

static bool fits(struct check *c, const struct cel_expr *e, const struct cel_overload *o,
		 const struct cel_type **result)
{
	struct unify_frame frame = {0};
	size_t mark = unify_mark(&c->unify);

	for (uint32_t i = 0; i < e->call.n; i++)
		if (kinds_differ(check_head(e->call.args[i]), param_at(o, i)))
			return false;
	for (uint32_t i = 0; i < e->call.n; i++) {
		const struct cel_type *p = param_at(o, i);
		if (o->generic)
			p = unify_instance(&c->unify, &frame, p);
		if (!unify_assignable(&c->unify, e->call.args[i]->type, p)) {
			unify_undo(&c->unify, mark);
			return false;
		}
	}
	*result = o->result;
	if (o->generic)
		*result = unify_resolve(&c->unify, unify_instance(&c->unify, &frame, o->result),
					false);
	return true;
}

/* Keeps the candidates as a part of the function's own list where they stand side by side. */
struct candidates {
	const struct cel_overload **p;
	uint32_t n;
	size_t first;
	bool own;
};

static void candidate_add(struct check *c, const struct cel_function *f, struct candidates *k,
			  size_t i)
{
	if (k->n == 0) {
		k->p = &f->overloads[i];
		k->first = i;
	} else if (!k->own && k->first + k->n != i) {
		const struct cel_overload **p =
			ARENA_ARRAY(c->arena, f->n, const struct cel_overload *);
		memcpy(p, k->p, k->n * sizeof(*p));
		k->p = p;
		k->own = true;
	}
	if (k->own)
		k->p[k->n] = f->overloads[i];
	k->n++;
}

/* A function of scalars makes its result; one of a list may give back what it found there. */
static bool makes_result(const struct cel_overload *o)
{
	if (o->result->kind == CEL_T_DYN || o->result->kind == CEL_T_PARAM)
		return false;
	for (uint32_t i = 0; i < o->n && o->result->kind != CEL_T_BOOL; i++)
		if (o->params[i]->n || o->params[i]->kind == CEL_T_LIST ||
		    o->params[i]->kind == CEL_T_MAP || o->params[i]->kind == CEL_T_DYN)
			return false;
	return true;
}

/* True where the value is of its type whatever the program is given: made by the expression itself.
 * What comes from variables is what the caller gave. */
static bool is_sure(const struct cel_expr *x)
{
	switch (x->kind) {
	case CEL_X_LITERAL:
	case CEL_X_LIST:
	case CEL_X_MAP:
		return true;
	case CEL_X_SELECT:
		return x->flags & CEL_X_HAS;
	case CEL_X_FOLD:
		return x->macro < CEL_FOLD_BIND;
	case CEL_X_CALL:
		if (x->op != CEL_OP_NONE)
			return x->op != CEL_OP_IF;
		return x->call.overloads_n == 1 && makes_result(x->call.overloads[0]);
	default:
		return false;
	}
}

static bool is_bound(const struct cel_expr *e, const struct cel_overload *o)
{
	for (uint32_t i = 0; i < e->call.n; i++) {
		const struct cel_type *p = param_at(o, i), *t = check_head(e->call.args[i]);
		if (p->kind == CEL_T_DYN || p->kind == CEL_T_PARAM)
			continue;
		if (!is_sure(e->call.args[i]) || t->kind != p->kind || !sv_eq(t->name, p->name))
			return false;
	}
	return true;
}

/* prepare() of the candidates, where it is one and the arguments that it wants are literals. */
static int prepare(struct check *c, struct cel_expr *e)
{
	const struct cel_overload_row *row = e->call.overloads[0]->row;
	struct err why = {0};

	for (uint32_t i = 0; i < e->call.overloads_n; i++)
		if (e->call.overloads[i]->row->prepare != row->prepare ||
		    e->call.overloads[i]->row->prepare_args != row->prepare_args)
			return 0;
	if (!row->prepare)
		return 0;
	struct cel_value *args = ARENA_ARRAY(c->arena, e->call.n, struct cel_value);
	const struct cel_expr *at = e;
	for (uint32_t i = 0; i < e->call.n; i++) {
		bool wanted = i < 32 && (row->prepare_args >> i & 1);
		if (wanted && e->call.args[i]->kind != CEL_X_LITERAL)
			return 0;
		args[i] = wanted ? e->call.args[i]->literal : (struct cel_value){.kind = CEL_NULL};
		at = wanted ? e->call.args[i] : at;
	}
	if (row->prepare(c->arena, args, e->call.n, &e->call.prepared, &why) >= 0)
		return 0;
	e->call.prepared = NULL;
	/* the evaluation says it then */
	return c->env->unchecked ? 0 : check_fail(c, at, "%s", why.msg);
}

static int match_unchecked(struct check *c, struct cel_expr *e, const struct cel_function *f)
{
	struct candidates k = {0};

	for (size_t i = 0; f && i < f->n; i++)
		if (same_shape(e, f->overloads[i]))
			candidate_add(c, f, &k, i);
	e->call.overloads = k.p;
	e->call.overloads_n = k.n;
	(void)check_type(c, e, &cel_types[CEL_T_DYN]);
	return k.n ? prepare(c, e) : 0;
}

static int match(struct check *c, struct cel_expr *e, const struct cel_function *f)
{
	struct candidates k = {0};
	const struct cel_type *result = NULL;

	for (size_t i = 0; i < f->n; i++) {
		const struct cel_type *one = NULL;
		if (!same_shape(e, f->overloads[i]) || !fits(c, e, f->overloads[i], &one))
			continue;
		candidate_add(c, f, &k, i);
		if (!result)
			result = one;
		else if (result->kind != CEL_T_DYN && !cel_type_equal(result, one))
			result = &cel_types[CEL_T_DYN];
	}
	if (k.n == 0)
		return no_overload(c, e, f);
	e->call.overloads = k.p;
	e->call.overloads_n = k.n;
	e->call.bound = k.n == 1 && is_bound(e, k.p[0]);
	(void)check_type(c, e, result);
	return prepare(c, e);
}

static int check_args(struct check *c, struct cel_expr *e)
{
	for (uint32_t i = 0; i < e->call.n; i++) {
		int rc = check_expr(c, e->call.args[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_operator(struct check *c, struct cel_expr *e)
{
	static const char *const what[] = {
		[CEL_OP_AND] = "a side of &&",
		[CEL_OP_OR] = "a side of ||",
		[CEL_OP_IF] = "what stands before ?",
	};
	bool choice = e->op == CEL_OP_IF;
	int rc = check_args(c, e);

	if (c->env->unchecked)
		return rc < 0 ? rc : check_type(c, e, &cel_types[CEL_T_DYN]);
	for (uint32_t i = 0; rc == 0 && i < (choice ? 1 : e->call.n); i++)
		rc = check_wants(c, e->call.args[i], &cel_types[CEL_T_BOOL], what[e->op]);
	if (rc < 0)
		return rc;
	if (!choice)
		return check_type(c, e, &cel_types[CEL_T_BOOL]);
	const struct cel_type *yes = e->call.args[1]->type, *no = e->call.args[2]->type;
	if (!unify_try(&c->unify, yes, no))
		return check_fail(c, e, "? : gives %s or %s: both must be of one type",
				  check_text(c, yes), check_text(c, no));
	return check_type(c, e, unify_general(yes, no));
}

/* math.abs(x) comes as a method of the name math: becomes a call of "math.abs". */
static int take_namespace(struct check *c, struct cel_expr *e, const struct cel_function **f)
{
	struct sv *parts = NULL;
	bool absolute = false;
	size_t n = check_chain(c, e->call.args[0], &parts, &absolute);

	*f = NULL;
	if (n == 0)
		return 0;
	parts[n] = e->call.name;
	int rc = check_function(c, parts, n + 1, absolute, f);
	if (rc < 0 || !*f)
		return rc;
	e->call.name = (*f)->name;
	e->call.args++;
	e->call.n--;
	e->flags &= (uint8_t)~CEL_X_MEMBER;
	return 0;
}

/* The target of a method is undeclared: maybe it is a namespace and the function is misspelt. */
static int no_target(struct check *c, const struct cel_expr *e)
{
	const struct cel_expr *target = e->call.args[0];
	size_t at = 0;

	if (target->kind != CEL_X_IDENT)
		return -(int)c->err->kind;
	for (struct map_entry *m; (m = map_next(&c->env->functions, &at)) != NULL;) {
		if (!sv_starts(m->key, target->ident.name) || m->key.n == target->ident.name.n ||
		    m->key.p[target->ident.name.n] != '.')
			continue;
		struct cel_expr call = *e;
		call.flags = 0;
		struct sv full = arena_fmt(c->arena, "%.*s.%.*s", SV_ARG(target->ident.name),
					   SV_ARG(e->call.name));
		*c->err = (struct err){0};
		return no_function(c, &call, full);
	}
	return -(int)c->err->kind;
}

int check_call(struct check *c, struct cel_expr *e)
{
	const struct cel_function *f = NULL;
	int rc = 0;

	if (e->op != CEL_OP_NONE)
		return check_operator(c, e);
	if (e->flags & CEL_X_MEMBER)
		rc = take_namespace(c, e, &f);
	if (rc == 0 && (e->flags & CEL_X_MEMBER)) {
		rc = check_expr(c, e->call.args[0]);
		if (rc < 0)
			return no_target(c, e);
	}
	for (uint32_t i = e->flags & CEL_X_MEMBER ? 1 : 0; rc == 0 && i < e->call.n; i++)
		rc = check_expr(c, e->call.args[i]);
	if (rc == 0 && !f)
		rc = e->flags & CEL_X_MEMBER
			     ? function_find(c->env, e->call.name, &f, c->err)
			     : check_function(c, &e->call.name, 1, e->flags & CEL_X_ABSOLUTE, &f);
	if (rc < 0)
		return rc;
	if (c->env->unchecked)
		return match_unchecked(c, e, f);
	return f ? match(c, e, f) : no_function(c, e, e->call.name);
}
