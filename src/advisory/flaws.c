/* Which flaws of a package its release's advisories know of, and whether this version has them. */
#include "advisory/match-int.h"

struct flaws {
	struct matcher *m;
	const struct package *p;
	const struct lookup *l;
	void (*fn)(void *arg, struct sv flaw, bool open);
	void *arg;
};

static int one_release(struct flaws *f, size_t release, struct err *err)
{
	struct sv rest;
	int rc = shard_package(f->l->shard, release, f->l->name, &rest, err);

	while (rc >= 0 && (rc = pack_next(&rest, &f->m->db->entry, err)) == 1) {
		const struct entry *e = &f->m->db->entry;
		const struct record_row *r;
		struct verdict v;
		rc = match_record(f->m, f->l->shard, e->record, &r, err);
		if (rc < 0)
			break;
		bool open = entry_affects(f->l->shard, e, f->p, f->l->version, &v);
		struct sv flaws = r->flaws.n ? r->flaws : r->id;
		while (flaws.n)
			f->fn(f->arg, sv_cut(&flaws, ' '), open);
	}
	return rc < 0 ? err_where(err, "%s", f->l->shard->path) : 0;
}

int match_flaws(struct db *db, const struct report *r, size_t package,
		void (*fn)(void *arg, struct sv flaw, bool open), void *arg, struct err *err)
{
	auto_done(arena_done) struct arena a;
	auto_done(matcher_done) struct matcher m = {0};
	/* as in match_explain(): texts live as long as this call */
	struct report own = *r;
	const struct package *p = &r->packages.p[package];
	struct lookup l;
	struct flaws f = {.m = &m, .p = p, .l = &l, .fn = fn, .arg = arg};

	arena_init(&a, 0);
	own.arena = &a;
	int rc = matcher_init(&m, db, &own, p->subject, NULL, err);
	if (rc >= 0)
		rc = match_lookup(&m, p, &l, err);
	if (rc < 0 || l.why)
		return rc < 0 ? rc : 0;
	for (size_t i = 0; rc >= 0 && i < l.releases_n; i++)
		rc = one_release(&f, l.releases[i], err);
	return rc < 0 ? rc : 0;
}
