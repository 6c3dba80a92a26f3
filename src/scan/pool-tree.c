/* A directory as a layer: walked here, where files can be opened; parsed in the worker, by
 * descriptor. */
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/glob.h"
#include "oci/walk.h"
#include "scan/analysis.h"
#include "scan/notable.h"
#include "scan/pool-int.h"

enum { BATCH = 48 * 1024 };

struct tree {
	struct pool *p;
	struct slot *s;
	struct buf batch; /* of paths, see job_paths_add() */
	bool paths;       /* other layers lie below or above: what is here matters */
	bool overlay;     /* made by overlayfs */
	bool user_marks;  /* without privileges */
	uint64_t entries;
	uint64_t unread; /* directories and files that could not be opened */
	char first[200];
	struct err why;
};

/* Sends a job while what the worker has to say is read: neither side may wait for the other for
 * ever. */
static int send_job(struct tree *t, const struct job *job, struct sv more, int fd, struct err *err)
{
	for (;;) {
		struct pollfd f[2] = {{t->s->w.jobs, POLLOUT, 0}, {t->s->w.out, POLLIN, 0}};
		if (pool_late(t->p, err))
			return -(int)err->kind;
		if (poll(f, 2, 1000) < 0 && errno != EINTR)
			return err_sys(err, "poll");
		if (f[1].revents && !pool_read(t->p, t->s))
			return err_set(err, ERR_LIMIT,
				       "the worker ended before the directory was read");
		if (t->s->layer == INDEX_NONE) /* it cannot know the end */
			return err_set(err, ERR_PROTO,
				       "the worker said the end before it was told it");
		if (f[0].revents & (POLLOUT | POLLERR | POLLHUP))
			return job_send(&t->s->w, job, more, fd, err);
	}
}

static int flush_paths(struct tree *t, struct err *err)
{
	struct job job = {.kind = JOB_PATHS, .flags = t->p->o->flags};

	if (t->batch.n == 0)
		return 0;
	int rc = send_job(t, &job, buf_view(&t->batch), -1, err);
	buf_clear(&t->batch);
	return rc;
}

static int add_path(struct tree *t, enum job_path kind, struct sv path, struct err *err)
{
	job_paths_add(&t->batch, kind, path);
	return t->batch.n >= BATCH ? flush_paths(t, err) : 0;
}

static void cannot_read(struct tree *t, struct sv path, const struct err *why)
{
	if (why->sys_errno == ENOENT)
		return; /* gone since it was listed */
	if (t->unread++ == 0) {
		(void)snprintf(t->first, sizeof t->first, "%.*s", SV_ARG(sv_head(path, 180)));
		t->why = *why;
	}
}

static bool is_excluded(const struct tree *t, struct sv path)
{
	for (size_t i = 0; i < t->p->o->exclude_n; i++)
		if (glob_match_path(t->p->o->exclude[i], path))
			return true;
	return false;
}

static struct job entry_job(const struct tree *t, const struct walk_entry *e, enum job_kind kind)
{
	return (struct job){.kind = kind,
			    .flags = t->p->o->flags,
			    .type = e->type,
			    .mode = e->mode,
			    .uid = e->uid,
			    .gid = e->gid,
			    .size = e->size};
}

static void file_capabilities(int fd, struct job *job)
{
	char value[64];
	ssize_t n = fgetxattr(fd, "security.capability", value, sizeof value);

	job->has_capabilities =
		n > 0 && notable_capabilities(sv_make(value, (size_t)n), &job->capabilities);
}

/* What is told of an entry whose data is not sent. */
static int send_entry(struct tree *t, const struct walk_entry *e, struct err *err)
{
	struct job job = entry_job(t, e, JOB_ENTRY);
	struct audit_entry a = {.path = e->path, .type = e->type, .mode = e->mode, .size = e->size};

	return audit_wants(&a) ? send_job(t, &job, e->path, -1, err) : 0;
}

/* *here: does the file of this layer hide the one below? */
static int send_file(struct tree *t, const struct walk_entry *e, bool *here, struct err *err)
{
	struct job job = entry_job(t, e, JOB_FILE);
	struct err why;
	auto_close int fd = walk_file_open(e, &why);

	if (fd < 0) {
		cannot_read(t, e->path, &why);
		return 0;
	}
	enum walk_data data = t->overlay ? walk_file_data(fd, t->user_marks) : WALK_DATA_HERE;
	*here = data != WALK_DATA_BELOW;
	if (data == WALK_DATA_ELSEWHERE) {
		(void)err_set(&why, ERR_UNSUPPORTED,
			      "a file that overlayfs moved here without its data");
		cannot_read(t, e->path, &why);
	}
	if (data != WALK_DATA_HERE)
		return 0;
	if (t->p->o->flags & ANALYSIS_AUDIT)
		file_capabilities(fd, &job);
	pool_progress(t->p, e->size);
	return send_job(t, &job, e->path, fd, err);
}

static int on_entry(void *arg, const struct walk_entry *e, struct err *err)
{
	struct tree *t = arg;
	bool dir = e->type == TAR_DIR, here = true;
	int rc = 0;

	if (t->entries++ % 1024 == 0 && pool_late(t->p, err))
		return -(int)err->kind;
	if (is_excluded(t, e->path))
		return 1;
	if (e->whiteout)
		return add_path(t, JOB_PATH_WHITEOUT, e->path, err);
	if (e->opaque)
		rc = add_path(t, JOB_PATH_OPAQUE, e->path, err);
	if (rc == 0 && e->type == TAR_FILE &&
	    analysis_wants(e->path, e->mode, e->size, t->p->o->flags))
		rc = send_file(t, e, &here, err);
	else if (rc == 0 && (t->p->o->flags & ANALYSIS_AUDIT))
		rc = send_entry(t, e, err);
	if (rc == 0 && t->paths && here)
		rc = add_path(t, dir ? JOB_PATH_DIR : JOB_PATH_OTHER, e->path, err);
	return rc;
}

static int on_failed(void *arg, struct sv path, const struct err *why, struct err *err)
{
	(void)err;
	cannot_read(arg, path, why);
	return 0;
}

static int feed(struct tree *t, struct err *err)
{
	const struct image *img = t->p->img;
	struct walk_options wo = {
		.host = sv_is(img->kind, "host"),
		.full = t->p->full,
		.overlay = t->overlay,
		.user_marks = t->user_marks,
	};
	struct walk_calls calls = {.entry = on_entry, .failed = on_failed, .arg = t};
	struct job end = {.kind = JOB_TREE_END, .flags = t->p->o->flags};

	int rc = walk_tree(t->s->in.fd, &wo, &calls, err);
	if (rc >= 0)
		rc = flush_paths(t, err);
	if (rc >= 0)
		rc = send_job(t, &end, (struct sv){0}, -1, err);
	return rc;
}

static void tell_unread(struct tree *t, size_t layer)
{
	struct layer_result *r = &t->p->results[layer];

	if (t->unread == 0 || r->failed)
		return;
	(void)err_set(&r->err, ERR_DENIED, "%llu files or folders could not be read, the first: %s",
		      (unsigned long long)t->unread, t->why.msg);
	(void)err_where(&r->err, "%s", t->first);
	(void)err_code(&r->err, "unreadable");
	(void)err_hint(&r->err, "run as root, or leave them out with --exclude");
	r->failed = true;
}

int pool_tree(struct pool *p, struct slot *s)
{
	const struct image *img = p->img;
	size_t layer = s->layer;
	struct tree t = {.p = p,
			 .s = s,
			 .paths = img->layers.n > 1,
			 .overlay = !sv_is(img->kind, "host") && !sv_is(img->kind, "filesystem"),
			 .user_marks = img->layers.p[layer].user_marks};
	struct err err;
	bool ok = feed(&t, &err) >= 0;

	while (ok && s->layer == layer) {
		ok = pool_wait(p, s, &err);
		if (ok)
			(void)pool_read(p, s);
	}
	if (!ok) {
		/* the worker is at an unknown place: it ends, and the layer is incomplete */
		pool_fail(p, layer, &err);
		if (s->layer == layer)
			pool_abandon(p, s);
		worker_kill(&s->w);
	}
	tell_unread(&t, layer);
	buf_done(&t.batch);
	return 0;
}
