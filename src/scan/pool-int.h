/* Shared by pool.c and pool-tree.c. */
#pragma once

#include "scan/jobs.h"
#include "scan/pool.h"

/* A worker and the layer that it has. */
struct slot {
	struct worker w;
	size_t layer; /* or INDEX_NONE */
	struct layer_input in;
	size_t seen;   /* bytes of its frames that were looked at */
	uint64_t told; /* progress so far */
};

struct pool {
	struct source *src;
	const struct image *img;
	const struct pool_options *o;
	struct layer_result *results;
	struct slot *slots;
	unsigned slots_n;
	size_t *order;
	size_t done, total;
	uint64_t bytes; /* read so far, for the watch */
	uint64_t kept;  /* bytes of frames of all layers */
	bool full;      /* directories: enter every mount */
};

/* Tells the watch. */
void pool_progress(struct pool *p, uint64_t more);
/* Reads once from the worker. False when it has ended. */
bool pool_read(struct pool *p, struct slot *s);
/* Waits until the worker says something. False when the time is over. */
bool pool_wait(const struct pool *p, const struct slot *s, struct err *err) must_check;
/* Is the time over? */
bool pool_late(const struct pool *p, struct err *err) must_check;
/* The layer could not be read whole; the first reason stays. */
void pool_fail(struct pool *p, size_t layer, const struct err *err);
/* Ends the worker in the middle of its layer. */
void pool_abandon(struct pool *p, struct slot *s);
/* Walks a directory and feeds its files to the worker, to the end. */
int pool_tree(struct pool *p, struct slot *s);
