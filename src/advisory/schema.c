#include "advisory/schema.h"

#include <stddef.h>

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
	"modified TEXT)",
	"CREATE TABLE prose(record INTEGER PRIMARY KEY,summary TEXT,refs TEXT,packages TEXT)",
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
