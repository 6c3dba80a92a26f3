/*
 * `db update`: takes what has changed, makes the new directory beside the old one, exchanges them.
 *
 * From the OSV bucket (or its mirror): ECOSYSTEM/all.zip over TLS, asked for with the ETag of last
 * time; recorded as not signed. From a signed bundle (advisory/bundle.h) with a pinned key: a URL
 * or a directory; only files whose digest differs; never an older bundle than the installed one.
 * Downloads go on where they stopped (HTTP Range); what is half-done lies in "DIR.download".
 */
#pragma once

#include "base/base.h"

#define DB_UPDATE_URL "https://osv-vulnerabilities.storage.googleapis.com"
#define DB_KEV_URL \
	"https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
#define DB_EPSS_URL "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"

struct db_update_options {
	const char *dir; /* db_default() */
	const char *url; /* base; NULL: DB_UPDATE_URL. With key also a directory */
	const char *key; /* PEM of the pinned Ed25519 public key: url is a signed bundle */
	/* Ecosystems; none: those of dir, in a new one the ones in update_defaults. A bundle: all
	 * of it. */
	const char *const *only;
	size_t only_n;
	const char *const
		*facts; /* tables of facts to put beside (data/debian-12.tsv); not for bundles */
	size_t facts_n;
	const char *kev_url, *epss_url; /* NULL: keep what is there */
	const char *ca_file;            /* NULL: the system's */
	bool allow_older;               /* take an older bundle */
	/* Bytes of one download as they come (total 0 = not known), and other steps; may be NULL.
	 */
	void (*progress)(void *arg, const char *what, uint64_t done, uint64_t total);
	void *progress_arg;
};

struct db_updated {
	size_t changed, unchanged;
	uint64_t bytes; /* downloaded */
};

extern const char *const update_defaults[];
extern const size_t update_defaults_n;

/* On failure dir is as it was. SCOPE_DATABASE: exit 4. ERR_CONFLICT while another update runs. */
int db_update(const struct db_update_options *options, struct db_updated *out,
	      struct err *err) must_check;
