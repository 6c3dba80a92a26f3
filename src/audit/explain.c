/* What a verdict comes from: its parts from the worker into findings, and findings in order. */
#include "audit/explain.h"

#include <stdlib.h>

#include "audit/collect.h"
#include "audit/judge.h"
#include "base/limits.h"

enum { PARTS_MAX = 64, TEXT_MAX = 1024, PART_FAULT = 1, PART_STANDARD = 2, PART_DECIDES = 4 };

void judge_parts(struct judge_work *w, const struct verdict *v)
{
	for (size_t i = 0; i < v->parts_n; i++) {
		const struct verdict_part *p = &v->parts[i];
		struct place at = {0};
		if (p->place.node)
			place_of(w, &p->place, &at);
		frame_begin(w->out, AUDIT_PART);
		frame_sv(w->out, sv_head(p->expression, TEXT_MAX));
		frame_sv(w->out, sv_head(p->value, TEXT_MAX));
		frame_u64(w->out, (p->fault ? PART_FAULT : 0u) |
					  (p->standard ? PART_STANDARD : 0u) |
					  (p->decides ? PART_DECIDES : 0u));
		frame_sv(w->out, sv_head(at.pointer, TEXT_MAX));
		frame_u64(w->out, at.line);
		frame_u64(w->out, at.column);
		frame_end(w->out);
	}
}

bool collect_part(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	struct finding_part part = {0};

	part.expression = collect_text(c, frame_get_sv(&p, &ok));
	part.value = collect_text(c, frame_get_sv(&p, &ok));
	uint64_t flags = frame_get_u64(&p, &ok);
	part.path = collect_text(c, frame_get_sv(&p, &ok));
	uint64_t line = frame_get_u64(&p, &ok), column = frame_get_u64(&p, &ok);
	if (!ok || p.n || !c->plan->trace || s->file == INDEX_NONE || s->parts.n >= PARTS_MAX ||
	    line > UINT32_MAX || column > UINT32_MAX)
		return false;
	part.fault = flags & PART_FAULT;
	part.standard = flags & PART_STANDARD;
	part.decides = flags & PART_DECIDES;
	part.line = (uint32_t)line;
	part.column = (uint32_t)column;
	*VEC_PUSH(&s->parts) = part;
	return true;
}

void collect_parts(struct collector *c, struct speaker *s, struct finding *f)
{
	if (c->parts + s->parts.n > limit_audit_parts) {
		c->over = true;
		s->parts.n = 0;
	}
	if (!s->parts.n)
		return;
	c->parts += s->parts.n;
	struct finding_part *own = ARENA_ARRAY(c->r->arena, s->parts.n, struct finding_part);
	memcpy(own, s->parts.p, s->parts.n * sizeof *own);
	f->parts = own;
	f->parts_n = s->parts.n;
	s->parts.n = 0;
}

void explained_done(struct explained *e)
{
	vec_done(&e->all);
}

/* The findings stand in one array: their order is that of a file. */
static int by_place(const void *pa, const void *pb)
{
	const struct finding *a = *(const struct finding *const *)pa,
			     *b = *(const struct finding *const *)pb;
	int c = sv_cmp(a->id, b->id);

	if (c)
		return c;
	if (a->subject != b->subject)
		return a->subject < b->subject ? -1 : 1;
	return a < b ? -1 : a > b;
}

int audit_explain(struct report *r, const struct sv_vec *targets, struct audit_options *o,
		  struct explained *out, struct err *err)
{
	o->explain = true;
	int rc = audit_run(r, targets, o, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < r->findings.n; i++)
		*VEC_PUSH(&out->all) = &r->findings.p[i];
	for (size_t i = 0; i < out->all.n; i++) {
		out->states[out->all.p[i]->state]++;
		out->excepted += out->all.p[i]->in_source;
	}
	if (out->all.n)
		qsort(out->all.p, out->all.n, sizeof *out->all.p, by_place);
	report_sort_rules(r);
	return 0;
}
