#include "unit/test.h"

#include "base/limits.h"
#include "rule/cel/type.h"
#include "rule/cel/unify.h"

static struct arena arena;

static const struct cel_type *type(const char *text)
{
	struct sv rest = sv_of(text);
	const struct cel_type *t = NULL;
	struct err err = {0};

	if (cel_type_parse(&arena, &rest, &t, &err) < 0 || rest.n)
		fail_msg("%s: %s, left '%.*s'", text, err.msg, SV_ARG(rest));
	return t;
}

static void assert_text(const struct cel_type *t, const char *want)
{
	auto_done(buf_done) struct buf b = {0};

	cel_type_text(&b, t);
	assert_string_equal(buf_cstr(&b), want);
}

static void test_text(void **state)
{
	static const char *const same[] = {
		"dyn",
		"bool",
		"null_type",
		"list",
		"list(int)",
		"map(string, list(dyn))",
		"optional_type(A)",
		"type(list(int))",
		"net.IP",
		"tuple(A, B, C)",
		"google.protobuf.Timestamp",
	};
	static const char *const others[][2] = {
		{"timestamp", "google.protobuf.Timestamp"},
		{"duration", "google.protobuf.Duration"},
		{"null", "null_type"},
		{"map( string ,int )", "map(string, int)"},
		{"list($T)", "list(T)"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		assert_text(type(same[i]), same[i]);
		assert_true(cel_type_equal(type(same[i]), type(same[i])));
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_text(type(others[i][0]), others[i][1]);
}

static void test_takes_what_it_understands(void **state)
{
	struct sv rest = SV("net.IP.(string)->bool");
	const struct cel_type *t = NULL;
	struct err err = {0};

	(void)state;
	assert_int_equal(cel_type_parse(&arena, &rest, &t, &err), 0);
	assert_text(t, "net.IP");
	assert_sv(rest, ".(string)->bool");
	rest = SV("int...)");
	assert_int_equal(cel_type_parse(&arena, &rest, &t, &err), 0);
	assert_int_equal(t->kind, CEL_T_INT);
	assert_sv(rest, "...)");
}

static void test_broken_text(void **state)
{
	static const char *const broken[] = {
		"",         "(",        "list(",      "list(int", "list()",    "list(int,int)",
		"map(int)", "int(int)", "x(a,b,c,d)", "A(int)",   "list(int]", "\x1b",
		"...",
	};
	auto_done(buf_done) struct buf deep = {0};

	(void)state;
	for (size_t i = 0; i < limit_cel_depth + 2; i++)
		buf_str(&deep, "list(");
	for (size_t i = 0; i <= ARRAY_LEN(broken); i++) {
		struct sv rest = i < ARRAY_LEN(broken) ? sv_of(broken[i]) : buf_view(&deep);
		const struct cel_type *t = NULL;
		struct err err = {0};
		if (cel_type_parse(&arena, &rest, &t, &err) >= 0)
			fail_msg("'%s' is taken", broken[i]);
		assert_null(t);
		assert_true(strlen(err.msg) > 0);
	}
}

static void test_fields(void **state)
{
	static const struct fact_schema inner = {"inner", NULL, 0};
	static const struct {
		struct fact_field field;
		const char *want;
	} rows[] = {
		{{"a", FACT_BOOL, 0, NULL, ""}, "bool"},
		{{"a", FACT_INT, 0, NULL, ""}, "int"},
		{{"a", FACT_STRING, 0, NULL, ""}, "string"},
		{{"a", FACT_ANY, 0, NULL, ""}, "dyn"},
		{{"a", FACT_LIST, FACT_STRING, NULL, ""}, "list(string)"},
		{{"a", FACT_MAP, FACT_ANY, NULL, ""}, "map(string, dyn)"},
		{{"a", FACT_RECORD, 0, &inner, ""}, "inner"},
		{{"a", FACT_LIST, FACT_RECORD, &inner, ""}, "list(inner)"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_text(cel_type_field(&arena, &rows[i].field), rows[i].want);
	assert_true(
		cel_type_equal(cel_type_record(&arena, &inner), cel_type_record(&arena, &inner)));
}

static void test_assignable(void **state)
{
	static const struct {
		const char *a, *b;
		bool yes;
	} rows[] = {
		{"int", "int", true},
		{"int", "uint", false},
		{"int", "dyn", true},
		{"dyn", "int", true},
		{"null", "int", false},
		{"null", "timestamp", true},
		{"null", "optional_type(int)", true},
		{"null", "net.IP", true},
		{"net.IP", "net.CIDR", false},
		{"list(int)", "list(dyn)", true},
		{"list(int)", "list(string)", false},
		{"list", "list(string)", true},
		{"map(string,int)", "map(string,dyn)", true},
		{"map(string,int)", "map(int,int)", false},
		{"list(int)", "map(int,int)", false},
		{"type(int)", "type(string)", true},
		{"optional_type(int)", "optional_type(string)", false},
	};
	struct unify u = {.arena = &arena};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (unify_try(&u, type(rows[i].a), type(rows[i].b)) != rows[i].yes)
			fail_msg("%s to %s", rows[i].a, rows[i].b);
	assert_int_equal(u.trail.n, 0);
	unify_done(&u);
}

static void test_variables(void **state)
{
	struct unify u = {.arena = &arena};
	const struct cel_type *v = unify_fresh(&u), *w = unify_fresh(&u);
	const struct cel_type *list = cel_type_list(&arena, v);

	(void)state;
	assert_true(unify_try(&u, type("list(int)"), list));
	assert_text(unify_resolve(&u, list, true), "list(int)");
	assert_false(unify_try(&u, type("list(string)"), list));
	assert_text(unify_resolve(&u, list, true), "list(int)");
	/* the more general of its uses */
	assert_true(unify_try(&u, type("list(dyn)"), list));
	assert_text(unify_resolve(&u, list, true), "list(dyn)");
	/* never inside itself */
	assert_false(unify_try(&u, cel_type_list(&arena, w), w));
	assert_true(unify_is_var(unify_head(w)));
	/* a circle of variables ends */
	const struct cel_type *x = unify_fresh(&u), *y = unify_fresh(&u);
	assert_true(unify_try(&u, x, y));
	assert_true(unify_try(&u, y, x));
	assert_text(unify_resolve(&u, x, true), "dyn");
	/* taken back */
	size_t mark = unify_mark(&u);
	assert_true(unify_assignable(&u, type("int"), w));
	unify_undo(&u, mark);
	assert_true(unify_is_var(unify_head(w)));
	unify_done(&u);
}

static void test_close(void **state)
{
	struct unify u = {.arena = &arena};
	const struct cel_type *v = unify_fresh(&u), *w = unify_fresh(&u);
	const struct cel_type *part = cel_type_list(&arena, v);
	const struct cel_type *whole = cel_type_map(&arena, part, cel_type_list(&arena, w));
	const struct cel_type *plain = type("list(int)");

	(void)state;
	assert_true(unify_try(&u, type("string"), v));
	assert_text(unify_close(whole), "map(list(string), list(dyn))");
	assert_text(unify_close(part), "list(string)");
	assert_false(unify_has_vars(whole));
	assert_ptr_equal(unify_close(plain), plain);
	assert_false(plain->closed);
	unify_done(&u);
}

static void test_instance(void **state)
{
	struct unify u = {.arena = &arena};
	struct unify_frame f = {0};
	const struct cel_type *map = unify_instance(&u, &f, type("map(K, list(V))"));
	const struct cel_type *key = unify_instance(&u, &f, type("K"));
	const struct cel_type *plain = type("list(int)");

	(void)state;
	assert_ptr_equal(unify_instance(&u, &f, plain), plain);
	assert_true(unify_try(&u, type("map(string, list(int))"), map));
	assert_text(unify_resolve(&u, key, true), "string");
	assert_text(unify_resolve(&u, map, true), "map(string, list(int))");
	unify_done(&u);
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_takes_what_it_understands),
		cmocka_unit_test(test_broken_text),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_assignable),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_instance),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
