/*
 * Maven's version order (the POM reference, "Version Order Specification", as Maven 4 reads it).
 *
 * Tokens between '.', '-' and the changes from digits to letters and back (which count as '-').
 * Null tokens (0, "", "final", "ga", "release") are dropped at the end, before '-' and before
 * words. Order at one place: alpha, beta, milestone, rc, snapshot, the end and null words, sp,
 * other words, numbers after '-', numbers after '.'. Of words of one kind those after '.' come
 * first (up to Maven 3.8, where it makes cycles with the end; later ones do not tell the separators
 * apart). A zero that is kept comes before a number after '.', so that it may be compared as a
 * number: the end is always smaller.
 */
#include "advisory/version-int.h"

enum rank { ALPHA, BETA, MILESTONE, RC, SNAPSHOT, END, SP, WORD, DASH_NUMBER, DOT_NUMBER };

static const struct {
	const char *name;
	enum rank rank;
	bool before_number; /* an alias only when a digit follows directly */
} words[] = {
	{"alpha", ALPHA, false},
	{"a", ALPHA, true},
	{"beta", BETA, false},
	{"b", BETA, true},
	{"milestone", MILESTONE, false},
	{"m", MILESTONE, true},
	{"rc", RC, false},
	{"cr", RC, false},
	{"snapshot", SNAPSHOT, false},
	{"final", END, false},
	{"ga", END, false},
	{"release", END, false},
	{"sp", SP, false},
};

struct token {
	enum rank rank;
	struct sv text; /* of numbers and other words */
	bool is_end;
	bool dash; /* of words: the separator before it is not '.' */
};

struct cursor {
	struct sv rest;     /* not yet read */
	bool started, dash; /* the separator before rest */
	const char *raw_to; /* until here zeros are given out as they stand */
};

static bool is_word_byte(char c)
{
	return !ver_is_digit(c) && c != '.' && c != '-';
}

static enum rank word_rank(struct sv word, bool digit_follows)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_ieq(word, sv_of(words[i].name)) &&
		    (!words[i].before_number || digit_follows))
			return words[i].rank;
	return WORD;
}

/* The token at c->rest, and the separator behind it. */
static struct token raw(struct cursor *c)
{
	struct token t = {.is_end = c->rest.n == 0 && c->started, .rank = END};

	if (t.is_end)
		return t;
	c->started = true;
	if (c->rest.n && is_word_byte(c->rest.p[0])) {
		t.text = ver_take(&c->rest, is_word_byte);
		t.dash = c->dash;
		t.rank = word_rank(t.text, c->rest.n && ver_is_digit(c->rest.p[0]));
	} else {
		t.text = ver_take(&c->rest, ver_is_digit);
		t.rank = c->dash ? DASH_NUMBER : DOT_NUMBER;
	}
	c->dash = c->rest.n == 0 || c->rest.p[0] != '.';
	if (c->rest.n && (c->rest.p[0] == '.' || c->rest.p[0] == '-'))
		c->rest = sv_from(c->rest, 1);
	return t;
}

static bool is_null(const struct token *t)
{
	return t->rank == END || (t->rank >= DASH_NUMBER && ver_is_zero(t->text));
}

/*
 * The next token that is kept. A run of nulls is kept only before a number after '.', and then from
 * its last null that is a word or stands after '-' (what is before that one stands before a '-').
 */
static struct token next(struct cursor *c)
{
	struct cursor from = *c, before;

	if (c->raw_to && c->rest.p < c->raw_to)
		return raw(c);
	c->raw_to = NULL;
	struct token t;
	for (;;) {
		before = *c;
		t = raw(c);
		if (t.is_end || !is_null(&t))
			break;
		if (t.rank != DOT_NUMBER)
			from = before;
	}
	if (t.is_end || t.rank != DOT_NUMBER)
		return t;
	const char *to = before.rest.p;
	*c = from;
	c->raw_to = to;
	return raw(c);
}

static int token_cmp(const struct token *s, const struct token *t)
{
	if (s->rank != t->rank)
		return s->rank < t->rank ? -1 : 1;
	if (s->rank >= DASH_NUMBER)
		return ver_num(s->text, t->text);
	if (s->rank == END)
		return 0;
	if (s->dash != t->dash)
		return s->dash ? 1 : -1;
	return s->rank == WORD ? ver_icmp(s->text, t->text) : 0;
}

int version_maven_cmp(struct sv a, struct sv b)
{
	struct cursor x = {.rest = a}, y = {.rest = b};

	for (;;) {
		struct token s = next(&x), t = next(&y);
		int n = token_cmp(&s, &t);
		if (n || (s.is_end && t.is_end))
			return n;
	}
}

/* Every text is a version; a usable one has a digit. */
bool version_maven_valid(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (ver_is_digit(v.p[i]))
			return true;
	return false;
}
