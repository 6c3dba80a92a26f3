/*
 * What `gabion audit` looks at: files named, folders walked, standard input.
 *
 * A folder is walked in the order of names, without following links; of it only what is called
 * .yaml, .yml or .json is read, whatever the content turns out to be. The rest is counted with a
 * reason. A file that is named is read whatever it is called.
 */
#pragma once

#include "model/report.h"

struct audit_file {
	struct sv path; /* as the user would write it; "-" is standard input */
	bool input;
};

struct audit_targets {
	struct {
		struct audit_file *p;
		size_t n, cap;
	} files;
	bool whole; /* a folder or standard input is among them: rules over a set can be asked */
};

void targets_done(struct audit_targets *t);
/* Finds the files of all targets; texts go to r->arena, what is left out to r->left_out and the
 * summary, folders that cannot be read to r->errors. ERR_NOTFOUND and ERR_UNSUPPORTED (a keyword
 * of a later version) for a target as a whole, SCOPE_TARGET and SCOPE_USAGE. */
int targets_find(struct audit_targets *t, const struct sv_vec *args, const struct sv_vec *exclude,
		 struct report *r, struct err *err) must_check;
/* Adds to what is left out. */
void targets_leave(struct report *r, struct sv path, enum left_reason why);
