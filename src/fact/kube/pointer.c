/* From bytes of the source to the JSON pointer (RFC 6901) of the value that holds them. */
#include "fact/kube/kube.h"

/* Steps from the root: child numbers. */
struct way {
	uint32_t *p;
	size_t n, cap;
};

static void way_done(struct way *w)
{
	vec_done(w);
}

static bool holds(const struct node *n, uint32_t start, uint32_t end)
{
	return n->start <= start && end <= n->end;
}

/* The last child that starts at or before the place where children stand in order; else any. */
static const struct node *child_at(const struct node *n, uint32_t start, uint32_t end)
{
	uint32_t lo = 0, hi = n->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (n->items[mid].start <= start)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo > 0 && holds(&n->items[lo - 1], start, end))
		return &n->items[lo - 1];
	NODE_EACH (it, n)
		if (holds(it, start, end))
			return it;
	return NULL;
}

/* The children of an alias stand where its anchor is, which may be outside of the root. Then values
 * are looked through, only so many and so deep. */
enum { SEARCH_DEPTH = 64, SEARCH_NODES = 100000 };

struct search {
	uint32_t start, end;
	unsigned left;
	uint32_t now[SEARCH_DEPTH];
	struct way *best;
};

/* True at the first that holds the place. */
static bool look(struct search *s, const struct node *n, unsigned depth)
{
	for (uint32_t i = 0; i < n->n && s->left > 0; i++) {
		const struct node *it = &n->items[i];
		s->left--;
		s->now[depth] = i;
		if (holds(it, s->start, s->end)) {
			for (unsigned k = 0; k <= depth; k++)
				*VEC_PUSH(s->best) = s->now[k];
			return true;
		}
		if (depth + 1 < SEARCH_DEPTH && look(s, it, depth + 1))
			return true;
	}
	return false;
}

static void add_step(struct buf *out, const struct node *of, uint32_t i)
{
	struct sv key = of->items[i].key;

	buf_char(out, '/');
	if (of->kind == NODE_ARRAY) {
		buf_fmt(out, "%u", i);
		return;
	}
	for (size_t k = 0; k < key.n; k++) {
		if (key.p[k] == '~' || key.p[k] == '/')
			buf_str(out, key.p[k] == '~' ? "~0" : "~1");
		else
			buf_char(out, key.p[k]);
	}
}

struct sv node_pointer(struct arena *a, const struct node *root, uint32_t start, uint32_t end)
{
	auto_done(way_done) struct way way = {0};
	auto_done(buf_done) struct buf out = {0};
	const struct node *n = root, *child;

	if (!root)
		return (struct sv){0};
	if (!holds(root, start, end)) {
		struct search s = {.start = start, .end = end, .left = SEARCH_NODES, .best = &way};
		(void)look(&s, root, 0);
	}
	for (size_t i = 0; i < way.n; i++) {
		add_step(&out, n, way.p[i]);
		n = &n->items[way.p[i]];
	}
	while ((child = child_at(n, start, end))) {
		add_step(&out, n, (uint32_t)(child - n->items));
		n = child;
	}
	return arena_sv(a, buf_view(&out));
}
