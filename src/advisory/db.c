#include "advisory/db.h"

#include <dirent.h>
#include <sys/stat.h>

#include "advisory/db-int.h"
#include "advisory/schema.h"
#include "base/clock.h"

/* "Rocky%20Linux.db" -> "Rocky Linux" */
static struct sv name_of_file(struct arena *a, const char *file)
{
	struct sv v = sv_of(file);
	auto_done(buf_done) struct buf b = {0};

	v = sv_head(v, v.n - 3);
	for (size_t i = 0; i < v.n; i++) {
		unsigned byte;
		char hex[3] = {0};
		if (v.p[i] == '%' && i + 2 < v.n) {
			memcpy(hex, v.p + i + 1, 2);
			if (sscanf(hex, "%2x", &byte) == 1) {
				buf_char(&b, (char)byte);
				i += 2;
				continue;
			}
		}
		buf_char(&b, v.p[i]);
	}
	return arena_sv(a, buf_view(&b));
}

static int is_shard(const struct dirent *e)
{
	struct sv name = sv_of(e->d_name);

	return name.n > 3 && name.p[0] != '.' && sv_ends(name, SV(".db")) &&
	       !sv_is(name, SCHEMA_CVE_FILE);
}

static int name_cmp(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int absent(const char *dir, struct err *err)
{
	err_set(err, ERR_NOTFOUND, "there is no advisory database");
	err_code(err, "database-missing");
	err_hint(err, "get one: gabion db update, or gabion db build");
	err_scope(err, SCOPE_DATABASE);
	return err_where(err, "%s", dir);
}

/* A bundle's manifest lies beside the files that were checked against it when they were installed.
 */
static bool has_signature(const struct db *db)
{
	auto_done(buf_done) struct buf path = {0};

	buf_fmt(&path, "%s/manifest.json.sig", db->dir);
	return access(buf_cstr(&path), R_OK) == 0;
}

int db_open(const char *dir, struct db **out, struct err *err)
{
	struct dirent **list = NULL;
	int n = scandir(dir, &list, is_shard, name_cmp);

	if (n <= 0) {
		free(list);
		return absent(dir, err);
	}
	struct db *db = xcalloc(1, sizeof *db);
	arena_init(&db->arena, 0);
	db->dir = arena_str(&db->arena, sv_of(dir));
	for (int i = 0; i < n; i++) {
		struct shard_db *s = VEC_PUSH(&db->shards);
		s->name = name_of_file(&db->arena, list[i]->d_name);
		s->eco = ecosystem_find(s->name);
		s->scheme = s->eco ? version_scheme_find(sv_of(s->eco->scheme)) : NULL;
		s->path =
			arena_str(&db->arena, arena_fmt(&db->arena, "%s/%s", dir, list[i]->d_name));
		free(list[i]);
	}
	free(list);
	db->is_signed = has_signature(db);
	*out = db;
	return 0;
}

const char *db_dir(const struct db *db)
{
	return db->dir;
}

static void shard_close(struct shard_db *s)
{
	sql_final(&s->package);
	sql_final(&s->record);
	sql_final(&s->ident);
	sql_close(s->sql);
	vec_done(&s->releases);
	vec_done(&s->feeds);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < db->shards.n; i++)
		shard_close(&db->shards.p[i]);
	vec_done(&db->shards);
	sql_final(&db->cve_fact);
	sql_close(db->cve);
	entry_done(&db->entry);
	buf_done(&db->name);
	arena_done(&db->arena);
	free(db);
}

int db_open_all(struct db *db, struct err *err)
{
	struct cve_row row;

	for (size_t i = 0; i < db->shards.n; i++) {
		int rc = shard_open(&db->shards.p[i], &db->arena, err);
		if (rc < 0)
			return rc;
	}
	int rc = db_cve(db, SV("CVE-1970-0000"), &db->arena, &row, err);
	return rc < 0 ? rc : 0;
}

static int add_feeds(sqlite3 *sql, const struct shard_db *s, bool is_signed, struct report *r,
		     int64_t *oldest, struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL;
	auto_done(buf_done) struct buf day = {0};
	int rc = sql_prepare(sql,
			     "SELECT name,source,date,records,sha256,bundled FROM feed ORDER BY id",
			     &q, err);

	while (rc >= 0 && (rc = sql_step(q, err)) == 1) {
		struct feed *f = VEC_PUSH(&r->feeds);
		int64_t date = sqlite3_column_int64(q, 2);
		f->ecosystem = arena_sv(r->arena, s ? s->name : sql_text(q, 0));
		for (size_t i = 0; s && i < s->releases.n; i++)
			if (s->releases.p[i].n)
				*VEC_PUSH(&f->releases) = arena_sv(r->arena, s->releases.p[i]);
		f->source = arena_sv(r->arena, sql_text(q, 1));
		f->records = (uint64_t)sqlite3_column_int64(q, 3);
		f->sha256 = arena_sv(r->arena, sql_text(q, 4));
		f->bundled = sqlite3_column_int(q, 5);
		f->is_signed = is_signed;
		buf_clear(&day);
		if (date > 0)
			clock_fmt(&day, date);
		f->date = arena_sv(r->arena, buf_view(&day));
		if (s && date > 0 && (*oldest == 0 || date < *oldest))
			*oldest = date;
	}
	return rc;
}

int db_describe(struct db *db, struct report *r, struct err *err)
{
	bool is_signed = db->is_signed, any_used = false;
	int64_t oldest = 0, ignored = 0;
	struct cve_row row;
	int rc = 0;

	for (size_t i = 0; i < db->shards.n; i++)
		any_used |= db->shards.p[i].used;
	for (size_t i = 0; rc >= 0 && i < db->shards.n; i++) {
		struct shard_db *s = &db->shards.p[i];
		rc = shard_open(s, &db->arena, err);
		if (rc >= 0)
			rc = add_feeds(s->sql, s, is_signed, r,
				       s->used || !any_used ? &oldest : &ignored, err);
	}
	if (rc >= 0)
		rc = db_cve(db, SV("CVE-1970-0000"), &db->arena, &row, err);
	if (rc >= 0 && db->cve)
		rc = add_feeds(db->cve, NULL, is_signed, r, &ignored, err);
	if (rc < 0)
		return rc;
	int64_t age = oldest ? (clock_now() - oldest) / 86400 : 0;
	r->db_age_days = age > 0 ? age : 0;
	return 0;
}

static int check_file(sqlite3 *sql, const char *path, struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL;
	int rc = sql_prepare(sql, "PRAGMA integrity_check(1)", &q, err);

	if (rc >= 0)
		rc = sql_step(q, err);
	if (rc >= 0 && !sv_is(sql_text(q, 0), "ok")) {
		struct sv why = sql_text(q, 0);
		err_set(err, ERR_PARSE, "the database is damaged: %.*s", SV_ARG(why));
		err_code(err, "database-damaged");
		err_hint(err, "get it again: gabion db update, or gabion db build");
		rc = err_scope(err, SCOPE_DATABASE);
	}
	return rc < 0 ? err_where(err, "%s", path) : 0;
}

int db_check(struct db *db, struct err *err)
{
	int rc = db_open_all(db, err);

	for (size_t i = 0; rc >= 0 && i < db->shards.n; i++)
		rc = check_file(db->shards.p[i].sql, db->shards.p[i].path, err);
	if (rc >= 0 && db->cve)
		rc = check_file(db->cve, SCHEMA_CVE_FILE, err);
	return rc;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The user's own, or NULL without a home. */
static const char *user_dir(struct arena *a)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (data && *data == '/')
		return arena_str(a, arena_fmt(a, "%s/gabion/db", data));
	return home && *home ? arena_str(a, arena_fmt(a, "%s/.local/share/gabion/db", home)) : NULL;
}

static const char *build_dir(struct arena *a)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe);
	struct sv head, tail;

	if (n <= 0 || n == (ssize_t)sizeof exe ||
	    !sv_rcut(sv_make(exe, (size_t)n), '/', &head, &tail))
		return NULL;
	return arena_str(a, arena_fmt(a, "%.*s/db", SV_ARG(head)));
}

int db_find(struct arena *a, const char *option, const char **out, struct err *err)
{
	const char *env = getenv("GABION_DB");
	const char *named = option ? option : env && *env ? env : NULL;

	if (named) {
		if (!is_dir(named))
			return absent(named, err);
		*out = named;
		return 0;
	}
	const char *const places[] = {user_dir(a), "/var/lib/gabion/db", GABION_DATADIR "/db",
				      build_dir(a)};
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (places[i] && is_dir(places[i])) {
			*out = places[i];
			return 0;
		}
	}
	return absent(places[0] ? places[0] : places[1], err);
}

const char *db_default(struct arena *a)
{
	const char *user = user_dir(a);

	return geteuid() == 0 || !user ? "/var/lib/gabion/db" : user;
}
