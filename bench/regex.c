/* matches() and search() beside RE2's, in nanoseconds of processor time per call: the best of five
 * rounds. */
#include <stdio.h>
#include <time.h>

#include "../tests/interop/re2-glue.h"
#include "base/base.h"
#include "rule/regex/regex.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static const struct {
	const char *pattern, *unit;
	size_t times;
	const char *tail;
} rows[] = {
	{"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "my-long-name-of-20-b", 1, ""},
	{"^(https?)://[^/]+/", "https://registry.example.com/v2/", 1, ""},
	{"latest", "registry.example.com/team/app:latest", 1, ""},
	{"^registry\\.example\\.com/", "registry.example.com/team/app:latest", 1, ""},
	{"(?i)password|secret|token", "DATABASE_PASSWORD", 1, ""},
	{"(\\d+)m?$", "cpu: 250m", 1, ""},
	{"\\bfoo\\b", "a text of some words ", 5000, ""},
	{"needle.*end", "hay need nee ", 8000, ""},
	{"needle[0-9]", "needle ", 14000, ""},
	{"(a|aa)+$", "a", 100000, "b"},
	{"[a-z]+@[a-z]+", "word ", 20000, ""},
	{"\\p{Greek}+!", "\u03b1\u03b2\u03b3 ", 15000, ""},
	{"[ab]*a[ab]{14}c", "ab", 50000, ""},
};

static void bench_row(struct regex_scratch *s, size_t row)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(buf_done) struct buf b = {0};
	struct sv pattern = sv_of(rows[row].pattern);
	struct regex_span spans[2];
	const struct regex *re;
	struct err err;
	char why[100];
	long theirs[4];
	unsigned yes = 0;

	for (size_t i = 0; i < rows[row].times; i++)
		buf_str(&b, rows[row].unit);
	buf_str(&b, rows[row].tail);
	struct sv text = sv_make(buf_cstr(&b), b.n);
	size_t n = 2000000 / (text.n + 40) + 1;
	void *other = glue_compile(pattern.p, pattern.n, why, sizeof why);
	if (regex_compile(&a, pattern, 0, &re, &err) != 0 || !other)
		return;
	double best[4] = {1e18, 1e18, 1e18, 1e18};
	for (int round = 0; round < 5; round++) {
		double t[5] = {now()};
		for (size_t i = 0; i < n; i++)
			yes += regex_matches(re, s, text);
		t[1] = now();
		for (size_t i = 0; i < n; i++)
			yes += (unsigned)glue_search(other, text.p, text.n, 0, theirs, 0);
		t[2] = now();
		for (size_t i = 0; i < n; i++)
			yes += regex_search(re, s, text, 0, spans, 2);
		t[3] = now();
		for (size_t i = 0; i < n; i++)
			yes += (unsigned)glue_search(other, text.p, text.n, 0, theirs, 2);
		t[4] = now();
		for (int k = 0; k < 4; k++)
			if (t[k + 1] - t[k] < best[k])
				best[k] = t[k + 1] - t[k];
	}
	double d = (double)n;
	printf("%-34s %7zu B  matches %8.0f, RE2 %8.0f (%.2f)  search %8.0f, RE2 %8.0f (%.2f)%s\n",
	       rows[row].pattern, text.n, best[0] / d, best[1] / d, best[0] / best[1], best[2] / d,
	       best[3] / d, best[2] / best[3], yes ? "" : "  no match");
	glue_free(other);
}

int main(void)
{
	struct regex_scratch *s = regex_scratch_new();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		bench_row(s, i);
	regex_scratch_free(s);
	return 0;
}
