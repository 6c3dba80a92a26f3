#include "scan/visible.h"

#include <stdlib.h>

enum { FILTER_BITS = 1 << 16, NO_HIT = UINT32_MAX };

/* One layer that holds a path, and how. */
struct hit {
	uint32_t layer, next;
	bool over;   /* hides all below the path: not a directory, or a whiteout */
	bool opaque; /* hides what lower layers hold in this directory */
	bool holds;  /* an entry of the layer, not a whiteout */
};

struct question {
	uint64_t key; /* path_key(path, false); 0 = free */
	uint32_t first;
};

struct visible {
	struct question *slots;
	size_t n, cap;
	struct {
		struct hit *p;
		size_t n, cap;
	} hits;
	uint64_t filter[FILTER_BITS / 64]; /* keys that may be asked for */
};

static struct question *slot_of(struct question *slots, size_t cap, uint64_t key)
{
	size_t i = (size_t)(key >> 1) & (cap - 1);

	while (slots[i].key && slots[i].key != key)
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

static const struct question *find(const struct visible *v, uint64_t key)
{
	if (v->cap == 0)
		return NULL;
	const struct question *q = slot_of(v->slots, v->cap, key);
	return q->key ? q : NULL;
}

static void grow(struct visible *v)
{
	size_t cap = v->cap ? v->cap * 2 : 1024;
	struct question *slots = xcalloc(cap, sizeof *slots);

	for (size_t i = 0; i < v->cap; i++)
		if (v->slots[i].key)
			*slot_of(slots, cap, v->slots[i].key) = v->slots[i];
	free(v->slots);
	v->slots = slots;
	v->cap = cap;
}

static size_t filter_bit(uint64_t key)
{
	return (size_t)(key >> 40) & (FILTER_BITS - 1);
}

static void ask(struct visible *v, uint64_t key)
{
	if ((v->n + 1) * 2 > v->cap)
		grow(v);
	struct question *q = slot_of(v->slots, v->cap, key);
	if (q->key)
		return;
	*q = (struct question){key, NO_HIT};
	v->n++;
	v->filter[filter_bit(key) / 64] |= 1ULL << (filter_bit(key) % 64);
}

/* The path and its folders. */
static void ask_path(struct visible *v, struct sv path)
{
	for (uint64_t key = path_root; path.n;) {
		key = path_step(key, sv_cut(&path, '/'));
		ask(v, key);
	}
}

static void ask_layer(struct visible *v, const struct layer_facts *f)
{
	for (size_t i = 0; i < f->packages.n; i++)
		ask_path(v, f->packages.p[i].locations.p[0].file);
	for (size_t i = 0; i < f->systems.n; i++)
		ask_path(v, f->systems.p[i].path);
	for (size_t i = 0; i < f->unread.n; i++)
		ask_path(v, f->unread.p[i].path);
	for (size_t i = 0; i < f->errors.n; i++)
		ask_path(v, f->errors.p[i].path);
	for (size_t i = 0; i < f->files.n; i++)
		ask_path(v, f->files.p[i].path);
	for (size_t i = 0; i < f->secrets.n; i++)
		ask_path(v, f->secrets.p[i].path);
	for (size_t i = 0; i < f->accounts.n; i++)
		ask_path(v, f->accounts.p[i].path);
}

static void add_hit(struct visible *v, uint64_t key, struct hit h)
{
	if (!(v->filter[filter_bit(key) / 64] >> (filter_bit(key) % 64) & 1))
		return;
	struct question *q = slot_of(v->slots, v->cap, key);
	if (!q->key)
		return;
	h.next = q->first;
	q->first = (uint32_t)v->hits.n;
	*VEC_PUSH(&v->hits) = h;
}

static void answer_layer(struct visible *v, const struct layer_facts *f, uint32_t layer)
{
	for (size_t c = 0; c < f->paths.n; c++) {
		struct sv keys = f->paths.p[c];
		for (size_t i = 0; i < keys.n; i += 8) {
			uint64_t key = le64(keys.p + i);
			add_hit(v, key & ~(uint64_t)1,
				(struct hit){.layer = layer, .over = !(key & 1), .holds = true});
		}
	}
	for (size_t i = 0; i < f->whiteouts.n; i++)
		add_hit(v, path_key(f->whiteouts.p[i], false),
			(struct hit){.layer = layer, .over = true});
	for (size_t i = 0; i < f->opaques.n; i++)
		add_hit(v, path_key(f->opaques.p[i], false),
			(struct hit){.layer = layer, .opaque = true});
}

struct visible *visible_new(struct layer_facts *const *layers, size_t n)
{
	struct visible *v = xcalloc(1, sizeof *v);

	if (n < 2)
		return v; /* nothing lies above */
	ask(v, path_root);
	for (size_t i = 0; i < n; i++)
		if (layers[i])
			ask_layer(v, layers[i]);
	for (size_t i = 0; i < n; i++)
		if (layers[i])
			answer_layer(v, layers[i], (uint32_t)i);
	return v;
}

void visible_free(struct visible *v)
{
	free(v->slots);
	vec_done(&v->hits);
	free(v);
}

static bool folder_hides(const struct visible *v, uint64_t key, size_t layer)
{
	const struct question *q = find(v, key);

	/* hits are chained from the top layer down */
	for (uint32_t h = q ? q->first : NO_HIT; h != NO_HIT; h = v->hits.p[h].next) {
		if (v->hits.p[h].layer <= layer)
			return false;
		if (v->hits.p[h].over || v->hits.p[h].opaque)
			return true;
	}
	return false;
}

bool visible_hidden(const struct visible *v, size_t layer, struct sv path)
{
	uint64_t key = path_root;

	if (v->cap == 0)
		return false;
	while (path.n) {
		if (folder_hides(v, key, layer))
			return true;
		key = path_step(key, sv_cut(&path, '/'));
	}
	const struct question *q = find(v, key);
	return q && q->first != NO_HIT && v->hits.p[q->first].layer > layer;
}

/* The highest layer up to this one that removed what lay below it at the key, or 0. */
static size_t removal(const struct visible *v, uint64_t key, size_t layer, bool folder)
{
	const struct question *q = find(v, key);

	for (uint32_t h = q ? q->first : NO_HIT; h != NO_HIT; h = v->hits.p[h].next) {
		const struct hit *hit = &v->hits.p[h];
		bool removes = folder ? hit->over || hit->opaque : hit->over && !hit->holds;
		if (hit->layer <= layer && removes)
			return hit->layer;
	}
	return 0;
}

size_t visible_floor(const struct visible *v, size_t layer, struct sv path)
{
	uint64_t key = path_root;
	size_t floor = 0;

	while (path.n) {
		size_t at = removal(v, key, layer, true);
		floor = at > floor ? at : floor;
		key = path_step(key, sv_cut(&path, '/'));
	}
	size_t at = removal(v, key, layer, false);
	return at > floor ? at : floor;
}

bool visible_holds(const struct visible *v, size_t layer, struct sv path)
{
	const struct question *q = find(v, path_key(path, false));

	for (uint32_t h = q ? q->first : NO_HIT; h != NO_HIT; h = v->hits.p[h].next)
		if (v->hits.p[h].layer == layer && v->hits.p[h].holds)
			return true;
	return false;
}
