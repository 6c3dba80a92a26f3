/*
 * semver.org 2.0.0, read loosely: "v" or "=" in front, any count of numbers (missing ones are 0),
 * and a pre-release that follows the numbers without '-' ("1.21rc2", "1.0.0.beta"). Build metadata
 * does not count. What does not start with a number sorts before all that does, in byte order. Also
 * npm, crates.io, hex, Swift, and Go modules ("go1.21", pseudo-versions, "+incompatible").
 */
#include "advisory/version-int.h"

struct ver_sem ver_sem_parse(struct sv v)
{
	struct ver_sem s = {0};
	struct sv rest = sv_trim(v);

	if (rest.n && rest.p[0] == '=')
		rest = sv_trim(sv_from(rest, 1));
	if (rest.n && ver_lower(rest.p[0]) == 'v')
		rest = sv_from(rest, 1);
	const char *start = rest.p;
	size_t n = 0;
	while (n < rest.n &&
	       (ver_is_digit(rest.p[n]) ||
		(n > 0 && rest.p[n] == '.' && n + 1 < rest.n && ver_is_digit(rest.p[n + 1]))))
		n++;
	s.ok = n > 0;
	s.numbers = sv_make(start, n);
	rest = sv_from(rest, n);
	size_t plus = sv_find_char(rest, '+');
	s.build = plus == SIZE_MAX ? SV("") : sv_from(rest, plus + 1);
	s.pre = sv_head(rest, plus);
	s.has_pre = s.pre.n > 0;
	if (s.has_pre && (s.pre.p[0] == '-' || s.pre.p[0] == '.'))
		s.pre = sv_from(s.pre, 1);
	return s;
}

int ver_sem_numbers(struct sv a, struct sv b)
{
	while (a.n || b.n) {
		int n = ver_num(sv_cut(&a, '.'), sv_cut(&b, '.'));
		if (n)
			return n;
	}
	return 0;
}

static int identifier_cmp(struct sv a, struct sv b, bool ignore_case)
{
	bool a_number = ver_all_digits(a), b_number = ver_all_digits(b);

	if (a_number != b_number)
		return a_number ? -1 : 1;
	if (a_number)
		return ver_num(a, b);
	return ignore_case ? ver_icmp(a, b) : sv_cmp(a, b);
}

int ver_sem_identifiers(struct sv a, struct sv b, bool ignore_case)
{
	for (;;) {
		int n = identifier_cmp(sv_cut(&a, '.'), sv_cut(&b, '.'), ignore_case);
		if (n)
			return n;
		if (a.n == 0 || b.n == 0)
			return a.n == b.n ? 0 : a.n ? 1 : -1;
	}
}

int version_semver_cmp(struct sv a, struct sv b)
{
	struct ver_sem x = ver_sem_parse(a), y = ver_sem_parse(b);

	if (x.ok != y.ok)
		return x.ok ? 1 : -1;
	if (!x.ok)
		return sv_cmp(a, b);
	int n = ver_sem_numbers(x.numbers, y.numbers);
	if (n)
		return n;
	if (x.has_pre != y.has_pre)
		return x.has_pre ? -1 : 1;
	return x.has_pre ? ver_sem_identifiers(x.pre, y.pre, false) : 0;
}

static bool identifiers_valid(struct sv v, bool no_leading_zero)
{
	if (v.n == 0 || v.p[v.n - 1] == '.')
		return false;
	while (v.n) {
		struct sv id = sv_cut(&v, '.');
		for (size_t i = 0; i < id.n; i++)
			if (!ver_is_alnum(id.p[i]) && id.p[i] != '-')
				return false;
		if (id.n == 0 ||
		    (no_leading_zero && id.n > 1 && id.p[0] == '0' && ver_all_digits(id)))
			return false;
	}
	return true;
}

/* Strict, but for "v" in front. */
bool version_semver_valid(struct sv v)
{
	struct ver_sem s = ver_sem_parse(v);
	struct sv numbers = s.numbers;
	size_t count = 0;

	if (!s.ok || s.numbers.p - v.p > 1 || v.p[0] == '=')
		return false;
	for (; numbers.n; count++) {
		struct sv n = sv_cut(&numbers, '.');
		if (n.n > 1 && n.p[0] == '0')
			return false;
	}
	struct sv rest = sv_from(v, (size_t)(s.numbers.p + s.numbers.n - v.p));
	if (count != 3 || (s.has_pre && (rest.p[0] != '-' || !identifiers_valid(s.pre, true))))
		return false;
	return sv_find_char(rest, '+') == SIZE_MAX || identifiers_valid(s.build, false);
}

static struct sv without_go(struct sv v)
{
	return sv_starts(v, SV("go")) && v.n > 2 && ver_is_digit(v.p[2]) ? sv_from(v, 2) : v;
}

int version_golang_cmp(struct sv a, struct sv b)
{
	return version_semver_cmp(without_go(a), without_go(b));
}

bool version_golang_valid(struct sv v)
{
	struct sv bare = without_go(v);

	/* toolchains have two numbers and their own marks: go1.21, go1.21rc2 */
	return bare.n != v.n ? ver_sem_parse(bare).ok : version_semver_valid(v);
}
