/* Debian policy 5.6.12; the order of dpkg. A prefix before ':' that is no number is no epoch. */
#include "advisory/version-int.h"

/* '~' before the end of the part, the end before letters, letters before everything else. */
static int weight(struct sv v, size_t i)
{
	if (i >= v.n || ver_is_digit(v.p[i]))
		return 0;
	unsigned char c = (unsigned char)v.p[i];
	if (c == '~')
		return -1;
	return ver_is_alpha((char)c) ? c : c + 256;
}

/* Runs of other bytes and of digits, by turns. */
static int part_cmp(struct sv a, struct sv b)
{
	while (a.n || b.n) {
		size_t i = 0;
		int x, y;
		do {
			x = weight(a, i);
			y = weight(b, i);
			i++;
		} while (x == y && x != 0);
		if (x != y)
			return x < y ? -1 : 1;
		a = sv_from(a, i - 1);
		b = sv_from(b, i - 1);
		int n = ver_num(ver_take(&a, ver_is_digit), ver_take(&b, ver_is_digit));
		if (n)
			return n;
	}
	return 0;
}

static struct sv take_epoch(struct sv *v)
{
	size_t colon = sv_find_char(*v, ':');

	if (colon == SIZE_MAX || !ver_all_digits(sv_head(*v, colon)))
		return SV("");
	struct sv epoch = sv_head(*v, colon);
	*v = sv_from(*v, colon + 1);
	return epoch;
}

int version_deb_cmp(struct sv a, struct sv b)
{
	struct sv a_revision = SV(""), b_revision = SV("");
	int n = ver_num(take_epoch(&a), take_epoch(&b));

	if (n)
		return n;
	(void)sv_rcut(a, '-', &a, &a_revision);
	(void)sv_rcut(b, '-', &b, &b_revision);
	n = part_cmp(a, b);
	return n ? n : part_cmp(a_revision, b_revision);
}

bool version_deb_valid(struct sv v)
{
	struct sv revision = SV("0");
	bool has_epoch = take_epoch(&v).n > 0;

	(void)sv_rcut(v, '-', &v, &revision);
	if (v.n == 0 || revision.n == 0 || !ver_is_digit(v.p[0]))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!ver_is_alnum(v.p[i]) && !(v.p[i] && strchr(".+-~", v.p[i])) &&
		    !(has_epoch && v.p[i] == ':'))
			return false;
	for (size_t i = 0; i < revision.n; i++)
		if (!ver_is_alnum(revision.p[i]) &&
		    !(revision.p[i] && strchr(".+~", revision.p[i])))
			return false;
	return true;
}
