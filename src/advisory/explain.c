/* `explain`: why a record does or does not hold for a package. */
#include "advisory/match-int.h"

struct explain {
	struct matcher *m;
	const struct package *p;
	struct lookup l;
	struct sv id;
	void (*fn)(void *arg, const struct match_reason *why);
	void *arg;
	size_t told;
};

static bool names_id(const struct record_row *r, struct sv id)
{
	const struct sv lists[] = {r->id, r->flaws, r->aliases};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct sv rest = lists[i];
		while (rest.n)
			if (sv_ieq(sv_cut(&rest, ' '), id))
				return true;
	}
	return false;
}

static void tell(struct explain *x, struct match_reason *why)
{
	why->name = x->l.name;
	why->version = x->l.version;
	if (x->l.shard) {
		why->ecosystem = x->l.shard->name;
		why->scheme = x->l.shard->eco->scheme;
	}
	x->told++;
	x->fn(x->arg, why);
}

static int one_entry(struct explain *x, size_t release, const struct entry *e, struct err *err)
{
	auto_done(buf_done) struct buf ranges = {0}, range = {0};
	const struct record_row *r;
	struct verdict v;
	int rc = match_record(x->m, x->l.shard, e->record, &r, err);

	if (rc < 0 || !names_id(r, x->id))
		return rc;
	entry_ranges(e, &ranges);
	struct match_reason why = {
		.release = x->l.shard->releases.p[release],
		.record = r->id,
		.feed = r->feed,
		.flaws = r->flaws.n ? r->flaws : r->id,
		.aliases = r->aliases,
		.ranges = buf_view(&ranges),
	};
	why.affected = entry_affects(x->l.shard, e, x->p, x->l.version, &v);
	if (why.affected && v.range)
		range_text(v.range, &range);
	why.range = buf_view(&range);
	why.why = !why.affected ? "the version is in no affected range"
		  : v.range     ? "the version is in an affected range"
				: "the version is listed";
	tell(x, &why);
	return 0;
}

static int one_release(struct explain *x, size_t release, struct err *err)
{
	struct sv rest;
	int rc = shard_package(x->l.shard, release, x->l.name, &rest, err);

	while (rc >= 0 && (rc = pack_next(&rest, &x->m->db->entry, err)) == 1)
		rc = one_entry(x, release, &x->m->db->entry, err);
	return rc;
}

int match_explain(struct db *db, const struct report *r, size_t package, struct sv id,
		  void (*fn)(void *arg, const struct match_reason *why), void *arg, struct err *err)
{
	auto_done(arena_done) struct arena a;
	auto_done(matcher_done) struct matcher m = {0};
	/* the matcher keeps texts in the report's arena: here in one that ends with this call */
	struct report own = *r;
	const struct package *p = &r->packages.p[package];
	struct explain x = {.m = &m, .p = p, .id = id, .fn = fn, .arg = arg};

	arena_init(&a, 0);
	own.arena = &a;
	int rc = matcher_init(&m, db, &own, p->subject, NULL, err);
	if (rc >= 0)
		rc = match_lookup(&m, p, &x.l, err);
	if (rc >= 0 && x.l.why) {
		tell(&x, &(struct match_reason){.why = x.l.why});
		return 0;
	}
	for (size_t i = 0; rc >= 0 && i < x.l.releases_n; i++)
		rc = one_release(&x, x.l.releases[i], err);
	if (rc >= 0 && x.told == 0)
		tell(&x, &(struct match_reason){.why = "no record of that id names this package"});
	return rc;
}
