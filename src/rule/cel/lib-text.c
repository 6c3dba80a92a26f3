/* The standard library's tests of strings: contains, startsWith, endsWith, matches. */
#include "rule/cel/eval-int.h"

#include "rule/regex/regex.h"

enum { UNIT_BYTES = 10, WEIGHT_BYTES = 1024 };

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

/* A compiled pattern, and how much bigger than an ordinary one it is. */
struct pattern {
	const struct regex *re;
	uint64_t weight;
};

static int compile(struct arena *a, struct sv text, struct pattern *out, struct err *err)
{
	size_t before = a->used;

	if (regex_compile(a, text, 0, &out->re, err) < 0)
		return -(int)err->kind;
	out->weight = 1 + (a->used - before) / WEIGHT_BYTES;
	return 0;
}

static int prepare_pattern(struct arena *a, const struct cel_value *args, size_t n,
			   const void **out, struct err *err)
{
	struct pattern *p = ARENA_NEW(a, struct pattern);

	(void)n;
	if (compile(a, args[1].s, p, err) < 0)
		return err_ctx(err, "matches");
	*out = p;
	return 0;
}

static struct cel_value matches(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	const struct pattern *p = e->prepared;
	struct pattern now;
	struct err err = {0};

	(void)n;
	if (!p) {
		size_t before = e->arena->used;
		if (compile(e->arena, a[1].s, &now, &err) < 0)
			return cel_fault(e, "invalid regular expression",
					 arena_sv(e->arena, sv_of(err.msg)));
		if (!cel_spend(e, (e->arena->used - before) / UNIT_BYTES))
			return too_dear(e);
		p = &now;
	}
	if (!cel_spend(e, 1 + a[0].s.n / UNIT_BYTES * p->weight))
		return too_dear(e);
	if (!e->regex)
		e->regex = regex_scratch_new();
	return cel_bool(regex_matches(p->re, e->regex, a[0].s));
}

static const struct cel_overload_row rows[] = {
	{"contains", "string.(string)->bool", contains},
	{"startsWith", "string.(string)->bool", starts},
	{"endsWith", "string.(string)->bool", ends},
	{"matches", "string.(string)->bool", matches, prepare_pattern, 2},
	{"matches", "(string,string)->bool", matches, prepare_pattern, 2},
};

const struct cel_library cel_library_text = {"text", rows, ARRAY_LEN(rows)};
