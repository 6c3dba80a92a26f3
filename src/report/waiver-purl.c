/* Comparing the purl of a waiver with a package's. */
#include "report/waivers.h"

struct parts {
	struct sv path, version, qualifiers;
};

static struct parts split(struct sv purl)
{
	struct parts p = {0};
	struct sv rest = purl, head, tail;

	rest = sv_cut(&rest, '#');
	p.qualifiers = rest;
	p.path = sv_cut(&p.qualifiers, '?');
	/* an '@' in front of the last '/' is the scope of an npm name */
	if (sv_rcut(p.path, '@', &head, &tail) && sv_find_char(tail, '/') == SIZE_MAX && head.n &&
	    head.p[head.n - 1] != '/') {
		p.path = head;
		p.version = tail;
	}
	return p;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One decoded byte at *i. */
static char decoded(struct sv v, size_t *i)
{
	if (v.p[*i] == '%' && *i + 2 < v.n) {
		int high = hex(v.p[*i + 1]), low = hex(v.p[*i + 2]);
		if (high >= 0 && low >= 0) {
			*i += 3;
			return (char)(high * 16 + low);
		}
	}
	return v.p[(*i)++];
}

/* Equal whether or not characters are percent-encoded. */
static bool same(struct sv a, struct sv b)
{
	size_t i = 0, k = 0;

	while (i < a.n && k < b.n)
		if (decoded(a, &i) != decoded(b, &k))
			return false;
	return i == a.n && k == b.n;
}

static bool has_qualifier(struct sv qualifiers, struct sv want)
{
	while (qualifiers.n)
		if (same(sv_cut(&qualifiers, '&'), want))
			return true;
	return false;
}

bool waiver_purl_covers(struct sv waiver, struct sv purl)
{
	struct parts w = split(waiver), p = split(purl);

	if (!same(w.path, p.path) || (w.version.n && !same(w.version, p.version)))
		return false;
	while (w.qualifiers.n)
		if (!has_qualifier(p.qualifiers, sv_cut(&w.qualifiers, '&')))
			return false;
	return true;
}
