#include "unit/test.h"

#include "advisory/version.h"

static const struct {
	const char *scheme, *version;
	bool valid;
} valid_rows[] = {
	{"deb", "1:2.3-4+deb12u1", true},
	{"deb", "2.3:1-4", false},
	{"deb", "1:2:3-4", true},
	{"deb", "a1", false},
	{"deb", "", false},
	{"deb", "1-", false},
	{"deb", "1_2", false},
	{"rpm", "1:2.3-4.el9", true},
	{"rpm", "1.0~rc1^git", true},
	{"rpm", "1.0-", false},
	{"rpm", "", false},
	{"apk", "1.2.3b_rc1-r4", true},
	{"apk", "1.2.3_git20200101", true},
	{"apk", "1.2~abc123-r0", true},
	{"apk", "6.6.2p1", false},
	{"apk", "1..2", false},
	{"apk", "1.2-rc1", false},
	{"apk", "", false},
	{"semver", "1.2.3", true},
	{"semver", "v1.2.3-rc.1+build", true},
	{"semver", "1.2", false},
	{"semver", "01.2.3", false},
	{"semver", "1.2.3-01", false},
	{"semver", "1.2.3-", false},
	{"semver", "1.2.3+", false},
	{"semver", "latest", false},
	{"golang", "v0.0.0-20180116102854-5a71ef0e047d", true},
	{"golang", "go1.24.1", true},
	{"golang", "go1.21rc2", true},
	{"golang", "(devel)", false},
};

static void test_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(valid_rows); i++) {
		const struct version_scheme *s = version_scheme_find(sv_of(valid_rows[i].scheme));
		bool found = s->valid(sv_of(valid_rows[i].version));
		if (found != valid_rows[i].valid)
			fail_msg("%s %s: valid %d", valid_rows[i].scheme, valid_rows[i].version,
				 found);
	}
}

static const struct {
	const char *scheme, *a;
	char op;
	const char *b;
} order_rows[] = {
	{"deb", "1.0~rc1", '<', "1.0"},
	{"deb", "1.0", '<', "1.0+b1"},
	{"deb", "a", '=', "a0"},
	{"rpm", "1.0^20240101", '<', "1.0.1"},
	{"rpm", "4.19.1-1.el7", '<', "1:0-1"},
	{"rpm", "2:1-1", '>', "1-9"},
	{"apk", "1.2.0", '>', "1.2.0_rc9-r3"},
	{"apk", "1.10", '>', "1.9"},
	{"apk", "1.2.3-r10", '>', "1.2.3-r9"},
	{"semver", "1.0.0-rc.1+build.1", '<', "1.0.0"},
	{"semver", "1.0", '=', "1.0.0"},
	{"semver", "", '<', "0"},
	{"semver", "latest", '<', "0.0.0-0"},
	{"semver", "1.21rc2", '<', "1.21.0"},
	{"golang", "go1.21rc2", '<', "1.21.0"},
	{"golang", "(devel)", '<', "0.0.0-0"},
	{"golang", "v2.0.0+incompatible", '=', "2.0.0"},
};

static void test_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(order_rows); i++) {
		const struct version_scheme *s = version_scheme_find(sv_of(order_rows[i].scheme));
		char found = version_order(s, sv_of(order_rows[i].a), sv_of(order_rows[i].b));
		if (found != order_rows[i].op)
			fail_msg("%s: %s %c %s: found %c", order_rows[i].scheme, order_rows[i].a,
				 order_rows[i].op, order_rows[i].b, found);
	}
}

static void test_find(void **state)
{
	(void)state;
	assert_string_equal(version_scheme_find(SV("go"))->name, "golang");
	assert_string_equal(version_scheme_find(SV("cargo"))->name, "semver");
	assert_string_equal(version_scheme_find(SV("npm"))->name, "npm");
	assert_null(version_scheme_find(SV("nope")));
	assert_null(version_scheme_find(SV("")));
}

static uint32_t random_next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* Random text of the pieces that grammars turn on. */
static struct sv random_version(struct arena *a, uint64_t *seed)
{
	static const char *const pieces[] = {
		"0",     "1",    "2",  "9",  "10", "00", "01", ".",     ".",   ".",    "-",
		"-",     "_",    "~",  "^",  "+",  ":",  "a",  "b",     "m",   "rc",   "p",
		"alpha", "beta", "-r", "_p", "#",  "1:", "!",  "final", "dev", "post", "\xCE\xB1",
		"sp",    "pre",  "Z",  ".0", "v",  "ga", "RC", "",      "1!",
	};
	auto_done(buf_done) struct buf b = {0};
	uint32_t n = random_next(seed) % 6;

	for (uint32_t i = 0; i < n; i++) {
		const char *piece = pieces[random_next(seed) % ARRAY_LEN(pieces)];
		/* the empty piece stands for a NUL byte */
		buf_add(&b, piece, *piece ? strlen(piece) : 1);
	}
	return arena_sv(a, buf_view(&b));
}

static void check_triple(const struct version_scheme *s, struct sv a, struct sv b, struct sv c)
{
	int ab = s->cmp(a, b), bc = s->cmp(b, c), ac = s->cmp(a, c);
	bool holds = !(ab <= 0 && bc <= 0 && ac > 0) && !(ab >= 0 && bc >= 0 && ac < 0) &&
		     !(ab == 0 && bc == 0 && ac != 0);

	if (!holds || ab != -s->cmp(b, a) || s->cmp(a, a) != 0)
		fail_msg("%s: '%.*s' '%.*s' '%.*s': %d %d %d", s->name, SV_ARG(a), SV_ARG(b),
			 SV_ARG(c), ab, bc, ac);
}

/* Reflexive, antisymmetric, transitive over all triples of small random sets. */
static void test_total_order(void **state)
{
	(void)state;
	uint64_t seed = 20261124;
	struct arena arena;

	arena_init(&arena, 0);
	for (size_t round = 0; round < 25; round++) {
		struct sv v[18];
		for (size_t i = 0; i < ARRAY_LEN(v); i++)
			v[i] = random_version(&arena, &seed);
		for (size_t s = 0; s < version_schemes_n; s++)
			for (size_t i = 0; i < ARRAY_LEN(v) * ARRAY_LEN(v) * ARRAY_LEN(v); i++)
				check_triple(&version_schemes[s], v[i % 18], v[i / 18 % 18],
					     v[i / 324]);
		arena_reset(&arena);
	}
	arena_done(&arena);
}

/* A quarter megabyte of anything is compared in linear time. */
static void test_long(void **state)
{
	(void)state;
	static const char *const fills[] = {"0",  "1.",  "a", "1a",     "-",
					    ".0", "_rc", "~", "-final", "0-"};
	auto_done(buf_done) struct buf a = {0}, b = {0};

	for (size_t i = 0; i < ARRAY_LEN(fills); i++) {
		buf_clear(&a);
		buf_clear(&b);
		while (a.n < 250000)
			buf_str(&a, fills[i]);
		buf_sv(&b, buf_view(&a));
		buf_str(&b, ".1");
		for (size_t s = 0; s < version_schemes_n; s++) {
			(void)version_schemes[s].cmp(buf_view(&a), buf_view(&b));
			(void)version_schemes[s].valid(buf_view(&a));
			assert_int_equal(version_schemes[s].cmp(buf_view(&a), buf_view(&a)), 0);
		}
	}
}

static int compare_text(const char *text, struct buf *out, size_t *bad, struct err *err)
{
	auto_fclose FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	auto_fclose FILE *to = tmpfile();
	char block[4096];

	int n = version_compare_lines(version_scheme_find(SV("deb")), in, to, bad, err);
	rewind(to);
	buf_add(out, block, fread(block, 1, sizeof block, to));
	return n;
}

static void test_lines(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf out = {0};
	struct err err = {0};
	size_t bad = 99;

	assert_int_equal(compare_text("# comment\n\n1 < 2\r\n2 > 1\n1 = 1\n", &out, &bad, &err), 0);
	assert_int_equal(bad, 0);
	assert_int_equal(out.n, 0);
	assert_int_equal(compare_text("1 < 2\n1 > 2\n\x1b = 1", &out, &bad, &err), 0);
	assert_int_equal(bad, 2);
	assert_string_equal(buf_cstr(&out),
			    "line 2: 1 > 2: found <\nline 3: \\u{1b} = 1: found >\n");
	assert_int_equal(compare_text("1 < 2\n1 <> 2\n", &out, &bad, &err), -ERR_PARSE);
	assert_string_equal(err.where, "line 2");
	assert_int_equal(bad, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),       cmocka_unit_test(test_order),
		cmocka_unit_test(test_find),        cmocka_unit_test(test_lines),
		cmocka_unit_test(test_total_order), cmocka_unit_test(test_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
