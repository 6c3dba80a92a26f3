/* `db search`: records by package name, by any id, by purl. */
#include "advisory/db-int.h"

struct search {
	struct db *db;
	struct arena arena; /* of one hit */
	int (*fn)(void *arg, const struct db_hit *hit);
	void *arg;
	int hits;
	bool stop;
};

static int one_hit(struct search *f, struct shard_db *s, size_t release, struct sv name,
		   const struct entry *e, struct err *err)
{
	auto_done(buf_done) struct buf ranges = {0};
	struct record_row row;
	int rc = shard_record(s, e->record, &f->arena, &row, err);

	if (rc < 0)
		return rc;
	entry_ranges(e, &ranges);
	struct db_hit hit = {
		.ecosystem = s->name,
		.release = release < s->releases.n ? s->releases.p[release] : (struct sv){0},
		.name = name,
		.record = row.id,
		.feed = row.feed,
		.flaws = row.flaws.n ? row.flaws : row.id,
		.aliases = row.aliases,
		.summary = row.summary,
		.published = row.published,
		.modified = row.modified,
		.ranges = buf_view(&ranges),
		.scheme = s->eco ? s->eco->scheme : NULL,
		.severity = e->has_severity ? e->severity : row.severity,
		.severity_source = e->has_severity ? s->name : row.severity_source,
	};
	f->hits++;
	f->stop = f->fn(f->arg, &hit) != 0;
	arena_reset(&f->arena);
	return 0;
}

/* Entries of one package; of one record only when record is not UINT32_MAX. */
static int in_package(struct search *f, struct shard_db *s, size_t release, struct sv name,
		      uint32_t record, struct err *err)
{
	struct sv rest;
	int rc = shard_package(s, release, name, &rest, err);

	while (rc >= 0 && !f->stop && (rc = pack_next(&rest, &f->db->entry, err)) == 1)
		if (record == UINT32_MAX || f->db->entry.record == record)
			rc = one_hit(f, s, release, name, &f->db->entry, err);
	return rc;
}

static int by_name(struct search *f, struct shard_db *s, struct sv query, struct err *err)
{
	auto_done(buf_done) struct buf name = {0};
	int rc = 0;

	ecosystem_name(s->eco, query, &name);
	for (size_t i = 0; rc >= 0 && !f->stop && i < s->releases.n; i++)
		rc = in_package(f, s, i, buf_view(&name), UINT32_MAX, err);
	return rc;
}

static int record_packages(struct search *f, struct shard_db *s, uint32_t record, struct err *err)
{
	auto_done(arena_done) struct arena a;
	struct record_row row;
	struct sv line, last = {0};

	arena_init(&a, 0);
	int rc = shard_record(s, record, &a, &row, err);
	if (rc < 0)
		return rc;
	while (rc >= 0 && !f->stop && sv_line(&row.packages, &line)) {
		struct sv name = line, release = sv_cut(&name, '\t');
		size_t at = shard_release(s, release);
		/* an entry for each range of one package: they come together */
		if (!sv_eq(line, last) && at != SIZE_MAX)
			rc = in_package(f, s, at, name, record, err);
		last = line;
	}
	return rc;
}

static int by_id(struct search *f, struct shard_db *s, struct sv id, struct err *err)
{
	struct {
		uint32_t *p;
		size_t n, cap;
	} records = {0};
	int rc;

	(void)sqlite3_reset(s->ident);
	sql_bind(s->ident, 1, id);
	while ((rc = sql_step(s->ident, err)) == 1)
		*VEC_PUSH(&records) = (uint32_t)sqlite3_column_int64(s->ident, 0);
	for (size_t i = 0; rc >= 0 && !f->stop && i < records.n; i++)
		rc = record_packages(f, s, records.p[i], err);
	vec_done(&records);
	return rc;
}

static int by_purl(struct search *f, struct sv query, struct err *err)
{
	auto_done(arena_done) struct arena a;
	struct package p;
	struct os os = {0};

	arena_init(&a, 0);
	int rc = purl_parse(&a, query, &p, &os, err);
	if (rc < 0)
		return rc;
	const struct ecosystem *eco = pkg_types[p.type].os ? NULL : ecosystem_of_type(p.type);
	struct sv name = p.source_name.n ? p.source_name : p.name;
	for (size_t i = 0; rc >= 0 && !f->stop && i < f->db->shards.n; i++) {
		struct shard_db *s = &f->db->shards.p[i];
		if (!s->eco || (eco ? s->eco != eco : s->eco->type != p.type))
			continue;
		rc = shard_open(s, &f->db->arena, err);
		for (size_t k = 0; rc >= 0 && !f->stop && k < s->releases.n; k++) {
			auto_done(buf_done) struct buf b = {0};
			if (os.id.n && (ecosystem_of_os(&os) != s->eco ||
					!ecosystem_release_is(s->eco, s->releases.p[k], &os)))
				continue;
			ecosystem_name(s->eco, s->eco->kind == ECO_SOURCE ? name : p.name, &b);
			rc = in_package(f, s, k, buf_view(&b), UINT32_MAX, err);
		}
	}
	return rc;
}

int db_search(struct db *db, struct sv query, int (*fn)(void *arg, const struct db_hit *hit),
	      void *arg, struct err *err)
{
	struct search f = {.db = db, .fn = fn, .arg = arg};
	int rc = 0;

	arena_init(&f.arena, 0);
	if (sv_starts(query, SV("pkg:")))
		rc = by_purl(&f, query, err);
	else
		for (size_t i = 0; rc >= 0 && !f.stop && i < db->shards.n; i++) {
			struct shard_db *s = &db->shards.p[i];
			rc = shard_open(s, &db->arena, err);
			if (rc >= 0)
				rc = by_id(&f, s, query, err);
			if (rc >= 0 && !f.stop)
				rc = by_name(&f, s, query, err);
		}
	arena_done(&f.arena);
	return rc < 0 ? rc : f.hits;
}
