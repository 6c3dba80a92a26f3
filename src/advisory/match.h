/* From packages to findings. */
#pragma once

#include "advisory/db.h"

/*
 * Matches the packages [from, to) of the report that belong to subject s, appends findings (one per
 * flaw and package, worst record joined, aliases merged, fingerprint set) and counts uncovered packages
 * in r->summary.uncovered. *os_uncovered: the subject's operating system release has packages but no
 * feed. Deterministic order.
 */
int match_subject(struct db *db, struct report *r, size_t s, bool *os_uncovered, struct err *err)
	must_check;
