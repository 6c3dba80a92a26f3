/* Why an advisory matches packages of a target or not: what `gabion explain ID TARGET` shows. */
#pragma once

#include "scan/matching.h"

/* One record of the id about one package; views live in the report's arena. */
struct explanation {
	size_t package;
	struct sv ecosystem, release, name, version;
	struct sv record, feed, flaws, aliases, ranges, range, scheme, why;
	bool affected;
};

struct explanations {
	struct explanation *p;
	size_t n, cap;
};

/* Looks at every package of the report, in a worker as matching is. Packages that no record of the
 * id names are left out. */
int explain_run(const struct matching_options *o, struct report *r, struct sv id,
		struct explanations *out, struct err *err) must_check;
