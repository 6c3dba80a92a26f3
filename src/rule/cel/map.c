/* Maps: look-up by key, and the hash index of maps that expressions make. */
#include "rule/cel/value.h"

#include "base/hash.h"

enum { SMALL_MAP = 8 };

/* One form for equal numbers: int where it fits, else uint. False when no int or uint is equal. */
static bool whole_key(const struct cel_value *key, struct cel_value *out)
{
	if (key->kind == CEL_UINT && key->u <= INT64_MAX) {
		*out = cel_int((int64_t)key->u);
		return true;
	}
	if (key->kind != CEL_DOUBLE) {
		*out = *key;
		return true;
	}
	/* 2^63 and 2^64 are doubles; NaN fails both */
	if (key->d >= -0x1p63 && key->d < 0x1p63 && (double)(int64_t)key->d == key->d)
		*out = cel_int((int64_t)key->d);
	else if (key->d >= 0x1p63 && key->d < 0x1p64)
		*out = cel_uint((uint64_t)key->d);
	else
		return false;
	return true;
}

static bool key_equal(const struct cel_value *a, const struct cel_value *b)
{
	if (a->kind == b->kind) {
		if (a->kind == CEL_STRING)
			return sv_eq(a->s, b->s);
		return a->kind == CEL_BOOL ? a->b == b->b : a->u == b->u;
	}
	/* int and uint only: doubles were made whole before */
	return (a->kind == CEL_INT && b->kind == CEL_UINT && a->i >= 0 && (uint64_t)a->i == b->u) ||
	       (a->kind == CEL_UINT && b->kind == CEL_INT && b->i >= 0 && (uint64_t)b->i == a->u);
}

static bool is_key(const struct cel_value *v)
{
	return v->kind == CEL_STRING || v->kind == CEL_INT || v->kind == CEL_UINT ||
	       v->kind == CEL_BOOL;
}

static uint32_t key_hash(const struct cel_value *key)
{
	uint64_t bits = key->kind == CEL_BOOL ? (uint64_t)key->b : key->u;
	struct sv bytes = key->kind == CEL_STRING ? key->s : sv_make(&bits, sizeof bits);

	return (uint32_t)hash_seeded(bytes);
}

/* The entry of a key, or n; *free_place is where a new one goes. */
static size_t find_indexed(const struct cel_map *m, const struct cel_value *key,
			   uint32_t *free_place)
{
	uint32_t place = key_hash(key) & m->mask;

	for (; m->index[place]; place = (place + 1) & m->mask)
		if (key_equal(&m->p[m->index[place] - 1].key, key))
			return m->index[place] - 1;
	*free_place = place;
	return m->n;
}

static size_t find_linear(const struct cel_map *m, size_t n, const struct cel_value *key)
{
	for (size_t i = 0; i < n; i++)
		if (key_equal(&m->p[i].key, key))
			return i;
	return n;
}

bool cel_map_index(struct arena *a, struct cel_map *m, size_t *twice)
{
	uint32_t place;

	m->index = NULL;
	if (m->n > SMALL_MAP) {
		uint32_t places = 16;
		while (places / 2 < m->n && places < 1u << 31)
			places *= 2;
		m->index = ARENA_ARRAY(a, places, uint32_t);
		m->mask = places - 1;
	}
	for (size_t i = 0; i < m->n; i++) {
		struct cel_value key;
		(void)whole_key(&m->p[i].key, &key);
		if ((m->index ? find_indexed(m, &key, &place) : find_linear(m, i, &key)) !=
		    (m->index ? m->n : i)) {
			*twice = i;
			return false;
		}
		if (m->index)
			m->index[place] = (uint32_t)i + 1;
	}
	return true;
}

static bool find_entry(const struct cel_map *m, const struct cel_value *key, struct cel_value *out)
{
	uint32_t place;
	size_t i = m->index ? find_indexed(m, key, &place) : find_linear(m, m->n, key);

	if (i == m->n)
		return false;
	*out = m->p[i].value;
	return true;
}

bool cel_find_sv(const struct cel_value *map, struct sv key, struct cel_value *out)
{
	if (map->kind != CEL_MAP)
		return false;
	if (map->form == CEL_FORM_ITEMS) {
		struct cel_value v = cel_string(key);
		return find_entry(map->map, &v, out);
	}
	const struct node *n = node_get_sv(map->node, key);
	if (!n || n->flags & NODE_ABSENT)
		return false;
	*out = cel_of_node(n);
	return true;
}

bool cel_find(const struct cel_value *map, const struct cel_value *key, struct cel_value *out)
{
	struct cel_value whole;

	if (key->kind == CEL_STRING)
		return cel_find_sv(map, key->s, out);
	if (map->kind != CEL_MAP || map->form == CEL_FORM_NODE || !whole_key(key, &whole) ||
	    !is_key(&whole))
		return false;
	return find_entry(map->map, &whole, out);
}
