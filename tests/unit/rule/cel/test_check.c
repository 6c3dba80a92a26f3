#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "fmt/json.h"
#include "rule/cel/env.h"

static struct arena arena;
static struct cel_env env;

static const struct fact_schema inner = {
	"inner", (const struct fact_field[]){{"deep", FACT_STRING, 0, NULL, ""}}, 1};
static const struct fact_field fields[] = {
	{"name", FACT_STRING, 0, NULL, ""},
	{"privileged", FACT_BOOL, 0, NULL, ""},
	{"args", FACT_LIST, FACT_STRING, NULL, ""},
	{"inner", FACT_RECORD, 0, &inner, ""},
	{"inners", FACT_LIST, FACT_RECORD, &inner, ""},
	{"raw", FACT_ANY, 0, NULL, ""},
};
static const struct fact_schema thing = {"thing", fields, ARRAY_LEN(fields)};

static int declare(struct cel_env *e, const char *name, const char *type)
{
	struct sv text = sv_of(type);
	const struct cel_type *t = NULL;
	struct err err = {0};

	if (cel_type_parse(&arena, &text, &t, &err) < 0)
		fail_msg("%s: %s", type, err.msg);
	return (int)cel_env_variable(e, sv_of(name), t);
}

static struct cel_program compile(const char *source)
{
	struct cel_program p = {0};
	struct err err = {0};

	if (cel_compile(&env, &arena, sv_of(source), &p, &err) < 0)
		fail_msg("%s: %s: %s", source, err.where, err.msg);
	return p;
}

static const char *type_text(const struct cel_type *t)
{
	auto_done(buf_done) struct buf b = {0};

	cel_type_text(&b, t);
	return arena_str(&arena, buf_view(&b));
}

static void test_types(void **state)
{
	static const char *const rows[][2] = {
		{"1 + 2", "int"},
		{"1 < 2.0", "bool"},
		{"[1, 2u]", "list(dyn)"},
		{"[]", "list(dyn)"},
		{"{}", "map(dyn, dyn)"},
		{"{'a': 1, 'b': 'c'}", "map(string, dyn)"},
		{"[[], [1]]", "list(list(int))"},
		{"[1, 2].map(x, string(x))", "list(string)"},
		{"[1, 2].filter(x, x > 1)", "list(int)"},
		{"{'a': 1}.map(k, k)", "list(string)"},
		{"{'a': 1}.all(k, v, k == 'a' && v == 1)", "bool"},
		{"['a'].transformMap(i, v, v + 'b')", "map(int, string)"},
		{"['a'].transformMapEntry(i, v, {v: i})", "map(string, int)"},
		{"{'a': 1}.transformList(k, v, v)", "list(int)"},
		{"cel.bind(x, [1], x[0])", "int"},
		{"optional.of(1)", "optional_type(int)"},
		{"optional.none()", "optional_type(dyn)"},
		{"optional.of('a').optMap(x, size(x))", "optional_type(int)"},
		{"optional.of('a').optFlatMap(x, optional.of(x))", "optional_type(string)"},
		{"[?optional.of(1), 2]", "list(int)"},
		{"{'a': 1}.?a", "optional_type(int)"},
		{"{'a': 1}[?'a'].orValue(2)", "int"},
		{"true ? 1 : dyn('a')", "dyn"},
		{"int", "type(int)"},
		{"type(1)", "type(int)"},
		{"list", "type(list(dyn))"},
		{"google.protobuf.Timestamp", "type(google.protobuf.Timestamp)"},
		{"net.IP", "type(net.IP)"},
		{"thing", "thing"},
		{"thing.name", "string"},
		{"thing.raw.x.y", "dyn"},
		{"thing.args[0]", "string"},
		{"thing.inners.map(i, i.deep)", "list(string)"},
		{"has(thing.inner.deep)", "bool"},
		{"thing.?name", "optional_type(string)"},
		{"object.a.b", "dyn"},
		{"m.anything", "int"},
		{"math.greatest(1, 2)", "int"},
		{"[null, thing][0]", "thing"},
		{"[1].exists(thing, thing == 1)", "bool"},
		{"[1].map(int, int)[0]", "int"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cel_program p = compile(rows[i][0]);
		if (strcmp(type_text(p.root->type), rows[i][1]) != 0)
			fail_msg("%s is %s, not %s", rows[i][0], type_text(p.root->type),
				 rows[i][1]);
	}
}

static void test_errors(void **state)
{
	static const struct {
		const char *source, *where, *msg, *hint;
	} rows[] = {
		{"contianer", "1:1", "undeclared variable 'contianer'", "did you mean container?"},
		{"1 ==\n xyzzy.a.b", "2:2", "undeclared variable 'xyzzy'", ""},
		{"[1].all(item, itme > 1)", "1:15", "undeclared variable 'itme'",
		 "did you mean item?"},
		{"thing.privilegd", "1:7", "thing has no field 'privilegd'",
		 "did you mean privileged?"},
		{"thing.inners.all(i, i.dep == '')", "1:23", "inner has no field 'dep'",
		 "did you mean deep?"},
		{"has(thing.nothing_like_it)", "1:11", "thing has no field 'nothing_like_it'", ""},
		{"thing.name.first", "1:12", "string has no fields: 'first'", ""},
		{"'a'.starstWith('b')", "1:5", "no function 'starstWith' for string",
		 "did you mean startsWith?"},
		{"math.abz(1)", "1:1", "no function 'math.abz'", "did you mean math.abs?"},
		{"f(1)", "1:1", "no function 'f'", ""},
		{"1 + 'a'", "1:3", "'+' has no form for (int, string)", ""},
		{"'a'.contains(1)", "1:5", "'contains' has no form for string.(int)", ""},
		{"(1).size( )", "1:5", "'size' has no form for int.()", ""},
		{"(1)\n  - 'a'", "2:3", "'-' has no form for (int, string)", ""},
		{"-'a'", "1:1", "'-' has no form for (string)", ""},
		{"startsWith('a', 'b')", "1:1", "'startsWith' has no form for (string, string)",
		 "it is a method: value.startsWith()"},
		{"1 && true", "1:1", "a side of && is int, not bool", ""},
		{"1 ? 2 : 3", "1:1", "what stands before ? is int, not bool", ""},
		{"true ? 1 : 'a'", "1:1", "? : gives int or string: both must be of one type", ""},
		{"1 == 'a'", "1:3", "'==' has no form for (int, string)", ""},
		{"[1].all(x, x)", "1:12", "the condition is int, not bool", ""},
		{"thing.all(x, true)", "1:1", "thing is no list and no map to go through", ""},
		{"[?1]", "1:3", "what follows '?' is int, not optional_type(dyn)", ""},
		{"{1.0: 2}", "1:2", "a key of a map is bool, int, uint or string, not double", ""},
		{"{[1]: 2}", "1:2", "a key of a map is bool, int, uint or string, not list(int)",
		 ""},
		{"Foo{a: 1}", "1:1", "messages are not supported: 'Foo{}'; write a map instead",
		 ""},
		{"dyn", "1:1", "undeclared variable 'dyn'", ""},
		{"timestamp", "1:1", "undeclared variable 'timestamp'", ""},
		{"cel.bind(x, 1, x) + x", "1:21", "undeclared variable 'x'", "did you mean m?"},
		{"'a'.matches('(')", "1:13", NULL, ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cel_program p = {0};
		struct err err = {0};
		if (cel_compile(&env, &arena, sv_of(rows[i].source), &p, &err) >= 0)
			fail_msg("%s is taken", rows[i].source);
		assert_null(p.root);
		assert_int_equal(err.kind, ERR_PARSE);
		if (rows[i].msg)
			assert_string_equal(err.msg, rows[i].msg);
		assert_string_equal(err.where, rows[i].where);
		assert_string_equal(err.hint, rows[i].hint);
	}
}

/* a.b and c.a.b are variables here; the container is c.d. */
static void test_names(void **state)
{
	static const struct {
		const char *source, *name;
	} rows[] = {
		{"a.b", "c.a.b"}, {".a.b", "a.b"}, {"e", "c.d.e"},
		{".e", "e"},      {"a", "a"},      {"c.a.b", "c.a.b"},
	};
	struct cel_env e;

	(void)state;
	cel_env_init(&e, &arena);
	e.container = SV("c.d");
	for (size_t i = 0; i < 5; i++)
		(void)declare(&e, (const char *[]){"a", "a.b", "c.a.b", "e", "c.d.e"}[i], "dyn");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cel_program p = {0};
		struct err err = {0};
		assert_int_equal(cel_compile(&e, &arena, sv_of(rows[i].source), &p, &err), 0);
		assert_int_equal(p.root->kind, CEL_X_IDENT);
		assert_false(p.root->ident.local);
		assert_sv(e.variables.p[p.root->ident.slot].name, rows[i].name);
	}
	/* the longest name, then fields */
	struct cel_program p = {0};
	struct err err = {0};
	assert_int_equal(cel_compile(&e, &arena, SV("a.b.x.y"), &p, &err), 0);
	assert_int_equal(p.root->kind, CEL_X_SELECT);
	assert_sv(p.root->select.field, "y");
	assert_int_equal(p.root->select.operand->select.operand->kind, CEL_X_IDENT);
	cel_env_done(&e);
}

static void test_slots(void **state)
{
	(void)state;
	struct cel_program p = compile("[1].all(x, [2].all(y, x < y)) && [3].all(z, z > 0)");
	const struct cel_expr *left = p.root->call.args[0], *right = p.root->call.args[1];

	assert_int_equal(p.locals, 2);
	assert_int_equal(left->fold.slot, 0);
	assert_int_equal(left->fold.filter->fold.slot, 1);
	assert_int_equal(right->fold.slot, 0);
	p = compile("{'a': 1}.all(k, v, k == 'a' && v == 1)");
	assert_int_equal(p.locals, 2);
	assert_int_equal(p.root->fold.slot, 0);
	assert_int_equal(p.root->fold.slot2, 1);
	assert_int_equal(compile("1").locals, 0);
	/* the range does not see the variable */
	assert_int_equal(compile("[1].map(x, [x].map(x, x + 1))").locals, 2);
}

static void test_overloads(void **state)
{
	static const struct {
		const char *source;
		unsigned candidates;
		bool bound;
	} rows[] = {
		{"1 + 2", 1, true},
		{"'a' + 'b'", 1, true},
		/* whatever the caller says, what comes is checked when it comes */
		{"thing.name + 'b'", 1, false},
		{"thing.name.startsWith('a')", 1, false},
		{"object == 1", 1, true},
		{"size([1])", 1, true},
		{"object.a < 1", 3, false},
		{"'a'.matches('b')", 1, true},
		{"'a'.trim() + 'b'", 1, true},
		/* an element of a list of strings that may be one of something else */
		{"thing.args.max() + 'b'", 1, false},
		{"thing.args[0] + 'b'", 1, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cel_program p = compile(rows[i].source);
		assert_int_equal(p.root->kind, CEL_X_CALL);
		if (p.root->call.overloads_n != rows[i].candidates ||
		    p.root->call.bound != rows[i].bound)
			fail_msg("%s: %u candidates, %s", rows[i].source, p.root->call.overloads_n,
				 p.root->call.bound ? "bound" : "not bound");
	}
	assert_non_null(compile("thing.name.matches('b+')").root->call.prepared);
	assert_null(compile("'b'.matches(thing.name)").root->call.prepared);
}

static void test_namespaces(void **state)
{
	(void)state;
	struct cel_program p = compile("math.greatest(1, 2)");
	assert_sv(p.root->call.name, "math.greatest");
	assert_int_equal(p.root->call.n, 2);
	assert_int_equal(p.root->flags & CEL_X_MEMBER, 0);
	/* a method of a variable stays one */
	p = compile("thing.name.contains('a')");
	assert_int_equal(p.root->call.n, 2);
	assert_true(p.root->flags & CEL_X_MEMBER);
	p = compile("[{'abs': 1}].exists(math, math.abs == 1)");
	assert_int_equal(p.root->kind, CEL_X_FOLD);
}

static void test_records(void **state)
{
	(void)state;
	assert_int_equal(compile("thing.privileged").root->select.index, 1);
	assert_int_equal(compile("has(thing.raw)").root->select.index, 5);
	assert_int_equal(compile("thing.raw.a").root->select.index, -1);
	assert_int_equal(compile("m.a").root->select.index, -1);
}

static void test_unchecked(void **state)
{
	static const char *const rows[] = {
		"nobody",      "nobody || true", "f_unknown(1)", "a.as()",   "1 + 'a'",
		"'a' ? 1 : 2", "-(1u)",          "thing.nix",    "{1.0: 2}", "'a'.matches('(')"};

	(void)state;
	env.unchecked = true;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(compile(rows[i]).root->type->kind, CEL_T_DYN);
	assert_int_equal(compile("nobody").root->ident.slot, CEL_NO_SLOT);
	assert_int_equal(compile("f_unknown(1)").root->call.overloads_n, 0);
	assert_true(compile("1 + 'a'").root->call.overloads_n > 4);
	env.unchecked = false;
}

/* Whoever wants to make types explode. */
static void test_hostile(void **state)
{
	auto_done(buf_done) struct buf b = {0};
	struct cel_program p;
	struct err err = {0};

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		buf_fmt(&b, "cel.bind(v%u, ", i);
		if (i)
			buf_fmt(&b, "{1: v%u, 2: v%u}, ", i - 1, i - 1);
		else
			buf_str(&b, "[], ");
	}
	buf_str(&b, "v59");
	buf_fill(&b, ')', 60);
	assert_int_equal(cel_compile(&env, &arena, buf_view(&b), &p, &err), 0);
	/* as wide as it may be */
	buf_clear(&b);
	buf_char(&b, '[');
	while (b.n + 10 < limit_cel_bytes)
		buf_str(&b, "[],[1],");
	buf_str(&b, "[]]");
	assert_int_equal(cel_compile(&env, &arena, buf_view(&b), &p, &err), 0);
	assert_string_equal(type_text(p.root->type), "list(list(int))");
}

static void declare_node(struct cel_env *e, const struct node *d)
{
	const struct node *params;
	struct err err = {0};

	if (node_get(d, "type")) {
		(void)declare(e, arena_str(&arena, node_get_str(d, "name")),
			      arena_str(&arena, node_get_str(d, "type")));
		return;
	}
	NODE_EACH (o, node_get(d, "overloads")) {
		auto_done(buf_done) struct buf b = {0};
		struct cel_overload_row *row = ARENA_NEW(&arena, struct cel_overload_row);
		bool member = node_true(node_get(o, "member"));
		params = node_get(o, "params");
		if (member)
			buf_fmt(&b, "%.*s.", SV_ARG(params->items[0].text));
		buf_char(&b, '(');
		for (uint32_t i = member; i < params->n; i++)
			buf_fmt(&b, "%s%.*s", i > (uint32_t)member ? "," : "",
				SV_ARG(params->items[i].text));
		buf_fmt(&b, ")->%.*s", SV_ARG(node_get_str(o, "result")));
		row->name = arena_str(&arena, node_get_str(d, "name"));
		row->signature = arena_str(&arena, buf_view(&b));
		assert_int_equal(cel_env_function(e, row, &err), 0);
	}
}

struct counts {
	unsigned checked, types, refused;
};

/* One line of the set: checks unless an error is expected; its type is the one expected. */
static void check_case(const struct node *t, struct counts *n)
{
	const struct node *expect = node_get(t, "expect");
	struct sv source = node_get_str(t, "expr"), want = node_get_str(expect, "type");
	const struct cel_type *type = NULL;
	struct cel_program p = {0};
	struct err err = {0};
	struct cel_env e;

	cel_env_init(&e, &arena);
	e.container = node_get_str(t, "container");
	e.unchecked = node_true(node_get(t, "disable_check"));
	e.parse_flags = CEL_PARSE_TEST_MACROS;
	if (node_true(node_get(t, "disable_macros")))
		e.parse_flags |= CEL_PARSE_NO_MACROS;
	NODE_EACH (d, node_get(t, "type_env"))
		declare_node(&e, d);
	int rc = cel_compile(&e, &arena, source, &p, &err);
	cel_env_done(&e);
	n->checked += rc == 0;
	n->refused += rc < 0;
	if (rc < 0 && !node_get(expect, "error"))
		fail_msg("%.*s: %s: %s", SV_ARG(source), err.where, err.msg);
	if (rc < 0 || want.n == 0)
		return;
	assert_int_equal(cel_type_parse(&arena, &want, &type, &err), 0);
	if (!cel_type_equal(type, p.root->type))
		fail_msg("%.*s is %s, not %s", SV_ARG(source), type_text(p.root->type),
			 type_text(type));
	n->types++;
}

static void test_set(void **state)
{
	const char *shared = getenv("GABION_SHARED");
	struct sv path = arena_fmt(&arena, "%s/data/cel/tests.jsonl",
				   shared ? shared : GABION_SOURCE_ROOT "/../shared");
	auto_fclose FILE *f = fopen(path.p, "r");
	auto_free char *line = NULL;
	struct counts n = {0};
	size_t cap = 0;
	ssize_t got;

	(void)state;
	if (!f) {
		print_message("no %s: not run\n", path.p);
		return;
	}
	while ((got = getline(&line, &cap, f)) > 0) {
		struct sv text = arena_sv(&arena, sv_make(line, (size_t)got));
		const struct node *t = NULL;
		struct err err = {0};
		assert_int_equal(json_read(&arena, SV("tests"), text, DUP_REFUSE, &t, &err), 0);
		check_case(t, &n);
	}
	print_message("%u checked, %u refused as expected, %u types agree\n", n.checked, n.refused,
		      n.types);
	assert_true(n.checked > 0 && n.types > 0);
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	cel_env_init(&env, &arena);
	(void)declare(&env, "object", "dyn");
	(void)declare(&env, "container", "dyn");
	(void)declare(&env, "m", "map(string, int)");
	(void)cel_env_variable(&env, SV("thing"), cel_type_record(&arena, &thing));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cel_env_done(&env);
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),     cmocka_unit_test(test_errors),
		cmocka_unit_test(test_names),     cmocka_unit_test(test_slots),
		cmocka_unit_test(test_overloads), cmocka_unit_test(test_namespaces),
		cmocka_unit_test(test_records),   cmocka_unit_test(test_unchecked),
		cmocka_unit_test(test_hostile),   cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
