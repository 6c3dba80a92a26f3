/* dockerd's images and containers where they lie: overlay2 below its data root. */
#pragma once

#include "oci/engine.h"

/*
 * Fills the layers of an image, or of a container and its own changes on top, as directories. The
 * configuration is verified against the image's id and each directory found by its chain id, so
 * dockerd's word is needed for nothing but that the directories hold what their diff_id says.
 *
 * 1, with the reason in err, when it cannot be done in place (other driver, not root, another
 * machine's paths): the caller streams then.
 */
int docker_store_image(struct source *s, const struct engine_image *e, struct image *img,
		       struct err *err) must_check;
int docker_store_container(struct source *s, const struct engine_container *e, struct image *img,
			   struct err *err) must_check;
