/* Between update.c (what both ways share), update-osv.c and update-bundle.c. */
#pragma once

#include "advisory/db-int.h"
#include "advisory/update.h"

struct update {
	const struct db_update_options *o;
	struct arena *arena;
	char *work;            /* the new directory */
	const char *downloads; /* dir.download */
	int lock;              /* on downloads */
	struct db *old;        /* what is installed, or NULL */
	struct db_updated *out;
};

/* Downloads url as downloads/name. *unchanged when etag still holds. */
int update_fetch(struct update *u, const char *url, const char *name, struct sv etag,
		 uint64_t limit, char **path, struct sv *new_etag, int64_t *date, bool *unchanged,
		 struct err *err) must_check;
int update_osv(struct update *u, struct err *err) must_check;
int update_bundle(struct update *u, struct err *err) must_check;
