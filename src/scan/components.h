/*
 * What the advisories of a distribution say of the packages that programs of engines belong to, for
 * the part "advisories" of the source "engine".
 */
#pragma once

#include "base/base.h"

struct components_options {
	const char *db_dir;
	int64_t deadline; /* clock_mono_ns(), 0 = none */
};

/*
 * parts: as audit/read/packages.h makes them; they are read in a worker. Appends
 *   {"runc": {"package": "runc", "version": "1.1.5+ds1-1+deb12u1", "fixed": ["CVE-..."], "open":
 * ["CVE-..."]}} fixed: advisories of this release name the flaw, and not for this version. What no
 * advisory names is left out. Nothing is appended when there is nothing to say.
 */
int components_ask(const struct components_options *o, struct sv parts, struct buf *json,
		   struct err *err) must_check;
