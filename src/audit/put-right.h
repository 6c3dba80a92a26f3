/* --fix and --diff in the parent: new texts of files from workers, written or shown. */
#pragma once

#include "audit/audit.h"

/* What is found and has a safe patch (r->findings, judged and filtered) is put right: files are
 * written, standard input's new text goes to o->input. diff: unified diffs instead. Returns how
 * many findings were ended; what could not be is told in r->errors. */
int64_t audit_fix(struct report *r, struct audit_options *o, struct buf *diff,
		  struct err *err) must_check;
