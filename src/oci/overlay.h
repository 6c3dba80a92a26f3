/* Directories of overlayfs layers that others made. */
#pragma once

#include "oci/source-int.h"

/*
 * Where the marks of a store's layers are. Root's overlayfs writes trusted.* attributes, which show
 * only to CAP_SYS_ADMIN outside of user namespaces; a store of somebody else's is mounted with
 * user.* ones. (With docker's userns-remap the store is called "<uid>.<gid>" and mounted by root.)
 */
enum overlay_marks { OVERLAY_HIDDEN, OVERLAY_TRUSTED, OVERLAY_USER };
enum overlay_marks overlay_marks(struct arena *a, struct sv store);
/* A name that an engine gave a directory: one path part, no tricks. */
bool overlay_name_ok(struct sv name);
/* Adds the directory as the top layer of img; false when it is not there. */
bool overlay_layer_add(struct arena *a, struct image *img, struct sv path,
		       const struct digest *diff_id, uint64_t size, enum overlay_marks marks);
