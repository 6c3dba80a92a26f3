/* What feeds that know CVEs say: NVD documents, CVE records, EPSS scores. */
#include "unit/test.h"

#include "advisory/feed.h"
#include "base/clock.h"
#include "sys/file.h"

static char path[] = "/tmp/gabion-test-feeds-XXXXXX";

struct collect {
	struct cve_sink sink;
	struct buf text;
};

static int take(struct cve_sink *s, const struct cve_fact *f, struct err *err)
{
	struct buf *b = &((struct collect *)s)->text;

	(void)err;
	buf_fmt(b, "%llu %.*s %.*s %d %.*s\n", (unsigned long long)f->cve, SV_ARG(f->cvss_source),
		SV_ARG(f->cvss), f->cvss_rank, SV_ARG(f->cwes));
	return 0;
}

typedef int (*feed_fn)(const char *path, struct cve_sink *sink, struct arena *a,
		       struct feed_info *info, struct err *err);

/* The facts in the text as lines, and what the feed says of itself. */
static int run(feed_fn fn, const char *text, struct collect *c, struct feed_info *info,
	       struct err *err)
{
	struct arena a;

	*c = (struct collect){.sink.fact = take};
	*info = (struct feed_info){0};
	*err = (struct err){0};
	assert_int_equal(file_write_atomic(path, sv_of(text), 0644, err), 0);
	arena_init(&a, 0);
	int rc = fn(path, &c->sink, &a, info, err);
	if (rc >= 0)
		assert_int_equal(info->sha256.n, 64);
	info->sha256 = (struct sv){0};
	arena_done(&a);
	return rc;
}

#define V2  "AV:N/AC:L/Au:N/C:P/I:P/A:P"
#define V30 "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define V31 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define V40 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"

#define NVD_METRIC(key, type, vector) \
	"\"" key "\":[{\"type\":\"" type "\",\"cvssData\":{\"vectorString\":\"" vector "\"}}]"
#define NVD(id, status, metrics, weaknesses)                                                     \
	"{\"vulnerabilities\":[{\"cve\":{\"id\":\"" id                                           \
	"\",\"lastModified\":\"2024-05-06T07:08:09.123"                                          \
	"\",\"vulnStatus\":\"" status "\",\"metrics\":{" metrics "},\"weaknesses\":[" weaknesses \
	"]}}]}"
#define NVD_CWE(id) "{\"description\":[{\"lang\":\"en\",\"value\":\"" id "\"}]}"

#define CVE_AUTHOR(name)        "\"providerMetadata\":{\"shortName\":\"" name "\"}"
#define CVE_METRIC(key, vector) "\"metrics\":[{\"" key "\":{\"vectorString\":\"" vector "\"}}]"
#define CVE(state, containers)                                             \
	"{\"cveMetadata\":{\"cveId\":\"CVE-2024-0001\",\"state\":\"" state \
	"\",\"dateUpdated\":\"2024-05-06T07:08:09Z\"},\"containers\":{" containers "}}"

static const struct {
	feed_fn fn;
	const char *text, *facts;
} rows[] = {
	/* NVD's own score before others', a newer CVSS before an older one */
	{feed_nvd, NVD("CVE-2024-0001", "Analyzed", NVD_METRIC("cvssMetricV2", "Primary", V2), ""),
	 "202400000001 NVD " V2 " 21 \n"},
	{feed_nvd,
	 NVD("CVE-2024-0001", "Analyzed",
	     NVD_METRIC("cvssMetricV40", "Secondary", V40) "," NVD_METRIC(
		     "cvssMetricV30", "Primary", V30) "," NVD_METRIC("cvssMetricV2", "Primary", V2),
	     NVD_CWE("CWE-200") "," NVD_CWE("CWE-20") "," NVD_CWE("CWE-200") "," NVD_CWE(
		     "NVD-CWE-noinfo") "," NVD_CWE("CWE-x")),
	 "202400000001 NVD " V30 " 22 CWE-200 CWE-20\n"},
	/* a vector that cannot be read does not hide the one that can */
	{feed_nvd,
	 NVD("CVE-2024-0001", "Analyzed",
	     NVD_METRIC("cvssMetricV31", "Primary", "CVSS:3.1/AV:N") "," NVD_METRIC("cvssMetricV2",
										    "Primary", V2),
	     ""),
	 "202400000001 NVD " V2 " 21 \n"},
	{feed_nvd,
	 NVD("CVE-2024-0001", "Rejected", NVD_METRIC("cvssMetricV31", "Primary", V31), ""), ""},
	{feed_nvd, NVD("CVE-2024-0001", "Received", "", ""), ""},
	/* the author's before an ADP's, whatever their versions */
	{feed_cve,
	 CVE("PUBLISHED",
	     "\"cna\":{" CVE_AUTHOR("acme") "," CVE_METRIC(
		     "cvssV3_0", V30) "},"
				      "\"adp\":[{" CVE_AUTHOR("CISA-ADP") "," CVE_METRIC("cvssV4_0",
											 V40) "}]"),
	 "202400000001 acme " V30 " 12 \n"},
	{feed_cve,
	 CVE("PUBLISHED",
	     "\"cna\":{" CVE_AUTHOR(
		     "acme") ",\"problemTypes\":[{\"descriptions\":[{\"cweId\":"
			     "\"CWE-79\"},{\"description\":\"no id\"}]}]},\"adp\":[{" CVE_AUTHOR(
				     "CISA-ADP") "," CVE_METRIC("cvssV3_1",
								V31) "},{" CVE_METRIC("cvssV2_0",
										      V2) "}]"),
	 "202400000001 CISA-ADP " V31 " 8 CWE-79\n"},
	{feed_cve, CVE("PUBLISHED", "\"cna\":{" CVE_METRIC("cvssV4_0", V40) "}"),
	 "202400000001 CVE " V40 " 14 \n"},
	{feed_cve, CVE("PUBLISHED", "\"cna\":{" CVE_METRIC("cvssV3_1", "high") "}"), ""},
	{feed_cve, CVE("REJECTED", "\"cna\":{" CVE_METRIC("cvssV3_1", V31) "}"), ""},
	{feed_cve, CVE("PUBLISHED", ""), ""},
};

static void test_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct collect c;
		struct feed_info info;
		struct err err;
		int64_t day;
		if (run(rows[i].fn, rows[i].text, &c, &info, &err) < 0)
			fail_msg("row %zu: %s", i, err.msg);
		assert_string_equal(buf_cstr(&c.text), rows[i].facts);
		assert_int_equal(info.records, 1);
		assert_true(clock_parse(SV("2024-05-06T07:08:09Z"), &day));
		assert_int_equal(info.date, day);
		buf_done(&c.text);
	}
}

static const struct {
	feed_fn fn;
	const char *text, *message;
} bad_rows[] = {
	{feed_nvd, "{}", "no member"},
	{feed_nvd, "{\"vulnerabilities\":[]}", "no NVD record"},
	{feed_nvd, "{\"vulnerabilities\":[", ""},
	{feed_cve, "{\"cveMetadata\":{\"cveId\":\"GHSA-1\"}}", "no CVE record"},
	{feed_cve, "[]", "no CVE record"},
	{feed_cve, "", ""},
	{feed_cve, "PK\3\4 and no more", "zip"},
	{feed_epss, "", "no EPSS score"},
	{feed_epss, "cve,epss,percentile\nCVE-2024-0001,2,0.5\n", "not a row"},
	{feed_epss, "CVE-2024-0001,0.5\n", "not a row"},
	{feed_epss, "CVE-2024-0001,0.5,-1\n", "not a row"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_rows); i++) {
		struct collect c;
		struct feed_info info;
		struct err err;
		if (run(bad_rows[i].fn, bad_rows[i].text, &c, &info, &err) >= 0)
			fail_msg("row %zu is accepted", i);
		if (!strstr(err.msg, bad_rows[i].message))
			fail_msg("row %zu: %s", i, err.msg);
		buf_done(&c.text);
	}
}

static int setup(void **state)
{
	(void)state;
	int fd = mkstemp(path);

	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
