/* ${NAME#pattern}, %, / and their doubles: what a pattern takes off a value. */
#include "fact/dockerfile/facts.h"

/* ? and *, a backslash makes the next byte plain. Steps are counted: no pattern takes long. */
static bool matches(struct sv p, struct sv v, size_t *steps)
{
	size_t star = SIZE_MAX, mark = 0, i = 0, k = 0;

	while (k < v.n) {
		if (++*steps > 100000)
			return false;
		bool plain = i < p.n && p.p[i] == '\\' && i + 1 < p.n;
		if (i < p.n && !plain && p.p[i] == '*') {
			star = i++;
			mark = k;
		} else if (i < p.n &&
			   (plain ? p.p[i + 1] == v.p[k] : p.p[i] == '?' || p.p[i] == v.p[k])) {
			i += plain ? 2 : 1;
			k++;
		} else if (star != SIZE_MAX) {
			i = star + 1;
			k = ++mark;
		} else {
			return false;
		}
	}
	while (i < p.n && p.p[i] == '*')
		i++;
	return i == p.n;
}

/* The beginning (or end) that the pattern takes: the shortest or the longest. */
static size_t taken(struct sv p, struct sv v, bool end, bool longest, size_t *steps)
{
	for (size_t i = 0; i <= v.n; i++) {
		size_t n = longest ? v.n - i : i;
		if (matches(p, end ? sv_from(v, v.n - n) : sv_head(v, n), steps))
			return n;
	}
	return 0;
}

static void replace(struct buf *out, struct sv v, struct sv p, struct sv with, bool all,
		    size_t *steps)
{
	bool more = true;

	while (v.n) {
		size_t n = more ? taken(p, v, false, true, steps) : 0;
		buf_sv(out, n ? with : sv_head(v, 1));
		v = sv_from(v, n ? n : 1);
		more &= !n || all;
	}
}

bool df_pattern(struct buf *out, struct sv value, struct sv rest)
{
	char op = rest.n ? *rest.p : 0;
	size_t steps = 0;

	rest = sv_from(rest, 1);
	bool twice = rest.n && *rest.p == op;
	rest = sv_from(rest, twice);
	if (op == '#') {
		buf_sv(out, sv_from(value, taken(rest, value, false, twice, &steps)));
	} else if (op == '%') {
		buf_sv(out, sv_head(value, value.n - taken(rest, value, true, twice, &steps)));
	} else if (op == '/') {
		struct sv pattern = sv_cut(&rest, '/');
		replace(out, value, pattern, rest, twice, &steps);
	} else {
		return false;
	}
	return steps <= 100000;
}
