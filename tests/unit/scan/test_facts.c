/* The wire form of facts against everything that a worker that was taken over could send. */
#include "unit/test.h"

#include "base/limits.h"
#include "scan/facts.h"

static void write_all(struct frame_writer *w, struct facts_end *end)
{
	struct sv license = SV("MIT");
	struct location at = {
		.path = SV("app/a.jar!lib/b.jar"), .file = SV("app/a.jar"), .line = 7};
	struct package p = {
		.type = PKG_MAVEN, .name = SV("g:b"), .version = SV("1.0"), .dev = true};
	struct os os = {.id = SV("debian"), .version = SV("12"), .path = SV("etc/os-release")};
	const uint64_t keys[] = {2, 5, 8};
	struct err err;

	p.locations.p = &at;
	p.licenses.p = &license;
	p.locations.n = p.licenses.n = 1;
	fact_package(w, &p);
	fact_os(w, &os);
	fact_paths(w, keys, 3);
	fact_path(w, FACT_WHITEOUT, SV("a/b"));
	fact_path(w, FACT_OPAQUE, SV(""));
	(void)err_set(&err, ERR_PARSE, "bad record");
	(void)err_where(&err, "x:1");
	fact_error(w, WEIGHT_NOTE, &err, SV("x"));
	fact_unread(w, SV("gem"), SV("a.gemspec"));
	fact_progress(w, 77);
	*end = (struct facts_end){.packages = 1,
				  .systems = 1,
				  .paths = 3,
				  .whiteouts = 1,
				  .opaques = 1,
				  .errors = 1,
				  .unread = 1,
				  .entries = 9,
				  .has_blob = true};
	memset(end->blob, 0xAB, 32);
	fact_end(w, end);
}

static void test_round(void **state)
{
	(void)state;
	struct frame_writer w = {.fd = -1};
	struct layer_facts f = {0};
	struct facts_end end;
	struct err err;

	write_all(&w, &end);
	assert_int_equal(facts_decode(buf_view(&w.buf), &f, &err), 0);
	assert_true(f.complete);
	const struct package *p = &f.packages.p[0];
	assert_sv(p->name, "g:b");
	assert_true(p->dev);
	assert_sv(p->licenses.p[0], "MIT");
	assert_sv(p->locations.p[0].path, "app/a.jar!lib/b.jar");
	assert_sv(p->locations.p[0].file, "app/a.jar");
	assert_int_equal(p->locations.p[0].line, 7);
	assert_sv(f.systems.p[0].id, "debian");
	assert_int_equal(le64(f.paths.p[0].p + 8), 5);
	assert_sv(f.whiteouts.p[0], "a/b");
	assert_int_equal(f.opaques.n, 1);
	assert_string_equal(f.errors.p[0].err.msg, "bad record");
	assert_string_equal(f.errors.p[0].err.where, "x:1");
	assert_sv(f.errors.p[0].path, "x");
	assert_sv(f.unread.p[0].type, "gem");
	assert_true(f.end.has_blob);
	assert_false(f.end.has_diff);
	assert_int_equal(f.end.blob[31], 0xAB);
	layer_facts_done(&f);
	buf_done(&w.buf);
}

/* A layer is whole only when every count holds. */
static void check(struct sv bytes, bool whole)
{
	struct layer_facts f = {0};
	struct err err;
	char *copy = xmalloc(bytes.n);

	memcpy(copy, bytes.p, bytes.n);
	int rc = facts_decode(sv_make(copy, bytes.n), &f, &err);
	if (!whole)
		assert_false(f.complete);
	if (rc < 0)
		assert_int_equal(f.packages.n + f.systems.n + f.paths.n + f.errors.n + f.unread.n,
				 0);
	if (f.complete) {
		assert_int_equal(f.end.packages, f.packages.n);
		assert_int_equal(f.end.paths, f.paths_n);
		assert_int_equal(f.end.errors, f.errors.n);
	}
	for (size_t i = 0; i < f.packages.n; i++) {
		assert_int_equal(f.packages.p[i].locations.n, 1);
		assert_true(f.packages.p[i].name.n > 0);
		assert_true(f.packages.p[i].type < PKG_TYPES);
	}
	layer_facts_done(&f);
	free(copy);
}

static void test_truncated(void **state)
{
	(void)state;
	struct frame_writer w = {.fd = -1};
	struct facts_end end;

	write_all(&w, &end);
	for (size_t cut = 0; cut < w.buf.n; cut++)
		check(sv_make(w.buf.p, cut), false);
	check(buf_view(&w.buf), true);
	buf_char(&w.buf, '\0'); /* half a frame behind the end */
	check(buf_view(&w.buf), false);
	buf_done(&w.buf);
}

static void test_bit_flips(void **state)
{
	(void)state;
	struct frame_writer w = {.fd = -1};
	struct facts_end end;

	write_all(&w, &end);
	for (size_t bit = 0; bit < w.buf.n * 8; bit++) {
		w.buf.p[bit / 8] = (char)(w.buf.p[bit / 8] ^ 1 << bit % 8);
		check(buf_view(&w.buf), true);
		w.buf.p[bit / 8] = (char)(w.buf.p[bit / 8] ^ 1 << bit % 8);
	}
	buf_done(&w.buf);
}

static void test_two_ends(void **state)
{
	(void)state;
	struct frame_writer w = {.fd = -1};
	struct facts_end end;
	struct layer_facts f = {0};
	struct err err;

	write_all(&w, &end);
	fact_unread(&w, SV("gem"), SV("late"));
	assert_int_equal(facts_decode(buf_view(&w.buf), &f, &err), -ERR_PROTO);
	assert_false(f.complete);
	buf_done(&w.buf);
}

/* Errors are larger in memory than on the wire. */
static void test_error_flood(void **state)
{
	(void)state;
	struct frame_writer w = {.fd = -1};
	struct layer_facts f = {0};
	struct err err;

	(void)err_set(&err, ERR_PARSE, "x");
	for (size_t i = 0; i < limit_layer_errors * 2; i++)
		fact_error(&w, WEIGHT_NOTE, &err, SV(""));
	assert_true(facts_decode(buf_view(&w.buf), &f, &err) < 0);
	assert_int_equal(f.errors.n, 0);
	buf_done(&w.buf);
}

/* Paths of any length cost one pass, and are told apart. */
static void test_path_key(void **state)
{
	(void)state;
	assert_int_equal(path_key(SV(""), false), path_root);
	assert_int_equal(path_key(SV(""), true), path_root | 1);
	assert_int_equal(path_key(SV("a/b"), false),
			 path_step(path_step(path_root, SV("a")), SV("b")));
	assert_int_not_equal(path_key(SV("a/b"), false), path_key(SV("ab"), false));
	assert_int_not_equal(path_key(SV("a/b"), false), path_key(SV("b/a"), false));
	assert_int_equal(path_key(SV("a"), true), path_key(SV("a"), false) | 1);
}

/* What ANALYSIS_AUDIT adds: there and back, and nothing out of its range. */
static void test_audit(void **state)
{
	(void)state;
	const struct fact_file file = {.path = SV("var/x/y"),
				       .whole = SV("var/x"),
				       .why = FILE_CACHE,
				       .mode = 04755,
				       .uid = 7,
				       .capabilities = 1ULL << 40,
				       .detail = SV("of x")};
	const struct fact_secret secret = {.path = SV("k"),
					   .type = SV("jwt"),
					   .title = SV("t"),
					   .value = SV("v"),
					   .line = 9,
					   .high = true};
	const struct fact_account account = {.path = SV("etc/passwd"),
					     .name = SV("root"),
					     .shell = SV("/bin/sh"),
					     .password = ACCOUNT_SHADOWED,
					     .numbered = true};
	struct frame_writer w = {.fd = -1};
	struct layer_facts f = {0};
	struct facts_end end = {.files = 1, .secrets = 1, .accounts = 1};
	struct err err;

	fact_file(&w, &file);
	fact_secret(&w, &secret);
	fact_account(&w, &account);
	fact_end(&w, &end);
	assert_int_equal(facts_decode(buf_view(&w.buf), &f, &err), 0);
	assert_true(f.complete);
	assert_sv(f.files.p[0].whole, "var/x");
	assert_int_equal(f.files.p[0].mode, 04755);
	assert_true(f.files.p[0].capabilities == 1ULL << 40);
	assert_int_equal(f.secrets.p[0].line, 9);
	assert_true(f.secrets.p[0].high);
	assert_int_equal(f.accounts.p[0].password, ACCOUNT_SHADOWED);
	assert_true(f.accounts.p[0].numbered && !f.accounts.p[0].shadow);
	layer_facts_done(&f);
	/* a count that does not hold */
	buf_clear(&w.buf);
	fact_secret(&w, &secret);
	fact_end(&w, &(struct facts_end){0});
	assert_int_equal(facts_decode(buf_view(&w.buf), &f, &err), 0);
	assert_false(f.complete);
	layer_facts_done(&f);
	struct fact_file bad = file;
	bad.why = FILE_WHYS;
	buf_clear(&w.buf);
	fact_file(&w, &bad);
	assert_int_equal(facts_decode(buf_view(&w.buf), &f, &err), -ERR_PROTO);
	bad = file;
	bad.mode = 010000;
	buf_clear(&w.buf);
	fact_file(&w, &bad);
	assert_int_equal(facts_decode(buf_view(&w.buf), &f, &err), -ERR_PROTO);
	buf_done(&w.buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_audit),     cmocka_unit_test(test_round),
		cmocka_unit_test(test_truncated), cmocka_unit_test(test_bit_flips),
		cmocka_unit_test(test_two_ends),  cmocka_unit_test(test_error_flood),
		cmocka_unit_test(test_path_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
