/*
 * Gem::Version: numbers and words; '-' reads as ".pre.". Zeros at the end of the numbers and at the
 * end of the whole do not count. A word sorts before a number, and the end counts as the number 0.
 */
#include "advisory/version-int.h"

struct token {
	bool is_word;
	struct sv text; /* empty number: 0, and the end */
};

struct cursor {
	struct sv rest;
	size_t zeros; /* still to give out before `held` */
	bool holding, seen_word;
	struct token held;
};

static bool is_separator(char c)
{
	return !ver_is_alnum(c) && c != '-';
}

/* The next piece as it is written; false at the end. */
static bool raw(struct cursor *c, struct token *t)
{
	(void)ver_take(&c->rest, is_separator);
	if (c->rest.n == 0)
		return false;
	if (c->rest.p[0] == '-') {
		c->rest = sv_from(c->rest, 1);
		*t = (struct token){true, SV("pre")};
	} else if (ver_is_digit(c->rest.p[0])) {
		*t = (struct token){false, ver_take(&c->rest, ver_is_digit)};
	} else {
		*t = (struct token){true, ver_take(&c->rest, ver_is_alpha)};
	}
	return true;
}

/* The next piece that counts; false at the end. */
static bool next(struct cursor *c, struct token *t)
{
	if (!c->holding) {
		while ((c->holding = raw(c, &c->held)) && !c->held.is_word &&
		       ver_is_zero(c->held.text))
			c->zeros++;
		if (!c->holding || (c->held.is_word && !c->seen_word))
			c->zeros = 0;
		c->seen_word |= c->holding && c->held.is_word;
	}
	*t = (struct token){false, SV("")};
	if (c->zeros) {
		c->zeros--;
		return true;
	}
	if (!c->holding)
		return false;
	*t = c->held;
	c->holding = false;
	return true;
}

int version_rubygems_cmp(struct sv a, struct sv b)
{
	struct cursor x = {.rest = a}, y = {.rest = b};

	for (;;) {
		struct token s, t;
		bool more = next(&x, &s);
		more |= next(&y, &t);
		if (!more)
			return 0;
		if (s.is_word != t.is_word)
			return s.is_word ? -1 : 1;
		int n = s.is_word ? sv_cmp(s.text, t.text) : ver_num(s.text, t.text);
		if (n)
			return n;
	}
}

static bool pieces_valid(struct sv v, bool first_is_number)
{
	bool first = first_is_number;

	if (v.n == 0 || v.p[v.n - 1] == '.')
		return false;
	while (v.n) {
		struct sv piece = sv_cut(&v, '.');
		if (piece.n == 0 || (first && !ver_all_digits(piece)))
			return false;
		for (size_t i = 0; i < piece.n; i++)
			if (!ver_is_alnum(piece.p[i]) && (first_is_number || piece.p[i] != '-'))
				return false;
		first = false;
	}
	return true;
}

bool version_rubygems_valid(struct sv v)
{
	v = sv_trim(v);
	size_t dash = sv_find_char(v, '-');

	return pieces_valid(sv_head(v, dash), true) &&
	       (dash == SIZE_MAX || pieces_valid(sv_from(v, dash + 1), false));
}
