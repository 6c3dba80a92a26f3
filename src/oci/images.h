/*
 * From descriptors to images: indexes are followed (bounded), names grouped, one platform chosen,
 * manifest and configuration read and verified, layers listed. What layouts, OCI archives and
 * registries share.
 */
#pragma once

#include "oci/blobs.h"
#include "oci/source-int.h"

struct image_request {
	struct source *s;
	struct blobs *blobs;
	struct sv select; /* empty: all; a tag or name; "@sha256:..." */
};

/* Adds the images that these descriptors (of an index.json, or one that a registry gave) stand for.
 * An image that cannot be judged is added broken. Fails when nothing is there, or nothing was
 * selected, or the platform asked for is not there (ERR_USAGE with the list). */
int images_add(const struct image_request *q, const struct descriptor *d, size_t n,
	       struct err *err) must_check;
/* Does a selection mean this name: the whole of it, another way to write it, or its tag alone? */
bool images_name_matches(struct arena *a, struct sv select, struct sv name);
/* ERR_USAGE, SCOPE_TARGET: the image exists for these platforms only. */
int images_no_platform(struct sv want, struct sv list, struct err *err);
/* That error, unless --platform was not given or this is what was asked for. */
int images_check_platform(struct source *s, const struct platform *have,
			  struct err *err) must_check;
/* Layers of an image whose layers are blobs by digest: what layouts and archives share. */
int images_layer_open(struct blobs *b, const struct image *img, size_t layer,
		      struct layer_input *out, struct err *err) must_check;
