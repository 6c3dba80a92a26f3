/*
 * Walks a directory tree below a descriptor: a root file system, the host, a layer of overlay2.
 *
 * No symbolic link is ever followed, no path is opened twice by name from the root: each directory
 * is opened below its parent's descriptor, so that a tree that changes under us cannot lead
 * outside. Entries come in the byte order of their names, a directory before what is in it. Depth,
 * path length and number of entries are bounded; a directory that contains itself (bind mounts) is
 * skipped.
 */
#pragma once

#include "fmt/tar.h"

struct walk_options {
	bool host;    /* stay off proc, sys, dev and the stores of container engines */
	bool full;    /* cross into network mounts; kernel file systems are never entered */
	bool overlay; /* a layer of overlayfs: say what is a whiteout or opaque */
	/* It was mounted without privileges (userxattr): user.overlay.* attributes count, else
	 * trusted.overlay.*. Never both: a process in a container can set the former, and could
	 * hide what lies below. */
	bool user_marks;
};

struct walk_entry {
	struct sv path;   /* from the root of the walk, no leading '/'; valid during the call */
	const char *name; /* its last part: openat(dirfd, name, O_NOFOLLOW ...) */
	int dirfd;        /* the directory it is in; borrowed */
	enum tar_type type;
	uint32_t mode;
	uint64_t size;
	uint32_t uid, gid;
	uint64_t dev, ino;
	uint64_t links;
	bool whiteout; /* overlay: it hides what lies below */
	bool opaque;   /* overlay: a directory that hides all that lies below */
};

struct walk_calls {
	/* 0 = go on, 1 = do not enter this directory, negative = stop with this error. */
	int (*entry)(void *arg, const struct walk_entry *e, struct err *err);
	/* What could not be read, and why: 0 = go on, negative = stop. */
	int (*failed)(void *arg, struct sv path, const struct err *why, struct err *err);
	/* A directory that is left out on purpose, and why. May be NULL. */
	void (*skipped)(void *arg, struct sv path, const char *why);
	void *arg;
};

/* dir is borrowed. */
int walk_tree(int dir, const struct walk_options *o, const struct walk_calls *c,
	      struct err *err) must_check;
/* A file of the walk, opened below its directory: a regular file, never a link, device or fifo. A
 * descriptor or -kind. */
int walk_file_open(const struct walk_entry *e, struct err *err) must_check;
/*
 * Overlayfs with metacopy: a file whose mode or owner changed in this layer has no data here. It is
 * still the file of this path below, or, if it was moved as well, of another path.
 */
enum walk_data { WALK_DATA_HERE, WALK_DATA_BELOW, WALK_DATA_ELSEWHERE };
enum walk_data walk_file_data(int fd, bool user_marks);
