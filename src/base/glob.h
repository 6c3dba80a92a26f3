/*
 * Globs of options and waivers. '*' and '?' stay within one path part, '**' crosses parts, '**' +
 * '/' also matches no folder at all. No other character is special. Time is bounded by |pattern| *
 * |text| for the patterns people write.
 */
#pragma once

#include "base/base.h"

bool glob_match(struct sv pattern, struct sv text);
/* For names: '*' matches anything, '/' too; ASCII case is ignored. */
bool glob_match_name(struct sv pattern, struct sv text);
/*
 * For files: a leading '/' means nothing; a pattern without '/' is for one part of the path, at any
 * depth; what lies below a folder that matches matches too.
 */
bool glob_match_path(struct sv pattern, struct sv path);
