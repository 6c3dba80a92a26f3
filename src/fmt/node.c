#include "fmt/node.h"

#include <math.h>
#include <stdarg.h>

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

enum { CHARS_STEP = 4096 };

static uint32_t count_chars(const char *p, size_t n)
{
	uint32_t chars = 0;

	for (size_t i = 0; i < n; i++)
		chars += !is_continuation(p[i]);
	return chars;
}

static void make_lines(struct doc *d)
{
	uint32_t lines = 1;

	for (size_t i = 0; i < d->bytes.n; i++)
		lines += d->bytes.p[i] == '\n';
	d->lines = ARENA_ARRAY(d->arena, lines, uint32_t);
	d->lines_n = 1;
	for (size_t at = 0; d->lines_n < lines; d->lines_n++) {
		at += sv_find_char(sv_from(d->bytes, at), '\n') + 1;
		d->lines[d->lines_n] = (uint32_t)at;
	}
}

static void make_chars(struct doc *d)
{
	uint32_t chars = 0;

	d->chars = ARENA_ARRAY(d->arena, d->bytes.n / CHARS_STEP + 1, uint32_t);
	for (size_t at = 0; at + CHARS_STEP <= d->bytes.n; at += CHARS_STEP) {
		chars += count_chars(d->bytes.p + at, CHARS_STEP);
		d->chars[at / CHARS_STEP + 1] = chars;
	}
}

static uint32_t chars_before(const struct doc *d, uint32_t offset)
{
	uint32_t step = offset / CHARS_STEP * CHARS_STEP;

	return d->chars[offset / CHARS_STEP] + count_chars(d->bytes.p + step, offset - step);
}

/* Characters between two places; only of a long line more than its own bytes are looked at. */
static uint32_t chars_between(struct doc *d, uint32_t from, uint32_t to)
{
	if (to == from)
		return 0;
	if (to - from <= CHARS_STEP)
		return count_chars(d->bytes.p + from, to - from);
	if (!d->chars)
		make_chars(d);
	return chars_before(d, to) - chars_before(d, from);
}

void doc_line_col(struct doc *d, uint32_t offset, uint32_t *line, uint32_t *column)
{
	if (!d->lines)
		make_lines(d);
	if (offset > d->bytes.n)
		offset = (uint32_t)d->bytes.n;
	uint32_t lo = 0, hi = d->lines_n;
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (d->lines[mid] <= offset)
			lo = mid;
		else
			hi = mid;
	}
	*line = lo + 1;
	*column = chars_between(d, d->lines[lo], offset) + 1;
}

bool node_is(const struct node *n, enum node_kind kind)
{
	return n && n->kind == kind;
}

const struct node *node_get_sv(const struct node *object, struct sv key)
{
	if (!node_is(object, NODE_OBJECT))
		return NULL;
	bool last = object->flags & NODE_DUP_LAST;
	for (uint32_t i = 0; i < object->n; i++) {
		const struct node *child = &object->items[last ? object->n - 1 - i : i];
		if (sv_eq(child->key, key))
			return child;
	}
	return NULL;
}

const struct node *node_path(const struct node *n, ...)
{
	va_list ap;
	const char *key;

	va_start(ap, n);
	while (n && (key = va_arg(ap, const char *)))
		n = node_get(n, key);
	va_end(ap);
	return n;
}

struct sv node_str(const struct node *n)
{
	return node_is(n, NODE_STRING) ? n->text : (struct sv){0};
}

struct sv node_get_str(const struct node *object, const char *key)
{
	return node_str(node_get(object, key));
}

bool node_true(const struct node *n)
{
	return node_is(n, NODE_BOOL) && sv_is(n->text, "true");
}

bool node_u64(const struct node *n, uint64_t *out)
{
	if (!node_is(n, NODE_NUMBER))
		return false;
	return sv_u64(sv_is(n->text, "-0") ? SV("0") : n->text, out);
}

bool node_i64(const struct node *n, int64_t *out)
{
	uint64_t u;

	if (!node_is(n, NODE_NUMBER))
		return false;
	bool minus = n->text.n && n->text.p[0] == '-';
	if (!sv_u64(sv_from(n->text, minus), &u) || u > (uint64_t)INT64_MAX + minus)
		return false;
	*out = minus ? (int64_t)(0 - u) : (int64_t)u;
	return true;
}

bool node_f64(const struct node *n, double *out)
{
	char small[64];
	auto_free char *big = NULL;

	if (!node_is(n, NODE_NUMBER))
		return false;
	char *s = n->text.n < sizeof small ? small : (big = xmalloc(n->text.n + 1));
	memcpy(s, n->text.p, n->text.n);
	s[n->text.n] = '\0';
	double v = strtod(s, NULL);
	/* a finite number that is too large for a double is not what was written */
	if (isinf(v) && !sv_ends(n->text, SV("inf")))
		return false;
	*out = v;
	return true;
}
