/* Makes the database from feeds: one file per ecosystem, side by side in processes, and cve.db. */
#pragma once

#include "advisory/feed.h"

struct db_build_options {
	const char *out; /* directory, replaced whole at the end (advisory/install.h) */
	/* Folders in the layout of the OSV bucket: ECOSYSTEM/all.zip. One ecosystem may come from
	 * several. */
	const char *const *osv;
	size_t osv_n;
	const char *const *facts; /* data/debian-12.tsv ... */
	size_t facts_n;
	const char *const *kev, *const *epss, *const *nvd, *const *cve; /* files */
	size_t kev_n, epss_n, nvd_n, cve_n;
	const char *const *only; /* ecosystems; none: all that are there */
	size_t only_n;
	unsigned jobs;        /* processes at a time; 0 = as many as processors */
	bool bundled;         /* comes with the program: age only warns */
	const char *sign_key; /* PEM file of an Ed25519 private key, or NULL: advisory/bundle.h */
	/* A line for each step, or NULL. */
	void (*progress)(void *arg, const char *what);
	void *progress_arg;
};

struct db_built {
	size_t ecosystems;
	uint64_t bytes;
};

/* out->... of what was made. ERR_NOTFOUND when there is no feed at all; SCOPE_DATABASE. */
int db_build(const struct db_build_options *options, struct db_built *out,
	     struct err *err) must_check;

/* One input of a shard. */
struct shard_input {
	const char *path;
	bool facts;
	bool bundled;
	struct sv source; /* what the database names; empty: path */
	struct sv etag;
	int64_t date; /* when the feed gives none */
};
/* One ecosystem's file, in this process. */
int db_build_shard(const char *path, struct sv ecosystem, const struct shard_input *in, size_t n,
		   struct err *err) must_check;
