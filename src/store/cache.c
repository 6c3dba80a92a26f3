/*
 * Layout: DIR/<first two characters of the key>/<key>. A file is a magic, the length and SipHash of
 * the value, and the value. The oldest (by access through us: mtime is set on a hit) go when the
 * sum is over the cap; that is looked at only after something was put.
 */
#include "store/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "sys/file.h"

static const char magic[8] = "GABCACH1";
enum { HEADER = 24 };
static const struct hash_key check_key = {0x6361636865206368U, 0x65636b2073756d20U};

struct cache {
	int fd;
	char *dir; /* its name by fd */
	uint64_t max_bytes;
	bool dirty;
};

static char *default_dir(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *p = NULL;

	if (xdg && xdg[0] == '/')
		return asprintf(&p, "%s/gabion", xdg) < 0 ? NULL : p;
	if (home && home[0] == '/')
		return asprintf(&p, "%s/.cache/gabion", home) < 0 ? NULL : p;
	return NULL;
}

/* The folder that was looked at is the one that is used, whatever becomes of its name: it may lie
 * in the home of another user. */
static int open_private(const char *path, struct err *err)
{
	struct stat st;
	auto_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0) {
		(void)err_sys(err, "cannot open the cache folder");
		return err_where(err, "%s", path);
	}
	if (st.st_uid == geteuid() && (st.st_mode & 022) == 0)
		return take_fd(&fd);
	(void)err_set(err, ERR_DENIED, "the cache folder %s belongs to or can be written by others",
		      path);
	return err_hint(err, "chmod go-w it, or choose another one with --cache");
}

int cache_open(const char *dir, uint64_t max_bytes, struct cache **out, struct err *err)
{
	char *path = dir && dir[0] ? xstrdup(dir) : default_dir();

	if (!path)
		return err_set(err, ERR_NOTFOUND,
			       "no cache folder: neither XDG_CACHE_HOME nor HOME is set");
	int fd = -1, rc = file_mkdirs(path, 0700, err);
	if (rc == 0)
		fd = rc = open_private(path, err);
	free(path);
	if (rc < 0)
		return rc;
	struct cache *c = xcalloc(1, sizeof *c);
	if (asprintf(&c->dir, "/proc/self/fd/%d", fd) < 0)
		budget_exhausted("memory", 0);
	c->fd = fd;
	c->max_bytes = max_bytes;
	*out = c;
	return 0;
}

static char *folder_of(const struct cache *c, const char *key)
{
	char *p = NULL;

	if (asprintf(&p, "%s/%.2s", c->dir, key) < 0)
		budget_exhausted("memory", 0);
	return p;
}

static char *path_of(const struct cache *c, const char *key)
{
	char *p = NULL;

	if (asprintf(&p, "%s/%.2s/%s", c->dir, key, key) < 0)
		budget_exhausted("memory", 0);
	return p;
}

bool cache_get(struct cache *c, const char *key, struct buf *out)
{
	auto_free char *path = path_of(c, key);
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	size_t start = out->n;
	struct err err;

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < HEADER || !S_ISREG(st.st_mode))
		return false;
	(void)buf_reserve(out, (size_t)st.st_size);
	if (file_read_fd(fd, (uint64_t)st.st_size, out, &err) < 0)
		return false;
	struct sv v = sv_from(buf_view(out), start), value = sv_from(v, HEADER);
	if (v.n < HEADER || memcmp(v.p, magic, 8) != 0 || le64(v.p + 8) != value.n ||
	    le64(v.p + 16) != hash_sip(check_key, value)) {
		out->n = start;
		(void)unlink(path);
		return false;
	}
	memmove(out->p + start, value.p, value.n);
	out->n = start + value.n;
	out->p[out->n] = '\0';
	(void)futimens(fd, NULL);
	return true;
}

static void put64(char *to, uint64_t v)
{
	for (size_t i = 0; i < 8; i++)
		to[i] = (char)(v >> (8 * i));
}

void cache_put(struct cache *c, const char *key, struct sv value)
{
	auto_free char *path = path_of(c, key);
	char header[HEADER];
	struct file_atomic f;
	struct err err;

	if (HEADER + value.n > c->max_bytes / 4)
		return;
	auto_free char *dir = folder_of(c, key);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return;
	if (file_atomic_begin(path, 0600, &f, &err) < 0)
		return;
	memcpy(header, magic, 8);
	put64(header + 8, value.n);
	put64(header + 16, hash_sip(check_key, value));
	(void)fwrite(header, 1, sizeof header, f.to);
	(void)fwrite(value.p, 1, value.n, f.to);
	if (file_atomic_commit(&f, &err) == 0)
		c->dirty = true;
}

struct aged {
	char *path;
	struct timespec used;
	uint64_t size;
};

struct aged_vec {
	struct aged *p;
	size_t n, cap;
};

static void list_dir(const char *dir, bool files, struct aged_vec *out)
{
	DIR *d = opendir(dir);

	if (!d)
		return;
	for (struct dirent *e; (e = readdir(d));) {
		struct stat st;
		char *path;
		if (e->d_name[0] == '.')
			continue;
		if (asprintf(&path, "%s/%s", dir, e->d_name) < 0)
			budget_exhausted("memory", 0);
		bool ok = lstat(path, &st) == 0;
		if (ok && !files && S_ISDIR(st.st_mode))
			list_dir(path, true, out);
		if (ok && files && S_ISREG(st.st_mode))
			*VEC_PUSH(out) = (struct aged){path, st.st_mtim, (uint64_t)st.st_size};
		else
			free(path);
	}
	closedir(d);
}

static int older_first(const void *a, const void *b)
{
	const struct timespec *x = &((const struct aged *)a)->used;
	const struct timespec *y = &((const struct aged *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* Another process may remove the same files at the same time: both get below the cap. */
static void evict(struct cache *c)
{
	struct aged_vec all = {0};
	uint64_t sum = 0;

	list_dir(c->dir, false, &all);
	for (size_t i = 0; i < all.n; i++)
		sum += all.p[i].size;
	if (sum > c->max_bytes)
		qsort(all.p, all.n, sizeof *all.p, older_first);
	for (size_t i = 0; i < all.n; i++) {
		if (sum > c->max_bytes) {
			(void)unlink(all.p[i].path);
			sum -= all.p[i].size;
		}
		free(all.p[i].path);
	}
	vec_done(&all);
}

void cache_close(struct cache *c)
{
	if (!c)
		return;
	if (c->dirty)
		evict(c);
	close(c->fd);
	free(c->dir);
	free(c);
}
