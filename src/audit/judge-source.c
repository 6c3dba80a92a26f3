/* Documents that are none of Kubernetes: which source they are for, and the files they name. */
#include "audit/judge.h"

#include "base/limits.h"

/* What the content says wins over the name: an object of Kubernetes in a compose.yaml is one. */
const struct fact_source *judge_source_of(const struct judge_work *w, const struct node *root)
{
	const struct fact_source *guess = NULL;

	if (node_get(root, "kind") && node_get(root, "apiVersion"))
		return NULL;
	guess = fact_source_guess(root);
	return guess ? guess : node_is(root, NODE_OBJECT) ? w->source : NULL;
}

void judge_source(struct judge_work *w, const struct fact_source *source, struct doc *d,
		  const struct fact_sink *sink)
{
	struct parts parts = {.arena = &w->arena};
	struct part *own = parts_add(&parts, (struct sv){0}, w->name, w->doc.bytes);

	if (d)
		parts_adopt(&parts, own, d);
	for (size_t i = 1; i < w->given.all.n; i++)
		*VEC_PUSH(&parts.all) = w->given.all.p[i];
	w->parts = &parts;
	source->objects(&parts, sink);
	w->parts = NULL;
	parts_done(&parts);
}

void judge_hold(struct judge_work *w)
{
	if (w->holds || w->fixer)
		return;
	w->holds = true;
	w->held = w->out->buf.n;
	w->out->held = true;
}

/* An item that is to come again has told nothing yet. */
static void forget(struct judge_work *w)
{
	w->out->buf.n = w->held;
	w->counts = (struct audit_counts){0};
	if (w->states)
		memset(w->states, 0, w->plan->rules->all.n * sizeof *w->states);
	for (size_t i = 0; i < w->wants.n; i++) {
		frame_begin(w->out, AUDIT_WANT);
		frame_sv(w->out, w->wants.p[i]);
		frame_end(w->out);
	}
}

void judge_release(struct judge_work *w)
{
	if (!w->holds)
		return;
	w->holds = w->out->held = false;
	if (w->wants.n)
		forget(w);
	w->wants.n = 0;
}
