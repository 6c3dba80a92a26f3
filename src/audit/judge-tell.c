/* What a worker says of an object and of each verdict, as frames; what the object itself excepts.
 */
#include "audit/judge.h"

#include <limits.h>

#include "audit/patch.h"
#include "base/limits.h"
#include "rule/suppress.h"

enum { MESSAGE_MAX = 1024, VALUE_MAX = 256, POINTER_MAX = 4096, REASON_MAX = 1024 };

void judge_tell_object(struct judge_work *w, struct sv kind, struct sv ns, struct sv name)
{
	struct sv isolation = w->object ? w->object->isolation : (struct sv){0};

	frame_begin(w->out, AUDIT_OBJECT);
	frame_sv(w->out, sv_head(kind, VALUE_MAX));
	frame_sv(w->out, sv_head(ns, VALUE_MAX));
	frame_sv(w->out, sv_head(name, VALUE_MAX));
	frame_sv(w->out, sv_head(isolation, MESSAGE_MAX));
	frame_end(w->out);
}

static bool count_state(struct judge_work *w, const struct verdict *v, enum rule_use use)
{
	struct audit_counts *c = &w->counts;

	if (use != USE_SHOW) {
		c->hidden_only += v->state == STATE_FAIL && use == USE_HIDE_ONLY;
		c->hidden_skip += v->state == STATE_FAIL && use == USE_HIDE_SKIP;
		return false;
	}
	c->not_observed += v->state == STATE_NOT_OBSERVED;
	c->passed += v->state == STATE_PASS;
	c->not_applicable += v->state == STATE_NOT_APPLICABLE;
	c->needs_human += v->state == STATE_NEEDS_HUMAN;
	bool open = v->state == STATE_NOT_OBSERVED || v->state == STATE_NEEDS_HUMAN;
	if (v->state != STATE_FAIL && !w->plan->all && !(open && w->plan->states))
		return false;
	if (c->findings >= limit_file_findings) {
		c->dropped++;
		return false;
	}
	return true;
}

/* A document with duplicate keys is read twice: what both readings find is one finding. */
static bool told_before(struct judge_work *w, const struct verdict *v)
{
	struct sv what = w->twice ? place_fingerprint(w, v, NULL, 0) : (struct sv){0};
	bool made;

	if (!w->twice)
		return false;
	(void)map_put(&w->told,
		      arena_fmt(&w->arena, "%d %.*s %.*s", (int)v->state, SV_ARG(what),
				SV_ARG(v->message)),
		      &made);
	return !made;
}

/* rule: its number */
static bool find_suppression(struct judge_work *w, size_t rule, const struct verdict *v,
			     const struct place *p, struct sv *reason)
{
	const struct fact_object *o = w->object;

	if (w->plan->strict || !o || v->state != STATE_FAIL)
		return false;
	/* an answer of an engine, a file of the kernel: nobody writes a comment there */
	bool text = !p->part || !part_is_answer(p->part);
	return suppressed(
		v,
		o->meta && fact_has(o->meta, META_ANNOTATIONS) ? &o->meta->items[META_ANNOTATIONS]
							       : NULL,
		o->workload && fact_has(o->workload, WORKLOAD_POD_ANNOTATIONS)
			? &o->workload->items[WORKLOAD_POD_ANNOTATIONS]
			: NULL,
		&w->excepted[rule], text ? p->part ? p->part->bytes : w->doc.bytes : (struct sv){0},
		place_root(w, p), p->start, reason);
}

static void put_places(struct judge_work *w, const struct verdict *v, const struct place *p)
{
	frame_u64(w->out, v->places_n);
	for (unsigned i = 0; i < v->places_n; i++) {
		frame_sv(w->out, sv_head(p[i].file, POINTER_MAX));
		frame_sv(w->out, sv_head(p[i].pointer, POINTER_MAX));
		frame_sv(w->out, sv_head(v->places[i].value, VALUE_MAX));
		frame_u64(w->out, p[i].line);
		frame_u64(w->out, p[i].column);
		frame_u64(w->out, p[i].end_line);
		frame_u64(w->out, p[i].end_column);
	}
}

/* A rule that cannot be asked is not observed; what is so large that it costs too much is beyond a
 * budget: a manifest must not grow until nothing is found in it. */
static void tell_over(struct judge_work *w, const struct verdict *v)
{
	const struct set_fact *f = w->set_fact;
	struct err err;

	(void)err_set(&err, ERR_LIMIT, "%.*s: %.*s", SV_ARG(v->rule->text.id), SV_ARG(v->message));
	(void)err_code(&err, "budget");
	if (f)
		(void)err_where(&err, "%.*s:%u", SV_ARG(sv_head(f->file, 200)), f->line);
	judge_error_at(w, WEIGHT_FATAL, &err, w->object ? w->object->object : NULL);
}

/* Patches are for what Kubernetes reads. */
static bool is_fixable(const struct judge_work *w, const struct verdict *v)
{
	bool any = false;

	for (size_t i = 0; i < v->rule->fixes.n; i++)
		any |= sv_is(v->rule->fixes.p[i].platform, "kubernetes");
	return any && w->object && w->object->meta;
}

/* Which of the rule's remedies is the platform's: a number from 1, or 0 for the common one. */
static uint64_t remedy_of(const struct rule *rule, unsigned platform)
{
	for (size_t i = 0; platform != UINT_MAX && i < rule->remedies.n; i++)
		if (rule->remedies.p[i].platforms & platform)
			return i + 1;
	return 0;
}

/* A verdict of the engine as a frame. */
void judge_verdict(void *arg, const struct verdict *v)
{
	struct judge_work *w = arg;
	struct place places[ARRAY_LEN(v->places)] = {0};
	auto_done(buf_done) struct buf patch = {0};
	size_t number = v->rule->number;
	struct sv reason = {0};

	if (w->states && !w->again)
		w->states[number][v->state]++;
	if (v->over && w->plan->use[number] == USE_SHOW)
		tell_over(w, v);
	if (!count_state(w, v, (enum rule_use)w->plan->use[number]))
		return;
	for (unsigned i = 0; i < v->places_n; i++)
		place_of(w, &v->places[i], &places[i]);
	struct sv fingerprint = place_fingerprint(w, v, places, v->places_n);
	if (told_before(w, v))
		return;
	bool silent = find_suppression(w, number, v, &places[0], &reason);
	if (w->fixer) {
		if (!silent && v->state == STATE_FAIL)
			fixer_take(w, v, fingerprint);
		return;
	}
	if (!w->object_told && w->object)
		judge_tell_object(w, w->object->kind, w->object->ns, w->object->name);
	w->object_told = true;
	if (w->plan->patches && v->state == STATE_FAIL && is_fixable(w, v) && !w->twice)
		patch_make(w, v, &patch);
	w->counts.findings++;
	judge_parts(w, v);
	frame_begin(w->out, AUDIT_FINDING);
	frame_u64(w->out, number);
	frame_u64(w->out, v->state);
	frame_u64(w->out, silent);
	frame_sv(w->out, sv_head(v->scope, VALUE_MAX));
	frame_sv(w->out, sv_head(v->message, MESSAGE_MAX));
	frame_sv(w->out, fingerprint);
	frame_sv(w->out, sv_head(reason, REASON_MAX));
	frame_sv(w->out, buf_view(&patch));
	/* the line would show the value that the evidence does not */
	bool snippet = w->plan->snippets && v->places_n && !v->rule->redact;
	frame_sv(w->out, snippet ? place_snippet(w, &places[0]) : (struct sv){0});
	frame_u64(w->out, is_fixable(w, v));
	frame_u64(w->out, remedy_of(v->rule, w->engine.platform));
	put_places(w, v, places);
	frame_end(w->out);
}

/* Most files have none, and nothing is to be asked of them. */
static bool has_exceptions(const struct judge_work *w, const struct fact_object *o)
{
	static const char *const words[] = {"gabion:ignore", "trivy:ignore", "gabion.dev/ignore",
					    "kube-linter.io"};
	struct sv text =
		sv_make(w->doc.bytes.p + o->object->start, o->object->end - o->object->start);

	/* a comment stands above the object */
	uint32_t before = o->object->start < 4096 ? o->object->start : 4096;
	text = sv_make(text.p - before, text.n + before);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_find(text, sv_of(words[i])) != SIZE_MAX)
			return true;
	return false;
}

/* Rules about the set are asked where the object's text is gone: what it excepts is told now. */
void judge_tell_exceptions(struct judge_work *w, const struct fact_object *o)
{
	const struct place at = {.start = o->object->start};

	if (w->plan->strict || w->fixer || !has_exceptions(w, o))
		return;
	for (size_t i = 0; i < w->plan->rules->all.n; i++) {
		const struct verdict v = {.rule = w->plan->rules->all.p[i], .state = STATE_FAIL};
		struct sv reason = {0};
		if (!w->plan->of_set[i] || !find_suppression(w, i, &v, &at, &reason))
			continue;
		if (!w->object_told)
			judge_tell_object(w, o->kind, o->ns, o->name);
		w->object_told = true;
		frame_begin(w->out, AUDIT_EXCEPT);
		frame_u64(w->out, i);
		frame_sv(w->out, sv_head(reason, REASON_MAX));
		frame_end(w->out);
	}
}
