/*
 * Files of variables, as compose reads them: NAME=VALUE, also with "export" in front or a colon
 * for the sign; '...' as it stands, "..." with escapes and variables, both over several lines; else
 * up to the end of the line or " #", with variables.
 */
#include "fact/compose/compose-int.h"

struct env_reader {
	struct compose *c;
	struct part *part;
	const struct variables *v;
	struct sv text;
	size_t at;
};

struct variables *variables_new(struct compose *c, const struct variables *outer)
{
	struct variables *v = ARENA_NEW(c->a, struct variables);

	v->outer = outer;
	v->next = c->all;
	c->all = v;
	return v;
}

const struct node *variables_find(const struct variables *v, struct sv name)
{
	if (!v)
		return NULL;
	const struct node *outer = variables_find(v->outer, name);
	const struct map_entry *e = outer ? NULL : map_find(&v->own, name);

	return outer ? outer : e ? e->ptr : NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct env_reader *r)
{
	while (r->at < r->text.n && is_blank(r->text.p[r->at]))
		r->at++;
}

static void skip_line(struct env_reader *r)
{
	while (r->at < r->text.n && r->text.p[r->at] != '\n')
		r->at++;
	r->at += r->at < r->text.n;
}

static struct node *value_node(struct env_reader *r, size_t start, size_t end)
{
	struct node *n = ARENA_NEW(r->c->a, struct node);

	n->kind = NODE_STRING;
	n->doc = (uint16_t)(r->part - r->c->parts->all.p);
	n->start = (uint32_t)start;
	n->end = (uint32_t)end;
	n->text = sv_make(r->text.p + start, end - start);
	return n;
}

static char escaped(char ch)
{
	return ch == 'n' ? '\n' : ch == 'r' ? '\r' : ch == 't' ? '\t' : ch;
}

/* "...": \$ stays a dollar that is no variable. */
static void unescape(struct env_reader *r, struct node *n)
{
	auto_done(buf_done) struct buf out = {0};

	if (sv_find_char(n->text, '\\') == SIZE_MAX)
		return;
	for (size_t i = 0; i < n->text.n; i++) {
		char ch = n->text.p[i];
		bool back = ch == '\\' && i + 1 < n->text.n;
		if (back)
			ch = escaped(n->text.p[++i]);
		if (back && ch == '$')
			buf_char(&out, '$');
		buf_char(&out, ch);
	}
	n->text = compose_spend(r->c, n, 0, out.n) ? arena_sv(r->c->a, buf_view(&out))
						   : (struct sv){0};
}

static struct node *quoted_value(struct env_reader *r)
{
	char quote = r->text.p[r->at];
	size_t start = ++r->at;

	while (r->at < r->text.n && r->text.p[r->at] != quote)
		r->at += quote == '"' && r->text.p[r->at] == '\\' ? 2 : 1;
	if (r->at > r->text.n)
		r->at = r->text.n;
	struct node *n = value_node(r, start, r->at);
	if (r->at == r->text.n)
		tell_fault(&r->c->tell, n, "a quote has no end");
	skip_line(r);
	if (quote == '"') {
		unescape(r, n);
		interpolate(r->c, r->v, n->text, n, true, &n->text);
	}
	return n;
}

static struct node *plain_value(struct env_reader *r)
{
	size_t start = r->at;

	skip_line(r);
	struct sv line = sv_trim(sv_make(r->text.p + start, r->at - start));
	for (size_t i = 0; i + 1 < line.n; i++)
		if (is_blank(line.p[i]) && line.p[i + 1] == '#')
			line = sv_trim(sv_head(line, i));
	if (line.n && line.p[0] == '#')
		line.n = 0;
	size_t at = line.n ? (size_t)(line.p - r->text.p) : start;
	struct node *n = value_node(r, at, at + line.n);
	interpolate(r->c, r->v, n->text, n, true, &n->text);
	return n;
}

static bool is_name(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       ch == '_' || ch == '.' || ch == '-';
}

static struct sv take_name(struct env_reader *r)
{
	size_t start = r->at;

	while (r->at < r->text.n && is_name(r->text.p[r->at]))
		r->at++;
	struct sv name = sv_make(r->text.p + start, r->at - start);
	if (!sv_is(name, "export") || r->at == r->text.n || !is_blank(r->text.p[r->at]))
		return name;
	skip_blanks(r);
	return take_name(r);
}

/* A name without a value is inherited: as if it were not there. NULL. */
static struct node *take_line(struct env_reader *r, struct sv *name)
{
	skip_blanks(r);
	*name = take_name(r);
	skip_blanks(r);
	char ch = r->at < r->text.n ? r->text.p[r->at] : '\n';
	if (name->n == 0 || (ch != '=' && ch != ':')) {
		skip_line(r);
		return NULL;
	}
	r->at++;
	skip_blanks(r);
	ch = r->at < r->text.n ? r->text.p[r->at] : '\n';
	return ch == '"' || ch == '\'' ? quoted_value(r) : plain_value(r);
}

void env_lines(struct compose *c, struct part *part, const struct variables *v,
	       void (*each)(void *arg, struct sv name, const struct node *value), void *arg)
{
	struct env_reader r = {c, part, v, part->bytes, 0};

	if (part->state != PART_HERE)
		return;
	(void)parts_text(c->parts, part);
	while (r.at < r.text.n && !c->over) {
		struct sv name;
		const struct node *value = take_line(&r, &name);
		if (value && compose_spend(c, value, 1, 0))
			each(arg, name, value);
	}
}

static void keep(void *arg, struct sv name, const struct node *value)
{
	struct variables *v = arg;

	map_put(&v->own, name, NULL)->ptr = (void *)(uintptr_t)value;
}

void variables_read(struct compose *c, struct variables *v, struct part *part)
{
	env_lines(c, part, v, keep, v);
}
