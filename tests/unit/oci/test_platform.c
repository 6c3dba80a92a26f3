#include "unit/test.h"

#include "oci/platform.h"

static void test_parse(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"linux/amd64", "linux/amd64"},     {"linux/arm64/v8", "linux/arm64"},
		{"linux/arm64/8", "linux/arm64"},   {"linux/arm64/v9", "linux/arm64/v9"},
		{"linux/aarch64", "linux/arm64"},   {"LINUX/X86_64", "linux/amd64"},
		{"linux/amd64/v1", "linux/amd64"},  {"linux/amd64/v3", "linux/amd64/v3"},
		{"linux/arm", "linux/arm/v7"},      {"linux/arm/6", "linux/arm/v6"},
		{"linux/armhf", "linux/arm/v7"},    {"linux/armel", "linux/arm/v6"},
		{"linux/i386", "linux/386"},        {"arm64", "linux/arm64"},
		{"linux/ppc64le", "linux/ppc64le"}, {"windows/amd64", "windows/amd64"},
		{"macos/arm64", "darwin/arm64"},
	};
	static const char *const bad[] = {"",          "/",       "linux/",       "/amd64",
					  "linux//v8", "a/b/c/d", "linux/amd 64", "a/b/"};
	struct arena a;
	struct err err = {0};
	struct platform p;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(platform_parse(&a, sv_of(rows[i].in), &p, &err), 0);
		assert_sv(platform_str(&a, &p), rows[i].out);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (platform_parse(&a, sv_of(bad[i]), &p, &err) != -ERR_USAGE)
			fail_msg("'%s' was taken", bad[i]);
	p = platform_host(&a);
	assert_true(platform_str(&a, &p).n > 6);
	arena_done(&a);
}

static void test_rank(void **state)
{
	(void)state;
	/* each row: what is wanted, then what is had from best to worst; after NULL what is no
	 * match */
	static const char *const rows[][8] = {
		{"linux/amd64", "linux/amd64/v1", NULL, "linux/amd64/v2", "linux/arm64",
		 "windows/amd64", "linux/386"},
		{"linux/amd64/v3", "linux/amd64/v3", "linux/amd64/v2", "linux/amd64", NULL,
		 "linux/amd64/v4"},
		{"linux/arm/v7", "linux/arm", "linux/arm/v6", "linux/arm/v5", NULL, "linux/arm/v8",
		 "linux/arm64"},
		{"linux/arm64", "linux/arm64/v8", NULL, "linux/arm64/v9", "linux/arm/v7"},
		{"linux/arm64/v9", "linux/arm64/v9", "linux/arm64/v8", NULL, "linux/amd64"},
	};
	struct arena a;
	struct err err = {0};
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct platform want, have;
		unsigned last = UINT32_MAX;
		bool matching = true;
		assert_int_equal(platform_parse(&a, sv_of(rows[i][0]), &want, &err), 0);
		for (size_t k = 1; k < ARRAY_LEN(rows[i]); k++) {
			if (!rows[i][k] && !matching)
				break;
			if (!rows[i][k]) {
				matching = false;
				continue;
			}
			assert_int_equal(platform_parse(&a, sv_of(rows[i][k]), &have, &err), 0);
			unsigned rank = platform_rank(&want, &have);
			if (matching)
				assert_true(rank > 0 && rank < last);
			else
				assert_int_equal(rank, 0);
			last = rank;
		}
	}
	struct platform u = platform_make(&a, SV("unknown"), SV("unknown"), SV(""));
	assert_true(platform_unknown(&u));
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse),
					   cmocka_unit_test(test_rank)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
