/* A database of small feeds, for the tests of matching and of the database itself. */
#pragma once

#include "unit/advisory/fixture.h"

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
