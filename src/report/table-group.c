#include "base/base.h"

#include <stdlib.h>

#include "advisory/version.h"
#include "base/map.h"
#include "report/table.h"

/* One group for the copies of a package, whoever owns them; findings of rules are grouped by id. */
static struct sv key_of(struct arena *a, const struct report *r, const struct finding *f)
{
	const struct package *p = view_package(r, f);

	if (!p)
		return arena_fmt(a, "%d|%.*s", (int)f->kind, SV_ARG(f->id));
	return arena_fmt(a, "%d|%.*s|%.*s|%.*s", (int)p->type, SV_ARG(p->ns), SV_ARG(p->name), SV_ARG(p->version));
}

/* The smallest fix above what is installed; a record may name one for each branch. */
static struct sv fix_for(const struct version_scheme *s, const struct package *p, const struct vulnerability *v)
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
	/* copies of a package have the same flaws: one mention is enough */
	for (size_t i = 0; g->package && i < g->n; i++)
		if (sv_eq(r->findings.p[g->p[i]].id, f->id))
			return;
	*VEC_PUSH(g) = index;
	g->by_severity[f->severity]++;
	g->kev += f->vuln && f->vuln->has_kev;
	if (!g->package || f->vuln->fix_state != FIX_FIXED)
		return;
	g->fixable++;
	const struct version_scheme *s = version_scheme_find(sv_of(pkg_types[g->package->type].scheme));
	struct sv fix = fix_for(s, g->package, f->vuln);
	if (fix.n && (!g->fix.n || (s && s->cmp(fix, g->fix) > 0)))
		g->fix = fix;
}

static int group_cmp(const void *pa, const void *pb, void *arg)
{
	const struct group *a = pa, *b = pb;
	const struct report *r = arg;

	for (size_t s = SEVERITIES; s-- > 1;)
		if (a->by_severity[s] != b->by_severity[s])
			return a->by_severity[s] > b->by_severity[s] ? -1 : 1;
	if (a->kev != b->kev)
		return a->kev > b->kev ? -1 : 1;
	/* findings are sorted already: the order of their first one decides the rest */
	(void)r;
	return a->p[0] < b->p[0] ? -1 : 1;
}

void groups_make(struct groups *all, const struct report *r, size_t subject)
{
	*all = (struct groups){0};
	arena_init(&all->arena, 0);
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.p[i].subject == subject)
			add(all, r, i);
	if (all->n)
		qsort_r(all->p, all->n, sizeof *all->p, group_cmp, (void *)(uintptr_t)r);
}

void groups_done(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++)
		vec_done(&g->p[i]);
	vec_done(g);
	map_done(&g->index);
	arena_done(&g->arena);
}
