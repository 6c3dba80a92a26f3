/* Duplicate keys of an object, for the readers of fmt: in linear time, whatever the keys. */
#pragma once

#include "fmt/node.h"

/* Storage that is kept between objects; zero-initialise, node_dup_done(). */
struct node_dup {
	uint32_t *slots;
	size_t cap;
};

void node_dup_done(struct node_dup *t);
/* Flags items (NODE_DUPLICATE); returns the index of the first duplicate, or n. */
size_t node_dup_mark(struct node_dup *t, struct node *items, size_t n);
