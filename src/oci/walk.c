#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "base/limits.h"
#include "base/text.h"
#include "oci/walk-int.h"

/* One open directory: its names in order, and how far we are. */
struct frame {
	int fd;
	dev_t dev;
	ino_t ino;
	size_t path_n;   /* of the directory's own path */
	bool xwhiteouts; /* overlay: whiteouts of this directory may be files with an attribute */
	struct arena names;
	struct sv *p;
	size_t n, at;
};

struct walk {
	const struct walk_options *o;
	const struct walk_calls *c;
	struct frame *frames; /* limit_walk_depth of them */
	size_t depth;
	uint64_t entries;
	struct buf path;
	struct err *err;
};

static int failed(struct walk *w, const struct err *why)
{
	return w->c->failed(w->c->arg, buf_view(&w->path), why, w->err);
}

static void skipped(struct walk *w, const char *why)
{
	if (w->c->skipped)
		w->c->skipped(w->c->arg, buf_view(&w->path), why);
}

static int failed_errno(struct walk *w, const char *what)
{
	struct err why = {0};

	/* a live tree: what is gone by now was never there */
	if (errno == ENOENT)
		return 0;
	(void)err_sys(&why, "%s", what);
	return failed(w, &why);
}

static int failed_limit(struct walk *w, const char *what, uint64_t limit)
{
	struct err why = {0};

	(void)err_set(&why, ERR_LIMIT, "%s (limit %llu)", what, (unsigned long long)limit);
	return failed(w, &why);
}

/* openat2 refuses links on the whole way; the fallback for kernels and sandboxes without it does as
 * much, because name has no '/'. */
static int open_below(int dir, const char *name, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH,
	};
	long fd = syscall(SYS_openat2, dir, name, &how, sizeof how);

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(dir, name, (int)how.flags);
	return (int)fd;
}

static enum tar_type type_of(mode_t mode)
{
	static const struct {
		mode_t mode;
		enum tar_type type;
	} types[] = {{S_IFREG, TAR_FILE}, {S_IFDIR, TAR_DIR},   {S_IFLNK, TAR_SYMLINK},
		     {S_IFCHR, TAR_CHAR}, {S_IFBLK, TAR_BLOCK}, {S_IFIFO, TAR_FIFO}};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if ((mode & S_IFMT) == types[i].mode)
			return types[i].type;
	return TAR_OTHER;
}

/* The first byte of an overlayfs attribute; 0 = none. */
static char overlay_attribute(int fd, bool user, const char *which)
{
	char name[64], value[8];

	(void)snprintf(name, sizeof name, "%s.overlay.%s", user ? "user" : "trusted", which);
	ssize_t n = fgetxattr(fd, name, value, sizeof value);
	if (n > 0)
		return value[0];
	return n == 0 || errno == ERANGE ? '?' : 0;
}

static bool is_xwhiteout(const struct walk *w, int dir, const char *name)
{
	auto_close int fd = open_below(dir, name, O_RDONLY);

	return fd >= 0 && overlay_attribute(fd, w->o->user_marks, "whiteout") != 0;
}

/* All names of a directory, in byte order. */
static int read_names(struct frame *f, struct err *err)
{
	struct sv_vec names = {0};
	int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 3);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d) {
		int rc = err_sys(err, "cannot be listed");
		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	rewinddir(d); /* the position belongs to the description, which the caller may have read
			 from */
	struct dirent *e;
	errno = 0;
	while ((e = readdir(d)) && names.n <= limit_tar_entries) {
		struct sv name = sv_of(e->d_name);
		if (!sv_is(name, ".") && !sv_is(name, ".."))
			*VEC_PUSH(&names) = arena_sv(&f->names, name);
		errno = 0;
	}
	int rc = !e && errno ? err_sys(err, "cannot be listed") : 0;
	closedir(d);
	if (names.n)
		qsort(names.p, names.n, sizeof *names.p, sv_cmp_qsort);
	f->p = ARENA_ARRAY(&f->names, names.n, struct sv);
	if (names.n)
		memcpy(f->p, names.p, names.n * sizeof *names.p);
	f->n = names.n;
	vec_done(&names);
	return rc;
}

static void pop(struct walk *w)
{
	struct frame *f = &w->frames[--w->depth];

	if (w->depth > 0) /* the first is the caller's */
		(void)close(f->fd);
	arena_done(&f->names);
}

/* Takes fd over, unless it is the root's. */
static int push(struct walk *w, int fd, const struct stat *st, bool xwhiteouts)
{
	struct err why = {0};
	struct frame *f = &w->frames[w->depth++];

	*f = (struct frame){.fd = fd, .dev = st->st_dev, .ino = st->st_ino, .path_n = w->path.n};
	f->xwhiteouts = xwhiteouts;
	if (read_names(f, &why) == 0)
		return 0;
	pop(w);
	return failed(w, &why);
}

static bool is_ancestor(const struct walk *w, const struct stat *st)
{
	for (size_t i = 0; i < w->depth; i++)
		if (w->frames[i].dev == st->st_dev && w->frames[i].ino == st->st_ino)
			return true;
	return false;
}

static const char *skip_reason(const struct walk *w, int fd, const struct stat *st)
{
	const char *why = w->o->host ? walk_skip_path(buf_view(&w->path)) : NULL;

	if (!why && st->st_dev != w->frames[w->depth - 1].dev)
		why = walk_skip_mount(fd, w->o->full);
	if (!why && is_ancestor(w, st))
		why = "a directory that contains itself";
	return why;
}

static void entry_fill(struct walk_entry *e, const struct stat *st)
{
	e->type = type_of(st->st_mode);
	e->mode = st->st_mode & 07777;
	e->size = e->type == TAR_FILE ? (uint64_t)st->st_size : 0;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	e->dev = st->st_dev;
	e->ino = st->st_ino;
	e->links = st->st_nlink;
}

/* Opens before it tells: the attributes are read from the directory itself. */
static int directory(struct walk *w, struct walk_entry *e)
{
	struct stat st;
	bool xwhiteouts = false;

	auto_close int fd = open_below(e->dirfd, e->name, O_RDONLY | O_DIRECTORY);
	if (fd < 0 || fstat(fd, &st) != 0) {
		int rc = w->c->entry(w->c->arg, e, w->err);
		return rc != 0 ? rc : failed_errno(w, "the directory cannot be opened");
	}
	entry_fill(e, &st);
	if (w->o->overlay) {
		char opaque = overlay_attribute(fd, w->o->user_marks, "opaque");
		e->opaque = opaque == 'y';
		xwhiteouts = opaque == 'x';
		if (overlay_attribute(fd, w->o->user_marks, "redirect")) {
			struct err why = {0};
			(void)err_set(&why, ERR_UNSUPPORTED,
				      "a directory that overlayfs moved here from elsewhere");
			return failed(w, &why);
		}
	}
	int rc = w->c->entry(w->c->arg, e, w->err);
	if (rc != 0)
		return rc;
	const char *why = skip_reason(w, fd, &st);
	if (why)
		skipped(w, why);
	else if (w->depth >= limit_walk_depth)
		rc = failed_limit(w, "directories are nested too deeply", limit_walk_depth);
	else
		rc = push(w, take_fd(&fd), &st, xwhiteouts);
	return rc;
}

static int one(struct walk *w, struct frame *f, struct sv name)
{
	struct stat st;

	w->path.n = f->path_n;
	if (w->path.n > 0)
		buf_char(&w->path, '/');
	buf_sv(&w->path, name);
	if (w->path.n > limit_tar_path)
		return failed_limit(w, "the path is too long", limit_tar_path);
	if (fstatat(f->fd, name.p, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0)
		return failed_errno(w, "cannot be examined");
	struct walk_entry e = {.path = buf_view(&w->path), .name = name.p, .dirfd = f->fd};
	entry_fill(&e, &st);
	if (e.type == TAR_DIR)
		return directory(w, &e);
	if (w->o->overlay)
		e.whiteout = (e.type == TAR_CHAR && st.st_rdev == makedev(0, 0)) ||
			     (f->xwhiteouts && e.type == TAR_FILE && e.size == 0 &&
			      is_xwhiteout(w, f->fd, name.p));
	return w->c->entry(w->c->arg, &e, w->err);
}

static int run(struct walk *w, int dir, const struct stat *st)
{
	int rc = push(w, dir, st,
		      w->o->overlay && overlay_attribute(dir, w->o->user_marks, "opaque") == 'x');

	while (rc >= 0 && w->depth > 0) {
		struct frame *f = &w->frames[w->depth - 1];
		if (f->at == f->n) {
			pop(w);
			continue;
		}
		if (++w->entries > limit_tar_entries)
			return err_set(w->err, ERR_LIMIT, "more than %llu files",
				       (unsigned long long)limit_tar_entries);
		rc = one(w, f, f->p[f->at++]);
	}
	return rc < 0 ? rc : 0;
}

int walk_tree(int dir, const struct walk_options *o, const struct walk_calls *c, struct err *err)
{
	struct stat st;
	struct walk w = {.o = o, .c = c, .err = err};

	if (fstat(dir, &st) != 0)
		return err_sys(err, "the root of the tree cannot be examined");
	w.frames = xcalloc((size_t)limit_walk_depth, sizeof *w.frames);
	int rc = run(&w, dir, &st);
	while (w.depth > 0)
		pop(&w);
	free(w.frames);
	buf_done(&w.path);
	return rc;
}

int walk_file_open(const struct walk_entry *e, struct err *err)
{
	struct stat st;

	auto_close int fd = open_below(e->dirfd, e->name, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_sys(err, "cannot be opened");
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_NOTFOUND, "is no file any more");
	return take_fd(&fd);
}

enum walk_data walk_file_data(int fd, bool user_marks)
{
	if (!overlay_attribute(fd, user_marks, "metacopy"))
		return WALK_DATA_HERE;
	return overlay_attribute(fd, user_marks, "redirect") ? WALK_DATA_ELSEWHERE
							     : WALK_DATA_BELOW;
}
