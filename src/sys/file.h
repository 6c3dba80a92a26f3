/*
 * Files: whole reads with a bound, and writes that survive a kill at any point.
 * Paths are C strings of the caller's own making (options, configuration), not names from images.
 */
#pragma once

#include <sys/types.h>

#include "base/base.h"

/* Opens for reading, O_CLOEXEC. A descriptor or -kind. */
int file_open(const char *path, struct err *err) must_check;
/* Appends the whole file; more than limit bytes is ERR_LIMIT. "-" is standard input. */
int file_read(const char *path, uint64_t limit, struct buf *out, struct err *err) must_check;
int file_read_fd(int fd, uint64_t limit, struct buf *out, struct err *err) must_check;
/* The same from a pipe or terminal that may stall: ERR_TIMEOUT after the deadline (clock_mono_ns(),
 * 0 = none). */
int file_read_until(int fd, int64_t deadline, uint64_t limit, struct buf *out,
		    struct err *err) must_check;
/* All of it, or an error (EINTR and short writes handled). */
int file_write_all(int fd, struct sv bytes, struct err *err) must_check;
/* Temporary file beside it, fsync, rename, fsync of the directory. mode as for open. */
int file_write_atomic(const char *path, struct sv bytes, mode_t mode, struct err *err) must_check;
/*
 * The same in steps, for output that is streamed: file_atomic_begin() gives a stdio stream onto the
 * temporary file; commit syncs and renames; abort removes. One of the two must be called.
 */
struct file_atomic {
	FILE *to;
	char *path, *temp;
};
int file_atomic_begin(const char *path, mode_t mode, struct file_atomic *out,
		      struct err *err) must_check;
int file_atomic_commit(struct file_atomic *f, struct err *err) must_check;
void file_atomic_abort(struct file_atomic *f);
/* mkdir -p with this mode for what is made. */
int file_mkdirs(const char *path, mode_t mode, struct err *err) must_check;
/* True when path is a file or directory of the caller (root: root's) that nobody else can write. */
bool file_is_private(const char *path);
