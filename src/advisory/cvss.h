/*
 * CVSS vectors and scores: v2 (FIRST, 2007), v3.0 and v3.1 (specification documents, section 7),
 * v4.0 (section 8). For v2 and v3 the base score; temporal and environmental metrics are checked
 * and do not count. For v4 the score of all metrics given (CVSS-B, -BT, -BE, -BTE), as section 8
 * defines it.
 */
#pragma once

#include "model/finding.h"

/*
 * "CVSS:3.1/AV:N/…"; v2 without prefix, in parentheses, or behind "CVSS2#" or "CVSS:2.0/". *version
 * is a literal: "2.0", "3.0", "3.1", "4.0". ERR_PARSE on unknown, repeated or missing metrics.
 */
int cvss_score(struct sv vector, double *score, struct sv *version, struct err *err) must_check;
/* The qualitative scale (v3 section 5, v4 section 6; v2: as the NVD names it, high from 7.0). 0.0
 * is negligible. */
enum severity cvss_severity(double score, struct sv version);
