/* Between walk.c and walk-skip.c. */
#pragma once

#include "oci/walk.h"

/* Why a mounted directory is not entered, or NULL. */
const char *walk_skip_mount(int fd, bool full);
/* The same for a path of a host. */
const char *walk_skip_path(struct sv path);
