/* SQLite as the advisory database uses it: files are written once, then opened read-only and
 * immutable. */
#pragma once

#include <sqlite3.h>

#include "base/base.h"

/* A new file (it must not exist), without journal: a failed build is thrown away whole. */
int sql_create(const char *path, sqlite3 **out, struct err *err) must_check;
/*
 * An existing file as it may come from anybody: read-only, immutable, nothing of its schema
 * trusted; `schema` (statements of schema.c) must be exactly what it holds. Not memory-mapped:
 * pages of a map are checked at each visit, those of the cache once (a quarter faster), and a file
 * that is cut while it is read is an error, not a signal. One transaction for as long as it is
 * open. Errors have SCOPE_DATABASE.
 */
int sql_open(const char *path, const char *const *schema, sqlite3 **out,
	     struct err *err) must_check;
void sql_close(sqlite3 *db);

int sql_exec(sqlite3 *db, const char *text, struct err *err) must_check;
int sql_prepare(sqlite3 *db, const char *text, sqlite3_stmt **out, struct err *err) must_check;
/* 1 = a row, 0 = done, negative = error. */
int sql_step(sqlite3_stmt *s, struct err *err) must_check;
/* Steps a statement that gives no rows, and resets it. */
int sql_run(sqlite3_stmt *s, struct err *err) must_check;
void sql_final(sqlite3_stmt **s); /* for auto_done */

/* The bytes must live until the next reset. */
void sql_bind(sqlite3_stmt *s, int at, struct sv v);
/* Empty views become NULL. */
void sql_bind_opt(sqlite3_stmt *s, int at, struct sv v);
/* Views that die at the next step. */
struct sv sql_text(sqlite3_stmt *s, int column);
struct sv sql_blob(sqlite3_stmt *s, int column);

int sql_fail(sqlite3 *db, const char *what, struct err *err);
