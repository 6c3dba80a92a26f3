#include "unit/test.h"

#include "net/base64.h"
#include "net/retry.h"
#include "net/url.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		bool ok, tls;
		const char *host;
		unsigned port;
		const char *rest;
	} rows[] = {
		{"https://example.org", true, true, "example.org", 443, ""},
		{"HTTPS://Example.org:8443/a?b#c", true, true, "Example.org", 8443, "/a?b#c"},
		{"http://[::1]:5000/x", true, false, "[::1]", 5000, "/x"},
		{"http://localhost?x", true, false, "localhost", 80, "?x"},
		{"https://a.b/c@d", true, true, "a.b", 443, "/c@d"},
		{"https://user:secret@example.org/", false, false, "", 0, ""},
		{"https://a@b", false, false, "", 0, ""},
		{"https://", false, false, "", 0, ""},
		{"https:///x", false, false, "", 0, ""},
		{"https://a:0/", false, false, "", 0, ""},
		{"https://a:65536/", false, false, "", 0, ""},
		{"https://a:/", false, false, "", 0, ""},
		{"https://a:1x/", false, false, "", 0, ""},
		{"https://a\\@b/", false, false, "", 0, ""},
		{"https://a/b c", false, false, "", 0, ""},
		{"https://a/b\r\nX: y", false, false, "", 0, ""},
		{"https://a%40b/", false, false, "", 0, ""},
		{"https://[::1", false, false, "", 0, ""},
		{"https://[]/", false, false, "", 0, ""},
		{"ftp://a/", false, false, "", 0, ""},
		{"a/b", false, false, "", 0, ""},
		{"https://\xc3\xa4/", false, false, "", 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct url u = {0};
		bool ok = url_parse(sv_of(rows[i].text), &u);
		if (ok != rows[i].ok || u.tls != rows[i].tls || !sv_is(u.host, rows[i].host) ||
		    u.port != rows[i].port || !sv_is(u.rest, rows[i].rest))
			fail_msg("'%s': %d host '%.*s' port %u rest '%.*s'", rows[i].text, ok,
				 SV_ARG(u.host), u.port, SV_ARG(u.rest));
	}
}

static void test_redirects(void **state)
{
	static const struct {
		const char *from, *to;
		bool allowed, credentials;
	} rows[] = {
		{"https://a/x", "https://a/y", true, true},
		{"https://a/x", "https://A:443/y", true, true},
		{"https://a/x", "https://a:444/y", true, false},
		{"https://a/x", "https://b/y", true, false},
		{"https://a.b/x", "https://b/y", true, false},
		{"https://a/x", "http://a/y", false, false},
		{"https://a/x", "http://127.0.0.1/y", false, false},
		{"https://localhost/x", "http://localhost/y", false, false},
		{"http://localhost/x", "https://localhost/y", true, false},
		{"http://localhost:1/x", "http://localhost:1/y", true, true},
		{"http://localhost:1/x", "http://127.0.0.1:2/y", true, false},
		{"http://localhost/x", "http://example.org/y", false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct url from, to;
		assert_true(url_parse(sv_of(rows[i].from), &from));
		assert_true(url_parse(sv_of(rows[i].to), &to));
		if (url_may_redirect(&from, &to) != rows[i].allowed ||
		    url_same_origin(&from, &to) != rows[i].credentials)
			fail_msg("%s -> %s", rows[i].from, rows[i].to);
	}
}

static void test_text(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(buf_done) struct buf b = {0};
	struct url u;

	(void)state;
	assert_true(url_parse(SV("https://cdn.example.org:8443/blob?signature=secret"), &u));
	assert_sv(url_origin(&a, &u), "https://cdn.example.org:8443");
	url_encode(&b, SV("repository:a/b:pull push~.\xff"));
	assert_string_equal(buf_cstr(&b), "repository%3Aa%2Fb%3Apull%20push~.%FF");
}

static void test_base64(void **state)
{
	static const char *const rows[][2] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
	};
	static const char *const bad[] = {"Z", "Zm9vY", "Zg=x", "Zm9v=Zg", "Zm 9v", "Zm9-", "===="};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(buf_done) struct buf b = {0}, back = {0};
		base64_encode(&b, sv_of(rows[i][0]));
		assert_string_equal(buf_cstr(&b), rows[i][1]);
		assert_true(base64_decode(&back, buf_view(&b)));
		assert_string_equal(buf_cstr(&back), rows[i][0]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		auto_done(buf_done) struct buf b = {0};
		if (base64_decode(&b, sv_of(bad[i])))
			fail_msg("'%s' is taken", bad[i]);
	}
}

static void test_retry(void **state)
{
	static const struct {
		struct retry r;
		CURLcode code;
		long status;
		int64_t after;
		unsigned ms; /* 0: no retry */
	} rows[] = {
		{{0, false}, CURLE_OK, 503, 0, 200},
		{{1, false}, CURLE_OK, 500, 0, 400},
		{{3, false}, CURLE_OK, 502, 0, 1600},
		{{4, false}, CURLE_OK, 502, 0, 0},
		{{0, false}, CURLE_OK, 429, 3, 3000},
		{{0, false}, CURLE_OK, 429, 30, 30000},
		{{0, false}, CURLE_OK, 429, 31, 0},
		{{0, false}, CURLE_OK, 429, INT64_MAX, 0},
		{{0, true}, CURLE_OK, 404, 0, 0},
		{{0, true}, CURLE_OK, 401, 0, 0},
		{{0, true}, CURLE_OK, 501, 0, 0},
		{{0, false}, CURLE_RECV_ERROR, 0, 0, 200},
		{{0, false}, CURLE_PARTIAL_FILE, 200, 0, 200},
		{{0, false}, CURLE_COULDNT_CONNECT, 0, 0, 0},
		{{0, true}, CURLE_COULDNT_CONNECT, 0, 0, 200},
		{{0, false}, CURLE_COULDNT_RESOLVE_HOST, 0, 0, 0},
		{{0, true}, CURLE_PEER_FAILED_VERIFICATION, 0, 0, 0},
		{{0, true}, CURLE_WRITE_ERROR, 200, 0, 0},
		{{0, true}, CURLE_WRITE_ERROR, 503, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned ms = 0;
		bool again =
			retry_wanted(&rows[i].r, rows[i].code, rows[i].status, rows[i].after, &ms);
		if (again != (rows[i].ms > 0) || ms != rows[i].ms)
			fail_msg("row %zu: %d after %u ms", i, again, ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse), cmocka_unit_test(test_redirects),
		cmocka_unit_test(test_text),  cmocka_unit_test(test_base64),
		cmocka_unit_test(test_retry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
