#include "advisory/shard.h"

#include "advisory/flaw.h"
#include "advisory/pack.h"
#include "advisory/schema.h"
#include "advisory/sql.h"

/* One affected package of one record, until all are sorted by package. */
struct row {
	uint32_t release, record;
	struct sv name;
	size_t at, n; /* in shard->packed */
};

struct name_of {
	struct sv id;
	uint32_t record;
};

struct shard {
	struct record_sink sink; /* first */
	sqlite3 *db;
	sqlite3_stmt *record;
	const struct ecosystem *eco;
	const struct version_scheme *scheme;
	struct arena arena; /* names and ids */
	struct flaws flaws;
	struct map names, releases;
	struct buf packed, a, b, c, d, refs, packages;
	struct sv_vec cves, release_names, kept;
	struct {
		struct row *p;
		size_t n, cap;
	} rows;
	struct {
		struct name_of *p;
		size_t n, cap;
	} ids;
	struct {
		struct name_of *p; /* records that name no CVE */
		size_t n, cap;
	} nameless;
	uint32_t records, feeds;
};

static int add_record(struct record_sink *sink, const struct record *r, struct err *err);

int shard_new(const char *path, struct sv ecosystem, struct shard **out, struct err *err)
{
	struct shard *s = xcalloc(1, sizeof *s);
	int rc = sql_create(path, &s->db, err);

	s->sink.record = add_record;
	arena_init(&s->arena, 0);
	flaws_init(&s->flaws);
	s->eco = ecosystem_find(ecosystem);
	s->scheme = s->eco ? version_scheme_find(sv_of(s->eco->scheme)) : NULL;
	for (size_t i = 0; rc >= 0 && schema_shard[i]; i++)
		rc = sql_exec(s->db, schema_shard[i], err);
	if (rc >= 0)
		rc = sql_exec(s->db, "BEGIN", err);
	auto_done(sql_final) sqlite3_stmt *meta = NULL;
	if (rc >= 0)
		rc = sql_prepare(s->db, "INSERT INTO meta VALUES('ecosystem',?)", &meta, err);
	if (rc >= 0) {
		sql_bind(meta, 1, ecosystem);
		rc = sql_run(meta, err);
	}
	if (rc >= 0)
		rc = sql_prepare(s->db,
				 "INSERT INTO record VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
				 &s->record, err);
	if (rc < 0) {
		sql_final(&meta);
		shard_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

struct record_sink *shard_sink(struct shard *s)
{
	return &s->sink;
}

void shard_free(struct shard *s)
{
	if (!s)
		return;
	sql_final(&s->record);
	sql_close(s->db);
	map_done(&s->names);
	map_done(&s->releases);
	buf_done(&s->packed);
	buf_done(&s->a);
	buf_done(&s->b);
	buf_done(&s->c);
	buf_done(&s->d);
	buf_done(&s->refs);
	buf_done(&s->packages);
	vec_done(&s->cves);
	vec_done(&s->kept);
	vec_done(&s->release_names);
	vec_done(&s->rows);
	vec_done(&s->ids);
	vec_done(&s->nameless);
	flaws_done(&s->flaws);
	arena_done(&s->arena);
	free(s);
}

/* The same text once: names and releases repeat in many records. */
static struct sv intern(struct shard *s, struct sv v)
{
	struct map_entry *e = map_find(&s->names, v);
	bool made;

	if (e)
		return e->key;
	v = arena_sv(&s->arena, v);
	return map_put(&s->names, v, &made)->key;
}

static uint32_t release_of(struct shard *s, struct sv v)
{
	bool made;

	v = intern(s, v);
	struct map_entry *e = map_put(&s->releases, v, &made);
	if (made) {
		e->num = s->release_names.n;
		*VEC_PUSH(&s->release_names) = v;
	}
	return (uint32_t)e->num;
}

static void join_words(struct buf *b, const struct sv *p, size_t n)
{
	buf_clear(b);
	for (size_t i = 0; i < n; i++) {
		if (p[i].n == 0 || sv_find_char(p[i], ' ') != SIZE_MAX)
			continue;
		if (b->n)
			buf_char(b, ' ');
		buf_sv(b, p[i]);
	}
}

static void add_id(struct shard *s, struct sv id)
{
	*VEC_PUSH(&s->ids) = (struct name_of){arena_sv(&s->arena, id), s->records};
}

/* Every id under which the record is found. */
static void add_ids(struct shard *s, const struct record *r)
{
	add_id(s, r->id);
	for (size_t i = 0; i < r->aliases.n; i++)
		add_id(s, r->aliases.p[i]);
	for (size_t i = 0; i < s->cves.n; i++)
		add_id(s, s->cves.p[i]);
}

static bool in_ranges(const struct shard *s, const struct affected *a, struct sv version)
{
	for (size_t i = 0; i < a->ranges.n; i++)
		if (range_affects(s->scheme, a->ranges.p[i].p, a->ranges.p[i].n, version, NULL))
			return true;
	return false;
}

/* Explicit versions that the ranges say as well only cost space and time. */
static void add_package(struct shard *s, const struct affected *a)
{
	struct affected slim = *a;
	struct buf *packages = &s->packages;

	s->kept.n = 0;
	for (size_t i = 0; i < a->versions.n; i++)
		if (!s->scheme || !in_ranges(s, a, a->versions.p[i]))
			*VEC_PUSH(&s->kept) = a->versions.p[i];
	slim.versions = s->kept;
	buf_clear(&s->a);
	ecosystem_name(s->eco, a->name, &s->a);
	struct row row = {
		.release = release_of(s, a->release), .record = s->records, .at = s->packed.n};
	row.name = intern(s, buf_view(&s->a));
	pack_entry(&s->packed, s->records, &slim);
	row.n = s->packed.n - row.at;
	*VEC_PUSH(&s->rows) = row;
	if (packages->n)
		buf_char(packages, '\n');
	buf_sv(packages, a->release);
	buf_char(packages, '\t');
	buf_sv(packages, row.name);
}

static int write_record(struct shard *s, const struct record *r, struct err *err)
{
	struct buf *cvss = &s->a, *flaws = &s->b, *aliases = &s->c, *cwes = &s->d;

	join_words(cvss, r->cvss.p, r->cvss.n);
	join_words(flaws, s->cves.p, s->cves.n);
	join_words(aliases, r->aliases.p, r->aliases.n);
	join_words(cwes, r->cwes.p, r->cwes.n);
	join_words(&s->refs, r->references.p, r->references.n);
	(void)sqlite3_bind_int64(s->record, 1, s->records);
	sql_bind(s->record, 2, r->id);
	(void)sqlite3_bind_int64(s->record, 3, s->feeds);
	(void)sqlite3_bind_int(s->record, 4, (int)r->kind);
	(void)sqlite3_bind_int(s->record, 5, r->has_severity ? (int)r->severity : -1);
	sql_bind_opt(s->record, 6, r->has_severity ? r->severity_source : (struct sv){0});
	sql_bind_opt(s->record, 7, buf_view(cvss));
	(void)(r->score >= 0 ? sqlite3_bind_double(s->record, 8, r->score)
			     : sqlite3_bind_null(s->record, 8));
	sql_bind_opt(s->record, 9, buf_view(flaws));
	sql_bind_opt(s->record, 10, buf_view(aliases));
	sql_bind_opt(s->record, 11, buf_view(cwes));
	sql_bind_opt(s->record, 12, r->published);
	sql_bind_opt(s->record, 13, r->modified);
	sql_bind_opt(s->record, 14, r->summary);
	sql_bind_opt(s->record, 15, buf_view(&s->refs));
	sql_bind(s->record, 16, buf_view(&s->packages));
	return sql_run(s->record, err);
}

static int add_record(struct record_sink *sink, const struct record *r, struct err *err)
{
	struct shard *s = (struct shard *)sink;

	if (s->records == UINT32_MAX || s->packed.n > (4ull << 30))
		return err_set(err, ERR_LIMIT, "too many records in one ecosystem");
	flaws_named(r, s->eco, &s->cves);
	flaws_join(&s->flaws, r, s->cves.n);
	add_ids(s, r);
	if (s->cves.n == 0)
		*VEC_PUSH(&s->nameless) =
			(struct name_of){s->ids.p[s->ids.n - 1 - r->aliases.n].id, s->records};
	buf_clear(&s->packages);
	for (size_t i = 0; i < r->affected.n; i++)
		add_package(s, &r->affected.p[i]);
	int rc = write_record(s, r, err);
	s->records++;
	return rc;
}

int shard_feed(struct shard *s, const struct feed_info *info, struct err *err)
{
	return schema_put_feed(s->db, s->feeds++, info, err);
}

static int row_cmp(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->release != y->release)
		return x->release < y->release ? -1 : 1;
	int n = x->name.p == y->name.p ? 0 : sv_cmp(x->name, y->name);
	if (n)
		return n;
	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int write_packages(struct shard *s, struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL;
	int rc = sql_prepare(s->db, "INSERT INTO package VALUES(?,?,?)", &q, err);

	if (s->rows.n)
		qsort(s->rows.p, s->rows.n, sizeof *s->rows.p, row_cmp);
	for (size_t i = 0, k; rc >= 0 && i < s->rows.n; i = k) {
		const struct row *first = &s->rows.p[i];
		buf_clear(&s->a);
		for (k = i; k < s->rows.n; k++) {
			const struct row *row = &s->rows.p[k];
			if (row->release != first->release || row->name.p != first->name.p)
				break;
			buf_add(&s->a, s->packed.p + row->at, row->n);
		}
		(void)sqlite3_bind_int64(q, 1, first->release);
		sql_bind(q, 2, first->name);
		(void)sqlite3_bind_blob64(q, 3, s->a.p, s->a.n, SQLITE_STATIC);
		rc = sql_run(q, err);
	}
	return rc;
}

static int id_cmp(const void *a, const void *b)
{
	const struct name_of *x = a, *y = b;
	int n = sv_cmp(x->id, y->id);

	return n ? n : x->record < y->record ? -1 : x->record > y->record;
}

static int write_ids(struct shard *s, struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL;
	int rc = sql_prepare(s->db, "INSERT OR IGNORE INTO ident VALUES(?,?)", &q, err);

	if (s->ids.n)
		qsort(s->ids.p, s->ids.n, sizeof *s->ids.p, id_cmp);
	for (size_t i = 0; rc >= 0 && i < s->ids.n; i++) {
		sql_bind(q, 1, s->ids.p[i].id);
		(void)sqlite3_bind_int64(q, 2, s->ids.p[i].record);
		rc = sql_run(q, err);
	}
	return rc;
}

/* Records that name no CVE, but are the same flaw as one that does. */
static int write_joined(struct shard *s, struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL;
	int rc = sql_prepare(s->db, "UPDATE record SET flaws=? WHERE id=?", &q, err);

	for (size_t i = 0; rc >= 0 && i < s->nameless.n; i++) {
		const struct name_of *n = &s->nameless.p[i];
		struct sv flaw = flaws_of(&s->flaws, n->id);
		if (sv_eq(flaw, n->id))
			continue;
		sql_bind(q, 1, flaw);
		(void)sqlite3_bind_int64(q, 2, n->record);
		rc = sql_run(q, err);
		*VEC_PUSH(&s->ids) = (struct name_of){flaw, n->record};
	}
	return rc;
}

static int write_releases(struct shard *s, struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL;
	int rc = sql_prepare(s->db, "INSERT INTO release VALUES(?,?)", &q, err);

	for (size_t i = 0; rc >= 0 && i < s->release_names.n; i++) {
		(void)sqlite3_bind_int64(q, 1, (sqlite3_int64)i);
		sql_bind(q, 2, s->release_names.p[i]);
		rc = sql_run(q, err);
	}
	return rc;
}

int shard_finish(struct shard *s, struct err *err)
{
	int rc = write_joined(s, err);

	if (rc >= 0)
		rc = write_releases(s, err);
	if (rc >= 0)
		rc = write_packages(s, err);
	if (rc >= 0)
		rc = write_ids(s, err);
	if (rc >= 0)
		rc = sql_exec(s->db, "COMMIT", err);
	return rc;
}
