#include "unit/test.h"

#include "advisory/range.h"

/* Events as "i0 f1.2 l3 m4" (introduced, fixed, last_affected, limit). */
static size_t parse_events(const char *text, struct range_event *events)
{
	static const char letters[RANGE_KINDS + 1] = "iflm";
	struct sv rest = sv_of(text);
	size_t n = 0;

	while (rest.n) {
		struct sv word = sv_cut(&rest, ' ');
		events[n].kind = (enum range_kind)(strchr(letters, word.p[0]) - letters);
		events[n++].version = sv_from(word, 1);
	}
	return n;
}

static const struct {
	const char *events, *version;
	bool affected;
	const char *fixed;
} rows[] = {
	{"i0 f1.2", "1.1", true, "1.2"},
	{"i0 f1.2", "1.2", false, ""},
	{"f1.2 i0", "0", true, "1.2"},
	{"i0 f1.2", "1.2-rc1", true, "1.2"},
	{"i1.0 f1.2", "0.9", false, ""},
	{"i1.0 f1.2", "1.0", true, "1.2"},
	{"i0", "99", true, ""},
	{"i0", "not-a-version", true, ""},
	{"", "1", false, ""},
	{"f1", "0.5", false, ""},
	{"i1.0 l1.5", "1.5", true, ""},
	{"i1.0 l1.5", "1.5.1", false, ""},
	{"i1.0 l1.0", "1.0", true, ""},
	{"i2.0 f2.3 i1.0 f1.4", "1.2", true, "1.4"},
	{"i2.0 f2.3 i1.0 f1.4", "1.4", false, ""},
	{"i2.0 f2.3 i1.0 f1.4", "2.2", true, "2.3"},
	{"i0 f1.0 i1.0 f2.0", "1.0", true, "2.0"},
	{"i1.0 f1.0", "1.0", false, ""},
	{"i0 f0", "0", false, ""},
	{"f0 i0", "1", false, ""},
	{"i0 l1.5 i2.0 f2.1", "1.0", true, ""},
	{"i0 m2.0", "1.9", true, ""},
	{"i0 m2.0", "2.0", false, ""},
	{"i0 m2.0 m3.0", "2.5", true, ""},
	{"i0 m*", "9", true, ""},
	{"i0 f1.5 m1.0", "1.2", false, ""},
};

static void test_affects(void **state)
{
	(void)state;
	const struct version_scheme *s = version_scheme_find(SV("semver"));

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct range_event events[8];
		struct sv fixed = SV("");
		size_t n = parse_events(rows[i].events, events);
		bool affected = range_affects(s, events, n, sv_of(rows[i].version), &fixed);
		if (affected != rows[i].affected || !sv_is(fixed, rows[i].fixed))
			fail_msg("%s at %s: %d, fixed '%.*s'", rows[i].events, rows[i].version,
				 affected, SV_ARG(fixed));
		assert_int_equal(range_affects(s, events, n, sv_of(rows[i].version), NULL),
				 affected);
	}
}

static void test_debian(void **state)
{
	(void)state;
	struct range_event events[2];
	const struct version_scheme *s = version_scheme_find(SV("deb"));
	size_t n = parse_events("i0 f3.0.17-1~deb12u2", events);

	assert_true(range_affects(s, events, n, SV("3.0.15-1~deb12u1"), NULL));
	assert_true(range_affects(s, events, n, SV("0~git2019"), NULL));
	assert_false(range_affects(s, events, n, SV("3.0.17-1~deb12u2"), NULL));
}

static void test_lists(void **state)
{
	(void)state;
	const struct version_scheme *s = version_scheme_find(SV("semver"));
	struct sv versions[] = {SV("1.0.0"), SV("1.2")};

	assert_true(range_lists(s, versions, 2, SV("v1.2.0+build")));
	assert_false(range_lists(s, versions, 2, SV("1.2.1")));
	assert_false(range_lists(s, versions, 0, SV("1.2.1")));
}

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < RANGE_KINDS; i++)
		assert_int_equal(range_kind_find(sv_of(range_kind_name((enum range_kind)i))), i);
	assert_int_equal(range_kind_find(SV("Fixed")), RANGE_KINDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_affects),
		cmocka_unit_test(test_debian),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
