/* Unified diffs: against expected texts, and applied again over many random changes. */
#include "unit/test.h"

#include "audit/diff.h"

static const struct {
	const char *before, *after, *want;
} cases[] = {
	{"a\nb\n", "a\nb\n", ""},
	{"a\nb\nc\n", "a\nx\nc\n", "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
	{"", "a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"},
	{"a\n", "", "--- a/f\n+++ b/f\n@@ -1 +0,0 @@\n-a\n"},
	{"a", "a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
	{"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n5\n6\n7\n8\n9\n",
	 "--- a/f\n+++ b/f\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n 6\n 7\n"},
	/* two hunks, and changes near enough to be one */
	{"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "x\n2\n3\n4\n5\n6\n7\n8\ny\n",
	 "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+y\n"},
	{"1\n2\n3\n4\n5\n6\n7\n8\n", "x\n2\n3\n4\n5\n6\n7\ny\n",
	 "--- a/f\n+++ b/f\n@@ -1,8 +1,8 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+y\n"},
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(buf_done) struct buf out = {0};
		diff_unified(&out, SV("f"), sv_of(cases[i].before), sv_of(cases[i].after));
		assert_string_equal(buf_cstr(&out), cases[i].want);
	}
}

static void test_names(void **state)
{
	auto_done(buf_done) struct buf out = {0};

	(void)state;
	diff_unified(&out, SV("/etc/\x1b[1m\n"), SV("a\n"), SV("b\n"));
	assert_true(sv_starts(buf_view(&out), SV("--- a/etc/\\u{1b}[1m\\u{a}\n+++ b/etc/")));
}

/* The lines of `before` that the hunks keep, and those they add, are `after`. */
static void apply(struct sv before, struct sv diff, struct buf *out)
{
	struct sv line, old;
	size_t at = 1;

	while (sv_line(&diff, &line)) {
		if (sv_starts(line, SV("---")) || sv_starts(line, SV("+++")))
			continue;
		if (sv_starts(line, SV("@@ -"))) {
			struct sv rest = sv_from(line, 4), from = sv_cut(&rest, ' ');
			uint64_t start = 0, n = 1;
			struct sv number = sv_cut(&from, ',');
			assert_true(sv_u64(number, &start));
			if (from.n)
				assert_true(sv_u64(from, &n));
			for (; at < start + (n == 0); at++) {
				assert_true(sv_line(&before, &old));
				buf_sv(out, old);
				buf_char(out, '\n');
			}
			continue;
		}
		if (line.p[0] != '+') {
			assert_true(sv_line(&before, &old));
			assert_true(sv_eq(old, sv_from(line, 1)));
			at++;
		}
		if (line.p[0] != '-') {
			buf_sv(out, sv_from(line, 1));
			buf_char(out, '\n');
		}
	}
	buf_sv(out, before);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

static void test_random(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (size_t round = 0; round < 500; round++) {
		auto_done(buf_done) struct buf a = {0}, b = {0}, diff = {0}, got = {0};
		uint32_t lines = next(&seed) % 60, rate = 1 + next(&seed) % 10;
		for (uint32_t i = 0; i < lines; i++) {
			uint32_t word = next(&seed) % 6;
			buf_fmt(&a, "%u\n", word);
			if (next(&seed) % rate != 0)
				buf_fmt(&b, "%u\n", word);
			if (next(&seed) % rate == 0)
				buf_fmt(&b, "%u\n", next(&seed) % 6);
		}
		diff_unified(&diff, SV("f"), buf_view(&a), buf_view(&b));
		apply(buf_view(&a), buf_view(&diff), &got);
		assert_true(sv_eq(buf_view(&got), buf_view(&b)));
	}
}

/* Too different for a search: still a diff, in bounded time. */
static void test_large(void **state)
{
	auto_done(buf_done) struct buf a = {0}, b = {0}, diff = {0}, got = {0};

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		buf_fmt(&a, "a%u\n", i);
		buf_fmt(&b, "b%u\n", i);
	}
	diff_unified(&diff, SV("f"), buf_view(&a), buf_view(&b));
	apply(buf_view(&a), buf_view(&diff), &got);
	assert_true(sv_eq(buf_view(&got), buf_view(&b)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
