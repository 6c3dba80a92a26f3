#include "unit/rule/cel/lib.h"

#include "base/limits.h"

static void test_characters(void **state)
{
	static const struct lib_case cases[] = {
		{"'tacocat'.charAt(3)", "\"o\""},
		{"'tacocat'.charAt(7)", "\"\""},
		{"'tacocat'.charAt(8)", "!index out of range: 8"},
		{"'tacocat'.charAt(-1)", "!index out of range: -1"},
		{"'\u00a9\u03b1T'.charAt(1)", "\"\u03b1\""},
		{"''.charAt(0)", "\"\""},
		{"'tacocat'.indexOf('')", "0"},
		{"'tacocat'.indexOf('ac')", "1"},
		{"'tacocat'.indexOf('none')", "-1"},
		{"'tacocat'.indexOf('', 7)", "7"},
		{"'tacocat'.indexOf('', 8)", "!index out of range: 8"},
		{"'tacocat'.indexOf('a', 3)", "5"},
		{"'tacocat'.indexOf('a', 30)", "!index out of range: 30"},
		{"'ta\u00a9o\u00a9\u03b1T'.indexOf('\u00a9', 3)", "4"},
		{"''.indexOf('x')", "-1"},
		{"'tacocat'.lastIndexOf('')", "7"},
		{"'tacocat'.lastIndexOf('at')", "5"},
		{"'tacocat'.lastIndexOf('', 3)", "3"},
		{"'tacocat'.lastIndexOf('a', -1)", "!index out of range: -1"},
		{"'bananananana'.lastIndexOf('nana', 7)", "6"},
		{"'ta\u00a9o\u00a9\u03b1T'.lastIndexOf('\u00a9\u03b1', 4)", "4"},
		{"'ab'.lastIndexOf('abc')", "-1"},
		{"'tacocat'.substring(4)", "\"cat\""},
		{"'tacocat'.substring(0, 4)", "\"taco\""},
		{"'\u00a9\u03b1T'.substring(1, 2)", "\"\u03b1\""},
		{"'tacocat'.substring(7)", "\"\""},
		{"'tacocat'.substring(4, 3)", "!invalid substring range: start 4, end 3"},
		{"'tacocat'.substring(1, 50)", "!index out of range: 50"},
		{"'tacocat'.substring(-1)", "!index out of range: -1"},
		{"'Ta\u00a9oC\u03b1t'.reverse()", "\"t\u03b1Co\u00a9aT\""},
		{"''.reverse()", "\"\""},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_change(void **state)
{
	static const struct lib_case cases[] = {
		{"'TacoC\u00c6t X'.lowerAscii()", "\"tacoc\u00c6t x\""},
		{"'tacoC\u03b1t z'.upperAscii()", "\"TACOC\u03b1T Z\""},
		{"'a@[`{'.upperAscii()", "\"A@[`{\""},
		{"'{0} days {0} hours'.replace('{0}', '2')", "\"2 days 2 hours\""},
		{"'{0} days {0} hours'.replace('{0}', '2', 1)", "\"2 days {0} hours\""},
		{"'aaa'.replace('a', '', 2)", "\"a\""},
		{"'aaa'.replace('a', 'b', 0)", "\"aaa\""},
		{"'aaa'.replace('x', 'b')", "\"aaa\""},
		{"'\u00e9b'.replace('', '-')", "\"-\u00e9-b-\""},
		{"'ab'.replace('', '-', 2)", "\"-a-b\""},
		{"''.replace('', 'x')", "\"x\""},
		{"'a,b,c'.split(',')", "[\"a\",\"b\",\"c\"]"},
		{"'a,b,c'.split(',', 0)", "[]"},
		{"'a,b,c'.split(',', 1)", "[\"a,b,c\"]"},
		{"'a,b,c'.split(',', 2)", "[\"a\",\"b,c\"]"},
		{"'a,b,c'.split(',', -1)", "[\"a\",\"b\",\"c\"]"},
		{"',a,'.split(',')", "[\"\",\"a\",\"\"]"},
		{"''.split(',')", "[\"\"]"},
		{"''.split('')", "[]"},
		{"'a\u00a9b'.split('')", "[\"a\",\"\u00a9\",\"b\"]"},
		{"'abc'.split('', 2)", "[\"a\",\"bc\"]"},
		{"['x', 'y'].join()", "\"xy\""},
		{"['x', 'y', ''].join('--')", "\"x--y--\""},
		{"[].join('-')", "\"\""},
		{"[dyn('x'), dyn(1)].join('-')", "!no such overload"},
		{"' \\f\\n\\r\\t\\vtext  '.trim()", "\"text\""},
		{"'\\u0085\\u00a0\\u1680a b\\u2028\\u3000'.trim()", "\"a b\""},
		{"'   '.trim()", "\"\""},
		{"'\\u200btext\\ufeff'.trim() == '\\u200btext\\ufeff'", "true"},
		{"strings.quote('a\"b\\\\\\n\\a')", "\"\\\"a\\\\\\\"b\\\\\\\\\\\\n\\\\a\\\"\""},
		{"strings.quote('')", "\"\\\"\\\"\""},
		{"42.charAt(2)", "!charAt"},
		{"dyn(42).split('2')", "!no such overload"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_format(void **state)
{
	static const struct lib_case cases[] = {
		{"'no'.format([])", "\"no\""},
		{"'%%%s%%'.format(['text'])", "\"%text%\""},
		{"'%d %d, %s'.format([1, -2, 'A'])", "\"1 -2, A\""},
		{"'%d'.format([9223372036854775808u])", "\"9223372036854775808\""},
		{"'%d'.format([-9223372036854775808])", "\"-9223372036854775808\""},
		{"'%d'.format([1.5])", "\"1.5\""},
		{"'%.3f'.format([1.2345])", "\"1.234\""},
		{"'%f'.format([2])", "\"2.000000\""},
		{"'%.0f'.format([3.5])", "\"4\""},
		{"'%.3f'.format([-123.4999])", "\"-123.500\""},
		{"'%.6e'.format([1052.032911275])", "\"1.052033e+03\""},
		{"'%e'.format([3u])", "\"3.000000e+00\""},
		{"'%f %e %d %s'.format([0.0/0.0, 1.0/0.0, -1.0/0.0, 0.0/0.0])",
		 "\"NaN Infinity -Infinity NaN\""},
		{"'%b %b %b %b'.format([5, 64u, true, -5])", "\"101 1000000 1 -101\""},
		{"'%o %x %X %x'.format([8, 255, 255u, -26])", "\"10 ff FF -1a\""},
		{"'%b'.format([-9223372036854775808]).size()", "65"},
		{"'%x %X'.format(['Hi\u00a9', b'\\xfe'])", "\"4869c2a9 FE\""},
		{"'%s %s %s'.format([true, null, b'xyz'])", "\"true null xyz\""},
		{"'%s'.format([type('x')])", "\"string\""},
		{"'%s'.format([timestamp('2023-02-03T23:31:20+00:00')])",
		 "\"2023-02-03T23:31:20Z\""},
		{"'%s %s %s'.format([duration('1h45m47s'), duration('-1.5s'), duration('20ms')])",
		 "\"6347s -1.5s 0.02s\""},
		{"'%d'.format([duration('1s')])",
		 "!%d takes only numbers, not: google.protobuf.Duration"},
		{"'%s'.format([['abc', 3.14, null, [9, 8], {}]])",
		 "\"[abc, 3.14, null, [9, 8], {}]\""},
		{"'%s'.format([{'k5': b'x', 'k2': 1.0, 3: true}])", "\"{3: true, k2: 1, k5: x}\""},
		{"'%s %s %s %s'.format([100000.0, 1e21, 1.5e-7, -0.0])",
		 "\"100000 1000000000000000000000 0.00000015 -0\""},
		{"'%s %s'.format([0.1, 123456.789])", "\"0.1 123456.789\""},
		{"'%s'.format([ip('::1')])", "\"::1\""},
		{"'%b'.format(['abc'])", "!%b takes only integers and bools, not: string"},
		{"'%o'.format([null])", "!%o takes only integers, not: null_type"},
		{"'%x'.format([1.0])", "!%x takes only"},
		{"'%f'.format(['1'])", "!%f takes only numbers"},
		{"'%E'.format([0.5])", "!unknown clause: E"},
		{"'%'.format([0.5])", "!unknown clause"},
		{"'%.f'.format([0.5])", "!no precision"},
		{"'%.1001f'.format([0.5])", "!no precision"},
		{"'%.1000f'.format([0.5]).size()", "1002"},
		{"'%s %s'.format([1])", "!more clauses than arguments: 1"},
		{"'%s'.format([[optional.none()]])", "!%s does not take"},
		{"'%s'.format([{1: optional.none()}])", "!%s does not take"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

/* What grows without end ends with the cost error, in little memory. */
static void test_bombs(void **state)
{
	static const char *const bombs[] = {
		"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30]"
		".map(x, x).size() > 0 && 'xxxxxxxxxx'.replace('x', 'xxxxxxxxxx').replace('x', "
		"'xxxxxxxxxx').replace('x', 'xxxxxxxxxx').replace('x', 'xxxxxxxxxx').replace('x', "
		"'xxxxxxxxxx').replace('x', 'xxxxxxxxxx').replace('x', 'xxxxxxxxxx').replace('x', "
		"'xxxxxxxxxx') == ''",
		"lists.range(1000000000).size() == 1",
		"lists.range(9223372036854775807).size() == 1",
		"lists.range(300).map(a, lists.range(300).map(b, lists.range(300))).flatten(3) == []",
		"lists.range(6000).distinct() == []",
		"sets.contains(lists.range(6000), lists.range(6000).map(x, x + 1))",
	};
	struct arena kept = {0}, a = {0};
	struct cel_env env;

	(void)state;
	arena_init(&kept, 0);
	arena_init(&a, (size_t)1 << 29);
	cel_env_init(&env, &kept);
	for (size_t i = 0; i < ARRAY_LEN(bombs); i++) {
		struct buf out = {0};

		lib_answer(&env, &a, bombs[i], 0, &out);
		if (!strstr(buf_cstr(&out), "cost limit"))
			fprintf(stderr, "%s: %s\n", bombs[i], buf_cstr(&out));
		assert_non_null(strstr(buf_cstr(&out), "cost limit"));
		buf_done(&out);
		arena_reset(&a);
	}
	cel_env_done(&env);
	arena_done(&a);
	arena_done(&kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_bombs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
