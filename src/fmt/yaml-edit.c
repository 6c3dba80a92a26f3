#include "fmt/yaml-edit.h"

#include <stdlib.h>

#include "fmt/json-out.h"

enum { TOKENS_MAX = 64 };

struct editor {
	struct doc *d;
	struct arena *a;
	struct sv tokens[TOKENS_MAX];
	size_t n;
	struct err *err;
};

static int unsupported(struct editor *e, const char *why)
{
	return err_set(e->err, ERR_UNSUPPORTED, "cannot be edited: %s", why);
}

/* RFC 6901, section 4. */
static struct sv unescape(struct arena *a, struct sv token)
{
	auto_done(buf_done) struct buf b = {0};

	if (sv_find_char(token, '~') == SIZE_MAX)
		return token;
	for (size_t i = 0; i < token.n; i++) {
		bool escape = token.p[i] == '~' && i + 1 < token.n;
		buf_char(&b, !escape ? token.p[i] : token.p[i + 1] == '1' ? '/' : '~');
		i += escape;
	}
	return arena_sv(a, buf_view(&b));
}

static int start(struct editor *e, struct doc *d, struct sv pointer, struct err *err)
{
	*e = (struct editor){.d = d, .a = d->arena, .err = err};
	if (pointer.n && pointer.p[0] != '/')
		return err_set(err, ERR_USAGE, "not a JSON pointer");
	for (struct sv rest = pointer; rest.n;) {
		rest = sv_from(rest, 1);
		size_t end = sv_find_char(rest, '/');
		if (e->n == TOKENS_MAX)
			return unsupported(e, "the pointer is too long");
		e->tokens[e->n++] = unescape(e->a, sv_head(rest, end));
		rest = end == SIZE_MAX ? (struct sv){0} : sv_from(rest, end);
	}
	return 0;
}

static char byte_at(const struct editor *e, uint32_t at)
{
	return at < e->d->bytes.n ? e->d->bytes.p[at] : '\0';
}

/* Merged keys stand elsewhere. */
static bool stands_in(const struct node *child, const struct node *in)
{
	return child->key_start >= in->start && child->key_end > child->key_start &&
	       child->key_start < in->end;
}

static bool is_flow(const struct editor *e, const struct node *n)
{
	char c = byte_at(e, n->start);

	return c == '{' || c == '[';
}

static const struct node *child_of(const struct node *n, struct sv token)
{
	uint64_t i;

	if (node_is(n, NODE_ARRAY))
		return sv_u64(token, &i) && i < n->n ? &n->items[i] : NULL;
	return node_get_sv(n, token);
}

/* The last child that stands in the text of its mapping. */
static const struct node *last_child(const struct node *n)
{
	const struct node *last = NULL;

	for (uint32_t i = 0; i < n->n; i++)
		if (stands_in(&n->items[i], n) &&
		    (!last || n->items[i].key_start > last->key_start))
			last = &n->items[i];
	return last;
}

static uint32_t skip_blanks(const struct editor *e, uint32_t at)
{
	while (byte_at(e, at) == ' ' || byte_at(e, at) == '\t')
		at++;
	return at;
}

/* Behind the colon of a key. */
static bool colon_of(const struct editor *e, const struct node *child, uint32_t *out)
{
	uint32_t at = skip_blanks(e, child->key_end);

	if (byte_at(e, at) != ':')
		return false;
	*out = at + 1;
	return true;
}

/* An empty value is written as nothing. */
static bool is_written(const struct editor *e, const struct node *n)
{
	(void)e;
	return n->end > n->start;
}

/* Where the last byte of a node's own text ends: without line breaks and comments behind it, which
 * the reader counts to a block. Depth is bounded by the reader. */
static bool text_end(const struct editor *e, const struct node *n, uint32_t *out)
{
	const struct node *last = NULL;

	if ((n->kind == NODE_OBJECT || n->kind == NODE_ARRAY) && !is_flow(e, n) &&
	    !(n->flags & NODE_ALIAS)) {
		last = n->kind == NODE_OBJECT ? last_child(n) : n->n ? &n->items[n->n - 1] : NULL;
		if (!last)
			return false;
		return is_written(e, last)      ? text_end(e, last, out)
		       : n->kind == NODE_OBJECT ? colon_of(e, last, out)
						: false;
	}
	uint32_t end = n->end;
	while (end > n->start && strchr(" \t\r\n", byte_at(e, end - 1)) && byte_at(e, end - 1))
		end--;
	*out = end;
	return true;
}

static uint32_t line_start(const struct editor *e, uint32_t at)
{
	while (at > 0 && byte_at(e, at - 1) != '\n')
		at--;
	return at;
}

/* Before the line break, and the CR in front of it. */
static uint32_t line_end(const struct editor *e, uint32_t at)
{
	while (at < e->d->bytes.n && byte_at(e, at) != '\n')
		at++;
	return at > 0 && at < e->d->bytes.n && byte_at(e, at - 1) == '\r' ? at - 1 : at;
}

static const char *line_break(const struct editor *e)
{
	size_t at = sv_find_char(e->d->bytes, '\n');

	return at != SIZE_MAX && at > 0 && e->d->bytes.p[at - 1] == '\r' ? "\r\n" : "\n";
}

/* Columns in front of a block's key; only blanks and the dashes of lists may stand there. */
static bool indent_of(const struct editor *e, const struct node *child, uint32_t *out)
{
	uint32_t from = line_start(e, child->key_start);

	for (uint32_t i = from; i < child->key_start; i++)
		if (byte_at(e, i) != ' ' && byte_at(e, i) != '-')
			return false;
	*out = child->key_start - from;
	return true;
}

static bool is_json(const struct editor *e)
{
	uint32_t at = 0;

	while (at < e->d->bytes.n && strchr(" \t\r\n", byte_at(e, at)) && byte_at(e, at))
		at++;
	return byte_at(e, at) == '{' || byte_at(e, at) == '[';
}

/* A text that needs no quotes in YAML, as a key or a value. */
static bool is_plain(struct sv text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '_' ||
					    c == '.' || c == '/')))
			return false;
	}
	/* the words that a reader takes for something else */
	static const char *const words[] = {"true", "false", "null", "yes", "no",
					    "on",   "off",   "y",    "n"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_ieq(text, sv_of(words[i])))
			return false;
	return text.n > 0;
}

static void put_json(struct buf *b, const struct node *value)
{
	struct json_out w;
	struct err err;

	json_out_init(&w, NULL, b, 0);
	json_out_node(&w, value);
	(void)!json_out_done(&w, &err);
}

static void put_value(const struct editor *e, struct buf *b, const struct node *value)
{
	if (value->kind == NODE_STRING && !is_json(e) && is_plain(value->text))
		buf_sv(b, value->text);
	else
		put_json(b, value);
}

static void put_key(const struct editor *e, struct buf *b, struct sv key)
{
	const struct node text = {.kind = NODE_STRING, .text = key};

	put_value(e, b, &text);
	buf_str(b, ": ");
}

/* {a: {b: value}} for the tokens from i on. */
static void put_flow(const struct editor *e, struct buf *b, size_t i, const struct node *value)
{
	size_t open = 0;

	for (; i < e->n; i++, open++) {
		buf_char(b, '{');
		put_key(e, b, e->tokens[i]);
	}
	put_value(e, b, value);
	buf_fill(b, '}', open);
}

/* Lines "a:", "  b: value" behind a line that ends. */
static void put_block(const struct editor *e, struct buf *b, size_t i, uint32_t indent,
		      const struct node *value)
{
	for (; i < e->n; i++, indent += 2) {
		buf_str(b, line_break(e));
		buf_fill(b, ' ', indent);
		put_key(e, b, e->tokens[i]);
		if (i + 1 < e->n)
			b->n--; /* no blank at the line's end */
	}
	put_value(e, b, value);
}

static int finish(struct editor *e, struct buf *b, uint32_t at, uint32_t remove,
		  struct yaml_edit *out)
{
	*out = (struct yaml_edit){at, remove, arena_sv(e->a, buf_view(b))};
	return 1;
}

static int add_block(struct editor *e, const struct node *in, size_t i, const struct node *value,
		     struct yaml_edit *out)
{
	const struct node *last = last_child(in);
	auto_done(buf_done) struct buf b = {0};
	uint32_t end, indent;

	if (!last || !text_end(e, in, &end) || !indent_of(e, last, &indent))
		return unsupported(e, "the mapping is not written as a plain block");
	put_block(e, &b, i, indent, value);
	return finish(e, &b, line_end(e, end), 0, out);
}

/* In front of the bracket, or behind the last value; a pretty-printed mapping gets a line more. */
static int add_flow(struct editor *e, const struct node *in, size_t i, const struct node *value,
		    struct yaml_edit *out)
{
	const struct node *last = last_child(in);
	auto_done(buf_done) struct buf b = {0};
	uint32_t end, indent;

	if (byte_at(e, in->start) != '{' || in->end <= in->start + 1 ||
	    byte_at(e, in->end - 1) != '}')
		return unsupported(e, "the mapping is not written in braces");
	if (!last) {
		buf_char(&b, '{');
		put_key(e, &b, e->tokens[i]);
		put_flow(e, &b, i + 1, value);
		buf_char(&b, '}');
		return finish(e, &b, in->start, in->end - in->start, out);
	}
	if (!(is_written(e, last) ? text_end(e, last, &end) : colon_of(e, last, &end)))
		return unsupported(e, "the mapping is not written plainly");
	buf_char(&b, ',');
	bool own_line = indent_of(e, last, &indent) &&
			line_start(e, in->start) != line_start(e, last->key_start);
	if (own_line) {
		buf_str(&b, line_break(e));
		buf_fill(&b, ' ', indent);
	} else {
		buf_char(&b, ' ');
	}
	put_key(e, &b, e->tokens[i]);
	put_flow(e, &b, i + 1, value);
	return finish(e, &b, end, 0, out);
}

static bool same_value(const struct node *a, const struct node *b)
{
	if (a->kind != b->kind || a->n != b->n || !sv_eq(a->text, b->text))
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (!sv_eq(a->items[i].key, b->items[i].key) ||
		    !same_value(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static bool has_comment(const struct editor *e, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (byte_at(e, i) == '#')
			return true;
	return false;
}

/* The value from token i on in place of a value that is there. */
static int replace(struct editor *e, const struct node *old, size_t i, const struct node *value,
		   struct yaml_edit *out)
{
	auto_done(buf_done) struct buf b = {0};
	uint32_t from = old->start, end;
	char c = byte_at(e, from);

	if (!is_written(e, old)) {
		if (!colon_of(e, old, &from))
			return unsupported(e, "an empty value");
		buf_char(&b, ' ');
		put_flow(e, &b, i, value);
		return finish(e, &b, from, 0, out);
	}
	if (c == '|' || c == '>' || c == '&' || c == '!' || c == '*')
		return unsupported(e, "a block text, an anchor, an alias or a tag");
	if (!text_end(e, old, &end))
		return unsupported(e, "an empty block");
	bool block = (old->kind == NODE_OBJECT || old->kind == NODE_ARRAY) && !is_flow(e, old);
	if (block) {
		if (!colon_of(e, old, &from) || has_comment(e, from, end))
			return unsupported(e, "a block with comments in it");
		buf_char(&b, ' ');
	}
	put_flow(e, &b, i, value);
	return finish(e, &b, from, end - from, out);
}

static int refuse_alias(struct editor *e, const struct node *n)
{
	return n->flags & NODE_ALIAS ? unsupported(e, "an alias stands on the way") : 0;
}

int yaml_edit_set(struct doc *d, const struct node *root, struct sv pointer,
		  const struct node *value, struct yaml_edit *out, struct err *err)
{
	struct editor e;
	const struct node *at = root;
	int rc = start(&e, d, pointer, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < e.n; i++) {
		const struct node *next = child_of(at, e.tokens[i]);
		if (next && at->kind == NODE_OBJECT && !stands_in(next, at))
			return unsupported(&e, "a merged key");
		if (!next && at->kind != NODE_OBJECT)
			return unsupported(&e, "nothing can be added there");
		if (!next && is_flow(&e, at))
			return add_flow(&e, at, i, value, out);
		if (!next)
			return add_block(&e, at, i, value, out);
		if ((rc = refuse_alias(&e, next)) < 0)
			return rc;
		if (next->kind == NODE_NULL && i + 1 < e.n)
			return replace(&e, next, i + 1, value, out);
		at = next;
	}
	return same_value(at, value) ? 0 : replace(&e, at, e.n, value, out);
}

int yaml_edit_remove(struct doc *d, const struct node *root, struct sv pointer,
		     struct yaml_edit *out, struct err *err)
{
	struct editor e;
	const struct node *at = root, *in = NULL;
	auto_done(buf_done) struct buf none = {0};
	uint32_t end;
	int rc = start(&e, d, pointer, err);

	for (size_t i = 0; rc == 0 && i < e.n; i++) {
		in = at;
		at = child_of(at, e.tokens[i]);
		if (!at)
			return 0;
		rc = refuse_alias(&e, at);
	}
	if (rc < 0)
		return rc;
	if (!in || in->kind != NODE_OBJECT || in->n < 2 || is_flow(&e, in) || !stands_in(at, in))
		return unsupported(&e, "only a key of a block with others can be taken away");
	uint32_t from = line_start(&e, at->key_start);
	if (skip_blanks(&e, from) != at->key_start)
		return unsupported(&e, "the key does not begin its line");
	if (!(is_written(&e, at) ? text_end(&e, at, &end) : colon_of(&e, at, &end)))
		return unsupported(&e, "an empty block");
	while (end < d->bytes.n && d->bytes.p[end] != '\n')
		end++;
	if (end < d->bytes.n)
		end++;
	return finish(&e, &none, from, end - from, out);
}

static int by_place(const void *pa, const void *pb)
{
	const struct yaml_edit *a = pa, *b = pb;

	return a->at < b->at ? -1 : a->at > b->at;
}

size_t yaml_edit_apply(struct sv text, struct yaml_edit *edits, size_t n, struct buf *out)
{
	uint32_t done = 0;
	size_t applied = 0;

	if (n)
		qsort(edits, n, sizeof *edits, by_place);
	for (size_t i = 0; i < n; i++) {
		const struct yaml_edit *e = &edits[i];
		bool clash = i > 0 && (e->at < done || e->at == edits[i - 1].at);
		if (clash || e->at + (size_t)e->remove > text.n)
			continue;
		buf_add(out, text.p + done, e->at - done);
		buf_sv(out, e->text);
		done = e->at + e->remove;
		applied++;
	}
	buf_sv(out, sv_from(text, done));
	return applied;
}
