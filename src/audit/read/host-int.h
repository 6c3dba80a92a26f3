/* What the readers of the host share. */
#pragma once

#include <sys/stat.h>
#include <limits.h>

#include "audit/read/host.h"

enum { READ_NAMESPACES = 8 };
extern const char *const read_namespaces[READ_NAMESPACES];

/* What is read once for a host. */
struct read_cache {
	struct buf passwd, group;
	/* for processes, made when the first is read */
	bool ready;
	struct buf scratch;
	struct buf mounts;                /* as the part host_mounts has it */
	struct buf engines;               /* as the part engines has it */
	struct buf missing;               /* as the part missing has it */
	uint64_t spaces[READ_NAMESPACES]; /* of the host's first process; 0: not known */
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

/* The number of a namespace of the process behind the folder; 0: not known. */
uint64_t read_namespace(int process, const char *name);
/* A file below the folder of a process into the scratch buffer, emptied before. */
bool read_proc(const struct read_host *h, int process, const char *name);
/* The folder of a process, and when it started (clock ticks). -errno. */
int read_proc_open(const struct read_host *h, pid_t pid, uint64_t *start);
/* Fills the cache for processes. */
void read_host_ready(const struct read_host *h);
/* Device nodes below the /dev of the process, limits of its cgroups. */
void read_devices(const struct read_host *h, int process, struct sv name, struct buf *out);
void read_cgroup(const struct read_host *h, struct sv cgroup, struct sv name, struct buf *out);
