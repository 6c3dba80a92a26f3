/*
 * Identifiers and selections. A chain a.b.c may be one qualified name, a name and fields of it, or
 * a type: the longest prefix that is declared counts, looked up in the container's scopes from the
 * inside out (langdef.md, "Name resolution"). A fold's variable hides all of that.
 */
#include "base/suggest.h"
#include "rule/cel/check.h"

const struct scope *check_local(const struct check *c, struct sv name)
{
	for (const struct scope *s = c->scope; s; s = s->up)
		if (sv_eq(s->name, name))
			return s;
	return NULL;
}

bool check_outer(struct sv *prefix)
{
	struct sv head, tail;

	if (prefix->n == 0)
		return false;
	if (!sv_rcut(*prefix, '.', &head, &tail))
		head = (struct sv){0};
	*prefix = head;
	return true;
}

size_t check_chain(struct check *c, const struct cel_expr *e, struct sv **parts, bool *absolute)
{
	const struct cel_expr *x = e;
	size_t n = 1;

	for (; x->kind == CEL_X_SELECT; x = x->select.operand, n++)
		if (x->flags & (CEL_X_HAS | CEL_X_OPTIONAL))
			return 0;
	if (x->kind != CEL_X_IDENT)
		return 0;
	*absolute = x->flags & CEL_X_ABSOLUTE;
	if (!*absolute && check_local(c, x->ident.name))
		return 0;
	/* one more for who puts a function's name behind them */
	*parts = ARENA_ARRAY(c->arena, n + 1, struct sv);
	(*parts)[0] = x->ident.name;
	for (size_t i = n - 1; i > 0; i--, e = e->select.operand)
		(*parts)[i] = e->select.field;
	return n;
}

static bool take_part(struct sv *name, struct sv part)
{
	if (!sv_starts(*name, part))
		return false;
	*name = sv_from(*name, part.n);
	if (name->n == 0)
		return true;
	bool dot = *name->p == '.';
	*name = sv_from(*name, 1);
	return dot;
}

/* Is name "prefix.parts[0].parts[1]..."? len: what parts take with their dots. */
static bool names(struct sv name, struct sv prefix, const struct sv *parts, size_t n, size_t len)
{
	if (name.n != len + (prefix.n ? prefix.n + 1 : 0) ||
	    (prefix.n && !take_part(&name, prefix)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!take_part(&name, parts[i]))
			return false;
	return name.n == 0;
}

static size_t joined_len(const struct sv *parts, size_t n)
{
	size_t len = n - 1;

	for (size_t i = 0; i < n; i++)
		len += parts[i].n;
	return len;
}

static bool find_variable(const struct check *c, const struct sv *parts, size_t n, bool absolute,
			  uint32_t *slot)
{
	struct sv prefix = absolute ? (struct sv){0} : c->env->container;
	size_t len = joined_len(parts, n);

	do {
		for (size_t i = c->env->variables.n; i-- > 0;)
			if (names(c->env->variables.p[i].name, prefix, parts, n, len)) {
				*slot = (uint32_t)i;
				return true;
			}
	} while (check_outer(&prefix));
	return false;
}

static struct sv join(struct check *c, struct sv prefix, const struct sv *parts, size_t n)
{
	size_t at = 0;
	char *p = arena_alloc(c->arena, prefix.n + 1 + joined_len(parts, n));

	if (prefix.n) {
		memcpy(p, prefix.p, prefix.n);
		at = prefix.n;
		p[at++] = '.';
	}
	for (size_t i = 0; i < n; i++) {
		if (i)
			p[at++] = '.';
		if (parts[i].n)
			memcpy(p + at, parts[i].p, parts[i].n);
		at += parts[i].n;
	}
	return sv_make(p, at);
}

int check_function(struct check *c, const struct sv *parts, size_t n, bool absolute,
		   const struct cel_function **out)
{
	struct sv prefix = absolute ? (struct sv){0} : c->env->container;
	int rc = 0;

	*out = NULL;
	do {
		struct sv name = n == 1 && !prefix.n ? parts[0] : join(c, prefix, parts, n);
		rc = function_find(c->env, name, out, c->err);
	} while (rc == 0 && !*out && check_outer(&prefix));
	return rc;
}

/* The types that a program can name. "dyn" is none: nothing is of that type. */
static const struct cel_type *type_by_name(struct check *c, struct sv name)
{
	static const uint8_t kinds[] = {
		CEL_T_NULL,   CEL_T_BOOL,  CEL_T_INT,      CEL_T_UINT,      CEL_T_DOUBLE,
		CEL_T_STRING, CEL_T_BYTES, CEL_T_DURATION, CEL_T_TIMESTAMP, CEL_T_LIST,
		CEL_T_MAP,    CEL_T_TYPE,  CEL_T_OPTIONAL,
	};
	const struct cel_type *t = NULL;
	struct sv rest = name;
	struct err ignored = {0};

	if (cel_type_parse(c->arena, &rest, &t, &ignored) < 0 || rest.n)
		return NULL;
	if (t->kind == CEL_T_OPAQUE)
		return function_names_type(c->env, name) ? t : NULL;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i] == t->kind) {
			/* not by the short names of messages, "duration" */
			auto_done(buf_done) struct buf b = {0};
			cel_type_text(&b, t);
			return sv_eq(buf_view(&b), name) ? t : NULL;
		}
	return NULL;
}

static const struct cel_type *find_type(struct check *c, const struct sv *parts, size_t n,
					bool absolute)
{
	struct sv prefix = absolute ? (struct sv){0} : c->env->container;
	const struct cel_type *t;

	do
		t = type_by_name(c, join(c, prefix, parts, n));
	while (!t && check_outer(&prefix));
	return t;
}

static const struct cel_type *with_params(struct check *c, const struct cel_type *t)
{
	const struct cel_type *dyn = &cel_types[CEL_T_DYN];

	if (t->kind == CEL_T_LIST)
		return cel_type_list(c->arena, dyn);
	if (t->kind == CEL_T_MAP)
		return cel_type_map(c->arena, dyn, dyn);
	if (t->kind == CEL_T_OPTIONAL)
		return cel_type_optional(c->arena, dyn);
	return t;
}

/* A type's name as a value: of type(T). */
static int become_type(struct check *c, struct cel_expr *e, const struct cel_type *t)
{
	struct cel_type *of = ARENA_NEW(c->arena, struct cel_type);

	of->kind = CEL_T_TYPE;
	of->n = 1;
	of->params[0] = with_params(c, t);
	e->kind = CEL_X_LITERAL;
	e->flags = 0;
	e->literal = (struct cel_value){.kind = CEL_TYPE, .type = t};
	return check_type(c, e, of);
}

static int become_variable(struct check *c, struct cel_expr *e, uint32_t slot)
{
	const struct cel_variable *v = &c->env->variables.p[slot];

	e->kind = CEL_X_IDENT;
	e->flags = 0;
	e->ident.name = v->name;
	e->ident.slot = slot;
	e->ident.local = false;
	return check_type(c, e, v->type);
}

static int undeclared(struct check *c, struct cel_expr *e)
{
	struct suggest s = {.word = e->ident.name};

	for (const struct scope *l = c->scope; l; l = l->up)
		suggest_offer(&s, l->name);
	for (size_t i = 0; i < c->env->variables.n; i++)
		suggest_offer(&s, c->env->variables.p[i].name);
	(void)check_fail(c, e, "undeclared variable '%.*s'", SV_ARG(e->ident.name));
	struct sv best = suggest_best(&s);
	if (best.n)
		(void)err_hint(c->err, "did you mean %.*s?", SV_ARG(best));
	return -(int)c->err->kind;
}

/* nodes[0] is the identifier, nodes[i] the selection of parts[i]. *used: how many are one name. */
static int resolve(struct check *c, struct cel_expr **nodes, const struct sv *parts, size_t n,
		   size_t *used)
{
	bool absolute = nodes[0]->flags & CEL_X_ABSOLUTE;
	const struct cel_type *t;
	uint32_t slot;

	for (*used = n; *used > 0; --*used)
		if (find_variable(c, parts, *used, absolute, &slot))
			return become_variable(c, nodes[*used - 1], slot);
	for (*used = n; *used > 0; --*used)
		if ((t = find_type(c, parts, *used, absolute)) != NULL)
			return become_type(c, nodes[*used - 1], t);
	if (!c->env->unchecked)
		return undeclared(c, nodes[0]);
	*used = 1;
	nodes[0]->ident.slot = CEL_NO_SLOT;
	nodes[0]->ident.local = false;
	return check_type(c, nodes[0], &cel_types[CEL_T_DYN]);
}

/* A selection whose span begins at the field, which is at its end. */
static struct cel_expr at_field(const struct check *c, const struct cel_expr *e)
{
	struct sv text = sv_head(c->source, e->end);
	struct cel_expr x = *e;

	/* has(a.b): its own parenthesis stands behind the field */
	while ((e->flags & CEL_X_HAS) && (sv_ends(text, SV(")")) || sv_ends(text, SV(" "))))
		text = sv_head(text, text.n - 1);
	if (sv_ends(text, e->select.field))
		x.start = (uint32_t)(text.n - e->select.field.n);
	return x;
}

static int no_field(struct check *c, const struct cel_expr *e, const struct fact_schema *schema)
{
	struct suggest s = {.word = e->select.field};
	struct cel_expr at = at_field(c, e);

	for (unsigned i = 0; i < schema->n; i++)
		suggest_offer(&s, sv_of(schema->fields[i].name));
	(void)check_fail(c, &at, "%s has no field '%.*s'", schema->name, SV_ARG(e->select.field));
	struct sv best = suggest_best(&s);
	if (best.n)
		(void)err_hint(c->err, "did you mean %.*s?", SV_ARG(best));
	return -(int)c->err->kind;
}

static int select_field(struct check *c, struct cel_expr *e)
{
	const struct cel_type *t = check_head(e->select.operand), *out = &cel_types[CEL_T_DYN];
	bool optional = t->kind == CEL_T_OPTIONAL;

	if (optional)
		t = check_param(t, 0);
	e->select.index = -1;
	if (t->kind == CEL_T_RECORD) {
		e->select.index = fact_field_find(t->schema, e->select.field);
		if (e->select.index < 0)
			return no_field(c, e, t->schema);
		out = cel_type_field(c->arena, &t->schema->fields[e->select.index]);
	} else if (t->kind == CEL_T_MAP) {
		out = check_param(t, 1);
	} else if (unify_is_var(t)) {
		/* nothing may claim later that it was something else */
		(void)unify_try(&c->unify, out, t);
	} else if (t->kind != CEL_T_DYN && t->kind != CEL_T_ERROR && t->kind != CEL_T_PARAM) {
		struct cel_expr at = at_field(c, e);
		return check_fail(c, &at, "%s has no fields: '%.*s'", check_text(c, t),
				  SV_ARG(e->select.field));
	}
	if (e->flags & CEL_X_HAS)
		out = &cel_types[CEL_T_BOOL];
	else if (optional || (e->flags & CEL_X_OPTIONAL))
		out = cel_type_optional(c->arena, out);
	return check_type(c, e, out);
}

static int check_root(struct check *c, struct cel_expr **nodes, size_t n, size_t *used)
{
	struct cel_expr *root = nodes[0];
	size_t names_n = 1;

	*used = 1;
	if (root->kind != CEL_X_IDENT)
		return check_expr(c, root);
	if (!(root->flags & CEL_X_ABSOLUTE)) {
		const struct scope *s = check_local(c, root->ident.name);
		if (s) {
			root->ident.slot = s->slot;
			root->ident.local = true;
			return check_type(c, root, s->type);
		}
	}
	while (names_n < n && !(nodes[names_n]->flags & (CEL_X_HAS | CEL_X_OPTIONAL)))
		names_n++;
	struct sv *parts = ARENA_ARRAY(c->arena, names_n, struct sv);
	parts[0] = root->ident.name;
	for (size_t i = 1; i < names_n; i++)
		parts[i] = nodes[i]->select.field;
	return resolve(c, nodes, parts, names_n, used);
}

/* The whole chain at once: from its root up, so that no prefix is looked up twice. */
int check_name(struct check *c, struct cel_expr *e)
{
	size_t n = 1, used;

	for (const struct cel_expr *x = e; x->kind == CEL_X_SELECT; x = x->select.operand)
		n++;
	struct cel_expr **nodes = ARENA_ARRAY(c->arena, n, struct cel_expr *);
	for (size_t i = n; i-- > 0; e = e->kind == CEL_X_SELECT ? e->select.operand : e)
		nodes[i] = e;
	int rc = check_root(c, nodes, n, &used);
	for (size_t i = used; rc == 0 && i < n; i++)
		rc = select_field(c, nodes[i]);
	return rc;
}
