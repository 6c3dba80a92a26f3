/* Unified diffs of two texts. */
#pragma once

#include "base/base.h"

/* Appends "--- a/path", "+++ b/path" and hunks with three lines of context; nothing when the texts
 * are equal. Lines are compared whole; what is long and very different is one hunk. Names and lines
 * are written as they are, but for control characters in names. */
void diff_unified(struct buf *out, struct sv path, struct sv before, struct sv after);
