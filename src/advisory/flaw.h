/*
 * Which flaws a record stands for.
 *
 * A record that names CVEs stands for each of them. `aliases` join further ids to one flaw where
 * all ids that hang together through aliases hold at most one CVE; a record with several CVEs joins
 * nothing. `upstream` never joins; a distribution's notice stands for the CVEs in it (ALPINE-CVE-x
 * for CVE-x). The rule does not depend on the order of records.
 */
#pragma once

#include "advisory/record.h"
#include "base/map.h"

struct flaw_node {
	uint32_t parent;
	bool several;     /* more than one CVE hangs here: joins nothing */
	struct sv cve;    /* the one CVE, or empty */
	struct sv record; /* the smallest id of a record, or empty */
};

struct flaws {
	struct arena arena;
	struct map ids; /* id -> index in nodes */
	struct {
		struct flaw_node *p;
		size_t n, cap;
	} nodes;
};

void flaws_init(struct flaws *f);
void flaws_done(struct flaws *f);
/* The CVEs that the record itself names, each once, in the order of their names. e may be NULL. */
void flaws_named(const struct record *r, const struct ecosystem *e, struct sv_vec *out);
/* Notes what r's aliases join. `named` from flaws_named(). */
void flaws_join(struct flaws *f, const struct record *r, size_t named);
/* The flaw of a record that names no CVE, after all records were joined: a CVE, the smallest id of
 * the records that are the same flaw, or id itself. */
struct sv flaws_of(const struct flaws *f, struct sv id);
