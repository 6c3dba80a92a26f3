/* Directories of overlayfs layers that others made. */
#pragma once

#include "oci/source-int.h"

/* Can this process see what marks a folder of the store opaque? trusted.* attributes show only to
 * CAP_SYS_ADMIN outside of user namespaces; a store that is not root's uses user.* ones. */
bool overlay_marks_visible(const char *store);
/* A name that an engine gave a directory: one path part, no tricks. */
bool overlay_name_ok(struct sv name);
/* Adds the directory as the top layer of img; false when it is not there. */
bool overlay_layer_add(struct arena *a, struct image *img, struct sv path,
		       const struct digest *diff_id, uint64_t size);
