#include "advisory/schema.h"

#include "advisory/sql.h"

#define META "CREATE TABLE meta(key TEXT PRIMARY KEY,value TEXT)WITHOUT ROWID"
#define FEED                                                                           \
	"CREATE TABLE feed(id INTEGER PRIMARY KEY,name TEXT,source TEXT,date INTEGER," \
	"records INTEGER,sha256 TEXT,etag TEXT,bundled INTEGER)"

const char *const schema_shard[] = {
	META,
	FEED,
	"CREATE TABLE release(id INTEGER PRIMARY KEY,name TEXT)",
	"CREATE TABLE package(release INTEGER,name TEXT,data BLOB,PRIMARY "
	"KEY(release,name))WITHOUT ROWID",
	"CREATE TABLE record(id INTEGER PRIMARY KEY,name TEXT,feed INTEGER,kind INTEGER,severity "
	"INTEGER,"
	"severity_source TEXT,cvss TEXT,score REAL,flaws TEXT,aliases TEXT,cwes TEXT,published "
	"TEXT,"
	"modified TEXT,summary TEXT,refs TEXT,packages TEXT)",
	"CREATE TABLE ident(id TEXT,record INTEGER,PRIMARY KEY(id,record))WITHOUT ROWID",
	NULL,
};

const char *const schema_cve[] = {
	META,
	FEED,
	"CREATE TABLE cve(id INTEGER PRIMARY KEY,severity INTEGER,severity_source TEXT,cvss TEXT,"
	"cvss_source TEXT,cvss_rank INTEGER,score REAL,cwes TEXT,kev TEXT,epss REAL,percentile "
	"REAL)",
	NULL,
};

int schema_put_feed(sqlite3 *db, int64_t id, const struct feed_info *info, struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL;
	int rc = sql_prepare(db, "INSERT INTO feed VALUES(?,?,?,?,?,?,?,?)", &q, err);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(q, 1, id);
	sql_bind(q, 2, info->name);
	sql_bind_opt(q, 3, info->source);
	(void)sqlite3_bind_int64(q, 4, info->date);
	(void)sqlite3_bind_int64(q, 5, (sqlite3_int64)info->records);
	sql_bind_opt(q, 6, info->sha256);
	sql_bind_opt(q, 7, info->etag);
	(void)sqlite3_bind_int(q, 8, info->bundled);
	return sql_run(q, err);
}
