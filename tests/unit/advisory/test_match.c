#include "unit/advisory/fixture.h"

#include <fcntl.h>

#include "advisory/bundle.h"

static struct db *db;

static const char *const debian[] = {
	/* one notice, two flaws */
	"{\"id\":\"DSA-1-1\",\"upstream\":[\"CVE-2024-1111\",\"CVE-2024-2222\"],\"affected\":[{"
	"\"package\":{"
	"\"ecosystem\":\"Debian:12\",\"name\":\"src\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
	"\"events\":["
	"{\"introduced\":\"0\"},{\"fixed\":\"1:2.0-1\"}]}]}]}",
	/* the same flaw again, later fix, the vendor's word */
	"{\"id\":\"DEBIAN-CVE-2024-1111\",\"upstream\":[\"CVE-2024-1111\"],\"affected\":[{"
	"\"package\":{"
	"\"ecosystem\":\"Debian:12\",\"name\":\"src\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
	"\"events\":["
	"{\"introduced\":\"0\"},{\"fixed\":\"1:2.0-2\"}]}],\"ecosystem_specific\":{\"urgency\":"
	"\"high**\"}}]}",
	/* never fixed, unimportant; never affected; another release */
	"{\"id\":\"DEBIAN-CVE-2024-3333\",\"upstream\":[\"CVE-2024-3333\"],\"affected\":[{"
	"\"package\":{"
	"\"ecosystem\":\"Debian:12\",\"name\":\"src\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
	"\"events\":["
	"{\"introduced\":\"0\"}]}],\"ecosystem_specific\":{\"urgency\":\"unimportant\"}}]}",
	"{\"id\":\"DEBIAN-CVE-2024-4444\",\"upstream\":[\"CVE-2024-4444\"],\"affected\":[{"
	"\"package\":{"
	"\"ecosystem\":\"Debian:12\",\"name\":\"src\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
	"\"events\":["
	"{\"introduced\":\"0\"},{\"fixed\":\"0\"}]}]},{\"package\":{\"ecosystem\":\"Debian:11\","
	"\"name\":\"src\"},"
	"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}]}]}]}",
	"{\"id\":\"DSA-2-1\",\"withdrawn\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{"
	"\"ecosystem\":\"Debian:12\",\"name\":\"src\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
	"\"events\":["
	"{\"introduced\":\"0\"}]}]}]}",
	"{\"id\":\"DEBIAN-CVE-2024-5555\",\"upstream\":[\"CVE-2024-5555\"],\"affected\":[{"
	"\"package\":{"
	"\"ecosystem\":\"Debian:12\",\"name\":\"linux\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
	"\"events\":["
	"{\"introduced\":\"0\"},{\"fixed\":\"6.1.90-1\"}]}]}]}",
	/* a binary name that no look-up by source may find */
	"{\"id\":\"DEBIAN-CVE-2024-6666\",\"upstream\":[\"CVE-2024-6666\"],\"affected\":[{"
	"\"package\":{"
	"\"ecosystem\":\"Debian:12\",\"name\":\"libbin\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
	"\"events\":["
	"{\"introduced\":\"0\"}]}],\"ecosystem_specific\":{\"urgency\":\"end-of-life\"}}]}",
};

#define NPM(id, more, name, ranges) \
	"{\"id\":\"" id "\"," more  \
	"\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"" name "\"}," ranges "}]}"
#define RANGE(events) "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[" events "]}]"

static const char *const npm[] = {
	/* joined by alias: one flaw, the CVE's */
	NPM("GHSA-aaaa-bbbb-cccc",
	    "\"aliases\":[\"CVE-2024-7777\"],\"summary\":\"Bad "
	    "thing\",\"database_specific\":{\"severity\":"
	    "\"MODERATE\"},\"references\":[{\"type\":\"WEB\",\"url\":\"https://example.org/a\"}],",
	    "joined", RANGE("{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.2.0\"}")),
	NPM("NSWG-ECO-1", "\"aliases\":[\"GHSA-aaaa-bbbb-cccc\"],", "joined",
	    RANGE("{\"introduced\":\"0\"},{\"fixed\":\"1.1.0\"}")),
	/* two records without a CVE, one flaw */
	NPM("GHSA-dddd-eeee-ffff", "\"aliases\":[\"SNYK-1\"],", "nocve",
	    RANGE("{\"introduced\":\"0\"}")),
	NPM("NSWG-ECO-2", "\"aliases\":[\"SNYK-1\"],", "nocve", RANGE("{\"introduced\":\"0\"}")),
	/* an alias that hangs between two CVEs joins nothing */
	NPM("GHSA-1111-1111-1111", "\"aliases\":[\"CVE-2024-0001\",\"X-1\"],", "between",
	    RANGE("{\"introduced\":\"0\"}")),
	NPM("GHSA-2222-2222-2222", "\"aliases\":[\"CVE-2024-0002\",\"X-1\"],", "between",
	    RANGE("{\"introduced\":\"0\"}")),
	NPM("X-9", "\"aliases\":[\"X-1\"],", "between", RANGE("{\"introduced\":\"0\"}")),
	/* two CVEs as aliases: two flaws; related joins nothing */
	NPM("NSWG-ECO-3",
	    "\"aliases\":[\"CVE-2024-0003\",\"CVE-2024-0004\"],\"related\":[\"CVE-2024-9999\"],",
	    "two", RANGE("{\"introduced\":\"0\"}")),
	NPM("MAL-2024-1", "\"summary\":\"Malicious code\",", "evil",
	    "\"versions\":[\"1.0.0\",\"1.0.1\"]"),
	/* several stretches, last_affected, several ranges, a list beside a range, GIT */
	NPM("GHSA-3333-3333-3333", "", "stretch",
	    RANGE("{\"introduced\":\"2.0.0\"},{\"fixed\":\"2.3.4\"},{\"introduced\":\"0\"},{"
		  "\"fixed\":\"1.2.3\"}")),
	NPM("GHSA-4444-4444-4444", "", "last",
	    RANGE("{\"introduced\":\"0\"},{\"last_affected\":\"1.5.0\"}")),
	NPM("GHSA-5555-5555-5555", "", "ranges",
	    "\"ranges\":[{\"type\":\"GIT\",\"repo\":\"x\",\"events\":[{\"introduced\":\"0\"}]},{"
	    "\"type\":\"SEMVER\","
	    "\"events\":[{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.0.5\"}]},{\"type\":\"SEMVER\","
	    "\"events\":["
	    "{\"introduced\":\"3.0.0\"},{\"fixed\":\"3.1.0\"}]}],\"versions\":[\"1.0.1\",\"2.0."
	    "0\"]"),
	NPM("GHSA-6666-6666-6666",
	    "\"aliases\":[\"CVE-2024-8888\"],\"severity\":[{\"type\":\"CVSS_V3\",\"score\":"
	    "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"}],",
	    "vector", RANGE("{\"introduced\":\"0\"}")),
	/* only for another ecosystem */
	"{\"id\":\"GHSA-7777-7777-7777\",\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\","
	"\"name\":\"joined\"},"
	"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}]}]}]}",
	/* the owner rule */
	NPM("GHSA-8888-8888-8888", "", "owned", RANGE("{\"introduced\":\"0\"}")),
};

static const char *const crates[] = {
	"{\"id\":\"RUSTSEC-2024-0001\",\"summary\":\"gone\",\"affected\":[{\"package\":{"
	"\"ecosystem\":\"crates.io\",\"name\":"
	"\"old\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0.0.0-0\"}]}],"
	"\"database_specific\":{"
	"\"informational\":\"unmaintained\"}}]}",
	"{\"id\":\"RUSTSEC-2024-0002\",\"affected\":[{\"package\":{\"ecosystem\":\"crates.io\","
	"\"name\":\"old\"},\"ranges\":[{"
	"\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0.0.0-0\"}]}],\"database_specific\":{"
	"\"informational\":"
	"\"unsound\"}}]}",
	"{\"id\":\"RUSTSEC-2024-0003\",\"affected\":[{\"package\":{\"ecosystem\":\"crates.io\","
	"\"name\":\"bad\"},\"ranges\":[{"
	"\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0.0.0-0\"}]}],\"database_specific\":{"
	"\"categories\":["
	"\"malicious\"]}}]}",
};

static const char *const pypi[] = {
	"{\"id\":\"PYSEC-1\",\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"My_Pkg."
	"Name\"},\"ranges\":[{\"type\":"
	"\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.0rc1\"}]}],\"versions\":["
	"\"0.9\",\"1.0.post1\"]}]}",
};

static const char *const golang[] = {
	"{\"id\":\"GO-2024-0001\",\"aliases\":[\"CVE-2024-7000\"],\"affected\":[{\"package\":{"
	"\"ecosystem\":\"Go\",\"name\":"
	"\"stdlib\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{"
	"\"fixed\":\"1.20.10\"},"
	"{\"introduced\":\"1.21.0-0\"},{\"fixed\":\"1.21.3\"}]}]},{\"package\":{\"ecosystem\":"
	"\"Go\",\"name\":\"example.org/M\"},"
	"\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"0.17.0\"}"
	"]}]}]}",
};

static const char *const rocky[] = {
	"{\"id\":\"RLSA-2024:1\",\"related\":[\"CVE-2024-7100\",\"CVE-2024-7101\"],\"affected\":[{"
	"\"package\":{\"ecosystem\":"
	"\"Rocky "
	"Linux:9\",\"name\":\"bin-libs\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{"
	"\"introduced\":\"0\"},"
	"{\"fixed\":\"1:1.2-3.el9\"}]}]}]}",
	"{\"id\":\"RLSA-2024:3\",\"related\":[\"CVE-2024-7200\"],\"affected\":[{\"package\":{"
	"\"ecosystem\":\"Rocky Linux:9\",\"name\":\"kernel-headers\"},\"ranges\":[{\"type\":"
	"\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"5.14.0-2.el9\"}]}]}]}",
	"{\"id\":\"RLSA-2024:2\",\"affected\":[{\"package\":{\"ecosystem\":\"Rocky "
	"Linux:9\",\"name\":\"nodejs\"},\"ranges\":["
	"{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1:20.1-1.module+"
	"el9+1\"}]}]}]}",
};

static const char kev[] = "{\"dateReleased\":\"2025-08-25T17:04:19.9796Z\",\"vulnerabilities\":[{"
			  "\"cveID\":\"CVE-2024-2222\","
			  "\"dateAdded\":\"2024-05-01\",\"dueDate\":\"2024-05-22\","
			  "\"knownRansomwareCampaignUse\":\"Known\"}]}";
static const char epss[] =
	"#model_version:v2025.03.14,score_date:2025-08-25T00:00:00+0000\ncve,epss,percentile\n"
	"CVE-2024-2222,0.25000,0.90000\nCVE-2024-1111,1,1\n";
static const char nvd[] = "{\"vulnerabilities\":[{\"cve\":{\"id\":\"CVE-2024-2222\","
			  "\"lastModified\":\"2025-01-01T00:00:00.000\",\"metrics\":{"
			  "\"cvssMetricV31\":[{\"source\":\"x\",\"type\":\"Secondary\","
			  "\"cvssData\":{\"vectorString\":"
			  "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/"
			  "A:H\"}},{\"source\":\"nvd@nist.gov\",\"type\":\"Primary\",\"cvssData\":{"
			  "\"vectorString\":\"CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/"
			  "A:L\"}}]},\"weaknesses\":[{\"description\":[{\"lang\":"
			  "\"en\",\"value\":\"CWE-79\"}]}]}}]}";

static int setup(void **state)
{
	struct err err;

	(void)state;
	fixture_begin();
	fixture_feed("Debian", debian, ARRAY_LEN(debian));
	fixture_feed("npm", npm, ARRAY_LEN(npm));
	fixture_feed("crates.io", crates, ARRAY_LEN(crates));
	fixture_feed("PyPI", pypi, ARRAY_LEN(pypi));
	fixture_feed("Go", golang, ARRAY_LEN(golang));
	fixture_feed("Rocky Linux", rocky, ARRAY_LEN(rocky));
	fixture_write(fixture_path("kev.json"), sv_of(kev));
	fixture_write(fixture_path("epss.csv"), sv_of(epss));
	fixture_write(fixture_path("nvd.json"), sv_of(nvd));
	const char *k[] = {fixture_path("kev.json")}, *e[] = {fixture_path("epss.csv")};
	const char *n[] = {fixture_path("nvd.json")};
	int rc = fixture_build(&(struct db_build_options){.kev = k,
							  .kev_n = 1,
							  .epss = e,
							  .epss_n = 1,
							  .nvd = n,
							  .nvd_n = 1,
							  .jobs = 2},
			       &err);
	if (rc >= 0)
		rc = db_open(fixture_path("db"), &db, &err);
	if (rc < 0)
		err_print(stderr, &err);
	return rc;
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	fixture_end();
	return 0;
}

/* "ID severity fix-state fix" of each finding, one a line. */
static void summary(const struct report *r, struct buf *b)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.p[i];
		buf_fmt(b, "%.*s %s %s", SV_ARG(f->id), severity_name(f->severity),
			fix_state_name(f->vuln->fix_state));
		for (size_t k = 0; k < f->vuln->fix_versions.n; k++)
			buf_fmt(b, " %.*s", SV_ARG(f->vuln->fix_versions.p[k]));
		buf_char(b, '\n');
	}
}

static void check(const char *os, const char *version, enum pkg_type type, const char *name,
		  const char *installed, const char *want)
{
	struct arena a;
	struct report r;
	struct buf got = {0};
	struct err err;
	bool uncovered;

	fixture_report(&r, &a, os, version);
	(void)fixture_package(&r, type, name, installed);
	int rc = match_subject(db, &r, 0, &uncovered, &err);
	if (rc < 0)
		err_print(stderr, &err);
	assert_int_equal(rc, 0);
	summary(&r, &got);
	assert_string_equal(buf_cstr(&got), want);
	buf_done(&got);
	report_done(&r);
	arena_done(&a);
}

static void test_rows(void **state)
{
	static const struct {
		const char *os, *version;
		enum pkg_type type;
		const char *name, *installed, *want;
	} rows[] = {
		/* a notice of two flaws; the later fix of the two records; the vendor's word wins
		 */
		{"debian", "12.5", PKG_DEB, "src", "1:1.0-1",
		 "CVE-2024-1111 high fixed 1:2.0-2\nCVE-2024-2222 low fixed 1:2.0-1\nCVE-2024-3333 "
		 "negligible none\n"},
		/* between the fixes of two records */
		{"debian", "12", PKG_DEB, "src", "1:2.0-1",
		 "CVE-2024-1111 high fixed 1:2.0-2\nCVE-2024-3333 negligible none\n"},
		/* the epoch counts: 9.0 without one is older */
		{"debian", "12", PKG_DEB, "src", "9.0-1",
		 "CVE-2024-1111 high fixed 1:2.0-2\nCVE-2024-2222 low fixed 1:2.0-1\nCVE-2024-3333 "
		 "negligible none\n"},
		{"debian", "11", PKG_DEB, "src", "1:3.0", "CVE-2024-4444 unknown none\n"},
		{"debian", "12", PKG_DEB, "other", "1", ""},
		{"debian", "12", PKG_DEB, "libbin", "1", "CVE-2024-6666 unknown end-of-life\n"},
		/* OS packages never match a language's feed, nor another system's */
		{"debian", "12", PKG_DEB, "joined", "1.0.0", ""},
		{"rocky", "9.3", PKG_RPM, "bin-libs", "1:1.2-2.el9",
		 "CVE-2024-7100 unknown fixed 1:1.2-3.el9\nCVE-2024-7101 unknown fixed "
		 "1:1.2-3.el9\n"},
		{"rocky", "9.3", PKG_RPM, "bin-libs", "1:1.2-3.el9", ""},
		{"rocky", "9.3", PKG_RPM, "nodejs", "1:16.0-1.el9", ""},
		{"rocky", "9.3", PKG_RPM, "nodejs", "1:20.0-1.module+el9+1",
		 "RLSA-2024:2 unknown fixed 1:20.1-1.module+el9+1\n"},
		{NULL, NULL, PKG_NPM, "joined", "1.0.5", "CVE-2024-7777 medium fixed 1.2.0\n"},
		{NULL, NULL, PKG_NPM, "joined", "0.5.0", "CVE-2024-7777 medium fixed 1.1.0\n"},
		{NULL, NULL, PKG_NPM, "joined", "1.2.0", ""},
		{NULL, NULL, PKG_NPM, "Joined", "1.0.0", ""},
		{NULL, NULL, PKG_NPM, "nocve", "1.0.0", "GHSA-dddd-eeee-ffff unknown none\n"},
		{NULL, NULL, PKG_NPM, "between", "1.0.0",
		 "CVE-2024-0001 unknown none\nCVE-2024-0002 unknown none\nX-9 unknown none\n"},
		{NULL, NULL, PKG_NPM, "two", "1.0.0",
		 "CVE-2024-0003 unknown none\nCVE-2024-0004 unknown none\n"},
		{NULL, NULL, PKG_NPM, "evil", "1.0.1", "MAL-2024-1 critical unknown\n"},
		{NULL, NULL, PKG_NPM, "evil", "1.0.2", ""},
		{NULL, NULL, PKG_NPM, "stretch", "1.0.0",
		 "GHSA-3333-3333-3333 unknown fixed 1.2.3\n"},
		{NULL, NULL, PKG_NPM, "stretch", "1.2.3", ""},
		{NULL, NULL, PKG_NPM, "stretch", "2.3.3",
		 "GHSA-3333-3333-3333 unknown fixed 2.3.4\n"},
		{NULL, NULL, PKG_NPM, "last", "1.5.0", "GHSA-4444-4444-4444 unknown unknown\n"},
		{NULL, NULL, PKG_NPM, "last", "1.5.1", ""},
		{NULL, NULL, PKG_NPM, "ranges", "1.0.1",
		 "GHSA-5555-5555-5555 unknown fixed 1.0.5\n"},
		{NULL, NULL, PKG_NPM, "ranges", "2.0.0", "GHSA-5555-5555-5555 unknown unknown\n"},
		{NULL, NULL, PKG_NPM, "ranges", "3.0.0",
		 "GHSA-5555-5555-5555 unknown fixed 3.1.0\n"},
		{NULL, NULL, PKG_NPM, "ranges", "2.0.1", ""},
		{NULL, NULL, PKG_NPM, "vector", "1.0.0", "CVE-2024-8888 critical none\n"},
		{NULL, NULL, PKG_CARGO, "old", "1.0.0",
		 "RUSTSEC-2024-0001 negligible none\nRUSTSEC-2024-0002 unknown none\n"},
		{NULL, NULL, PKG_CARGO, "bad", "1.0.0", "RUSTSEC-2024-0003 critical none\n"},
		{NULL, NULL, PKG_PYPI, "my.pkg-name", "0.9.0", "PYSEC-1 unknown fixed 1.0rc1\n"},
		{NULL, NULL, PKG_PYPI, "my-pkg-name", "1.0", ""},
		{NULL, NULL, PKG_PYPI, "my-pkg-name", "1.0-1", "PYSEC-1 unknown unknown\n"},
		{NULL, NULL, PKG_GOLANG, "stdlib", "go1.21.1",
		 "CVE-2024-7000 unknown fixed 1.21.3\n"},
		{NULL, NULL, PKG_GOLANG, "stdlib", "go1.21.3 X:boringcrypto", ""},
		{NULL, NULL, PKG_GOLANG, "stdlib", "go1.20.10", ""},
		{NULL, NULL, PKG_GOLANG, "example.org/M", "v0.0.0-20230101000000-0123456789ab",
		 "CVE-2024-7000 unknown fixed 0.17.0\n"},
		{NULL, NULL, PKG_GOLANG, "example.org/M", "(devel)", ""},
		{NULL, NULL, PKG_GOLANG, "example.org/m", "v0.1.0", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check(rows[i].os, rows[i].version, rows[i].type, rows[i].name, rows[i].installed,
		      rows[i].want);
}

static void test_details(void **state)
{
	struct arena a;
	struct report r;
	struct err err;
	bool uncovered;

	(void)state;
	fixture_report(&r, &a, "debian", "12");
	struct package *p = fixture_package(&r, PKG_DEB, "libbin", "3.0+b1");
	p->source_name = SV("src");
	p->source_version = SV("1:1.0-1");
	*VEC_PUSH(&p->locations) = (struct location){.path = SV("var/lib/dpkg/status"), .layer = 3};
	(void)fixture_package(&r, PKG_NPM, "joined", "0.5.0");
	(void)fixture_package(&r, PKG_CARGO, "old", "1.0.0");
	assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
	assert_false(uncovered);
	assert_int_equal(r.findings.n, 6);
	const struct finding *f = &r.findings.p[1];
	assert_sv(f->id, "CVE-2024-2222");
	assert_true(f->vuln->has_kev && f->vuln->kev_ransomware && f->vuln->has_epss &&
		    f->vuln->has_cvss);
	assert_sv(f->vuln->kev_added, "2024-05-01");
	assert_sv(f->vuln->kev_due, "2024-05-22");
	assert_sv(f->vuln->epss_date, "2025-08-25");
	assert_true(f->vuln->epss_score > 0.249 && f->vuln->epss_score < 0.251);
	/* NVD's own vector before the better one of somebody else */
	assert_sv(f->vuln->cvss.vector, "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L");
	assert_sv(f->severity_source, "NVD");
	assert_sv(f->vuln->cwes.p[0], "CWE-79");
	assert_sv(f->vuln->aliases.p[0], "DSA-1-1");
	assert_int_equal(f->vuln->aliases.n, 1);
	assert_sv(f->vuln->range, "introduced 0, fixed 1:2.0-1 (deb)");
	assert_sv(f->message, "libbin 3.0+b1 is affected, fixed in 1:2.0-1");
	assert_sv(f->evidence.p[0].path, "var/lib/dpkg/status");
	assert_int_equal(f->evidence.p[0].layer, 3);
	assert_int_equal(f->fingerprint.n, 32);
	assert_sv(r.findings.p[0].severity_source, "Debian");
	/* two records, one flaw: both ids, and the text once */
	f = &r.findings.p[3];
	assert_sv(f->id, "CVE-2024-7777");
	assert_int_equal(f->vuln->aliases.n, 2);
	assert_sv(f->vuln->aliases.p[0], "GHSA-aaaa-bbbb-cccc");
	assert_sv(f->vuln->aliases.p[1], "NSWG-ECO-1");
	assert_int_equal(r.findings.p[4].kind, FINDING_LIFECYCLE);
	assert_int_equal(r.findings.p[5].kind, FINDING_VULNERABILITY);
	assert_int_equal(r.rules.n, 6);
	report_done(&r);
	arena_done(&a);
}

static void test_fingerprint(void **state)
{
	struct arena a;
	struct report r;
	struct err err;
	bool uncovered;

	(void)state;
	fixture_report(&r, &a, NULL, NULL);
	(void)fixture_package(&r, PKG_NPM, "stretch", "1.0.0");
	(void)fixture_package(&r, PKG_NPM, "stretch", "2.0.0");
	(void)fixture_package(&r, PKG_NPM, "last", "1.0.0");
	assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
	assert_int_equal(r.findings.n, 3);
	assert_true(sv_eq(r.findings.p[0].fingerprint, r.findings.p[1].fingerprint));
	assert_false(sv_eq(r.findings.p[0].fingerprint, r.findings.p[2].fingerprint));
	/* the value itself is part of the contract: users store it */
	assert_sv(r.findings.p[0].fingerprint, "40db3aa15ed8b5b2520eedb7dfb2accb");
	report_done(&r);
	arena_done(&a);
}

static uint64_t uncovered_of(const struct report *r, const char *type)
{
	for (size_t i = 0; i < r->summary.uncovered.n; i++)
		if (sv_is(r->summary.uncovered.p[i].name, type))
			return r->summary.uncovered.p[i].n;
	return 0;
}

static void test_coverage(void **state)
{
	static const struct {
		const char *os, *version;
		enum pkg_type type;
		const char *pkg_version;
		bool uncovered;
		uint64_t count;
	} rows[] = {
		{"debian", "12", PKG_DEB, "1", false, 0},
		{"debian", "13", PKG_DEB, "1", true, 1},
		{"debian", "", PKG_DEB, "1", true, 1},
		{"ubuntu", "22.04", PKG_DEB, "1", true, 1},
		{"debian", "12", PKG_RPM, "1", true, 1},
		{NULL, NULL, PKG_DEB, "1", true, 1},
		{NULL, NULL, PKG_GEM, "1", false, 1},
		{NULL, NULL, PKG_GENERIC, "1", false, 1},
		{NULL, NULL, PKG_NPM, "1", false, 0},
		{NULL, NULL, PKG_GOLANG, "(devel)", false, 1},
		{NULL, NULL, PKG_NPM, "", false, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct report r;
		struct err err;
		bool uncovered = !rows[i].uncovered;
		fixture_report(&r, &a, rows[i].os, rows[i].version);
		(void)fixture_package(&r, rows[i].type, "x", rows[i].pkg_version);
		assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
		assert_int_equal(uncovered, rows[i].uncovered);
		assert_int_equal(uncovered_of(&r, pkg_types[rows[i].type].purl), rows[i].count);
		report_done(&r);
		arena_done(&a);
	}
}

/* A language package of an OS package follows the OS, but only where a feed covers that. */
static void test_owner(void **state)
{
	static const struct {
		const char *version;
		size_t findings;
	} rows[] = {{"12", 0}, {"13", 1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct report r;
		struct err err;
		bool uncovered;
		fixture_report(&r, &a, "debian", rows[i].version);
		(void)fixture_package(&r, PKG_DEB, "node-owned", "1");
		fixture_package(&r, PKG_NPM, "owned", "1.0.0")->owner = 0;
		assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
		assert_int_equal(r.findings.n, rows[i].findings);
		report_done(&r);
		arena_done(&a);
	}
}

static void test_kernel_headers(void **state)
{
	struct arena a;
	struct report r;
	struct err err;
	bool uncovered;

	(void)state;
	fixture_report(&r, &a, "debian", "12");
	fixture_package(&r, PKG_DEB, "linux-libc-dev", "6.1.20-1")->source_name = SV("linux");
	fixture_package(&r, PKG_DEB, "linux-image-6.1.0-7-amd64", "6.1.20-1")->source_name =
		SV("linux");
	assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
	assert_int_equal(r.findings.n, 1);
	assert_int_equal(r.findings.p[0].vuln->package, 1);
	assert_int_equal(r.summary.hidden, 1);
	assert_sv(r.filters.p[0].option, "kernel-headers");
	assert_int_equal(r.filters.p[0].hidden, 1);
	report_done(&r);
	arena_done(&a);

	fixture_report(&r, &a, "debian", "12");
	fixture_package(&r, PKG_DEB, "linux-libc-dev", "6.1.20-1")->source_name = SV("linux");
	const struct match_options all = {.kernel_headers = true};
	assert_int_equal(match_subject_with(db, &r, 0, &all, &uncovered, &err), 0);
	assert_int_equal(r.findings.n, 1);
	assert_int_equal(r.filters.n, 0);
	report_done(&r);
	arena_done(&a);
}

static void test_kernel_headers_rpm(void **state)
{
	struct arena a;
	struct report r;
	struct err err;
	bool uncovered;

	(void)state;
	fixture_report(&r, &a, "rocky", "9.3");
	fixture_package(&r, PKG_RPM, "kernel-headers", "5.14.0-1.el9");
	assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
	assert_int_equal(r.findings.n, 0);
	assert_int_equal(r.summary.hidden, 1);
	report_done(&r);
	arena_done(&a);
}

static void test_describe(void **state)
{
	struct arena a;
	struct report r;
	struct err err;

	(void)state;
	fixture_report(&r, &a, NULL, NULL);
	assert_int_equal(db_describe(db, &r, &err), 0);
	assert_int_equal(r.feeds.n, 9);
	assert_sv(r.feeds.p[0].ecosystem, "Debian");
	assert_sv(r.feeds.p[0].date, "2026-08-22T00:00:00Z");
	assert_int_equal(r.feeds.p[0].records, ARRAY_LEN(debian));
	assert_int_equal(r.feeds.p[0].sha256.n, 64);
	assert_int_equal(r.feeds.p[0].releases.n, 2);
	assert_false(r.feeds.p[0].is_signed);
	assert_true(r.db_age_days >= 0);
	assert_int_equal(db_check(db, &err), 0);
	report_done(&r);
	arena_done(&a);
}

static int take_hit(void *arg, const struct db_hit *hit)
{
	buf_fmt(arg, "%.*s|%.*s|%.*s|%.*s|%.*s\n", SV_ARG(hit->ecosystem), SV_ARG(hit->release),
		SV_ARG(hit->name), SV_ARG(hit->record), SV_ARG(hit->ranges));
	return 0;
}

static void test_search(void **state)
{
	static const struct {
		const char *query, *want;
	} rows[] = {
		{"CVE-2024-2222", "Debian|12|src|DSA-1-1|introduced 0, fixed 1:2.0-1\n"},
		{"MAL-2024-1", "npm||evil|MAL-2024-1|versions 1.0.0, 1.0.1\n"},
		{"evil", "npm||evil|MAL-2024-1|versions 1.0.0, 1.0.1\n"},
		/* found by the CVE that it has only through another record */
		{"CVE-2024-7777", "npm||joined|GHSA-aaaa-bbbb-cccc|introduced 1.0.0, fixed 1.2.0\n"
				  "npm||joined|NSWG-ECO-1|introduced 0, fixed 1.1.0\n"},
		{"My.Pkg_Name",
		 "PyPI||my-pkg-name|PYSEC-1|introduced 0, fixed 1.0rc1; versions 1.0.post1\n"},
		{"DSA-2-1", ""},
		{"nothing", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = {0};
		struct err err;
		assert_true(db_search(db, sv_of(rows[i].query), take_hit, &got, &err) >= 0);
		assert_string_equal(buf_cstr(&got), rows[i].want);
		buf_done(&got);
	}
}

static void take_reason(void *arg, const struct match_reason *why)
{
	buf_fmt(arg, "%.*s|%d|%s|%.*s\n", SV_ARG(why->record), why->affected, why->why,
		SV_ARG(why->ranges));
}

static void test_explain(void **state)
{
	static const struct {
		size_t package;
		const char *id, *want;
	} rows[] = {
		{0, "CVE-2024-1111",
		 "DSA-1-1|0|the version is in no affected range|introduced 0, fixed 1:2.0-1\n"
		 "DEBIAN-CVE-2024-1111|1|the version is in an affected range|introduced 0, fixed "
		 "1:2.0-2\n"},
		{0, "CVE-2000-0001", "|0|no record of that id names this package|\n"},
		{1, "X", "|0|no feed covers this type of package|\n"},
		{2, "MAL-2024-1", "MAL-2024-1|1|the version is listed|versions 1.0.0, 1.0.1\n"},
	};
	struct arena a;
	struct report r;

	(void)state;
	fixture_report(&r, &a, "debian", "12");
	(void)fixture_package(&r, PKG_DEB, "src", "1:2.0-1");
	(void)fixture_package(&r, PKG_GEM, "x", "1");
	(void)fixture_package(&r, PKG_NPM, "evil", "1.0.0");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = {0};
		struct err err;
		assert_int_equal(match_explain(db, &r, rows[i].package, sv_of(rows[i].id),
					       take_reason, &got, &err),
				 0);
		assert_string_equal(buf_cstr(&got), rows[i].want);
		buf_done(&got);
	}
	report_done(&r);
	arena_done(&a);
}

/* Same input, same bytes. */
static void test_reproducible(void **state)
{
	static const char *const names[] = {"Debian.db", "npm.db", "Rocky%20Linux.db"};
	struct err err;

	(void)state;
	assert_int_equal(
		fixture_build(&(struct db_build_options){.out = fixture_path("again"), .jobs = 1},
			      &err),
		0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char command[1200];
		(void)snprintf(command, sizeof command, "cmp '%s/db/%s' '%s/again/%s'", fixture_dir,
			       names[i], fixture_dir, names[i]);
		assert_int_equal(system(command), 0);
	}
}

/* Reads a file of the database whole. */
static void slurp(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	for (size_t n; (n = fread(buf_reserve(out, 65536), 1, 65536, f)) > 0;)
		out->n += n;
	(void)fclose(f);
}

/* Whatever is wrong with a file: an error of the database or nothing, never a crash. */
static void try_damaged(struct sv bytes)
{
	struct arena a;
	struct report r;
	struct err err = {0};
	struct db *bad = NULL;
	bool uncovered;

	fixture_write(fixture_path("bad/Debian.db"), bytes);
	assert_int_equal(db_open(fixture_path("bad"), &bad, &err), 0);
	fixture_report(&r, &a, "debian", "12");
	fixture_package(&r, PKG_DEB, "src", "1:1.0-1")->source_name = SV("src");
	int rc = match_subject(bad, &r, 0, &uncovered, &err);
	if (rc < 0) {
		assert_int_equal(err_exit_code(&err), 4);
		assert_true(strlen(err.where) > 0);
	}
	(void)(db_check(bad, &err) < 0);
	report_done(&r);
	arena_done(&a);
	db_close(bad);
}

static void test_damaged(void **state)
{
	struct buf good = {0};
	struct err err = {0};
	struct db *none;

	(void)state;
	assert_true(db_open(fixture_path("nowhere"), &none, &err) < 0);
	assert_int_equal(err.kind, ERR_NOTFOUND);
	assert_int_equal(err_exit_code(&err), 4);
	assert_true(strlen(err.hint) > 0);
	assert_int_equal(mkdir(fixture_path("bad"), 0755), 0);
	slurp(fixture_path("db/Debian.db"), &good);
	for (size_t cut = 0; cut < good.n; cut += 509)
		try_damaged(sv_head(buf_view(&good), cut));
	for (size_t at = 0; at < good.n; at += 61) {
		char kept = good.p[at];
		good.p[at] = (char)(kept ^ (1 << at % 8 | 0x40));
		try_damaged(buf_view(&good));
		good.p[at] = kept;
	}
	try_damaged(SV("SQLite format 3"));
	buf_done(&good);
}

/* A good SQLite file with other tables, or with one more than ours. */
static void test_foreign(void **state)
{
	char command[1200];
	struct err err = {0};
	struct db *bad;

	(void)state;
	if (system("command -v sqlite3 >/dev/null") != 0)
		return;
	(void)snprintf(command, sizeof command,
		       "mkdir -p '%s/foreign' && cp '%s/db/Debian.db' '%s/foreign/' && sqlite3 "
		       "'%s/foreign/Debian.db' "
		       "'CREATE VIEW v AS SELECT 1'",
		       fixture_dir, fixture_dir, fixture_dir, fixture_dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(db_open(fixture_path("foreign"), &bad, &err), 0);
	assert_true(db_open_all(bad, &err) < 0);
	assert_string_equal(err.code, "database-foreign");
	assert_int_equal(err_exit_code(&err), 4);
	db_close(bad);
}

static void test_bad_feeds(void **state)
{
	static const char *const bad[] = {"[]", "{}", "{\"id\":1}", "{\"id\":\"X\"", ""};
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *const osv[] = {fixture_path("osv2")};
		(void)mkdir(osv[0], 0755);
		(void)mkdir(fixture_path("osv2/npm"), 0755);
		fixture_zip(fixture_path("osv2/npm/all.zip"), &bad[i], 1);
		struct db_build_options o = {.out = fixture_path("db2"), .osv = osv, .osv_n = 1};
		assert_true(db_build(&o, NULL, &err) < 0);
		assert_int_equal(err_exit_code(&err), 4);
		/* nothing is left behind */
		assert_int_not_equal(access(fixture_path("db2"), F_OK), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_kernel_headers),
		cmocka_unit_test(test_kernel_headers_rpm),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_reproducible),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_bad_feeds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
