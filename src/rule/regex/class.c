/* Sets of characters, and the classes of Perl and POSIX (ASCII only, as RE2 has them). */
#include "rule/regex/regex-int.h"

#include <stdlib.h>

void rune_add(struct rune_set *s, uint32_t lo, uint32_t hi)
{
	s->work++;
	*VEC_PUSH(s) = (struct rune_range){lo, hi};
}

static int range_cmp(const void *a, const void *b)
{
	const struct rune_range *x = a, *y = b;

	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return x->hi < y->hi ? -1 : x->hi > y->hi;
}

static bool is_tidy(const struct rune_set *s)
{
	for (size_t i = 1; i < s->n; i++)
		if (s->p[i].lo <= s->p[i - 1].hi + 1)
			return false;
	return true;
}

void rune_tidy(struct rune_set *s)
{
	size_t n = 0;

	if (is_tidy(s))
		return;
	qsort(s->p, s->n, sizeof *s->p, range_cmp);
	for (size_t i = 1; i < s->n; i++) {
		if (s->p[i].lo > s->p[n].hi + 1)
			s->p[++n] = s->p[i];
		else if (s->p[i].hi > s->p[n].hi)
			s->p[n].hi = s->p[i].hi;
	}
	s->n = n + 1;
}

void rune_negate(struct rune_set *s)
{
	uint32_t from = 0;
	size_t n = 0;

	rune_tidy(s);
	/* each gap is written where the range behind it was, or before */
	for (size_t i = 0; i < s->n; i++) {
		struct rune_range r = s->p[i];

		if (r.lo > from)
			s->p[n++] = (struct rune_range){from, r.lo - 1};
		from = r.hi + 1;
	}
	s->n = n;
	if (from <= RUNE_MAX)
		rune_add(s, from, RUNE_MAX);
}

struct class_row {
	const char *name;
	uint8_t ranges[9]; /* pairs, to the first that ends at 0 */
};

static const struct class_row posix_rows[] = {
	{"alnum", {'0', '9', 'A', 'Z', 'a', 'z'}},
	{"alpha", {'A', 'Z', 'a', 'z'}},
	{"ascii", {0, 0x7f}},
	{"blank", {'\t', '\t', ' ', ' '}},
	{"cntrl", {0, 0x1f, 0x7f, 0x7f}},
	{"digit", {'0', '9'}},
	{"graph", {'!', '~'}},
	{"lower", {'a', 'z'}},
	{"print", {' ', '~'}},
	{"punct", {'!', '/', ':', '@', '[', '`', '{', '~'}},
	{"space", {'\t', '\r', ' ', ' '}},
	{"upper", {'A', 'Z'}},
	{"word", {'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}},
	{"xdigit", {'0', '9', 'A', 'F', 'a', 'f'}},
};

static const struct class_row perl_rows[] = {
	{"d", {'0', '9'}},
	{"s", {'\t', '\n', '\f', '\r', ' ', ' '}},
	{"w", {'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}},
};

static bool add_row(struct rune_set *s, const struct class_row *rows, size_t n, struct sv name,
		    bool fold)
{
	for (size_t i = 0; i < n; i++) {
		if (!sv_is(name, rows[i].name))
			continue;
		for (const uint8_t *r = rows[i].ranges; r[1]; r += 2) {
			if (fold)
				rune_add_folded(s, r[0], r[1]);
			else
				rune_add(s, r[0], r[1]);
		}
		return true;
	}
	return false;
}

bool rune_add_perl(struct rune_set *s, char name, bool fold)
{
	return add_row(s, perl_rows, ARRAY_LEN(perl_rows), sv_make(&name, 1), fold);
}

bool rune_add_posix(struct rune_set *s, struct sv name, bool fold)
{
	return add_row(s, posix_rows, ARRAY_LEN(posix_rows), name, fold);
}
