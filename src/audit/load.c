#include "audit/load.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "sys/file.h"

enum { ROUNDS = 8 };

int load_memory(struct sv bytes, struct err *err)
{
	auto_close int fd = memfd_create("gabion", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot hold the bytes");
	if (file_write_all(fd, bytes, err) < 0)
		return -(int)err->kind;
	if (lseek(fd, 0, SEEK_SET) != 0)
		return err_sys(err, "cannot hold the bytes");
	return take_fd(&fd);
}

/* What has no length (a pipe that was named) is read to its end first. */
static int whole_file(int from, int64_t deadline, uint64_t *size, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	int flags = fcntl(from, F_GETFL);

	if (flags >= 0)
		(void)fcntl(from, F_SETFL, flags & ~O_NONBLOCK);
	if (file_read_until(from, deadline, limit_yaml_bytes, &bytes, err) < 0)
		return -(int)err->kind;
	*size = bytes.n;
	return load_memory(buf_view(&bytes), err);
}

/* A descriptor with the bytes, and how many. */
static int open_file(struct collector *c, const struct audit_pool_options *o, size_t item,
		     uint64_t *size, struct err *err)
{
	const struct audit_item *f = &c->targets->items.p[item];
	auto_close int fd = -1;
	struct stat st;

	if (f->input) {
		*size = o->input->n;
		return load_memory(buf_view(o->input), err);
	}
	fd = open(f->path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_sys(err, "cannot be read");
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return err_sys(err, "cannot be read");
	}
	if (!S_ISREG(st.st_mode))
		return whole_file(fd, o->deadline, size, err);
	c->results[item].changed = st.st_mtim;
	c->results[item].inode = st.st_ino;
	*size = (uint64_t)st.st_size;
	return take_fd(&fd);
}

/* The file, then those that it names. */
static int join_wanted(struct collector *c, size_t item, struct load *l, struct err *err)
{
	auto_done(buf_done) struct buf own = {0};

	if (file_read_fd(l->fd, limit_yaml_bytes, &own, err) < 0)
		return -(int)err->kind;
	(void)close(l->fd);
	l->fd = -1;
	parts_write(&l->bytes, (struct sv){0}, c->targets->items.p[item].path, PART_HERE,
		    buf_view(&own));
	buf_sv(&l->bytes, buf_view(&c->results[item].wanted));
	return 0;
}

int load_item(struct collector *c, const struct audit_pool_options *o, size_t item,
	      struct load *out, struct err *err)
{
	const struct audit_live *live = c->targets->items.p[item].live;
	int rc = 0;

	*out = (struct load){.fd = -1, .form = AUDIT_BYTES};
	if (live) {
		rc = live->gather(live->arg, live->which, &out->bytes, err);
	} else {
		out->fd = open_file(c, o, item, &out->size, err);
		rc = out->fd < 0 ? out->fd : 0;
		if (rc < 0 || !c->results[item].rounds)
			return rc;
		rc = join_wanted(c, item, out, err);
	}
	out->form = AUDIT_PARTS;
	out->size = out->bytes.n;
	if (rc == 0 && out->size > limit_parts_bytes)
		rc = err_set(err, ERR_LIMIT, "larger than %llu bytes",
			     (unsigned long long)limit_parts_bytes);
	return rc;
}

void load_done(struct load *l)
{
	if (l->fd >= 0)
		(void)close(l->fd);
	l->fd = -1;
	buf_done(&l->bytes);
}

/* Inside of the folder, whatever links stand in the way. */
static int open_beneath(const char *folder, const char *name, struct err *err)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	auto_close int root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (root < 0)
		return err_sys(err, "cannot be read");
	auto_close int fd = (int)syscall(SYS_openat2, root, name, &how, sizeof how);
	if (fd < 0 && errno == EXDEV)
		return err_set(err, ERR_DENIED, "outside of %s", folder);
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_sys(err, "cannot be read");
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_UNSUPPORTED, "not a file");
	return take_fd(&fd);
}

/* What is left of the name below the folder; empty: it is not below it by its name. */
static struct sv below(struct sv folder, struct sv name)
{
	if (sv_is(folder, "."))
		return sv_starts(name, SV("../")) || sv_is(name, "..") || sv_starts(name, SV("/"))
			       ? (struct sv){0}
			       : name;
	if (!sv_starts(name, folder))
		return (struct sv){0};
	struct sv rest = sv_from(name, folder.n);
	if (sv_ends(folder, SV("/")))
		return rest;
	return sv_starts(rest, SV("/")) ? sv_from(rest, 1) : (struct sv){0};
}

/* The folder that was audited; of a file that was named also the working directory. */
static int open_wanted(struct arena *a, const struct audit_item *item, bool walked, struct sv name,
		       struct err *err)
{
	const struct sv folders[] = {item->folder, SV(".")};

	for (size_t i = 0; i < (walked ? 1u : 2u); i++) {
		struct sv rest = below(folders[i], name);
		if (!rest.n || memchr(name.p, '\0', name.n))
			continue;
		int fd = open_beneath(arena_str(a, folders[i].n ? folders[i] : SV("/")),
				      arena_str(a, rest), err);
		if (fd >= 0 || err->kind == ERR_NOTFOUND || i == 1 || walked)
			return fd;
	}
	return err_set(err, ERR_DENIED, "outside of %.*s",
		       SV_ARG(item->folder.n ? sv_head(item->folder, 200) : SV("/")));
}

static void read_wanted(struct collector *c, size_t item, struct sv name)
{
	struct file_result *result = &c->results[item];
	const struct audit_item *from = &c->targets->items.p[item];
	auto_done(buf_done) struct buf bytes = {0};
	auto_close int fd = -1;
	struct err err = {0};
	int rc = 0;

	if (result->wanted_n++ >= limit_item_files)
		rc = err_set(&err, ERR_LIMIT, "more than %llu files",
			     (unsigned long long)limit_item_files);
	else
		fd = open_wanted(c->r->arena, from, from->walked, name, &err);
	if (rc == 0 && fd >= 0)
		rc = file_read_fd(fd, limit_item_bytes - result->wanted.n, &bytes, &err);
	if (rc == 0 && fd < 0)
		rc = fd;
	if (rc == -ERR_NOTFOUND)
		parts_write(&result->wanted, SV("file"), name, PART_ABSENT, (struct sv){0});
	else
		parts_write(&result->wanted, SV("file"), name, rc < 0 ? PART_UNREADABLE : PART_HERE,
			    rc < 0 ? sv_of(err.msg) : buf_view(&bytes));
}

void load_wanted(void *arg, size_t item, const struct sv_vec *names)
{
	struct collector *c = arg;
	struct file_result *result = &c->results[item];

	if (result->rounds++ >= ROUNDS) {
		struct err err;
		(void)err_set(&err, ERR_LIMIT, "files that name files, deeper than %d", ROUNDS);
		collect_failure(c, item, &err);
		return;
	}
	for (size_t i = 0; i < names->n && result->wanted.n < limit_item_bytes; i++)
		read_wanted(c, item, names->p[i]);
}
