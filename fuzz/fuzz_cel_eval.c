/*
 * Evaluation: an expression, a line "---", a JSON document that is its variable object (dyn).
 * Ends within its cost, gives a valid value, twice the same, and JSON that our own reader takes.
 */
#include <stdlib.h>

#include "fmt/json.h"
#include "rule/cel/env.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COST = 20000 };

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_value(const struct cel_value *v)
{
	check(v->kind < CEL_KINDS && v->form <= CEL_FORM_ITEMS);
	if (v->kind == CEL_ERROR)
		check(v->fault && v->fault->what);
	if (v->kind == CEL_LIST || v->kind == CEL_MAP)
		check(v->form == CEL_FORM_ITEMS || v->node);
}

static void write_json(const struct cel_value *v, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, NULL, out, 0);
	cel_json(&w, v);
	check(!w.bad);
}

static void run(struct cel_env *env, const struct cel_program *p, const struct cel_value *object)
{
	auto_done(arena_done) struct arena a = {0}, read = {0};
	auto_done(buf_done) struct buf first = {0}, second = {0};
	struct cel_eval e = {.arena = &a, .vars = object, .cost_limit = COST};
	const struct node *again;
	struct err err;

	(void)env;
	struct cel_value v = cel_run(p, &e);
	uint64_t cost = e.cost;
	check_value(&v);
	check(e.stopped || cost <= COST + 1000000);
	write_json(&v, &first);
	struct err fault = {0};
	if (v.kind == CEL_ERROR)
		check(cel_fault_err(p, &v, &fault) < 0 && fault.msg[0] && fault.where[0]);
	int rc = json_read(&read, SV("out"), buf_view(&first), DUP_LAST, &again, &err);
	check(rc == 0 || err.kind == ERR_LIMIT);
	arena_clear(&a);
	v = cel_run(p, &e);
	check(e.cost == cost);
	write_json(&v, &second);
	check(sv_eq(buf_view(&first), buf_view(&second)));
	cel_eval_done(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_done(arena_done) struct arena a = {0};
	struct sv source = sv_make(data, size), json = SV("null");
	const struct node *object;
	struct err err;
	size_t at = sv_find(source, SV("\n---\n"));

	if (at != SIZE_MAX) {
		json = sv_from(source, at + 5);
		source = sv_head(source, at);
	}
	if (json_read(&a, SV("object"), json, DUP_LAST, &object, &err) < 0)
		return 0;
	struct cel_value vars[] = {cel_of_node(object)};
	for (int unchecked = 0; unchecked < 2; unchecked++) {
		struct cel_env env;
		struct cel_program p;
		cel_env_init(&env, &a);
		(void)cel_env_variable(&env, SV("object"), &cel_types[CEL_T_DYN]);
		env.unchecked = unchecked;
		if (cel_compile(&env, &a, source, &p, &err) >= 0)
			run(&env, &p, vars);
		cel_env_done(&env);
	}
	return 0;
}
