/* The database as such: what it says of itself, search, equal bytes, damaged and foreign files. */
#include "unit/advisory/match_feeds.h"

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
		cmocka_unit_test(test_describe),     cmocka_unit_test(test_search),
		cmocka_unit_test(test_reproducible), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_foreign),      cmocka_unit_test(test_bad_feeds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
