#include "scan/db-worker.h"

#include "base/limits.h"
#include "sys/worker.h"

/* Lives in the child after the fork. */
struct task {
	const struct db_worker *o;
	struct db *db;
	struct err err;
	int rc;
};

static void prepare(void *arg)
{
	struct task *t = arg;

	t->rc = db_open(t->o->dir, &t->db, &t->err);
	if (t->rc >= 0)
		t->rc = db_open_all(t->db, &t->err);
	if (t->rc < 0)
		(void)err_scope(&t->err, SCOPE_DATABASE);
}

static void tell_fault(struct frame_writer *w, const struct err *err)
{
	frame_begin(w, DB_WORKER_FAULT);
	frame_err(w, err);
	frame_end(w);
}

static void serve(int jobs, int out, const void *arg)
{
	const struct task *t = arg;
	struct frame_writer w = {.fd = out};
	struct err err = t->err;

	(void)jobs;
	worker_last_word(&w, tell_fault);
	if (t->rc < 0 || t->o->serve(&w, t->db, t->o->arg, &err) < 0)
		tell_fault(&w, &err);
	frame_flush(&w);
}

/* A fault is the last that a worker says. */
static int find_fault(struct sv frames, struct err *err)
{
	struct frame f;
	struct err fault;
	bool ok = true;
	int rc;

	while ((rc = frame_take(&frames, &f, err)) > 0) {
		if (f.type != DB_WORKER_FAULT)
			continue;
		frame_get_err(&f.payload, &ok, &fault);
		if (!ok)
			return err_set(err, ERR_PROTO, "a worker sent a bad frame of type %u",
				       f.type);
		*err = fault;
		return -(int)fault.kind;
	}
	return rc;
}

int db_worker_run(const struct db_worker *o, struct buf *frames, char *why, size_t cap,
		  struct err *err)
{
	struct task t = {.o = o};
	struct worker w;

	int rc = worker_start_prepared(&w, serve, prepare, &t,
				       o->memory ? o->memory : limit_worker_memory * 4, err);
	if (rc < 0)
		return rc;
	rc = worker_collect(&w, o->deadline, limit_worker_memory, frames, err);
	if (rc < 0) {
		worker_kill(&w);
		return rc;
	}
	worker_end(&w, why, cap);
	return find_fault(buf_view(frames), err);
}

int db_worker_cut(const char *why, struct err *err)
{
	(void)err_set(err, ERR_LIMIT, "the matching worker ended early: %s",
		      why[0] ? why : "no reason given");
	return err_code(err, "worker");
}
