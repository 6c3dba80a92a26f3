#include "fmt/yaml-merge.h"

#include "base/map.h"

struct merge {
	struct {
		struct node *p;
		size_t n, cap;
	} out;
	struct map keys;
};

static void add(struct merge *m, const struct node *child, bool merged)
{
	bool made;

	map_put(&m->keys, child->key, &made);
	if (merged && !made)
		return;
	struct node *n = VEC_PUSH(&m->out);
	*n = *child;
	if (merged)
		n->flags = (uint8_t)((n->flags | NODE_ALIAS) & ~NODE_DUPLICATE);
}

static void add_mapping(struct merge *m, const struct node *from)
{
	/* of duplicates the one that counts must come first */
	bool last = from->flags & NODE_DUP_LAST;

	for (uint32_t i = 0; i < from->n; i++)
		add(m, &from->items[last ? from->n - 1 - i : i], true);
}

static const struct node *add_merged(struct merge *m, const struct node *value)
{
	if (value->kind == NODE_OBJECT) {
		add_mapping(m, value);
		return NULL;
	}
	if (value->kind != NODE_ARRAY)
		return value;
	NODE_EACH (it, value) {
		if (it->kind != NODE_OBJECT)
			return it;
		add_mapping(m, it);
	}
	return NULL;
}

const struct node *yaml_merge(struct arena *a, struct node *c, const struct node *items, size_t n)
{
	struct merge m = {0};
	const struct node *wrong = NULL;

	for (size_t i = 0; i < n; i++)
		if (!(items[i].flags & YAML_MERGE))
			add(&m, &items[i], false);
	for (size_t i = 0; i < n && !wrong; i++)
		if (items[i].flags & YAML_MERGE)
			wrong = add_merged(&m, &items[i]);
	c->n = (uint32_t)m.out.n;
	c->items = ARENA_ARRAY(a, m.out.n, struct node);
	if (m.out.n)
		memcpy(c->items, m.out.p, m.out.n * sizeof *m.out.p);
	vec_done(&m.out);
	map_done(&m.keys);
	return wrong;
}
