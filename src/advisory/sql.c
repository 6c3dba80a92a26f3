#include "advisory/sql.h"

#include "advisory/schema.h"

int sql_fail(sqlite3 *db, const char *what, struct err *err)
{
	int code = sqlite3_errcode(db);
	bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;

	err_set(err, damaged ? ERR_PARSE : ERR_IO, "%s: %s", what, sqlite3_errmsg(db));
	if (damaged) {
		err_code(err, "database-damaged");
		err_hint(err, "get it again: gabion db update, or gabion db build");
	}
	return err_scope(err, SCOPE_DATABASE);
}

int sql_create(const char *path, sqlite3 **out, struct err *err)
{
	sqlite3 *db = NULL;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE |
		    SQLITE_OPEN_NOMUTEX;

	if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK ||
	    sql_exec(db,
		     "PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
		     "PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-16384; PRAGMA "
		     "temp_store=MEMORY;"
		     "PRAGMA application_id=" SCHEMA_APPLICATION
		     "; PRAGMA user_version=" SCHEMA_VERSION,
		     err) < 0) {
		sql_fail(db, "cannot create the database", err);
		sql_close(db);
		return err_where(err, "%s", path);
	}
	*out = db;
	return 0;
}

/* Of the path of a URI file name, the characters that mean something there. */
static void uri_path(struct buf *b, const char *path)
{
	for (; *path; path++) {
		if (strchr("%?#", *path))
			buf_fmt(b, "%%%02X", (unsigned)*path);
		else
			buf_char(b, *path);
	}
}

static int64_t pragma_int(sqlite3 *db, const char *text)
{
	sqlite3_stmt *s = NULL;
	int64_t v = -1;

	if (sqlite3_prepare_v2(db, text, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

static int not_ours(const char *why, struct err *err)
{
	err_set(err, ERR_PARSE, "not an advisory database of this program: %s", why);
	err_code(err, "database-foreign");
	err_hint(err, "make it again: gabion db update, or gabion db build");
	return err_scope(err, SCOPE_DATABASE);
}

/* No view, trigger or index may stand in the file that we did not put there. */
static int check_schema(sqlite3 *db, const char *const *schema, struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *s = NULL;
	int rc = sql_prepare(db, "SELECT sql FROM sqlite_schema ORDER BY rowid", &s, err);
	size_t n = 0;

	while (rc >= 0 && (rc = sql_step(s, err)) == 1) {
		if (!schema[n] || !sv_is(sql_text(s, 0), schema[n]))
			return not_ours("its tables differ", err);
		n++;
	}
	if (rc < 0)
		return rc;
	return schema[n] ? not_ours("a table is missing", err) : 0;
}

static int check_head(sqlite3 *db, struct err *err)
{
	char want[32];

	if (pragma_int(db, "PRAGMA page_count") < 0)
		return sql_fail(db, "cannot read the database", err);
	(void)snprintf(want, sizeof want, "%lld",
		       (long long)pragma_int(db, "PRAGMA application_id"));
	if (strcmp(want, SCHEMA_APPLICATION) != 0)
		return not_ours("its mark is missing", err);
	(void)snprintf(want, sizeof want, "%lld", (long long)pragma_int(db, "PRAGMA user_version"));
	if (strcmp(want, SCHEMA_VERSION) != 0)
		return not_ours("it has version " SCHEMA_VERSION " no more", err);
	return 0;
}

int sql_open(const char *path, const char *const *schema, sqlite3 **out, struct err *err)
{
	auto_done(buf_done) struct buf uri = {0};
	sqlite3 *db = NULL;
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;

	if (access(path, R_OK) != 0) {
		err_sys(err, "cannot open the database");
		err_scope(err, SCOPE_DATABASE);
		return err_where(err, "%s", path);
	}
	buf_str(&uri, "file:");
	uri_path(&uri, path);
	buf_str(&uri, "?immutable=1");
	int rc = sqlite3_open_v2(buf_cstr(&uri), &db, flags, NULL);
	if (rc != SQLITE_OK)
		rc = sql_fail(db, "cannot open the database", err);
	else {
		(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		(void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		(void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 64 << 20);
		rc = sql_exec(db,
			      "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
			      "PRAGMA cache_size=-16384; PRAGMA query_only=ON; BEGIN",
			      err);
	}
	if (rc >= 0)
		rc = check_head(db, err);
	if (rc >= 0)
		rc = check_schema(db, schema, err);
	if (rc < 0) {
		sql_close(db);
		return err_where(err, "%s", path);
	}
	*out = db;
	return 0;
}

void sql_close(sqlite3 *db)
{
	(void)sqlite3_close_v2(db);
}

int sql_exec(sqlite3 *db, const char *text, struct err *err)
{
	return sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK
		       ? 0
		       : sql_fail(db, "database", err);
}

int sql_prepare(sqlite3 *db, const char *text, sqlite3_stmt **out, struct err *err)
{
	if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
		return sql_fail(db, "database", err);
	return 0;
}

int sql_step(sqlite3_stmt *s, struct err *err)
{
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : sql_fail(sqlite3_db_handle(s), "database", err);
}

int sql_run(sqlite3_stmt *s, struct err *err)
{
	int rc = sql_step(s, err);

	(void)sqlite3_reset(s);
	return rc < 0 ? rc : 0;
}

void sql_final(sqlite3_stmt **s)
{
	(void)sqlite3_finalize(*s);
	*s = NULL;
}

void sql_bind(sqlite3_stmt *s, int at, struct sv v)
{
	(void)sqlite3_bind_text64(s, at, v.p ? v.p : "", v.n, SQLITE_STATIC, SQLITE_UTF8);
}

void sql_bind_opt(sqlite3_stmt *s, int at, struct sv v)
{
	if (v.n)
		sql_bind(s, at, v);
	else
		(void)sqlite3_bind_null(s, at);
}

struct sv sql_text(sqlite3_stmt *s, int column)
{
	const unsigned char *p = sqlite3_column_text(s, column);

	return sv_make(p, p ? (size_t)sqlite3_column_bytes(s, column) : 0);
}

struct sv sql_blob(sqlite3_stmt *s, int column)
{
	const void *p = sqlite3_column_blob(s, column);

	return sv_make(p, p ? (size_t)sqlite3_column_bytes(s, column) : 0);
}
