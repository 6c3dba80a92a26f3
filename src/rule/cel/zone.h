/*
 * Time zones: fixed ("-08:00") or of the system's tzdata ("America/Los_Angeles").
 * Files: TZif, RFC 8536; behind their last transition the rule of their footer holds.
 */
#pragma once

#include "base/base.h"

struct zone; /* immutable, in the arena */

/* ERR_PARSE: no such name is possible; ERR_NOTFOUND: tzdata does not have it. folder: NULL is the
 * system's. */
int zone_load(struct arena *a, const char *folder, struct sv name, const struct zone **out,
	      struct err *err) must_check;
/* A TZif file's bytes; kept as long as the zone. */
int zone_parse(struct arena *a, struct sv bytes, const struct zone **out,
	       struct err *err) must_check;
/* Seconds east of UTC at a time. */
int64_t zone_offset(const struct zone *z, int64_t t);
