/*
 * Version order: one file per scheme (advisory/version-<scheme>.c), one row each in version.c.
 * Comparators are total on arbitrary bytes, linear in the input, allocate nothing and never fail;
 * what a scheme cannot parse has a defined place and valid() says so.
 */
#pragma once

#include "base/base.h"

struct version_scheme {
	const char *name; /* "deb": the name of its file in the versions set */
	/* -1, 0, 1 */
	int (*cmp)(struct sv a, struct sv b);
	bool (*valid)(struct sv v);
};

extern const struct version_scheme version_schemes[];
extern const size_t version_schemes_n;
/* NULL when unknown. Accepts aliases ("golang", "go", "npm", "semver", "PyPI" ecosystem spelling not). */
const struct version_scheme *version_scheme_find(struct sv name);
