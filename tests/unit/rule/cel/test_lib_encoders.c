#include "unit/rule/cel/lib.h"

static void test_base64(void **state)
{
	static const struct lib_case cases[] = {
		{"base64.encode(b'hello')", "\"aGVsbG8=\""},
		{"base64.encode(b'')", "\"\""},
		{"base64.encode(b'\\xff\\xfe\\xfd\\xfc')", "\"//79/A==\""},
		{"base64.decode('aGVsbG8=') == b'hello'", "true"},
		{"base64.decode('aGVsbG8') == b'hello'", "true"},
		{"base64.decode('aGVs\\nbG8=\\n') == b'hello'", "true"},
		{"base64.decode('') == b''", "true"},
		{"base64.decode('//79/A==') == b'\\xff\\xfe\\xfd\\xfc'", "true"},
		{"base64.decode(base64.encode(b'Hello World!')) == b'Hello World!'", "true"},
		{"base64.decode('aGVsbA=')", "!not base64"},
		{"base64.decode('aGVsb')", "!not base64"},
		{"base64.decode('aGVs====')", "!not base64"},
		{"base64.decode('a=Vs')", "!not base64"},
		{"base64.decode('=')", "!not base64"},
		{"base64.decode('aGV_')", "!not base64"},
		{"base64.decode('aG\\x00s')", "!not base64"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_base64)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
