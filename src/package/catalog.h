/* What the catalogers of this folder share: faults with their line, ownership, pushing a package.
 */
#pragma once

#include "package/cataloger.h"

/* The readers of all rows: int dpkg_read(const struct catalog_file *f, ...). */
#define CATALOGER(id, flags, globs, max_bytes, fn)                                       \
	int fn(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink, \
	       struct err *err);
#define UNREAD(id, flags, globs)
#include "package/catalogers.def"
#undef CATALOGER
#undef UNREAD

/* One run of a cataloger over one file. */
struct catalog_run {
	const struct catalog_file *file;
	struct catalog_sink *sink;
	struct err *err;
	unsigned faults, notes;
	uint64_t owned; /* bytes of file names given to the sink */
};

/* Tells the sink that a part of the file could not be read, and goes on: 0. line 0: the whole file.
 * A file with many faults is not worth reading on: negative, the run's err is set. */
int catalog_fault(struct catalog_run *run, size_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4))) must_check;
/* Something to know about the file that costs no package. The first 20 of a file are told. */
void catalog_note(struct catalog_run *run, size_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Gives an installed package to the sink: p with its cataloger and this file as its location. */
void catalog_package(struct catalog_run *run, struct package *p, const char *cataloger);
/* owner owns dir/name; a leading '/' is dropped, either part may be empty. A path in /bin, /lib or
 * /sbin is told in /usr too: since the merge of /usr packages still name the old place, images have
 * the new one. */
void catalog_owns(struct catalog_run *run, struct sv owner, struct sv dir, struct sv name);
