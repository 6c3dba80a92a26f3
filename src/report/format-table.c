/* For people: packages with their flaws, worst first, then what was counted and what to do next. */
#include "report/format.h"

#include "base/clock.h"
#include "base/map.h"
#include "report/table.h"

#define INDENT        10
#define IDS_SHOWN     12
#define MEMBERS_SHOWN 8

static void put_os_and_size(struct table *t, const struct subject *s, uint64_t packages)
{
	auto_done(buf_done) struct buf b = {0};

	if (s->has_os)
		buf_sv(&b, s->os.name.n ? s->os.name : s->os.id);
	else
		buf_str(&b, "no operating system known");
	if (s->platform.n)
		buf_fmt(&b, ", %.*s", SV_ARG(s->platform));
	buf_str(&b, ", ");
	table_count(&b, packages, "package", "packages");
	if (s->layers.n) {
		buf_str(&b, ", ");
		table_count(&b, s->layers.n, "layer", "layers");
	}
	table_wrap(t, INK_NONE, 2, buf_view(&b));
	table_end_line(t);
}

static void put_eol(struct table *t, const struct subject *s)
{
	int64_t end;

	if (!clock_parse(s->os.eol, &end))
		return;
	if (end < t->r->time)
		table_fmt(t, INK_HIGH, "  the system gets no security updates since %.*s",
			  SV_ARG(s->os.eol));
	else
		table_fmt(t, INK_NONE, "  the system is maintained until %.*s", SV_ARG(s->os.eol));
	table_end_line(t);
}

static void put_subject(struct table *t, size_t index)
{
	const struct subject *s = &t->r->subjects.p[index];
	uint64_t packages = 0;

	for (size_t i = 0; i < t->r->packages.n; i++)
		packages += t->r->packages.p[i].subject == index;
	table_text(t, INK_BOLD, s->name.n ? s->name : s->id);
	table_fmt(t, INK_FAINT, " (%.*s%s%.*s)", SV_ARG(s->kind), s->scheme.n ? ", " : "",
		  SV_ARG(s->scheme));
	table_end_line(t);
	if (s->digest.n) {
		table_fmt(t, INK_FAINT, "  %.*s", SV_ARG(s->digest));
		table_end_line(t);
	}
	put_os_and_size(t, s, packages);
	put_eol(t, s);
	if (s->base_how.n) {
		table_fmt(t, INK_NONE, "  base image %.*s (known by %.*s)",
			  SV_ARG(s->base_name.n ? s->base_name : s->base_digest),
			  SV_ARG(s->base_how));
		table_end_line(t);
	}
	table_end_line(t);
}

static void put_severity(struct table *t, enum severity s)
{
	table_str(t, ink_of(s), severity_name(s));
	table_to(t, INDENT);
	if (t->column > INDENT)
		table_str(t, INK_NONE, " ");
}

static enum severity worst(const struct group *g)
{
	enum severity s = SEVERITIES;

	while (s > SEV_UNKNOWN + 1 && !g->by_severity[s - 1])
		s = (enum severity)(s - 1);
	return (enum severity)(s - 1);
}

static void put_id(struct table *t, const struct finding *f)
{
	const struct vulnerability *v = f->vuln;

	table_word(t, ink_of(f->severity), INDENT, f->id);
	if (v->has_kev)
		table_str(t, INK_CRITICAL, v->kev_ransomware ? " KEV!" : " KEV");
	if (v->has_epss && v->epss_score >= 0.1)
		table_fmt(t, INK_HIGH, " EPSS %.0f%%", v->epss_score * 100);
	if (v->malicious)
		table_str(t, INK_CRITICAL, " malicious");
	if (v->fixed_by_base)
		table_str(t, INK_GOOD, " base fixes");
}

/* The file that says it, or is it. */
static void put_file(struct table *t, const struct package *p)
{
	auto_done(buf_done) struct buf more = {0};

	if (p->locations.n > 1)
		buf_fmt(&more, " and %zu more", p->locations.n - 1);
	table_to(t, INDENT);
	table_str(t, INK_FAINT, "in ");
	table_path(t, INK_FAINT, p->locations.p[0].path, more.n);
	table_str(t, INK_FAINT, buf_cstr(&more));
	table_end_line(t);
}

/* Which packages of the source are there. */
static void put_members(struct table *t, const struct group *g)
{
	auto_done(buf_done) struct buf b = {0};

	if (g->members.n < 2)
		return;
	buf_str(&b, "packages");
	for (size_t i = 0; i < g->members.n && i < MEMBERS_SHOWN; i++)
		buf_fmt(&b, "%s %.*s", i ? "," : "", SV_ARG(g->members.p[i]->name));
	if (g->members.n > MEMBERS_SHOWN)
		buf_fmt(&b, " and %zu more", g->members.n - MEMBERS_SHOWN);
	table_to(t, INDENT);
	table_wrap(t, INK_FAINT, INDENT, buf_view(&b));
	table_end_line(t);
}

/* Where the package came from: base or added, layer, instruction, file. */
static void put_origin(struct table *t, const struct package *p)
{
	const struct subject *s =
		p->subject < t->r->subjects.n ? &t->r->subjects.p[p->subject] : NULL;
	auto_done(buf_done) struct buf b = {0};

	if (p->from_base != TRI_UNKNOWN)
		buf_str(&b, p->from_base == TRI_TRUE ? "from the base image" : "added");
	/* a directory or host has no layers that anybody made */
	bool image = s && p->layer < s->layers.n &&
		     (s->layers.n > 1 || s->layers.p[0].instruction.n || s->layers.p[0].digest.n);
	if (image) {
		buf_fmt(&b, "%slayer %zu", b.n ? ", " : "", p->layer);
		if (s->layers.p[p->layer].instruction.n)
			buf_fmt(&b, ": %.*s", SV_ARG(s->layers.p[p->layer].instruction));
	}
	if (b.n) {
		table_to(t, INDENT);
		table_text(t, INK_FAINT, buf_view(&b));
		table_end_line(t);
	}
	if (!pkg_types[p->type].os && p->locations.n)
		put_file(t, p);
}

static void put_package(struct table *t, const struct group *g)
{
	const struct package *p = g->package;

	put_severity(t, worst(g));
	table_text(t, INK_BOLD, group_name(g));
	table_fmt(t, INK_NONE, " %.*s", SV_ARG(p->version));
	if (g->fix.n)
		table_fmt(t, INK_GOOD, " \u2192 %.*s", SV_ARG(g->fix));
	else
		table_str(t, INK_FAINT, g->fixable ? "" : " (no fix)");
	if (g->fix.n && g->fixable < g->n)
		table_fmt(t, INK_FAINT, " (fixes %llu of %zu)", (unsigned long long)g->fixable,
			  g->n);
	table_fmt(t, INK_FAINT, "  %s", pkg_types[p->type].purl);
	table_end_line(t);
	for (size_t i = 0; i < g->n && i < IDS_SHOWN; i++)
		put_id(t, &t->r->findings.p[g->p[i]]);
	if (g->n > IDS_SHOWN) {
		auto_done(buf_done) struct buf more = {0};
		buf_fmt(&more, "+%zu more", g->n - IDS_SHOWN);
		table_word(t, INK_FAINT, INDENT, buf_view(&more));
	}
	table_end_line(t);
	put_members(t, g);
	put_origin(t, p);
}

/* One finding of a rule that is not about a package: message and place. */
static void put_place(struct table *t, const struct finding *f)
{
	auto_done(buf_done) struct buf b = {0};
	uint32_t line;
	struct sv file = view_file(t->r, f, &line);

	view_message(&b, t->r, f);
	if (f->state != STATE_FAIL)
		buf_fmt(&b, " (%s)", finding_state_name(f->state));
	table_to(t, INDENT);
	table_wrap(t, INK_NONE, INDENT, buf_view(&b));
	table_end_line(t);
	if (!f->scope.n && !file.n)
		return;
	buf_clear(&b);
	buf_sv(&b, f->scope);
	if (file.n)
		buf_fmt(&b, "%s%.*s", b.n ? " in " : "", SV_ARG(file));
	if (file.n && line)
		buf_fmt(&b, ":%u", line);
	table_to(t, INDENT);
	table_text(t, INK_FAINT, buf_view(&b));
	table_end_line(t);
}

static void put_rule(struct table *t, const struct group *g)
{
	const struct finding *first = &t->r->findings.p[g->p[0]];
	const struct rule_text *rule = report_rule(t->r, first->id);
	auto_done(buf_done) struct buf remedy = {0};

	put_severity(t, worst(g));
	table_text(t, INK_BOLD, first->id);
	if (rule && rule->title.n)
		table_fmt(t, INK_NONE, "  %.*s", SV_ARG(rule->title));
	table_end_line(t);
	for (size_t i = 0; i < g->n && i < IDS_SHOWN; i++)
		put_place(t, &t->r->findings.p[g->p[i]]);
	if (g->n > IDS_SHOWN) {
		table_to(t, INDENT);
		table_fmt(t, INK_FAINT, "+%zu more places", g->n - IDS_SHOWN);
		table_end_line(t);
	}
	view_remedy(&remedy, t->r, first);
	if (!remedy.n)
		return;
	table_to(t, INDENT);
	table_wrap(t, INK_GOOD, INDENT, buf_view(&remedy));
	table_end_line(t);
}

static void put_findings(struct table *t, size_t subject)
{
	auto_done(groups_done) struct groups all;

	groups_make(&all, t->r, subject);
	for (size_t i = 0; i < all.n; i++) {
		if (all.p[i].package)
			put_package(t, &all.p[i]);
		else
			put_rule(t, &all.p[i]);
	}
	if (all.n)
		table_end_line(t);
}

/* gabion sbom -o table: what is in it. */
static void put_packages(struct table *t, size_t subject)
{
	for (size_t i = 0; i < t->r->packages.n; i++) {
		const struct package *p = &t->r->packages.p[i];
		if (p->subject != subject)
			continue;
		table_str(t, INK_FAINT, pkg_types[p->type].purl);
		table_to(t, INDENT);
		table_text(t, INK_BOLD, p->name);
		table_fmt(t, INK_NONE, " %.*s", SV_ARG(p->version));
		if (!pkg_types[p->type].os && p->locations.n)
			table_fmt(t, INK_FAINT, "  %.*s", SV_ARG(p->locations.p[0].path));
		table_end_line(t);
	}
	table_end_line(t);
}

static void put_all(struct table *t)
{
	bool inventory = sv_is(t->r->command, "sbom");

	for (size_t i = 0; i < t->r->subjects.n; i++) {
		put_subject(t, i);
		if (inventory)
			put_packages(t, i);
		else
			put_findings(t, i);
	}
	put_findings(t, INDEX_NONE);
	table_end(t);
}

int format_table_write(const struct report *r, FILE *to, const struct report_style *style,
		       struct err *err)
{
	auto_done(table_done) struct table t = {
		.to = to,
		.r = r,
		.width = style->width ? style->width : 80,
		.color = style->color,
	};

	if (sv_is(r->command, "audit"))
		table_audit(&t);
	else
		put_all(&t);
	return ferror(to) ? err_sys(err, "cannot write the table") : 0;
}
