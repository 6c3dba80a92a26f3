/*
 * PEP 440. What does not follow it sorts before all that does, in the order that setuptools gave
 * such versions (legacy_cmp): pieces of digits and of letters; words before "final" come before the
 * end.
 */
#include "advisory/version-int.h"

/* Ranks of the marks; for pre: a version that has only a dev mark comes first, one without any
 * last. */
enum pre { PRE_DEV_ONLY, PRE_A, PRE_B, PRE_RC, PRE_NONE };

struct pep440 {
	struct sv epoch, release, pre_number, post_number, dev_number, local;
	enum pre pre;
	bool has_post, has_dev, has_local;
};

struct mark {
	const char *word;
	enum pre pre;
};

static const struct mark pre_marks[] = {
	{"alpha", PRE_A}, {"a", PRE_A},        {"beta", PRE_B}, {"b", PRE_B},
	{"rc", PRE_RC},   {"preview", PRE_RC}, {"pre", PRE_RC}, {"c", PRE_RC},
};
static const struct mark post_marks[] = {{"post", 0}, {"rev", 0}, {"r", 0}};
static const struct mark dev_marks[] = {{"dev", 0}};

static bool is_separator(char c)
{
	return c == '.' || c == '-' || c == '_';
}

static struct sv skip_separator(struct sv v)
{
	return v.n && is_separator(v.p[0]) ? sv_from(v, 1) : v;
}

/* [-_.]? WORD [-_.]? DIGITS*; the separator before the digits belongs to them only if there are
 * some. */
static bool take_mark(struct sv *rest, const struct mark *marks, size_t n, enum pre *pre,
		      struct sv *number)
{
	struct sv at = skip_separator(*rest), word = ver_take(&at, ver_is_alpha);

	for (size_t i = 0; i < n; i++) {
		if (!sv_ieq(word, sv_of(marks[i].word)))
			continue;
		struct sv digits = skip_separator(at);
		*number = ver_take(&digits, ver_is_digit);
		*rest = number->n ? digits : at;
		*pre = marks[i].pre;
		return true;
	}
	return false;
}

static bool local_valid(struct sv v)
{
	if (v.n == 0)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		bool edge = i == 0 || i + 1 == v.n || is_separator(v.p[i - 1]);
		if (!ver_is_alnum(v.p[i]) && (!is_separator(v.p[i]) || edge))
			return false;
	}
	return true;
}

static bool take_release(struct sv *rest, struct sv *release)
{
	struct sv start = *rest;
	struct sv digits = ver_take(rest, ver_is_digit);

	if (digits.n == 0)
		return false;
	while (rest->n > 1 && rest->p[0] == '.' && ver_is_digit(rest->p[1])) {
		*rest = sv_from(*rest, 1);
		(void)ver_take(rest, ver_is_digit);
	}
	*release = sv_head(start, start.n - rest->n);
	return true;
}

/* "-N" alone is a post-release too. */
static bool take_post(struct sv *rest, struct sv *number)
{
	enum pre unused;

	if (rest->n > 1 && rest->p[0] == '-' && ver_is_digit(rest->p[1])) {
		*rest = sv_from(*rest, 1);
		*number = ver_take(rest, ver_is_digit);
		return true;
	}
	return take_mark(rest, post_marks, ARRAY_LEN(post_marks), &unused, number);
}

static bool parse(struct sv v, struct pep440 *p)
{
	struct sv rest = sv_trim(v);
	enum pre unused;

	*p = (struct pep440){.pre = PRE_NONE};
	if (rest.n && ver_lower(rest.p[0]) == 'v')
		rest = sv_from(rest, 1);
	struct sv at = rest, digits = ver_take(&at, ver_is_digit);
	if (digits.n && at.n && at.p[0] == '!') {
		p->epoch = digits;
		rest = sv_from(at, 1);
	}
	if (!take_release(&rest, &p->release))
		return false;
	bool has_pre = take_mark(&rest, pre_marks, ARRAY_LEN(pre_marks), &p->pre, &p->pre_number);
	p->has_post = take_post(&rest, &p->post_number);
	p->has_dev = take_mark(&rest, dev_marks, ARRAY_LEN(dev_marks), &unused, &p->dev_number);
	if (!has_pre && !p->has_post && p->has_dev)
		p->pre = PRE_DEV_ONLY;
	if (rest.n && rest.p[0] == '+') {
		p->has_local = true;
		p->local = sv_from(rest, 1);
		return local_valid(p->local);
	}
	return rest.n == 0;
}

static bool is_local_byte(char c)
{
	return !is_separator(c);
}

/* Segments: words before numbers, the shorter of two equal rows first. */
static int local_cmp(struct sv a, struct sv b)
{
	while (a.n && b.n) {
		struct sv x = ver_take(&a, is_local_byte), y = ver_take(&b, is_local_byte);
		bool x_number = ver_all_digits(x), y_number = ver_all_digits(y);
		if (x_number != y_number)
			return x_number ? 1 : -1;
		int n = x_number ? ver_num(x, y) : ver_icmp(x, y);
		if (n)
			return n;
		a = sv_from(a, 1);
		b = sv_from(b, 1);
	}
	return (a.n > 0) - (b.n > 0);
}

/* A mark that is there against one that is not: `absent` says where the latter sorts. */
static int mark_cmp(bool a, struct sv a_number, bool b, struct sv b_number, int absent)
{
	if (a != b)
		return a ? -absent : absent;
	return a ? ver_num(a_number, b_number) : 0;
}

static int pep440_cmp(const struct pep440 *a, const struct pep440 *b)
{
	int n = ver_num(a->epoch, b->epoch);

	if (n == 0)
		n = ver_sem_numbers(a->release, b->release);
	if (n == 0)
		n = a->pre != b->pre ? (a->pre < b->pre ? -1 : 1)
				     : ver_num(a->pre_number, b->pre_number);
	if (n == 0)
		n = mark_cmp(a->has_post, a->post_number, b->has_post, b->post_number, -1);
	if (n == 0)
		n = mark_cmp(a->has_dev, a->dev_number, b->has_dev, b->dev_number, 1);
	if (n == 0 && a->has_local != b->has_local)
		n = a->has_local ? 1 : -1;
	return n ? n : local_cmp(a->local, b->local);
}

/* Legacy pieces: the ends and words are texts that start with '*' in setuptools' key, numbers sort
 * behind. */
struct legacy {
	struct sv rest;
	size_t dashes, zeros; /* held back until it is known whether they count */
	bool holding, ended;
	struct sv held;
};

static bool is_legacy_separator(char c)
{
	return !ver_is_alnum(c) && c != '-';
}

static bool is_final_or_later(struct sv word)
{
	return ver_icmp(word, SV("final")) >= 0;
}

static struct sv legacy_word(struct sv word)
{
	if (sv_ieq(word, SV("pre")) || sv_ieq(word, SV("preview")) || sv_ieq(word, SV("rc")))
		return SV("c");
	return sv_ieq(word, SV("dev")) ? SV("@") : word;
}

/* Reads on to the next piece that is kept whatever follows: a word, a number that is not 0, the
 * end. */
static void legacy_fill(struct legacy *l)
{
	for (;;) {
		(void)ver_take(&l->rest, is_legacy_separator);
		if (l->rest.n == 0) {
			l->held = SV("final");
			l->zeros = 0;
			l->ended = true;
			return;
		}
		if (l->rest.p[0] == '-') {
			l->rest = sv_from(l->rest, 1);
			l->zeros = 0;
			l->dashes++;
		} else if (ver_is_digit(l->rest.p[0])) {
			l->held = ver_take(&l->rest, ver_is_digit);
			if (!ver_is_zero(l->held))
				return;
			l->zeros++;
		} else {
			l->held = legacy_word(ver_take(&l->rest, ver_is_alpha));
			if (!is_final_or_later(l->held) && l->zeros == 0)
				l->dashes = 0;
			l->zeros = 0;
			return;
		}
	}
}

/* The next piece; "final" without end. */
static struct sv legacy_next(struct legacy *l)
{
	if (!l->holding && !l->ended)
		legacy_fill(l);
	l->holding = true;
	if (l->dashes) {
		l->dashes--;
		return SV("final-");
	}
	if (l->zeros) {
		l->zeros--;
		return SV("0");
	}
	l->holding = l->ended;
	return l->held;
}

static int legacy_cmp(struct sv a, struct sv b)
{
	struct legacy x = {.rest = a}, y = {.rest = b};

	for (;;) {
		struct sv s = legacy_next(&x), t = legacy_next(&y);
		bool s_number = ver_is_digit(s.p[0]), t_number = ver_is_digit(t.p[0]);
		if (s_number != t_number)
			return s_number ? 1 : -1;
		int n = s_number ? ver_num(s, t) : ver_icmp(s, t);
		if (n)
			return n;
		if (x.ended && y.ended && x.dashes + x.zeros + y.dashes + y.zeros == 0)
			return 0;
	}
}

int version_pypi_cmp(struct sv a, struct sv b)
{
	struct pep440 x, y;
	bool a_ok = parse(a, &x), b_ok = parse(b, &y);

	if (a_ok != b_ok)
		return a_ok ? 1 : -1;
	return a_ok ? pep440_cmp(&x, &y) : legacy_cmp(a, b);
}

bool version_pypi_valid(struct sv v)
{
	struct pep440 p;

	return parse(v, &p);
}
