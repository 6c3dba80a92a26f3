/* R's package_version and Haskell's Data.Version: rows of numbers, the shorter of two equal rows
 * first. */
#include "advisory/version-int.h"

static bool is_separator(char c)
{
	return c == '.' || c == '-';
}

static bool is_other(char c)
{
	return !is_separator(c);
}

/* Numbers before words, numbers by value. */
static int element_cmp(struct sv a, struct sv b)
{
	bool a_word = a.n > 0 && !ver_all_digits(a), b_word = b.n > 0 && !ver_all_digits(b);

	if (a_word != b_word)
		return a_word ? 1 : -1;
	return a_word ? sv_cmp(a, b) : ver_num(a, b);
}

int version_cran_cmp(struct sv a, struct sv b)
{
	while (a.n && b.n) {
		int n = element_cmp(ver_take(&a, is_other), ver_take(&b, is_other));
		if (n)
			return n;
		if (a.n == 0 || b.n == 0)
			break;
		a = sv_from(a, 1);
		b = sv_from(b, 1);
	}
	return (a.n > 0) - (b.n > 0);
}

static bool rows_valid(struct sv v, bool (*separator)(char))
{
	for (size_t i = 0; i < v.n; i++)
		if (!ver_is_digit(v.p[i]) &&
		    (!separator(v.p[i]) || i == 0 || !ver_is_digit(v.p[i - 1])))
			return false;
	return v.n > 0 && ver_is_digit(v.p[v.n - 1]);
}

bool version_cran_valid(struct sv v)
{
	/* at least two numbers, "Writing R Extensions", 1.1.1 */
	return rows_valid(v, is_separator) &&
	       (sv_find_char(v, '.') != SIZE_MAX || sv_find_char(v, '-') != SIZE_MAX);
}

static bool is_dot(char c)
{
	return c == '.';
}

bool version_hackage_valid(struct sv v)
{
	return rows_valid(v, is_dot);
}
