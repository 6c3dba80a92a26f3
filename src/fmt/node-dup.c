#include "fmt/node-dup.h"

#include "base/hash.h"

/* Up to so many keys, comparing all pairs is quicker than a table. */
enum { PAIRWISE = 16 };

void node_dup_done(struct node_dup *t)
{
	free(t->slots);
	*t = (struct node_dup){0};
}

static size_t mark_pairwise(struct node *items, size_t n)
{
	size_t first = n;

	for (size_t i = 1; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (!sv_eq(items[i].key, items[k].key))
				continue;
			items[i].flags |= NODE_DUPLICATE;
			if (first == n)
				first = i;
			break;
		}
	}
	return first;
}

size_t node_dup_mark(struct node_dup *t, struct node *items, size_t n)
{
	size_t first = n, size = 4 * PAIRWISE;

	if (n <= PAIRWISE)
		return mark_pairwise(items, n);
	while (size < 2 * n)
		size *= 2;
	if (t->cap < size) {
		free(t->slots);
		t->slots = xmalloc(size * sizeof *t->slots);
		t->cap = size;
	}
	memset(t->slots, 0, size * sizeof *t->slots);
	/* a slot holds the index of a key, plus one */
	for (size_t i = 0; i < n; i++) {
		size_t at = (size_t)hash_seeded(items[i].key) & (size - 1);
		while (t->slots[at] && !sv_eq(items[t->slots[at] - 1].key, items[i].key))
			at = (at + 1) & (size - 1);
		if (!t->slots[at]) {
			t->slots[at] = (uint32_t)i + 1;
			continue;
		}
		items[i].flags |= NODE_DUPLICATE;
		if (first == n)
			first = i;
	}
	return first;
}
