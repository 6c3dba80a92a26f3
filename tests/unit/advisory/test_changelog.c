#include "unit/test.h"

#include "advisory/changelog.h"
#include "base/clock.h"

static const char text[] =
	"openssl (3.0.17-1~deb12u2) bookworm-security; urgency=medium\n"
	"\n"
	"  * CVE-2025-9230 (Out-of-bounds read), cve-2025-9232, CVE-2023-5363 again\n"
	"\n"
	" -- A B <a@b.org>  Fri, 26 Sep 2025 22:13:33 +0200\n"
	"\n"
	"openssl (3.0.17-1) unstable; urgency=medium\n"
	"\n"
	"  * CVE-2025-1111, fixed in unstable only as far as this file says\n"
	"\n"
	" -- A B <a@b.org>  Tue, 01 Jul 2025 00:00:00 +0200\n"
	"\n"
	"openssl (3.0.11-1~deb12u2) bookworm-security; urgency=medium\n"
	"\n"
	"  * CVE-2023-5363 (Incorrect cipher key & IV length processing)\n"
	"\n"
	" -- A B <a@b.org>  Mon, 23 Oct 2023 19:52:22 +0200\n"
	"\n"
	"openssl (3.0.9-1+deb12u0) UNRELEASED; urgency=medium\n"
	"  * CVE-2023-0001\n"
	"openssl (3.0.9-0) bookworm; urgency=medium\n"
	"  * CVE-2023-0002 CVE-20230-1 CVE-2023-123 xCVE-2023-0003-CVE-2023-1234567890123\n"
	" -- A B\n"
	"openssl (3.0.8-1~bpo12+1) bookworm-backports; urgency=medium\n"
	"  * CVE-2023-0004\n"
	" -- A B <a@b.org>  Mon, 3 Apr 2023 19:52:22 +0200\n"
	"openssl (3.0.8-1) unstable; urgency=medium\n"
	"  * CVE-2023-0005";

static const struct changelog_release bookworm = {{"bookworm", 8}, {"12", 2}};

static void test_entries(void **state)
{
	(void)state;
	struct sv rest = sv_of(text);
	struct changelog_entry e;
	size_t n = 0;

	assert_true(changelog_next(&rest, &e));
	assert_sv(e.source, "openssl");
	assert_sv(e.version, "3.0.17-1~deb12u2");
	assert_sv(e.suites, "bookworm-security");
	assert_sv(e.date, "Fri, 26 Sep 2025 22:13:33 +0200");
	assert_true(sv_find(e.body, SV("cve-2025-9232")) != SIZE_MAX);
	assert_true(sv_find(e.body, SV("CVE-2025-1111")) == SIZE_MAX);
	for (n = 1; changelog_next(&rest, &e); n++)
		;
	assert_int_equal(n, 7);
	assert_sv(e.version, "3.0.8-1");
	assert_sv(e.date, "");
	assert_true(sv_find(e.body, SV("CVE-2023-0005")) != SIZE_MAX);
}

static void test_facts(void **state)
{
	(void)state;
	static const struct {
		const char *cve, *version, *date;
	} expected[] = {
		{"CVE-2023-0001", "3.0.9-1+deb12u0", ""},
		{"CVE-2023-0002", "3.0.9-0", ""},
		{"CVE-2023-0003", "3.0.9-0", ""},
		{"CVE-2023-5363", "3.0.11-1~deb12u2", "2023-10-23"},
		{"CVE-2025-9230", "3.0.17-1~deb12u2", "2025-09-26"},
		{"CVE-2025-9232", "3.0.17-1~deb12u2", "2025-09-26"},
	};
	struct arena a;
	struct err err;
	struct changelog_facts facts = {0};

	arena_init(&a, 0);
	assert_int_equal(changelog_facts(&a, sv_of(text), &bookworm, &facts, &err), 0);
	assert_int_equal(facts.n, ARRAY_LEN(expected));
	for (size_t i = 0; i < facts.n; i++) {
		auto_done(buf_done) struct buf date = {0};
		assert_sv(facts.p[i].source, "openssl");
		assert_sv(facts.p[i].cve, expected[i].cve);
		assert_sv(facts.p[i].version, expected[i].version);
		if (facts.p[i].days != INT64_MIN)
			clock_fmt_date(&date, facts.p[i].days * 86400);
		assert_string_equal(buf_cstr(&date), expected[i].date);
	}
	vec_done(&facts);
	arena_done(&a);
}

/* Suites and marks of other releases do not count. */
static void test_other_release(void **state)
{
	(void)state;
	static const char other[] =
		"a (1+deb11u1) bullseye-security; urgency=high\n  * CVE-2023-1000\n"
		"a (1deb12u1) sid; urgency=high\n  * CVE-2023-1001\n"
		"a (1+deb12v1) bookwormish; urgency=high\n  * CVE-2023-1002\n"
		"a (1+deb121u1) sid; urgency=high\n  * CVE-2023-1003\n"
		"a (1) sid bookworm-proposed-updates; urgency=high\n  * CVE-2023-1004\n";
	struct arena a;
	struct err err;
	struct changelog_facts facts = {0};

	arena_init(&a, 0);
	assert_int_equal(changelog_facts(&a, sv_of(other), &bookworm, &facts, &err), 0);
	assert_int_equal(facts.n, 1);
	assert_sv(facts.p[0].cve, "CVE-2023-1004");
	vec_done(&facts);
	arena_done(&a);
}

static void test_none(void **state)
{
	(void)state;
	static const char *const none[] = {
		"",
		"Release notes CVE-2023-1000",
		"a (1 2) sid; u=l",
		"a () sid; u=l",
		"a (1) sid",
		" a (1) sid; u=l",
		"a; (1) sid",
	};
	struct arena a;
	struct err err;
	struct changelog_facts facts = {0};

	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(changelog_facts(&a, sv_of(none[i]), &bookworm, &facts, &err),
				 -ERR_PARSE);
	assert_int_equal(facts.n, 0);
	arena_done(&a);
}

static void test_dates(void **state)
{
	(void)state;
	int64_t days;

	assert_true(changelog_date(SV("Thu, 01 Jan 1970 00:00:00 +0000"), &days));
	assert_int_equal(days, 0);
	assert_true(changelog_date(SV("Tue,  24 November 2026"), &days));
	assert_int_equal(days, clock_days(2026, 11, 24));
	assert_false(changelog_date(SV("Tue, 24 Foo 2026"), &days));
	assert_false(changelog_date(SV("Tue, 24 anF 2026"), &days));
	assert_false(changelog_date(SV("2026-11-24"), &days));
	assert_false(changelog_date(SV(""), &days));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),       cmocka_unit_test(test_facts),
		cmocka_unit_test(test_other_release), cmocka_unit_test(test_none),
		cmocka_unit_test(test_dates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
