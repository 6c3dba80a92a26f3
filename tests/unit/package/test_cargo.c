#include "unit/package/lang.h"

static const char text[] =
	"# generated\nversion = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n\n"
	"[[package]]\nname = \"libc\"\nversion = \"0.2.171\"\n"
	"source = \"registry+https://example.org/index\"\ndependencies = [\n \"a\",\n]\n";

static const struct lang_case cases[] = {
	{"Cargo.lock", text, "app 0.1.0 :4\nlibc 0.2.171 :8\n", NULL},
	{"Cargo.lock", "[root]\nname = \"x\"\n", "", NULL},
	{"Cargo.lock", "package = 7\n", "", NULL},
	{"Cargo.lock", "[[package]]\nversion = \"1\"\n", "",
	 "Cargo.lock:1: a package whose name or version is empty\n"},
};

static void test_lock(void **state)
{
	(void)state;
	lang_cases(cargo_lock_read, cases, ARRAY_LEN(cases));
	lang_cut(cargo_lock_read, "Cargo.lock", sv_of(text));
}

static void test_broken(void **state)
{
	(void)state;
	struct text_sink t;
	struct err err;

	assert_true(lang_run(&t, cargo_lock_read, "a/Cargo.lock", SV("x = 1\n[[package\n"), &err) <
		    0);
	assert_non_null(strstr(err.where, "a/Cargo.lock:2"));
	text_sink_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lock),
					   cmocka_unit_test(test_broken)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
