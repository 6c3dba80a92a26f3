/* The child: messages in, frames out. */
#include "audit/judge.h"

#include <unistd.h>

#include "base/limits.h"
#include "sys/file.h"

void frame_counts(struct frame_writer *w, const struct audit_counts *c)
{
	const uint64_t all[] = {c->objects,        c->findings,    c->not_observed, c->passed,
				c->not_applicable, c->needs_human, c->hidden_only,  c->hidden_skip,
				c->fixed,          c->dropped};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		frame_u64(w, all[i]);
}

void frame_get_counts(struct sv *p, bool *ok, struct audit_counts *c)
{
	uint64_t *all[] = {&c->objects,        &c->findings,    &c->not_observed, &c->passed,
			   &c->not_applicable, &c->needs_human, &c->hidden_only,  &c->hidden_skip,
			   &c->fixed,          &c->dropped};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		*all[i] = frame_get_u64(p, ok);
}

static void tell_fault(struct frame_writer *w, const struct err *err)
{
	frame_begin(w, AUDIT_FAULT);
	frame_err(w, err);
	frame_end(w);
}

static bool take_job(struct sv *rest, struct audit_job_item *job, struct sv *name)
{
	if (rest->n < sizeof *job)
		return false;
	memcpy(job, rest->p, sizeof *job);
	*rest = sv_from(*rest, sizeof *job);
	if (job->name > rest->n)
		return false;
	*name = sv_head(*rest, job->name);
	*rest = sv_from(*rest, job->name);
	return true;
}

static void serve(struct judge_work *w, const struct audit_job_item *job, struct sv name,
		  struct sv bytes)
{
	/* libyaml takes it for a column of the first line */
	static const struct sv bom = {"\xef\xbb\xbf", 3};
	bool file = job->form == AUDIT_BYTES;
	struct sv mark = file && sv_starts(bytes, bom) ? bom : (struct sv){0};

	bytes = sv_from(bytes, mark.n);
	if (w->plan->fix)
		fix_file(w, job->index, name, bytes, mark);
	else
		judge_item(w, job, name, bytes);
}

static void serve_files(struct judge_work *w, struct sv rest)
{
	struct audit_job_item job;
	struct sv name;

	while (take_job(&rest, &job, &name) && job.bytes <= rest.n) {
		serve(w, &job, name, sv_head(rest, job.bytes));
		rest = sv_from(rest, job.bytes);
	}
}

static void serve_large(struct judge_work *w, struct sv rest, int fd)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct audit_job_item job;
	struct sv name;
	struct err err;

	if (!take_job(&rest, &job, &name))
		return;
	/* beyond the limit only that it is beyond counts */
	if (file_read_fd(fd, job.form == AUDIT_PARTS ? limit_parts_bytes : limit_yaml_bytes, &bytes,
			 &err) < 0 &&
	    err.kind != ERR_LIMIT)
		buf_clear(&bytes);
	serve(w, &job, name, buf_view(&bytes));
}

static void serve_set(struct judge_work *w, int fd)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct err err;

	if (file_read_fd(fd, limit_set_bytes, &bytes, &err) < 0)
		tell_fault(w->out, &err);
	else
		judge_set(w, buf_view(&bytes));
}

void audit_serve(int jobs, int out, const void *arg)
{
	static char msg[AUDIT_MESSAGE];
	struct frame_writer frames = {.fd = out};
	struct judge_work w;
	struct err err;
	int n, fd;

	worker_last_word(&frames, tell_fault);
	judge_work_init(&w, arg, &frames);
	while ((n = worker_recv(jobs, msg, sizeof msg, &fd, &err)) > 0) {
		struct sv rest = sv_make(msg + 1, (size_t)n - 1);
		if (msg[0] == AUDIT_JOB_FILES)
			serve_files(&w, rest);
		else if (msg[0] == AUDIT_JOB_LARGE)
			serve_large(&w, rest, fd);
		else if (msg[0] == AUDIT_JOB_SET)
			serve_set(&w, fd);
		frame_begin(&frames, AUDIT_DONE);
		frame_end(&frames);
		frame_flush(&frames);
		if (fd >= 0)
			close(fd);
	}
	judge_work_done(&w);
	buf_done(&frames.buf);
}
