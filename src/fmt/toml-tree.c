#include "base/limits.h"
#include "fmt/toml-int.h"

/* From so many children on a table gets a map of its keys. */
enum { MAP_FROM = 16 };

static void make_map(struct toml *t, struct toml_item *table)
{
	struct map *m = xcalloc(1, sizeof *m);

	*VEC_PUSH(&t->maps) = m;
	for (struct toml_item *it = table->first; it; it = it->next)
		map_put(m, it->node.key, NULL)->ptr = it;
	table->keys = m;
}

int toml_add(struct toml *t, struct toml_item *parent, const struct node *key,
	     struct toml_item **out)
{
	const char *at = t->start + (key ? key->key_start : 0);

	if (++t->nodes > limit_toml_nodes)
		return toml_fail(t, at, ERR_LIMIT, "more values than limit toml_nodes allows");
	if (parent && parent->depth >= limit_toml_depth)
		return toml_fail(t, t->p, ERR_LIMIT, "nested deeper than limit toml_depth allows");
	struct toml_item *item = ARENA_NEW(&t->scratch, struct toml_item);
	if (key)
		item->node = *key;
	*out = item;
	if (!parent)
		return 0;
	item->parent = parent;
	item->depth = (uint8_t)(parent->depth + 1);
	if (parent->last)
		parent->last->next = item;
	else
		parent->first = item;
	parent->last = item;
	parent->node.n++;
	if (parent->node.kind != NODE_OBJECT)
		return 0;
	if (parent->keys)
		map_put(parent->keys, item->node.key, NULL)->ptr = item;
	else if (parent->node.n >= MAP_FROM)
		make_map(t, parent);
	return 0;
}

struct toml_item *toml_find(const struct toml_item *table, struct sv key)
{
	if (table->keys) {
		const struct map_entry *e = map_find(table->keys, key);
		return e ? e->ptr : NULL;
	}
	for (struct toml_item *it = table->first; it; it = it->next)
		if (sv_eq(it->node.key, key))
			return it;
	return NULL;
}

/* The recursion ends at limit_toml_depth, which toml_add() holds. */
static void finish(struct toml *t, const struct toml_item *item, struct node *out)
{
	*out = item->node;
	if (item->node.n == 0)
		return;
	out->items = ARENA_ARRAY(t->d->arena, item->node.n, struct node);
	struct node *to = out->items;
	for (const struct toml_item *it = item->first; it; it = it->next)
		finish(t, it, to++);
}

struct node *toml_finish(struct toml *t, const struct toml_item *root)
{
	struct node *n = ARENA_NEW(t->d->arena, struct node);

	finish(t, root, n);
	return n;
}

void toml_tree_done(struct toml *t)
{
	for (size_t i = 0; i < t->maps.n; i++) {
		map_done(t->maps.p[i]);
		free(t->maps.p[i]);
	}
	vec_done(&t->maps);
	arena_done(&t->scratch);
}
