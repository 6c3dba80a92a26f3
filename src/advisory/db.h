/*
 * The advisory database: a directory with one SQLite file per ecosystem, opened immutable, and
 * facts shared by all (severity, KEV, EPSS). Made by advisory/build.c, read by advisory/match.c.
 */
#pragma once

#include "model/report.h"

struct db;

/* Opens the database directory. ERR_NOTFOUND (SCOPE_DATABASE) with a hint when it is not there.
 * Shards are opened when first needed; db_open_all() opens them at once, for a worker that may not
 * open. */
int db_open(const char *dir, struct db **out, struct err *err) must_check;
int db_open_all(struct db *db, struct err *err) must_check;
void db_close(struct db *db);
const char *db_dir(const struct db *db);
/* Appends its feeds to r->feeds and sets r->db_age_days: the age of the oldest feed of advisories,
 * of the files that matching has used so far if it used any, else of all. Facts by CVE (KEV ...) do
 * not count. */
int db_describe(struct db *db, struct report *r, struct err *err) must_check;
/* Reads every page of every file: SCOPE_DATABASE when one is damaged. Signatures:
 * advisory/bundle.h. */
int db_check(struct db *db, struct err *err) must_check;
/* Where it lies: --db (`option`, may be NULL), GABION_DB, $XDG_DATA_HOME/gabion/db (~/.local/share
 * ...), /var/lib/gabion/db, the installed one, the build's own db/. The first two must be there if
 * they are named, of the others the first that is. */
int db_find(struct arena *a, const char *option, const char **out, struct err *err) must_check;
/* Where `db update` and `db build` write without --db: root: /var/lib/gabion/db, others: the
 * user's. */
const char *db_default(struct arena *a);

/* A record that a name, id or purl leads to, in one package of one release. */
struct db_hit {
	struct sv ecosystem, release, name;
	struct sv record, feed, flaws, aliases, summary, published, modified;
	struct sv ranges; /* "introduced 0, fixed 1.2.3; versions 1.0, 1.1" */
	const char *scheme;
	enum severity severity; /* the vendor's word, or SEV_UNKNOWN */
	struct sv severity_source;
};
/* Calls fn for each; stops when it returns nonzero. Views die after the call. Returns how many
 * there were; a purl's version is not looked at (see match_explain()). */
int db_search(struct db *db, struct sv query, int (*fn)(void *arg, const struct db_hit *hit),
	      void *arg, struct err *err) must_check;
