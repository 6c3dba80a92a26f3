#include "unit/test.h"

#include "base/limits.h"
#include "model/package.h"

static const struct os debian = {.id = {"debian", 6}, .version = {"12", 2}};

struct write_row {
	struct package p;
	bool with_os;
	const char *purl;
};

static const struct write_row write_rows[] = {
	{{.type = PKG_NPM, .name = {"@angular/core", 13}, .version = {"1.0.0", 5}},
	 false,
	 "pkg:npm/%40angular/core@1.0.0"},
	{{.type = PKG_NPM, .name = {"lodash", 6}, .version = {"4.17.20", 7}},
	 true,
	 "pkg:npm/lodash@4.17.20"},
	{{.type = PKG_PYPI, .name = {"Django_rest", 11}, .version = {"1.11.1", 6}},
	 false,
	 "pkg:pypi/django-rest@1.11.1"},
	{{.type = PKG_MAVEN, .name = {"org.apache:batik", 16}, .version = {"1.9.1", 5}},
	 false,
	 "pkg:maven/org.apache/batik@1.9.1"},
	{{.type = PKG_MAVEN, .name = {"log4j", 5}, .version = {"1", 1}},
	 false,
	 "pkg:maven/log4j@1"},
	{{.type = PKG_GOLANG,
	  .name = {"github.com/Masterminds/semver/v3", 32},
	  .version = {"v3.1.0+incompatible", 19}},
	 false,
	 "pkg:golang/github.com/Masterminds/semver/v3@v3.1.0%2Bincompatible"},
	{{.type = PKG_GOLANG, .name = {"stdlib", 6}, .version = {"1.21.0", 6}},
	 false,
	 "pkg:golang/stdlib@1.21.0"},
	{{.type = PKG_COMPOSER, .name = {"guzzlehttp/psr7", 15}},
	 false,
	 "pkg:composer/guzzlehttp/psr7"},
	{{.type = PKG_K8S, .name = {"k8s.io/kubelet", 14}, .version = {"1.27.0", 6}},
	 false,
	 "pkg:k8s/k8s.io%2Fkubelet@1.27.0"},
	{{.type = PKG_DEB,
	  .name = {"libssl3", 7},
	  .version = {"1:3.0.9-1+deb12u1", 17},
	  .arch = {"amd64", 5},
	  .source_name = {"openssl", 7}},
	 true,
	 "pkg:deb/debian/libssl3@1:3.0.9-1%2Bdeb12u1?arch=amd64&distro=debian-12&upstream=openssl"},
	{{.type = PKG_DEB,
	  .name = {"gcc", 3},
	  .version = {"4:12.2", 6},
	  .source_name = {"gcc-defaults", 12},
	  .source_version = {"1.203", 5}},
	 false,
	 "pkg:deb/gcc@4:12.2?upstream=gcc-defaults%401.203"},
	{{.type = PKG_DEB, .name = {"bash", 4}, .version = {"5", 1}, .source_name = {"bash", 4}},
	 true,
	 "pkg:deb/debian/bash@5?distro=debian-12"},
	{{.type = PKG_RPM,
	  .ns = {"fedora", 6},
	  .name = {"perl", 4},
	  .version = {"4:5.36-1.fc38", 13},
	  .module = {"perl:5.36", 9}},
	 false,
	 "pkg:rpm/fedora/perl@5.36-1.fc38?epoch=4&rpmmod=perl:5.36"},
	{{.type = PKG_RPM, .name = {"a", 1}, .version = {"0:1-1", 5}}, false, "pkg:rpm/a@1-1"},
	{{.type = PKG_GENERIC, .ns = {"a//b c", 6}, .name = {"\xC3\xA4/%", 4}},
	 false,
	 "pkg:generic/a/b%20c/%C3%A4%2F%25"},
};

static void test_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(write_rows); i++) {
		auto_done(buf_done) struct buf b = {0};
		purl_write(&b, &write_rows[i].p, write_rows[i].with_os ? &debian : NULL);
		assert_string_equal(buf_cstr(&b), write_rows[i].purl);
	}
}

/* What is written is read back, and writes the same again. */
static void test_round_trip(void **state)
{
	(void)state;
	struct arena a;
	struct err err;

	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(write_rows); i++) {
		auto_done(buf_done) struct buf b = {0};
		struct package p;
		struct os os;
		assert_int_equal(purl_parse(&a, sv_of(write_rows[i].purl), &p, &os, &err), 0);
		purl_write(&b, &p, os.id.n && write_rows[i].with_os ? &os : NULL);
		assert_string_equal(buf_cstr(&b), write_rows[i].purl);
		assert_sv(p.purl, write_rows[i].purl);
	}
	arena_done(&a);
}

static const struct {
	const char *purl, *name, *ns, *version, *os_id, *os_version, *source, *source_version;
} read_rows[] = {
	{"pkg:npm/@scope/x@1", "@scope/x", "", "1", "", "", "", ""},
	{"pkg:npm/@scope/x", "@scope/x", "", "", "", "", "", ""},
	{"pkg://NPM/%40scope/x@1#a/b", "@scope/x", "", "1", "", "", "", ""},
	{"pkg:pypi/Zope.Interface__x@5.4", "zope-interface-x", "", "5.4", "", "", "", ""},
	{"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar",
	 "org.apache.logging.log4j:log4j-core", "org.apache.logging.log4j", "2.14.1", "", "", "",
	 ""},
	{"pkg:deb/debian/openssl@3.0.9-1?distro=debian-12", "openssl", "debian", "3.0.9-1",
	 "debian", "12", "", ""},
	{"pkg:deb/debian/x@1?distro=bookworm", "x", "debian", "1", "debian", "", "", ""},
	{"pkg:deb/debian/x@1?distro=debian-bookworm&epoch=2", "x", "debian", "2:1", "debian", "",
	 "", ""},
	{"pkg:deb/debian/x@1%3A1?epoch=1", "x", "debian", "1:1", "debian", "", "", ""},
	{"pkg:rpm/opensuse/x@1?distro=opensuse-tumbleweed", "x", "opensuse", "1",
	 "opensuse-tumbleweed", "", "", ""},
	{"pkg:deb/Ubuntu/x@1?distro=ubuntu-22.04&upstream=y%402", "x", "ubuntu", "1", "ubuntu",
	 "22.04", "y", "2"},
	{"pkg:apk/alpine/busybox@1.36.1-r2?distro=3.18.4&upstream=busybox", "busybox", "alpine",
	 "1.36.1-r2", "alpine", "3.18.4", "busybox", ""},
	{"pkg:alpine/busybox@1", "busybox", "", "1", "", "", "", ""},
	{"pkg:rpm/redhat/glibc@2.34-60.el9?arch=x86_64&epoch=0&upstream=glibc-2.34-60.el9.src.rpm",
	 "glibc", "redhat", "2.34-60.el9", "redhat", "", "glibc", "2.34-60.el9"},
	{"pkg:rpm/opensuse/curl@8?epoch=1&distro=opensuse-leap-15.4", "curl", "opensuse", "1:8",
	 "opensuse-leap", "15.4", "", ""},
	{"pkg:golang/github.com/apple/swift@v1.0.0?", "github.com/apple/swift", "", "v1.0.0", "",
	 "", "", ""},
	{"pkg:composer/Laravel/Framework@5", "laravel/framework", "", "5", "", "", "", ""},
	{" pkg:cargo/a@1@2 ", "a@1", "", "2", "", "", "", ""},
};

static void test_read(void **state)
{
	(void)state;
	struct arena a;
	struct err err;

	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(read_rows); i++) {
		struct package p;
		struct os os;
		if (purl_parse(&a, sv_of(read_rows[i].purl), &p, &os, &err) != 0)
			fail_msg("%s: %s", read_rows[i].purl, err.msg);
		assert_sv(p.name, read_rows[i].name);
		assert_sv(p.ns, read_rows[i].ns);
		assert_sv(p.version, read_rows[i].version);
		assert_sv(os.id, read_rows[i].os_id);
		assert_sv(os.version, read_rows[i].os_version);
		assert_sv(p.source_name, read_rows[i].source);
		assert_sv(p.source_version, read_rows[i].source_version);
		assert_int_equal(purl_parse(&a, sv_of(read_rows[i].purl), &p, NULL, &err), 0);
	}
	arena_done(&a);
}

static const struct {
	const char *purl;
	enum err_kind kind;
} bad_rows[] = {
	{"", ERR_USAGE},
	{"npm/lodash", ERR_USAGE},
	{"pkg:", ERR_USAGE},
	{"pkg:npm", ERR_USAGE},
	{"pkg:npm/", ERR_USAGE},
	{"pkg:npm/@1.0", ERR_USAGE},
	{"pkg:/x@1", ERR_USAGE},
	{"pkg:n%70m/x", ERR_USAGE},
	{"pkg:unheardof/x@1", ERR_UNSUPPORTED},
	{"pkg:npm/x@%zz", ERR_USAGE},
	{"pkg:npm/x@%4", ERR_USAGE},
	{"pkg:npm/x%00y@1", ERR_USAGE},
	{"pkg:npm/x%0Ay@1", ERR_USAGE},
	{"pkg:npm/x%FF@1", ERR_USAGE},
	{"pkg:maven/a%2Fb/c@1", ERR_USAGE},
	{"pkg:maven/a:b@1", ERR_USAGE},
	{"pkg:deb/debian/x@1?arch=a&arch=b", ERR_USAGE},
	{"pkg:deb/debian/x@1?=b", ERR_USAGE},
	{"pkg:deb/debian/x@1?1a=b", ERR_USAGE},
	{"pkg:rpm/fedora/x@1?epoch=x", ERR_USAGE},
};

static void test_bad(void **state)
{
	(void)state;
	struct arena a;
	struct err err;
	struct package p = {.type = PKG_K8S};

	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(bad_rows); i++) {
		struct package got = p;
		int r = purl_parse(&a, sv_of(bad_rows[i].purl), &got, NULL, &err);
		if (r != -(int)bad_rows[i].kind)
			fail_msg("%s: %d", bad_rows[i].purl, r);
		if (r < 0)
			assert_int_equal(got.type, PKG_K8S);
	}
	auto_done(buf_done) struct buf huge = {0};
	buf_str(&huge, "pkg:npm/");
	buf_fill(&huge, 'a', limit_field_bytes);
	assert_int_equal(purl_parse(&a, buf_view(&huge), &p, NULL, &err), -ERR_LIMIT);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_bad),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
