#include "audit/read/host-int.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"

enum {
	ACCOUNTS_MAX = 4 << 20, /* bytes of passwd or group; what is behind that has numbers only */
	READ_STEP = 65536,
	AGAIN = 32, /* openat2 asks to try again when a folder is moved meanwhile */
};

/* Without the system call (before Linux 5.6, or forbidden) the way is walked by hand. */
static int open_by_hand(int folder, struct sv path, int flags)
{
	auto_done(buf_done) struct buf resolved = {0};
	int fd = read_walk(folder, path, NULL, NULL, &resolved);

	if (fd < 0 || (flags & O_PATH))
		return fd;
	auto_close int at = fd;
	char name[32];
	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", at);
	fd = open(name, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int read_open_in(int folder, struct sv path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	if (path.n == 0 || path.n >= PATH_MAX || memchr(path.p, '\0', path.n))
		return path.n < PATH_MAX ? -EINVAL : -ENAMETOOLONG;
	char name[PATH_MAX];
	memcpy(name, path.p, path.n);
	name[path.n] = '\0';
	for (int i = 0; i < AGAIN; i++) {
		long fd = syscall(SYS_openat2, folder, name, &how, sizeof how);
		if (fd >= 0)
			return (int)fd;
		if (errno == ENOSYS || errno == EPERM)
			return open_by_hand(folder, path, flags);
		if (errno != EAGAIN)
			break;
	}
	return -errno;
}

/* A /proc that is only a folder says nothing about processes. */
static int open_proc(int root)
{
	struct statfs fs;
	int fd = read_open_in(root, SV("/proc"), O_PATH | O_DIRECTORY);

	if (fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static void accounts(const struct read_host *h, struct sv path, struct buf *out)
{
	auto_close int fd = read_open_in(h->root, path, O_RDONLY | O_NONBLOCK);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		(void)read_fd(fd, ACCOUNTS_MAX, out);
}

int read_host_open(struct read_host *h, const char *root, struct err *err)
{
	bool is_this = !root || !*root;
	int fd = open(is_this ? "/" : root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		(void)err_sys(err, "cannot look at the host's root");
		(void)err_scope(err, SCOPE_TARGET);
		return err_where(err, "%s", is_this ? "/" : root);
	}
	*h = (struct read_host){.root = fd, .is_this = is_this};
	h->proc = open_proc(fd);
	h->cache = xcalloc(1, sizeof *h->cache);
	accounts(h, SV("/etc/passwd"), &h->cache->passwd);
	accounts(h, SV("/etc/group"), &h->cache->group);
	return 0;
}

void read_host_close(struct read_host *h)
{
	if (!h->cache)
		return;
	close(h->root);
	if (h->proc >= 0)
		close(h->proc);
	buf_done(&h->cache->passwd);
	buf_done(&h->cache->group);
	buf_done(&h->cache->scratch);
	buf_done(&h->cache->mounts);
	buf_done(&h->cache->engines);
	buf_done(&h->cache->missing);
	free(h->cache);
	*h = (struct read_host){.root = -1, .proc = -1};
}

bool read_fd(int fd, size_t max, struct buf *out)
{
	size_t start = out->n;

	for (;;) {
		size_t left = max - (out->n - start);
		/* one byte more than allowed, to see that there is more */
		size_t step = left < READ_STEP ? left + 1 : READ_STEP;
		ssize_t n = read(fd, buf_reserve(out, step), step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			return true;
		if ((size_t)n > left) {
			errno = EFBIG;
			return false;
		}
		out->n += (size_t)n;
	}
}

void read_failed(struct sv role, struct sv name, int error, struct buf *out)
{
	bool absent = error == ENOENT || error == ENOTDIR;

	parts_write(out, role, name, absent ? PART_ABSENT : PART_UNREADABLE,
		    absent ? (struct sv){0} : sv_of(strerror(error)));
}

/* Opens what is there without waking it (a device, a pipe), and reads only plain files. */
static int open_plain(const struct read_host *h, struct sv path)
{
	struct stat st;
	auto_close int at = read_open_in(h->root, path, O_PATH);

	if (at < 0)
		return at;
	if (fstat(at, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENODEV;
	char name[32];
	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", at);
	int fd = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

void read_file(const struct read_host *h, struct sv role, struct sv path, size_t max,
	       struct buf *out)
{
	auto_done(buf_done) struct buf bytes = {0};
	auto_close int fd = open_plain(h, path);

	if (fd < 0) {
		if (fd == -ENODEV)
			parts_write(out, role, path, PART_UNREADABLE, SV("not a plain file"));
		else
			read_failed(role, path, -fd, out);
	} else if (!read_fd(fd, max, &bytes)) {
		read_failed(role, path, errno, out);
	} else {
		parts_write(out, role, path, PART_HERE, buf_view(&bytes));
	}
}

static void close_folder(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

/* False: it cannot be read to its end, or has too many names. */
static bool names_of(DIR *d, struct arena *a, struct sv_vec *names)
{
	struct dirent *e;

	for (errno = 0; (e = readdir(d)); errno = 0) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (names->n == limit_host_names)
			return false;
		*VEC_PUSH(names) = arena_sv(a, sv_of(e->d_name));
	}
	return errno == 0;
}

struct sv_vec read_folder(const struct read_host *h, struct arena *a, struct sv path,
			  enum part_state *state)
{
	auto_close int fd = read_open_in(h->root, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	struct sv_vec names = {0}, out = {0};

	*state = fd == -ENOENT || fd == -ENOTDIR ? PART_ABSENT : PART_UNREADABLE;
	if (fd < 0)
		return out;
	auto_done(close_folder) DIR *d = fdopendir(fd);
	if (!d)
		return out;
	(void)take_fd(&fd);
	if (names_of(d, a, &names)) {
		*state = PART_HERE;
		out.p = ARENA_ARRAY(a, names.n, struct sv);
		out.n = out.cap = names.n;
		if (names.n)
			memcpy(out.p, names.p, names.n * sizeof *names.p);
		qsort(out.p, out.n, sizeof *out.p, sv_cmp_qsort);
	}
	vec_done(&names);
	return out;
}
