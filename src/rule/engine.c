#include "base/base.h"

#include "rule/engine-int.h"

#include <limits.h>

#include "rule/kubernetes.h"

struct run {
	struct engine *e;
	const struct fact_row *row;
	verdict_fn *tell;
	void *arg;
	size_t elements[FACT_SCOPES];
	bool over; /* what is told came to the cost limit */
};

void engine_init(struct engine *e, const struct rules *rules)
{
	*e = (struct engine){.rules = rules};
	arena_init(&e->arena, 0);
}

void engine_done(struct engine *e)
{
	cel_eval_done(&e->eval);
	engine_plan_free(e->plan);
	arena_done(&e->arena);
}

static void make_plan(struct engine *e)
{
	if (engine_plan_fits(e->plan, e->rules, e->selected))
		return;
	engine_plan_free(e->plan);
	e->plan = engine_plan_new(e->rules, e->selected);
}

static void scope_text(const struct run *run, const struct engine_frame *at, struct buf *out)
{
	const struct engine_frame *chain[FACT_SCOPES];
	unsigned n = 0;

	for (; at && at->scope >= 0; at = at->around)
		chain[n++] = at;
	while (n-- > 0) {
		struct buf whole = {0};
		fact_scope_text(&run->row->scopes[chain[n]->scope], buf_view(out),
				chain[n]->element, chain[n]->index, &whole);
		buf_done(out);
		*out = whole;
	}
}

static void tell(struct run *run, const struct rule *rule, enum finding_state state,
		 const struct engine_frame *at, struct sv why)
{
	struct engine *e = run->e;
	struct verdict v = {.rule = rule, .state = state, .message = why, .over = run->over};
	auto_done(buf_done) struct buf scope = {0};

	if (state != STATE_FAIL && state != STATE_NOT_OBSERVED && !e->all)
		return;
	scope_text(run, at, &scope);
	v.scope = arena_sv(&e->arena, buf_view(&scope));
	v.element = at && at->scope >= 0 ? at->element : NULL;
	if (state == STATE_FAIL)
		engine_message(e, rule, &v);
	/* evidence of what passed is shown with --all: the value that was right */
	if (at && state != STATE_NOT_APPLICABLE)
		engine_places(e, rule, at, &v);
	if (at && e->trace)
		engine_trace(e, rule, at, &v);
	run->tell(run->arg, &v);
}

static void tell_fault(struct run *run, const struct rule *rule, const struct cel_program *p,
		       const struct cel_value *got, const char *field,
		       const struct engine_frame *at)
{
	struct err err = {0};
	struct sv why;

	if (got->kind == CEL_ERROR) {
		(void)!cel_fault_err(p, got, &err);
		why = arena_fmt(&run->e->arena, "not observed: %s (%s %s)", err.msg, field,
				err.where);
	} else {
		why = arena_fmt(&run->e->arena, "not observed: %s gives no bool", field);
	}
	run->over = run->e->eval.stopped;
	tell(run, rule, STATE_NOT_OBSERVED, at, why);
	run->over = false;
}

/* True and *holds, or told as not observed. */
static bool ask(struct run *run, const struct rule *rule, const struct cel_program *p,
		const char *field, const struct engine_frame *at, bool *holds)
{
	struct cel_value got = cel_run(p, &run->e->eval);

	if (got.kind != CEL_BOOL) {
		tell_fault(run, rule, p, &got, field, at);
		return false;
	}
	*holds = got.b;
	return true;
}

static void cover(struct engine *e, uint32_t rule)
{
	struct engine_plan *p = e->plan;

	if (e->uncovered)
		return;
	for (uint32_t i = 0; i < p->covers[rule].n; i++) {
		uint32_t other = p->covers[rule].p[i];
		if (p->covered[other])
			continue;
		p->covered[other] = true;
		p->undo[p->undo_n++] = other;
	}
}

static void uncover(struct engine_plan *p, size_t to)
{
	while (p->undo_n > to)
		p->covered[p->undo[--p->undo_n]] = false;
}

/* Built-in rules have their programs made when they are first asked: of several hundred one file
 * needs a few dozen. */
static bool is_ready(const struct engine *e, uint32_t index)
{
	const struct rule *rule = e->rules->all.p[index];
	struct err err;

	return rule->compiled || (!rule->broken && rules_compile_late(e->rules, index, &err) == 0);
}

static void judge_rule(struct run *run, uint32_t index, const struct engine_frame *at)
{
	struct engine *e = run->e;
	const struct rule *rule = e->rules->all.p[index];
	bool holds = true;

	if (!(rule->platforms & e->platform)) {
		tell(run, rule, STATE_NOT_APPLICABLE, at, (struct sv){0});
		return;
	}
	if (!is_ready(e, index)) {
		tell(run, rule, STATE_NOT_OBSERVED, at, SV("the rule cannot be compiled"));
		return;
	}
	if (rule->set && !e->whole_set) {
		tell(run, rule, STATE_NOT_OBSERVED, at,
		     SV("not observed: needs all objects at once: name the folder, or pipe all "
			"manifests to gabion audit -"));
		return;
	}
	e->vars[SLOT_PARAMS] = rule->params ? cel_of_node(rule->params) : cel_null;
	if (rule->when.root) {
		if (!ask(run, rule, &rule->when, "when", at, &holds))
			return;
		if (!holds) {
			tell(run, rule, STATE_NOT_APPLICABLE, at, (struct sv){0});
			return;
		}
	}
	if (!ask(run, rule, &rule->assertion, "assert", at, &holds))
		return;
	tell(run, rule, holds ? STATE_PASS : STATE_FAIL, at, (struct sv){0});
	if (!holds)
		cover(e, index);
}

static void judge_element(struct run *run, const struct engine_frame *at);

/* The source does not say whether there are any. */
static void tell_unknown(struct run *run, unsigned scope, const struct engine_frame *around)
{
	const struct engine_group *g =
		engine_group(run->e->plan, run->e->rules, run->row, (int)scope);
	const struct fact_scope *s = &run->row->scopes[scope];
	struct sv why = arena_fmt(&run->e->arena, "not observed: nothing says what %s there are",
				  around->schema->fields[s->list].name);

	run->elements[scope]++;
	for (uint32_t i = 0; i < g->n; i++) {
		const struct rule *rule = run->e->rules->all.p[g->rules[i]];
		if (rule->platforms & run->e->platform)
			tell(run, rule, STATE_NOT_OBSERVED, NULL, why);
	}
}

/* Nested as deep as facts.def does. */
static void judge_scope(struct run *run, unsigned scope, const struct engine_frame *around)
{
	const struct fact_scope *s = &run->row->scopes[scope];
	const struct node *list =
		s->list < around->element->n ? &around->element->items[s->list] : NULL;

	if (list && list->flags & NODE_ABSENT)
		tell_unknown(run, scope, around);
	if (!node_is(list, NODE_ARRAY))
		return;
	for (uint32_t i = 0; i < list->n; i++) {
		struct engine_frame at = {.around = around,
					  .scope = (int)scope,
					  .element = &list->items[i],
					  .schema = s->schema,
					  .index = i};
		run->elements[scope]++;
		run->e->vars[SLOT_SCOPES + scope] = cel_of_node(at.element);
		judge_element(run, &at);
	}
}

static void judge_element(struct run *run, const struct engine_frame *at)
{
	struct engine_plan *p = run->e->plan;
	const struct engine_group *g = engine_group(p, run->e->rules, run->row, at->scope);
	size_t mark = p->undo_n;

	for (uint32_t i = 0; i < g->n; i++)
		if (!p->covered[g->rules[i]])
			judge_rule(run, g->rules[i], at);
	for (unsigned s = 0; s < run->row->scopes_n; s++)
		if (run->row->scopes[s].around == at->scope &&
		    engine_group(p, run->e->rules, run->row, (int)s)->below)
			judge_scope(run, s, at);
	uncover(p, mark);
}

/* Rules whose scope has no elements. */
static void tell_empty(struct run *run)
{
	for (unsigned s = 0; s < run->row->scopes_n; s++) {
		const struct engine_group *g =
			engine_group(run->e->plan, run->e->rules, run->row, (int)s);
		for (uint32_t i = 0; run->elements[s] == 0 && i < g->n; i++)
			tell(run, run->e->rules->all.p[g->rules[i]], STATE_NOT_APPLICABLE, NULL,
			     (struct sv){0});
	}
}

/* Facts other than workloads have no platform. */
static unsigned platform_of(const struct fact_row *row, const struct node *record)
{
	if (row->schema != &schema_workload)
		return UINT_MAX;
	enum platform_id p = platform_find(record->items[WORKLOAD_PLATFORM].text);

	return p == PLATFORMS ? UINT_MAX : 1U << p;
}

void engine_judge(struct engine *e, const char *type, const struct node *record,
		  verdict_fn *tell_fn, void *arg)
{
	struct run run = {.e = e,
			  .row = facts_find(&e->rules->facts, sv_of(type)),
			  .tell = tell_fn,
			  .arg = arg};
	struct engine_frame at = {.scope = -1, .element = record};

	if (!run.row || !node_is(record, NODE_OBJECT))
		return;
	make_plan(e);
	e->platform = platform_of(run.row, record);
	arena_clear(&e->arena);
	e->eval.arena = &e->arena;
	e->eval.vars = e->vars;
	e->vars[SLOT_VERSION] = cel_int(e->minor ? e->minor : KUBERNETES_NEWEST);
	e->vars[SLOT_FACT] = cel_of_node(record);
	at.schema = run.row->schema;
	judge_element(&run, &at);
	if (e->all)
		tell_empty(&run);
}
