/* Files of a conformance set: tables and tar.gz archives, read with the program's own readers. */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "runner.h"

/* The whole of a file in the set's folder. False: it is not there or cannot be read. */
bool archive_text(const struct runner *r, const char *name, struct buf *out);
/* All regular files of NAME.tar.gz in the set's folder: path → struct sv in the arena. False: told
 * as a failure. */
bool archive_files(struct runner *r, const char *name, struct arena *a, struct map *files);
/* The bytes of a path, or NULL. */
const struct sv *archive_find(const struct map *files, struct sv path);
