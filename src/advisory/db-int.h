/* Between db.c, lookup.c, match.c, search.c, explain.c. */
#pragma once

#include "advisory/db.h"
#include "advisory/pack.h"
#include "advisory/sql.h"

struct shard_db {
	struct sv name;              /* ecosystem */
	const struct ecosystem *eco; /* or NULL: searched only */
	const struct version_scheme *scheme;
	const char *path;
	sqlite3 *sql; /* NULL: not opened yet */
	sqlite3_stmt *package, *record, *ident;
	struct sv_vec releases, feeds; /* by id */
	bool used;
};

struct db {
	const char *dir;
	bool is_signed; /* as a bundle; looked at when it was opened, a worker may not */
	struct arena arena;
	struct {
		struct shard_db *p;
		size_t n, cap;
	} shards; /* by name */
	sqlite3 *cve;
	sqlite3_stmt *cve_fact;
	struct entry entry; /* storage for one lookup */
	struct buf name;
};

/* The ecosystem's file, opened; NULL with 0 when there is none. */
int db_shard(struct db *db, const struct ecosystem *eco, struct shard_db **out,
	     struct err *err) must_check;
int shard_open(struct shard_db *s, struct arena *a, struct err *err) must_check;
/* SIZE_MAX when no record is of this release. */
size_t shard_release(const struct shard_db *s, struct sv release);
/* The packed entries of a package; empty when there are none. The view dies at the next look-up. */
int shard_package(struct shard_db *s, size_t release, struct sv name, struct sv *out,
		  struct err *err) must_check;

/* What a record says, in the arena. */
struct record_row {
	struct sv id, feed, severity_source, cvss, flaws, aliases, cwes, published, modified,
		summary, refs, packages;
	enum record_kind kind;
	bool has_severity;
	enum severity severity;
	double score; /* or negative */
};
int shard_record(struct shard_db *s, uint32_t record, struct arena *a, struct record_row *out,
		 struct err *err) must_check;

/* What is known of a CVE beyond its records. */
struct cve_row {
	bool has_severity, has_epss;
	enum severity severity;
	struct sv severity_source, cvss, cvss_source, cwes, kev;
	double score, epss, percentile;
};
/* 1 = found, 0 = nothing is known. */
int db_cve(struct db *db, struct sv cve, struct arena *a, struct cve_row *out,
	   struct err *err) must_check;
/* Date of the EPSS feed, or empty. */
int db_epss_date(struct db *db, struct arena *a, struct sv *out, struct err *err) must_check;
/* "introduced 0, fixed 1.2.3" of one range; with `versions` all of the entry. */
void entry_ranges(const struct entry *e, struct buf *out);
void range_text(const struct range *r, struct buf *out);
