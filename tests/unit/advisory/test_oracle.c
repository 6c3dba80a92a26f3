/* deb and rpm against dpkg and rpm themselves, on random versions; skipped where they are not
 * installed. */
#include "unit/test.h"

#include <stdio.h>

#include "advisory/version.h"

/* Versions that both tools take: a shell and Lua see them between quotes. */
static void random_version(struct buf *b, uint64_t *seed, bool deb)
{
	static const char *const pieces[] = {"1", "2", "0", "10", "01", "9", ".", ".",   ".",   "~",
					     "~", "+", "a", "b",  "rc", "Z", "-", "git", "2024"};

	buf_clear(b);
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	if (deb && *seed >> 60 == 0)
		buf_str(b, "1:");
	buf_char(b, '1');
	for (uint64_t bits = *seed >> 20, n = 1 + bits % 5; n > 0;
	     n--, bits = (bits >> 5) ^ (*seed >> 40) * n)
		buf_str(b, pieces[bits % ARRAY_LEN(pieces)]);
	/* a revision may not be empty */
	if (b->p[b->n - 1] == '-')
		buf_char(b, '1');
}

static bool installed(const char *test)
{
	return system(test) == 0; /* a constant */
}

static void compare_one(const char *scheme, struct sv a, struct sv b, int expected)
{
	int found = version_scheme_find(sv_of(scheme))->cmp(a, b);

	if (found != expected)
		fail_msg("%s: '%.*s' '%.*s': found %d, the tool says %d", scheme, SV_ARG(a),
			 SV_ARG(b), found, expected);
}

static void random_pairs(struct sv_vec *pairs, struct arena *arena, size_t n, bool deb)
{
	auto_done(buf_done) struct buf b = {0};
	uint64_t seed = deb ? 12 : 13;

	for (size_t i = 0; i < 2 * n; i++) {
		random_version(&b, &seed, deb);
		*VEC_PUSH(pairs) = arena_sv(arena, buf_view(&b));
	}
}

/* Runs the command and compares its output, one of < = > a line, with ours. */
static void compare_all(const char *scheme, const char *command, const struct sv_vec *pairs)
{
	FILE *f = popen(command, "r");
	char line[64];
	size_t i = 0;

	assert_non_null(f);
	for (; i < pairs->n && fgets(line, sizeof line, f); i += 2)
		compare_one(scheme, pairs->p[i], pairs->p[i + 1],
			    line[0] == '<' ? -1 : line[0] == '>');
	assert_int_equal(pclose(f), 0);
	assert_int_equal(i, pairs->n);
}

static void test_dpkg(void **state)
{
	(void)state;
	struct sv_vec pairs = {0};
	auto_done(buf_done) struct buf script = {0};
	struct arena a;

	if (!installed("dpkg --version >/dev/null 2>&1")) {
		puts("skipped: dpkg is not installed");
		return;
	}
	arena_init(&a, 0);
	random_pairs(&pairs, &a, 150, true);
	buf_str(&script,
		"c() { dpkg --compare-versions \"$1\" lt \"$2\" && echo '<' || "
		"{ dpkg --compare-versions \"$1\" eq \"$2\" && echo '=' || echo '>'; }; }\n");
	for (size_t i = 0; i < pairs.n; i += 2)
		buf_fmt(&script, "c '%.*s' '%.*s'\n", SV_ARG(pairs.p[i]), SV_ARG(pairs.p[i + 1]));
	compare_all("deb", buf_cstr(&script), &pairs);
	vec_done(&pairs);
	arena_done(&a);
}

static void test_rpm(void **state)
{
	(void)state;
	struct sv_vec pairs = {0};
	auto_done(buf_done) struct buf script = {0};
	struct arena a;

	if (!installed("rpm --version >/dev/null 2>&1")) {
		puts("skipped: rpm is not installed");
		return;
	}
	arena_init(&a, 0);
	random_pairs(&pairs, &a, 2000, false);
	buf_str(&script, "rpm --eval '%{lua: for a, b in string.gmatch([[");
	for (size_t i = 0; i < pairs.n; i += 2) {
		/* rpm.vercmp compares whole versions, so that '-' divides version and release */
		buf_fmt(&script, "%.*s %.*s\n", SV_ARG(pairs.p[i]), SV_ARG(pairs.p[i + 1]));
	}
	buf_str(&script, "]], \"(%S+) (%S+)\\n\") do local n = rpm.vercmp(a, b)\n"
			 "print((n < 0 and \"<\" or n > 0 and \">\" or \"=\") .. \"\\n\") end}'");
	compare_all("rpm", buf_cstr(&script), &pairs);
	vec_done(&pairs);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_dpkg), cmocka_unit_test(test_rpm)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
