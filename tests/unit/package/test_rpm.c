/* rpm's databases: vectors made by SQLite, Berkeley DB's db_load and by hand (fuzz/corpus), damaged
 * ones, and SQLite files of many shapes written by SQLite itself. */
#include "unit/package/sink.h"

#include <sqlite3.h>

#include "package/catalog.h"
#include "package/rpm.h"

static const char sqlite_path[] = "var/lib/rpm/rpmdb.sqlite";
static const char ndb_path[] = "var/lib/rpm/Packages.db";
static const char bdb_path[] = "var/lib/rpm/Packages";

static void vector_read(const char *name, struct buf *out)
{
	char path[4096];

	(void)snprintf(path, sizeof path, "%s/fuzz/corpus/%s", GABION_SOURCE_ROOT, name);
	auto_fclose FILE *f = fopen(path, "rb");
	assert_non_null(f);
	buf_clear(out);
	out->n = fread(buf_reserve(out, 1 << 16), 1, 1 << 16, f);
	assert_true(out->n > 0);
}

static const char first_packages[] =
	"bash 5.1.8-6.el9 x86_64 lic=MIT\n"
	"openssl-libs 1:3.0.7-16.el9 x86_64 src=openssl/ lic=MIT\n"
	"nodejs 0:12.22-1.module x86_64 src=nodejs/12.21-1.module module=nodejs:12 lic=MIT\n"
	"tzdata 2024a-1 noarch lic=MIT\n";

static void test_vectors(void **state)
{
	(void)state;
	static const struct {
		const char *file, *path;
		catalog_fn fn;
		size_t packages;
	} cases[] = {
		{"rpm_sqlite/small", sqlite_path, rpm_sqlite_read, 18},
		{"rpm_sqlite/one", sqlite_path, rpm_sqlite_read, 1},
		{"rpm_ndb/small", ndb_path, rpm_ndb_read, 4},
		{"rpm_bdb/little", bdb_path, rpm_bdb_read, 10},
		{"rpm_bdb/big", bdb_path, rpm_bdb_read, 10},
	};
	auto_done(buf_done) struct buf file = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct text_sink t;
		vector_read(cases[i].file, &file);
		assert_int_equal(text_sink_run(&t, cases[i].fn, cases[i].path, buf_view(&file)), 0);
		assert_int_equal(t.packages_n, cases[i].packages);
		assert_int_equal(t.faults_n + t.notes_n, 0);
		struct sv rest = sv_of(first_packages), line;
		while (cases[i].packages > 1 && sv_line(&rest, &line))
			assert_true(sv_find(buf_view(&t.packages), line) != SIZE_MAX);
		if (cases[i].packages > 1)
			assert_true(sv_find(buf_view(&t.owned),
					    SV("openssl-libs: lib64/libssl.so.3\n"
					       "openssl-libs: usr/lib64/libssl.so.3\n")) !=
				    SIZE_MAX);
		assert_true(sv_find(buf_view(&t.owned),
				    SV("bash: usr/bin/bash\nbash: usr/share/doc/bash/README\n")) !=
			    SIZE_MAX);
		text_sink_done(&t);
	}
}

/* Cut at any offset: an error or a fault, always. */
static void test_cut_everywhere(void **state)
{
	(void)state;
	static const struct {
		const char *file, *path;
		catalog_fn fn;
	} cases[] = {
		{"rpm_sqlite/small", sqlite_path, rpm_sqlite_read},
		{"rpm_ndb/small", ndb_path, rpm_ndb_read},
		{"rpm_bdb/little", bdb_path, rpm_bdb_read},
		{"rpm_bdb/big", bdb_path, rpm_bdb_read},
	};
	auto_done(buf_done) struct buf file = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		vector_read(cases[i].file, &file);
		for (size_t cut = 0; cut < file.n; cut += cut < 600 ? 1 : 37) {
			struct text_sink t;
			int rc = text_sink_run(&t, cases[i].fn, cases[i].path,
					       sv_head(buf_view(&file), cut));
			if (rc == 0 && t.faults_n == 0)
				fail_msg("%s cut at %zu was taken for a whole database",
					 cases[i].file, cut);
			text_sink_done(&t);
		}
	}
}

/* Runs a database with n bytes at `at` replaced; returns the faults as text. */
static void damaged(const char *file, const char *path, catalog_fn fn, size_t at, const char *bytes,
		    size_t n, struct text_sink *t)
{
	auto_done(buf_done) struct buf b = {0};

	vector_read(file, &b);
	assert_true(at + n <= b.n);
	memcpy(b.p + at, bytes, n);
	assert_int_equal(text_sink_run(t, fn, path, buf_view(&b)), 0);
}

static bool says(const struct buf *b, const char *text)
{
	return sv_find(buf_view(b), sv_of(text)) != SIZE_MAX;
}

static void test_circles(void **state)
{
	(void)state;
	struct text_sink t;
	auto_done(buf_done) struct buf b = {0};

	/* an interior page of the table whose last child is the page itself */
	vector_read("rpm_sqlite/small", &b);
	size_t interior = 0;
	for (size_t page = 1; page * 512 < b.n; page++)
		if (b.p[page * 512] == 5)
			interior = page;
	assert_true(interior > 0);
	char self[4] = {0, 0, 0, (char)(interior + 1)};
	damaged("rpm_sqlite/small", sqlite_path, rpm_sqlite_read, interior * 512 + 8, self, 4, &t);
	assert_true(says(&t.faults, "pages point in circles"));
	assert_true(t.packages_n > 0);
	text_sink_done(&t);

	/* an overflow page of Berkeley DB that follows itself */
	vector_read("rpm_bdb/little", &b);
	size_t chain = 0;
	for (size_t page = 1; page * 512 < b.n; page++)
		if (b.p[page * 512 + 25] == 7 && le32(b.p + page * 512 + 16))
			chain = page;
	assert_true(chain > 0);
	char next[4] = {(char)chain, 0, 0, 0};
	damaged("rpm_bdb/little", bdb_path, rpm_bdb_read, chain * 512 + 16, next, 4, &t);
	assert_true(says(&t.faults, "pages point in circles"));
	assert_int_equal(t.packages_n, 9);
	text_sink_done(&t);

	/* two slots of the ndb that name one blob */
	vector_read("rpm_ndb/small", &b);
	damaged("rpm_ndb/small", ndb_path, rpm_ndb_read, 32, b.p + 48, 16, &t);
	assert_true(says(&t.faults, "lies in another package"));
	assert_int_equal(t.packages_n, 3);
	text_sink_done(&t);
}

static void test_damage(void **state)
{
	(void)state;
	struct text_sink t;

	damaged("rpm_ndb/small", ndb_path, rpm_ndb_read, 32, "Slod", 4, &t);
	assert_true(says(&t.faults, "the slot at byte 32 is broken"));
	text_sink_done(&t);
	/* a header that points outside of its data: that package is a fault, the others stay */
	damaged("rpm_ndb/small", ndb_path, rpm_ndb_read, 4096 + 16 + 8 + 8, "\x7f", 1, &t);
	assert_true(says(&t.faults, "points outside of its data"));
	assert_true(says(&t.notes, "does not have its checksum"));
	assert_int_equal(t.packages_n, 3);
	text_sink_done(&t);
}

/* A header with a name, version 1, release 1 and `pad` bytes of description. */
static void header_make(struct buf *b, unsigned number, size_t pad)
{
	static const uint32_t tags[] = {1000, 1001, 1002, 1005};
	auto_done(buf_done) struct buf data = {0};
	uint32_t offset[4];

	for (size_t i = 0; i < 4; i++) {
		offset[i] = (uint32_t)data.n;
		if (i == 0)
			buf_fmt(&data, "p%u", number);
		else
			buf_fill(&data, '1', i == 3 ? pad : 1);
		buf_char(&data, '\0');
	}
	uint32_t words[2 + 16] = {4, (uint32_t)data.n};
	for (size_t i = 0; i < 4; i++) {
		words[2 + i * 4] = tags[i];
		words[3 + i * 4] = 6;
		words[4 + i * 4] = offset[i];
		words[5 + i * 4] = 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		words[i] = __builtin_bswap32(words[i]);
	buf_clear(b);
	buf_add(b, words, sizeof words);
	buf_sv(b, buf_view(&data));
}

/* Packages without a checksum are all read, but only the first of them are told. */
static void test_notes_are_bounded(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0}, header = {0};
	struct text_sink t;

	buf_str(&b, "RpmP");
	buf_fill(&b, 0, 4096 - 4);
	b.p[12] = 1;
	for (unsigned i = 0; i < 254; i++)
		memcpy(b.p + 32 + i * 16, "Slot", 4);
	for (unsigned i = 0; i < 40; i++) {
		header_make(&header, i, 0);
		size_t blocks = (16 + header.n + 12 + 15) / 16;
		uint32_t slot[3] = {i + 1, (uint32_t)(b.n / 16), (uint32_t)blocks};
		uint32_t head[3] = {i + 1, 0, (uint32_t)header.n};
		memcpy(b.p + 36 + i * 16, slot, sizeof slot);
		buf_str(&b, "BlbS");
		buf_add(&b, head, sizeof head);
		buf_sv(&b, buf_view(&header));
		buf_fill(&b, 0, blocks * 16 - 16 - header.n - 8);
		buf_add(&b, &head[2], 4);
		buf_str(&b, "BlbE");
	}
	assert_int_equal(text_sink_run(&t, rpm_ndb_read, ndb_path, buf_view(&b)), 0);
	assert_int_equal(t.packages_n, 40);
	assert_int_equal(t.faults_n, 0);
	assert_int_equal(t.notes_n, 20);
	text_sink_done(&t);
}

static void test_not_a_database(void **state)
{
	(void)state;
	static const struct {
		catalog_fn fn;
		const char *path;
	} cases[] = {
		{rpm_sqlite_read, sqlite_path}, {rpm_ndb_read, ndb_path}, {rpm_bdb_read, bdb_path}};
	auto_done(buf_done) struct buf zeros = {0};

	buf_fill(&zeros, 0, 8192);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct text_sink t;
		assert_int_equal(text_sink_run(&t, cases[i].fn, cases[i].path, SV("")), -ERR_PARSE);
		text_sink_done(&t);
		assert_int_equal(text_sink_run(&t, cases[i].fn, cases[i].path, buf_view(&zeros)),
				 -ERR_PARSE);
		text_sink_done(&t);
	}
}

static void test_wal(void **state)
{
	(void)state;
	struct text_sink t;

	assert_int_equal(text_sink_run(&t, rpm_wal_read, "var/lib/rpm/rpmdb.sqlite-wal", SV("")),
			 0);
	assert_int_equal(t.notes_n, 0);
	text_sink_done(&t);
	assert_int_equal(text_sink_run(&t, rpm_wal_read, "var/lib/rpm/rpmdb.sqlite-wal", SV("x")),
			 0);
	assert_int_equal(t.notes_n, 1);
	text_sink_done(&t);
}

static void exec(sqlite3 *db, const char *sql)
{
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static void database_fill(sqlite3 *db, size_t rows, size_t step)
{
	auto_done(buf_done) struct buf header = {0};
	sqlite3_stmt *insert;

	exec(db, "BEGIN; CREATE TABLE Other(x); CREATE TABLE Packages (hnum INTEGER PRIMARY KEY "
		 "AUTOINCREMENT, "
		 "blob BLOB NOT NULL)");
	assert_int_equal(
		sqlite3_prepare_v2(db, "INSERT INTO Packages(blob) VALUES(?)", -1, &insert, NULL),
		SQLITE_OK);
	for (size_t i = 0; i < rows; i++) {
		header_make(&header, (unsigned)i, i * step);
		sqlite3_bind_blob(insert, 1, header.p, (int)header.n, SQLITE_TRANSIENT);
		assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	exec(db, "COMMIT; DELETE FROM Packages WHERE hnum % 7 = 3");
}

/* SQLite writes, we read: page sizes, and records below, at and above every threshold of overflow.
 */
static void test_against_sqlite(void **state)
{
	(void)state;
	static const struct {
		unsigned page, rows, step;
	} cases[] = {{512, 700, 1},     {1024, 300, 7}, {4096, 300, 61},
		     {65536, 60, 1777}, {512, 2000, 0}, {4096, 0, 0}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		sqlite3 *db;
		sqlite3_int64 size;
		char sql[64];
		struct text_sink t;
		assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
		(void)snprintf(sql, sizeof sql, "PRAGMA page_size=%u", cases[i].page);
		exec(db, sql);
		database_fill(db, cases[i].rows, cases[i].step);
		unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
		assert_int_equal(text_sink_run(&t, rpm_sqlite_read, sqlite_path,
					       sv_make(bytes, (size_t)size)),
				 0);
		assert_string_equal(buf_cstr(&t.faults), "");
		size_t want = 0;
		struct sv rest = buf_view(&t.packages), line;
		for (unsigned row = 0; row < cases[i].rows; row++) {
			if ((row + 1) % 7 == 3)
				continue;
			want++;
			(void)snprintf(sql, sizeof sql, "p%u 1-1 ", row);
			assert_true(sv_line(&rest, &line));
			assert_sv(line, sql);
		}
		assert_int_equal(t.packages_n, want);
		text_sink_done(&t);
		sqlite3_free(bytes);
		sqlite3_close(db);
	}
}

/* Cells that all point at one record would make much of little. */
static void test_overlapping_records(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct text_sink t;

	vector_read("rpm_sqlite/small", &b);
	for (size_t page = 1; page * 512 < b.n; page++) {
		char *p = b.p + page * 512;
		if (p[0] != 13 || be16(p + 3) < 2)
			continue;
		/* as many cells as fit, all the first one */
		p[3] = 0;
		p[4] = 100;
		for (size_t i = 1; i < 100; i++)
			memcpy(p + 8 + i * 2, p + 8, 2);
	}
	assert_int_equal(text_sink_run(&t, rpm_sqlite_read, sqlite_path, buf_view(&b)), 0);
	assert_true(says(&t.faults, "records that lie over each other"));
	assert_true(t.packages_n < 40);
	text_sink_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_cut_everywhere),
		cmocka_unit_test(test_circles),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_not_a_database),
		cmocka_unit_test(test_notes_are_bounded),
		cmocka_unit_test(test_wal),
		cmocka_unit_test(test_against_sqlite),
		cmocka_unit_test(test_overlapping_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
