/* Reading single rows of the database. */
#include "advisory/db-int.h"
#include "advisory/schema.h"
#include "base/clock.h"

static int names(sqlite3 *sql, const char *text, struct arena *a, struct sv_vec *out,
		 struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL;
	int rc = sql_prepare(sql, text, &q, err);

	while (rc >= 0 && (rc = sql_step(q, err)) == 1)
		*VEC_PUSH(out) = arena_sv(a, sql_text(q, 0));
	return rc;
}

int shard_open(struct shard_db *s, struct arena *a, struct err *err)
{
	if (s->sql)
		return 0;
	int rc = sql_open(s->path, schema_shard, &s->sql, err);

	if (rc >= 0)
		rc = names(s->sql, "SELECT name FROM release ORDER BY id", a, &s->releases, err);
	if (rc >= 0)
		rc = names(s->sql, "SELECT name FROM feed ORDER BY id", a, &s->feeds, err);
	if (rc >= 0)
		rc = sql_prepare(s->sql, "SELECT data FROM package WHERE release=? AND name=?",
				 &s->package, err);
	if (rc >= 0)
		rc = sql_prepare(
			s->sql,
			"SELECT "
			"name,feed,kind,severity,severity_source,cvss,score,flaws,aliases,cwes,"
			"published,modified,summary,refs,packages FROM record WHERE id=?",
			&s->record, err);
	if (rc >= 0)
		rc = sql_prepare(s->sql, "SELECT record FROM ident WHERE id=? ORDER BY record",
				 &s->ident, err);
	return rc < 0 ? err_where(err, "%s", s->path) : 0;
}

int db_shard(struct db *db, const struct ecosystem *eco, struct shard_db **out, struct err *err)
{
	*out = NULL;
	for (size_t i = 0; eco && i < db->shards.n; i++) {
		struct shard_db *s = &db->shards.p[i];
		if (s->eco != eco)
			continue;
		int rc = shard_open(s, &db->arena, err);
		if (rc >= 0)
			*out = s;
		return rc;
	}
	return 0;
}

size_t shard_release(const struct shard_db *s, struct sv release)
{
	for (size_t i = 0; i < s->releases.n; i++)
		if (sv_eq(s->releases.p[i], release))
			return i;
	return SIZE_MAX;
}

int shard_package(struct shard_db *s, size_t release, struct sv name, struct sv *out,
		  struct err *err)
{
	(void)sqlite3_reset(s->package);
	(void)sqlite3_bind_int64(s->package, 1, (sqlite3_int64)release);
	sql_bind(s->package, 2, name);
	int rc = sql_step(s->package, err);
	*out = rc == 1 ? sql_blob(s->package, 0) : (struct sv){0};
	return rc < 0 ? err_where(err, "%s", s->path) : 0;
}

static int damaged(const struct shard_db *s, struct err *err)
{
	err_set(err, ERR_PARSE, "a record that a package names is missing");
	err_code(err, "database-damaged");
	err_hint(err, "get it again: gabion db update, or gabion db build");
	err_scope(err, SCOPE_DATABASE);
	return err_where(err, "%s", s->path);
}

static enum severity severity_of(int v)
{
	return v >= 0 && v < SEVERITIES ? (enum severity)v : SEV_UNKNOWN;
}

static void take_record(const struct shard_db *s, struct arena *a, struct record_row *out)
{
	sqlite3_stmt *q = s->record;
	int feed = sqlite3_column_int(q, 1), kind = sqlite3_column_int(q, 2);

	out->id = arena_sv(a, sql_text(q, 0));
	if (feed >= 0 && (size_t)feed < s->feeds.n)
		out->feed = s->feeds.p[feed];
	out->kind =
		kind >= 0 && kind <= RECORD_UNSOUND ? (enum record_kind)kind : RECORD_VULNERABILITY;
	out->has_severity = sqlite3_column_int(q, 3) >= 0;
	out->severity = severity_of(sqlite3_column_int(q, 3));
	out->severity_source = arena_sv(a, sql_text(q, 4));
	out->cvss = arena_sv(a, sql_text(q, 5));
	out->score = sqlite3_column_type(q, 6) == SQLITE_NULL ? -1 : sqlite3_column_double(q, 6);
	out->flaws = arena_sv(a, sql_text(q, 7));
	out->aliases = arena_sv(a, sql_text(q, 8));
	out->cwes = arena_sv(a, sql_text(q, 9));
	out->published = arena_sv(a, sql_text(q, 10));
	out->modified = arena_sv(a, sql_text(q, 11));
	out->summary = arena_sv(a, sql_text(q, 12));
	out->refs = arena_sv(a, sql_text(q, 13));
	out->packages = arena_sv(a, sql_text(q, 14));
}

int shard_record(struct shard_db *s, uint32_t record, struct arena *a, struct record_row *out,
		 struct err *err)
{
	*out = (struct record_row){0};
	(void)sqlite3_reset(s->record);
	(void)sqlite3_bind_int64(s->record, 1, record);
	int rc = sql_step(s->record, err);
	if (rc <= 0)
		return rc < 0 ? err_where(err, "%s", s->path) : damaged(s, err);
	take_record(s, a, out);
	return 0;
}

/* The shared file is not always there: a user may take single ecosystems. */
static int open_cve(struct db *db, struct err *err)
{
	auto_done(buf_done) struct buf path = {0};

	buf_fmt(&path, "%s/" SCHEMA_CVE_FILE, db->dir);
	if (access(buf_cstr(&path), F_OK) != 0)
		return 0;
	int rc = sql_open(buf_cstr(&path), schema_cve, &db->cve, err);
	return rc < 0 ? rc
		      : sql_prepare(db->cve,
				    "SELECT "
				    "severity,severity_source,cvss,cvss_source,score,cwes,kev,epss,"
				    "percentile FROM cve WHERE id=?",
				    &db->cve_fact, err);
}

int db_cve(struct db *db, struct sv cve, struct arena *a, struct cve_row *out, struct err *err)
{
	uint64_t number = cve_number(cve);
	int rc = db->cve ? 0 : open_cve(db, err);

	*out = (struct cve_row){.score = -1};
	if (rc < 0 || !db->cve || !number)
		return rc;
	sqlite3_stmt *q = db->cve_fact;
	(void)sqlite3_reset(q);
	(void)sqlite3_bind_int64(q, 1, (sqlite3_int64)number);
	rc = sql_step(q, err);
	if (rc <= 0)
		return rc < 0 ? err_where(err, "%s/" SCHEMA_CVE_FILE, db->dir) : 0;
	out->has_severity = sqlite3_column_type(q, 0) != SQLITE_NULL;
	out->severity = severity_of(sqlite3_column_int(q, 0));
	out->severity_source = arena_sv(a, sql_text(q, 1));
	out->cvss = arena_sv(a, sql_text(q, 2));
	out->cvss_source = arena_sv(a, sql_text(q, 3));
	if (sqlite3_column_type(q, 4) != SQLITE_NULL)
		out->score = sqlite3_column_double(q, 4);
	out->cwes = arena_sv(a, sql_text(q, 5));
	out->kev = arena_sv(a, sql_text(q, 6));
	out->has_epss = sqlite3_column_type(q, 7) != SQLITE_NULL;
	out->epss = sqlite3_column_double(q, 7);
	out->percentile = sqlite3_column_double(q, 8);
	return 1;
}

int db_epss_date(struct db *db, struct arena *a, struct sv *out, struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL;
	auto_done(buf_done) struct buf b = {0};
	int rc = db->cve ? 0 : open_cve(db, err);

	*out = (struct sv){0};
	if (rc < 0 || !db->cve)
		return rc;
	rc = sql_prepare(db->cve, "SELECT max(date) FROM feed WHERE name='epss'", &q, err);
	if (rc >= 0 && (rc = sql_step(q, err)) == 1 && sqlite3_column_int64(q, 0) > 0) {
		clock_fmt_date(&b, sqlite3_column_int64(q, 0));
		*out = arena_sv(a, buf_view(&b));
	}
	return rc < 0 ? rc : 0;
}

void range_text(const struct range *r, struct buf *out)
{
	for (size_t i = 0; i < r->n; i++) {
		if (i)
			buf_str(out, ", ");
		buf_str(out, range_kind_name(r->p[i].kind));
		buf_char(out, ' ');
		buf_sv(out, r->p[i].version);
	}
}

void entry_ranges(const struct entry *e, struct buf *out)
{
	for (size_t i = 0; i < e->ranges.n; i++) {
		if (i)
			buf_str(out, "; ");
		range_text(&e->ranges.p[i], out);
	}
	for (size_t i = 0; i < e->versions.n; i++) {
		buf_str(out, i ? ", " : e->ranges.n ? "; versions " : "versions ");
		buf_sv(out, e->versions.p[i]);
	}
}
