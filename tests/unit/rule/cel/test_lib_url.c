#include "unit/rule/cel/lib.h"

static void test_parse(void **state)
{
	static const struct lib_case cases[] = {
		{"['https://user:pass@example.com:80/path?query=val#fragment', '/absolute-path', "
		 "'https://example.com', 'http://[::1]:80/', 'http://[fe80::1%25en0]/', "
		 "'mailto:a@b', 'urn:x:y', '*', '//x/y', 'http://a b@c/'.replace(' ', ''), "
		 "'HTTP://EXAMPLE.COM', 'http://', 'http:///x', 'https://example.com:', "
		 "'http://\u00e9.example/', '/%41', 'a+b-c.d://x'].all(x, isURL(x))",
		 "true"},
		{"['', 'https://a:b:c/', '../relative-path', 'relative', ':x', 'http://[::1', "
		 "'http://[::1]x/', 'http://[1.2.3.4]/', 'http://a b/', 'http://a%41/', "
		 "'http://a/%zz', '/%4', 'http://a:8x/', 'http://us er@a/', '1http://a/', "
		 "'http://a/\\n', 'http://a/\\x7f', 'http://a\\\\b/', 'http://example.com#frag', "
		 "'http://a::80/', 'http://::1]:80/', 'http://a[::1]:80/', '/a#%zz', 'http://[::1%25]/'].exists(x, isURL(x))",
		 "false"},
		{"url('https://a:b:c/')", "!not a URL: not a port"},
		{"url(dyn('https://a:b:c/'))", "!not a URL: not a port"},
		{"url('../x')", "!neither an absolute URI nor an absolute path"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_parts(void **state)
{
	static const struct lib_case cases[] = {
		{"url('/path').getScheme() + url('/path').getHost() + url('/path').getHostname() + "
		 "url('/path').getPort()",
		 "\"\""},
		{"url('HTTPS://example.com/').getScheme()", "\"https\""},
		{"url('https://u:p@example.com:80/').getHost()", "\"example.com:80\""},
		{"url('https://[::1]:80/').getHost()", "\"[::1]:80\""},
		{"url('https://[::1]/').getHost()", "\"[::1]\""},
		{"url('https://example.com:80/').getHostname()", "\"example.com\""},
		{"url('https://[::1]:80/').getHostname()", "\"::1\""},
		{"url('https://[::1]/').getHostname()", "\"::1\""},
		{"url('https://[::1]:80/').getPort()", "\"80\""},
		{"url('https://[::1]/').getPort()", "\"\""},
		{"url('https://[fe80::1%25e%6e0]:80/').getHost()", "\"[fe80::1%en0]:80\""},
		{"url('https://[fe80::1%25en0]/').getHostname()", "\"fe80::1%en0\""},
		{"url('https://127.0.0.1:80/').getHostname()", "\"127.0.0.1\""},
		{"url('https://example.com:/').getPort()", "\"\""},
		{"url('https://%C3%A9.example/').getHost()", "\"\u00e9.example\""},
		{"url('//host/path').getHost()", "\"host\""},
		{"url('https://example.com/path').getEscapedPath()", "\"/path\""},
		{"url('https://example.com/with space/').getEscapedPath()", "\"/with%20space/\""},
		{"url('https://example.com/a%2Fb').getEscapedPath()", "\"/a%2Fb\""},
		{"url('https://example.com/a b%2fc').getEscapedPath()", "\"/a%20b/c\""},
		{"url('https://example.com/\u00e9').getEscapedPath()", "\"/%C3%A9\""},
		{"url('https://example.com').getEscapedPath()", "\"\""},
		{"url('https://example.com/a#b').getEscapedPath()", "\"/a\""},
		{"url('mailto:a@b').getEscapedPath()", "\"\""},
		{"url('*').getEscapedPath()", "\"*\""},
		{"string(url('https://example.com/a#b'))", "\"https://example.com/a#b\""},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_query(void **state)
{
	static const struct lib_case cases[] = {
		{"url('https://example.com/path?k1=a&k2=b&k2=c&k1=').getQuery()",
		 "{\"k1\":[\"a\",\"\"],\"k2\":[\"b\",\"c\"]}"},
		{"url('https://example.com/path?key with spaces=a+b%20c').getQuery()",
		 "{\"key with spaces\":[\"a b c\"]}"},
		{"url('https://example.com/path?').getQuery()", "{}"},
		{"url('https://example.com/path').getQuery()", "{}"},
		{"url('/p?a&&=&b=1=2&c;d=1&e=%zz#f').getQuery()",
		 "{\"a\":[\"\"],\"\":[\"\"],\"b\":[\"1=2\"]}"},
		{"url('/p?a=1#b=2').getQuery()", "{\"a\":[\"1\"]}"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
