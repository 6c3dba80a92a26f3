/* What the readers of the host share. */
#pragma once

#include <sys/stat.h>

#include "audit/read/host.h"

/* What is read once for a host. */
struct read_cache {
	struct buf passwd, group;
};

/* A descriptor of the path as it is seen from the folder, which is its root: links are followed,
 * /proc's magic ones not. -errno. */
int read_open_in(int folder, struct sv path, int flags);
/* The bytes of an open file at the end of the buffer; false: more than max bytes, or errno. */
bool read_fd(int fd, size_t max, struct buf *out);
/* A part that is not here, after errno: absent, or unreadable with the reason. */
void read_failed(struct sv role, struct sv name, int error, struct buf *out);

/* A folder that the way leads through, or a link on it. */
typedef void read_step_fn(void *arg, struct sv path, int fd, const struct stat *st);
/* The way to the path, one name after the other, as the kernel walks it. Appends the final path.
 * A descriptor (O_PATH), or -errno. */
int read_walk(int root, struct sv path, read_step_fn *step, void *arg, struct buf *resolved);
