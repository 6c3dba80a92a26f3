/* Shared by the version-*.c files: digit runs and the tail of comparisons. */
#pragma once

#include "advisory/version.h"

static inline bool ver_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ver_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ver_is_alnum(char c)
{
	return ver_is_digit(c) || ver_is_alpha(c);
}

static inline char ver_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline int ver_sign(int n)
{
	return (n > 0) - (n < 0);
}

/* Takes the longest prefix of bytes that test() accepts off *rest. */
static inline struct sv ver_take(struct sv *rest, bool (*test)(char))
{
	size_t n = 0;

	while (n < rest->n && test(rest->p[n]))
		n++;
	struct sv head = sv_head(*rest, n);
	*rest = sv_from(*rest, n);
	return head;
}

/* All bytes are digits, and there is one. */
bool ver_all_digits(struct sv v);
/* Numbers of any length; an empty one is 0. */
int ver_num(struct sv a, struct sv b);
bool ver_is_zero(struct sv digits);
/* Byte order without regard to the case of ASCII letters. */
int ver_icmp(struct sv a, struct sv b);

/* Numbers, a pre-release and build metadata, in the shape of semver.org; see version-semver.c. */
struct ver_sem {
	bool ok; /* starts with a number */
	struct sv numbers, pre, build;
	bool has_pre;
};

struct ver_sem ver_sem_parse(struct sv v);
/* "1.2" against "1.2.0": missing numbers are 0. */
int ver_sem_numbers(struct sv a, struct sv b);
/* Identifiers between dots (semver.org, 11.4). */
int ver_sem_identifiers(struct sv a, struct sv b, bool ignore_case);

#define VERSION_SCHEME(id)                                \
	int version_##id##_cmp(struct sv a, struct sv b); \
	bool version_##id##_valid(struct sv v)
VERSION_SCHEME(deb);
VERSION_SCHEME(rpm);
VERSION_SCHEME(apk);
VERSION_SCHEME(semver);
VERSION_SCHEME(golang);
VERSION_SCHEME(pypi);
VERSION_SCHEME(rubygems);
VERSION_SCHEME(maven);
VERSION_SCHEME(packagist);
VERSION_SCHEME(nuget);
VERSION_SCHEME(cran);
#undef VERSION_SCHEME
int version_pub_cmp(struct sv a, struct sv b);
bool version_hackage_valid(struct sv v);
