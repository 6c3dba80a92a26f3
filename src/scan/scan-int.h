/* Shared by scan.c and image-parts.c: one subject's layers, read or from the cache. */
#pragma once

#include "scan/base.h"
#include "scan/scan.h"
#include "store/cache.h"

struct subject_scan {
	struct report *r;
	size_t subject;
	struct source *src;
	const struct image *img;
	const struct scan_options *o;
	struct cache *cache;
	const struct base_image *base; /* or NULL */
	struct layer_result *results;  /* of each layer, after subject_read() */
	unsigned flags;                /* enum analysis_flag */
	int64_t deadline;              /* of all that is done for it */
};

/* Adds the subject to the report and reads its layers. 1 = results are there, 0 = the image is
 * broken and the report says so. An error is one of the machine. subject_done() in any case. */
int subject_read(struct subject_scan *ss, struct err *err) must_check;
/* What could not be read of the layers, into the report. */
void subject_errors(struct subject_scan *ss);
void subject_done(struct subject_scan *ss);
/* The facts of all layers, within the limits of one subject; free() it. */
struct layer_facts **subject_facts(struct subject_scan *ss);
/* As the options say; NULL = none. */
struct cache *scan_cache(const struct scan_options *o);
