/*
 * Variables in values (compose specification, "Interpolation"): $NAME, ${NAME}, ${NAME:-default},
 * ${NAME-default}, ${NAME:?error}, ${NAME?error}, ${NAME:+instead}, ${NAME+instead}, nested; $$ is
 * a dollar.
 */
#include "fact/compose/compose-int.h"

enum { NESTED = 16, NAME_SHOWN = 100 };

struct filler {
	struct compose *c;
	const struct variables *v;
	const struct node *at;
	bool quiet, wrong;
	struct buf out;
};

static void fill(struct filler *f, struct sv text, unsigned depth);

static bool starts_name(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
}

static size_t name_length(struct sv text)
{
	size_t n = 0;

	if (text.n == 0 || !starts_name(text.p[0]))
		return 0;
	while (n < text.n && (starts_name(text.p[n]) || (text.p[n] >= '0' && text.p[n] <= '9')))
		n++;
	return n;
}

static void tell_unset(struct filler *f, struct sv name, const char *why)
{
	bool made;

	if (f->quiet)
		return;
	(void)map_put(&f->c->unset, name, &made);
	if (made)
		tell_note(&f->c->tell, f->at, "the variable '%.*s' %s",
			  SV_ARG(sv_head(name, NAME_SHOWN)), why);
}

static void put(struct filler *f, struct sv text)
{
	if (compose_spend(f->c, f->at, 0, text.n))
		buf_sv(&f->out, text);
}

/* What stands between the braces. */
static void braced(struct filler *f, struct sv text, unsigned depth)
{
	size_t n = name_length(text);
	struct sv name = sv_head(text, n), rest = sv_from(text, n);
	const struct node *value = n ? variables_find(f->v, name) : NULL;
	bool colon = rest.n > 1 && rest.p[0] == ':';
	char op = rest.n > colon ? rest.p[colon] : '\0';
	struct sv word = sv_from(rest, colon + 1u);

	bool set = value && (!colon || value->text.n);
	if (n == 0 || (rest.n && op != '-' && op != '?' && op != '+')) {
		f->wrong = true;
		return;
	}
	if (op == '+') {
		if (set)
			fill(f, word, depth);
	} else if (set || (value && op == '\0')) {
		put(f, value->text);
	} else if (op == '-') {
		fill(f, word, depth);
	} else if (op == '?') {
		/* whoever starts it sets it: the environment is not ours to read */
		tell_unset(f, name, "must be set where it is started");
	} else {
		tell_unset(f, name, "is not set here: it is empty");
	}
}

/* Index of the brace that closes the one before text; text.n without one. */
static size_t closing(struct sv text)
{
	size_t open = 0, i = 0;

	for (; i < text.n; i++) {
		if (text.p[i] == '{' && i > 0 && text.p[i - 1] == '$')
			open++;
		else if (text.p[i] == '}' && open-- == 0)
			return i;
	}
	return i;
}

/* From behind the dollar on; the bytes that were taken. */
static size_t dollar(struct filler *f, struct sv text, unsigned depth)
{
	size_t n = name_length(text);

	if (text.n && text.p[0] == '$') {
		put(f, SV("$"));
		return 1;
	}
	if (n) {
		const struct node *value = variables_find(f->v, sv_head(text, n));
		if (value)
			put(f, value->text);
		else
			tell_unset(f, sv_head(text, n), "is not set here: it is empty");
		return n;
	}
	size_t end = text.n && text.p[0] == '{' ? closing(sv_from(text, 1)) + 1 : text.n;
	if (end >= text.n || depth == NESTED) {
		f->wrong = true;
		return text.n;
	}
	braced(f, sv_head(sv_from(text, 1), end - 1), depth + 1);
	return end + 1;
}

static void fill(struct filler *f, struct sv text, unsigned depth)
{
	while (text.n && !f->wrong && !f->c->over) {
		size_t at = sv_find_char(text, '$');
		put(f, sv_head(text, at));
		if (at == SIZE_MAX)
			return;
		text = sv_from(text, at + 1);
		text = sv_from(text, dollar(f, text, depth));
	}
}

void interpolate(struct compose *c, const struct variables *v, struct sv text,
		 const struct node *at, bool quiet, struct sv *out)
{
	struct filler f = {.c = c, .v = v, .at = at, .quiet = quiet};

	*out = text;
	if (sv_find_char(text, '$') == SIZE_MAX)
		return;
	fill(&f, text, 0);
	if (!f.wrong)
		*out = arena_sv(c->a, buf_view(&f.out));
	else if (!quiet)
		tell_fault(&c->tell, at, "a dollar that starts no variable ($$ is a dollar)");
	buf_done(&f.out);
}

/* True when the copy differs. */
static bool copy_node(struct compose *c, const struct variables *v, const struct node *in,
		      struct node *out)
{
	*out = *in;
	if (in->kind == NODE_STRING) {
		interpolate(c, v, in->text, in, false, &out->text);
		return out->text.p != in->text.p || out->text.n != in->text.n;
	}
	if (in->kind != NODE_ARRAY && in->kind != NODE_OBJECT)
		return false;
	struct node *items = NULL;
	for (uint32_t i = 0; i < in->n && !c->over; i++) {
		struct node child;
		if (!copy_node(c, v, &in->items[i], &child))
			continue;
		if (!items && !compose_spend(c, in, in->n, 0))
			return false;
		if (!items) {
			items = ARENA_ARRAY(c->a, in->n, struct node);
			memcpy(items, in->items, in->n * sizeof *items);
		}
		items[i] = child;
	}
	if (items)
		out->items = items;
	return items != NULL;
}

const struct node *interpolate_tree(struct compose *c, const struct variables *v,
				    const struct node *root)
{
	struct node *out = ARENA_NEW(c->a, struct node);

	(void)copy_node(c, v, root, out);
	return out;
}
