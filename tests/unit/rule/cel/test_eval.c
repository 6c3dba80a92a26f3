#include "unit/test.h"

#include <malloc.h>

#include "base/limits.h"
#include "base/sanitize.h"
#include "fmt/json.h"
#include "rule/cel/env.h"

/* What every test has: an environment with the variables x (dyn) and r (a record). */
struct fixture {
	struct arena program, result;
	struct cel_env env;
	struct cel_eval eval;
	struct cel_value vars[2];
};

static const struct fact_field fields[] = {
	{"name", FACT_STRING, 0, NULL, ""},
	{"image", FACT_STRING, 0, NULL, ""},
	{"ports", FACT_LIST, FACT_INT, NULL, ""},
};
static const struct fact_schema schema = {"container", fields, ARRAY_LEN(fields)};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);

	arena_init(&f->program, 0);
	arena_init(&f->result, 0);
	cel_env_init(&f->env, &f->program);
	(void)cel_env_variable(&f->env, SV("x"), &cel_types[CEL_T_DYN]);
	(void)cel_env_variable(&f->env, SV("r"), cel_type_record(&f->program, &schema));
	f->eval.arena = &f->result;
	f->eval.vars = f->vars;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	cel_eval_done(&f->eval);
	cel_env_done(&f->env);
	arena_done(&f->program);
	arena_done(&f->result);
	free(f);
	return 0;
}

static struct cel_value doc(struct fixture *f, const char *json)
{
	const struct node *n = NULL;
	struct err err = {0};
	struct sv copy = arena_sv(&f->program, sv_of(json));

	assert_int_equal(json_read(&f->program, SV("t"), copy, DUP_REFUSE, &n, &err), 0);
	return cel_of_node(n);
}

static struct cel_program compile(struct fixture *f, const char *source)
{
	struct cel_program p = {0};
	struct err err = {0};

	if (cel_compile(&f->env, &f->program, sv_of(source), &p, &err) < 0)
		fail_msg("%s: %s: %s", source, err.where, err.msg);
	return p;
}

static struct cel_value value_of(struct fixture *f, const char *source)
{
	struct cel_program p = compile(f, source);

	arena_clear(&f->result);
	return cel_run(&p, &f->eval);
}

/* The value as JSON; an error as "! what: detail". */
static void gives(struct fixture *f, const char *source, const char *expected)
{
	struct cel_value v = value_of(f, source);
	struct buf out = {0};
	struct json_out w;

	if (v.kind == CEL_ERROR) {
		buf_fmt(&out, "! %s", v.fault->what);
		if (v.fault->detail.n)
			buf_fmt(&out, ": %.*s", SV_ARG(v.fault->detail));
	} else {
		json_out_init(&w, NULL, &out, 0);
		cel_json(&w, &v);
	}
	if (strcmp(buf_cstr(&out), expected) != 0)
		fail_msg("%s: expected %s, found %s", source, expected, buf_cstr(&out));
	buf_done(&out);
}

struct row {
	const char *source, *expected;
};

static void all_give(struct fixture *f, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gives(f, rows[i].source, rows[i].expected);
}

static void test_absorption(void **state)
{
	static const struct row rows[] = {
		{"x.no || true", "true"},
		{"true || x.no", "true"},
		{"x.no && false", "false"},
		{"false && x.no", "false"},
		{"x.no || false", "! no such key: no"},
		{"x.no && true", "! no such key: no"},
		{"x.no || x.nor", "! no such key: no"},
		{"x.no || x.nor || true", "true"},
		{"dyn(1) || true", "true"},
		{"dyn(1) && true", "! no such overload: bool expected, found: int"},
		{"!x.no", "! no such key: no"},
		{"x.no ? 1 : 2", "! no such key: no"},
		{"false ? x.no : 2", "2"},
		{"true ? 1 : x.no", "1"},
		{"[1, 2].all(i, i > 1 && x.no)", "false"},
		{"[2, 1].all(i, i > 1 && x.no)", "false"},
		{"[2, 3].all(i, i > 1 && x.no)", "! no such key: no"},
		{"[1, 2].exists(i, i > 1 || x.no)", "true"},
		{"[2, 1].exists(i, i > 1 || x.no)", "true"},
		{"[0, 1].exists(i, i > 1 || x.no)", "! no such key: no"},
		{"[1, 2].exists_one(i, i > 1 || x.no)", "! no such key: no"},
		{"[1, 2].exists_one(i, i > 1)", "true"},
		{"[1, 2].filter(i, x.no)", "! no such key: no"},
		{"[1, 2].map(i, x.no)", "! no such key: no"},
		{"[x.no, 1].size() == 2 || true", "true"},
	};
	struct fixture *f = *state;

	f->vars[0] = doc(f, "{\"a\": 1}");
	all_give(f, rows, ARRAY_LEN(rows));
}

static void test_fields(void **state)
{
	static const struct row rows[] = {
		{"x.a.b", "[1,2,{\"c\":\"d\"}]"},
		{"has(x.a)", "true"},
		{"has(x.a.b)", "true"},
		{"has(x.a.c)", "false"},
		{"has(x.no.b)", "! no such key: no"},
		{"has(x.n)", "true"},
		{"x.n == null", "true"},
		{"x.n.b", "! no such field: b"},
		{"has(x.n.b)", "false"},
		{"has(x.a.b.c)", "! no such field: c"},
		{"x.?n.?b.hasValue()", "false"},
		{"x.?n[?'b'].hasValue()", "false"},
		{"x.n[?'b'].hasValue()", "false"},
		{"x.?n.b.hasValue()", "! no such field: b"},
		{"x['a']['b'][0]", "1"},
		{"x.a.b[3]", "! index out of bounds: 3"},
		{"x.a.b[-1]", "! index out of bounds: -1"},
		{"x.a.b[dyn(1.0)]", "2"},
		{"x.a.b[dyn(1.5)]", "! index out of bounds: 1.5"},
		{"x.a.b[dyn('z')]", "! no such overload: _[_]"},
		{"x[dyn(1)]", "! no such key: 1"},
		{"x.?a.?b[?2].?c.orValue('z')", "\"d\""},
		{"x.?no.?b.orValue('z')", "\"z\""},
		{"x.a.b[?9].hasValue()", "false"},
		{"'a' in x", "true"},
		{"'no' in x", "false"},
		{"2.0 in x.a.b", "true"},
		{"x.map(k, k)", "[\"a\",\"n\",\"big\"]"},
		{"x.exists(k, v, k == 'n' && v == null)", "true"},
		{"x.big", "! number out of range: big"},
		{"size(x)", "3"},
		{"{1: 'a'}[dyn(1u)]", "\"a\""},
		{"{1: 'a'}[dyn(1.0)]", "\"a\""},
		{"{1: 1, dyn(1u): 2}", "! repeated key"},
		{"{'a': 1, 'a': 2}", "! repeated key: a"},
		{"{dyn(1.5): 1}", "! unsupported key type: double"},
		{"{'a': 1, 'b': {'c': [1u, 2.5]}}", "{\"a\":1,\"b\":{\"c\":[1,2.5]}}"},
		{"[?x.?no, ?x.?n]", "[null]"},
		{"{?'a': x.?no, ?'b': optional.of(1)}", "{\"b\":1}"},
	};
	struct fixture *f = *state;

	f->vars[0] =
		doc(f, "{\"a\": {\"b\": [1, 2, {\"c\": \"d\"}]}, \"n\": null, \"big\": 1e999}");
	all_give(f, rows, ARRAY_LEN(rows));
}

static void test_operators(void **state)
{
	static const struct row rows[] = {
		{"9223372036854775807 + 1", "! overflow: +"},
		{"-9223372036854775808 - 1", "! overflow: -"},
		{"9223372036854775807 * 2", "! overflow: *"},
		{"-9223372036854775808 / -1", "! overflow: /"},
		{"-9223372036854775808 % -1", "! overflow: %"},
		{"-(-9223372036854775808)", "! overflow: -"},
		{"18446744073709551615u + 1u", "! overflow: +"},
		{"0u - 1u", "! overflow: -"},
		{"1 / 0", "! divide by zero"},
		{"1u % 0u", "! modulus by zero"},
		{"1.0 / 0.0 > 1e300", "true"},
		{"-7 / 2", "-3"},
		{"-7 % 2", "-1"},
		{"1 < dyn(1.5) && dyn(2u) > 1", "true"},
		{"dyn('a') < 1", "! no such overload: _<_"},
		{"dyn(1) + dyn('a')", "! no such overload: _+_"},
		{"[1] + [2] + []", "[1,2]"},
		{"'a' + '' + 'b'", "\"ab\""},
		{"size('\\u00fc\\U0001f431x')", "3"},
		{"b'abc'.size()", "3"},
		{"'abc'.contains('bc') && 'abc'.startsWith('ab') && 'abc'.endsWith('')", "true"},
		{"int('-12') + int('+3')", "-9"},
		{"int('1_0')", "! no int: 1_0"},
		{"int('9223372036854775808')", "! no int: 9223372036854775808"},
		{"uint(-1.0)", "! range error: value does not fit: uint"},
		{"double('1e3')", "1000"},
		{"double(' 1')", "! no double:  1"},
		{"double('0x10')", "! no double: 0x10"},
		{"double('1e999')", "! range error: value does not fit: double"},
		{"double('-Infinity') < 0.0", "true"},
		{"string(1e6) + string(-0.5) + string(true)", "\"1e+06-0.5true\""},
		{"bool('x')", "! no bool: x"},
		{"type(1) == int && type(type(1)) == type", "true"},
		{"string(b'\\xff')", "! invalid UTF-8 in bytes"},
	};
	struct fixture *f = *state;

	all_give(f, rows, ARRAY_LEN(rows));
}

static void test_folds(void **state)
{
	static const struct row rows[] = {
		{"[3, 4].transformList(i, v, i + v)", "[3,5]"},
		{"[3, 4].transformMap(i, v, i > 0, v)", "{\"1\":4}"},
		{"[3, 4].transformMapEntry(i, v, {v: i})", "{\"3\":0,\"4\":1}"},
		{"[3, 3].transformMapEntry(i, v, {v: i})", "! repeated key"},
		{"{'a': 1}.transformMapEntry(k, v, {k: v, 'b': 2})", "{\"a\":1,\"b\":2}"},
		{"cel.bind(a, 1 + 1, [a, a])", "[2,2]"},
		{"cel.bind(a, x.no, true || a)", "true"},
		{"cel.bind(a, x.no, a)", "! no such key: no"},
		{"optional.of(1).optMap(v, v + 1).value()", "2"},
		{"optional.none().optMap(v, v + 1)", "null"},
		{"optional.of(1).optFlatMap(v, optional.none())", "null"},
		{"optional.none().value()", "! optional.none() dereference"},
		{"dyn(1).all(i, true)", "! no such overload: list or map expected, found: int"},
		{"x.all(i, true)", "true"},
		{"[1, 2, 3].filter(i, i != 2).map(i, [i].map(k, k + i))", "[[2],[6]]"},
		{"{'a': 1, 'b': 2}.filter(k, k == 'b')", "[\"b\"]"},
		{"[optional.of(1), optional.none()].unwrapOpt()", "[1]"},
		{"[1, 2].first().value() + [1, 2].last().value()", "3"},
	};
	struct fixture *f = *state;

	f->vars[0] = doc(f, "{}");
	all_give(f, rows, ARRAY_LEN(rows));
}

static void test_record(void **state)
{
	static const struct row rows[] = {
		{"r.name", "\"web\""},
		{"has(r.image)", "false"},
		{"r.image", "! no such key: image"},
		{"has(r.name)", "true"},
		{"size(r.ports)", "1"},
	};
	struct fixture *f = *state;
	struct node port = {.kind = NODE_NUMBER, .text = SV("80")};
	struct node members[] = {
		{.kind = NODE_STRING, .key = SV("name"), .text = SV("web")},
		{.kind = NODE_NULL, .flags = NODE_ABSENT, .key = SV("image")},
		{.kind = NODE_ARRAY, .key = SV("ports"), .n = 1, .items = &port},
	};
	struct node record = {.kind = NODE_OBJECT, .n = 3, .items = members};

	f->vars[1] = cel_of_node(&record);
	all_give(f, rows, ARRAY_LEN(rows));
	struct cel_value v = value_of(f, "r.name");
	assert_ptr_equal(v.node, &members[0]);
	/* not what the checker was told: by name then */
	f->vars[1] = doc(f, "{\"x\": 1, \"image\": \"i\"}");
	gives(f, "r.image", "\"i\"");
	gives(f, "has(r.name)", "false");
	f->vars[1] = cel_int(1);
	gives(f, "r.name", "! no such field: name");
}

static void test_cost(void **state)
{
	static const char *const rows[] = {
		"x.all(i, x.all(j, x.all(k, true)))",
		"x.exists(i, x.all(j, x.all(k, true)) || true) || true",
		"true && x.map(i, x.map(j, x)).size() > 0 || true",
		"cel.bind(a, x.map(i, x.map(j, j)), true)",
		"[x, x, x].map(i, i.map(j, [i] + [j])) == [[]] ? 1 : 2",
		"x == x && x.all(i, x == x)",
	};
	struct fixture *f = *state;
	struct buf json = {0};

	for (int i = 0; i < 1000; i++)
		buf_fmt(&json, "%c%d", i ? ',' : '[', i);
	buf_char(&json, ']');
	f->vars[0] = doc(f, buf_cstr(&json));
	buf_done(&json);
	f->eval.cost_limit = 5000;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cel_value v = value_of(f, rows[i]);
		assert_int_equal(v.kind, CEL_ERROR);
		assert_string_equal(v.fault->what, "cost limit exceeded");
		assert_true(f->eval.stopped);
		assert_true(f->eval.cost > 5000);
	}
	assert_int_equal(f->eval.cost_limit, 5000);
	/* the next one begins anew */
	gives(f, "size(x)", "1000");
	assert_false(f->eval.stopped);
	f->eval.cost_limit = 0;
	gives(f, "x.all(i, x.exists(j, j == i))", "true");
	gives(f, "x.all(i, x.all(j, x.all(k, true)))", "! cost limit exceeded");
	assert_int_equal(f->eval.cost_limit, 0);
}

/* A text that doubles itself stops before it takes the memory. */
static void test_cost_text(void **state)
{
	struct fixture *f = *state;
	struct buf source = {0};

	buf_str(&source, "cel.bind(a0, 'xxxxxxxxxxxxxxxx', ");
	for (int i = 1; i < 60; i++)
		buf_fmt(&source, "cel.bind(a%d, a%d + a%d, ", i, i - 1, i - 1);
	buf_str(&source, "size(a59)");
	buf_fill(&source, ')', 60);
	gives(f, buf_cstr(&source), "! cost limit exceeded");
	assert_true(f->result.used < limit_cel_cost * 10);
	buf_done(&source);
}

static void test_where(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};

	f->vars[0] = doc(f, "{}");
	struct cel_program p = compile(f, "true &&\n  x.privileged");
	struct cel_value v = cel_run(&p, &f->eval);
	assert_true(cel_fault_err(&p, &v, &err) < 0);
	assert_string_equal(err.msg, "no such key: privileged");
	assert_string_equal(err.where, "2:3");
	assert_string_equal(err.code, "evaluation");
}

static size_t heap(void)
{
	return mallinfo2().uordblks;
}

static void test_no_allocation(void **state)
{
	static const char *const rows[] = {
		"x.all(c, !has(c.s) || !has(c.s.p) || !c.s.p)",
		"x.map(c, {'n': c.n, 'l': [c.n, 'x' + c.n]}).filter(m, m.n.contains('a')).size()",
		"x.exists(c, c.n.matches('^b+$'))",
		"x.transformMap(i, c, c.?s.?p.orValue(false))",
		"x[0].n == 'a' ? timestamp('2020-01-01T00:00:00Z').getHours('Europe/Berlin') : 0",
		"x[7].n",
	};
	struct fixture *f = *state;

	if (SANITIZED)
		return; /* every allocation of an arena is a malloc there */
	f->vars[0] =
		doc(f, "[{\"n\":\"a\",\"s\":{\"p\":false}},{\"n\":\"bb\"},{\"n\":\"c\",\"s\":{}}]");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cel_program p = compile(f, rows[i]);
		/* the first finds out how much room it takes, the second gets it in one piece */
		for (int warm = 0; warm < 3; warm++) {
			arena_clear(&f->result);
			(void)cel_run(&p, &f->eval);
		}
		size_t before = heap();
		for (int n = 0; n < 100; n++) {
			arena_clear(&f->result);
			(void)cel_run(&p, &f->eval);
			assert_int_equal(heap(), before);
		}
	}
}

static void test_huge_list(void **state)
{
	struct fixture *f = *state;
	struct buf json = {0};

	for (int i = 0; i < 200000; i++)
		buf_fmt(&json, "%c{\"n\":%d}", i ? ',' : '[', i);
	buf_char(&json, ']');
	f->vars[0] = doc(f, buf_cstr(&json));
	gives(f, "x.all(c, c.n >= 0)", "true");
	gives(f, "x.filter(c, c.n == 199999).size()", "1");
	gives(f, "x.map(c, c.n)[199999]", "199999");
	gives(f, "x.transformMap(i, c, c.n)[150000]", "150000");
	gives(f, "x == x", "true");
	buf_done(&json);
}

static void test_constants(void **state)
{
	struct fixture *f = *state;
	struct cel_program p = compile(f, "[1, {'a': [true, null]}, 'b']");

	assert_int_equal(p.root->kind, CEL_X_LITERAL);
	assert_int_equal(p.root->type->kind, CEL_T_LIST);
	gives(f, "[1, {'a': [true, null]}, 'b']", "[1,{\"a\":[true,null]},\"b\"]");
	gives(f, "'b' in ['a', 'b'] && !('c' in ['a', 'b'])", "true");
	gives(f, "['a', 'b'].all(v, v in {'a': 1, 'b': 2})", "true");
	gives(f, "{'a': 1, 'a': 2}", "! repeated key: a");
	assert_int_equal(compile(f, "{'a': 1, 'a': 2}").root->kind, CEL_X_MAP);
	assert_int_equal(compile(f, "[1, x]").root->kind, CEL_X_LIST);
}

static void test_unbound(void **state)
{
	struct fixture *f = *state;

	f->vars[0] = (struct cel_value){0};
	gives(f, "x", "! no such variable: x");
	f->env.unchecked = true;
	gives(f, "nothing || true", "true");
	gives(f, "nothing", "! no such variable: nothing");
	gives(f, "nothing(1)", "! unbound function: nothing");
	gives(f, "1 + 'a'", "! no such overload: _+_");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_absorption, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fields, setup, teardown),
		cmocka_unit_test_setup_teardown(test_operators, setup, teardown),
		cmocka_unit_test_setup_teardown(test_folds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_record, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cost, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cost_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_where, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_allocation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_huge_list, setup, teardown),
		cmocka_unit_test_setup_teardown(test_constants, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unbound, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
