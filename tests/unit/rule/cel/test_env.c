#include "unit/test.h"

#include "rule/cel/env.h"
#include "rule/cel/function.h"

static struct arena arena;
static struct cel_env env;

static const struct cel_function *function(const char *name)
{
	const struct cel_function *f = NULL;
	struct err err = {0};

	if (function_find(&env, sv_of(name), &f, &err) < 0)
		fail_msg("%s: %s", name, err.msg);
	return f;
}

static void add(const char *name, const char *signature)
{
	struct cel_overload_row *row = ARENA_NEW(&arena, struct cel_overload_row);
	struct err err = {0};

	row->name = name;
	row->signature = signature;
	if (cel_env_function(&env, row, &err) < 0)
		fail_msg("%s %s: %s", name, signature, err.msg);
}

static void test_signatures(void **state)
{
	static const struct {
		const char *signature;
		unsigned n;
		bool member, variadic, generic;
	} rows[] = {
		{"()->int", 0, false, false, false},
		{"(int, string)->int", 2, false, false, false},
		{"string.()->int", 1, true, false, false},
		{"net.IP.(net.CIDR)->bool", 2, true, false, false},
		{"(int...)->int", 1, false, true, false},
		{"(dyn, int, ...)->int", 2, false, true, false},
		{"string.(dyn...)->string", 2, true, true, false},
		{"(list(A))->A", 1, false, false, true},
		{"()->optional_type(A)", 0, false, false, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		add("row", rows[i].signature);
	const struct cel_function *f = function("row");
	assert_non_null(f);
	assert_int_equal(f->n, ARRAY_LEN(rows));
	for (size_t i = 0; i < f->n; i++) {
		assert_int_equal(f->overloads[i]->n, rows[i].n);
		assert_int_equal(f->overloads[i]->member, rows[i].member);
		assert_int_equal(f->overloads[i]->variadic, rows[i].variadic);
		assert_int_equal(f->overloads[i]->generic, rows[i].generic);
	}
	/* parsed once; a row that comes later is there too */
	assert_ptr_equal(function("row")->overloads, f->overloads);
	add("row", "(bytes)->int");
	assert_int_equal(function("row")->n, ARRAY_LEN(rows) + 1);
	assert_non_null(function("row")->overloads);
}

static void test_broken_signatures(void **state)
{
	static const char *const broken[] = {
		"",
		"int",
		"(int",
		"(int)",
		"(int)->",
		"(int)->int x",
		"(,)->int",
		"(...)->int",
		"a.(...)->int",
		"a(int)->int",
		"(int;)->int",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct cel_overload_row row = {"f", broken[i], NULL, NULL, 0};
		struct err err = {0};
		if (cel_env_function(&env, &row, &err) >= 0)
			fail_msg("'%s' is taken", broken[i]);
	}
	assert_null(function("f"));
}

/* Every row of every library. */
static void test_libraries(void **state)
{
	size_t at = 0, n = 0;

	(void)state;
	for (struct map_entry *m; (m = map_next(&env.functions, &at)) != NULL; n++) {
		const struct cel_function *f = function(arena_str(&arena, m->key));
		assert_non_null(f);
		for (size_t i = 0; i < f->n; i++)
			assert_non_null(f->overloads[i]->result);
	}
	assert_int_equal(n, env.functions.n);
}

static void test_variables(void **state)
{
	(void)state;
	uint32_t a = cel_env_variable(&env, SV("a"), &cel_types[CEL_T_DYN]);
	uint32_t b = cel_env_variable(&env, SV("b.c"), &cel_types[CEL_T_INT]);
	assert_int_equal(b, a + 1);
	assert_sv(env.variables.p[b].name, "b.c");
}

static void test_type_names(void **state)
{
	(void)state;
	add("made", "net.Made.(string)->other.Thing");
	assert_true(function_names_type(&env, SV("net.Made")));
	assert_true(function_names_type(&env, SV("other.Thing")));
	assert_false(function_names_type(&env, SV("net")));
	assert_false(function_names_type(&env, SV("Made")));
	assert_false(function_names_type(&env, SV("net.Made2")));
	assert_false(function_names_type(&env, SV("A")));
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	cel_env_init(&env, &arena);
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
		cmocka_unit_test_setup_teardown(test_signatures, setup, teardown),
		cmocka_unit_test_setup_teardown(test_broken_signatures, setup, teardown),
		cmocka_unit_test_setup_teardown(test_libraries, setup, teardown),
		cmocka_unit_test_setup_teardown(test_variables, setup, teardown),
		cmocka_unit_test_setup_teardown(test_type_names, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
