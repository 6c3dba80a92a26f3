/*
 * Affected ranges of the OSV schema (1.6, "affected[].ranges", "evaluation"): events in any order,
 * ordered by a version scheme. "0" as introduced is before every version; "0" as fixed means that
 * no version was ever affected. Of two events at one version the later in the list counts.
 */
#pragma once

#include "advisory/version.h"

enum range_kind { RANGE_INTRODUCED, RANGE_FIXED, RANGE_LAST_AFFECTED, RANGE_LIMIT, RANGE_KINDS };

struct range_event {
	enum range_kind kind;
	struct sv version;
};

/* "introduced", "fixed", "last_affected", "limit". */
const char *range_kind_name(enum range_kind kind);
/* RANGE_KINDS when unknown. */
enum range_kind range_kind_find(struct sv name);
/*
 * One range: is the version affected? *fixed (may be NULL) gets the fixed version that ends the
 * affected stretch, or an empty view; set only when affected.
 */
bool range_affects(const struct version_scheme *s, const struct range_event *events, size_t n,
		   struct sv version, struct sv *fixed);
/* The explicit list "affected[].versions": equal under the scheme. */
bool range_lists(const struct version_scheme *s, const struct sv *versions, size_t n,
		 struct sv version);
