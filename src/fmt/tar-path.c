#include "fmt/tar.h"

/* Most paths are clean already: nothing is copied then. */
static bool is_clean(struct sv path)
{
	while (path.n > 0) {
		size_t slash = sv_find_char(path, '/');
		struct sv part = sv_head(path, slash);
		if (part.n == 0 || sv_is(part, ".") || sv_is(part, ".."))
			return false;
		if (slash != SIZE_MAX && slash + 1 == path.n)
			return false; /* a slash at the end */
		path = sv_from(path, part.n + 1);
	}
	return true;
}

static bool add_part(struct sv part, char *out, size_t cap, size_t *n)
{
	size_t slash = *n > 0;

	if (part.n > cap || *n + slash > cap - part.n)
		return false;
	if (slash)
		out[(*n)++] = '/';
	memcpy(out + *n, part.p, part.n);
	*n += part.n;
	return true;
}

bool tar_clean_path(struct sv path, char *out, size_t cap, struct sv *clean)
{
	size_t n = 0;

	if (path.n <= cap && is_clean(path)) {
		*clean = path;
		return true;
	}
	while (path.n > 0) {
		struct sv part = sv_cut(&path, '/');
		if (part.n == 0 || sv_is(part, "."))
			continue;
		if (!sv_is(part, "..")) {
			if (!add_part(part, out, cap, &n))
				return false;
			continue;
		}
		if (n == 0)
			return false;
		while (n > 0 && out[n - 1] != '/')
			n--;
		n -= n > 0; /* the slash */
	}
	*clean = sv_make(out, n);
	return true;
}
