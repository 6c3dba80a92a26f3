#include "scan/matching.h"

#include "advisory/match.h"
#include "scan/db-worker.h"
#include "scan/finding-frames.h"

/* In the child: the report as it was at the fork. */
struct task {
	struct report *r;
	size_t subject;
};

/* Which feeds were asked, and how old they are: only the worker knows. */
static int send_feeds(struct frame_writer *w, struct db *db, struct report *r, struct err *err)
{
	r->feeds.n = 0;
	r->db_age_days = -1;
	int rc = db_describe(db, r, err);
	for (size_t i = 0; rc >= 0 && i < r->feeds.n; i++)
		finding_frame_feed(w, &r->feeds.p[i]);
	finding_frame_age(w, r->db_age_days);
	return rc;
}

/* The child's copy of the report holds what earlier subjects added too: only what is new is sent.
 */
static int serve(struct frame_writer *w, struct db *db, void *arg, struct err *err)
{
	const struct task *t = arg;
	struct report *r = t->r;
	size_t findings = r->findings.n, errors = r->errors.n, rules = r->rules.n;
	bool os_uncovered = false;

	r->summary.uncovered.n = r->filters.n = 0;
	int rc = match_subject(db, r, t->subject, &os_uncovered, err);
	for (size_t i = errors; i < r->errors.n; i++)
		finding_frame_report_error(w, &r->errors.p[i]);
	for (size_t i = findings; i < r->findings.n; i++)
		finding_frame(w, &r->findings.p[i]);
	for (size_t i = rules; i < r->rules.n; i++)
		finding_frame_rule(w, &r->rules.p[i]);
	for (size_t i = 0; i < r->summary.uncovered.n; i++)
		finding_frame_uncovered(w, &r->summary.uncovered.p[i]);
	for (size_t i = 0; i < r->filters.n; i++)
		finding_frame_filter(w, &r->filters.p[i]);
	if (rc >= 0)
		rc = send_feeds(w, db, r, err);
	if (rc >= 0)
		finding_frame_end(w, r->findings.n - findings, os_uncovered);
	return rc;
}

int matching_run(const struct matching_options *o, struct report *r, size_t subject,
		 bool *os_uncovered, struct err *err)
{
	struct task t = {.r = r, .subject = subject};
	struct db_worker dw = {.dir = o->db_dir,
			       .memory = o->memory,
			       .deadline = o->deadline,
			       .serve = serve,
			       .arg = &t};
	auto_done(buf_done) struct buf b = {0};
	struct err fault;
	bool complete = false;
	char why[160] = "";

	int failed = db_worker_run(&dw, &b, why, sizeof why, &fault);
	/* what was found before something failed is reported too */
	int rc = findings_decode(buf_view(&b), r, subject, os_uncovered, &complete, err);
	if (failed < 0) {
		*err = fault;
		return failed;
	}
	return rc < 0 || complete ? rc : db_worker_cut(why, err);
}
