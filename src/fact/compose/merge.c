/*
 * One file on top of another (compose specification, "Merge"): mappings are merged, lists are
 * appended, all else is replaced. What stands once for each target (volumes, secrets) is sorted out
 * where the service is read: the last one counts. !override replaces, !reset takes away.
 */
#include "fact/compose/compose-int.h"

#include "base/vec.h"

enum how { HOW_USUAL, HOW_REPLACE, HOW_LIST, HOW_PAIRS, HOW_LOGGING, HOW_HEALTH };

static const struct rule {
	const char *key;
	enum how how;
} service_rules[] = {
	{"annotations", HOW_PAIRS},  {"command", HOW_REPLACE},   {"dns", HOW_LIST},
	{"dns_opt", HOW_LIST},       {"dns_search", HOW_LIST},   {"entrypoint", HOW_REPLACE},
	{"env_file", HOW_LIST},      {"environment", HOW_PAIRS}, {"extra_hosts", HOW_PAIRS},
	{"healthcheck", HOW_HEALTH}, {"labels", HOW_PAIRS},      {"logging", HOW_LOGGING},
	{"networks", HOW_PAIRS},     {"sysctls", HOW_PAIRS},     {"tmpfs", HOW_LIST},
};
static const struct rule health_rules[] = {{"test", HOW_REPLACE}};

struct table {
	const struct rule *p;
	size_t n;
};

static const struct node *merge(struct compose *c, const struct node *base, const struct node *over,
				enum how how);

static enum how how_of(struct table rules, struct sv key)
{
	for (size_t i = 0; i < rules.n; i++)
		if (sv_is(key, rules.p[i].key))
			return rules.p[i].how;
	return HOW_USUAL;
}

struct merger {
	struct compose *c;
	struct map keys; /* index + 1 */
	struct {
		struct node *p;
		size_t n, cap;
	} out;
};

/* The values of one object: of its duplicate keys the last counts. */
static void take(struct merger *m, const struct node *object)
{
	NODE_EACH (it, object) {
		bool made;
		struct map_entry *e = map_put(&m->keys, it->key, &made);
		if (made) {
			*VEC_PUSH(&m->out) = *it;
			e->num = m->out.n;
		} else {
			m->out.p[e->num - 1] = *it;
		}
	}
}

static void put_over(struct merger *m, const struct node *it, struct table rules)
{
	bool made;
	struct map_entry *e = map_put(&m->keys, it->key, &made);

	if (made) {
		*VEC_PUSH(&m->out) = *it;
		e->num = m->out.n;
		return;
	}
	struct node *old = &m->out.p[e->num - 1];
	const struct node *merged = merge(m->c, old, it, how_of(rules, it->key));
	struct sv key = it->key;
	*old = *merged;
	old->key = key;
}

static const struct node *merge_objects(struct compose *c, const struct node *base,
					const struct node *over, struct table rules)
{
	struct merger m = {.c = c}, above = {.c = c};
	struct node *out = ARENA_NEW(c->a, struct node);

	take(&m, base);
	take(&above, over);
	for (size_t i = 0; i < above.out.n && !c->over; i++)
		put_over(&m, &above.out.p[i], rules);
	*out = *base;
	out->flags = (uint8_t)(out->flags & ~NODE_DUP_LAST);
	if (compose_spend(c, over, m.out.n, 0)) {
		out->n = (uint32_t)m.out.n;
		out->items = ARENA_ARRAY(c->a, m.out.n, struct node);
		if (m.out.n)
			memcpy(out->items, m.out.p, m.out.n * sizeof *m.out.p);
	}
	vec_done(&m.out);
	vec_done(&above.out);
	map_done(&m.keys);
	map_done(&above.keys);
	return out;
}

static const struct node *merge_lists(struct compose *c, const struct node *base,
				      const struct node *over)
{
	struct node *out = ARENA_NEW(c->a, struct node);
	const struct node *sides[] = {base, over};

	*out = *over;
	out->kind = NODE_ARRAY;
	out->n = 0;
	size_t n = (base->kind == NODE_ARRAY ? base->n : 1u) +
		   (size_t)(over->kind == NODE_ARRAY ? over->n : 1u);
	if (!compose_spend(c, over, n, 0))
		return over;
	out->items = ARENA_ARRAY(c->a, n, struct node);
	for (size_t s = 0; s < ARRAY_LEN(sides); s++) {
		bool list = sides[s]->kind == NODE_ARRAY;
		for (uint32_t i = 0; i < (list ? sides[s]->n : 1); i++)
			out->items[out->n++] = list ? sides[s]->items[i] : *sides[s];
	}
	return out;
}

/* [A=1, B] as {A: 1, B: null}; for extra_hosts "host:ip" keeps its whole text as the key. */
static const struct node *as_object(struct compose *c, const struct node *n)
{
	struct node *out = ARENA_NEW(c->a, struct node);

	if (n->kind != NODE_ARRAY || !compose_spend(c, n, n->n, 0))
		return n;
	*out = *n;
	out->kind = NODE_OBJECT;
	out->n = 0;
	out->items = ARENA_ARRAY(c->a, n->n, struct node);
	out->flags |= NODE_DUP_LAST;
	NODE_EACH (it, n) {
		struct sv value = node_str(it), key = sv_cut(&value, '=');
		struct node *item = &out->items[out->n++];
		*item = *it;
		item->key = key;
		item->text = value;
		if (it->kind != NODE_STRING || key.n == it->text.n)
			item->kind = NODE_NULL;
	}
	return out;
}

static bool same_driver(const struct node *base, const struct node *over)
{
	const struct node *b = node_get(base, "driver"), *o = node_get(over, "driver");

	return !o || sv_eq(node_str(b), node_str(o));
}

static const struct node *merge(struct compose *c, const struct node *base, const struct node *over,
				enum how how)
{
	static const struct table none = {NULL, 0};
	bool lists = node_is(base, NODE_ARRAY) && node_is(over, NODE_ARRAY);

	if (over->flags & NODE_OVERRIDE || base->kind == NODE_NULL)
		return over;
	if (over->kind == NODE_NULL)
		return base;
	if (how == HOW_REPLACE || (how == HOW_LOGGING && !same_driver(base, over)))
		return over;
	if (how == HOW_PAIRS) {
		base = as_object(c, base);
		over = as_object(c, over);
	}
	if (node_is(base, NODE_OBJECT) && node_is(over, NODE_OBJECT))
		return merge_objects(c, base, over,
				     how == HOW_HEALTH
					     ? (struct table){health_rules, ARRAY_LEN(health_rules)}
					     : none);
	if (how == HOW_LIST || lists)
		return merge_lists(c, base, over);
	return over;
}

const struct node *merge_service(struct compose *c, const struct node *base,
				 const struct node *over)
{
	static const struct table rules = {service_rules, ARRAY_LEN(service_rules)};

	if (!node_is(base, NODE_OBJECT) || !node_is(over, NODE_OBJECT) ||
	    over->flags & NODE_OVERRIDE)
		return node_is(over, NODE_OBJECT) ? over : base ? base : over;
	return merge_objects(c, base, over, rules);
}

/* The services of two files, each merged as one. */
static const struct node *merge_services(struct compose *c, const struct node *base,
					 const struct node *over)
{
	struct merger m = {.c = c};
	struct node *out = ARENA_NEW(c->a, struct node);

	take(&m, base);
	NODE_EACH (it, over) {
		bool made;
		struct map_entry *e = map_put(&m.keys, it->key, &made);
		if (made) {
			*VEC_PUSH(&m.out) = *it;
			e->num = m.out.n;
			continue;
		}
		const struct node *merged = merge_service(c, &m.out.p[e->num - 1], it);
		m.out.p[e->num - 1] = *merged;
		m.out.p[e->num - 1].key = it->key;
	}
	*out = *base;
	if (compose_spend(c, over, m.out.n, 0)) {
		out->n = (uint32_t)m.out.n;
		out->items = ARENA_ARRAY(c->a, m.out.n, struct node);
		if (m.out.n)
			memcpy(out->items, m.out.p, m.out.n * sizeof *m.out.p);
	}
	vec_done(&m.out);
	map_done(&m.keys);
	return out;
}

const struct node *merge_section(struct compose *c, enum section s, const struct node *base,
				 const struct node *over)
{
	if (!base || !over)
		return base ? base : over;
	return s == SECTION_SERVICES ? merge_services(c, base, over)
				     : merge(c, base, over, HOW_USUAL);
}
