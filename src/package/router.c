#include "base/glob.h"
#include "package/cataloger.h"

#include <pthread.h>

/*
 * Every path of every layer comes through here. The globs are sorted once by what their last
 * segment says for sure: a whole name, or the extension ".x" it ends in. One backward pass over the
 * path's basename hashes both; a path that shares neither with a glob costs two table look-ups.
 */

enum { BUCKETS = 1024, NO_ENTRY = UINT16_MAX };

struct route {
	struct sv glob;
	struct sv key;  /* basename or extension with its dot; for rest: literal beginning */
	struct sv tail; /* what the path ends in: cheaper to see than the whole glob */
	uint32_t hash;
	uint16_t row;
	uint16_t next; /* in the bucket, by ascending row */
};

static struct {
	struct {
		struct route *p;
		size_t n, cap;
	} routes;
	uint16_t names[BUCKETS], extensions[BUCKETS];
	uint16_t rest; /* chain of globs whose last segment says nothing */
} router;

/* FNV-1a, a byte at a time, from the end of the name to its beginning. The keys are ours, so nobody
 * outside can make long chains. */
static uint32_t hash_step(uint32_t h, char c)
{
	return (h ^ (uint8_t)c) * 16777619u;
}

static const uint32_t hash_start = 2166136261u;

static uint32_t hash_back(struct sv v)
{
	uint32_t h = hash_start;

	for (size_t i = v.n; i > 0; i--)
		h = hash_step(h, v.p[i - 1]);
	return h;
}

static uint16_t *bucket_of(uint16_t *table, uint32_t hash)
{
	return &table[(hash ^ hash >> 16) % BUCKETS];
}

/* Rows come in ascending order: the new route goes to the end of its chain. */
static void chain_append(uint16_t *head, uint16_t index)
{
	while (*head != NO_ENTRY)
		head = &router.routes.p[*head].next;
	*head = index;
}

static void route_add(struct sv glob, uint16_t row)
{
	struct sv last = sv_basename(glob);
	size_t star = sv_rfind_char(last, '*');
	struct sv tail = star == SIZE_MAX ? last : sv_from(last, star + 1);
	size_t dot = sv_rfind_char(tail, '.');
	uint16_t index = (uint16_t)router.routes.n;
	struct route *r = VEC_PUSH(&router.routes);

	*r = (struct route){.glob = glob, .tail = tail, .row = row, .next = NO_ENTRY};
	if (star == SIZE_MAX) {
		r->key = last;
		r->hash = hash_back(r->key);
		chain_append(bucket_of(router.names, r->hash), index);
	} else if (dot != SIZE_MAX) {
		r->key = sv_from(tail, dot);
		r->hash = hash_back(r->key);
		chain_append(bucket_of(router.extensions, r->hash), index);
	} else {
		r->key = sv_head(glob, sv_find_char(glob, '*'));
		chain_append(&router.rest, index);
	}
}

static void router_build(void)
{
	memset(router.names, 0xff, sizeof router.names);
	memset(router.extensions, 0xff, sizeof router.extensions);
	router.rest = NO_ENTRY;
	for (size_t row = 0; row < catalogers_n; row++) {
		struct sv globs = sv_of(catalogers[row].globs);
		while (globs.n) {
			struct sv glob = sv_cut(&globs, ' ');
			if (glob.n)
				route_add(glob, (uint16_t)row);
		}
	}
}

/* The first row of a chain, from `from` on and before `limit`, that takes the path. */
static size_t chain_find(uint16_t at, struct sv key, uint32_t hash, struct sv path, size_t from,
			 size_t limit)
{
	for (; at != NO_ENTRY; at = router.routes.p[at].next) {
		const struct route *r = &router.routes.p[at];
		if (r->row >= limit)
			break;
		if (r->row >= from && r->hash == hash && sv_eq(r->key, key) &&
		    sv_ends(path, r->tail) && glob_match(r->glob, path))
			return r->row;
	}
	return limit;
}

static size_t rest_find(struct sv path, size_t from, size_t limit)
{
	for (uint16_t at = router.rest; at != NO_ENTRY; at = router.routes.p[at].next) {
		const struct route *r = &router.routes.p[at];
		if (r->row >= limit)
			break;
		if (r->row >= from && sv_starts(path, r->key) && glob_match(r->glob, path))
			return r->row;
	}
	return limit;
}

size_t cataloger_route(struct sv path, size_t from)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	uint32_t h = hash_start, extension_hash = 0;
	size_t i = path.n, dot = SIZE_MAX;

	(void)pthread_once(&once, router_build);
	for (; i > 0 && path.p[i - 1] != '/'; i--) {
		h = hash_step(h, path.p[i - 1]);
		if (path.p[i - 1] == '.' && dot == SIZE_MAX) {
			dot = i - 1;
			extension_hash = h;
		}
	}
	size_t found = rest_find(path, from, SIZE_MAX);
	found = chain_find(*bucket_of(router.names, h), sv_from(path, i), h, path, from, found);
	if (dot != SIZE_MAX)
		found = chain_find(*bucket_of(router.extensions, extension_hash),
				   sv_from(path, dot), extension_hash, path, from, found);
	return found;
}
