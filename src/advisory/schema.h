/*
 * What stands in the files of the database. One file per ecosystem ("Debian.db",
 * "Rocky%20Linux.db") with
 *
 *   meta     schema version and ecosystem
 *   feed     where the records come from, how old that is
 *   release  releases with at least one record; "" for ecosystems without
 *   package  (release, name) -> everything needed to match, packed (advisory/pack.h): one look-up
 *            a package
 *   record   what a finding and a search say of a record: looked up only for matches
 *   ident    every id that names a record: its own, aliases, flaws
 *
 * and "cve.db" with what all ecosystems share: severity, KEV and EPSS by CVE number.
 */
#pragma once

#include "advisory/feed.h"

#define SCHEMA_APPLICATION "1734435428" /* "gabd" */
#define SCHEMA_VERSION     "2"
#define SCHEMA_CVE_FILE    "cve.db"

/* NULL-terminated. */
extern const char *const schema_shard[];
extern const char *const schema_cve[];

/* Writes a row of feed. */
struct sqlite3;
int schema_put_feed(struct sqlite3 *db, int64_t id, const struct feed_info *info,
		    struct err *err) must_check;
