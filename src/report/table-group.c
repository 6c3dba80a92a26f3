#include "base/base.h"

#include <stdlib.h>

#include "advisory/version.h"
#include "base/map.h"
#include "report/table.h"

static bool has_source(const struct package *p)
{
	return (p->type == PKG_DEB || p->type == PKG_APK) && p->source_name.n;
}

/* One group for the copies of a package, whoever owns them; findings of rules are grouped by id. */
static struct sv key_of(struct arena *a, const struct report *r, const struct finding *f)
{
	const struct package *p = view_package(r, f);

	if (!p)
		return arena_fmt(a, "%d|%.*s", (int)f->kind, SV_ARG(f->id));
	if (p->type == PKG_DEB || p->type == PKG_APK) {
		bool named = has_source(p);
		struct sv name = named ? p->source_name : p->name;
		return arena_fmt(a, "%d|%d|%.*s|%.*s|%.*s", (int)p->type, (int)p->from_base,
				 SV_ARG(p->ns), SV_ARG(name), SV_ARG(p->version));
	}
	return arena_fmt(a, "%d|%.*s|%.*s|%.*s", (int)p->type, SV_ARG(p->ns), SV_ARG(p->name),
			 SV_ARG(p->version));
}

/* The smallest fix above what is installed; a record may name one for each branch. */
static struct sv fix_for(const struct version_scheme *s, const struct package *p,
			 const struct vulnerability *v)
{
	struct sv best = {0};

	for (size_t i = 0; i < v->fix_versions.n; i++) {
		struct sv one = v->fix_versions.p[i];
		if (s && s->cmp(one, p->version) <= 0)
			continue;
		if (!best.n || (s && s->cmp(one, best) < 0))
			best = one;
	}
	return best;
}

/* False when the group has this flaw already: of another copy, or of another package of the source.
 */
static bool is_new(struct groups *all, size_t group, struct sv id)
{
	bool made;

	(void)map_put(&all->flaws, arena_fmt(&all->arena, "%zu|%.*s", group, SV_ARG(id)), &made);
	return made;
}

static void add_member(struct group *g, const struct package *p)
{
	for (size_t i = g->members.n; i-- > 0;)
		if (sv_eq(g->members.p[i]->name, p->name))
			return;
	*VEC_PUSH(&g->members) = p;
}

static void add(struct groups *all, const struct report *r, size_t index)
{
	const struct finding *f = &r->findings.p[index];
	bool made;
	struct map_entry *e = map_put(&all->index, key_of(&all->arena, r, f), &made);

	if (made) {
		e->num = all->n;
		*VEC_PUSH(all) = (struct group){.package = view_package(r, f)};
	}
	struct group *g = &all->p[e->num];
	if (g->package) {
		add_member(g, view_package(r, f));
		g->ends += f->vuln->fix_state == FIX_FIXED;
		if (!is_new(all, e->num, f->id))
			return;
	}
	*VEC_PUSH(g) = index;
	g->by_severity[f->severity]++;
	g->kev += f->vuln && f->vuln->has_kev;
	if (!g->package || f->vuln->fix_state != FIX_FIXED)
		return;
	g->fixable++;
	const struct version_scheme *s =
		version_scheme_find(sv_of(pkg_types[g->package->type].scheme));
	struct sv fix = fix_for(s, g->package, f->vuln);
	if (fix.n && (!g->fix.n || (s && s->cmp(fix, g->fix) > 0)))
		g->fix = fix;
}

/* What is exploited counts as high at least, whatever its feed says. */
static enum severity rank_of(const struct finding *f)
{
	return f->vuln && f->vuln->has_kev && f->severity < SEV_HIGH ? SEV_HIGH : f->severity;
}

static int finding_cmp(const void *pa, const void *pb, void *arg)
{
	const size_t *a = pa, *b = pb;
	const struct report *r = arg;
	const struct finding *fa = &r->findings.p[*a], *fb = &r->findings.p[*b];
	bool ka = fa->vuln && fa->vuln->has_kev, kb = fb->vuln && fb->vuln->has_kev;

	if (rank_of(fa) != rank_of(fb))
		return rank_of(fa) > rank_of(fb) ? -1 : 1;
	if (ka != kb)
		return ka ? -1 : 1;
	/* the report's own order decides the rest */
	return *a < *b ? -1 : 1;
}

static int group_cmp(const void *pa, const void *pb, void *arg)
{
	const struct group *a = pa, *b = pb;
	const struct report *r = arg;
	enum severity ra = rank_of(&r->findings.p[a->p[0]]), rb = rank_of(&r->findings.p[b->p[0]]);

	if (ra != rb)
		return ra > rb ? -1 : 1;
	if (a->kev != b->kev)
		return a->kev > b->kev ? -1 : 1;
	for (size_t s = SEVERITIES; s-- > 0;)
		if (a->by_severity[s] != b->by_severity[s])
			return a->by_severity[s] > b->by_severity[s] ? -1 : 1;
	return a->p[0] < b->p[0] ? -1 : 1;
}

void groups_make(struct groups *all, const struct report *r, size_t subject)
{
	*all = (struct groups){0};
	arena_init(&all->arena, 0);
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.p[i].subject == subject)
			add(all, r, i);
	for (size_t i = 0; i < all->n; i++)
		qsort_r(all->p[i].p, all->p[i].n, sizeof *all->p[i].p, finding_cmp,
			(void *)(uintptr_t)r);
	if (all->n)
		qsort_r(all->p, all->n, sizeof *all->p, group_cmp, (void *)(uintptr_t)r);
}

void groups_done(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++) {
		vec_done(&g->p[i].members);
		vec_done(&g->p[i]);
	}
	vec_done(g);
	map_done(&g->index);
	map_done(&g->flaws);
	arena_done(&g->arena);
}

struct sv group_name(const struct group *g)
{
	return g->members.n > 1 && has_source(g->package) ? g->package->source_name
							  : g->package->name;
}
