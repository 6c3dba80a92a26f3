#include "package/python.h"

static bool alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool separator(char c)
{
	return c == '-' || c == '_' || c == '.';
}

struct sv python_normal_name(struct arena *a, struct sv name)
{
	char *out = arena_alloc(a, name.n);
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!separator(c))
			out[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
		else if (i == 0 || !separator(name.p[i - 1]))
			out[n++] = '-';
	}
	return sv_make(out, n);
}

bool python_name_ok(struct sv name)
{
	if (name.n == 0 || !alnum(name.p[0]) || !alnum(name.p[name.n - 1]))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!alnum(name.p[i]) && !separator(name.p[i]))
			return false;
	return true;
}
