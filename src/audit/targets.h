/*
 * What `gabion audit` looks at: files named, folders walked, standard input, what runs.
 *
 * A folder is walked in the order of names, without following links; of it only what is called
 * .yaml, .yml or .json is read, whatever the content turns out to be. The rest is counted with a
 * reason. A file that is named is read whatever it is called.
 */
#pragma once

#include "fact/source.h"
#include "model/report.h"

/* Of an item that is no file: where its parts come from, and what the report says it is. */
struct audit_live {
	struct sv kind, scheme, digest; /* of the subject */
	/* Appends the parts when a worker is free for them. The code "vanished": it is gone
	 * meanwhile, which is no more than worth a note. */
	/* NULL: there is nothing, and that is told already. */
	int (*gather)(void *arg, size_t which, struct buf *parts, struct err *err);
	void *arg;
	size_t which;
};

/* One piece of work: a file, standard input, or parts that are gathered on demand. */
struct audit_item {
	struct sv path; /* as the user would write it; "-" is standard input; the name of others */
	struct sv folder;                 /* of files: the other files that it names lie below */
	const struct fact_source *source; /* by name; NULL: its content says what it is */
	const struct audit_live *live;    /* NULL: a file, or standard input */
	bool input, walked;               /* walked: found in the folder, not named */
};

struct audit_targets {
	struct {
		struct audit_item *p;
		size_t n, cap;
	} items;
	struct live *live; /* what items of what runs need */
	struct held *held; /* parts of images, command lines */
	bool whole; /* a folder or standard input is among them: rules over a set can be asked */
};

void targets_done(struct audit_targets *t);
struct audit_options;
/* Finds the items of all targets; texts go to r->arena, what is left out to r->left_out and the
 * summary, folders that cannot be read to r->errors. ERR_NOTFOUND and ERR_UNSUPPORTED (a keyword
 * of a later version) for a target as a whole, SCOPE_TARGET and SCOPE_USAGE. */
int targets_find(struct audit_targets *t, const struct sv_vec *args, const struct audit_options *o,
		 int64_t deadline, struct report *r, struct err *err) must_check;
/* Adds to what is left out. */
void targets_leave(struct report *r, struct sv path, enum left_reason why);
