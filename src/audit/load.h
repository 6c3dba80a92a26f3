/* The bytes of an item, on their way to a worker. */
#pragma once

#include "audit/collect.h"
#include "audit/pool.h"

struct load {
	int fd;           /* of a file; -1: the bytes are here */
	struct buf bytes; /* parts */
	uint64_t size;
	uint32_t form; /* enum audit_form */
};

/* Opens the file, reads it with the files that it names, or gathers the parts. load_done() also
 * after an error. */
int load_item(struct collector *c, const struct audit_pool_options *o, size_t item,
	      struct load *out, struct err *err) must_check;
void load_done(struct load *l);
/* A descriptor with these bytes. */
int load_memory(struct sv bytes, struct err *err) must_check;
/* collector->want: reads what an item names into its result, within bounds; what cannot be read is
 * a part that says so. */
void load_wanted(void *arg, size_t item, const struct sv_vec *names);
