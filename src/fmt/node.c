#include "fmt/node.h"

#include <math.h>
#include <stdarg.h>

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

enum { CHARS_STEP = 4096 };

static void make_tables(struct doc *d)
{
	struct sv b = d->bytes;
	uint32_t lines = 1, chars = 0, at = 0;

	for (size_t i = 0; i < b.n; i++)
		lines += b.p[i] == '\n';
	d->lines = ARENA_ARRAY(d->arena, lines, uint32_t);
	d->chars = ARENA_ARRAY(d->arena, b.n / CHARS_STEP + 1, uint32_t);
	for (size_t i = 0; i < b.n; i++) {
		if (i % CHARS_STEP == 0)
			d->chars[i / CHARS_STEP] = chars;
		chars += !is_continuation(b.p[i]);
		if (b.p[i] == '\n')
			d->lines[++at] = (uint32_t)i + 1;
	}
	if (b.n % CHARS_STEP == 0)
		d->chars[b.n / CHARS_STEP] = chars;
	d->lines_n = lines;
}

static uint32_t chars_before(const struct doc *d, uint32_t offset)
{
	uint32_t n = d->chars[offset / CHARS_STEP];

	for (uint32_t i = offset / CHARS_STEP * CHARS_STEP; i < offset; i++)
		n += !is_continuation(d->bytes.p[i]);
	return n;
}

void doc_line_col(struct doc *d, uint32_t offset, uint32_t *line, uint32_t *column)
{
	if (!d->lines)
		make_tables(d);
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
	*column = chars_before(d, offset) - chars_before(d, d->lines[lo]) + 1;
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

const struct node *node_get(const struct node *object, const char *key)
{
	return node_get_sv(object, sv_of(key));
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
