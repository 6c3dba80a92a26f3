/*
 * Workers for one subject: layers go out largest first, facts come back. Nothing of another subject
 * ever reaches the same worker.
 */
#pragma once

#include "oci/source.h"
#include "scan/facts.h"

/* Told as layers are read; may be NULL. */
struct scan_watch {
	/* what is read next, how many bytes (0 = not known) in how many layers */
	void (*begin)(struct scan_watch *w, struct sv what, uint64_t bytes, uint64_t layers);
	void (*update)(struct scan_watch *w, uint64_t bytes, uint64_t layers);
	void (*end)(struct scan_watch *w);
};

struct pool_options {
	unsigned jobs;
	uint64_t memory;  /* of one worker; 0 = none */
	unsigned flags;   /* enum analysis_flag */
	int64_t deadline; /* clock_mono_ns(), 0 = none */
	struct scan_watch *watch;
	const struct sv *exclude; /* globs of paths that are not looked at (directories) */
	size_t exclude_n;
	bool full; /* directories: enter every mount */
};

/* One layer's outcome. facts are valid while frames lives. */
struct layer_result {
	struct buf frames;
	struct layer_facts facts;
	bool wanted; /* set by the caller: read it. Else it is left as it is (from the cache) */
	bool good;   /* read to its end, digest as promised, no fatal fault: may be cached */
	struct err err;
	bool failed; /* err says why the layer could not be read whole */
};

void layer_result_done(struct layer_result *r);
/* results has img->layers.n entries. Faults of single layers are in their result; an error is one
 * of the machine (no worker can be started). */
int pool_run(struct source *src, const struct image *img, const struct pool_options *o,
	     struct layer_result *results, struct err *err) must_check;
