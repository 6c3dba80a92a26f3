/*
 * From targets to a report: sources, layers, packages, findings. What `gabion scan` and `gabion
 * sbom` do.
 */
#pragma once

#include "oci/source.h"
#include "scan/pool.h"

struct scan_options {
	struct source_options source;
	unsigned jobs;         /* 0 = processors */
	uint64_t memory;       /* of a worker; 0 = the default */
	int64_t timeout;       /* seconds for one subject, 0 = none */
	const char *cache;     /* folder; NULL = the user's, "none" = no cache */
	struct sv base;        /* image that the targets are built on, or empty */
	struct sv_vec exclude; /* globs of directories that are not walked */
	struct scan_watch *watch;
	const char *db_dir; /* advisory database; NULL: packages only (sbom) */
};

/* When work on a subject that begins now must end: clock_mono_ns(), 0 = never. */
int64_t scan_deadline(const struct scan_options *o);

/* What rules about images look at, of one image. */
struct image_parts {
	const struct image *image;
	/* Written by parts_write(), for the source `image`: role image_config (the configuration as
	 * it stands), about (where it comes from, its layers), layers (what they hold). Empty when
	 * the image is broken. */
	struct sv parts;
	/* A report of its own, with one subject and what could not be read. */
	const struct report *report;
};

/*
 * The parts of each image of a target; image() borrows them. Returns an error when the target
 * cannot be had at all.
 */
int scan_image_parts(struct arena *a, struct sv target, const struct scan_options *o,
		     void (*image)(void *arg, const struct image_parts *p), void *arg,
		     struct err *err) must_check;

/*
 * Adds the subjects of one target to the report: packages, findings, errors. Returns an error when
 * the target cannot be had at all (nothing was judged). *os_uncovered is set when a system has no
 * feed.
 */
int scan_target(struct report *r, struct sv target, const struct scan_options *o,
		bool *os_uncovered, struct err *err) must_check;
