#include "audit/diff.h"

#include <stdlib.h>

#include "base/text.h"

/* Beyond this many differences the middle is told as one change (Myers, "An O(ND) difference
 * algorithm", with a bound). */
enum { CONTEXT = 3, DIFFERENCES_MAX = 1000 };

struct lines {
	struct sv *p; /* with their line break */
	size_t n, cap;
};

struct change {
	size_t a, b; /* lines of both texts at which it begins */
	size_t removed, added;
};

struct changes {
	struct change *p;
	size_t n, cap;
};

static void split(struct lines *l, struct sv text)
{
	while (text.n) {
		size_t at = sv_find_char(text, '\n');
		size_t n = at == SIZE_MAX ? text.n : at + 1;
		*VEC_PUSH(l) = sv_head(text, n);
		text = sv_from(text, n);
	}
}

static void add_change(struct changes *c, size_t a, size_t b, size_t removed, size_t added)
{
	struct change *last = c->n ? &c->p[c->n - 1] : NULL;

	if (last && last->a + last->removed == a && last->b + last->added == b) {
		last->removed += removed;
		last->added += added;
		return;
	}
	*VEC_PUSH(c) = (struct change){a, b, removed, added};
}

struct middle {
	const struct sv *a, *b;
	int64_t n, m;
	int64_t *trace; /* a row of the furthest ends for each number of differences */
	int64_t width;
};

static int64_t *row_of(const struct middle *s, int64_t d)
{
	return s->trace + d * s->width + s->width / 2;
}

static int64_t step(const struct middle *s, const int64_t *v, int64_t d, int64_t k)
{
	bool down = k == -d || (k != d && v[k - 1] < v[k + 1]);
	int64_t x = down ? v[k + 1] : v[k - 1] + 1;

	while (x < s->n && x - k < s->m && sv_eq(s->a[x], s->b[x - k]))
		x++;
	return x;
}

/* The number of differences, or -1 when there are too many. */
static int64_t search(struct middle *s, int64_t most)
{
	for (int64_t d = 0; d <= most; d++) {
		int64_t *v = row_of(s, d);
		const int64_t *before = d ? row_of(s, d - 1) : v;
		if (d)
			memcpy(v - d, before - d, (size_t)(2 * d + 1) * sizeof *v);
		for (int64_t k = -d; k <= d; k += 2) {
			v[k] = step(s, before, d, k);
			if (v[k] >= s->n && v[k] - k >= s->m)
				return d;
		}
	}
	return -1;
}

/* Back along the rows; changes come out from the last to the first. */
static void trace_back(const struct middle *s, int64_t d, size_t offset, struct changes *out)
{
	int64_t x = s->n, y = s->m;
	struct changes back = {0};

	for (; d > 0; d--) {
		const int64_t *v = row_of(s, d - 1);
		int64_t k = x - y;
		bool down = k == -d || (k != d && v[k - 1] < v[k + 1]);
		int64_t from = down ? k + 1 : k - 1;
		x = v[from];
		y = x - from;
		*VEC_PUSH(&back) = (struct change){(size_t)x, (size_t)y, !down, down};
	}
	for (size_t i = back.n; i-- > 0;)
		add_change(out, back.p[i].a + offset, back.p[i].b + offset, back.p[i].removed,
			   back.p[i].added);
	vec_done(&back);
}

static void find_changes(const struct lines *a, const struct lines *b, struct changes *out)
{
	size_t head = 0, tail = 0, least = a->n < b->n ? a->n : b->n;

	while (head < least && sv_eq(a->p[head], b->p[head]))
		head++;
	while (tail < least - head && sv_eq(a->p[a->n - 1 - tail], b->p[b->n - 1 - tail]))
		tail++;
	size_t n = a->n - head - tail, m = b->n - head - tail;
	int64_t most = n + m < DIFFERENCES_MAX ? (int64_t)(n + m) : DIFFERENCES_MAX;
	struct middle s = {.a = a->p + head,
			   .b = b->p + head,
			   .n = (int64_t)n,
			   .m = (int64_t)m,
			   .width = 2 * most + 3};
	if (n + m == 0)
		return;
	s.trace = xcalloc((size_t)(most + 1), (size_t)s.width * sizeof *s.trace);
	int64_t d = search(&s, most);
	if (d >= 0)
		trace_back(&s, d, head, out);
	else
		add_change(out, head, head, n, m);
	free(s.trace);
}

static void put_line(struct buf *out, char mark, struct sv line)
{
	buf_char(out, mark);
	buf_sv(out, line);
	if (!line.n || line.p[line.n - 1] != '\n')
		buf_str(out, "\n\\ No newline at end of file\n");
}

static void put_range(struct buf *out, char mark, size_t from, size_t n)
{
	buf_fmt(out, " %c%zu", mark, n ? from + 1 : from);
	if (n != 1)
		buf_fmt(out, ",%zu", n);
}

/* Changes from i to end are one hunk. */
static void put_hunk(struct buf *out, const struct lines *a, const struct lines *b,
		     const struct change *c, size_t n)
{
	const struct change *last = &c[n - 1];
	size_t before = c->a < CONTEXT ? c->a : CONTEXT;
	size_t after = a->n - last->a - last->removed;
	size_t from_a = c->a - before, from_b = c->b - before, at = from_a;

	after = after < CONTEXT ? after : CONTEXT;
	buf_str(out, "@@");
	put_range(out, '-', from_a, last->a + last->removed + after - from_a);
	put_range(out, '+', from_b, last->b + last->added + after - from_b);
	buf_str(out, " @@\n");
	for (size_t i = 0; i < n; i++) {
		for (; at < c[i].a; at++)
			put_line(out, ' ', a->p[at]);
		for (size_t k = 0; k < c[i].removed; k++)
			put_line(out, '-', a->p[at++]);
		for (size_t k = 0; k < c[i].added; k++)
			put_line(out, '+', b->p[c[i].b + k]);
	}
	for (size_t k = 0; k < after; k++)
		put_line(out, ' ', a->p[at++]);
}

static void put_name(struct buf *out, const char *mark, struct sv path)
{
	buf_str(out, mark);
	while (path.n && path.p[0] == '/')
		path = sv_from(path, 1);
	text_escape(out, path);
	buf_char(out, '\n');
}

void diff_unified(struct buf *out, struct sv path, struct sv before, struct sv after)
{
	struct lines a = {0}, b = {0};
	struct changes all = {0};

	split(&a, before);
	split(&b, after);
	find_changes(&a, &b, &all);
	if (all.n) {
		put_name(out, "--- a/", path);
		put_name(out, "+++ b/", path);
	}
	for (size_t i = 0, n; i < all.n; i += n) {
		for (n = 1; i + n < all.n; n++) {
			const struct change *last = &all.p[i + n - 1];
			if (all.p[i + n].a - last->a - last->removed > 2 * CONTEXT)
				break;
		}
		put_hunk(out, &a, &b, &all.p[i], n);
	}
	vec_done(&all);
	vec_done(&a);
	vec_done(&b);
}
