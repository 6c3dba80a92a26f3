#include "scan/jobs.h"

#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "scan/analysis.h"

enum { MESSAGE = 60 * 1024 };

static void tell_budget(struct frame_writer *w, const struct err *err)
{
	fact_error(w, WEIGHT_FATAL, err, (struct sv){0});
}

static void serve_layer(struct frame_writer *out, const struct job *job, int fd)
{
	struct analysis *an = analysis_new(out, job->flags);
	struct err err;

	int rc = analysis_layer(an, stream_fd(fd, job->offset, job->length), &err);
	if (rc == 0 && analysis_has_links(an))
		rc = analysis_links(an, stream_fd(fd, job->offset, job->length), &err);
	if (rc < 0)
		analysis_fault(an, &err);
	analysis_finish(an);
	analysis_free(an);
}

static void serve_entry(struct analysis *an, const struct job *job, struct sv path)
{
	struct audit_entry e = {.path = path,
				.type = (enum tar_type)job->type,
				.mode = job->mode,
				.uid = job->uid,
				.gid = job->gid,
				.size = job->size,
				.capabilities = job->capabilities,
				.has_capabilities = job->has_capabilities};

	analysis_entry(an, &e);
}

static void serve_file(struct analysis *an, const struct job *job, struct sv path, int fd)
{
	struct err err;

	serve_entry(an, job, path);
	if (analysis_file(an, path, job->mode, job->size, stream_fd(fd, 0, UINT64_MAX), &err) < 0)
		analysis_fault(an, &err);
}

void job_paths_add(struct buf *batch, enum job_path kind, struct sv path)
{
	uint32_t n = (uint32_t)path.n;

	buf_char(batch, (char)kind);
	buf_add(batch, &n, sizeof n);
	buf_sv(batch, path);
}

static void serve_paths(struct analysis *an, struct sv batch)
{
	while (batch.n > 5) {
		unsigned kind = (unsigned char)batch.p[0];
		uint32_t n;
		memcpy(&n, batch.p + 1, sizeof n);
		batch = sv_from(batch, 5);
		if (n > batch.n)
			return;
		struct sv path = sv_head(batch, n);
		batch = sv_from(batch, n);
		if (kind == JOB_PATH_WHITEOUT || kind == JOB_PATH_OPAQUE)
			analysis_whiteout(an, path, kind == JOB_PATH_OPAQUE);
		else
			analysis_path(an, path, kind == JOB_PATH_DIR);
	}
}

/* A message for a directory. True when the directory is done. */
static bool serve_tree(struct analysis *an, const struct job *job, struct sv rest, int fd)
{
	if (job->kind == JOB_FILE)
		serve_file(an, job, rest, fd);
	else if (job->kind == JOB_ENTRY)
		serve_entry(an, job, rest);
	else if (job->kind == JOB_PATHS)
		serve_paths(an, rest);
	else
		analysis_finish(an);
	return job->kind == JOB_TREE_END;
}

void jobs_serve(int jobs, int out, const void *arg)
{
	static char msg[MESSAGE];
	struct frame_writer w = {.fd = out};
	struct analysis *tree = NULL;
	struct err err;
	int n, fd;

	(void)arg;
	worker_last_word(&w, tell_budget);
	while ((n = worker_recv(jobs, msg, sizeof msg, &fd, &err)) > 0) {
		struct job job;
		if ((size_t)n < sizeof job)
			break;
		memcpy(&job, msg, sizeof job);
		struct sv path = sv_make(msg + sizeof job, (size_t)n - sizeof job);
		if (job.kind == JOB_LAYER) {
			serve_layer(&w, &job, fd);
		} else {
			if (!tree)
				tree = analysis_new(&w, job.flags);
			if (serve_tree(tree, &job, path, fd)) {
				analysis_free(tree);
				tree = NULL;
			}
		}
		if (fd >= 0)
			close(fd);
	}
	buf_done(&w.buf);
}

int job_send(const struct worker *w, const struct job *job, struct sv path, int fd, struct err *err)
{
	char msg[MESSAGE];

	if (path.n > sizeof msg - sizeof *job)
		return err_set(err, ERR_LIMIT, "a path of %zu bytes", path.n);
	memcpy(msg, job, sizeof *job);
	if (path.n)
		memcpy(msg + sizeof *job, path.p, path.n);
	return worker_send(w->jobs, msg, sizeof *job + path.n, fd, err);
}
