/*
 * The advisory database: a directory with one SQLite file per ecosystem, opened immutable, and
 * facts shared by all (severity, KEV, EPSS). Made by advisory/build.c, read by advisory/match.c.
 */
#pragma once

#include "model/report.h"

struct db;

/* Opens the database directory. ERR_NOTFOUND (SCOPE_DATABASE) with a hint when it is not there. Shards
 * are opened when first needed; db_open_all() opens them at once, for a worker that may not open. */
int db_open(const char *dir, struct db **out, struct err *err) must_check;
void db_close(struct db *db);
/* Appends its feeds to r->feeds and sets r->db_age_days. */
int db_describe(struct db *db, struct report *r, struct err *err) must_check;
/* Where it lies: --db, GABION_DB, $XDG_DATA_HOME/gabion/db, /var/lib/gabion/db, the build's own db/. */
