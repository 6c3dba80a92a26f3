#include "audit/read/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "audit/read/host-int.h"
#include "base/limits.h"

const char *const read_namespaces[READ_NAMESPACES] = {"net", "pid",  "ipc",    "uts",
						      "mnt", "user", "cgroup", "time"};

/* What is taken as it stands. */
static const struct {
	const char *role, *file;
} files[] = {
	{"status", "status"},   {"mountinfo", "mountinfo"}, {"cgroup", "cgroup"},
	{"uid_map", "uid_map"}, {"gid_map", "gid_map"},     {"cmdline", "cmdline"},
	{"limits", "limits"},   {"label", "attr/current"},
};

struct reader {
	const struct read_host *h;
	int process; /* its folder: it is the same process as long as this can be read */
	pid_t pid;
	struct buf *out;
};

bool read_proc(const struct read_host *h, int process, const char *name)
{
	auto_close int fd = openat(process, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	buf_clear(&h->cache->scratch);
	return fd >= 0 && read_fd(fd, limit_proc_bytes, &h->cache->scratch);
}

uint64_t read_namespace(int process, const char *name)
{
	char path[32], text[64];
	uint64_t number;

	(void)snprintf(path, sizeof path, "ns/%s", name);
	ssize_t n = readlinkat(process, path, text, sizeof text);
	/* "net:[4026531840]" */
	struct sv v = sv_make(text, n > 0 ? (size_t)n : 0);
	(void)sv_cut(&v, '[');
	return sv_u64(sv_cut(&v, ']'), &number) ? number : 0;
}

/* Field 22 of stat; the name before may hold anything, up to its last bracket. */
static bool start_time(struct sv stat, uint64_t *start)
{
	struct sv head, rest;

	if (!sv_rcut(stat, ')', &head, &rest))
		return false;
	for (int i = 0; i < 20; i++)
		(void)sv_cut(&rest, ' ');
	return sv_u64(sv_cut(&rest, ' '), start);
}

int read_proc_open(const struct read_host *h, pid_t pid, uint64_t *start)
{
	char name[16];

	if (h->proc < 0 || pid <= 0)
		return -ENOENT;
	(void)snprintf(name, sizeof name, "%d", (int)pid);
	auto_close int fd = openat(h->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!read_proc(h, fd, "stat") || !start_time(buf_view(&h->cache->scratch), start))
		return -ESRCH;
	return take_fd(&fd);
}

static struct sv part_name(const struct reader *r, const char *file, char to[64])
{
	int n = snprintf(to, 64, "/proc/%d/%s", (int)r->pid, file);

	return sv_make(to, (size_t)n);
}

static void plain_files(const struct reader *r)
{
	char name[64];

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct sv role = sv_of(files[i].role), at = part_name(r, files[i].file, name);
		if (read_proc(r->h, r->process, files[i].file))
			parts_write(r->out, role, at, PART_HERE, buf_view(&r->h->cache->scratch));
		else
			read_failed(role, at, errno, r->out);
	}
}

static void number_or_dash(struct buf *text, uint64_t number)
{
	if (number)
		buf_fmt(text, " %llu", (unsigned long long)number);
	else
		buf_str(text, " -");
}

static void namespaces(const struct reader *r)
{
	struct buf *text = &r->h->cache->scratch;
	char name[64];

	buf_clear(text);
	for (size_t i = 0; i < READ_NAMESPACES; i++) {
		buf_str(text, read_namespaces[i]);
		number_or_dash(text, read_namespace(r->process, read_namespaces[i]));
		number_or_dash(text, r->h->cache->spaces[i]);
		buf_char(text, '\n');
	}
	parts_write(r->out, SV("namespaces"), part_name(r, "ns", name), PART_HERE, buf_view(text));
}

static void escaped(struct buf *out, struct sv path)
{
	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];
		if (c <= ' ' || c == '\\' || c == 127)
			buf_fmt(out, "\\%03o", c);
		else
			buf_char(out, (char)c);
	}
}

/* One open file; what is no file or folder of a file system (pipes, sockets, terminals) is left
 * out. */
static void open_file(const struct reader *r, const char *name)
{
	char target[PATH_MAX];
	struct statx st;
	ssize_t n = readlinkat(r->process, name, target, sizeof target);

	if (n <= 0 || target[0] != '/' ||
	    statx(r->process, name, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_MNT_ID,
		  &st) != 0)
		return;
	const char *type = S_ISREG(st.stx_mode)   ? "f"
			   : S_ISDIR(st.stx_mode) ? "d"
			   : S_ISBLK(st.stx_mode) ? "b"
						  : NULL;
	if (!type)
		return;
	unsigned long long mount = st.stx_mask & STATX_MNT_ID ? st.stx_mnt_id : 0;
	buf_fmt(&r->h->cache->scratch, "%s %s %llu ", name, type, mount);
	escaped(&r->h->cache->scratch, sv_make(target, (size_t)n));
	buf_char(&r->h->cache->scratch, '\n');
}

static void close_folder(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

static void open_files(const struct reader *r)
{
	auto_close int fd = openat(r->process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_done(close_folder) DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	char at[64], name[32];
	struct dirent *e;
	size_t left = limit_proc_entries;

	if (!d) {
		read_failed(SV("files"), part_name(r, "fd", at), errno, r->out);
		return;
	}
	(void)take_fd(&fd);
	buf_clear(&r->h->cache->scratch);
	open_file(r, "cwd");
	open_file(r, "root");
	while (left && (e = readdir(d))) {
		if (e->d_name[0] < '0' || e->d_name[0] > '9')
			continue;
		(void)snprintf(name, sizeof name, "fd/%.12s", e->d_name);
		open_file(r, name);
		left--;
	}
	parts_write(r->out, SV("files"), part_name(r, "fd", at), PART_HERE,
		    buf_view(&r->h->cache->scratch));
}

/* Kept before the scratch buffer is used again: the path of its cgroups. */
static void cgroups(const struct reader *r)
{
	auto_done(buf_done) struct buf cgroup = {0};
	char name[64];

	if (!read_proc(r->h, r->process, "cgroup")) {
		read_failed(SV("cgroup_limits"), part_name(r, "cgroup", name), errno, r->out);
		return;
	}
	buf_sv(&cgroup, buf_view(&r->h->cache->scratch));
	read_cgroup(r->h, buf_view(&cgroup), SV("/sys/fs/cgroup"), r->out);
}

void read_sockets(const struct read_host *h, struct buf *out)
{
	read_host_ready(h);
	parts_write(out, SV("engines"), SV("/run"), PART_HERE, buf_view(&h->cache->engines));
}

bool read_process(const struct read_host *h, pid_t pid, uint64_t start, struct buf *out)
{
	struct reader r = {.h = h, .process = -1, .pid = pid, .out = out};
	uint64_t started;
	char name[64];

	read_host_ready(h);
	auto_close int process = read_proc_open(h, pid, &started);
	if (process < 0 || (start && start != started))
		return false;
	r.process = process;
	plain_files(&r);
	namespaces(&r);
	open_files(&r);
	read_devices(h, process, part_name(&r, "root/dev", name), out);
	cgroups(&r);
	read_sockets(h, out);
	parts_write(out, SV("missing"), SV("/proc"), PART_HERE, buf_view(&h->cache->missing));
	bool mounts = h->cache->mounts.n > 0;
	parts_write(out, SV("host_mounts"), SV("/proc/1/mountinfo"),
		    mounts ? PART_HERE : PART_UNREADABLE,
		    mounts ? buf_view(&h->cache->mounts) : SV("the host's mounts cannot be seen"));
	return true;
}
