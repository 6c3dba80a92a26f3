/*
 * The fixture database of the set "images": files db/NAME.yaml, each a list of buckets. A bucket
 * "npm::Name of the feed" has buckets with names of packages, these have pairs of an id and
 * {VulnerableVersions: [">= 1.0, < 1.2"], PatchedVersions: ["1.2"]}.
 */
#pragma once

#include "advisory/feed.h"

/* OSV's names of the ecosystems that the fixtures and gabion know; NULL at the end. */
extern const char *const fixture_ecosystems[];
/* Gives the sink all records of one file about packages of the ecosystem. */
int fixture_db_read(struct arena *a, struct sv name, struct sv yaml, struct sv ecosystem,
		    struct record_sink *sink, struct err *err) must_check;
