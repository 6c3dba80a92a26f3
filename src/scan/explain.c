#include "scan/explain.h"

#include "advisory/match.h"
#include "scan/db-worker.h"

enum { FRAME_REASON = 1, FRAME_END };

/* In the child: the report as it was at the fork. */
struct task {
	const struct report *r;
	struct sv id;
	struct frame_writer *w;
	size_t package;
	uint64_t sent;
};

static void on_reason(void *arg, const struct match_reason *m)
{
	struct task *t = arg;
	const struct sv texts[] = {m->ecosystem, m->release, m->name,          m->version,
				   m->record,    m->feed,    m->flaws,         m->aliases,
				   m->ranges,    m->range,   sv_of(m->scheme), sv_of(m->why)};

	/* of a single package, also why no record was looked at */
	if (!m->record.n && t->r->packages.n > 1)
		return;
	frame_begin(t->w, FRAME_REASON);
	frame_u64(t->w, t->package);
	frame_u64(t->w, m->affected);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		frame_sv(t->w, texts[i]);
	frame_end(t->w);
	t->sent++;
}

static int serve(struct frame_writer *w, struct db *db, void *arg, struct err *err)
{
	struct task *t = arg;

	t->w = w;
	for (t->package = 0; t->package < t->r->packages.n; t->package++) {
		int rc = match_explain(db, t->r, t->package, t->id, on_reason, t, err);
		if (rc < 0)
			return rc;
	}
	frame_begin(w, FRAME_END);
	frame_u64(w, t->sent);
	frame_end(w);
	return 0;
}

static bool get_reason(struct sv p, struct report *r, struct explanations *out)
{
	bool ok = true;
	struct explanation *e = VEC_PUSH(out);
	struct sv *texts[] = {&e->ecosystem, &e->release, &e->name,   &e->version,
			      &e->record,    &e->feed,    &e->flaws,  &e->aliases,
			      &e->ranges,    &e->range,   &e->scheme, &e->why};

	e->package = frame_get_u64(&p, &ok);
	e->affected = frame_get_u64(&p, &ok) != 0;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = arena_sv(r->arena, frame_get_sv(&p, &ok));
	return ok && p.n == 0 && e->package < r->packages.n;
}

/* False when the frames do not end as they must. */
static bool decode(struct sv frames, struct report *r, struct explanations *out)
{
	struct frame f;
	struct err ignored;
	bool ok = true;

	while (frame_take(&frames, &f, &ignored) > 0) {
		if (f.type == FRAME_END)
			return frame_get_u64(&f.payload, &ok) == out->n && ok;
		if (f.type != FRAME_REASON || !get_reason(f.payload, r, out))
			return false;
	}
	return false;
}

int explain_run(const struct matching_options *o, struct report *r, struct sv id,
		struct explanations *out, struct err *err)
{
	struct task t = {.r = r, .id = id};
	struct db_worker dw = {.dir = o->db_dir,
			       .memory = o->memory,
			       .deadline = o->deadline,
			       .serve = serve,
			       .arg = &t};
	auto_done(buf_done) struct buf b = {0};
	char why[160] = "";

	int rc = db_worker_run(&dw, &b, why, sizeof why, err);
	if (rc < 0)
		return rc;
	return decode(buf_view(&b), r, out) ? 0 : db_worker_cut(why, err);
}
