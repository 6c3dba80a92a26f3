#include "unit/test.h"

#include "oci/digest.h"
#include "oci/reference.h"

#define HEX  "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899"
#define X16  "xxxxxxxxxxxxxxxx"
#define X128 X16 X16 X16 X16 X16 X16 X16 X16

static void test_good(void **state)
{
	(void)state;
	static const struct {
		const char *in, *domain, *path, *tag, *familiar;
	} rows[] = {
		{"alpine", "docker.io", "library/alpine", "latest", "alpine:latest"},
		{"alpine:3.10", "docker.io", "library/alpine", "3.10", "alpine:3.10"},
		{"docker.io/alpine", "docker.io", "library/alpine", "latest", "alpine:latest"},
		{"index.docker.io/a/b:1", "docker.io", "a/b", "1", "a/b:1"},
		{"grafana/grafana", "docker.io", "grafana/grafana", "latest",
		 "grafana/grafana:latest"},
		{"localhost/x", "localhost", "x", "latest", "localhost/x:latest"},
		{"localhost:5000/x:y", "localhost:5000", "x", "y", "localhost:5000/x:y"},
		{"quay.io/a/b/c_d__e-f---g.h", "quay.io", "a/b/c_d__e-f---g.h", "latest",
		 "quay.io/a/b/c_d__e-f---g.h:latest"},
		{"Registry/x", "Registry", "x", "latest", "Registry/x:latest"},
		{"[2001:db8::1]:5000/x", "[2001:db8::1]:5000", "x", "latest",
		 "[2001:db8::1]:5000/x:latest"},
		{"[::1]/x", "[::1]", "x", "latest", "[::1]/x:latest"},
		{"a/b@sha256:" HEX, "docker.io", "a/b", "", "a/b@sha256:" HEX},
		{"a/b:t@sha256:" HEX, "docker.io", "a/b", "t", "a/b:t@sha256:" HEX},
		{"x:_a.B-c", "docker.io", "library/x", "_a.B-c", "x:_a.B-c"},
		{"x:" X128, "docker.io", "library/x", X128, "x:" X128},
		{"foo:80", "docker.io", "library/foo", "80", "foo:80"},
		{HEX ":tag", "docker.io", "library/" HEX, "tag", HEX ":tag"},
	};
	struct arena a;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reference r;
		struct err err = {0};
		int rc = reference_parse(&a, sv_of(rows[i].in), &r, &err);
		if (rc)
			print_error("%s: %s\n", rows[i].in, err.msg);
		assert_int_equal(rc, 0);
		assert_sv(r.domain, rows[i].domain);
		assert_sv(r.path, rows[i].path);
		assert_sv(r.tag, rows[i].tag);
		assert_sv(reference_familiar(&a, &r), rows[i].familiar);
		struct reference again;
		assert_int_equal(reference_parse(&a, reference_str(&a, &r), &again, &err), 0);
		assert_true(reference_eq(&r, &again));
	}
	arena_done(&a);
}

static void test_bad(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"",
		":",
		"@",
		":tag",
		"a:",
		"a:b:c",
		"a@b",
		"A",
		"a/B",
		"docker.io/A",
		"a//b",
		"/a",
		"a/",
		"a/b/",
		"-a",
		"a-",
		"a.",
		"a..b",
		"a___b",
		"a._b",
		"_a",
		"a b",
		"a\nb",
		"x:.a",
		"x:-a",
		"x:a b",
		"x:" X128 "x",
		"a@sha256:",
		"a@sha256:abc",
		"a@md5:" HEX,
		"a@sha256:" HEX "0",
		HEX,
		"host:port/x",
		"host:99999/x",
		"host:/x",
		"-host.io/x",
		"host-.io/x",
		"ho_st.io/x",
		"a..b.io/x",
		"[::1/x",
		"[zz]:5/x",
		"http://x",
		"docker://x",
		"https://quay.io/x",
		"x@sha256:AABBccddeeff00112233445566778899aabbccddeeff001122334455667788",
		"docker.io/",
		"quay.io/",
		X128 X128 "/a",
	};
	struct arena a;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reference r;
		struct err err = {0};
		if (reference_parse(&a, sv_of(rows[i]), &r, &err) != -ERR_USAGE)
			fail_msg("'%s' was taken", rows[i]);
		assert_int_equal(err.scope, SCOPE_TARGET);
		assert_int_equal(err_exit_code(&err), 2);
	}
	arena_done(&a);
}

static void test_digest(void **state)
{
	(void)state;
	struct arena a;
	struct digest d, e;
	struct err err = {0};
	arena_init(&a, 0);
	assert_true(digest_parse(SV("sha256:" HEX), &d));
	assert_true(d.set);
	assert_sv(digest_str(&a, &d), "sha256:" HEX);
	assert_true(digest_parse(SV("sha512:" HEX HEX), &e));
	assert_false(e.set);
	assert_false(digest_eq(&d, &e));
	assert_sv(digest_str(&a, &e), "");
	assert_false(digest_parse(SV("sha512:" HEX), &d));
	assert_false(digest_parse(SV("sha256:" HEX HEX), &d));
	assert_false(digest_parse(SV("SHA256:" HEX), &d));
	assert_false(digest_parse(SV(HEX), &d));
	assert_false(digest_parse(SV(""), &d));
	assert_int_equal(digest_of(SV("abc"), &d, &err), 0);
	assert_sv(digest_hex(&a, &d),
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(digest_of((struct sv){0}, &d, &err), 0);
	assert_sv(digest_hex(&a, &d),
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	struct reference r;
	assert_int_equal(reference_parse(&a, SV("x@sha512:" HEX HEX), &r, &err), -ERR_UNSUPPORTED);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_bad),
					   cmocka_unit_test(test_digest)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
