/*
 * NuGet: semver without regard to case, with up to four numbers. Pub (Dart): semver whose build
 * counts: none before any, then as a pre-release is compared.
 */
#include "advisory/version-int.h"

static int numbers_cmp(const struct ver_sem *x, const struct ver_sem *y)
{
	return x->ok != y->ok ? (x->ok ? 1 : -1) : ver_sem_numbers(x->numbers, y->numbers);
}

static int pre_cmp(const struct ver_sem *x, const struct ver_sem *y, bool ignore_case)
{
	if (x->has_pre != y->has_pre)
		return x->has_pre ? -1 : 1;
	return x->has_pre ? ver_sem_identifiers(x->pre, y->pre, ignore_case) : 0;
}

int version_nuget_cmp(struct sv a, struct sv b)
{
	struct ver_sem x = ver_sem_parse(a), y = ver_sem_parse(b);

	if (!x.ok && !y.ok)
		return ver_icmp(a, b);
	int n = numbers_cmp(&x, &y);
	return n ? n : pre_cmp(&x, &y, true);
}

bool version_nuget_valid(struct sv v)
{
	struct ver_sem s = ver_sem_parse(v);
	struct sv numbers = s.numbers;
	size_t count = 0;

	if (!s.ok || s.numbers.p != v.p)
		return false;
	for (; numbers.n; count++)
		(void)sv_cut(&numbers, '.');
	struct sv rest = sv_from(v, s.numbers.n);
	return count <= 4 && (!s.has_pre || (rest.p[0] == '-' && s.pre.n > 0));
}

int version_pub_cmp(struct sv a, struct sv b)
{
	struct ver_sem x = ver_sem_parse(a), y = ver_sem_parse(b);

	if (!x.ok && !y.ok)
		return sv_cmp(a, b);
	int n = numbers_cmp(&x, &y);
	if (n == 0)
		n = pre_cmp(&x, &y, false);
	if (n)
		return n;
	if ((x.build.n > 0) != (y.build.n > 0))
		return x.build.n ? 1 : -1;
	return x.build.n ? ver_sem_identifiers(x.build, y.build, false) : 0;
}
