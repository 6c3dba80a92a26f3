#include "unit/package/sink.h"

#include "package/catalog.h"

static const char path[] = "lib/apk/db/installed";

static const char text[] =
	"C:Q1abc=\nP:musl\nV:1.2.3-r4\nA:x86_64\nL:MIT\no:musl\nF:lib\n"
	"R:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1x=\nF:usr\nF:usr/share\nR:x\n\n"
	"C:Q1abc=\nP:libcrypto1.1\nV:1.1.1d-r2\nA:x86_64\no:openssl\nF:\nR:top\n\n";

static void test_installed(void **state)
{
	(void)state;
	struct text_sink t;

	assert_int_equal(text_sink_run(&t, apk_read, path, sv_of(text)), 0);
	assert_string_equal(buf_cstr(&t.packages), "musl 1.2.3-r4 x86_64 lic=MIT\n"
						   "libcrypto1.1 1.1.1d-r2 x86_64 src=openssl/\n");
	assert_string_equal(buf_cstr(&t.owned),
			    "musl: lib/ld-musl-x86_64.so.1\nmusl: usr/lib/ld-musl-x86_64.so.1\n"
			    "musl: usr/share/x\nlibcrypto1.1: top\n");
	assert_int_equal(t.faults_n + t.notes_n, 0);
	text_sink_done(&t);
}

static void test_cut_everywhere(void **state)
{
	(void)state;
	for (size_t cut = 1; cut < sizeof text - 1; cut++) {
		struct text_sink t;
		assert_int_equal(text_sink_run(&t, apk_read, path, sv_head(sv_of(text), cut)), 0);
		bool whole = cut >= 2 && text[cut - 1] == '\n' && text[cut - 2] == '\n';
		if (whole != (t.faults_n + t.notes_n == 0))
			fail_msg("cut at %zu", cut);
		text_sink_done(&t);
	}
}

static void test_faults(void **state)
{
	(void)state;
	static const struct {
		const char *text, *packages, *fault;
	} cases[] = {
		{"P:a\n\nP:b\nV:1\n\n", "b 1 \n",
		 "lib/apk/db/installed:1: the record of package \"a\" has no version (V:)\n"},
		{"V:1\n\n", "",
		 "lib/apk/db/installed:1: the record of package \"\" has no name (P:)\n"},
		{"P:a\nV:1\nxx\nyy\n\n", "a 1 \n",
		 "lib/apk/db/installed:3: a line that is no field: \"xx\"\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct text_sink t;
		assert_int_equal(text_sink_run(&t, apk_read, path, sv_of(cases[i].text)), 0);
		assert_string_equal(buf_cstr(&t.packages), cases[i].packages);
		assert_string_equal(buf_cstr(&t.faults), cases[i].fault);
		text_sink_done(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_installed),
		cmocka_unit_test(test_cut_everywhere),
		cmocka_unit_test(test_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
