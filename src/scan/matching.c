#include "scan/matching.h"

#include "advisory/match.h"
#include "base/limits.h"
#include "scan/finding-frames.h"
#include "sys/worker.h"

/* Lives in the child after the fork: the report as it was, the database that it opened itself. */
struct task {
	const struct matching_options *o;
	struct report *r;
	size_t subject;
	struct db *db;
};

static int prepare(void *arg, struct err *err)
{
	struct task *t = arg;
	int rc = db_open(t->o->db_dir, &t->db, err);

	return rc < 0 ? rc : db_open_all(t->db, err);
}

/* Which feeds were asked, and how old they are: only the worker knows. */
static void send_feeds(struct frame_writer *w, const struct task *t)
{
	struct report *r = t->r;
	struct err err;

	r->feeds.n = 0;
	r->db_age_days = -1;
	if (db_describe(t->db, r, &err) < 0)
		finding_frame_error(w, WEIGHT_FATAL, &err);
	for (size_t i = 0; i < r->feeds.n; i++)
		finding_frame_feed(w, &r->feeds.p[i]);
	finding_frame_age(w, r->db_age_days);
}

/* The child's copy of the report holds what earlier subjects added too: only what is new is sent. */
static void serve(int jobs, int out, const void *arg)
{
	const struct task *t = arg;
	struct frame_writer w = {.fd = out};
	struct report *r = t->r;
	size_t findings = r->findings.n, errors = r->errors.n, rules = r->rules.n;
	bool os_uncovered = false;
	struct err err;

	(void)jobs;
	r->summary.uncovered.n = r->filters.n = 0;
	if (match_subject(t->db, r, t->subject, &os_uncovered, &err) < 0)
		finding_frame_error(&w, WEIGHT_FATAL, &err);
	for (size_t i = errors; i < r->errors.n; i++)
		finding_frame_report_error(&w, &r->errors.p[i]);
	for (size_t i = findings; i < r->findings.n; i++)
		finding_frame(&w, &r->findings.p[i]);
	for (size_t i = rules; i < r->rules.n; i++)
		finding_frame_rule(&w, &r->rules.p[i]);
	for (size_t i = 0; i < r->summary.uncovered.n; i++)
		finding_frame_uncovered(&w, &r->summary.uncovered.p[i]);
	for (size_t i = 0; i < r->filters.n; i++)
		finding_frame_filter(&w, &r->filters.p[i]);
	send_feeds(&w, t);
	finding_frame_end(&w, r->findings.n - findings, os_uncovered);
	frame_flush(&w);
}

int matching_run(const struct matching_options *o, struct report *r, size_t subject, bool *os_uncovered,
		 struct err *err)
{
	struct task t = {.o = o, .r = r, .subject = subject};
	auto_done(buf_done) struct buf b = {0};
	struct worker w;
	char why[160];

	int rc = worker_start_prepared(&w, serve, prepare, &t, o->memory ? o->memory : limit_worker_memory * 4,
				       err);
	if (rc < 0)
		return rc;
	rc = worker_collect(&w, o->deadline, limit_worker_memory, &b, err);
	if (rc < 0) {
		worker_kill(&w);
		return rc;
	}
	worker_end(&w, why, sizeof why);
	bool complete = false;
	rc = findings_decode(buf_view(&b), r, subject, os_uncovered, &complete, err);
	if (rc == 0 && !complete) {
		rc = err_set(err, ERR_LIMIT, "the matching worker ended early: %s", why[0] ? why : "no reason given");
		(void)err_code(err, "worker");
	}
	return rc;
}
