#include "base/base.h"

#include "base/glob.h"

/* Where to go on when the rest did not fit: pattern and text position, SIZE_MAX = nowhere. */
struct mark {
	size_t pattern, text;
	bool folders; /* only behind a '/' */
};

static const struct mark nowhere = {SIZE_MAX, 0, false};

static bool is_deep(struct sv p, size_t i)
{
	return i + 1 < p.n && p.p[i] == '*' && p.p[i + 1] == '*';
}

/* One character more for the last star that can take one; the narrow star cannot take a '/'. */
static bool back(struct sv text, struct mark *narrow, struct mark *deep, size_t *pi, size_t *ti)
{
	if (narrow->pattern != SIZE_MAX && narrow->text < text.n && text.p[narrow->text] != '/') {
		*pi = narrow->pattern;
		*ti = ++narrow->text;
		return true;
	}
	*narrow = nowhere;
	if (deep->pattern == SIZE_MAX)
		return false;
	while (deep->text < text.n) {
		deep->text++;
		if (!deep->folders || text.p[deep->text - 1] == '/') {
			*pi = deep->pattern;
			*ti = deep->text;
			return true;
		}
	}
	return false;
}

bool glob_match(struct sv p, struct sv text)
{
	struct mark narrow = nowhere, deep = nowhere;
	size_t pi = 0, ti = 0;

	while (ti < text.n || pi < p.n) {
		if (is_deep(p, pi)) {
			bool folders = pi + 2 < p.n && p.p[pi + 2] == '/';
			pi += folders ? 3 : 2;
			deep = (struct mark){pi, ti, folders};
			narrow = nowhere;
		} else if (pi < p.n && p.p[pi] == '*') {
			narrow = (struct mark){++pi, ti, false};
		} else if (pi < p.n && ti < text.n &&
			   (p.p[pi] == '?' ? text.p[ti] != '/' : p.p[pi] == text.p[ti])) {
			pi++;
			ti++;
		} else if (!back(text, &narrow, &deep, &pi, &ti)) {
			return false;
		}
	}
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool glob_match_name(struct sv p, struct sv text)
{
	size_t pi = 0, ti = 0, star = SIZE_MAX, from = 0;

	while (ti < text.n) {
		if (pi < p.n && p.p[pi] == '*') {
			star = ++pi;
			from = ti;
		} else if (pi < p.n && (p.p[pi] == '?' || lower(p.p[pi]) == lower(text.p[ti]))) {
			pi++;
			ti++;
		} else if (star != SIZE_MAX) {
			pi = star;
			ti = ++from;
		} else {
			return false;
		}
	}
	while (pi < p.n && p.p[pi] == '*')
		pi++;
	return pi == p.n;
}

static struct sv without_root(struct sv v)
{
	while (v.n && v.p[0] == '/')
		v = sv_from(v, 1);
	return v;
}

bool glob_match_path(struct sv pattern, struct sv path)
{
	bool one_part =
		sv_find_char(pattern, '/') == SIZE_MAX && sv_find(pattern, SV("**")) == SIZE_MAX;
	size_t start = 0;

	pattern = without_root(pattern);
	path = without_root(path);
	if (pattern.n && pattern.p[pattern.n - 1] == '/')
		pattern.n--;
	if (!pattern.n)
		return false;
	for (size_t end = 0; end <= path.n; end++) {
		if (end < path.n && path.p[end] != '/')
			continue;
		if (glob_match(pattern, one_part ? sv_make(path.p + start, end - start)
						 : sv_head(path, end)))
			return true;
		start = end + 1;
	}
	return false;
}
