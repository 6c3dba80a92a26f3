/* One file over HTTP, conditional and resumable. */
#pragma once

#include "base/base.h"

struct download {
	const char *url, *path, *ca_file; /* path appears when all is there; path.part until then */
	struct sv etag;                   /* what we have: "not modified" is asked for */
	uint64_t limit;
	void (*progress)(void *arg, const char *what, uint64_t done, uint64_t total);
	void *progress_arg;
	/* results; texts in the arena */
	bool unchanged;
	struct sv new_etag;
	int64_t date;   /* Last-Modified, or 0 */
	uint64_t bytes; /* that came over the wire */
};

int download(struct download *d, struct arena *a, struct err *err) must_check;
