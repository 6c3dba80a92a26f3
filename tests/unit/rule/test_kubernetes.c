#include "rule/kubernetes.h"

#include "unit/test.h"

static void test_minor(void **state)
{
	static const struct {
		const char *text;
		int minor; /* -1: refused */
	} cases[] = {
		{"1.29", 29},       {"v1.29", 29},   {"", 0},
		{"latest", 0},      {"LATEST", 0},   {"1.0", 1},
		{"1", -1},          {"2.1", -1},     {"1.", -1},
		{"1.-1", -1},       {"1.29.1", -1},  {"1.x", -1},
		{"v", -1},          {" 1.29", -1},   {"1.99999999999999999999", -1},
		{"1.10000", 10000}, {"1.10001", -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned minor = 7;
		struct err err;
		int rc = kubernetes_minor(sv_of(cases[i].text), &minor, &err);
		assert_int_equal(rc < 0, cases[i].minor < 0);
		assert_int_equal(minor, cases[i].minor < 0 ? 7 : cases[i].minor);
		if (rc < 0)
			assert_int_equal(err_exit_code(&err), 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_minor)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
