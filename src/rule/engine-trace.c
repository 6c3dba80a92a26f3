/*
 * Why a rule decided as it did: its conditions taken apart. Fields, calls and folds are evaluated
 * once more, each alone, with the variables still set; of all() and exists() over a list, the
 * elements that decide are named. Only `gabion explain` asks for it.
 */
#include "base/base.h"

#include "base/limits.h"
#include "rule/engine-int.h"

enum { PARTS_MAX = 64, ELEMENTS_MAX = 64, DECIDING_MAX = 8 };

struct trace {
	struct engine *e;
	const struct rule *rule;
	const struct engine_frame *at;
	const struct cel_program *program;
	struct verdict_part *parts;
	size_t n;
	uint64_t spent;
};

static struct cel_value run_part(struct trace *t, const struct cel_expr *x)
{
	struct cel_program part = {
		.source = t->program->source, .root = x, .locals = t->program->locals};
	struct cel_value got = cel_run(&part, &t->e->eval);

	t->spent += t->e->eval.cost;
	return got;
}

static struct sv source_of(const struct trace *t, const struct cel_expr *x)
{
	struct sv all = t->program->source;

	if (x->start > x->end || x->end > all.n)
		return (struct sv){0};
	return sv_make(all.p + x->start, x->end - x->start);
}

/* The part of this text, or NULL where there is one or no room. The text stands on one line. */
static struct verdict_part *add_part(struct trace *t, struct sv text)
{
	auto_done(buf_done) struct buf line = {0};

	engine_line(&line, text);
	if (t->n == PARTS_MAX || t->spent > limit_cel_cost || !line.n)
		return NULL;
	for (size_t i = 0; i < t->n; i++)
		if (!t->parts[i].decides && sv_eq(t->parts[i].expression, buf_view(&line)))
			return NULL;
	struct verdict_part *p = &t->parts[t->n++];
	*p = (struct verdict_part){.expression = arena_sv(&t->e->arena, buf_view(&line))};
	return p;
}

/* A list of mappings has no text that says anything; an element's name does. */
static struct sv value_of(struct trace *t, const struct cel_value *v)
{
	struct arena *a = &t->e->arena;
	struct cel_value first, name;

	if (t->rule->redact && v->kind != CEL_BOOL)
		return SV("(not shown)");
	if (v->kind == CEL_MAP && cel_find_sv(v, SV("name"), &name) && name.kind == CEL_STRING)
		return arena_fmt(a, "{name: %.*s, ...}", SV_ARG(sv_head(name.s, 80)));
	size_t n = v->kind == CEL_LIST ? cel_size(v) : 0;
	if (n)
		first = cel_at(v, 0);
	if (n && first.kind == CEL_MAP)
		return arena_fmt(a, "%zu %s", n, n == 1 ? "element" : "elements");
	return engine_value(t->e, v);
}

static struct sv fault_of(struct trace *t, const struct cel_value *v)
{
	struct err err = {0};

	(void)!cel_fault_err(t->program, v, &err);
	return arena_sv(&t->e->arena, sv_of(err.msg));
}

static void fill(struct trace *t, struct verdict_part *p, const struct cel_expr *x,
		 const struct cel_value *v)
{
	struct verdict where = {0};
	bool document = v->node && v->node->doc != PARAM_DOC;

	p->fault = v->kind == CEL_ERROR;
	p->value = p->fault ? fault_of(t, v) : value_of(t, v);
	p->standard = document && (v->node->flags & NODE_DEFAULT);
	bool has = x->kind == CEL_X_SELECT && (x->flags & CEL_X_HAS);
	if (x->kind != CEL_X_SELECT || (!document && !p->fault && !has))
		return;
	/* of has() the place of the field, or of what is there on the way to it */
	struct cel_expr field = *x;
	field.flags = (uint8_t)(x->flags & ~CEL_X_HAS);
	struct cel_program part = {
		.source = t->program->source, .root = &field, .locals = t->program->locals};
	engine_evidence(t->e, t->at, &part, &where);
	/* a field that no source has stands for itself: it has no place */
	if (where.places_n && where.places[0].node &&
	    !(where.places[0].node->flags & (NODE_ABSENT | NODE_DEFAULT)))
		p->place = where.places[0];
}

static bool is_record(const struct cel_expr *x)
{
	return x->type && x->type->kind == CEL_T_RECORD;
}

static void add(struct trace *t, const struct cel_expr *x)
{
	struct verdict_part *p = is_record(x) ? NULL : add_part(t, source_of(t, x));

	if (!p)
		return;
	struct cel_value got = run_part(t, x);
	fill(t, p, x, &got);
}

/* Elements that make all() false, or exists() and exists_one() true. */
static void add_deciding(struct trace *t, const struct cel_expr *x)
{
	struct cel_expr one = {.kind = CEL_X_LITERAL, .start = x->start, .end = x->end};
	struct cel_expr fold = *x;
	bool want = x->macro != CEL_FOLD_ALL;
	size_t told = 0;

	if (x->macro > CEL_FOLD_EXISTS_ONE || x->fold.var2.n)
		return;
	struct cel_value list = run_part(t, x->fold.range);
	size_t n = list.kind == CEL_LIST ? cel_size(&list) : 0;
	for (size_t i = 0; i < n && i < ELEMENTS_MAX && told < DECIDING_MAX; i++) {
		struct cel_value item = cel_at(&list, i);
		one.literal = cel_items(&item, 1);
		fold.fold.range = &one;
		struct cel_value got = run_part(t, &fold);
		if (got.kind != CEL_BOOL || got.b != want || t->n == PARTS_MAX ||
		    t->spent > limit_cel_cost)
			continue;
		struct verdict_part *p = &t->parts[t->n++];
		*p = (struct verdict_part){
			.expression = x->fold.var, .value = value_of(t, &item), .decides = true};
		if (item.node && item.node->doc != PARAM_DOC)
			p->place.node = item.node;
		told++;
	}
}

static bool is_operator(struct sv name)
{
	return !sv_is(name, "_[_]") && !sv_is(name, "_[?_]") &&
	       (name.p[0] == '_' || name.p[0] == '-' || name.p[0] == '!' || name.p[0] == '@');
}

static void walk(struct trace *t, const struct cel_expr *x);

static void walk_all(struct trace *t, struct cel_expr *const *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		walk(t, p[i]);
}

/* What a chain of fields begins with is told where it is more than a variable. */
static void walk_select(struct trace *t, const struct cel_expr *x)
{
	add(t, x);
	while (x->kind == CEL_X_SELECT)
		x = x->select.operand;
	if (x->kind != CEL_X_IDENT)
		walk(t, x);
}

/* As deep as limit_cel_depth lets the parser go. Bodies of folds need their variables. */
static void walk(struct trace *t, const struct cel_expr *x)
{
	switch ((enum cel_expr_kind)x->kind) {
	case CEL_X_LITERAL:
		/* a parameter became its value when the rule was compiled */
		if (sv_starts(source_of(t, x), SV("params.")))
			add(t, x);
		break;
	case CEL_X_IDENT:
		if (!x->ident.local)
			add(t, x);
		break;
	case CEL_X_SELECT:
		walk_select(t, x);
		break;
	case CEL_X_CALL:
		if (!is_operator(x->call.name))
			add(t, x);
		walk_all(t, x->call.args, x->call.n);
		break;
	case CEL_X_LIST:
		walk_all(t, x->list.items, x->list.n);
		break;
	case CEL_X_MAP:
	case CEL_X_MESSAGE:
		walk_all(t, x->map.values, x->map.n);
		break;
	case CEL_X_FOLD:
		if (x != t->program->root)
			add(t, x);
		walk(t, x->fold.range);
		add_deciding(t, x);
		break;
	case CEL_X_EXPR_KINDS:
		break;
	}
}

/* What has no value is the reason only where the verdict says so: has() stood before it. */
static void drop_faults(struct trace *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++)
		if (!t->parts[i].fault)
			t->parts[kept++] = t->parts[i];
	t->n = kept;
}

void engine_trace(struct engine *e, const struct rule *rule, const struct engine_frame *at,
		  struct verdict *v)
{
	struct trace t = {.e = e, .rule = rule, .at = at, .program = &rule->when};
	bool applies = true;

	if (!rule->compiled || (rule->set && !e->whole_set))
		return;
	t.parts = ARENA_ARRAY(&e->arena, PARTS_MAX, struct verdict_part);
	if (rule->when.root) {
		struct cel_value got = run_part(&t, rule->when.root);
		applies = got.kind == CEL_BOOL && got.b;
		walk(&t, rule->when.root);
	}
	t.program = &rule->assertion;
	if (applies)
		walk(&t, rule->assertion.root);
	if (v->state != STATE_NOT_OBSERVED)
		drop_faults(&t);
	v->parts = t.parts;
	v->parts_n = t.n;
}
