#include "base/base.h"

int sv_cmp(struct sv a, struct sv b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c == 0)
		return (a.n > b.n) - (a.n < b.n);
	return c < 0 ? -1 : 1;
}

int sv_cmp_qsort(const void *a, const void *b)
{
	return sv_cmp(*(const struct sv *)a, *(const struct sv *)b);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool sv_ieq(struct sv a, struct sv b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool sv_starts(struct sv v, struct sv prefix)
{
	return v.n >= prefix.n && sv_eq(sv_head(v, prefix.n), prefix);
}

bool sv_ends(struct sv v, struct sv suffix)
{
	return v.n >= suffix.n && sv_eq(sv_from(v, v.n - suffix.n), suffix);
}

size_t sv_find_char(struct sv v, char c)
{
	const char *q = v.n ? memchr(v.p, c, v.n) : NULL;

	return q ? (size_t)(q - v.p) : SIZE_MAX;
}

size_t sv_rfind_char(struct sv v, char c)
{
	const char *q = v.n ? memrchr(v.p, c, v.n) : NULL;

	return q ? (size_t)(q - v.p) : SIZE_MAX;
}

size_t sv_find(struct sv v, struct sv needle)
{
	if (needle.n <= 1)
		return needle.n ? sv_find_char(v, needle.p[0]) : 0;
	const char *q = v.n >= needle.n ? memmem(v.p, v.n, needle.p, needle.n) : NULL;
	return q ? (size_t)(q - v.p) : SIZE_MAX;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct sv sv_trim(struct sv v)
{
	while (v.n && is_space(v.p[0]))
		v = sv_from(v, 1);
	while (v.n && is_space(v.p[v.n - 1]))
		v.n--;
	return v;
}

struct sv sv_cut(struct sv *rest, char c)
{
	size_t at = sv_find_char(*rest, c);
	struct sv head = sv_head(*rest, at);

	*rest = at == SIZE_MAX ? sv_from(*rest, rest->n) : sv_from(*rest, at + 1);
	return head;
}

bool sv_rcut(struct sv v, char c, struct sv *head, struct sv *tail)
{
	size_t at = sv_rfind_char(v, c);

	if (at == SIZE_MAX)
		return false;
	*head = sv_head(v, at);
	*tail = sv_from(v, at + 1);
	return true;
}

bool sv_line(struct sv *rest, struct sv *line)
{
	if (rest->n == 0)
		return false;
	*line = sv_cut(rest, '\n');
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

bool sv_u64(struct sv v, uint64_t *out)
{
	uint64_t x = 0;

	if (v.n == 0)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(x, 10U, &x) ||
		    __builtin_add_overflow(x, (uint64_t)(v.p[i] - '0'), &x))
			return false;
	}
	*out = x;
	return true;
}

struct sv sv_basename(struct sv path)
{
	size_t at = sv_rfind_char(path, '/');

	return at == SIZE_MAX ? path : sv_from(path, at + 1);
}
