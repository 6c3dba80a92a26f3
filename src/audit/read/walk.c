/*
 * The way to a path, walked name by name (path_resolution(7)): whoever wants to know who else can
 * change what lies at its end must see each folder and each link on it.
 */
#include "audit/read/host-int.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

enum { WALK_DEPTH = 200, WALK_LINKS = 40 };

struct walk {
	struct {
		int fd;
		size_t path;  /* length of the path that leads to it */
		bool stepped; /* told already */
	} level[WALK_DEPTH];
	unsigned n;
	unsigned links;
	struct buf *path; /* resolved so far, without a slash at its end */
	size_t start;
	struct buf rest;
	read_step_fn *step;
	void *arg;
};

static void walk_done(struct walk *w)
{
	while (w->n)
		close(w->level[--w->n].fd);
	buf_done(&w->rest);
}

static struct sv path_of(const struct walk *w, unsigned level)
{
	size_t n = w->level[level].path - w->start;

	return n ? sv_make(w->path->p + w->start, n) : SV("/");
}

static void back_to(struct walk *w, unsigned n)
{
	while (w->n > n)
		close(w->level[--w->n].fd);
	w->path->n = w->level[n - 1].path;
}

static int push(struct walk *w, int fd)
{
	if (w->n == WALK_DEPTH) {
		close(fd);
		return -ENAMETOOLONG;
	}
	w->level[w->n].fd = fd;
	w->level[w->n].stepped = false;
	w->level[w->n++].path = w->path->n;
	return 0;
}

/* What a link says comes in front of what is still to walk. */
static int follow(struct walk *w, int fd)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(fd, "", target, sizeof target);
	auto_done(buf_done) struct buf rest = w->rest;

	w->rest = (struct buf){0};
	if (n < 0)
		return -errno;
	if ((size_t)n == sizeof target || rest.n > PATH_MAX)
		return -ENAMETOOLONG;
	if (n == 0)
		return -ENOENT;
	if (++w->links > WALK_LINKS)
		return -ELOOP;
	buf_add(&w->rest, target, (size_t)n);
	buf_char(&w->rest, '/');
	buf_sv(&w->rest, buf_view(&rest));
	if (target[0] == '/')
		back_to(w, 1);
	return 0;
}

/* Tells of the folder that is left through one of its names. */
static void tell_folder(struct walk *w)
{
	unsigned top = w->n - 1;
	struct stat st;

	if (!w->step || w->level[top].stepped)
		return;
	w->level[top].stepped = true;
	if (fstat(w->level[top].fd, &st) == 0 && S_ISDIR(st.st_mode))
		w->step(w->arg, path_of(w, top), w->level[top].fd, &st);
}

static int into(struct walk *w, struct sv name)
{
	size_t before = w->path->n;
	struct stat st;

	if (name.n > NAME_MAX || memchr(name.p, '\0', name.n))
		return name.n > NAME_MAX ? -ENAMETOOLONG : -EINVAL;
	tell_folder(w);
	buf_char(w->path, '/');
	buf_sv(w->path, name);
	const char *c_name = buf_cstr(w->path) + before + 1;
	auto_close int fd = openat(w->level[w->n - 1].fd, c_name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return -errno;
	if (!S_ISLNK(st.st_mode))
		return push(w, take_fd(&fd));
	if (w->step)
		w->step(w->arg, sv_from(buf_view(w->path), w->start), fd, &st);
	w->path->n = before;
	return follow(w, fd);
}

/* The next name of the rest, which it is taken off. */
static bool next_name(struct walk *w, struct buf *name)
{
	struct sv rest = buf_view(&w->rest);

	buf_clear(name);
	while (rest.n && name->n == 0)
		buf_sv(name, sv_cut(&rest, '/'));
	if (rest.n)
		memmove(w->rest.p, rest.p, rest.n);
	w->rest.n = rest.n;
	return name->n > 0;
}

int read_walk(int root, struct sv path, read_step_fn *step, void *arg, struct buf *resolved)
{
	auto_done(walk_done) struct walk w = {
		.path = resolved, .start = resolved->n, .step = step, .arg = arg};
	auto_done(buf_done) struct buf name = {0};
	int fd = fcntl(root, F_DUPFD_CLOEXEC, 0);
	int rc = fd < 0 ? -errno : push(&w, fd);

	if (path.n >= PATH_MAX)
		return -ENAMETOOLONG;
	buf_sv(&w.rest, path);
	while (rc == 0 && next_name(&w, &name)) {
		struct sv next = buf_view(&name);
		if (sv_is(next, ".."))
			back_to(&w, w.n > 1 ? w.n - 1 : 1);
		else if (!sv_is(next, "."))
			rc = into(&w, next);
	}
	if (rc < 0) {
		resolved->n = w.start;
		return rc;
	}
	if (resolved->n == w.start)
		buf_char(resolved, '/');
	w.n--;
	return w.level[w.n].fd;
}
