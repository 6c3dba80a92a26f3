#include "base/map.h"

#include "base/base.h"
#include "base/hash.h"

void map_done(struct map *m)
{
	free(m->slots);
	*m = (struct map){0};
}

static struct map_entry *slot_of(struct map_entry *slots, size_t cap, struct sv key, uint64_t h)
{
	size_t i = (size_t)h & (cap - 1);

	while (slots[i].used && !(slots[i].hash == h && sv_eq(slots[i].key, key)))
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

struct map_entry *map_find(const struct map *m, struct sv key)
{
	if (m->cap == 0)
		return NULL;
	struct map_entry *e = slot_of(m->slots, m->cap, key, hash_seeded(key));
	return e->used ? e : NULL;
}

static void map_grow(struct map *m)
{
	size_t cap = m->cap ? m->cap * 2 : 16;
	struct map_entry *slots = xcalloc(cap, sizeof *slots);

	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].used)
			*slot_of(slots, cap, m->slots[i].key, m->slots[i].hash) = m->slots[i];
	free(m->slots);
	m->slots = slots;
	m->cap = cap;
}

struct map_entry *map_put(struct map *m, struct sv key, bool *made)
{
	if ((m->n + 1) * 4 > m->cap * 3)
		map_grow(m);
	uint64_t h = hash_seeded(key);
	struct map_entry *e = slot_of(m->slots, m->cap, key, h);
	if (made)
		*made = !e->used;
	if (!e->used) {
		*e = (struct map_entry){.key = key, .hash = h, .used = true};
		m->n++;
	}
	return e;
}

struct map_entry *map_next(const struct map *m, size_t *at)
{
	while (*at < m->cap) {
		struct map_entry *e = &m->slots[(*at)++];
		if (e->used)
			return e;
	}
	return NULL;
}
