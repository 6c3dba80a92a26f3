/*
 * Hash table from bytes to a pointer or number. Zero-initialise; free with map_done().
 * Keys are views: their bytes belong to the caller and outlive the table. Seeded, so that names
 * from outside cannot be made to collide. Iterate with map_next() (order is not stable: sort for
 * output).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sv.h"

struct map_entry {
	struct sv key;
	union {
		void *ptr;
		uint64_t num;
	};
	uint64_t hash;
	bool used;
};

struct map {
	struct map_entry *slots;
	size_t n, cap;
};

void map_done(struct map *m);
/* NULL when absent. */
struct map_entry *map_find(const struct map *m, struct sv key);
/* The entry for key, made (with ptr NULL) when absent; *made says so. Valid until the next map_put.
 */
struct map_entry *map_put(struct map *m, struct sv key, bool *made);
/* Next used entry after *at (start with 0), or NULL. */
struct map_entry *map_next(const struct map *m, size_t *at);
