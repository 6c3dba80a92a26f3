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

/*
 * Adds the subjects of one target to the report: packages, findings, errors. Returns an error when
 * the target cannot be had at all (nothing was judged). *os_uncovered is set when a system has no
 * feed.
 */
int scan_target(struct report *r, struct sv target, const struct scan_options *o,
		bool *os_uncovered, struct err *err) must_check;
