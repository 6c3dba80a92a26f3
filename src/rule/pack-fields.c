/* Strict mappings: what is not known, missing or of the wrong type is told with its place. */
#include "rule/pack-int.h"

#include "base/suggest.h"

int pack_at(struct pack_reader *p, uint32_t offset, struct err *err)
{
	uint32_t line, column;

	(void)err_scope(err, SCOPE_CONFIG);
	if (p->lines || p->line)
		return err_where(err, "%.*s:%u", SV_ARG(p->file), p->line);
	doc_line_col(p->d, offset, &line, &column);
	return err_where(err, "%.*s:%u:%u", SV_ARG(p->file), line, column);
}

int pack_fail(struct pack_reader *p, uint32_t offset, const char *fmt, ...)
{
	char msg[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	(void)err_set(p->err, ERR_PARSE, "%s", msg);
	return pack_at(p, offset, p->err);
}

void pack_hint(struct err *err, const struct suggest *s)
{
	struct sv best = suggest_best(s);

	if (best.n)
		(void)err_hint(err, "did you mean '%.*s'?", SV_ARG(best));
}

void pack_suggest(struct err *err, struct sv word, const char *const *known, size_t n)
{
	struct suggest s = {.word = word};
	auto_done(buf_done) struct buf all = {0};

	for (size_t i = 0; i < n; i++) {
		suggest_offer(&s, sv_of(known[i]));
		buf_fmt(&all, "%s%s", i ? ", " : "", known[i]);
	}
	if (suggest_best(&s).n)
		pack_hint(err, &s);
	else
		(void)err_hint(err, "%s", buf_cstr(&all));
}

static int unknown_field(struct pack_reader *p, const struct node *key, const char *what,
			 const struct pack_field *fields, size_t count)
{
	const char *names[32];
	size_t n = 0;

	for (; n < count && n < ARRAY_LEN(names); n++)
		names[n] = fields[n].name;
	int rc = pack_fail(p, key->key_start, "%s has no field '%.*s'", what, SV_ARG(key->key));
	pack_suggest(p->err, key->key, names, n);
	return rc;
}

static int wrong_type(struct pack_reader *p, const struct node *n, unsigned kinds)
{
	static const char *const names[] = {
		[NODE_NULL] = "nothing",    [NODE_BOOL] = "true or false",
		[NODE_NUMBER] = "a number", [NODE_STRING] = "a text",
		[NODE_ARRAY] = "a list",    [NODE_OBJECT] = "a mapping",
	};
	auto_done(buf_done) struct buf want = {0};

	for (size_t i = ARRAY_LEN(names); i-- > 1;)
		if (kinds & 1u << i)
			buf_fmt(&want, "%s%s", want.n ? " or " : "", names[i]);
	int rc = pack_fail(p, n->start, "'%.*s' is %s, not %s", SV_ARG(n->key), buf_cstr(&want),
			   names[n->kind]);
	if ((kinds & KIND_STRING) && (n->kind == NODE_NUMBER || n->kind == NODE_BOOL))
		(void)err_hint(p->err, "in quotes it is a text");
	return rc;
}

static const struct pack_field *find_field(const struct pack_field *fields, size_t count,
					   struct sv name)
{
	for (size_t i = 0; i < count; i++)
		if (sv_is(name, fields[i].name))
			return &fields[i];
	return NULL;
}

int pack_fields(struct pack_reader *p, const struct node *n, const char *what,
		const struct pack_field *fields, size_t count)
{
	if (!node_is(n, NODE_OBJECT))
		return pack_fail(p, n->start, "%s is a mapping", what);
	NODE_EACH (child, n) {
		const struct pack_field *f = find_field(fields, count, child->key);
		if (!f)
			return unknown_field(p, child, what, fields, count);
		if (!(f->kinds & 1u << child->kind))
			return wrong_type(p, child, f->kinds);
	}
	for (size_t i = 0; i < count; i++) {
		const struct node *child = node_get(n, fields[i].name);
		if (!fields[i].required || (child && (child->kind != NODE_STRING || child->text.n)))
			continue;
		return child ? pack_fail(p, child->start, "'%s' of %s is empty", fields[i].name,
					 what)
			     : pack_fail(p, n->start, "%s without '%s'", what, fields[i].name);
	}
	return 0;
}

/* Room for n texts in the arena: the vector never grows again. */
static void reserve_texts(struct arena *a, struct sv_vec *v, size_t n)
{
	v->p = ARENA_ARRAY(a, n, struct sv);
	v->n = 0;
	v->cap = n;
}

int pack_texts(struct pack_reader *p, const struct node *list, struct sv_vec *out)
{
	if (!list)
		return 0;
	reserve_texts(&p->r->arena, out, list->n);
	NODE_EACH (n, list) {
		if (!node_is(n, NODE_STRING) || !n->text.n) {
			int rc = pack_fail(p, n->start, "'%.*s' is a list of texts",
					   SV_ARG(list->key));
			return n->kind == NODE_NUMBER ? err_hint(p->err, "in quotes it is a text")
						      : rc;
		}
		out->p[out->n++] = n->text;
	}
	return 0;
}
