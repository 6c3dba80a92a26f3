/* Regular expressions: what is accepted, what matches where, limits, and time on hostile patterns.
 * RE2's answers to far more are in tests/interop/regex-re2.c. */
#include "unit/test.h"

#include <stdio.h>
#include <time.h>

#include "rule/regex/regex-int.h"

static struct regex_scratch *scratch;

static int set_up(void **state)
{
	(void)state;
	scratch = regex_scratch_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	regex_scratch_free(scratch);
	return 0;
}

static const struct regex *compile(struct arena *a, struct sv pattern)
{
	const struct regex *re = NULL;
	struct err err = {0};

	if (regex_compile(a, pattern, 0, &re, &err) != 0)
		fail_msg("%.*s: %s", SV_ARG(pattern), err.msg);
	return re;
}

static bool matches(struct sv pattern, struct sv text)
{
	auto_done(arena_done) struct arena a = {0};

	return regex_matches(compile(&a, pattern), scratch, text);
}

static void test_matches(void **state)
{
	static const struct {
		struct sv pattern, text;
		bool yes;
	} rows[] = {
		{SV(""), SV(""), true},
		{SV("abc"), SV("xabcx"), true},
		{SV("abc"), SV("ab"), false},
		{SV("^abc"), SV("abcd"), true},
		{SV("^abc"), SV("xabc"), false},
		{SV("abc$"), SV("xabc"), true},
		{SV("abc$"), SV("abcx"), false},
		{SV("^abc$"), SV("abc"), true},
		{SV("^abc$"), SV("abcabc"), false},
		{SV("(?:)^abc"), SV("xabc"), false},
		{SV("a$b"), SV("ab"), false},
		{SV("(?i)straSSe"), SV("STRASSE"), true},
		{SV("(?i)k"), SV("\xe2\x84\xaa"), true}, /* KELVIN SIGN */
		{SV("(?i)[^k]"), SV("\xe2\x84\xaa"), false},
		{SV("^.$"), SV("\xf0\x9f\x98\x80"), true},
		{SV("^..$"), SV("\xf0\x9f\x98\x80"), false},
		{SV("^.$"), SV("\n"), false},
		{SV("(?s)^.$"), SV("\n"), true},
		{SV("(?m)^b$"), SV("a\nb\nc"), true},
		{SV("^b$"), SV("a\nb\nc"), false},
		{SV("\\bfoo\\b"), SV("a foo."), true},
		{SV("\\bfoo\\b"), SV("afoo"), false},
		{SV("^\\p{Greek}+$"), SV("\xce\xb1\xce\xb2"), true},
		{SV("^\\p{Han}\\P{Han}$"),
		 SV("\xe4\xb8\xad"
		    "a"),
		 true},
		{SV("^[[:alpha:]]+[^[:alpha:]]$"), SV("ab1"), true},
		{SV("^\\Qa.b\\E$"), SV("a.b"), true},
		{SV("^\\Qa.b\\E$"), SV("axb"), false},
		{SV("a\\x00b"), SV("a\0b"), true},
		{SV("a\0b"), SV("a\0b"), true},
		{SV("^a{2,3}$"), SV("aaaa"), false},
		{SV("^a{2,3}$"), SV("aaa"), true},
		{SV("^a{,2}$"), SV("a{,2}"), true},
		{SV("[^\\x00-\\x{10FFFF}]"), SV("a"), false},
		{SV("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"), SV("my-name-1"), true},
		{SV("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"), SV("my-name-"), false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (matches(rows[i].pattern, rows[i].text) != rows[i].yes)
			fail_msg("row %zu: %.*s", i, SV_ARG(rows[i].pattern));
}

/* A byte that is no character is U+FFFD to the pattern, and one byte long. */
static void test_not_utf8(void **state)
{
	static const struct {
		struct sv pattern, text;
		bool yes;
	} rows[] = {
		{SV("^.$"), SV("\xff"), true},
		{SV("^..$"), SV("\xe2\x82"), true},
		{SV("^a.b$"),
		 SV("a\x80"
		    "b"),
		 true},
		{SV("^\\x{FFFD}$"), SV("\xc0"), true},
		{SV("\\x{FFFD}"), SV("\xc0"), true},
		{SV("^[^a]$"), SV("\xed"), true},
		{SV("\\w|[a-\\x{FFFC}]"), SV("\xfe\xff"), false},
		{SV("\\x{e9}"), SV("\xe9"), false},
		{SV("^.{3}$"), SV("\xed\xa0\x80"), true}, /* a surrogate */
	};
	auto_done(arena_done) struct arena a = {0};
	struct regex_span span[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (matches(rows[i].pattern, rows[i].text) != rows[i].yes)
			fail_msg("row %zu: %.*s", i, SV_ARG(rows[i].pattern));
	assert_true(regex_search(compile(&a, SV("(.)b")), scratch,
				 SV("\xff\xe2\x82"
				    "b"),
				 0, span, 2));
	assert_int_equal(span[0].start, 2);
	assert_int_equal(span[0].end, 4);
	assert_int_equal(span[1].end, 3);
}

static void test_search(void **state)
{
	static const struct {
		const char *pattern, *text;
		size_t from;
		const char *want;
	} rows[] = {
		{"a|ab", "xab", 0, "1-2"},
		{"ab|a", "xab", 0, "1-3"},
		{"a*", "baa", 0, "0-0"},
		{"a*", "baa", 1, "1-3"},
		{"a*?", "aa", 0, "0-0"},
		{"a+?", "aa", 0, "0-1"},
		{"(?U)a+", "aa", 0, "0-1"},
		{"(a)|(b)", "b", 0, "0-1 - 0-1"},
		{"(a+)(a+)", "aaaa", 0, "0-4 0-3 3-4"},
		{"(a+?)(a+)", "aaaa", 0, "0-4 0-1 1-4"},
		{"(a|ab)(c|bcd)(d*)", "abcd", 0, "0-4 0-1 1-4 4-4"},
		{"(?P<year>\\d{4})-(?<month>\\d\\d)", "on 2024-05", 0, "3-10 3-7 8-10"},
		{"^a", "aa", 1, "none"},
		{"\\ba", "aa", 1, "none"},
		{"$", "ab", 0, "2-2"},
		{"b", "abcb", 2, "3-4"},
		{"^ab$", "ab", 0, "0-2"},
		{"ab$", "abab", 0, "2-4"},
		{"(a{0})b", "ab", 0, "1-2 1-1"},
		{"(a){0}b", "ab", 0, "1-2 -"},
		{"(a*)*", "b", 0, "0-0 0-0"},
		{"(|a)*", "aa", 0, "0-0 0-0"},
		{"(a|)+", "aa", 0, "0-2 1-2"},
		{".", "\xc3\xa9x", 1, "2-3"}, /* from within a character */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf b = {0};
		const struct regex *re = compile(&a, sv_of(rows[i].pattern));
		struct regex_span s[6];

		if (!regex_search(re, scratch, sv_of(rows[i].text), rows[i].from, s, 6))
			buf_str(&b, "none ");
		else
			for (unsigned k = 0; k <= regex_groups(re); k++)
				s[k].start == SIZE_MAX
					? buf_str(&b, "- ")
					: buf_fmt(&b, "%zu-%zu ", s[k].start, s[k].end);
		b.p[b.n - 1] = '\0';
		if (strcmp(b.p, rows[i].want) != 0)
			fail_msg("%s on %s: %s", rows[i].pattern, rows[i].text, b.p);
	}
}

static void test_spans_beyond_groups(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	struct regex_span s[3] = {{7, 7}, {7, 7}, {7, 7}};

	(void)state;
	assert_true(regex_search(compile(&a, SV("b")), scratch, SV("abc"), 0, s, 2));
	assert_int_equal(s[0].start, 1);
	assert_int_equal(s[1].start, SIZE_MAX);
	assert_int_equal(s[2].start, 7);
	assert_false(regex_search(compile(&a, SV("")), scratch, SV("abc"), 4, s, 1));
	assert_true(regex_search(compile(&a, SV("")), scratch, SV("abc"), 3, s, 1));
	assert_int_equal(s[0].end, 3);
}

static void test_ignore_case(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	const struct regex *re, *plain;
	struct err err;

	(void)state;
	/* one pattern under two flags in one scratch */
	assert_int_equal(regex_compile(&a, SV("^[a-c]+$"), REGEX_IGNORE_CASE, &re, &err), 0);
	assert_int_equal(regex_compile(&a, SV("^[a-c]+$"), 0, &plain, &err), 0);
	assert_true(regex_matches(re, scratch, SV("aBC")));
	assert_false(regex_matches(plain, scratch, SV("aBC")));
	assert_true(regex_matches(re, scratch, SV("CBA")));
}

static void test_refused(void **state)
{
	static const struct {
		const char *pattern, *where, *msg;
	} rows[] = {
		{"a(b", "offset 1", "missing )"},
		{"ab)", "offset 2", "unexpected )"},
		{"a[b", "offset 1", "missing ]"},
		{"*a", "offset 0", "nothing to repeat"},
		{"a**", "offset 2", "needs a group"},
		{"a{2}{3}", "offset 4", "needs a group"},
		{"[a-z]{1,1000}{1,1000}", "offset 13", "needs a group"},
		{"(?:a{1000}){1000}", "offset 11", "1000 times"},
		{"a{1001}", "offset 1", "0 to 1000"},
		{"a{2,1}", "offset 1", "0 to 1000"},
		{"a\\", "offset 1", "backslash"},
		{"(a)\\1", "offset 3", "back-reference"},
		{"a(?=b)", "offset 1", "look-around"},
		{"(?<!b)", "offset 0", "look-around"},
		{"\\C", "offset 0", "\\C"},
		{"\\q", "offset 0", "unknown escape"},
		{"x\\p{Nope}", "offset 1", "Unicode class"},
		{"[[:nope:]]", "offset 1", "no class"},
		{"[b-a]", "offset 1", "range"},
		{"\\x{110000}", "offset 0", "10FFFF"},
		{"\\xg", "offset 0", "hexadecimal"},
		{"(?P<>a)", "offset 0", "empty"},
		{"(?P<a", "offset 0", "without >"},
		{"(?z)", "offset 0", "flags"},
		{"a\xff", "offset 1", "not UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a = {0};
		const struct regex *re = NULL;
		struct err err = {0};

		int r = regex_compile(&a, sv_of(rows[i].pattern), 0, &re, &err);
		if (r != -ERR_PARSE || strcmp(err.where, rows[i].where) != 0 ||
		    !strstr(err.msg, rows[i].msg))
			fail_msg("%s: %d %s: %s", rows[i].pattern, r, err.where, err.msg);
		assert_null(re);
	}
}

static void repeat(struct buf *b, const char *what, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_str(b, what);
}

/* before × n, middle, after × n. */
static int compile_built(const char *before, const char *middle, const char *after, size_t n)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(buf_done) struct buf b = {0};
	const struct regex *re;
	struct err err = {0};

	repeat(&b, before, n);
	buf_str(&b, middle);
	repeat(&b, after, n);
	return regex_compile(&a, buf_view(&b), 0, &re, &err);
}

static void test_limits(void **state)
{
	(void)state;
	assert_int_equal(compile_built("(", "a", ")", 200), 0);
	assert_int_equal(compile_built("(", "a", ")", 201), -ERR_LIMIT);
	assert_int_equal(compile_built("(?:", "a", "b)*", 200), 0);
	assert_int_equal(compile_built("(?:", "a", ")*", 30000), -ERR_LIMIT);
	/* a repetition of what stands before a flag goes on and on */
	assert_int_equal(compile_built("", "a", "(?U)*(?-U)*", 4000), -ERR_LIMIT);
	assert_int_equal(compile_built("", "a", "b", 65535), 0);
	assert_int_equal(compile_built("", "a", "b", 65536), -ERR_LIMIT);
	assert_int_equal(compile_built("", "", "\\pL", 10000), -ERR_LIMIT);
	assert_int_equal(compile_built("", "(?i)", "\\pL", 10000), -ERR_LIMIT);
	assert_int_equal(compile_built("", "", "[\\pL\\PL]", 5000), -ERR_LIMIT);
	assert_int_equal(compile_built("", "", "(?:.{1000})", 100), -ERR_LIMIT);
	assert_int_equal(compile_built("", "", ".{1000}", 1), 0);
	assert_int_equal(compile_built("", "", "()", 1000), 0);
	assert_int_equal(compile_built("", "", "(a)", 20000), -ERR_LIMIT);
	assert_int_equal(compile_built("", "", "[[:", 20000), -ERR_PARSE);
	assert_int_equal(compile_built("", "", "a|", 30000), 0);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Time of matches() and search() on n times unit and a tail. */
static double time_of(const struct regex *re, const char *unit, size_t n, const char *tail,
		      bool yes)
{
	auto_done(buf_done) struct buf b = {0};
	struct regex_span s[2];

	repeat(&b, unit, n);
	buf_str(&b, tail);
	double from = seconds();
	assert_int_equal(regex_matches(re, scratch, buf_view(&b)), yes);
	assert_int_equal(regex_search(re, scratch, buf_view(&b), 0, s, 2), yes);
	return seconds() - from;
}

/* A text 16 times as long takes about 16 times as long; quadratic would be 256. */
static void test_linear(void **state)
{
	static const struct {
		const char *pattern, *unit, *tail;
		bool yes;
	} rows[] = {
		{"(a*)*b", "a", "", false},
		{"(a|aa)+$", "a", "b", false},
		{"(a|aa)+$", "a", "", true},
		{"(.*)*x", "a", "", false},
		{"(.*)*x", "a", "x", true},
		{"(x+x+)+y", "x", "", false},
		{"(?:a?){20}a{20}b", "a", "", false},
		{"(?:.*a){12}b", "a", "c", false},
		{"[ab]*a[ab]{14}c", "ab", "", false}, /* 2^15 states */
		{"(?i)\\bfoo\\w+\\b$", "foo ", "", false},
		{"^(\\w+\\s?)*$", "foo ", "!", false},
		{"abab.*c", "abab", "", false},
		{"(.)(?:.)*$", "\xc3\xa9", "", true},
		{"(.)(?:.)*$", "\xff", "", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a = {0};
		const struct regex *re = compile(&a, sv_of(rows[i].pattern));
		size_t n = 65536 / strlen(rows[i].unit);

		time_of(re, rows[i].unit, n, rows[i].tail, rows[i].yes);
		double once = time_of(re, rows[i].unit, n, rows[i].tail, rows[i].yes);
		double more = time_of(re, rows[i].unit, 16 * n, rows[i].tail, rows[i].yes);
		if (more > 100 * once + 0.5)
			fail_msg("%s: %.3f s, 16 times the text %.3f s", rows[i].pattern, once,
				 more);
	}
}

static void test_explosion(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(buf_done) struct buf b = {0};
	auto_done(buf_done) struct buf text = {0};
	struct regex_span s[1];

	(void)state;
	repeat(&b, "a?", 1000);
	repeat(&b, "a", 1000);
	repeat(&text, "a", 1000);
	const struct regex *re = compile(&a, buf_view(&b));
	double from = seconds();
	assert_true(regex_matches(re, scratch, buf_view(&text)));
	assert_true(regex_search(re, scratch, buf_view(&text), 0, s, 1));
	assert_int_equal(s[0].end, 1000);
	assert_false(regex_matches(re, scratch, sv_head(buf_view(&text), 999)));
	assert_true(seconds() - from < 20);
}

/* 2^19 states and a text that is in a new one at each byte: the automaton gives up, the threads
 * answer. */
static void test_many_states(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(buf_done) struct buf b = {0};
	const struct regex *re = compile(&a, SV("[ab]*a[ab]{18}c"));
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < 400000; i++) {
		seed = seed * 1664525 + 1013904223;
		buf_char(&b, seed >> 31 ? 'a' : 'b');
	}
	assert_int_equal(dfa_match(re, scratch, buf_view(&b), 0), DFA_UNSURE);
	assert_false(regex_matches(re, scratch, buf_view(&b)));
	buf_str(&b, "abababababababababac");
	assert_true(regex_matches(re, scratch, buf_view(&b)));
	/* what was thrown away is made anew */
	assert_true(regex_matches(re, scratch, SV("abbbbbbbbbbbbbbbbbbc")));
	assert_false(regex_matches(re, scratch, SV("bbbbbbbbbbbbbbbbbbbc")));
}

/* Trying and threads give the same spans, to the last group. */
static void test_matchers_agree(void **state)
{
	static const char *const patterns[] = {"(a|ab)(c|bcd)*(d*)", "((a*?)(b|)+)*c",
					       "(\\w+?)\\b(.*)$",    "(?:(\xc3\xa9)|(.))+",
					       "(|a)+(b*)",          "^(a)?(?:b|(c))*"};
	static const char *const texts[] = {"abcd", "aabbc", "ab cd", "\xc3\xa9x\xc3\xa9",
					    "",     "acbcb"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		auto_done(arena_done) struct arena a = {0};
		const struct regex *re = compile(&a, sv_of(patterns[i]));
		for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
			struct sv text = sv_of(texts[k]);
			struct regex_span x[5], y[5];
			assert_true(backtrack_fits(re, text, 0));
			bool found = backtrack_search(re, scratch, text, 0, x, 5);
			assert_int_equal(found, pike_search(re, scratch, text, 0, y, 5));
			if (found)
				assert_memory_equal(x, y, sizeof x);
		}
	}
}

/* Many patterns in one scratch, each again when its states were thrown away. */
static void test_many(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 2000; i++) {
			auto_done(arena_done) struct arena a = {0};
			struct sv p = arena_fmt(&a, "^(?:x%u|y+)[a-z]{1,9}$", i);
			struct sv yes = arena_fmt(&a, "x%uabc", i), no = arena_fmt(&a, "x%ua-c", i);
			const struct regex *re = compile(&a, p);

			assert_true(regex_matches(re, scratch, yes));
			assert_false(regex_matches(re, scratch, no));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),     cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_search),      cmocka_unit_test(test_spans_beyond_groups),
		cmocka_unit_test(test_ignore_case), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),      cmocka_unit_test(test_linear),
		cmocka_unit_test(test_explosion),   cmocka_unit_test(test_many),
		cmocka_unit_test(test_many_states), cmocka_unit_test(test_matchers_agree),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
