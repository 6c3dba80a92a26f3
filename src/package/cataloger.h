/*
 * Catalogers: one file each, one row each in package/catalogers.def.
 *
 * A cataloger gets one file of a layer or directory and says which packages it is evidence of. It
 * runs in a worker without file access: everything it needs is in the bytes. It never fails the
 * whole scan for one bad file: it returns an error (the caller gives it weight: fatal for OS
 * package databases, note for language metadata), and what it emitted before stays.
 */
#pragma once

#include "model/package.h"

struct catalog_file {
	struct sv path;  /* in the image, without leading '/' */
	struct sv bytes; /* whole file; for CATALOG_STREAM rows empty */
};

/* Where catalogers put what they find; implemented by scan/ (frames) and by tests. Views need only
 * live during the call. */
struct catalog_sink {
	void (*package)(struct catalog_sink *s, const struct package *p);
	/* this OS package owns this path (no leading '/') */
	void (*owns)(struct catalog_sink *s, struct sv owner, struct sv path);
	void (*os)(struct catalog_sink *s, const struct os *os);
	/* a fault in one record while the rest is good */
	void (*note)(struct catalog_sink *s, const struct err *err);
	/* fatal: part of an OS package database could not be read */
	void (*fault)(struct catalog_sink *s, const struct err *err);
	/* evidence of a type that is not read: counted in summary.unread */
	void (*unread)(struct catalog_sink *s, struct sv type, struct sv path);
};

enum catalog_flag {
	CATALOG_OS = 1,        /* errors are fatal */
	CATALOG_INSTALLED = 2, /* counts in images, containers, root file systems */
	CATALOG_LOCK = 4,      /* counts in source trees */
	CATALOG_ELF = 8,       /* chosen by content (ELF executables), not by path */
	CATALOG_SYSTEM = 16,   /* says which operating system it is */
};

/* arena: for the cataloger's own needs, reset after the call. */
typedef int (*catalog_fn)(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
			  struct err *err);

struct cataloger {
	const char *id; /* "dpkg-status" */
	unsigned flags;
	/* Globs separated by spaces: "var/lib/dpkg/status", "**" "/node_modules/" "**"
	 * "/package.json".
	 * '*' stays within a path segment, a segment of two stars is any number of segments. */
	const char *globs;
	uint64_t max_bytes;
	catalog_fn fn; /* NULL: evidence that nothing reads yet, counted as unread */
};

extern const struct cataloger catalogers[];
extern const size_t catalogers_n;

/* Index of the first row whose glob takes the path, from row `from` on; SIZE_MAX when none. Fast:
 * by basename and suffix first. package/router.c */
size_t cataloger_route(struct sv path, size_t from);
