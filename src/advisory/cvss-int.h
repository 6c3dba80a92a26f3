/* Between cvss.c and cvss4.c. */
#pragma once

#include "advisory/cvss.h"

enum { CVSS_METRICS_MAX = 40, CVSS_ABSENT = -1 };

struct cvss_metric {
	const char *name;
	const char *values; /* separated by spaces; the index is the value */
	bool required;
};

/* values[i] of metric i: index in its list, or CVSS_ABSENT. text has no prefix. */
int cvss_parse(struct sv text, const struct cvss_metric *metrics, size_t n,
	       int values[CVSS_METRICS_MAX], struct err *err) must_check;
int cvss4_score(struct sv text, double *score, struct err *err) must_check;
