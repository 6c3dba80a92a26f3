/* What to do next: the steps that end most findings, a line each. */
#include "report/format.h"

#include <stdlib.h>

#include "base/map.h"
#include "report/table.h"

#define STEPS_SHOWN 5

/* An upgrade and how many findings it ends, over all copies of the package. */
struct step {
	struct sv name, version;
	uint64_t fixes, bad; /* bad: critical and high among them */
};

struct steps {
	struct step *p;
	size_t n, cap;
};

static void put_line(struct table *t, struct sv text)
{
	table_str(t, INK_NONE, "  ");
	table_wrap(t, INK_NONE, 4, text);
	table_end_line(t);
}

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

/* Packages of the distribution are upgraded by its own program, all at once. */
static bool by_distribution(const struct report *r, const struct group *g)
{
	return pkg_types[g->package->type].os && g->package->subject < r->subjects.n &&
	       r->subjects.p[g->package->subject].has_os &&
	       !sv_is(r->subjects.p[g->package->subject].kind, "package");
}

/* Other versions of a package that end in the same one are one step. */
static void add_step(struct steps *steps, struct map *index, const struct group *g)
{
	auto_done(buf_done) struct buf key = {0};
	bool made;

	buf_fmt(&key, "%d|%.*s|%.*s|%.*s", (int)g->package->type, SV_ARG(g->package->ns),
		SV_ARG(g->package->name), SV_ARG(g->fix));
	struct map_entry *e = map_put(index, buf_view(&key), &made);
	if (made) {
		e->num = steps->n;
		*VEC_PUSH(steps) = (struct step){.name = group_name(g), .version = g->fix};
	}
	struct step *s = &steps->p[e->num];
	s->fixes += g->ends;
	s->bad += g->by_severity[SEV_CRITICAL] + g->by_severity[SEV_HIGH];
}

static void put_steps(struct table *t, struct steps *steps)
{
	auto_done(buf_done) struct buf b = {0};

	if (steps->n)
		qsort(steps->p, steps->n, sizeof *steps->p, step_cmp);
	for (size_t i = 0; i < steps->n && i < STEPS_SHOWN; i++) {
		const struct step *s = &steps->p[i];
		buf_fmt(&b, "upgrade %.*s to %.*s (ends %llu)", SV_ARG(s->name), SV_ARG(s->version),
			(unsigned long long)s->fixes);
		put_line(t, buf_view(&b));
		buf_clear(&b);
	}
	if (steps->n <= STEPS_SHOWN)
		return;
	buf_str(&b, "and upgrade ");
	table_count(&b, steps->n - STEPS_SHOWN, "more package", "more packages");
	put_line(t, buf_view(&b));
}

/* The command of the distribution's package manager. */
static const char *manager_of(const struct subject *s, enum pkg_type type, bool image)
{
	static const struct {
		const char *os;
		const char *command;
	} rpm[] = {
		{"sles", "zypper update"},     {"sle", "zypper update"},
		{"opensuse", "zypper update"}, {"suse", "zypper update"},
		{"mariner", "tdnf upgrade"},   {"azurelinux", "tdnf upgrade"},
		{"photon", "tdnf upgrade"},
	};

	if (type == PKG_APK)
		return image ? "apk upgrade --no-cache" : "apk upgrade";
	if (type == PKG_DEB)
		return image ? "apt-get update && apt-get -y upgrade"
			     : "apt-get update && apt-get upgrade";
	for (size_t i = 0; i < ARRAY_LEN(rpm); i++)
		if (sv_starts(s->os.id, sv_of(rpm[i].os)))
			return rpm[i].command;
	return "dnf upgrade";
}

struct distribution {
	uint64_t packages, fixes;
	enum pkg_type type;
};

static void put_distribution(struct table *t, size_t subject, const struct distribution *d)
{
	const struct subject *s = &t->r->subjects.p[subject];
	bool image = sv_is(s->kind, "image");
	auto_done(buf_done) struct buf b = {0};

	if (!d->packages)
		return;
	buf_fmt(&b, "%s%s (", image ? "RUN " : "", manager_of(s, d->type, image));
	table_count(&b, d->packages, "package", "packages");
	buf_fmt(&b, ", ends %llu)", (unsigned long long)d->fixes);
	put_line(t, buf_view(&b));
}

static void put_upgrades(struct table *t, size_t subject)
{
	auto_done(groups_done) struct groups all;
	auto_done(map_done) struct map index = {0};
	struct distribution d = {0};
	struct steps steps = {0};

	groups_make(&all, t->r, subject);
	for (size_t i = 0; i < all.n; i++) {
		const struct group *g = &all.p[i];
		if (!g->fix.n || g->package->from_base == TRI_TRUE)
			continue;
		if (!by_distribution(t->r, g)) {
			add_step(&steps, &index, g);
			continue;
		}
		d.packages += g->members.n;
		d.fixes += g->ends;
		d.type = g->package->type;
	}
	put_distribution(t, subject, &d);
	put_steps(t, &steps);
	vec_done(&steps);
}

/* Fixed versions exist for packages of the base image: a newer base is the way to get them. */
static void put_base(struct table *t, size_t subject)
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
	buf_str(&b, ": ");
	table_count(&b, fixable, "finding of the base has", "findings of the base have");
	buf_str(&b, " a fix");
	if (by_base)
		buf_fmt(&b, ", its current version ends %llu", (unsigned long long)by_base);
	put_line(t, buf_view(&b));
}

/* A word for a shell: quoted unless it is plain. */
static void put_argument(struct buf *b, struct sv v)
{
	bool plain = v.n > 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			 (c >= '0' && c <= '9') || (c && strchr("-_./:@+=,%", c));
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

void table_next(struct table *t)
{
	const struct report *r = t->r;
	auto_done(buf_done) struct buf b = {0};

	if (r->summary.findings == 0)
		return;
	table_str(t, INK_BOLD, "Next:");
	table_end_line(t);
	for (size_t i = 0; i < r->subjects.n; i++) {
		put_base(t, i);
		put_upgrades(t, i);
	}
	const struct finding *first = worst_finding(r);
	const struct subject *s = view_subject(r, first);
	buf_str(&b, "see why: gabion explain ");
	put_argument(&b, first->id);
	if (s && s->name.n) {
		buf_char(&b, ' ');
		put_argument(&b, s->name);
	}
	put_line(t, buf_view(&b));
}
