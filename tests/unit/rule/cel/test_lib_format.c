#include "unit/rule/cel/lib.h"

static void test_names(void **state)
{
	static const struct lib_case cases[] = {
		{"['a', '0', 'my-name', '123-abc', 'x'.replace('x', 'aaaaaaaaa').replace('a', "
		 "'abcdefg')].all(x, !format.dns1123Label().validate(x).hasValue())",
		 "true"},
		{"['', '-a', 'a-', 'A', 'a.b', 'a_b', '\u00e9', 'x'.replace('x', "
		 "'aaaaaaaa').replace('a', 'abcdefgh')].all(x, "
		 "format.dns1123Label().validate(x).hasValue())",
		 "true"},
		{"format.dns1123Label().validate('-' + 'aaaaaaaa'.replace('a', "
		 "'abcdefgh')).value().size()",
		 "2"},
		{"['a.b.c', 'apiextensions.k8s.io', '1.2'].all(x, "
		 "!format.dns1123Subdomain().validate(x).hasValue())",
		 "true"},
		{"['', 'a..b', '.a', 'a.', 'a.-b', 'A.b'].all(x, "
		 "format.dns1123Subdomain().validate(x).hasValue())",
		 "true"},
		{"format.dns1035Label().validate('a-1').hasValue()", "false"},
		{"['1a', '', '-', 'a-'].all(x, format.dns1035Label().validate(x).hasValue())",
		 "true"},
		{"format.dns1123LabelPrefix().validate('my-prefix-').hasValue()", "false"},
		{"format.dns1123LabelPrefix().validate('a--').hasValue()", "false"},
		{"format.dns1123LabelPrefix().validate('-').hasValue()", "true"},
		{"format.dns1123LabelPrefix().validate('--').hasValue()", "true"},
		{"format.dns1123SubdomainPrefix().validate('a.b-').hasValue()", "false"},
		{"format.dns1035LabelPrefix().validate('a-').hasValue()", "false"},
		{"['a', 'A_b.C-d', 'x.io/Name', 'a/b'].all(x, "
		 "!format.qualifiedName().validate(x).hasValue())",
		 "true"},
		{"['', '/', 'a/', '/a', 'a/b/c', '_a', 'A.io/x', 'a '].all(x, "
		 "format.qualifiedName().validate(x).hasValue())",
		 "true"},
		{"['', 'a', 'A.b_c-1'].all(x, !format.labelValue().validate(x).hasValue())",
		 "true"},
		{"['-', 'a/b', '.a'].all(x, format.labelValue().validate(x).hasValue())", "true"},
		{"format.named('labelValue').value().validate('-').hasValue()", "true"},
		{"format.named('nothing').hasValue()", "false"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_texts(void **state)
{
	static const struct lib_case cases[] = {
		{"format.uri().validate('http://example.com').hasValue()", "false"},
		{"format.uri().validate('../x').value()",
		 "[\"neither an absolute URI nor an absolute path\"]"},
		{"['123e4567-e89b-12d3-a456-426614174000', '123E4567E89B12D3A456426614174000'].all(x, "
		 "!format.uuid().validate(x).hasValue())",
		 "true"},
		{"['', '123e4567-e89b-12d3-a456-42661417400', '123e4567--e89b-12d3-a456-426614174000',"
		 "'123e-4567e89b-12d3-a456-426614174000', '123e4567-e89b-12d3-a456-426614174000-', "
		 "'g23e4567-e89b-12d3-a456-426614174000', '123e4567-e89b-12d3-a456-4266-14174000']"
		 ".all(x, format.uuid().validate(x).hasValue())",
		 "true"},
		{"format.byte().validate('aGVsbG8=').hasValue()", "false"},
		{"['', 'aGVsbG8', 'aGV=', 'a===', 'aGVs=bG8', 'aG-_'].map(x, "
		 "format.byte().validate(x).hasValue())",
		 "[true,true,false,true,true,true]"},
		{"['2021-01-01', '2024-02-29', '0000-12-31'].all(x, "
		 "!format.date().validate(x).hasValue())",
		 "true"},
		{"['2021-1-01', '2023-02-29', '2021-13-01', '2021-00-01', '2021-01-32', "
		 "'2021-01-01 ', '21-01-01', '1900-02-29'].all(x, "
		 "format.date().validate(x).hasValue())",
		 "true"},
		{"['2021-01-01T00:00:00Z', '2021-01-01t23:59:59.123z', "
		 "'2021-01-01T00:00:00+01:00'].all(x, !format.datetime().validate(x).hasValue())",
		 "true"},
		{"['2021-01-01', '2021-01-01T24:00:00Z', '2021-01-01T00:00Z', "
		 "'2021-01-01T00:00:00', '2021-01-01T00:00:00.Z', '2021-01-01T00:00:00+1:00', "
		 "'2021-01-01T00:60:00Z', '2021-01-01T00:00:00Zx', '2021-02-30T00:00:00Z']"
		 ".all(x, format.datetime().validate(x).hasValue())",
		 "true"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
