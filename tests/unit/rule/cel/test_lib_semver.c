#include "unit/rule/cel/lib.h"

static void test_parse(void **state)
{
	static const struct lib_case cases[] = {
		{"['1.0.0', '0.1.0-alpha.1', '1.2.3+001', '1.2.3-0a.b-c+d.e-f', '10.20.30', "
		 "'1.0.0--', '9223372036854775807.0.0', '1.0.0-0', "
		 "'1.0.0-18446744073709551616'].all(x, isSemver(x))",
		 "true"},
		{"['', '1', '1.0', '1.0.0.0', 'v1.0.0', '01.0.0', '1.00.0', '1.0.0-', '1.0.0+', "
		 "'1.0.0-01', '1.0.0-a..b', '1.0.0+a_b', '-1.0.0', '1.0.x', ' 1.0.0', "
		 "'9223372036854775808.0.0', '1.0.0-\u00e9'].exists(x, isSemver(x))",
		 "false"},
		{"['v1.0', '1', '01.01.01', 'v01.2.3-rc.1', '00.0.0', '1.2.03+b'].all(x, "
		 "isSemver(x, true))",
		 "true"},
		{"['', 'v', 'vv1', '1-rc', '1.0+b', ' 1.0', '1.0.0-01', '1.'].exists(x, "
		 "isSemver(x, true))",
		 "false"},
		{"string(semver('v01.2.3-rc.1', true))", "\"1.2.3-rc.1\""},
		{"string(semver('1.0.-rc0', true))", "\"1.0.0-rc0\""},
		{"string(semver('1.0.00', true))", "\"1.0.0\""},
		{"isSemver('1.0a.0', true) || isSemver('..', true) || isSemver('1..0', true)",
		 "false"},
		{"string(semver('1.0', true))", "\"1.0.0\""},
		{"string(semver('1.2.3-a+b'))", "\"1.2.3-a+b\""},
		{"semver('200K')", "!not a semantic version: 200K"},
		{"semver(dyn('200K'))", "!not a semantic version: 200K"},
		{"semver(dyn('v1'), true) == semver('v1', true)", "true"},
		{"semver('v1.0.0', false)", "!not a semantic version"},
		{"[semver('1.2.3').major(), semver('1.2.3').minor(), semver('1.2.3').patch()]",
		 "[1,2,3]"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_order(void **state)
{
	static const struct lib_case cases[] = {
		/* The example of section 11 of the specification. */
		{"cel.bind(v, ['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', "
		 "'1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', "
		 "'1.10.0', '2.0.0'], lists.range(12).all(i, lists.range(12).all(j, "
		 "semver(v[i]).compareTo(semver(v[j])) == math.sign(i - j))))",
		 "true"},
		{"semver('1.0.0').isLessThan(semver('1.0.1'))", "true"},
		{"semver('1.0.0-rc').isGreaterThan(semver('1.0.0'))", "false"},
		{"semver('1.0.0+a') == semver('1.0.0+b')", "true"},
		{"semver('1.0.0-a') == semver('1.0.0')", "false"},
		{"semver('1.0.0').compareTo(quantity('1'))", "!compareTo"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
