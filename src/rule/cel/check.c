#include "rule/cel/check.h"

#include <stdarg.h>

#include "base/limits.h"

int check_fail(struct check *c, const struct cel_expr *e, const char *fmt, ...)
{
	char where[48];
	va_list ap;

	va_start(ap, fmt);
	auto_done(buf_done) struct buf msg = {0};
	buf_vfmt(&msg, fmt, ap);
	va_end(ap);
	cel_where(c->source, e->start, where, sizeof where);
	(void)err_set(c->err, ERR_PARSE, "%s", buf_cstr(&msg));
	return err_where(c->err, "%s", where);
}

const char *check_text(struct check *c, const struct cel_type *t)
{
	auto_done(buf_done) struct buf b = {0};

	cel_type_text(&b, unify_resolve(&c->unify, t, true));
	return arena_str(c->arena, buf_view(&b));
}

int check_type(struct check *c, struct cel_expr *e, const struct cel_type *t)
{
	e->type = c->env->unchecked ? &cel_types[CEL_T_DYN] : t;
	if (c->unify.any && unify_has_vars(e->type)) {
		struct check_open *o = ARENA_NEW(c->arena, struct check_open);
		*o = (struct check_open){e, c->open};
		c->open = o;
	}
	return 0;
}

const struct cel_type *check_head(const struct cel_expr *e)
{
	return unify_head(e->type);
}

const struct cel_type *check_param(const struct cel_type *t, unsigned i)
{
	return i < t->n ? unify_head(t->params[i]) : &cel_types[CEL_T_DYN];
}

int check_wants(struct check *c, const struct cel_expr *e, const struct cel_type *t,
		const char *what)
{
	if (unify_try(&c->unify, e->type, t))
		return 0;
	return check_fail(c, e, "%s is %s, not %s", what, check_text(c, e->type), check_text(c, t));
}

const struct cel_type *check_join(struct check *c, const struct cel_type *previous,
				  const struct cel_type *current)
{
	if (!previous)
		return current;
	if (unify_try(&c->unify, previous, current))
		return unify_general(previous, current);
	return &cel_types[CEL_T_DYN];
}

static int check_literal(struct check *c, struct cel_expr *e)
{
	static const uint8_t types[CEL_KINDS] = {
		[CEL_NULL] = CEL_T_NULL,   [CEL_BOOL] = CEL_T_BOOL,     [CEL_INT] = CEL_T_INT,
		[CEL_UINT] = CEL_T_UINT,   [CEL_DOUBLE] = CEL_T_DOUBLE, [CEL_STRING] = CEL_T_STRING,
		[CEL_BYTES] = CEL_T_BYTES, [CEL_TYPE] = CEL_T_TYPE,
	};

	return check_type(c, e, &cel_types[types[e->literal.kind]]);
}

/* The type of an element; that of [?x] is inside x. */
static int element_type(struct check *c, struct cel_expr *x, bool optional,
			const struct cel_type **out)
{
	int rc = check_expr(c, x);

	if (rc < 0)
		return rc;
	*out = x->type;
	if (!optional)
		return 0;
	const struct cel_type *inner = unify_fresh(&c->unify);
	*out = inner;
	return check_wants(c, x, cel_type_optional(c->arena, inner), "what follows '?'");
}

static int check_list(struct check *c, struct cel_expr *e)
{
	const struct cel_type *joined = NULL;

	for (uint32_t i = 0; i < e->list.n; i++) {
		const struct cel_type *t = NULL;
		bool optional = e->list.optional && e->list.optional[i];
		int rc = element_type(c, e->list.items[i], optional, &t);
		if (rc < 0)
			return rc;
		joined = check_join(c, joined, t);
	}
	if (!joined)
		joined = unify_fresh(&c->unify);
	return check_type(c, e, cel_type_list(c->arena, joined));
}

static bool is_key(const struct cel_type *t)
{
	return t->kind == CEL_T_BOOL || t->kind == CEL_T_INT || t->kind == CEL_T_UINT ||
	       t->kind == CEL_T_STRING || t->kind == CEL_T_DYN || t->kind == CEL_T_PARAM;
}

static int check_key(struct check *c, struct cel_expr *key)
{
	int rc = check_expr(c, key);

	if (rc == 0 && !is_key(check_head(key)))
		return check_fail(c, key, "a key of a map is bool, int, uint or string, not %s",
				  check_text(c, key->type));
	return rc;
}

static int check_map(struct check *c, struct cel_expr *e)
{
	const struct cel_type *keys = NULL, *values = NULL;

	for (uint32_t i = 0; i < e->map.n; i++) {
		const struct cel_type *t = NULL;
		bool optional = e->map.optional && e->map.optional[i];
		int rc = check_key(c, e->map.keys[i]);
		if (rc == 0)
			rc = element_type(c, e->map.values[i], optional, &t);
		if (rc < 0)
			return rc;
		keys = check_join(c, keys, e->map.keys[i]->type);
		values = check_join(c, values, t);
	}
	if (!keys) {
		keys = unify_fresh(&c->unify);
		values = unify_fresh(&c->unify);
	}
	return check_type(c, e, cel_type_map(c->arena, keys, values));
}

static int check_message(struct check *c, struct cel_expr *e)
{
	return check_fail(c, e, "messages are not supported: '%.*s{}'; write a map instead",
			  SV_ARG(e->map.type_name));
}

int check_expr(struct check *c, struct cel_expr *e)
{
	static int (*const checks[CEL_X_EXPR_KINDS])(struct check *, struct cel_expr *) = {
		[CEL_X_LITERAL] = check_literal, [CEL_X_IDENT] = check_name,
		[CEL_X_SELECT] = check_name,     [CEL_X_CALL] = check_call,
		[CEL_X_LIST] = check_list,       [CEL_X_MAP] = check_map,
		[CEL_X_MESSAGE] = check_message, [CEL_X_FOLD] = check_fold,
	};

	return checks[e->kind](c, e);
}

int cel_check(struct cel_env *e, struct arena *a, struct sv source, struct cel_expr *root,
	      uint32_t *locals, struct err *err)
{
	struct check c = {
		.env = e, .arena = a, .source = source, .err = err, .unify = {.arena = a}};
	int rc = check_expr(&c, root);

	if (rc == 0) {
		for (struct check_open *o = c.open; o; o = o->next)
			o->e->type = unify_close(o->e->type);
		*locals = c.slots_max;
		cel_constants(a, root);
	}
	unify_done(&c.unify);
	return rc;
}

int cel_compile(struct cel_env *e, struct arena *a, struct sv source, struct cel_program *out,
		struct err *err)
{
	struct cel_program p = {.source = source};
	struct cel_expr *root = NULL;
	int rc = cel_parse(a, source, e->parse_flags, &root, err);

	if (rc == 0)
		rc = cel_check(e, a, source, root, &p.locals, err);
	if (rc < 0)
		return rc;
	p.root = root;
	*out = p;
	return 0;
}
