/* Which layers of an image come from its base image: what --base says. */
#pragma once

#include "model/report.h"
#include "oci/source.h"

/* What identifies the layers of the base: diff_ids, or the digests of the blobs. */
struct base_image {
	struct source *src; /* NULL: none was named */
	const struct image *img;
};

/* Opens the image that --base names; closed with base_close(). Errors are those of a target. */
int base_open(struct arena *a, struct sv ref, const struct source_options *o,
	      struct base_image *out, struct err *err) must_check;
void base_close(struct base_image *b);
/* Marks the subject's layers (from_base, base_name ...). An image that does not start with all
 * layers of the base is not built on it: a note in the report, and no layer is marked. */
void base_mark(const struct base_image *b, const struct image *img, struct report *r,
	       size_t subject);
