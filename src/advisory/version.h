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
/* NULL when unknown. Accepts aliases ("golang", "go", "npm", "semver", "PyPI" ecosystem spelling
 * not). */
const struct version_scheme *version_scheme_find(struct sv name);

/* "A < B": false when the line has not this shape. */
bool version_line_parse(struct sv line, struct sv *a, char *op, struct sv *b);
/* The order found as '<', '=' or '>'; '?' when the two directions contradict each other (a bug). */
char version_order(const struct version_scheme *s, struct sv a, struct sv b);
/*
 * Reads lines `A < B`, `A = B`, `A > B`; empty lines and `# ` comments are skipped. Writes those
 * that do not hold with the order found, and counts them in *bad. ERR_PARSE with the line number
 * for any other line.
 */
int version_compare_lines(const struct version_scheme *s, FILE *in, FILE *out, size_t *bad,
			  struct err *err) must_check;
