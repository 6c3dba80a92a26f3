/*
 * --fail-on: "high,kev" is one or the other, "high+fixable" both, "none" never.
 * Words: a severity (that or above), kev, fixable, added, base, malicious, a kind of finding.
 */
#pragma once

#include "model/finding.h"

/* One alternative: everything in it must hold. */
struct fail_term {
	bool none;
	bool has_severity, kev, fixable, added, base, malicious;
	enum severity least;
	unsigned kinds; /* bit per finding_kind; 0 = any */
};

#define FAIL_TERMS_MAX 64

struct fail_on {
	struct fail_term terms[FAIL_TERMS_MAX];
	size_t n;
	enum severity unknown_as; /* SEV_UNKNOWN: findings without severity reach no level */
};

/* One alternative ("high+fixable"). ERR_USAGE names the word and suggests another. */
int fail_term_parse(struct sv text, struct fail_term *out, struct err *err) must_check;
int fail_on_parse(const struct sv_vec *list, struct sv unknown_as, struct fail_on *out,
		  struct err *err) must_check;
/* Only findings in state fail reach a threshold. */
bool fail_on_match(const struct fail_on *f, const struct finding *finding);
/* True when a fixed version can be installed, or a safe patch written. */
bool finding_is_fixable(const struct finding *f);
