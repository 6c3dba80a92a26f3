#include "unit/rule/cel/lib.h"

static void test_find(void **state)
{
	static const struct lib_case cases[] = {
		{"'abc 123'.find('[0-9]+')", "\"123\""},
		{"'abc 123'.find('xyz')", "\"\""},
		{"'123 abc 456'.findAll('[0-9]+')", "[\"123\",\"456\"]"},
		{"'123 abc 456'.findAll('[0-9]+', 1)", "[\"123\"]"},
		{"'123 abc 456'.findAll('[0-9]+', 0)", "[]"},
		{"'123 abc 456'.findAll('[0-9]+', -1)", "[\"123\",\"456\"]"},
		{"'123 abc'.findAll('xyz')", "[]"},
		/* An empty match right behind another does not count. */
		{"'ab1'.findAll('[0-9]*')", "[\"\",\"\",\"1\"]"},
		{"'1a'.findAll('[0-9]*')", "[\"1\",\"\"]"},
		{"'\u00e9\u00e9'.findAll('')", "[\"\",\"\",\"\"]"},
		{"'aXbX'.findAll('^a|X$')", "[\"a\",\"X\"]"},
		{"'abc'.find('(')", "!regular expression"},
		{"'abc'.find(dyn('('))", "!invalid regular expression"},
		{"['a1', 'b22'].map(x, x.find('[0-9]+'))", "[\"1\",\"22\"]"},
		{"['[0-9]', '[a-z]'].map(p, 'a1'.find(p))", "[\"1\",\"a\"]"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_groups(void **state)
{
	static const struct lib_case cases[] = {
		{"regex.extract('hello world', 'hello(.*)').value()", "\" world\""},
		{"regex.extract('item-A, item-B', 'item-(\\\\w+)').value()", "\"A\""},
		{"regex.extract('HELLO', 'hello').hasValue()", "false"},
		{"regex.extract('HELLO', 'HELL').value()", "\"HELL\""},
		{"regex.extract('b', 'a(x)?|b').hasValue()", "false"},
		{"regex.extract('b', '(a)|b').hasValue()", "false"},
		{"regex.extract('u@d', '(.*)@([^.]*)')", "!more than one group"},
		{"regex.extractAll('id:123, id:456', 'id:\\\\d+')", "[\"id:123\",\"id:456\"]"},
		{"regex.extractAll('testuser@', '(?P<username>.*)@')", "[\"testuser\"]"},
		{"regex.extractAll('a', 'b')", "[]"},
		{"regex.replace('hello world hello', 'hello', 'hi')", "\"hi world hi\""},
		{"regex.replace('banana', 'a', 'x', 0)", "\"banana\""},
		{"regex.replace('banana', 'a', 'x', 1)", "\"bxnana\""},
		{"regex.replace('banana', 'a', 'x', -12)", "\"bxnxnx\""},
		{"regex.replace('foo bar', '(fo)o (ba)r', '\\\\2 \\\\1')", "\"ba fo\""},
		{"regex.replace('ab', '.', '[\\\\0\\\\\\\\]')", "\"[a\\\\][b\\\\]\""},
		{"regex.replace('ab', 'x*', '-')", "\"-a-b-\""},
		{"regex.replace('b', '(a)|b', '<\\\\1>')", "\"<>\""},
		{"regex.replace('test', '(.)', '\\\\2')", "!invalid replacement"},
		{"regex.replace('test', '.', '\\\\')", "!invalid replacement"},
		{"regex.replace('test', '(.)', '\\\\x')", "!invalid replacement"},
		{"regex.replace('foo', '(', 'x')", "!regular expression"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
