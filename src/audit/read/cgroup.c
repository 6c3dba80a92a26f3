/* Limits of a process by its cgroups, and the device nodes that it has. */
#include "audit/read/host-int.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/limits.h"

enum { CGROUP_DEPTH = 16, CGROUP_VALUE = 4096, DEVICE_DEPTH = 2 };

/* v1: each controller has its own tree; above: a limit of a folder holds for those below too. */
static const struct {
	const char *controller; /* "" = v2 */
	const char *file;
	bool above;
} limits[] = {
	{"", "memory.max", true},
	{"", "memory.swap.max", true},
	{"", "cpu.max", true},
	{"", "pids.max", true},
	{"", "cpu.weight", false},
	{"", "cpuset.cpus", false},
	{"memory", "memory.limit_in_bytes", true},
	{"memory", "memory.memsw.limit_in_bytes", true},
	{"cpu", "cpu.cfs_quota_us", true},
	{"cpu", "cpu.cfs_period_us", true},
	{"cpu", "cpu.shares", false},
	{"cpuset", "cpuset.cpus", false},
	{"pids", "pids.max", true},
};

static void values(int folder, const char *controller, bool top, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		char text[CGROUP_VALUE];
		if (strcmp(limits[i].controller, controller) != 0 || (!top && !limits[i].above))
			continue;
		auto_close int fd = openat(folder, limits[i].file,
					   O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
		ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
		struct sv value = sv_trim(sv_make(text, n > 0 ? (size_t)n : 0));
		if (value.n && !memchr(value.p, '\n', value.n))
			buf_fmt(out, "%s %.*s\n", limits[i].file, SV_ARG(value));
	}
}

/* One tree, from the process's folder up to its root. False: it cannot be seen. */
static bool tree(const struct read_host *h, struct sv mount, const char *controller, struct sv path,
		 struct buf *out)
{
	auto_done(buf_done) struct buf full = {0};

	buf_sv(&full, mount);
	for (int i = 0; i < CGROUP_DEPTH && path.n > 1; i++) {
		struct sv above, name;
		full.n = mount.n;
		buf_sv(&full, path);
		auto_close int fd = read_open_in(h->root, buf_view(&full), O_PATH | O_DIRECTORY);
		if (fd < 0)
			return false;
		values(fd, controller, i == 0, out);
		if (!sv_rcut(path, '/', &above, &name))
			break;
		path = above;
	}
	return true;
}

static bool has_controller(struct sv list, struct sv name)
{
	while (list.n)
		if (sv_eq(sv_cut(&list, ','), name))
			return true;
	return false;
}

/* cgroups(7): "0::/path" is v2's, "4:memory:/path" one of v1's. */
static bool line_limits(const struct read_host *h, struct sv line, struct buf *out)
{
	static const char *const controllers[] = {"memory", "cpu", "cpuset", "pids"};
	bool seen = true;

	(void)sv_cut(&line, ':');
	struct sv list = sv_cut(&line, ':');
	if (list.n == 0)
		return tree(h, SV("/sys/fs/cgroup"), "", line, out) ||
		       tree(h, SV("/sys/fs/cgroup/unified"), "", line, out);
	for (size_t i = 0; i < ARRAY_LEN(controllers); i++) {
		char mount[64];
		if (!has_controller(list, sv_of(controllers[i])))
			continue;
		int n = snprintf(mount, sizeof mount, "/sys/fs/cgroup/%s", controllers[i]);
		seen &= tree(h, sv_make(mount, (size_t)n), controllers[i], line, out);
	}
	return seen;
}

void read_cgroup(const struct read_host *h, struct sv cgroup, struct sv name, struct buf *out)
{
	struct buf *text = &h->cache->scratch;
	struct sv line;
	bool seen = true;

	buf_clear(text);
	while (sv_line(&cgroup, &line))
		seen &= line_limits(h, line, text);
	if (seen)
		parts_write(out, SV("cgroup_limits"), name, PART_HERE, buf_view(text));
	else
		parts_write(out, SV("cgroup_limits"), name, PART_UNREADABLE,
			    SV("the cgroup cannot be seen"));
}

static void close_folder(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

/* Folders of /dev that hold file systems of their own. */
static bool is_apart(const char *name)
{
	static const char *const apart[] = {".", "..", "pts", "shm", "mqueue", "fd", "hugepages"};

	for (size_t i = 0; i < ARRAY_LEN(apart); i++)
		if (strcmp(name, apart[i]) == 0)
			return true;
	return false;
}

static void node_line(int folder, const char *path, const char *name, struct buf *out)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0 ||
	    (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode)))
		return;
	buf_str(out, path);
	buf_char(out, '/');
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == '\\' || *p == 127)
			buf_fmt(out, "\\%03o", (unsigned char)*p);
		else
			buf_char(out, *p);
	buf_fmt(out, " %c %u %u %o\n", S_ISCHR(st.st_mode) ? 'c' : 'b', major(st.st_rdev),
		minor(st.st_rdev), (unsigned)st.st_mode & 07777);
}

/* /dev and the folders in it, not deeper: a node further down would be the container's own work,
 * and it cannot open one that its device cgroup forbids. */
static void nodes(int fd, const char *path, unsigned depth, size_t *left, struct buf *out)
{
	auto_close int at = fd;
	auto_done(close_folder) DIR *d = fdopendir(fd);
	struct dirent *e;

	if (!d)
		return;
	(void)take_fd(&at);
	while (*left && (e = readdir(d))) {
		--*left;
		if (e->d_type == DT_CHR || e->d_type == DT_BLK || e->d_type == DT_UNKNOWN)
			node_line(dirfd(d), path, e->d_name, out);
		if (e->d_type != DT_DIR || depth + 1 >= DEVICE_DEPTH || is_apart(e->d_name))
			continue;
		char below[NAME_MAX + 16];
		(void)snprintf(below, sizeof below, "%s/%s", path, e->d_name);
		int sub = openat(dirfd(d), e->d_name,
				 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0)
			nodes(sub, below, depth + 1, left, out);
	}
}

void read_devices(const struct read_host *h, int process, struct sv name, struct buf *out)
{
	size_t left = limit_proc_entries;
	auto_close int root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int dev = root < 0 ? -errno : read_open_in(root, SV("/dev"), O_RDONLY | O_DIRECTORY);

	if (dev < 0) {
		read_failed(SV("devices"), name, -dev, out);
		return;
	}
	buf_clear(&h->cache->scratch);
	nodes(dev, "/dev", 0, &left, &h->cache->scratch);
	parts_write(out, SV("devices"), name, PART_HERE, buf_view(&h->cache->scratch));
}
