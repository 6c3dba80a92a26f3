/*
 * The order of apk: number(.number)*[letter](_suffix[number])*[~hash][-rN].
 *
 * A version is a row of tokens, compared by rank, then by value. What does not fit the grammar ends
 * the row with INVALID, which sorts before the end; so do apk-tools from 2.14 on (older ones put it
 * behind). A letter may be followed by a number ("6.6.2p1"), as apk-tools 2 has it; 3 refuses that.
 * Numbers after a dot that start with 0 sort as text (the rule of Gentoo's package names).
 */
#include "advisory/version-int.h"

enum rank {
	ALPHA,
	BETA,
	PRE,
	RC,
	INVALID,
	EMPTY_NUMBER, /* two dots, or a dot before a letter: not in the grammar, read on all the
			 same */
	END,
	REVISION,
	HASH,
	SUFFIX_NUMBER,
	CVS,
	SVN,
	GIT,
	HG,
	PATCH,
	LETTER,
	NUMBER, /* the first one, or after a letter */
	DOT_NUMBER,
};

static const struct {
	const char *name;
	enum rank rank;
} suffixes[] = {
	{"alpha", ALPHA}, {"beta", BETA}, {"pre", PRE}, {"rc", RC},   {"cvs", CVS},
	{"svn", SVN},     {"git", GIT},   {"hg", HG},   {"p", PATCH},
};

struct cursor {
	struct sv rest;
	bool started;
	enum rank last;
	struct sv text; /* of the last token */
};

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_hash(char c)
{
	return ver_is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool is_number(enum rank r)
{
	return r == NUMBER || r == DOT_NUMBER || r == EMPTY_NUMBER;
}

static bool is_suffix(enum rank r)
{
	return r <= RC || (r >= CVS && r <= PATCH);
}

/* Behind '_'. */
static enum rank take_suffix(struct cursor *c)
{
	struct sv word = ver_take(&c->rest, is_lower);

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (sv_is(word, suffixes[i].name))
			return suffixes[i].rank;
	return INVALID;
}

/* Behind '-': "r", digits; none at the end of the text is 0. */
static enum rank take_revision(struct cursor *c)
{
	if (c->rest.n == 0 || c->rest.p[0] != 'r')
		return INVALID;
	c->rest = sv_from(c->rest, 1);
	c->text = ver_take(&c->rest, ver_is_digit);
	return c->text.n || c->rest.n == 0 ? REVISION : INVALID;
}

static enum rank take_separated(struct cursor *c)
{
	char separator = c->rest.p[0];

	c->rest = sv_from(c->rest, 1);
	if (separator == '.' && is_number(c->last)) {
		c->text = ver_take(&c->rest, ver_is_digit);
		return c->text.n ? DOT_NUMBER : EMPTY_NUMBER;
	}
	if (separator == '_' && c->last != REVISION && c->last != HASH)
		return take_suffix(c);
	if (separator == '~' && c->last != REVISION && c->last != HASH) {
		c->text = ver_take(&c->rest, is_hash);
		return c->text.n ? HASH : INVALID;
	}
	if (separator == '-' && c->last != REVISION)
		return take_revision(c);
	return INVALID;
}

static enum rank take(struct cursor *c)
{
	c->text = SV("");
	if (!c->started) {
		c->started = true;
		c->text = ver_take(&c->rest, ver_is_digit);
		return NUMBER;
	}
	if (c->last == INVALID || c->rest.n == 0)
		return c->last == INVALID ? INVALID : END;
	char first = c->rest.p[0];
	if (is_lower(first) && is_number(c->last)) {
		c->text = sv_head(c->rest, 1);
		c->rest = sv_from(c->rest, 1);
		return LETTER;
	}
	if (ver_is_digit(first) && (c->last == LETTER || is_suffix(c->last))) {
		c->text = ver_take(&c->rest, ver_is_digit);
		return c->last == LETTER ? NUMBER : SUFFIX_NUMBER;
	}
	return take_separated(c);
}

static int value_cmp(enum rank rank, struct sv a, struct sv b)
{
	if (rank == LETTER || rank == HASH)
		return sv_cmp(a, b);
	if (rank == DOT_NUMBER && (sv_starts(a, SV("0")) || sv_starts(b, SV("0"))))
		return sv_cmp(a, b);
	return ver_num(a, b);
}

int version_apk_cmp(struct sv a, struct sv b)
{
	struct cursor x = {.rest = a}, y = {.rest = b};

	for (;;) {
		x.last = take(&x);
		y.last = take(&y);
		if (x.last != y.last)
			return x.last < y.last ? -1 : 1;
		if (x.last == END || x.last == INVALID)
			return 0;
		int n = value_cmp(x.last, x.text, y.text);
		if (n)
			return n;
	}
}

bool version_apk_valid(struct sv v)
{
	struct cursor c = {.rest = v};

	c.last = take(&c);
	if (c.text.n == 0)
		return false;
	while (c.last != END && c.last != INVALID) {
		enum rank before = c.last;
		c.last = take(&c);
		if ((before == LETTER && c.last == NUMBER) || c.last == EMPTY_NUMBER)
			return false;
	}
	return c.last == END;
}
