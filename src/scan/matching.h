/*
 * Matching in a worker: version strings and names come from the image, so they meet comparators
 * only in a sandbox. The worker is forked when the packages are known and has opened the database
 * before it is shut in; findings come back as frames.
 */
#pragma once

#include "advisory/db.h"

struct matching_options {
	const char *db_dir;
	uint64_t memory;  /* address space of the worker; 0 = the default */
	int64_t deadline; /* clock_mono_ns(), 0 = none */
};

/* As match_subject() of advisory/match.h. */
int matching_run(const struct matching_options *o, struct report *r, size_t subject,
		 bool *os_uncovered, struct err *err) must_check;
