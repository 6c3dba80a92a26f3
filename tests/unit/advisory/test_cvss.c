#include "unit/test.h"

#include "advisory/cvss.h"

#define V4  "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/"
#define V31 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/"

/* Scores as their publishers give them: FIRST's examples, the NVD. */
static const struct {
	const char *vector, *version;
	int tenths;
} rows[] = {
	{V4 "VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "4.0", 100},
	{V4 "VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "4.0", 93},
	{V4 "VC:L/VI:L/VA:L/SC:N/SI:N/SA:N", "4.0", 69},
	{V4 "VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", "4.0", 0},
	{V4 "VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/MSI:S", "4.0", 89},
	{V4 "VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/U:Amber/RE:L/E:X", "4.0", 93},
	{V31 "S:C/C:H/I:H/A:H", "3.1", 100},
	{V31 "S:U/C:H/I:N/A:N", "3.1", 75},
	{V31 "S:U/C:N/I:N/A:N", "3.1", 0},
	{V31 "S:U/C:H/I:H/A:H/E:U/RL:O/MAV:P", "3.1", 98},
	{"CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:C/C:L/I:L/A:N", "3.0", 47},
	{"CVSS:3.1/S:U/A:N/I:N/C:H/UI:N/PR:N/AC:L/AV:N", "3.1", 75},
	{"AV:N/AC:L/Au:N/C:P/I:N/A:N", "2.0", 50},
	{"(AV:N/AC:L/Au:N/C:N/I:N/A:C)", "2.0", 78},
	{"CVSS2#AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF", "2.0", 62},
	{"CVSS:2.0/AV:N/AC:L/Au:N/C:N/I:N/A:N", "2.0", 0},
};

static int tenths(double score)
{
	return (int)(score * 10 + 0.5);
}

static void test_published(void **state)
{
	(void)state;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		double score = -1;
		struct sv version;
		if (cvss_score(sv_of(rows[i].vector), &score, &version, &err) != 0)
			fail_msg("%s: %s", rows[i].vector, err.msg);
		if (tenths(score) != rows[i].tenths)
			fail_msg("%s: %.3f", rows[i].vector, score);
		assert_sv(version, rows[i].version);
	}
}

/* cvss.tsv: vectors scored by another implementation. */
static void test_table(void **state)
{
	(void)state;
	auto_fclose FILE *f = fopen(GABION_SOURCE_ROOT "/tests/unit/advisory/cvss.tsv", "rb");
	char line[512];
	size_t n = 0;
	struct err err;

	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		double score = -1;
		struct sv version, rest = sv_trim(sv_of(line));
		if (line[0] == '#')
			continue;
		struct sv vector = sv_cut(&rest, '\t');
		char text[16];
		assert_int_equal(cvss_score(vector, &score, &version, &err), 0);
		(void)snprintf(text, sizeof text, "%.1f", score);
		if (!sv_is(rest, text))
			fail_msg("%.*s: %s", SV_ARG(vector), text);
		n++;
	}
	assert_true(n >= 100);
}

static void test_bad(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"CVSS:",
		"CVSS:3.1/",
		"CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
		V31 "S:U/C:H/I:N",
		V31 "S:U/C:H/I:N/A:N/",
		V31 "S:U/C:H/I:N/A:N/A:N",
		V31 "S:U/C:H/I:N/A:X",
		V31 "S:U/C:H/I:N/A:",
		V31 "S:U/C:H/I:N/A",
		V31 "S:U/C:H/I:N//A:N",
		V31 "S:U/C:H/I:N/A:N/ZZ:N",
		V31 "S:U/C:H/I:N/a:N",
		V4 "VC:H/VI:H/VA:H/SC:N/SI:S/SA:N",
		"AV:N/AC:L/Au:N/C:P/I:N",
		"(AV:N/AC:L/Au:N/C:P/I:N/A:N",
	};
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		double score = 7.7;
		struct sv version;
		if (cvss_score(sv_of(bad[i]), &score, &version, &err) != -ERR_PARSE || score < 7.6)
			fail_msg("accepted: %s", bad[i]);
	}
}

static void test_severity(void **state)
{
	(void)state;
	static const struct {
		double score;
		const char *version;
		enum severity severity;
	} scale[] = {
		{0.0, "3.1", SEV_NEGLIGIBLE}, {0.1, "3.1", SEV_LOW},      {3.9, "3.1", SEV_LOW},
		{4.0, "3.1", SEV_MEDIUM},     {6.9, "4.0", SEV_MEDIUM},   {7.0, "4.0", SEV_HIGH},
		{8.9, "3.0", SEV_HIGH},       {9.0, "3.0", SEV_CRITICAL}, {10.0, "2.0", SEV_HIGH},
		{7.0, "2.0", SEV_HIGH},
	};

	for (size_t i = 0; i < ARRAY_LEN(scale); i++)
		assert_int_equal(cvss_severity(scale[i].score, sv_of(scale[i].version)),
				 scale[i].severity);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_severity),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
