#include "advisory/range.h"

static const char *const names[RANGE_KINDS] = {
	[RANGE_INTRODUCED] = "introduced",
	[RANGE_FIXED] = "fixed",
	[RANGE_LAST_AFFECTED] = "last_affected",
	[RANGE_LIMIT] = "limit",
};

const char *range_kind_name(enum range_kind kind)
{
	return names[kind];
}

enum range_kind range_kind_find(struct sv name)
{
	for (size_t i = 0; i < RANGE_KINDS; i++)
		if (sv_is(name, names[i]))
			return (enum range_kind)i;
	return RANGE_KINDS;
}

static bool is_begin(const struct range_event *e)
{
	return (e->kind == RANGE_INTRODUCED || e->kind == RANGE_FIXED) && sv_is(e->version, "0");
}

/* Does the event come at or before the version (last_affected: only before it)? */
static bool applies(const struct version_scheme *s, const struct range_event *e, struct sv version)
{
	if (is_begin(e))
		return true;
	int n = s->cmp(e->version, version);
	return e->kind == RANGE_LAST_AFFECTED ? n < 0 : n <= 0;
}

static int event_cmp(const struct version_scheme *s, const struct range_event *a,
		     const struct range_event *b)
{
	bool a_begin = is_begin(a), b_begin = is_begin(b);

	if (a_begin && b_begin)
		return (a->kind == RANGE_FIXED) - (b->kind == RANGE_FIXED);
	if (a_begin || b_begin)
		return a_begin ? -1 : 1;
	return s->cmp(a->version, b->version);
}

/* With limits, only versions below one of them count ("*" is no bound). */
static bool within_limits(const struct version_scheme *s, const struct range_event *events,
			  size_t n, struct sv version)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (events[i].kind != RANGE_LIMIT)
			continue;
		if (sv_is(events[i].version, "*") || s->cmp(version, events[i].version) < 0)
			return true;
		any = true;
	}
	return !any;
}

/* The nearest event ahead that ends the stretch; a last_affected ends it without naming a fix. */
static struct sv next_fix(const struct version_scheme *s, const struct range_event *events,
			  size_t n, struct sv version)
{
	const struct range_event *end = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct range_event *e = &events[i];
		if ((e->kind != RANGE_FIXED && e->kind != RANGE_LAST_AFFECTED) ||
		    applies(s, e, version))
			continue;
		if (!end || s->cmp(e->version, end->version) < 0)
			end = e;
	}
	return end && end->kind == RANGE_FIXED ? end->version : SV("");
}

bool range_affects(const struct version_scheme *s, const struct range_event *events, size_t n,
		   struct sv version, struct sv *fixed)
{
	const struct range_event *last = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct range_event *e = &events[i];
		if (e->kind == RANGE_LIMIT || !applies(s, e, version))
			continue;
		if (!last || event_cmp(s, e, last) >= 0)
			last = e;
	}
	if (!last || last->kind != RANGE_INTRODUCED || !within_limits(s, events, n, version))
		return false;
	if (fixed)
		*fixed = next_fix(s, events, n, version);
	return true;
}

bool range_lists(const struct version_scheme *s, const struct sv *versions, size_t n,
		 struct sv version)
{
	for (size_t i = 0; i < n; i++)
		if (s->cmp(versions[i], version) == 0)
			return true;
	return false;
}
