#include "unit/test.h"

#include <sys/stat.h>

#include "rule/cel/civil.h"
#include "rule/cel/time-parse.h"
#include "rule/cel/zone-rule.h"
#include "rule/cel/zone.h"

static void test_duration(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool ok, range;
		int64_t nanos;
	} rows[] = {
		{"0", true, false, 0},
		{"-0", true, false, 0},
		{"1h30m", true, false, 5400000000000},
		{"-1.5s", true, false, -1500000000},
		{"+2ms", true, false, 2000000},
		{"2us", true, false, 2000},
		{"2\xC2\xB5s", true, false, 2000},
		{"2\xCE\xBCs", true, false, 2000},
		{"1ns", true, false, 1},
		{".5s", true, false, 500000000},
		{"1.s", true, false, 1000000000},
		{"0.0000000001s", true, false, 0},
		{"1.23456789012345678901234567890s", true, false, 1234567890},
		{"9223372036854775807ns", true, false, INT64_MAX},
		{"-9223372036854775808ns", true, false, INT64_MIN},
		{"9223372036854775808ns", false, true, 0},
		{"2562048h", false, true, 0},
		{"99999999999999999999999999999999999999999999h", false, true, 0},
		{"", false, false, 0},
		{"-", false, false, 0},
		{"1", false, false, 0},
		{"s", false, false, 0},
		{".s", false, false, 0},
		{"1d", false, false, 0},
		{"1 s", false, false, 0},
		{"--1s", false, false, 0},
		{"1s2", false, false, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t nanos = 0;
		bool range;
		bool ok = cel_duration_parse(sv_of(rows[i].text), &nanos, &range);
		if (ok != rows[i].ok || range != rows[i].range || nanos != rows[i].nanos)
			fail_msg("%s: %d %d %lld", rows[i].text, ok, range, (long long)nanos);
	}
}

static void test_timestamp(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool ok;
		int64_t seconds;
		int32_t nanos;
	} rows[] = {
		{"1970-01-01T00:00:00Z", true, 0, 0},
		{"2009-02-13T23:31:30Z", true, 1234567890, 0},
		{"2009-02-13T23:31:30.5Z", true, 1234567890, 500000000},
		{"2009-02-13T23:31:30.1234567899Z", true, 1234567890, 123456789},
		{"2009-02-14T00:31:30+01:00", true, 1234567890, 0},
		{"2009-02-13T15:31:30-08:00", true, 1234567890, 0},
		{"2024-02-29T00:00:00Z", true, 1709164800, 0},
		{"0001-01-01T00:00:00Z", true, CEL_TIMESTAMP_MIN, 0},
		{"9999-12-31T23:59:59Z", true, CEL_TIMESTAMP_MAX, 0},
		{"2023-02-29T00:00:00Z", false, 0, 0},
		{"2023-13-01T00:00:00Z", false, 0, 0},
		{"2023-00-01T00:00:00Z", false, 0, 0},
		{"2023-01-32T00:00:00Z", false, 0, 0},
		{"2023-01-01T24:00:00Z", false, 0, 0},
		{"2023-01-01T00:60:00Z", false, 0, 0},
		{"2023-01-01T00:00:60Z", false, 0, 0},
		{"2023-01-01T00:00:00", false, 0, 0},
		{"2023-01-01T00:00:00.Z", false, 0, 0},
		{"2023-01-01T00:00:00z", false, 0, 0},
		{"2023-01-01t00:00:00Z", false, 0, 0},
		{"2023-01-01 00:00:00Z", false, 0, 0},
		{"2023-01-01T00:00:00Zx", false, 0, 0},
		{"2023-01-01T00:00:00+1:00", false, 0, 0},
		{"2023-01-01T00:00:00+24:00", false, 0, 0},
		{"10000-01-01T00:00:00Z", false, 0, 0},
		{"+2023-01-01T00:00:00Z", false, 0, 0},
		{"2023-1-1T00:00:00Z", false, 0, 0},
		{"", false, 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t seconds = 0;
		int32_t nanos = 0;
		bool ok = cel_timestamp_parse(sv_of(rows[i].text), &seconds, &nanos);
		if (ok != rows[i].ok ||
		    (ok && (seconds != rows[i].seconds || nanos != rows[i].nanos)))
			fail_msg("%s: %d %lld", rows[i].text, ok, (long long)seconds);
	}
}

static void test_civil(void **state)
{
	(void)state;
	struct civil c = civil_of(1234567890);

	assert_int_equal(c.year, 2009);
	assert_int_equal(c.month, 2);
	assert_int_equal(c.day, 13);
	assert_int_equal(c.hour, 23);
	assert_int_equal(c.minute, 31);
	assert_int_equal(c.second, 30);
	assert_int_equal(c.weekday, 5);
	assert_int_equal(c.yearday, 43);
	c = civil_of(-1);
	assert_int_equal(c.year, 1969);
	assert_int_equal(c.yearday, 364);
	assert_int_equal(c.weekday, 3);
	c = civil_of(CEL_TIMESTAMP_MIN);
	assert_int_equal(c.year, 1);
	assert_int_equal(c.weekday, 1);
	c = civil_of(CEL_TIMESTAMP_MAX);
	assert_int_equal(c.year, 9999);
	assert_int_equal(c.day, 31);
	assert_int_equal(civil_month_days(1900, 2), 28);
	assert_int_equal(civil_month_days(2000, 2), 29);
}

static void test_rule(void **state)
{
	(void)state;
	static const struct {
		const char *rule;
		int64_t at, offset;
	} rows[] = {
		{"UTC0", 0, 0},
		{"<+0545>-5:45", 0, 20700},
		{"PST8PDT,M3.2.0,M11.1.0", 1710064799, -8 * 3600}, /* 2024-03-10T09:59:59Z */
		{"PST8PDT,M3.2.0,M11.1.0", 1710064800, -7 * 3600},
		{"PST8PDT,M3.2.0,M11.1.0", 1730624399, -7 * 3600}, /* 2024-11-03T08:59:59Z */
		{"PST8PDT,M3.2.0,M11.1.0", 1730624400, -8 * 3600},
		{"NZST-12NZDT,M9.5.0,M4.1.0/3", 1704067200, 13 * 3600}, /* January */
		{"NZST-12NZDT,M9.5.0,M4.1.0/3", 1719792000, 12 * 3600}, /* July */
		{"IST-1GMT0,M10.5.0,M3.5.0/1", 1704067200, 0},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1704067200, -7200},
		{"A1B,J60,J300", 1709251200 + 3 * 3600, 0}, /* 2024-03-01T03:00Z, leap year */
		{"A1B,59,300", 1709164800 + 3 * 3600, 0},   /* 2024-02-29T03:00Z */
	};
	static const char *const bad[] = {"",
					  "UTC",
					  "UTC0x",
					  "PST8PDT",
					  "PST8PDT,M3.2.0",
					  "P8Q,M13.1.0,M1.1.0",
					  "P8Q,J0,J1",
					  "<x8",
					  "P999",
					  "P8Q,M3.6.0,M1.1.0",
					  "P8Q,M3.2.0,M11.1.0,"};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct zone_rule r;
		assert_true(zone_rule_parse(sv_of(rows[i].rule), &r));
		if (zone_rule_offset(&r, rows[i].at) != rows[i].offset)
			fail_msg("%s at %lld: %lld", rows[i].rule, (long long)rows[i].at,
				 (long long)zone_rule_offset(&r, rows[i].at));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct zone_rule r;
		if (zone_rule_parse(sv_of(bad[i]), &r))
			fail_msg("%s was taken", bad[i]);
	}
}

/* One transition at 1000: from +1 h to +2 h; the rule behind it says +3 h. */
static const char small_zone[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0"
				 "\0\0\0\0\0\0"
				 "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\2\0\0\0\4"
				 "\0\0\0\0\0\0\3\xe8\0\0\0\0\0\0\7\xd0"
				 "\1\0"
				 "\0\0\x0e\x10\0\0\0\0\x1c\x20\0\0"
				 "ABC\0"
				 "\nABC-3\n";

static void test_zone_file(void **state)
{
	(void)state;
	struct arena a;
	struct err err = {0};
	const struct zone *z;
	struct sv bytes = sv_make(small_zone, sizeof small_zone - 1);

	arena_init(&a, 0);
	assert_int_equal(zone_parse(&a, bytes, &z, &err), 0);
	assert_int_equal(zone_offset(z, 999), 3600);
	assert_int_equal(zone_offset(z, 1000), 7200);
	assert_int_equal(zone_offset(z, 1999), 7200);
	assert_int_equal(zone_offset(z, 2000), 3 * 3600);
	/* cut anywhere, and any byte of it something else */
	for (size_t n = 0; n < bytes.n; n++) {
		char *copy = arena_str(&a, sv_head(bytes, n));
		assert_true(zone_parse(&a, sv_make(copy, n), &z, &err) < 0);
	}
	for (size_t i = 0; i < bytes.n; i++) {
		char *copy = arena_str(&a, bytes);
		copy[i] = (char)0xff;
		if (zone_parse(&a, sv_make(copy, bytes.n), &z, &err) == 0)
			(void)zone_offset(z, 1500);
	}
	arena_done(&a);
}

static void test_zone_names(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
					  "/etc/passwd",
					  "../../../etc/passwd",
					  "America/../x",
					  ".",
					  "a\nb",
					  "+1:00",
					  "25:00",
					  "America/",
					  "No/Such"};
	static const struct {
		const char *name;
		int64_t offset;
	} fixed[] = {{"UTC", 0}, {"+11:00", 39600}, {"-02:30", -9000}, {"02:00", 7200}};
	struct arena a;
	const struct zone *z;

	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = {0};
		if (zone_load(&a, NULL, sv_of(bad[i]), &z, &err) >= 0)
			fail_msg("%s was taken", bad[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		struct err err = {0};
		assert_int_equal(zone_load(&a, "/nonexistent", sv_of(fixed[i].name), &z, &err), 0);
		assert_int_equal(zone_offset(z, 0), fixed[i].offset);
	}
	struct err err = {0};
	assert_true(zone_load(&a, "/nonexistent", SV("Europe/Berlin"), &z, &err) < 0);
	assert_int_equal(err.kind, ERR_NOTFOUND);
	assert_non_null(strstr(err.msg, "tzdata"));
	arena_done(&a);
}

static void test_system_zones(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int64_t at, offset;
	} rows[] = {
		{"America/Los_Angeles", 1234567890, -8 * 3600},
		{"America/Los_Angeles", 1720000000, -7 * 3600},
		{"America/Los_Angeles", 4102444800, -8 * 3600}, /* 2100-01-01 */
		{"America/Los_Angeles", 4118083200, -7 * 3600}, /* 2100-07-01 */
		{"Asia/Kathmandu", 1234567890, 20700},
		{"Europe/Berlin", 1720000000, 7200},
		{"Australia/Sydney", 1704067200, 11 * 3600},
	};
	struct arena a;
	struct stat st;

	if (stat("/usr/share/zoneinfo/Europe/Berlin", &st) != 0)
		return; /* no tzdata here; the files' form is tested above */
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct zone *z;
		struct err err = {0};
		assert_int_equal(zone_load(&a, NULL, sv_of(rows[i].name), &z, &err), 0);
		assert_int_equal(zone_offset(z, rows[i].at), rows[i].offset);
	}
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duration),     cmocka_unit_test(test_timestamp),
		cmocka_unit_test(test_civil),        cmocka_unit_test(test_rule),
		cmocka_unit_test(test_zone_file),    cmocka_unit_test(test_zone_names),
		cmocka_unit_test(test_system_zones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
