#include "unit/package/sink.h"

#include "package/catalog.h"

static const char status_path[] = "var/lib/dpkg/status";

static void test_status(void **state)
{
	(void)state;
	static const char text[] =
		"Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc\n"
		"Version: 2.36-9+deb12u4\nDescription: GNU C Library\n Version: folded, no field\n "
		".\n more\n\n"
		"Package: old\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n\n"
		"Package: gone\nStatus: purge ok not-installed\n\n\n"
		"package: libssl3\nstatus: install ok half-configured\nversion: 3.0.9-1\n"
		"Source: openssl (3.0.9-1+b1)\nArchitecture: arm64\n\n"
		"Package: held\nStatus: hold ok triggers-pending\nVersion: 1:2\nArchitecture: "
		"all\n\n"
		"Package: first\nStatus: install reinstreq half-installed\nArchitecture: all\n\n"
		"Package: self\nStatus: install ok unpacked\nVersion: 1-2+b1\nSource: self "
		"(1-2)\n\n";
	struct text_sink t;

	assert_int_equal(text_sink_run(&t, dpkg_read, status_path, sv_of(text)), 0);
	assert_string_equal(buf_cstr(&t.packages), "libc6 2.36-9+deb12u4 amd64 src=glibc/\n"
						   "libssl3 3.0.9-1 arm64 src=openssl/3.0.9-1+b1\n"
						   "held 1:2 all\n"
						   "self 1-2+b1  src=self/1-2\n");
	assert_int_equal(t.faults_n, 0);
	assert_int_equal(t.notes_n, 0);
	text_sink_done(&t);
}

static void test_faults(void **state)
{
	(void)state;
	static const struct {
		const char *path, *text, *packages, *fault;
	} cases[] = {
		{status_path,
		 "Package: a\nVersion: 1\n\nPackage: b\nStatus: install ok installed\nVers",
		 "a 1 \n",
		 "var/lib/dpkg/status:6: a line that is no field: \"Vers\"\n"
		 "var/lib/dpkg/status:6: the file is cut: its last line has no end\n"},
		{status_path,
		 "Package: a\nVersion: 1\n\nPackage: b\nStatus: install ok installed\n\n", "a 1 \n",
		 "var/lib/dpkg/status:4: the record of package b has no Version field\n"},
		{status_path, "Package: a\nVersion: 1\nDescription: cut he", "a 1 \n",
		 "var/lib/dpkg/status:3: the file is cut: its last line has no end\n"},
		{status_path, "Version: 1\n\nPackage: b\nVersion: 2\n\n", "b 2 \n",
		 "var/lib/dpkg/status:1: a package record has no Package field\n"},
		{status_path, "Package: b\nStatus: install ok bogus\nVersion: 2\n\n", "b 2 \n",
		 "var/lib/dpkg/status:1: package b has the unknown status \"install ok bogus\"\n"},
		{"var/lib/dpkg/status.d/a", "Package: a\nVersion: 1\nArchitecture: all",
		 "a 1 all\n", ""},
		{"var/lib/dpkg/status.d/a.md5sums", "0123456789abcdef0123456789abcdef  bin/x\n", "",
		 ""},
		{status_path, "", "", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct text_sink t;
		assert_int_equal(text_sink_run(&t, dpkg_read, cases[i].path, sv_of(cases[i].text)),
				 0);
		assert_string_equal(buf_cstr(&t.packages), cases[i].packages);
		assert_string_equal(buf_cstr(&t.faults), cases[i].fault);
		text_sink_done(&t);
	}
}

static void test_no_blank_line_is_noted(void **state)
{
	(void)state;
	struct text_sink t;

	assert_int_equal(text_sink_run(&t, dpkg_read, status_path, SV("Package: a\nVersion: 1\n")),
			 0);
	assert_int_equal(t.notes_n, 1);
	assert_int_equal(t.faults_n, 0);
	text_sink_done(&t);
}

static void test_garbage_is_bounded(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct text_sink t;

	for (size_t i = 0; i < 1000; i++)
		buf_str(&b, "\x1b[31m\n\n");
	assert_int_equal(text_sink_run(&t, dpkg_read, status_path, buf_view(&b)), -ERR_PARSE);
	assert_int_equal(t.faults_n, 20);
	text_sink_done(&t);
}

/* A status cut anywhere is never taken for a whole one, except where a record ends. */
static void test_cut_everywhere(void **state)
{
	(void)state;
	static const char text[] =
		"Package: a\nStatus: install ok installed\nVersion: 1\nDescription: x\n\n"
		"Package: b\nStatus: install ok installed\nVersion: 2\nDescription: y\n z\n\n";

	for (size_t cut = 1; cut < sizeof text - 1; cut++) {
		struct text_sink t;
		assert_int_equal(
			text_sink_run(&t, dpkg_read, status_path, sv_head(sv_of(text), cut)), 0);
		bool whole = cut >= 2 && text[cut - 1] == '\n' && text[cut - 2] == '\n';
		if (whole != (t.faults_n + t.notes_n == 0))
			fail_msg("cut at %zu", cut);
		text_sink_done(&t);
	}
}

static void test_files(void **state)
{
	(void)state;
	struct text_sink t;

	assert_int_equal(text_sink_run(&t, dpkg_files_read, "var/lib/dpkg/info/libc6:amd64.list",
				       SV("/.\n/lib\n/lib/ld.so\n/usr\n/usr/share\n/usr/share/"
					  "empty\n/usr/sharex\n")),
			 0);
	assert_string_equal(buf_cstr(&t.owned), "libc6: lib/ld.so\nlibc6: usr/lib/ld.so\n"
						"libc6: usr/share/empty\nlibc6: usr/sharex\n");
	text_sink_done(&t);
	assert_int_equal(text_sink_run(&t, dpkg_files_read, "var/lib/dpkg/status.d/libssl3.md5sums",
				       SV("0123456789abcdef0123456789abcdef  usr/lib/libssl.so.3\n"
					  "0123456789abcdef0123456789abcdef  ./usr/x y\n\n")),
			 0);
	assert_string_equal(buf_cstr(&t.owned), "libssl3: usr/lib/libssl.so.3\nlibssl3: usr/x y\n");
	text_sink_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_no_blank_line_is_noted),
		cmocka_unit_test(test_garbage_is_bounded),
		cmocka_unit_test(test_cut_everywhere),
		cmocka_unit_test(test_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
