#include "unit/test.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "report/progress.h"

static void test_bytes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{0, "0 B"},
		{999, "999 B"},
		{1000, "1.0 kB"},
		{1234, "1.2 kB"},
		{9949, "9.9 kB"},
		{9999, "10 kB"},
		{999499, "999 kB"},
		{999501, "1.0 MB"},
		{334000000, "334 MB"},
		{UINT64_MAX, "18 EB"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(buf_done) struct buf b = {0};
		bytes_text(&b, cases[i].bytes);
		assert_string_equal(buf_cstr(&b), cases[i].text);
	}
}

static void test_text(void **state)
{
	static const struct {
		uint64_t done, total, items, items_total;
		int64_t seconds;
		const char *text;
	} cases[] = {
		{0, 0, 0, 0, 0, "x  0 B"},
		{120000000, 360000000, 3, 7, 1,
		 "x  3/7 layers  120 MB of 360 MB  120 MB/s  2 s left"},
		{0, 0, 30, 7000, 1, "x  30/7000 layers"},
		{120000000, 0, 0, 0, 2, "x  120 MB  60 MB/s"},
		{10, 5, 0, 0, 1, "x  10 B  10 B/s"},
		{10, 10000, 0, 0, 1, "x  10 B of 10 kB  10 B/s  16 min 39 s left"},
		{1, 1000000, 0, 0, 1, "x  1 B of 1.0 MB  1 B/s  99 h 59 min left"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(buf_done) struct buf b = {0};
		struct progress p = {.what = "x",
				     .unit = "layers",
				     .done = cases[i].done,
				     .total = cases[i].total,
				     .items = cases[i].items,
				     .items_total = cases[i].items_total};
		progress_text(&b, &p, cases[i].seconds * 1000000000);
		assert_string_equal(buf_cstr(&b), cases[i].text);
	}
}

/* A line is drawn, cleared before a log line and at the end; names from outside are safe. */
static void test_line(void **state)
{
	char *bytes = NULL;
	size_t n = 0;
	struct progress p;

	(void)state;
	progress_begin(&p, PROGRESS_LINE, SV("a\x1b[2Jb"), 100, 2, "layers");
	p.to = open_memstream(&bytes, &n);
	p.width = 30;
	progress_update(&p, 1, 0);
	(void)fflush(p.to);
	assert_int_equal(n, 0); /* the first half second is quiet */
	p.drawn = 0;
	progress_update(&p, 50, 1);
	assert_true(p.visible);
	assert_true(sv_starts(sv_make(bytes, n), SV("\r\x1b[Ka\\u{1b}[2Jb  1/2 lay")));
	assert_int_equal(text_width(sv_make(bytes + 4, n - 4)), 29);
	assert_non_null(log_before_line);
	log_before_line();
	assert_false(p.visible);
	assert_true(sv_ends(sv_make(bytes, n), SV("\r\x1b[K")));
	progress_end(&p);
	assert_null(log_before_line);
	assert_int_equal(fclose(p.to), 0);
	free(bytes);
}

static void test_lines(void **state)
{
	char *bytes = NULL;
	size_t n = 0;
	struct progress p;

	(void)state;
	progress_begin(&p, PROGRESS_LINES, SV("web"), 100, 0, "");
	p.to = open_memstream(&bytes, &n);
	p.drawn = 0;
	progress_update(&p, 50, 0);
	progress_update(&p, 60, 0); /* too soon */
	progress_end(&p);
	assert_int_equal(fclose(p.to), 0);
	assert_true(sv_starts(sv_make(bytes, n), SV("gabion: web  50 B of 100 B")));
	assert_int_equal(sv_find_char(sv_make(bytes, n), '\n'), n - 1);
	free(bytes);
	assert_int_equal(progress_mode_of(2, false), PROGRESS_OFF);
	assert_int_equal(progress_mode_of(1, false), PROGRESS_LINES);
	assert_int_equal(progress_mode_of(1, true), PROGRESS_OFF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
