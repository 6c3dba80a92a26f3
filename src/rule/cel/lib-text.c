/* The standard library's tests of strings: contains, startsWith, endsWith, matches. */
#include "rule/cel/pattern.h"

enum { UNIT_BYTES = 10 };

static struct cel_value too_dear(struct cel_eval *e)
{
	return cel_fault(e, NULL, (struct sv){0});
}

static struct cel_value contains(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	if (!cel_spend(e, a[0].s.n / UNIT_BYTES))
		return too_dear(e);
	return cel_bool(sv_find(a[0].s, a[1].s) != SIZE_MAX);
}

static struct cel_value starts(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_bool(sv_starts(a[0].s, a[1].s));
}

static struct cel_value ends(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_bool(sv_ends(a[0].s, a[1].s));
}

static struct cel_value matches(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	struct cel_value fault = {0};
	const struct cel_pattern *p = cel_pattern_of(e, a[1].s, &fault);

	(void)n;
	if (!p)
		return fault;
	if (!cel_pattern_spend(e, p, a[0].s.n))
		return too_dear(e);
	return cel_bool(regex_matches(p->re, e->regex, a[0].s));
}

static const struct cel_overload_row rows[] = {
	{"contains", "string.(string)->bool", contains},
	{"startsWith", "string.(string)->bool", starts},
	{"endsWith", "string.(string)->bool", ends},
	{"matches", "string.(string)->bool", matches, cel_pattern_prepare, 2},
	{"matches", "(string,string)->bool", matches, cel_pattern_prepare, 2},
};

const struct cel_library cel_library_text = {"text", rows, ARRAY_LEN(rows)};
