#include "scan/explain.h"

#include "advisory/match.h"
#include "base/limits.h"
#include "sys/frame.h"
#include "sys/worker.h"

enum { FRAME_REASON = 1, FRAME_FAULT, FRAME_END };

struct task {
	const char *dir;
	const struct report *r;
	struct sv id;
	struct db *db;
	struct frame_writer *w;
	size_t package;
	uint64_t sent;
};

static int prepare(void *arg, struct err *err)
{
	struct task *t = arg;
	int rc = db_open(t->dir, &t->db, err);

	return rc < 0 ? rc : db_open_all(t->db, err);
}

static void on_reason(void *arg, const struct match_reason *m)
{
	struct task *t = arg;
	const struct sv texts[] = {m->ecosystem, m->release, m->name,   m->version, m->record,
				   m->feed,      m->flaws,   m->aliases, m->ranges, m->range,
				   sv_of(m->scheme), sv_of(m->why)};

	if (!m->record.n)
		return;
	frame_begin(t->w, FRAME_REASON);
	frame_u64(t->w, t->package);
	frame_u64(t->w, m->affected);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		frame_sv(t->w, texts[i]);
	frame_end(t->w);
	t->sent++;
}

static void serve(int jobs, int out, const void *arg)
{
	struct task t = *(const struct task *)arg;
	struct frame_writer w = {.fd = out};
	struct err err;

	(void)jobs;
	t.w = &w;
	for (t.package = 0; t.package < t.r->packages.n; t.package++) {
		if (match_explain(t.db, t.r, t.package, t.id, on_reason, &t, &err) >= 0)
			continue;
		frame_begin(&w, FRAME_FAULT);
		frame_sv(&w, sv_of(err.msg));
		frame_end(&w);
	}
	frame_begin(&w, FRAME_END);
	frame_u64(&w, t.sent);
	frame_end(&w);
	frame_flush(&w);
}

static bool get_reason(struct sv p, struct report *r, struct explanations *out)
{
	bool ok = true;
	struct explanation *e = VEC_PUSH(out);
	struct sv *texts[] = {&e->ecosystem, &e->release, &e->name,    &e->version, &e->record, &e->feed,
			      &e->flaws,     &e->aliases, &e->ranges, &e->range,   &e->scheme, &e->why};

	e->package = frame_get_u64(&p, &ok);
	e->affected = frame_get_u64(&p, &ok) != 0;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = arena_sv(r->arena, frame_get_sv(&p, &ok));
	return ok && p.n == 0 && e->package < r->packages.n;
}

/* False when the frames do not end as they must. */
static bool decode(struct sv frames, struct report *r, struct explanations *out, struct err *err)
{
	struct frame f;
	bool ok = true;

	while (frame_take(&frames, &f, err) > 0) {
		if (f.type == FRAME_END)
			return frame_get_u64(&f.payload, &ok) == out->n && ok;
		if (f.type == FRAME_FAULT) {
			struct sv why = frame_get_sv(&f.payload, &ok);
			(void)err_set(err, ERR_IO, "%.*s", SV_ARG(why));
			(void)err_scope(err, SCOPE_DATABASE);
			return false;
		}
		if (f.type != FRAME_REASON || !get_reason(f.payload, r, out))
			return false;
	}
	return false;
}

int explain_run(const char *db_dir, struct report *r, struct sv id, struct explanations *out,
		struct err *err)
{
	struct task t = {.dir = db_dir, .r = r, .id = id};
	auto_done(buf_done) struct buf b = {0};
	struct worker w;
	char why[160];

	int rc = worker_start_prepared(&w, serve, prepare, &t, limit_worker_memory * 4, err);
	if (rc < 0)
		return rc;
	rc = worker_collect(&w, 0, limit_worker_memory, &b, err);
	if (rc < 0) {
		worker_kill(&w);
		return rc;
	}
	worker_end(&w, why, sizeof why);
	(void)err_set(err, ERR_PROTO, "the worker ended early: %s", why[0] ? why : "no reason given");
	return decode(buf_view(&b), r, out, err) ? 0 : -(int)err->kind;
}
