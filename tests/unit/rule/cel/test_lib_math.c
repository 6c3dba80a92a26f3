#include "unit/rule/cel/lib.h"

static void test_extremes(void **state)
{
	static const struct lib_case cases[] = {
		{"math.greatest(-5)", "-5"},
		{"math.greatest(3, -3)", "3"},
		{"math.greatest(-3, 3u) == 3u", "true"},
		{"type(math.greatest(1, 1.0)) == int", "true"},
		{"type(math.greatest(1.0, 1)) == double", "true"},
		{"math.greatest(5.4, 10, 3u, -5.0, 9223372036854775807)", "9223372036854775807"},
		{"math.greatest([5.4, 10, 3u, -5.0])", "10"},
		{"math.least([5.4, 10, 3u, -5.0])", "-5"},
		{"math.least(1, -9223372036854775808)", "-9223372036854775808"},
		{"math.least(1u, 18446744073709551615u) == 1u", "true"},
		{"math.greatest([])", "!no numbers"},
		{"math.greatest()", "!math.greatest"},
		{"math.greatest('a')", "!math.greatest"},
		{"math.greatest(dyn('a'))", "!no such overload"},
		{"math.least(1, 2, dyn('a'))", "!no such overload"},
		{"math.greatest(0.0/0.0, 1.0)", "!NaN has no order"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_numbers(void **state)
{
	static const struct lib_case cases[] = {
		{"math.ceil(-1.2)", "-1"},
		{"math.floor(-1.2)", "-2"},
		{"math.round(-1.5)", "-2"},
		{"math.round(1.2)", "1"},
		{"math.trunc(-1.2)", "-1"},
		{"math.floor(dyn(1))", "!no such overload"},
		{"math.abs(-11)", "11"},
		{"math.abs(-11.5)", "11.5"},
		{"math.abs(3u) == 3u", "true"},
		{"math.abs(-9223372036854775808)", "!overflow"},
		{"math.sign(-32.0)", "-1"},
		{"math.sign(-5)", "-1"},
		{"math.sign(0u) == 0u", "true"},
		{"math.isNaN(math.sign(0.0/0.0))", "true"},
		{"math.sqrt(81)", "9"},
		{"math.sqrt(2.25)", "1.5"},
		{"math.isNaN(math.sqrt(-1))", "true"},
		{"math.isInf(1.0/0.0) && !math.isInf(1.0)", "true"},
		{"math.isFinite(1.5) && !math.isFinite(-1.0/0.0)", "true"},
		{"math.isNaN(dyn(true))", "!no such overload"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_bits(void **state)
{
	static const struct lib_case cases[] = {
		{"math.bitAnd(1, -1)", "1"},
		{"math.bitAnd(1u, 3u) == 1u", "true"},
		{"math.bitAnd(2u, dyn(''))", "!no such overload"},
		{"math.bitOr(1, 2)", "3"},
		{"math.bitXor(4, -2)", "-6"},
		{"math.bitNot(1)", "-2"},
		{"math.bitNot(0u) == 18446744073709551615u", "true"},
		{"math.bitShiftLeft(1, 2)", "4"},
		{"math.bitShiftLeft(-1, 200)", "0"},
		{"math.bitShiftLeft(1, 63)", "-9223372036854775808"},
		{"math.bitShiftRight(-1024, 3)", "2305843009213693824"},
		{"math.bitShiftRight(1024u, 2) == 256u", "true"},
		{"math.bitShiftRight(1, 64)", "0"},
		{"math.bitShiftRight(1u, -1)", "!negative offset: -1"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
