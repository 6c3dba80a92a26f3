#include "sys/file.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"

int file_open(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	(void)err_sys(err, "cannot open");
	return err_where(err, "%s", path);
}

int file_read_fd(int fd, uint64_t limit, struct buf *out, struct err *err)
{
	return file_read_until(fd, 0, limit, out, err);
}

/* Waits until there is something to read. False after the deadline. */
static bool await(int fd, int64_t deadline)
{
	struct pollfd p = {fd, POLLIN, 0};

	for (;;) {
		int64_t left = (deadline - clock_mono_ns()) / 1000000;
		if (left <= 0)
			return false;
		if (poll(&p, 1, left > 60000 ? 60000 : (int)left) > 0)
			return true;
	}
}

int file_read_until(int fd, int64_t deadline, uint64_t limit, struct buf *out, struct err *err)
{
	size_t start = out->n;

	for (;;) {
		if (deadline && !await(fd, deadline))
			return err_set(err, ERR_TIMEOUT, "its end did not come in time");
		char *to = buf_reserve(out, 65536);
		ssize_t n = read(fd, to, 65536);
		if (n == 0)
			break;
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return err_sys(err, "cannot read");
		}
		out->n += (size_t)n;
		if (out->n - start > limit)
			return err_set(err, ERR_LIMIT, "larger than %llu bytes",
				       (unsigned long long)limit);
	}
	out->p[out->n] = '\0';
	return 0;
}

int file_read(const char *path, uint64_t limit, struct buf *out, struct err *err)
{
	auto_close int fd = -1;
	int rc;

	if (strcmp(path, "-") == 0)
		return file_read_fd(STDIN_FILENO, limit, out, err);
	fd = rc = file_open(path, err);
	if (rc < 0)
		return rc;
	rc = file_read_fd(fd, limit, out, err);
	return rc < 0 ? err_where(err, "%s", path) : 0;
}

int file_write_all(int fd, struct sv bytes, struct err *err)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot write");
		bytes = sv_from(bytes, (size_t)n);
	}
	return 0;
}

/* The directory entry itself must reach the disk, or a crash can bring the old file back. */
static void sync_parent(const char *path)
{
	auto_free char *dir = xstrdup(path);
	char *slash = strrchr(dir, '/');

	if (slash == dir)
		slash[1] = '\0';
	else if (slash)
		*slash = '\0';
	auto_close int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		(void)fsync(fd);
}

int file_atomic_begin(const char *path, mode_t mode, struct file_atomic *out, struct err *err)
{
	struct file_atomic f = {0};

	if (asprintf(&f.temp, "%s.XXXXXX", path) < 0)
		budget_exhausted("memory", 0);
	int fd = mkostemp(f.temp, O_CLOEXEC);
	if (fd < 0) {
		(void)err_sys(err, "cannot create a file beside it");
		free(f.temp);
		return err_where(err, "%s", path);
	}
	if (fchmod(fd, mode) != 0 || !(f.to = fdopen(fd, "w"))) {
		(void)err_sys(err, "cannot create");
		close(fd);
		(void)unlink(f.temp);
		free(f.temp);
		return err_where(err, "%s", path);
	}
	f.path = xstrdup(path);
	*out = f;
	return 0;
}

int file_atomic_commit(struct file_atomic *f, struct err *err)
{
	/* the first failure's errno is the reason; an earlier write's is lost by now */
	bool lost = ferror(f->to) != 0;
	bool bad = fflush(f->to) != 0 || fsync(fileno(f->to)) != 0;
	int reason = errno;

	if (fclose(f->to) != 0 && !bad) {
		bad = true;
		reason = errno;
	}
	f->to = NULL;
	if (!bad && !lost && rename(f->temp, f->path) != 0) {
		bad = true;
		reason = errno;
	}
	if (bad || lost) {
		errno = bad ? reason : EIO;
		(void)err_sys(err, "cannot write");
		(void)err_scope(err, SCOPE_OUTPUT);
		(void)err_where(err, "%s", f->path);
		file_atomic_abort(f);
		return -(int)err->kind;
	}
	sync_parent(f->path);
	free(f->path);
	free(f->temp);
	*f = (struct file_atomic){0};
	return 0;
}

void file_atomic_abort(struct file_atomic *f)
{
	if (f->to)
		(void)fclose(f->to);
	if (f->temp)
		(void)unlink(f->temp);
	free(f->path);
	free(f->temp);
	*f = (struct file_atomic){0};
}

int file_write_atomic(const char *path, struct sv bytes, mode_t mode, struct err *err)
{
	struct file_atomic f;
	int rc = file_atomic_begin(path, mode, &f, err);

	if (rc < 0)
		return rc;
	if (bytes.n)
		(void)fwrite(bytes.p, 1, bytes.n, f.to);
	return file_atomic_commit(&f, err);
}

int file_mkdirs(const char *path, mode_t mode, struct err *err)
{
	auto_free char *p = xstrdup(path);

	if (!*p)
		return err_set(err, ERR_USAGE, "an empty path");
	for (char *s = p + 1;; s++) {
		if (*s != '/' && *s != '\0')
			continue;
		char keep = *s;
		*s = '\0';
		if (mkdir(p, mode) != 0 && errno != EEXIST) {
			(void)err_sys(err, "cannot make the directory");
			return err_where(err, "%s", p);
		}
		*s = keep;
		if (!keep)
			return 0;
	}
}

bool file_is_private(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 022) == 0;
}
