/* What is the same for all processes of a host: its namespaces, mounts, engines' sockets. */
#include "audit/read/host-int.h"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/limits.h"
#include "fact/mount.h"

enum { MOUNT_LINES = 400, FIELDS = 6 };

static const struct {
	const char *engine, *path;
} sockets[] = {
	{"docker", "/run/docker.sock"},
	{"docker", "/run/docker/docker.sock"},
	{"containerd", "/run/containerd/containerd.sock"},
	{"containerd", "/run/docker/containerd/containerd.sock"},
	{"containerd", "/run/k3s/containerd/containerd.sock"},
	{"crio", "/run/crio/crio.sock"},
	{"podman", "/run/podman/podman.sock"},
	{"buildkit", "/run/buildkit/buildkitd.sock"},
};
/* Of rootless engines, below /run/user/UID. */
static const struct {
	const char *engine, *path;
} user_sockets[] = {
	{"docker", "docker.sock"},
	{"podman", "podman/podman.sock"},
	{"buildkit", "buildkit/buildkitd.sock"},
};

/* proc_pid_mountinfo(5): number, parent, device, root, point, options, ... - type */
struct line {
	struct sv field[FIELDS], type;
	struct sv group; /* that it is shared with; "-" = none */
};

static bool split(struct sv text, struct line *out)
{
	for (size_t i = 0; i < FIELDS; i++)
		out->field[i] = sv_cut(&text, ' ');
	out->group = SV("-");
	while (text.n) {
		struct sv optional = sv_cut(&text, ' ');
		if (sv_is(optional, "-"))
			break;
		if (sv_starts(optional, SV("shared:")))
			out->group = sv_from(optional, 7);
	}
	out->type = sv_cut(&text, ' ');
	return out->type.n > 0;
}

static void path_in_file_system(struct sv mountinfo, uint64_t mount, struct sv path,
				struct buf *out)
{
	struct line l;
	struct sv text;
	uint64_t number;

	while (sv_line(&mountinfo, &text)) {
		if (!split(text, &l) || !sv_u64(l.field[0], &number) || number != mount)
			continue;
		bool root = sv_is(l.field[4], "/");
		if (!root && !sv_starts(path, l.field[4]))
			return;
		buf_sv(out, l.field[2]);
		buf_char(out, ' ');
		if (!sv_is(l.field[3], "/"))
			buf_sv(out, l.field[3]);
		buf_sv(out, root ? path : sv_from(path, l.field[4].n));
		return;
	}
}

static void add_open(const struct read_host *h, int fd, struct sv own_mounts, const char *engine,
		     struct sv path)
{
	auto_done(buf_done) struct buf where = {0};
	char name[32], full[PATH_MAX];
	struct statx st;

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &st) != 0 ||
	    !S_ISSOCK(st.stx_mode))
		return;
	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(name, full, sizeof full);
	if (n > 0 && (st.stx_mask & STATX_MNT_ID))
		path_in_file_system(own_mounts, st.stx_mnt_id, sv_make(full, (size_t)n), &where);
	if (where.n == 0)
		buf_str(&where, "- -");
	dev_t dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	buf_fmt(&h->cache->engines, "%s %llu:%llu %.*s %.*s\n", engine, (unsigned long long)dev,
		(unsigned long long)st.stx_ino, SV_ARG(buf_view(&where)), SV_ARG(path));
}

static void add_socket(const struct read_host *h, struct sv own_mounts, const char *engine,
		       struct sv path)
{
	auto_close int fd = read_open_in(h->root, path, O_PATH);

	add_open(h, fd, own_mounts, engine, path);
}

static void own_mounts(struct buf *out)
{
	auto_close int own = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);

	if (own >= 0)
		(void)read_fd(own, limit_proc_bytes, out);
}

void read_host_socket(const struct read_host *h, const char *engine, const char *path)
{
	auto_done(buf_done) struct buf mounts = {0};
	auto_close int fd = open(path, O_PATH | O_CLOEXEC);

	read_host_ready(h);
	own_mounts(&mounts);
	add_open(h, fd, buf_view(&mounts), engine, sv_of(path));
}

static void engines(const struct read_host *h)
{
	auto_done(buf_done) struct buf mounts = {0};
	auto_done(arena_done) struct arena a = {0};
	enum part_state state;

	own_mounts(&mounts);
	for (size_t i = 0; i < ARRAY_LEN(sockets); i++)
		add_socket(h, buf_view(&mounts), sockets[i].engine, sv_of(sockets[i].path));
	if (h->socket.n && h->engine)
		add_socket(h, buf_view(&mounts), h->engine, h->socket);
	struct sv_vec users = read_folder(h, &a, SV("/run/user"), &state);
	for (size_t u = 0; u < users.n; u++)
		for (size_t i = 0; i < ARRAY_LEN(user_sockets); i++)
			add_socket(h, buf_view(&mounts), user_sockets[i].engine,
				   arena_fmt(&a, "/run/user/%.*s/%s", SV_ARG(users.p[u]),
					     user_sockets[i].path));
}

/* File systems that have no place of the host as a source, or one for each container. */
static bool is_source(const struct line *l)
{
	static const char *const none[] = {"overlay", "proc",   "sysfs",  "cgroup",    "cgroup2",
					   "nsfs",    "mqueue", "devpts", "fuse.lxcfs"};

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		if (sv_is(l->type, none[i]))
			return false;
	return sv_find(l->field[4], SV("/containers/")) == SIZE_MAX;
}

static void mounts(const struct read_host *h)
{
	struct sv rest = buf_view(&h->cache->scratch), text;
	struct line l;

	for (size_t n = 0; n < MOUNT_LINES && sv_line(&rest, &text);) {
		if (!split(text, &l) || !is_source(&l))
			continue;
		buf_fmt(&h->cache->mounts, "%.*s %.*s %.*s %.*s\n", SV_ARG(l.field[2]),
			SV_ARG(l.field[3]), SV_ARG(l.field[4]), SV_ARG(l.group));
		n++;
	}
}

/*
 * The first namespaces have numbers of their own (linux/proc_ns.h, PROC_*_INIT_INO; those of net
 * and mnt since Linux 6.18), which no other namespace gets. They help where the first process may
 * not be looked at since it has more capabilities than gabion.
 */
static const uint32_t initial[READ_NAMESPACES] = {
	0xEFFFFFF9, 0xEFFFFFFC, 0xEFFFFFFF, 0xEFFFFFFE,
	0xEFFFFFF8, 0xEFFFFFFD, 0xEFFFFFFB, 0xEFFFFFFA,
};

static void initial_spaces(const struct read_host *h)
{
	auto_close int self = openat(h->proc, "self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (self < 0 || read_namespace(self, "pid") != initial[1])
		return;
	for (size_t i = 0; i < READ_NAMESPACES; i++) {
		bool always = strcmp(read_namespaces[i], "net") != 0 &&
			      strcmp(read_namespaces[i], "mnt") != 0;
		if (!h->cache->spaces[i] &&
		    (always || read_namespace(self, read_namespaces[i]) == initial[i]))
			h->cache->spaces[i] = initial[i];
	}
}

/* What a kernel does not have needs no hiding. */
static void missing(const struct read_host *h)
{
	for (size_t i = 0; i < MOUNT_GUARDED; i++) {
		auto_close int fd = read_open_in(h->root, sv_of(mount_guarded[i]), O_PATH);
		if (fd == -ENOENT && h->proc >= 0)
			buf_fmt(&h->cache->missing, "%s\n", mount_guarded[i]);
	}
}

void read_host_ready(const struct read_host *h)
{
	struct read_cache *c = h->cache;
	uint64_t start;

	if (c->ready)
		return;
	c->ready = true;
	engines(h);
	missing(h);
	auto_close int first = read_proc_open(h, 1, &start);
	if (first < 0)
		return;
	for (size_t i = 0; i < READ_NAMESPACES; i++)
		c->spaces[i] = read_namespace(first, read_namespaces[i]);
	initial_spaces(h);
	/* the same mounts are seen from here, unless gabion has its own */
	if (read_proc(h, first, "mountinfo") ||
	    (h->is_this && read_proc(h, h->proc, "self/mountinfo")))
		mounts(h);
}
