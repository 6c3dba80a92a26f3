#include "rule/cel/eval-int.h"
#include "rule/cel/pattern.h"

#include "base/limits.h"
#include "rule/regex/regex.h"

enum {
	FAULT_COST = 4,
	VALUE_COST = 3, /* of 32 bytes */
	FEW_ARGS = 4,
};

typedef struct cel_value eval_fn(struct cel_eval *e, const struct cel_expr *x);

bool cel_spend(struct cel_eval *e, uint64_t units)
{
	if (__builtin_add_overflow(e->cost, units, &e->cost))
		e->cost = UINT64_MAX;
	if (e->cost > e->cost_limit)
		e->stopped = true;
	return !e->stopped;
}

struct cel_value cel_fault(struct cel_eval *e, const char *what, struct sv detail)
{
	struct cel_fault *f = ARENA_NEW(e->arena, struct cel_fault);

	e->cost += FAULT_COST;
	f->what = e->stopped ? "cost limit exceeded" : what;
	f->detail = e->stopped ? (struct sv){0} : detail;
	f->at = e->at;
	return (struct cel_value){.kind = CEL_ERROR, .fault = f};
}

struct cel_value cel_no_overload(struct cel_eval *e, struct sv name)
{
	return cel_fault(e, "no such overload", name);
}

void *cel_new_bytes(struct cel_eval *e, size_t n)
{
	return cel_spend(e, n / 10) ? arena_alloc(e->arena, n) : NULL;
}

struct cel_value *cel_new_values(struct cel_eval *e, size_t n)
{
	if (n > UINT64_MAX / VALUE_COST || !cel_spend(e, (uint64_t)n * VALUE_COST))
		return NULL;
	return ARENA_ARRAY(e->arena, n, struct cel_value);
}

struct cel_value cel_optional_of(struct cel_eval *e, const struct cel_value *v)
{
	struct cel_value *inner = cel_new_values(e, 1);

	if (!inner)
		return cel_fault(e, NULL, (struct sv){0});
	*inner = *v;
	return (struct cel_value){.kind = CEL_OPTIONAL, .node = v->node, .inner = inner};
}

struct cel_value cel_make_map(struct cel_eval *e, struct cel_entry *p, size_t n)
{
	struct cel_map *m = cel_new_bytes(e, sizeof *m + n * 2 * sizeof(uint32_t));
	size_t twice;

	if (!m)
		return cel_fault(e, NULL, (struct sv){0});
	m->p = p;
	m->n = n;
	for (size_t i = 0; i < n; i++) {
		uint8_t kind = p[i].key.kind;
		if (kind != CEL_STRING && kind != CEL_INT && kind != CEL_UINT && kind != CEL_BOOL)
			return cel_fault(e, "unsupported key type", cel_type_name_of(&p[i].key));
	}
	if (!cel_map_index(e->arena, m, &twice))
		return cel_fault(e, "repeated key",
				 p[twice].key.kind == CEL_STRING ? p[twice].key.s : (struct sv){0});
	return (struct cel_value){.kind = CEL_MAP, .form = CEL_FORM_ITEMS, .map = m};
}

static struct cel_value eval_literal(struct cel_eval *e, const struct cel_expr *x)
{
	(void)e;
	return x->literal;
}

static struct cel_value eval_ident(struct cel_eval *e, const struct cel_expr *x)
{
	if (x->ident.local)
		return e->locals[x->ident.slot];
	if (x->ident.slot != CEL_NO_SLOT) {
		const struct cel_value *v = &e->vars[x->ident.slot];
		if (v->kind != CEL_ERROR || v->fault)
			return *v;
	}
	e->at = x->start;
	return cel_fault(e, "no such variable", x->ident.name);
}

/* An optional element: its value, or not there. -1 when it is no optional. */
static int unwrap(struct cel_value *v)
{
	if (v->kind != CEL_OPTIONAL)
		return -1;
	if (!v->inner)
		return 0;
	*v = *v->inner;
	return 1;
}

static struct cel_value eval_list(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value *p = cel_new_values(e, x->list.n);
	size_t n = 0;

	e->at = x->start;
	if (!p)
		return cel_fault(e, NULL, (struct sv){0});
	for (uint32_t i = 0; i < x->list.n; i++) {
		p[n] = cel_eval_expr(e, x->list.items[i]);
		if (p[n].kind == CEL_ERROR)
			return p[n];
		int there = x->list.optional && x->list.optional[i] ? unwrap(&p[n]) : 1;
		if (there < 0)
			return cel_no_overload(e, SV("[?_]"));
		n += (size_t)there;
	}
	return cel_items(p, n);
}

static struct cel_value eval_map(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_entry *p = cel_new_bytes(e, x->map.n * sizeof *p);
	size_t n = 0;

	e->at = x->start;
	if (!p)
		return cel_fault(e, NULL, (struct sv){0});
	for (uint32_t i = 0; i < x->map.n; i++) {
		p[n].key = cel_eval_expr(e, x->map.keys[i]);
		if (p[n].key.kind == CEL_ERROR)
			return p[n].key;
		p[n].value = cel_eval_expr(e, x->map.values[i]);
		if (p[n].value.kind == CEL_ERROR)
			return p[n].value;
		int there = x->map.optional && x->map.optional[i] ? unwrap(&p[n].value) : 1;
		if (there < 0)
			return cel_no_overload(e, SV("{?_}"));
		n += (size_t)there;
	}
	e->at = x->start;
	return cel_make_map(e, p, n);
}

static struct cel_value eval_message(struct cel_eval *e, const struct cel_expr *x)
{
	e->at = x->start;
	return cel_fault(e, "messages are not supported", x->map.type_name);
}

/* The kind of value that a type takes; CEL_KINDS: any. */
static const uint8_t kind_of_type[CEL_T_KINDS] = {
	[CEL_T_DYN] = CEL_KINDS,
	[CEL_T_ERROR] = CEL_KINDS,
	[CEL_T_NULL] = CEL_NULL,
	[CEL_T_BOOL] = CEL_BOOL,
	[CEL_T_INT] = CEL_INT,
	[CEL_T_UINT] = CEL_UINT,
	[CEL_T_DOUBLE] = CEL_DOUBLE,
	[CEL_T_STRING] = CEL_STRING,
	[CEL_T_BYTES] = CEL_BYTES,
	[CEL_T_DURATION] = CEL_DURATION,
	[CEL_T_TIMESTAMP] = CEL_TIMESTAMP,
	[CEL_T_LIST] = CEL_LIST,
	[CEL_T_MAP] = CEL_MAP,
	[CEL_T_TYPE] = CEL_TYPE,
	[CEL_T_OPTIONAL] = CEL_OPTIONAL,
	[CEL_T_OPAQUE] = CEL_OPAQUE,
	[CEL_T_PARAM] = CEL_KINDS,
	[CEL_T_RECORD] = CEL_MAP,
};

static bool fits(const struct cel_type *t, const struct cel_value *v)
{
	uint8_t kind = kind_of_type[t->kind];

	if (kind == CEL_KINDS)
		return true;
	if (kind != v->kind)
		return false;
	return kind != CEL_OPAQUE || sv_is(t->name, v->opaque.type->name);
}

static bool overload_fits(const struct cel_overload *o, const struct cel_value *args, size_t n)
{
	if (n != o->n && !(o->variadic && n + 1 >= o->n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!fits(o->params[i < o->n ? i : o->n - 1u], &args[i]))
			return false;
	return true;
}

static cel_fn *choose(const struct cel_expr *x, const struct cel_value *args, size_t n)
{
	for (uint32_t i = 0; i < x->call.overloads_n; i++) {
		const struct cel_overload *o = x->call.overloads[i];
		/* lists are indexed by whole doubles too, maps by any number */
		if (overload_fits(o, args, n) || o->row->fn == cel_fn_index ||
		    o->row->fn == cel_fn_optional_index)
			return o->row->fn;
	}
	return NULL;
}

static struct cel_value call_with(struct cel_eval *e, const struct cel_expr *x,
				  struct cel_value *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		args[i] = cel_eval_expr(e, x->call.args[i]);
		if (args[i].kind == CEL_ERROR)
			return args[i];
	}
	e->at = x->start;
	cel_fn *fn = x->call.bound ? x->call.overloads[0]->row->fn : choose(x, args, n);
	if (!fn)
		return x->call.overloads_n ? cel_no_overload(e, x->call.name)
					   : cel_fault(e, "unbound function", x->call.name);
	e->prepared = x->call.prepared;
	return fn(e, args, n);
}

static struct cel_value call_many(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value *args = cel_new_values(e, x->call.n);

	return args ? call_with(e, x, args, x->call.n) : cel_fault(e, NULL, (struct sv){0});
}

static struct cel_value call_few(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value args[FEW_ARGS];

	return call_with(e, x, args, x->call.n);
}

static struct cel_value eval_if(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value fault;
	int condition = cel_eval_bool(e, x->call.args[0], &fault);

	return condition < 0 ? fault : cel_eval_expr(e, x->call.args[condition ? 1 : 2]);
}

static struct cel_value eval_call(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value fault;

	if (x->op == CEL_OP_IF)
		return eval_if(e, x);
	if (x->op != CEL_OP_NONE) {
		e->cost--; /* counted by the caller already */
		int b = cel_eval_bool(e, x, &fault);
		return b < 0 ? fault : cel_bool(b);
	}
	return x->call.n <= FEW_ARGS ? call_few(e, x) : call_many(e, x);
}

static eval_fn *const evals[CEL_X_EXPR_KINDS] = {
	[CEL_X_LITERAL] = eval_literal,   [CEL_X_IDENT] = eval_ident,
	[CEL_X_SELECT] = cel_eval_select, [CEL_X_CALL] = eval_call,
	[CEL_X_LIST] = eval_list,         [CEL_X_MAP] = eval_map,
	[CEL_X_MESSAGE] = eval_message,   [CEL_X_FOLD] = cel_eval_fold,
};

static struct cel_value over_cost(struct cel_eval *e, const struct cel_expr *x)
{
	e->stopped = true;
	e->at = x->start;
	return cel_fault(e, NULL, (struct sv){0});
}

struct cel_value cel_eval_expr(struct cel_eval *e, const struct cel_expr *x)
{
	if (++e->cost > e->cost_limit)
		return over_cost(e, x);
	return evals[x->kind](e, x);
}

/* An error stands already in *fault: only an operand that decides can take it back. */
static __attribute__((noinline)) int logic_after_error(struct cel_eval *e, const struct cel_expr *x,
						       uint32_t from, struct cel_value *fault)
{
	int decides = x->op == CEL_OP_OR;
	struct cel_value other;

	for (uint32_t i = from; i < x->call.n && !e->stopped; i++) {
		int v = cel_eval_bool(e, x->call.args[i], &other);
		if (v == decides)
			return v;
		if (e->stopped)
			*fault = other;
	}
	return -1;
}

/* && and ||: an operand that decides absorbs the errors of the others, whichever comes first. */
static int eval_logic(struct cel_eval *e, const struct cel_expr *x, struct cel_value *fault)
{
	int decides = x->op == CEL_OP_OR;

	for (uint32_t i = 0; i < x->call.n; i++) {
		int v = cel_eval_bool(e, x->call.args[i], fault);
		if (v == decides)
			return v;
		if (v < 0)
			return logic_after_error(e, x, i + 1, fault);
	}
	return !decides;
}

static bool is_not(const struct cel_expr *x)
{
	return x->call.n == 1 && x->call.overloads_n == 1 &&
	       x->call.overloads[0]->row->fn == cel_fn_not;
}

/* Any expression: the value is made, then looked at. */
static __attribute__((noinline)) int bool_of_value(struct cel_eval *e, const struct cel_expr *x,
						   struct cel_value *fault)
{
	*fault = cel_eval_expr(e, x);
	if (fault->kind == CEL_BOOL)
		return fault->b;
	if (fault->kind == CEL_ERROR)
		return -1;
	e->at = x->start;
	*fault = cel_fault(e, "no such overload: bool expected, found", cel_type_name_of(fault));
	return -1;
}

static int bool_of_call(struct cel_eval *e, const struct cel_expr *x, struct cel_value *fault)
{
	if (x->op == CEL_OP_AND || x->op == CEL_OP_OR)
		return eval_logic(e, x, fault);
	if (!is_not(x)) {
		e->cost--; /* counted once, below */
		return bool_of_value(e, x, fault);
	}
	int b = cel_eval_bool(e, x->call.args[0], fault);
	return b < 0 ? b : !b;
}

int cel_eval_bool(struct cel_eval *e, const struct cel_expr *x, struct cel_value *fault)
{
	int b;

	if (e->cost >= e->cost_limit)
		return bool_of_value(e, x, fault);
	e->cost++;
	if (x->kind == CEL_X_CALL)
		return bool_of_call(e, x, fault);
	if (x->kind == CEL_X_SELECT && x->flags & CEL_X_HAS)
		return cel_eval_has(e, x, fault);
	if (x->kind == CEL_X_SELECT && !x->flags && (b = cel_eval_flag(e, x)) >= 0)
		return b;
	if (x->kind == CEL_X_FOLD && cel_fold_is_bool(x))
		return cel_eval_fold_bool(e, x, fault);
	e->cost--;
	return bool_of_value(e, x, fault);
}

static void make_locals(struct cel_eval *e, size_t n)
{
	if (e->locals_cap >= n)
		return;
	e->locals = xrealloc(e->locals, n * sizeof *e->locals);
	memset(e->locals + e->locals_cap, 0, (n - e->locals_cap) * sizeof *e->locals);
	e->locals_cap = n;
}

struct cel_value cel_run(const struct cel_program *p, struct cel_eval *e)
{
	uint64_t limit = e->cost_limit;

	make_locals(e, p->locals);
	e->cost_limit = limit ? limit : limit_cel_cost;
	e->cost = 0;
	e->runs++;
	e->stopped = false;
	e->at = 0;
	struct cel_value v = cel_eval_expr(e, p->root);
	e->cost_limit = limit;
	return v;
}

void cel_eval_done(struct cel_eval *e)
{
	free(e->locals);
	e->locals = NULL;
	e->locals_cap = 0;
	if (e->regex)
		regex_scratch_free(e->regex);
	e->regex = NULL;
	cel_patterns_free(e->patterns);
	e->patterns = NULL;
}

int cel_fault_err(const struct cel_program *p, const struct cel_value *v, struct err *err)
{
	static const struct cel_fault unknown = {.what = "no value"};
	const struct cel_fault *f = v->kind == CEL_ERROR && v->fault ? v->fault : &unknown;
	char where[32];

	if (f->detail.n)
		(void)err_set(err, ERR_PARSE, "%s: %.*s", f->what, SV_ARG(f->detail));
	else
		(void)err_set(err, ERR_PARSE, "%s", f->what);
	cel_where(p->source, f->at, where, sizeof where);
	(void)err_code(err, "evaluation");
	return err_where(err, "%s", where);
}
