#include "unit/test.h"

#include "net/curl.h"

static void test_loopback(void **state)
{
	static const struct {
		const char *url;
		bool loopback;
	} rows[] = {
		{"http://localhost/x", true},
		{"HTTP://LocalHost:8080", true},
		{"http://127.0.0.1:1/", true},
		{"http://127.255.3.4", true},
		{"http://[::1]:8080/a", true},
		{"http://127.0.0.1.example.org/", false},
		{"http://localhost.example.org/", false},
		{"http://example.org/@127.0.0.1", false},
		{"http://127.0.0.1@example.org/", false},
		{"http://user@127.0.0.1/", false},
		{"http://example.org\\@127.0.0.1/", false},
		{"http://1270.0.0.1/", false},
		{"http://128.0.0.1/", false},
		{"http://127.0.0/", false},
		{"https://localhost/", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(url_is_loopback(sv_of(rows[i].url)), rows[i].loopback);
}

static void test_restrict(void **state)
{
	static const struct {
		const char *url;
		int rc;
	} rows[] = {
		{"https://example.org/", 0},          {"http://127.0.0.1:9/", 0},
		{"http://example.org/", -ERR_DENIED}, {"file:///etc/passwd", -ERR_DENIED},
		{"ftp://example.org/", -ERR_DENIED},  {"https://", -ERR_DENIED},
	};
	const struct curl_api *api;
	struct err err = {0};

	(void)state;
	if (curl_load(&api, &err) < 0) {
		assert_int_equal(err.kind, ERR_UNSUPPORTED);
		return;
	}
	CURL *easy = api->easy_init();
	assert_non_null(easy);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(curl_restrict(api, easy, rows[i].url, NULL, &err), rows[i].rc);
	/* nothing listens on port 1: an error that says so, not a crash */
	assert_int_equal(curl_restrict(api, easy, "http://127.0.0.1:1/", NULL, &err), 0);
	CURLcode c = api->easy_perform(easy);
	assert_int_equal(curl_fail(api, c, NULL, &err), -ERR_NOTFOUND);
	api->easy_cleanup(easy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_restrict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
