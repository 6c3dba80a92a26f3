#include "unit/package/sink.h"

#include "package/catalog.h"
#include "package/osrelease.h"

static const struct {
	const char *path, *text, *id, *version, *name, *codename, *eol;
} cases[] = {
	{"etc/os-release",
	 "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=Debian\nVERSION_ID=\"12\"\n"
	 "VERSION_CODENAME=bookworm\nID=debian\n",
	 "debian", "12", "Debian GNU/Linux 12 (bookworm)", "bookworm", "2028-06-30"},
	{"usr/lib/os-release", "ID=alpine\nVERSION_ID=3.18.4\n", "alpine", "3.18.4", "", "",
	 "2025-05-09"},
	{"usr/lib/os-release", "ID=alpine\nVERSION_ID=3.22.0_alpha20250108\n", "alpine", "edge", "",
	 "", ""},
	{"etc/os-release", "ID=alpine\n", NULL, "", "", "", ""},
	{"etc/os-release", "VERSION_ID=12\nNAME=Debian\n", NULL, "", "", "", ""},
	{"etc/os-release", "ID=mine\nVERSION_ID=9\nID_LIKE=\"other rhel fedora\"\n", "rhel", "9",
	 "", "", "2032-05-31"},
	{"etc/os-release", "ID=mine\nVERSION_ID=9\n", NULL, "", "", "", ""},
	{"etc/os-release", "ID=arch\n", "arch", "", "", "", ""},
	{"etc/os-release",
	 "  ID='ubuntu' \n\tVERSION_ID=\"20.04\"\n#ID=debian\nPRETTY_NAME=\"a \\\"b\\\" \\$c\"\n",
	 "ubuntu", "20.04", "a \"b\" $c", "", "2025-05-29"},
	{"etc/os-release", "ID=debian\nVERSION_ID=11\nID=\"ubuntu\"\nVERSION_ID=22.04", "ubuntu",
	 "22.04", "", "", "2027-06-01"},
	{"etc/os-release", "NAME=\"CentOS Stream\"\nID=\"centos\"\nVERSION_ID=\"9\"\n",
	 "centos-stream", "9", "CentOS Stream", "", "2027-05-31"},
	{"etc/os-release", "ID=\"amzn\"\nVERSION_ID=\"2023\"\n", "amazon", "2023", "", "",
	 "2029-06-30"},
	{"etc/os-release", "ID=\"ol\"\nVERSION_ID=\"8.10\"\n", "oracle", "8.10", "", "",
	 "2029-07-31"},
	{"etc/lsb-release",
	 "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_CODENAME=lucid\nDISTRIB_DESCRIPTION="
	 "\"Ubuntu 10.04 LTS\"\n",
	 "ubuntu", "10.04", "Ubuntu 10.04 LTS", "lucid", "2015-04-30"},
	{"etc/debian_version", "9.8\n", "debian", "9.8", "", "", "2022-06-30"},
	{"etc/debian_version", "buster/sid\n", "debian", "buster/sid", "", "buster", ""},
	{"etc/debian_version", "", NULL, "", "", "", ""},
	{"etc/alpine-release", "3.10.4\n", "alpine", "3.10.4", "", "", "2021-05-01"},
	{"etc/redhat-release", "Red Hat Enterprise Linux Atomic Host release 7.9 \n", "rhel", "7.9",
	 "Red Hat Enterprise Linux Atomic Host release 7.9", "", "2024-06-30"},
	{"etc/centos-release", "CentOS Linux release 7.6.1810 (Core) \n", "centos", "7.6.1810",
	 "CentOS Linux release 7.6.1810 (Core)", "", "2024-06-30"},
	{"etc/centos-release", "CentOS Linux release unknown\n", NULL, "", "", "", ""},
	{"etc/foo-release", "Foo release 1\n", NULL, "", "", "", ""},
	{"etc/system-release-cpe", "cpe:/o:centos:linux:6:GA", "centos", "6", "", "", "2020-11-30"},
	{"etc/passwd", "ID=debian\nVERSION_ID=12\n", NULL, "", "", "", ""},
};

static void test_identify(void **state)
{
	(void)state;
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = {0};
		struct os os = {0};
		int rc = os_identify(sv_of(cases[i].path), sv_of(cases[i].text), &a, &os, &err);
		if (rc != (cases[i].id != NULL))
			fail_msg("row %zu: %d", i, rc);
		if (!cases[i].id)
			continue;
		assert_sv(os.id, cases[i].id);
		assert_sv(os.version, cases[i].version);
		assert_sv(os.name, cases[i].name);
		assert_sv(os.codename, cases[i].codename);
		assert_sv(os.eol, cases[i].eol);
		assert_sv(os.path, cases[i].path);
	}
	arena_done(&a);
}

static void test_long_field_is_refused(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct text_sink t;

	buf_str(&b, "ID=debian\nVERSION_ID=");
	buf_fill(&b, '1', 70000);
	assert_int_equal(text_sink_run(&t, os_release_read, "etc/os-release", buf_view(&b)),
			 -ERR_LIMIT);
	assert_string_equal(buf_cstr(&t.os_text), "");
	text_sink_done(&t);
	assert_int_equal(text_sink_run(&t, os_release_read, "etc/os-release",
				       SV("ID=wolfi\nVERSION_ID=20230201")),
			 0);
	assert_string_equal(buf_cstr(&t.os_text), "wolfi 20230201\n");
	text_sink_done(&t);
}

static void test_rank(void **state)
{
	(void)state;
	static const char *const order[] = {
		"etc/os-release",     "usr/lib/os-release",     "etc/alpine-release",
		"etc/oracle-release", "etc/redhat-release",     "etc/lsb-release",
		"etc/debian_version", "etc/system-release-cpe", "etc/passwd",
	};

	for (size_t i = 1; i < ARRAY_LEN(order); i++)
		assert_true(os_rank(sv_of(order[i - 1])) < os_rank(sv_of(order[i])));
	/* every file that counts is routed here */
	for (size_t i = 0; i + 1 < ARRAY_LEN(order); i++) {
		size_t row = cataloger_route(sv_of(order[i]), 0);
		assert_true(row < catalogers_n);
		assert_string_equal(catalogers[row].id, "os-release");
	}
}

static void test_release(void **state)
{
	(void)state;
	assert_sv(os_release_of(SV("alpine"), SV("3.18.4")), "3.18");
	assert_sv(os_release_of(SV("alpine"), SV("3")), "3");
	assert_sv(os_release_of(SV("debian"), SV("9.8")), "9");
	assert_sv(os_release_of(SV("ubuntu"), SV("22.04.1")), "22.04");
	assert_sv(os_release_of(SV("other"), SV("1.2.3")), "1.2.3");
	assert_sv(os_eol(SV("sles"), SV("15")), "2019-12-31");
	assert_sv(os_eol(SV("sles"), SV("15.9")), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identify),
		cmocka_unit_test(test_long_field_is_refused),
		cmocka_unit_test(test_rank),
		cmocka_unit_test(test_release),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
