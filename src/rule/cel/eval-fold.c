/* Folds: what the macros over lists and maps became. */
#include "rule/cel/eval-int.h"

enum { MEMBERS_PER_UNIT = 16 };

/* Where a fold stands in its range. */
struct walk {
	struct cel_value range;
	size_t at, n; /* n: of lists */
	bool two;     /* variables */
	uint32_t slot, slot2;
	uint64_t step; /* work of going on */
};

/* False and *fault: the range has an error, or is nothing to go through. */
static bool walk_start(struct cel_eval *e, const struct cel_expr *x, struct walk *w,
		       struct cel_value *fault)
{
	w->range = cel_eval_expr(e, x->fold.range);
	w->at = 0;
	w->two = x->fold.var2.n > 0;
	w->slot = x->fold.slot;
	w->slot2 = x->fold.slot2;
	w->step = 1;
	if (w->range.kind == CEL_LIST) {
		w->n = cel_size(&w->range);
		return true;
	}
	if (w->range.kind == CEL_MAP) {
		const struct node *object = w->range.form == CEL_FORM_NODE ? w->range.node : NULL;
		if (object && object->flags & NODE_DUP_LAST)
			w->step += object->n / MEMBERS_PER_UNIT;
		return true;
	}
	e->at = x->fold.range->start;
	*fault = w->range.kind == CEL_ERROR
			 ? w->range
			 : cel_fault(e, "no such overload: list or map expected, found",
				     cel_type_name_of(&w->range));
	return false;
}

/* Sets the variables; false at the end. */
static bool walk_next(struct cel_eval *e, struct walk *w)
{
	struct cel_value ignored;

	e->cost += w->step; /* the next expression looks at the limit */
	if (w->range.kind == CEL_MAP)
		return cel_entry_next(&w->range, &w->at, &e->locals[w->slot],
				      w->two ? &e->locals[w->slot2] : &ignored);
	if (w->at == w->n)
		return false;
	if (w->two)
		e->locals[w->slot] = cel_int((int64_t)w->at);
	e->locals[w->two ? w->slot2 : w->slot] = cel_at(&w->range, w->at);
	w->at++;
	return true;
}

bool cel_fold_is_bool(const struct cel_expr *x)
{
	return x->macro <= CEL_FOLD_EXISTS_ONE;
}

static int fold_exists_one(struct cel_eval *e, const struct cel_expr *x, struct walk *w,
			   struct cel_value *fault)
{
	size_t found = 0;

	while (walk_next(e, w)) {
		int b = cel_eval_bool(e, x->fold.filter, fault);
		if (b < 0)
			return -1;
		found += (size_t)b;
	}
	return found == 1;
}

/* As logic_after_error(): the rest of the range may still decide. */
static __attribute__((noinline)) int fold_after_error(struct cel_eval *e, const struct cel_expr *x,
						      struct walk *w, struct cel_value *fault)
{
	int decides = x->macro == CEL_FOLD_EXISTS;
	struct cel_value other;

	while (!e->stopped && walk_next(e, w)) {
		int b = cel_eval_bool(e, x->fold.filter, &other);
		if (b == decides)
			return b;
		if (e->stopped)
			*fault = other;
	}
	return -1;
}

/* all and exists absorb errors as && and || do; exists_one does not. */
int cel_eval_fold_bool(struct cel_eval *e, const struct cel_expr *x, struct cel_value *fault)
{
	int decides = x->macro == CEL_FOLD_EXISTS;
	struct walk w;

	if (!walk_start(e, x, &w, fault))
		return -1;
	if (x->macro == CEL_FOLD_EXISTS_ONE)
		return fold_exists_one(e, x, &w, fault);
	while (walk_next(e, &w)) {
		int b = cel_eval_bool(e, x->fold.filter, fault);
		if (b == decides)
			return b;
		if (b < 0)
			return fold_after_error(e, x, &w, fault);
	}
	return !decides;
}

/* The next element that the filter takes: 1, 0 at the end, -1: error. */
static int walk_wanted(struct cel_eval *e, const struct cel_expr *x, struct walk *w,
		       struct cel_value *fault)
{
	while (walk_next(e, w)) {
		int take = x->fold.filter ? cel_eval_bool(e, x->fold.filter, fault) : 1;
		if (take != 0)
			return take;
	}
	return 0;
}

static struct cel_value too_dear(struct cel_eval *e)
{
	return cel_fault(e, NULL, (struct sv){0});
}

/* map, filter, transformList. filter has no value: the (last) variable itself. */
static struct cel_value fold_list(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value fault;
	struct walk w;
	size_t n = 0;
	int more;

	if (!walk_start(e, x, &w, &fault))
		return fault;
	struct cel_value *p = cel_new_values(e, cel_size(&w.range));
	if (!p)
		return too_dear(e);
	while ((more = walk_wanted(e, x, &w, &fault)) > 0) {
		p[n] = x->fold.value ? cel_eval_expr(e, x->fold.value)
				     : e->locals[w.two ? w.slot2 : w.slot];
		if (p[n].kind == CEL_ERROR)
			return p[n];
		n++;
	}
	if (more < 0)
		return fault;
	return cel_items(p, n);
}

static struct cel_value fold_transform_map(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value fault;
	struct walk w;
	size_t n = 0;
	int more;

	if (!walk_start(e, x, &w, &fault))
		return fault;
	struct cel_entry *p = cel_new_bytes(e, cel_size(&w.range) * sizeof *p);
	if (!p)
		return too_dear(e);
	while ((more = walk_wanted(e, x, &w, &fault)) > 0) {
		p[n].key = e->locals[w.slot];
		p[n].value = cel_eval_expr(e, x->fold.value);
		if (p[n].value.kind == CEL_ERROR)
			return p[n].value;
		n++;
	}
	if (more < 0)
		return fault;
	e->at = x->start;
	return cel_make_map(e, p, n);
}

/* All entries of the maps together; a key that stands twice is an error. */
static struct cel_value join_maps(struct cel_eval *e, const struct cel_value *maps, size_t n)
{
	size_t total = 0, filled = 0;

	for (size_t i = 0; i < n; i++)
		total += cel_size(&maps[i]);
	struct cel_entry *p = cel_new_bytes(e, total * sizeof *p);
	if (!p)
		return too_dear(e);
	for (size_t i = 0; i < n; i++)
		for (size_t at = 0;
		     cel_entry_next(&maps[i], &at, &p[filled].key, &p[filled].value);)
			if (++filled == total)
				break;
	return cel_make_map(e, p, filled);
}

static struct cel_value fold_transform_entry(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value fault;
	struct walk w;
	size_t n = 0;
	int more;

	if (!walk_start(e, x, &w, &fault))
		return fault;
	struct cel_value *maps = cel_new_values(e, cel_size(&w.range));
	if (!maps)
		return too_dear(e);
	while ((more = walk_wanted(e, x, &w, &fault)) > 0) {
		maps[n] = cel_eval_expr(e, x->fold.value);
		if (maps[n].kind == CEL_ERROR)
			return maps[n];
		e->at = x->start;
		if (maps[n].kind != CEL_MAP)
			return cel_no_overload(e, SV("transformMapEntry"));
		if (!cel_spend(e, cel_size(&maps[n])))
			return too_dear(e);
		n++;
	}
	if (more < 0)
		return fault;
	e->at = x->start;
	return join_maps(e, maps, n);
}

/* An error is kept as the variable's value: it counts where the variable is used. */
static struct cel_value fold_bind(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value v = cel_eval_expr(e, x->fold.range);

	e->locals[x->fold.slot] = v;
	return e->stopped ? v : cel_eval_expr(e, x->fold.value);
}

static struct cel_value fold_optional(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value v = cel_eval_expr(e, x->fold.range);

	if (v.kind == CEL_ERROR)
		return v;
	e->at = x->start;
	if (v.kind != CEL_OPTIONAL)
		return cel_no_overload(e, SV("optMap"));
	if (!v.inner)
		return cel_none;
	e->locals[x->fold.slot] = *v.inner;
	v = cel_eval_expr(e, x->fold.value);
	if (v.kind == CEL_ERROR)
		return v;
	e->at = x->start;
	if (x->macro == CEL_FOLD_OPT_MAP)
		return cel_optional_of(e, &v);
	return v.kind == CEL_OPTIONAL ? v : cel_no_overload(e, SV("optFlatMap"));
}

typedef struct cel_value fold_fn(struct cel_eval *e, const struct cel_expr *x);

static fold_fn *const folds[] = {
	[CEL_FOLD_MAP] = fold_list,
	[CEL_FOLD_FILTER] = fold_list,
	[CEL_FOLD_TRANSFORM_MAP] = fold_transform_map,
	[CEL_FOLD_TRANSFORM_ENTRY] = fold_transform_entry,
	[CEL_FOLD_BIND] = fold_bind,
	[CEL_FOLD_OPT_MAP] = fold_optional,
	[CEL_FOLD_OPT_FLAT_MAP] = fold_optional,
};

struct cel_value cel_eval_fold(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value fault;

	if (!cel_fold_is_bool(x))
		return folds[x->macro](e, x);
	int b = cel_eval_fold_bool(e, x, &fault);
	return b < 0 ? fault : cel_bool(b);
}
