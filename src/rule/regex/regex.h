/*
 * Regular expressions in RE2 syntax (https://github.com/google/re2/wiki/Syntax), in time linear in
 * the text: no back-references, no look-around. UTF-8; a byte that is not UTF-8 matches only what
 * accepts any character as U+FFFD does. As in RE2, \d \w \s \b and [:alpha:] know ASCII only;
 * \p{...} knows the general categories and scripts of Unicode 15. Also (?<name>...); not \C.
 *
 * Compiled programs are immutable and shared; matching works in a scratch that grows once. Limits:
 * limit_regex_bytes (pattern), limit_regex_program (instructions after expanding counts),
 * limit_regex_depth (nesting).
 */
#pragma once

#include "base/base.h"

struct regex; /* lives in the arena it was compiled into */

enum regex_flag {
	REGEX_IGNORE_CASE = 1, /* as (?i) */
};

struct regex_scratch; /* one per thread */
struct regex_scratch *regex_scratch_new(void) __attribute__((returns_nonnull));
void regex_scratch_free(struct regex_scratch *s);

/* ERR_PARSE with the byte offset in err->where ("offset 7"), ERR_LIMIT when it is too big. */
int regex_compile(struct arena *a, struct sv pattern, unsigned flags, const struct regex **out,
		  struct err *err) must_check;
/* Groups without the whole match: 0 for "a|b". */
unsigned regex_groups(const struct regex *re);
/* Somewhere in text? As CEL's matches(). */
bool regex_matches(const struct regex *re, struct regex_scratch *s, struct sv text);

struct regex_span {
	size_t start, end; /* SIZE_MAX: the group took no part */
};
/* The leftmost match at or after byte from, first alternative first (as Perl and Go). spans[0] is
 * the whole; n spans at most are filled. */
bool regex_search(const struct regex *re, struct regex_scratch *s, struct sv text, size_t from,
		  struct regex_span *spans, unsigned n);
