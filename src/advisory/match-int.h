/* Between match.c (which records hold), finding.c (what a finding says) and explain.c. */
#pragma once

#include <openssl/evp.h>

#include "advisory/match.h"
#include "advisory/severity.h"
#include "base/map.h"

/* One record that holds for the package, for one flaw that it stands for. */
struct hit {
	struct sv flaw;
	const struct record_row *record;
	bool has_word; /* the vendor's severity for this package */
	enum severity word;
	enum fix_state fix_state;
	struct sv fixed; /* ends the affected stretch; empty: none known */
	struct sv range; /* text */
};

struct matcher {
	struct db *db;
	struct report *r;
	size_t subject;
	struct match_options options;
	/* the subject's operating system; os_shard NULL: not covered */
	struct shard_db *os_shard;
	struct {
		size_t *p;
		size_t n, cap;
	} os_releases;
	struct map records; /* struct record_row by shard and number */
	struct map facts;   /* struct cve_row by CVE */
	struct map rules;   /* ids in r->rules */
	struct map sources; /* texts "introduced 0, fixed 1.2 (deb)" that repeat */
	struct sv epss_date;
	struct {
		struct hit *p;
		size_t n, cap;
	} hits; /* of one package */
	struct buf text;
	struct sv_vec words;
	uint64_t hidden;
	EVP_MD *sha256;
	EVP_MD_CTX *digest;
};

/* How a package is looked up. */
struct lookup {
	struct shard_db *shard; /* NULL: no feed, or not to be matched */
	const size_t *releases;
	size_t releases_n;
	struct sv name, version;
	bool follows_os; /* belongs to an OS package */
	const char *why; /* not NULL: cannot be matched */
};

int matcher_init(struct matcher *m, struct db *db, struct report *r, size_t s,
		 const struct match_options *o, struct err *err) must_check;
void matcher_done(struct matcher *m);
/* Which shard, releases, name and version. The name lives in m->text. */
int match_lookup(struct matcher *m, const struct package *p, struct lookup *out,
		 struct err *err) must_check;

/* What entry_affects() found. */
struct verdict {
	struct sv fixed;           /* largest version that ends a stretch the package is in */
	const struct range *range; /* one that holds, NULL: an explicit version */
	bool ends;                 /* the stretch ends, maybe without a fix that is named */
};
/* Does the entry hold for this version? */
bool entry_affects(const struct shard_db *s, const struct entry *e, const struct package *p,
		   struct sv version, struct verdict *out);
/* The record, read once per match. */
int match_record(struct matcher *m, struct shard_db *s, uint32_t number,
		 const struct record_row **out, struct err *err) must_check;
/* Turns m->hits of the package into findings, one for each flaw. */
int match_findings(struct matcher *m, size_t package, const struct lookup *l,
		   struct err *err) must_check;
