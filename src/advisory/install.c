#include "advisory/install.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

static int in_database(struct err *err)
{
	return err_scope(err, SCOPE_DATABASE);
}

/* Parents of the path, as mkdir -p. */
static int make_parents(const char *path, struct err *err)
{
	auto_free char *copy = xstrdup(path);

	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0755) != 0 && errno != EEXIST) {
			err_sys(err, "cannot make the directory %s", copy);
			return in_database(err);
		}
		*p = '/';
	}
	return 0;
}

void install_abort(const char *work)
{
	DIR *d = opendir(work);

	if (!d)
		return;
	for (struct dirent *e; (e = readdir(d));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)unlinkat(dirfd(d), e->d_name, 0);
	}
	(void)closedir(d);
	(void)rmdir(work);
}

/* "db.new-XXXXXX" of processes that died; only names that this file makes, only after a day. */
static void sweep(const char *dir)
{
	auto_free char *parent = xstrdup(dir);
	char *slash = strrchr(parent, '/');
	auto_done(buf_done) struct buf prefix = {0};
	struct stat st;

	buf_fmt(&prefix, "%s.new-", slash ? slash + 1 : parent);
	if (slash)
		*slash = '\0';
	const char *where = !slash ? "." : *parent ? parent : "/";
	DIR *d = opendir(where);
	if (!d)
		return;
	for (struct dirent *e; (e = readdir(d));) {
		if (!sv_starts(sv_of(e->d_name), buf_view(&prefix)) ||
		    strlen(e->d_name) != prefix.n + 6 ||
		    fstatat(dirfd(d), e->d_name, &st, 0) != 0 || !S_ISDIR(st.st_mode) ||
		    st.st_mtime > time(NULL) - 86400)
			continue;
		auto_done(buf_done) struct buf path = {0};
		buf_fmt(&path, "%s/%s", where, e->d_name);
		install_abort(buf_cstr(&path));
	}
	(void)closedir(d);
}

char *install_path(struct arena *a, const char *dir)
{
	struct sv v = sv_of(dir);

	while (v.n > 1 && v.p[v.n - 1] == '/')
		v = sv_head(v, v.n - 1);
	return arena_str(a, v);
}

int install_begin(const char *dir, struct arena *a, char **work, struct err *err)
{
	int rc = make_parents(dir, err);

	if (rc < 0)
		return rc;
	sweep(dir);
	char *path = arena_str(a, arena_fmt(a, "%s.new-XXXXXX", dir));
	if (!mkdtemp(path) || chmod(path, 0755) != 0) {
		err_sys(err, "cannot make a directory beside %s", dir);
		return in_database(err);
	}
	*work = path;
	return 0;
}

int install_copy(const char *from, const char *to, struct err *err)
{
	auto_close int in = open(from, O_RDONLY | O_CLOEXEC);
	auto_close int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ssize_t n = -1;

	if (in >= 0 && out >= 0)
		while ((n = copy_file_range(in, NULL, out, NULL, 1 << 30, 0)) > 0)
			;
	if (n < 0) {
		err_sys(err, "cannot copy %s", from);
		return in_database(err);
	}
	return 0;
}

int install_keep(const char *dir, const char *work, const char *name, struct err *err)
{
	auto_done(buf_done) struct buf from = {0}, to = {0};

	buf_fmt(&from, "%s/%s", dir, name);
	buf_fmt(&to, "%s/%s", work, name);
	if (link(buf_cstr(&from), buf_cstr(&to)) == 0)
		return 0;
	if (errno == ENOENT) {
		err_sys(err, "cannot keep %s", buf_cstr(&from));
		return in_database(err);
	}
	return install_copy(buf_cstr(&from), buf_cstr(&to), err);
}

static int sync_path(const char *path, int flags, struct err *err)
{
	auto_close int fd = open(path, flags | O_CLOEXEC);

	/* directories of some file systems cannot be synchronised: EINVAL */
	if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) {
		err_sys(err, "cannot write %s to the disk", path);
		return in_database(err);
	}
	return 0;
}

static int sync_all(const char *work, struct err *err)
{
	auto_done(buf_done) struct buf path = {0};
	DIR *d = opendir(work);
	int rc = 0;

	if (!d)
		return err_sys(err, "cannot read %s", work);
	for (struct dirent *e; rc >= 0 && (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		buf_clear(&path);
		buf_fmt(&path, "%s/%s", work, e->d_name);
		rc = sync_path(buf_cstr(&path), O_RDONLY, err);
	}
	(void)closedir(d);
	return rc < 0 ? rc : sync_path(work, O_RDONLY | O_DIRECTORY, err);
}

int install_commit(const char *dir, const char *work, struct err *err)
{
	int rc = sync_all(work, err);

	if (rc < 0)
		return rc;
	if (renameat2(AT_FDCWD, work, AT_FDCWD, dir, RENAME_EXCHANGE) == 0) {
		install_abort(work); /* the old one now */
		return 0;
	}
	if (errno == ENOENT && rename(work, dir) == 0)
		return 0;
	err_sys(err, "cannot put the new database in the place of %s", dir);
	return in_database(err);
}
