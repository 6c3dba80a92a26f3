/* The end of the table: counts, what is not shown, what was not judged, what to do next. */
#include "report/format.h"

#include <stdlib.h>

#include "base/map.h"
#include "report/table.h"

#define ERRORS_SHOWN 10
#define STEPS_SHOWN 5

static void sentence(struct table *t, enum ink ink, struct buf *b)
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

static void put_counts(struct table *t)
{
	const struct summary *s = &t->r->summary;
	auto_done(buf_done) struct buf b = {0};

	if (s->findings == 0 && t->r->db_age_days < 0 && s->packages) {
		buf_str(&b, "Without advisory data nothing was judged: ");
		table_count(&b, s->packages, "package", "packages");
		sentence(t, INK_MEDIUM, &b);
		return;
	}
	if (s->findings == 0) {
		buf_str(&b, "No findings");
		buf_str(&b, all_was_judged(t->r) ? " in " : " in what was judged: ");
		table_count(&b, s->packages, "package", "packages");
		sentence(t, all_was_judged(t->r) ? INK_GOOD : INK_NONE, &b);
		return;
	}
	table_count(&b, s->findings, "finding", "findings");
	buf_str(&b, ": ");
	table_levels(&b, s->by_severity);
	sentence(t, INK_BOLD, &b);
	buf_fmt(&b, "%llu of them can be fixed by an upgrade", (unsigned long long)s->fixable);
	if (s->kev)
		buf_fmt(&b, ", %llu %s exploited in the wild (KEV)", (unsigned long long)s->kev, s->kev == 1 ? "is" : "are");
	if (s->from_base || s->added)
		buf_fmt(&b, ", %llu from the base image, %llu added", (unsigned long long)s->from_base,
			(unsigned long long)s->added);
	if (s->without_severity)
		buf_fmt(&b, ", %llu without a severity", (unsigned long long)s->without_severity);
	sentence(t, INK_NONE, &b);
}

static void put_hidden(struct table *t)
{
	const struct report *r = t->r;
	auto_done(buf_done) struct buf b = {0};

	if (r->config_used) {
		buf_fmt(&b, "Options from %.*s of the working directory are in force.", SV_ARG(r->config_path));
		sentence(t, INK_NONE, &b);
	}
	if (r->waived.n) {
		table_count(&b, r->waived.n, "finding is", "findings are");
		buf_str(&b, " waived.");
		sentence(t, INK_NONE, &b);
	}
	for (size_t i = 0; i < r->filters.n; i++) {
		const struct filter *f = &r->filters.p[i];
		table_count(&b, f->hidden, "finding is", "findings are");
		buf_fmt(&b, " hidden by --%.*s", SV_ARG(f->option));
		if (!sv_is(f->value, "true"))
			buf_fmt(&b, " %.*s", SV_ARG(f->value));
		buf_char(&b, '.');
		sentence(t, INK_NONE, &b);
	}
}

static void put_list(struct buf *b, const struct count *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "%s%llu %.*s", i ? ", " : "", (unsigned long long)p[i].n, SV_ARG(p[i].name));
}

static void put_unjudged(struct table *t)
{
	const struct report *r = t->r;
	auto_done(buf_done) struct buf b = {0};

	if (r->summary.uncovered.n) {
		buf_str(&b, "Not judged, no advisory data covers them: ");
		put_list(&b, r->summary.uncovered.p, r->summary.uncovered.n);
		sentence(t, INK_MEDIUM, &b);
	}
	if (r->summary.unread.n) {
		buf_str(&b, "Not read, files of types that gabion does not know yet: ");
		put_list(&b, r->summary.unread.p, r->summary.unread.n);
		sentence(t, INK_MEDIUM, &b);
	}
	for (size_t i = 0; i < r->errors.n && i < ERRORS_SHOWN; i++) {
		const struct report_error *e = &r->errors.p[i];
		buf_str(&b, e->weight == WEIGHT_FATAL ? "Error: " : "Note: ");
		if (e->where.n)
			buf_fmt(&b, "%.*s: ", SV_ARG(e->where));
		buf_sv(&b, e->message);
		if (e->hint.n)
			buf_fmt(&b, "; %.*s", SV_ARG(e->hint));
		sentence(t, e->weight == WEIGHT_FATAL ? INK_HIGH : INK_NONE, &b);
	}
	if (r->errors.n > ERRORS_SHOWN) {
		buf_fmt(&b, "and %zu more; -o json lists all", r->errors.n - ERRORS_SHOWN);
		sentence(t, INK_NONE, &b);
	}
	if (!r->complete) {
		buf_str(&b, "The result is incomplete: not everything could be judged.");
		sentence(t, INK_HIGH, &b);
	}
	if (r->db_age_days > 30) {
		buf_fmt(&b, "The advisory data is %lld days old: gabion db update", (long long)r->db_age_days);
		sentence(t, INK_MEDIUM, &b);
	}
}

/* An upgrade and how many findings it ends, over all copies of the package. */
struct step {
	struct sv name, version;
	uint64_t fixes, bad; /* bad: critical and high among them */
};

static int step_cmp(const void *pa, const void *pb)
{
	const struct step *a = pa, *b = pb;

	if (a->bad != b->bad)
		return a->bad > b->bad ? -1 : 1;
	if (a->fixes != b->fixes)
		return a->fixes > b->fixes ? -1 : 1;
	int c = sv_cmp(a->name, b->name);
	return c ? c : sv_cmp(a->version, b->version);
}

static void step_name(struct buf *b, const struct step *s)
{
	buf_fmt(b, "upgrade %.*s to %.*s (ends %llu)", SV_ARG(s->name), SV_ARG(s->version), (unsigned long long)s->fixes);
}

static void put_steps(struct table *t, size_t subject)
{
	auto_done(groups_done) struct groups all;
	struct {
		struct step *p;
		size_t n, cap;
	} steps = {0};

	groups_make(&all, t->r, subject);
	for (size_t i = 0; i < all.n; i++) {
		const struct group *g = &all.p[i];
		if (g->fix.n && g->package->from_base != TRI_TRUE)
			*VEC_PUSH(&steps) = (struct step){g->package->name, g->fix, g->fixable,
							  g->by_severity[SEV_CRITICAL] + g->by_severity[SEV_HIGH]};
	}
	if (steps.n)
		qsort(steps.p, steps.n, sizeof *steps.p, step_cmp);
	for (size_t i = 0; i < steps.n && i < STEPS_SHOWN; i++) {
		auto_done(buf_done) struct buf b = {0};
		step_name(&b, &steps.p[i]);
		table_str(t, INK_NONE, "  ");
		table_wrap(t, INK_NONE, 4, buf_view(&b));
		table_end_line(t);
	}
	if (steps.n > STEPS_SHOWN) {
		table_fmt(t, INK_NONE, "  and upgrade %zu more packages", steps.n - STEPS_SHOWN);
		table_end_line(t);
	}
	vec_done(&steps);
}

/* Fixed versions exist for packages of the base image: a newer base is the way to get them. */
static void put_base_step(struct table *t, size_t subject)
{
	const struct subject *s = &t->r->subjects.p[subject];
	auto_done(buf_done) struct buf b = {0};
	uint64_t fixable = 0, by_base = 0;

	for (size_t i = 0; i < t->r->findings.n; i++) {
		const struct finding *f = &t->r->findings.p[i];
		if (f->subject != subject || !f->vuln || f->from_base != TRI_TRUE)
			continue;
		fixable += f->vuln->fix_state == FIX_FIXED;
		by_base += f->vuln->fixed_by_base;
	}
	if (!fixable)
		return;
	buf_str(&b, "rebuild on a newer base image");
	if (s->base_name.n)
		buf_fmt(&b, " (now %.*s)", SV_ARG(s->base_name));
	buf_fmt(&b, ": %llu findings of the base have a fix", (unsigned long long)fixable);
	if (by_base)
		buf_fmt(&b, ", its current version ends %llu", (unsigned long long)by_base);
	table_str(t, INK_NONE, "  ");
	table_wrap(t, INK_NONE, 4, buf_view(&b));
	table_end_line(t);
}

/* A word for a shell: quoted unless it is plain. */
static void put_argument(struct buf *b, struct sv v)
{
	bool plain = v.n > 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			 (c && strchr("-_./:@+=,%", c));
	}
	if (plain) {
		buf_sv(b, v);
		return;
	}
	buf_char(b, '\'');
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '\'')
			buf_str(b, "'\\''");
		else
			buf_char(b, v.p[i]);
	}
	buf_char(b, '\'');
}

/* The one at the top of the table. */
static const struct finding *worst_finding(const struct report *r)
{
	for (size_t i = 0; i < r->subjects.n; i++) {
		auto_done(groups_done) struct groups all;
		groups_make(&all, r, i);
		if (all.n)
			return &r->findings.p[all.p[0].p[0]];
	}
	return &r->findings.p[0];
}

static void put_next(struct table *t)
{
	const struct report *r = t->r;
	auto_done(buf_done) struct buf b = {0};

	if (r->summary.findings == 0)
		return;
	table_str(t, INK_BOLD, "Next:");
	table_end_line(t);
	for (size_t i = 0; i < r->subjects.n; i++) {
		put_base_step(t, i);
		put_steps(t, i);
	}
	const struct finding *first = worst_finding(r);
	const struct subject *s = view_subject(r, first);
	buf_str(&b, "gabion explain ");
	put_argument(&b, first->id);
	if (s && s->name.n) {
		buf_char(&b, ' ');
		put_argument(&b, s->name);
	}
	buf_str(&b, "  says why");
	table_str(t, INK_NONE, "  ");
	table_wrap(t, INK_NONE, 4, buf_view(&b));
	table_end_line(t);
}

void table_end(struct table *t)
{
	bool inventory = sv_is(t->r->command, "sbom");

	if (!inventory) {
		put_counts(t);
		put_hidden(t);
	}
	put_unjudged(t);
	if (!inventory)
		put_next(t);
}
