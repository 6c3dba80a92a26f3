#include "unit/advisory/match_feeds.h"

/* "ID severity fix-state fix" of each finding, one a line. */
static void summary(const struct report *r, struct buf *b)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.p[i];
		buf_fmt(b, "%.*s %s %s", SV_ARG(f->id), severity_name(f->severity),
			fix_state_name(f->vuln->fix_state));
		for (size_t k = 0; k < f->vuln->fix_versions.n; k++)
			buf_fmt(b, " %.*s", SV_ARG(f->vuln->fix_versions.p[k]));
		buf_char(b, '\n');
	}
}

static void check(const char *os, const char *version, enum pkg_type type, const char *name,
		  const char *installed, const char *want)
{
	struct arena a;
	struct report r;
	struct buf got = {0};
	struct err err;
	bool uncovered;

	fixture_report(&r, &a, os, version);
	(void)fixture_package(&r, type, name, installed);
	int rc = match_subject(db, &r, 0, &uncovered, &err);
	if (rc < 0)
		err_print(stderr, &err);
	assert_int_equal(rc, 0);
	summary(&r, &got);
	assert_string_equal(buf_cstr(&got), want);
	buf_done(&got);
	report_done(&r);
	arena_done(&a);
}

static void test_rows(void **state)
{
	static const struct {
		const char *os, *version;
		enum pkg_type type;
		const char *name, *installed, *want;
	} rows[] = {
		/* a notice of two flaws; the later fix of the two records; the vendor's word wins
		 */
		{"debian", "12.5", PKG_DEB, "src", "1:1.0-1",
		 "CVE-2024-1111 high fixed 1:2.0-2\nCVE-2024-2222 low fixed 1:2.0-1\nCVE-2024-3333 "
		 "negligible none\n"},
		/* between the fixes of two records */
		{"debian", "12", PKG_DEB, "src", "1:2.0-1",
		 "CVE-2024-1111 high fixed 1:2.0-2\nCVE-2024-3333 negligible none\n"},
		/* the epoch counts: 9.0 without one is older */
		{"debian", "12", PKG_DEB, "src", "9.0-1",
		 "CVE-2024-1111 high fixed 1:2.0-2\nCVE-2024-2222 low fixed 1:2.0-1\nCVE-2024-3333 "
		 "negligible none\n"},
		{"debian", "11", PKG_DEB, "src", "1:3.0", "CVE-2024-4444 unknown none\n"},
		{"debian", "12", PKG_DEB, "other", "1", ""},
		{"debian", "12", PKG_DEB, "libbin", "1", "CVE-2024-6666 unknown end-of-life\n"},
		/* OS packages never match a language's feed, nor another system's */
		{"debian", "12", PKG_DEB, "joined", "1.0.0", ""},
		{"rocky", "9.3", PKG_RPM, "bin-libs", "1:1.2-2.el9",
		 "CVE-2024-7100 unknown fixed 1:1.2-3.el9\nCVE-2024-7101 unknown fixed "
		 "1:1.2-3.el9\n"},
		{"rocky", "9.3", PKG_RPM, "bin-libs", "1:1.2-3.el9", ""},
		{"rocky", "9.3", PKG_RPM, "nodejs", "1:16.0-1.el9", ""},
		{"rocky", "9.3", PKG_RPM, "nodejs", "1:20.0-1.module+el9+1",
		 "RLSA-2024:2 unknown fixed 1:20.1-1.module+el9+1\n"},
		{NULL, NULL, PKG_NPM, "joined", "1.0.5", "CVE-2024-7777 medium fixed 1.2.0\n"},
		{NULL, NULL, PKG_NPM, "joined", "0.5.0", "CVE-2024-7777 medium fixed 1.1.0\n"},
		{NULL, NULL, PKG_NPM, "joined", "1.2.0", ""},
		{NULL, NULL, PKG_NPM, "Joined", "1.0.0", ""},
		{NULL, NULL, PKG_NPM, "nocve", "1.0.0", "GHSA-dddd-eeee-ffff unknown none\n"},
		{NULL, NULL, PKG_NPM, "between", "1.0.0",
		 "CVE-2024-0001 unknown none\nCVE-2024-0002 unknown none\nX-9 unknown none\n"},
		{NULL, NULL, PKG_NPM, "two", "1.0.0",
		 "CVE-2024-0003 unknown none\nCVE-2024-0004 unknown none\n"},
		{NULL, NULL, PKG_NPM, "evil", "1.0.1", "MAL-2024-1 critical unknown\n"},
		{NULL, NULL, PKG_NPM, "evil", "1.0.2", ""},
		{NULL, NULL, PKG_NPM, "stretch", "1.0.0",
		 "GHSA-3333-3333-3333 unknown fixed 1.2.3\n"},
		{NULL, NULL, PKG_NPM, "stretch", "1.2.3", ""},
		{NULL, NULL, PKG_NPM, "stretch", "2.3.3",
		 "GHSA-3333-3333-3333 unknown fixed 2.3.4\n"},
		{NULL, NULL, PKG_NPM, "last", "1.5.0", "GHSA-4444-4444-4444 unknown unknown\n"},
		{NULL, NULL, PKG_NPM, "last", "1.5.1", ""},
		{NULL, NULL, PKG_NPM, "ranges", "1.0.1",
		 "GHSA-5555-5555-5555 unknown fixed 1.0.5\n"},
		{NULL, NULL, PKG_NPM, "ranges", "2.0.0", "GHSA-5555-5555-5555 unknown unknown\n"},
		{NULL, NULL, PKG_NPM, "ranges", "3.0.0",
		 "GHSA-5555-5555-5555 unknown fixed 3.1.0\n"},
		{NULL, NULL, PKG_NPM, "ranges", "2.0.1", ""},
		{NULL, NULL, PKG_NPM, "vector", "1.0.0", "CVE-2024-8888 critical none\n"},
		{NULL, NULL, PKG_CARGO, "old", "1.0.0",
		 "RUSTSEC-2024-0001 negligible none\nRUSTSEC-2024-0002 unknown none\n"},
		{NULL, NULL, PKG_CARGO, "bad", "1.0.0", "RUSTSEC-2024-0003 critical none\n"},
		{NULL, NULL, PKG_PYPI, "my.pkg-name", "0.9.0", "PYSEC-1 unknown fixed 1.0rc1\n"},
		{NULL, NULL, PKG_PYPI, "my-pkg-name", "1.0", ""},
		{NULL, NULL, PKG_PYPI, "my-pkg-name", "1.0-1", "PYSEC-1 unknown unknown\n"},
		{NULL, NULL, PKG_GOLANG, "stdlib", "go1.21.1",
		 "CVE-2024-7000 unknown fixed 1.21.3\n"},
		{NULL, NULL, PKG_GOLANG, "stdlib", "go1.21.3 X:boringcrypto", ""},
		{NULL, NULL, PKG_GOLANG, "stdlib", "go1.20.10", ""},
		{NULL, NULL, PKG_GOLANG, "example.org/M", "v0.0.0-20230101000000-0123456789ab",
		 "CVE-2024-7000 unknown fixed 0.17.0\n"},
		{NULL, NULL, PKG_GOLANG, "example.org/M", "(devel)", ""},
		{NULL, NULL, PKG_GOLANG, "example.org/m", "v0.1.0", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check(rows[i].os, rows[i].version, rows[i].type, rows[i].name, rows[i].installed,
		      rows[i].want);
}

static void test_details(void **state)
{
	struct arena a;
	struct report r;
	struct err err;
	bool uncovered;

	(void)state;
	fixture_report(&r, &a, "debian", "12");
	struct package *p = fixture_package(&r, PKG_DEB, "libbin", "3.0+b1");
	p->source_name = SV("src");
	p->source_version = SV("1:1.0-1");
	*VEC_PUSH(&p->locations) = (struct location){.path = SV("var/lib/dpkg/status"), .layer = 3};
	(void)fixture_package(&r, PKG_NPM, "joined", "0.5.0");
	(void)fixture_package(&r, PKG_CARGO, "old", "1.0.0");
	assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
	assert_false(uncovered);
	assert_int_equal(r.findings.n, 6);
	const struct finding *f = &r.findings.p[1];
	assert_sv(f->id, "CVE-2024-2222");
	assert_true(f->vuln->has_kev && f->vuln->kev_ransomware && f->vuln->has_epss &&
		    f->vuln->has_cvss);
	assert_sv(f->vuln->kev_added, "2024-05-01");
	assert_sv(f->vuln->kev_due, "2024-05-22");
	assert_sv(f->vuln->epss_date, "2025-08-25");
	assert_true(f->vuln->epss_score > 0.249 && f->vuln->epss_score < 0.251);
	/* NVD's own vector before the better one of somebody else */
	assert_sv(f->vuln->cvss.vector, "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L");
	assert_sv(f->severity_source, "NVD");
	assert_sv(f->vuln->cwes.p[0], "CWE-79");
	assert_sv(f->vuln->aliases.p[0], "DSA-1-1");
	assert_int_equal(f->vuln->aliases.n, 1);
	assert_sv(f->vuln->range, "introduced 0, fixed 1:2.0-1 (deb)");
	assert_sv(f->message, "libbin 3.0+b1 is affected, fixed in 1:2.0-1");
	assert_sv(f->evidence.p[0].path, "var/lib/dpkg/status");
	assert_int_equal(f->evidence.p[0].layer, 3);
	assert_int_equal(f->fingerprint.n, 32);
	assert_sv(r.findings.p[0].severity_source, "Debian");
	/* two records, one flaw: both ids, and the text once */
	f = &r.findings.p[3];
	assert_sv(f->id, "CVE-2024-7777");
	assert_int_equal(f->vuln->aliases.n, 2);
	assert_sv(f->vuln->aliases.p[0], "GHSA-aaaa-bbbb-cccc");
	assert_sv(f->vuln->aliases.p[1], "NSWG-ECO-1");
	assert_int_equal(r.findings.p[4].kind, FINDING_LIFECYCLE);
	assert_int_equal(r.findings.p[5].kind, FINDING_VULNERABILITY);
	assert_int_equal(r.rules.n, 6);
	report_done(&r);
	arena_done(&a);
}

static void test_fingerprint(void **state)
{
	struct arena a;
	struct report r;
	struct err err;
	bool uncovered;

	(void)state;
	fixture_report(&r, &a, NULL, NULL);
	(void)fixture_package(&r, PKG_NPM, "stretch", "1.0.0");
	(void)fixture_package(&r, PKG_NPM, "stretch", "2.0.0");
	(void)fixture_package(&r, PKG_NPM, "last", "1.0.0");
	assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
	assert_int_equal(r.findings.n, 3);
	assert_true(sv_eq(r.findings.p[0].fingerprint, r.findings.p[1].fingerprint));
	assert_false(sv_eq(r.findings.p[0].fingerprint, r.findings.p[2].fingerprint));
	/* the value itself is part of the contract: users store it */
	assert_sv(r.findings.p[0].fingerprint, "40db3aa15ed8b5b2520eedb7dfb2accb");
	report_done(&r);
	arena_done(&a);
}

static uint64_t uncovered_of(const struct report *r, const char *type)
{
	for (size_t i = 0; i < r->summary.uncovered.n; i++)
		if (sv_is(r->summary.uncovered.p[i].name, type))
			return r->summary.uncovered.p[i].n;
	return 0;
}

static void test_coverage(void **state)
{
	static const struct {
		const char *os, *version;
		enum pkg_type type;
		const char *pkg_version;
		bool uncovered;
		uint64_t count;
	} rows[] = {
		{"debian", "12", PKG_DEB, "1", false, 0},
		{"debian", "13", PKG_DEB, "1", true, 1},
		{"debian", "", PKG_DEB, "1", true, 1},
		{"ubuntu", "22.04", PKG_DEB, "1", true, 1},
		{"debian", "12", PKG_RPM, "1", true, 1},
		{NULL, NULL, PKG_DEB, "1", true, 1},
		{NULL, NULL, PKG_GEM, "1", false, 1},
		{NULL, NULL, PKG_GENERIC, "1", false, 1},
		{NULL, NULL, PKG_NPM, "1", false, 0},
		{NULL, NULL, PKG_GOLANG, "(devel)", false, 1},
		{NULL, NULL, PKG_NPM, "", false, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct report r;
		struct err err;
		bool uncovered = !rows[i].uncovered;
		fixture_report(&r, &a, rows[i].os, rows[i].version);
		(void)fixture_package(&r, rows[i].type, "x", rows[i].pkg_version);
		assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
		assert_int_equal(uncovered, rows[i].uncovered);
		assert_int_equal(uncovered_of(&r, pkg_types[rows[i].type].purl), rows[i].count);
		report_done(&r);
		arena_done(&a);
	}
}

/* A language package of an OS package follows the OS, but only where a feed covers that. */
static void test_owner(void **state)
{
	static const struct {
		const char *version;
		size_t findings;
	} rows[] = {{"12", 0}, {"13", 1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct report r;
		struct err err;
		bool uncovered;
		fixture_report(&r, &a, "debian", rows[i].version);
		(void)fixture_package(&r, PKG_DEB, "node-owned", "1");
		fixture_package(&r, PKG_NPM, "owned", "1.0.0")->owner = 0;
		assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
		assert_int_equal(r.findings.n, rows[i].findings);
		report_done(&r);
		arena_done(&a);
	}
}

static void test_kernel_headers(void **state)
{
	struct arena a;
	struct report r;
	struct err err;
	bool uncovered;

	(void)state;
	fixture_report(&r, &a, "debian", "12");
	fixture_package(&r, PKG_DEB, "linux-libc-dev", "6.1.20-1")->source_name = SV("linux");
	fixture_package(&r, PKG_DEB, "linux-image-6.1.0-7-amd64", "6.1.20-1")->source_name =
		SV("linux");
	assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
	assert_int_equal(r.findings.n, 1);
	assert_int_equal(r.findings.p[0].vuln->package, 1);
	assert_int_equal(r.summary.hidden, 1);
	assert_sv(r.filters.p[0].option, "kernel-headers");
	assert_int_equal(r.filters.p[0].hidden, 1);
	report_done(&r);
	arena_done(&a);

	fixture_report(&r, &a, "debian", "12");
	fixture_package(&r, PKG_DEB, "linux-libc-dev", "6.1.20-1")->source_name = SV("linux");
	const struct match_options all = {.kernel_headers = true};
	assert_int_equal(match_subject_with(db, &r, 0, &all, &uncovered, &err), 0);
	assert_int_equal(r.findings.n, 1);
	assert_int_equal(r.filters.n, 0);
	report_done(&r);
	arena_done(&a);
}

static void test_kernel_headers_rpm(void **state)
{
	struct arena a;
	struct report r;
	struct err err;
	bool uncovered;

	(void)state;
	fixture_report(&r, &a, "rocky", "9.3");
	fixture_package(&r, PKG_RPM, "kernel-headers", "5.14.0-1.el9");
	assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
	assert_int_equal(r.findings.n, 0);
	assert_int_equal(r.summary.hidden, 1);
	report_done(&r);
	arena_done(&a);
}

static void take_reason(void *arg, const struct match_reason *why)
{
	buf_fmt(arg, "%.*s|%d|%s|%.*s\n", SV_ARG(why->record), why->affected, why->why,
		SV_ARG(why->ranges));
}

static void test_explain(void **state)
{
	static const struct {
		size_t package;
		const char *id, *want;
	} rows[] = {
		{0, "CVE-2024-1111",
		 "DSA-1-1|0|the version is in no affected range|introduced 0, fixed 1:2.0-1\n"
		 "DEBIAN-CVE-2024-1111|1|the version is in an affected range|introduced 0, fixed "
		 "1:2.0-2\n"},
		{0, "CVE-2000-0001", "|0|no record of that id names this package|\n"},
		{1, "X", "|0|no feed covers this type of package|\n"},
		{2, "MAL-2024-1", "MAL-2024-1|1|the version is listed|versions 1.0.0, 1.0.1\n"},
	};
	struct arena a;
	struct report r;

	(void)state;
	fixture_report(&r, &a, "debian", "12");
	(void)fixture_package(&r, PKG_DEB, "src", "1:2.0-1");
	(void)fixture_package(&r, PKG_GEM, "x", "1");
	(void)fixture_package(&r, PKG_NPM, "evil", "1.0.0");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = {0};
		struct err err;
		assert_int_equal(match_explain(db, &r, rows[i].package, sv_of(rows[i].id),
					       take_reason, &got, &err),
				 0);
		assert_string_equal(buf_cstr(&got), rows[i].want);
		buf_done(&got);
	}
	report_done(&r);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_kernel_headers),
		cmocka_unit_test(test_kernel_headers_rpm),
		cmocka_unit_test(test_explain),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
