/* The end of the table: counts, what is not shown, what was not judged. */
#include "report/format.h"

#include "report/table.h"

#define ERRORS_SHOWN 10

void table_sentence(struct table *t, enum ink ink, struct buf *b)
{
	if (!b->n)
		return;
	table_wrap(t, ink, 2, buf_view(b));
	table_end_line(t);
	buf_clear(b);
}

static bool all_was_judged(const struct report *r)
{
	return r->complete && !r->summary.uncovered.n && !r->summary.unread.n && r->packages.n;
}

static void put_fixable(struct buf *b, const struct summary *s)
{
	if (s->fixable == 0)
		buf_str(b, s->findings == 1 ? "no upgrade fixes it"
					    : "none of them can be fixed by an upgrade");
	else if (s->fixable == s->findings)
		buf_str(b, s->findings == 1 ? "an upgrade fixes it"
					    : "all of them can be fixed by an upgrade");
	else
		buf_fmt(b, "%llu of them can be fixed by an upgrade",
			(unsigned long long)s->fixable);
}

/* Packages that advisory data covers. */
static uint64_t judged(const struct summary *s)
{
	uint64_t n = s->packages;

	for (size_t i = 0; i < s->uncovered.n; i++)
		n -= s->uncovered.p[i].n < n ? s->uncovered.p[i].n : n;
	return n;
}

static void put_no_findings(struct table *t)
{
	const struct summary *s = &t->r->summary;
	bool all = all_was_judged(t->r);
	auto_done(buf_done) struct buf b = {0};

	if (judged(s) == 0) {
		buf_str(&b, "Nothing was judged: ");
		table_count(&b, s->packages, "package", "packages");
		table_sentence(t, INK_MEDIUM, &b);
		return;
	}
	buf_str(&b, all ? "No findings in " : "No findings in what was judged: ");
	if (judged(s) < s->packages)
		buf_fmt(&b, "%llu of ", (unsigned long long)judged(s));
	table_count(&b, s->packages, "package", "packages");
	table_sentence(t, all ? INK_GOOD : INK_NONE, &b);
}

static void put_counts(struct table *t)
{
	const struct summary *s = &t->r->summary;
	auto_done(buf_done) struct buf b = {0};

	if (s->findings == 0 && t->r->db_age_days < 0 && s->packages) {
		buf_str(&b, "Without advisory data nothing was judged: ");
		table_count(&b, s->packages, "package", "packages");
		table_sentence(t, INK_MEDIUM, &b);
		return;
	}
	if (s->findings == 0) {
		put_no_findings(t);
		return;
	}
	table_count(&b, s->findings, "finding", "findings");
	buf_str(&b, ": ");
	table_levels(&b, s->by_severity);
	table_sentence(t, INK_BOLD, &b);
	put_fixable(&b, s);
	if (s->kev)
		buf_fmt(&b, ", %llu %s exploited in the wild (KEV)", (unsigned long long)s->kev,
			s->kev == 1 ? "is" : "are");
	if (s->from_base || s->added)
		buf_fmt(&b, ", %llu from the base image, %llu added",
			(unsigned long long)s->from_base, (unsigned long long)s->added);
	if (s->without_severity)
		buf_fmt(&b, ", %llu without a severity", (unsigned long long)s->without_severity);
	table_sentence(t, INK_NONE, &b);
}

void table_hidden(struct table *t)
{
	const struct report *r = t->r;
	auto_done(buf_done) struct buf b = {0};

	if (r->config_used) {
		buf_fmt(&b, "Options from %.*s of the working directory are in force.",
			SV_ARG(r->config_path));
		table_sentence(t, INK_NONE, &b);
	}
	if (r->waived.n) {
		table_count(&b, r->waived.n, "finding is", "findings are");
		buf_str(&b, " waived.");
		table_sentence(t, INK_NONE, &b);
	}
	for (size_t i = 0; i < r->filters.n; i++) {
		const struct filter *f = &r->filters.p[i];
		table_count(&b, f->hidden, "finding is", "findings are");
		buf_fmt(&b, " hidden by --%.*s", SV_ARG(f->option));
		if (!sv_is(f->value, "true"))
			buf_fmt(&b, " %.*s", SV_ARG(f->value));
		buf_char(&b, '.');
		table_sentence(t, INK_NONE, &b);
	}
}

static void put_list(struct buf *b, const struct count *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "%s%llu %.*s", i ? ", " : "", (unsigned long long)p[i].n,
			SV_ARG(p[i].name));
}

static bool same_error(const struct report_error *a, const struct report_error *b)
{
	return a->weight == b->weight && sv_eq(a->message, b->message) && sv_eq(a->hint, b->hint);
}

/* Equal messages about different files are one, at the first of them. */
static bool is_first(const struct report *r, size_t i, uint64_t *alike)
{
	for (size_t k = 0; k < i; k++)
		if (same_error(&r->errors.p[k], &r->errors.p[i]))
			return false;
	*alike = 0;
	for (size_t k = i + 1; k < r->errors.n; k++)
		*alike += same_error(&r->errors.p[k], &r->errors.p[i]);
	return true;
}

static void put_error(struct table *t, const struct report_error *e, uint64_t alike)
{
	auto_done(buf_done) struct buf b = {0};

	buf_str(&b, e->weight == WEIGHT_FATAL ? "Error: " : "Note: ");
	if (e->where.n)
		buf_fmt(&b, "%.*s: ", SV_ARG(e->where));
	buf_sv(&b, e->message);
	if (e->hint.n)
		buf_fmt(&b, "; %.*s", SV_ARG(e->hint));
	if (alike)
		buf_fmt(&b, " (and %llu more of this kind)", (unsigned long long)alike);
	table_sentence(t, e->weight == WEIGHT_FATAL ? INK_HIGH : INK_NONE, &b);
}

/* Fatal ones first: notes never push them out of sight. */
void table_errors(struct table *t)
{
	static const enum error_weight order[] = {WEIGHT_FATAL, WEIGHT_NOTE};
	const struct report *r = t->r;
	auto_done(buf_done) struct buf b = {0};
	size_t shown = 0;
	uint64_t told = 0;

	for (size_t w = 0; w < ARRAY_LEN(order); w++) {
		for (size_t i = 0; i < r->errors.n && shown < ERRORS_SHOWN; i++) {
			uint64_t alike;
			if (r->errors.p[i].weight != order[w] || !is_first(r, i, &alike))
				continue;
			put_error(t, &r->errors.p[i], alike);
			shown++;
			told += 1 + alike;
		}
	}
	if (told == r->errors.n)
		return;
	buf_fmt(&b, "and %llu other errors and notes; -o json lists all",
		(unsigned long long)(r->errors.n - told));
	table_sentence(t, INK_NONE, &b);
}

static void put_unjudged(struct table *t)
{
	const struct report *r = t->r;
	auto_done(buf_done) struct buf b = {0};

	if (r->summary.uncovered.n) {
		buf_str(&b, "Not judged, no advisory data covers them: ");
		put_list(&b, r->summary.uncovered.p, r->summary.uncovered.n);
		table_sentence(t, INK_MEDIUM, &b);
	}
	if (r->summary.unread.n) {
		buf_str(&b, "Not read, files of types that gabion does not know yet: ");
		put_list(&b, r->summary.unread.p, r->summary.unread.n);
		table_sentence(t, INK_MEDIUM, &b);
	}
	table_errors(t);
	if (!r->complete) {
		buf_str(&b, "The result is incomplete: not everything could be judged.");
		table_sentence(t, INK_HIGH, &b);
	}
	if (r->db_age_days > 30) {
		buf_fmt(&b, "The advisory data is %lld days old: gabion db update",
			(long long)r->db_age_days);
		table_sentence(t, INK_MEDIUM, &b);
	}
}

void table_end(struct table *t)
{
	bool inventory = sv_is(t->r->command, "sbom");

	if (!t->r->subjects.n && !t->r->findings.n) {
		table_str(t, INK_MEDIUM, "  Nothing was judged.");
		table_end_line(t);
		table_errors(t);
		return;
	}
	if (!inventory) {
		put_counts(t);
		table_hidden(t);
	}
	put_unjudged(t);
	if (!inventory)
		table_next(t);
}
