#include "unit/package/lang.h"

#include "package/python.h"

static const char metadata[] =
	"Metadata-Version: 2.1\r\nName: Flask_SQL.Alchemy\r\nVersion: 3.0.2\r\n"
	"License: UNKNOWN\r\n folded: no header\r\nVersion: 9\r\n\r\nName: body\r\n";

static const struct lang_case dists[] = {
	{"lib/Flask_SQL.Alchemy-3.0.2.dist-info/METADATA", metadata, "flask-sql-alchemy 3.0.2\n",
	 NULL},
	{"a.dist-info/METADATA",
	 "Name: a\nVersion: 1\nLicense: BSD\nLicense-Expression: MIT OR Apache-2.0\n",
	 "a 1 lic=MIT OR Apache-2.0\n", NULL},
	{"a.egg-info", "Name: a\nVersion: 1\nClassifier: License :: OSI Approved :: MIT License\n",
	 "a 1 lic=MIT License\n", NULL},
	/* what the file does not say, its path may */
	{"x/Foo.Bar-1.2.dist-info/METADATA", "Metadata-Version: 2.1\n\nbody\n", "foo-bar 1.2\n",
	 NULL},
	{"x/Foo-1.2-py3.11.egg/EGG-INFO/PKG-INFO", "Summary: x\n", "foo 1.2\n", NULL},
	{"x/Foo-1.2-py3.11.egg-info", "Name: Foo\n", "foo 1.2\n", NULL},
	{"x/foo.egg-info/PKG-INFO", "Name: foo\n", "",
	 "error x/foo.egg-info/PKG-INFO: Python metadata without a version\n"},
	{"METADATA", "Version: 1\n", "", "error METADATA: Python metadata without a valid name\n"},
	{"x.egg-info", "Name: a b\nVersion: 1\n", "",
	 "error x.egg-info: Python metadata without a valid name\n"},
	{"x.egg-info", "", "", "error x.egg-info: Python metadata without a version\n"},
};

static void test_dists(void **state)
{
	(void)state;
	lang_cases(python_dist_read, dists, ARRAY_LEN(dists));
}

static const char requirements[] =
	"# comment \\\n"
	"Django==4.2.1  # pinned\n"
	"requests[security,socks] == 2.31.0 ; python_version >= \"3.8\"\n"
	"-r other.txt\n"
	"--index-url https://example.org/simple\n"
	"certifi==2023.7.22 \\\n"
	"    --hash=sha256:aaaa \\\n"
	"    --hash=sha256:bbbb\n"
	"\n"
	"odd===1.0+local\n"
	"ranged>=1.0,==1.5\n"
	"legacy (==0.9)\n"
	"star==1.*\n"
	"loose>=2\n"
	"bare\n"
	"pip @ https://example.org/pip-1.0.whl\n"
	"./local==1\n"
	"-e git+https://example.org/x.git#egg=x\n"
	"Zope.Interface==5.0";

static const struct lang_case files[] = {
	{"requirements.txt", requirements,
	 "django 4.2.1 :2\nrequests 2.31.0 :3\ncertifi 2023.7.22 :6\nodd 1.0+local :10\nranged 1.5 "
	 ":11\n"
	 "legacy 0.9 :12\nzope-interface 5.0 :19\n",
	 "requirements.txt: 5 requirements without an exact version (==): not judged\n"},
	{"requirements.txt",
	 "\xef\xbb\xbf"
	 "a==1\r\nb==2\r\n",
	 "a 1 :1\nb 2 :2\n", NULL},
	{"requirements.txt", "", "", NULL},
	{"requirements.txt", "a==1 \\", "a 1 :1\n", NULL},
	{"requirements.txt", "==1\n", "", "requirements.txt:1: not a requirement\n"},
};

static void test_requirements(void **state)
{
	(void)state;
	lang_cases(requirements_read, files, ARRAY_LEN(files));
	lang_cut(requirements_read, "requirements.txt", sv_of(requirements));
}

static void test_utf16(void **state)
{
	(void)state;
	static const char little[] = "\xff\xfe"
				     "a\0=\0=\0"
				     "1\0\r\0\n\0b\0=\0=\0"
				     "2\0";
	static const char big[] = "\xfe\xff\0a\0=\0=\0"
				  "1\0\n";
	struct text_sink t;
	struct err err;

	assert_int_equal(
		lang_run(&t, requirements_read, "r.txt", sv_make(little, sizeof little - 1), &err),
		0);
	assert_string_equal(buf_cstr(&t.packages), "a 1 :1\nb 2 :2\n");
	text_sink_done(&t);
	assert_int_equal(
		lang_run(&t, requirements_read, "r.txt", sv_make(big, sizeof big - 1), &err), 0);
	assert_string_equal(buf_cstr(&t.packages), "a 1 :1\n");
	text_sink_done(&t);
	assert_true(lang_run(&t, requirements_read, "r.txt", SV("a==1\0"), &err) < 0);
	text_sink_done(&t);
}

static void test_notes_are_bounded(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct text_sink t;
	struct err err;

	for (int i = 0; i < 1000; i++)
		buf_str(&b, "==1\n");
	assert_int_equal(lang_run(&t, requirements_read, "r.txt", buf_view(&b), &err), 0);
	assert_int_equal(t.notes_n, 16);
	text_sink_done(&t);
}

static void test_names(void **state)
{
	(void)state;
	static const struct {
		const char *name, *normal;
		bool ok;
	} names[] = {
		{"Friendly-._.-Bard", "friendly-bard", true},
		{"a", "a", true},
		{"-a", "-a", false},
		{"a.", "a-", false},
		{"a b", "a b", false},
		{"", "", false},
		{"A1", "a1", true},
	};
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_sv(python_normal_name(&a, sv_of(names[i].name)), names[i].normal);
		assert_int_equal(python_name_ok(sv_of(names[i].name)), names[i].ok);
	}
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dists), cmocka_unit_test(test_requirements),
		cmocka_unit_test(test_utf16), cmocka_unit_test(test_notes_are_bounded),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
