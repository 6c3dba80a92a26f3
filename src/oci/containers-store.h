/*
 * containers-storage (podman, buildah, CRI-O) where it lies:
 *
 *     <root>/overlay-images/images.json, <image id>/{manifest,=<base64 of a key>}
 *     <root>/overlay-layers/layers.json        diff-digests and parents
 *     <root>/overlay-containers/containers.json
 *     <root>/overlay/<layer id>/diff           the files of one layer
 *     <root>/vfs/dir/<layer id>                or, with the driver vfs, all files up to that layer
 *
 * Its files are replaced whole, so they are read without its locks.
 */
#pragma once

#include "base/map.h"
#include "oci/containers-json.h"
#include "oci/manifest.h"
#include "oci/overlay.h"
#include "oci/source-int.h"

struct containers_store {
	struct source *s;
	struct sv root;
	const char *driver; /* "overlay" or "vfs" */
	enum overlay_marks marks;
	struct stored_images images;
	struct stored_layers layers;
	struct stored_containers containers;
	struct map by_id; /* layers */
};

/* ERR_NOTFOUND when there is no store; ERR_UNSUPPORTED, with the reason, when there is one that
 * cannot be read in place. containers_store_close() in any case. */
int containers_store_open(struct source *s, struct sv root, struct containers_store *c,
			  struct err *err) must_check;
void containers_store_close(struct containers_store *c);
/* Adds the image of this name or id to the source, or, when `containers`, else the container. */
int containers_store_add(struct containers_store *c, struct sv name, bool containers,
			 struct err *err) must_check;
/* Manifest and configuration, both verified: img->manifest, img->config and base are set.
 * containers-config.c */
int containers_config_read(struct containers_store *c, const struct stored_image *e,
			   struct image *img, struct image_config *out, struct err *err) must_check;
/* Where the store of this user lies: storage.conf or the default. containers-conf.c */
struct sv containers_store_root(struct arena *a);
