/*
 * The regex library: Kubernetes' find and findAll, cel-go's regex.extract, regex.extractAll and
 * regex.replace. Matches do not overlap; an empty one right behind another does not count, as in
 * Go.
 */
#include "rule/cel/lib.h"
#include "rule/cel/pattern.h"

enum { SPANS = 10 }; /* the whole and the groups that \1 to \9 name */

/* A walk over the matches of a pattern in a text. */
struct walk {
	struct cel_eval *e;
	const struct cel_pattern *pattern;
	struct sv text;
	size_t at, last; /* where the next search starts; where the last match ended */
	struct regex_span spans[SPANS];
	struct cel_value fault; /* when pattern is NULL, or e->stopped */
};

static bool walk_start(struct walk *w, struct cel_eval *e, const struct cel_value *args)
{
	*w = (struct walk){.e = e, .text = args[0].s, .last = SIZE_MAX};
	w->pattern = cel_pattern_of(e, args[1].s, &w->fault);
	return w->pattern != NULL;
}

static bool walk_next(struct walk *w)
{
	unsigned n = regex_groups(w->pattern->re) + 1;

	while (w->at <= w->text.n) {
		size_t start = w->at, end = 0;

		if (!cel_pattern_spend(w->e, w->pattern, w->text.n - w->at)) {
			w->fault = lib_over(w->e);
			return false;
		}
		if (!regex_search(w->pattern->re, w->e->regex, w->text, w->at, w->spans,
				  n < SPANS ? n : SPANS))
			return false;
		end = w->spans[0].end;
		if (end == start)
			w->at += start < w->text.n ? lib_char(sv_from(w->text, start)) : 1;
		else
			w->at = end;
		if (w->spans[0].start == end && end == w->last)
			continue;
		w->last = end;
		return true;
	}
	return false;
}

/* The text of a group; empty when it took no part. */
static struct sv group(const struct walk *w, unsigned i)
{
	const struct regex_span *s = &w->spans[i];

	return s->start == SIZE_MAX ? (struct sv){0}
				    : sv_head(sv_from(w->text, s->start), s->end - s->start);
}

static struct cel_value find(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct walk w;

	(void)n;
	if (!walk_start(&w, e, args))
		return w.fault;
	if (walk_next(&w))
		return cel_string(group(&w, 0));
	return e->stopped ? w.fault : cel_string((struct sv){0});
}

static struct cel_value find_all(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	int64_t limit = n > 2 ? args[2].i : -1;
	struct lib_list out = {.e = e};
	struct walk w;

	if (!walk_start(&w, e, args))
		return w.fault;
	for (; limit != 0 && !out.over && walk_next(&w); limit--)
		lib_list_add(&out, cel_string(group(&w, 0)));
	return e->stopped ? lib_over(e) : lib_list_value(&out);
}

/* What extract gives of a match: the group where there is one, else the whole. */
static bool extracted(const struct walk *w, struct cel_value *out)
{
	unsigned i = regex_groups(w->pattern->re) ? 1 : 0;

	*out = cel_string(group(w, i));
	return w->spans[i].start != SIZE_MAX;
}

static bool extract_start(struct walk *w, struct cel_eval *e, const struct cel_value *args)
{
	if (!walk_start(w, e, args))
		return false;
	if (regex_groups(w->pattern->re) <= 1)
		return true;
	w->fault = cel_fault(e, "regular expression with more than one group", args[1].s);
	return false;
}

static struct cel_value extract(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct cel_value v = {0};
	struct walk w;

	(void)n;
	if (!extract_start(&w, e, args))
		return w.fault;
	if (walk_next(&w) && extracted(&w, &v))
		return cel_optional_of(e, &v);
	return e->stopped ? lib_over(e) : cel_none;
}

static struct cel_value extract_all(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct lib_list out = {.e = e};
	struct cel_value v = {0};
	struct walk w;

	(void)n;
	if (!extract_start(&w, e, args))
		return w.fault;
	while (!out.over && walk_next(&w))
		if (extracted(&w, &v))
			lib_list_add(&out, v);
	return e->stopped ? lib_over(e) : lib_list_value(&out);
}

/* Is the replacement made of text, "\\" and \0 to \9 of groups that are there? */
static bool replacement_ok(struct sv with, unsigned groups)
{
	for (size_t i = 0; i < with.n; i++) {
		if (with.p[i] != '\\')
			continue;
		if (++i == with.n)
			return false;
		if (with.p[i] != '\\' &&
		    (with.p[i] < '0' || with.p[i] > '9' || (unsigned)(with.p[i] - '0') > groups))
			return false;
	}
	return true;
}

static void put_replacement(struct lib_text *out, const struct walk *w, struct sv with)
{
	while (with.n && !out->over) {
		size_t at = sv_find_char(with, '\\');

		lib_text_add(out, sv_head(with, at));
		if (at == SIZE_MAX)
			return;
		if (with.p[at + 1] == '\\')
			lib_text_char(out, '\\');
		else
			lib_text_add(out, group(w, (unsigned)(with.p[at + 1] - '0')));
		with = sv_from(with, at + 2);
	}
}

static struct cel_value replace(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	int64_t limit = n > 3 ? args[3].i : -1;
	struct lib_text out = {.e = e};
	size_t done = 0;
	struct walk w;

	if (!walk_start(&w, e, args))
		return w.fault;
	if (!replacement_ok(args[2].s, regex_groups(w.pattern->re)))
		return cel_fault(e, "invalid replacement", args[2].s);
	for (; limit != 0 && !out.over && walk_next(&w); limit--) {
		lib_text_add(&out, sv_head(sv_from(w.text, done), w.spans[0].start - done));
		put_replacement(&out, &w, args[2].s);
		done = w.spans[0].end;
	}
	lib_text_add(&out, sv_from(w.text, done));
	return e->stopped ? lib_over(e) : lib_text_value(&out);
}

static const struct cel_overload_row rows[] = {
	{"find", "string.(string)->string", find, cel_pattern_prepare, 2},
	{"findAll", "string.(string)->list(string)", find_all, cel_pattern_prepare, 2},
	{"findAll", "string.(string,int)->list(string)", find_all, cel_pattern_prepare, 2},
	{"regex.extract", "(string,string)->optional_type(string)", extract, cel_pattern_prepare,
	 2},
	{"regex.extractAll", "(string,string)->list(string)", extract_all, cel_pattern_prepare, 2},
	{"regex.replace", "(string,string,string)->string", replace, cel_pattern_prepare, 2},
	{"regex.replace", "(string,string,string,int)->string", replace, cel_pattern_prepare, 2},
};

const struct cel_library cel_library_regex = {"regex", rows, ARRAY_LEN(rows)};
