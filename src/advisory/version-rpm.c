/*
 * The order of rpm: epoch, version, release. A version is a row of tokens; separators only divide.
 * rpm's manual, "rpm-version(7)": '~' sorts before the end, '^' behind it, then words, then
 * numbers.
 */
#include "advisory/version-int.h"

enum rank { TILDE, END, CARET, WORD, NUMBER };

struct token {
	enum rank rank;
	struct sv text;
};

static bool is_separator(char c)
{
	return !ver_is_alnum(c) && c != '~' && c != '^';
}

static struct token next(struct sv *rest)
{
	(void)ver_take(rest, is_separator);
	if (rest->n == 0)
		return (struct token){END, SV("")};
	if (ver_is_digit(rest->p[0]))
		return (struct token){NUMBER, ver_take(rest, ver_is_digit)};
	if (ver_is_alpha(rest->p[0]))
		return (struct token){WORD, ver_take(rest, ver_is_alpha)};
	enum rank rank = rest->p[0] == '~' ? TILDE : CARET;
	*rest = sv_from(*rest, 1);
	return (struct token){rank, SV("")};
}

static int part_cmp(struct sv a, struct sv b)
{
	for (;;) {
		struct token x = next(&a), y = next(&b);
		if (x.rank != y.rank)
			return x.rank < y.rank ? -1 : 1;
		if (x.rank == END)
			return 0;
		int n = x.rank == NUMBER ? ver_num(x.text, y.text) : sv_cmp(x.text, y.text);
		if (n)
			return n;
	}
}

/* Only digits (or nothing) before a ':' are an epoch. */
static struct sv take_epoch(struct sv *v)
{
	struct sv rest = *v, digits = ver_take(&rest, ver_is_digit);

	if (rest.n == 0 || rest.p[0] != ':')
		return SV("");
	*v = sv_from(rest, 1);
	return digits;
}

int version_rpm_cmp(struct sv a, struct sv b)
{
	struct sv a_release = SV(""), b_release = SV("");
	int n = ver_num(take_epoch(&a), take_epoch(&b));

	if (n)
		return n;
	bool a_has = sv_rcut(a, '-', &a, &a_release), b_has = sv_rcut(b, '-', &b, &b_release);
	n = part_cmp(a, b);
	if (n)
		return n;
	/* no release sorts before any */
	return a_has != b_has ? (a_has ? 1 : -1) : part_cmp(a_release, b_release);
}

static bool part_valid(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!ver_is_alnum(v.p[i]) && !(v.p[i] && strchr("._+~^%{}", v.p[i])))
			return false;
	return v.n > 0;
}

bool version_rpm_valid(struct sv v)
{
	struct sv release = SV("1");

	(void)take_epoch(&v);
	(void)sv_rcut(v, '-', &v, &release);
	return part_valid(v) && part_valid(release);
}
