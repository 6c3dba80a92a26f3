/*
 * PHP's version_compare, as Composer uses it: pieces between separators and at changes from digits
 * to letters and back. Order at one place: unknown words, dev, alpha, beta, RC, the end, numbers,
 * patch level. A "v" in front does not count.
 */
#include "advisory/version-int.h"

enum rank { UNKNOWN, DEV, ALPHA, BETA, RC, END, NUMBER, PATCH };

/* A word is known by how it starts, in this case only: "BETA" is unknown to PHP, "RC" is not. */
static const struct {
	const char *start;
	enum rank rank;
} words[] = {
	{"dev", DEV}, {"a", ALPHA}, {"b", BETA}, {"RC", RC}, {"rc", RC}, {"p", PATCH},
};

static bool is_separator(char c)
{
	return !ver_is_alnum(c);
}

static enum rank next(struct sv *rest, struct sv *number)
{
	(void)ver_take(rest, is_separator);
	if (rest->n == 0)
		return END;
	if (ver_is_digit(rest->p[0])) {
		*number = ver_take(rest, ver_is_digit);
		return NUMBER;
	}
	struct sv word = ver_take(rest, ver_is_alpha);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_starts(word, sv_of(words[i].start)))
			return words[i].rank;
	return UNKNOWN;
}

static struct sv without_v(struct sv v)
{
	return v.n > 1 && ver_lower(v.p[0]) == 'v' && ver_is_digit(v.p[1]) ? sv_from(v, 1) : v;
}

int version_packagist_cmp(struct sv a, struct sv b)
{
	a = without_v(a);
	b = without_v(b);
	for (;;) {
		struct sv x = SV(""), y = SV("");
		enum rank s = next(&a, &x), t = next(&b, &y);
		if (s != t)
			return s < t ? -1 : 1;
		int n = ver_num(x, y);
		if (n || s == END)
			return n;
	}
}

bool version_packagist_valid(struct sv v)
{
	v = without_v(sv_trim(v));
	return v.n > 0 && ver_is_digit(v.p[0]);
}
