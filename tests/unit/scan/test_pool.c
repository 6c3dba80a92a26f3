/* Layers through real workers: what becomes of those that die, lie, or are late. */
#include "unit/test.h"

#include "unit/oci/build.h"

#include "base/clock.h"
#include "base/sanitize.h"
#include "scan/analysis.h"
#include "scan/pool.h"

static struct files files;

static int begin(void **state)
{
	(void)state;
	files_init(&files);
	return 0;
}

static int end(void **state)
{
	(void)state;
	files_done(&files);
	return 0;
}

static void put(struct buf *b, const char *path, const char *text)
{
	tar_file_add(b, sv_of(path), '0', SV(""), sv_of(text));
}

/* A layout of one image with one layer. */
static struct opened open_image(struct sv layer)
{
	struct sv config = arena_fmt(
		&files.a,
		"{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\","
		"\"diff_ids\":[\"%.*s\"]}}",
		SV_ARG(digest_of_text(&files, layer)));
	struct sv c = blob_str(&files, MT_CONFIG, config), l = blob_str(&files, MT_LAYER, layer);

	layout_put(&files, blob_str(&files, MT_MANIFEST, manifest_text(&files, c, l)));
	return open_target(&files, files_layout(&files, "layout"));
}

/* Runs the one layer. */
static struct layer_result run(struct opened *o, const struct pool_options *po)
{
	struct layer_result r = {.wanted = true};
	struct err err;

	expect_images(*o, 1);
	assert_int_equal(pool_run(o->s, &o->img[0], po, &r, &err), 0);
	return r;
}

static struct sv good_layer(struct buf *b)
{
	put(b, "app/node_modules/x/package.json", "{\"name\":\"x\",\"version\":\"1.0.0\"}");
	buf_fill(b, '\0', 1024);
	return buf_view(b);
}

static void test_good(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct opened o = open_image(good_layer(&b));
	struct layer_result r =
		run(&o, &(struct pool_options){.jobs = 4, .flags = ANALYSIS_INSTALLED});

	assert_true(r.good);
	assert_false(r.failed);
	assert_int_equal(r.facts.packages.n, 1);
	layer_result_done(&r);
	source_close(o.s);
}

static void overwrite_layer(struct sv layer, struct sv bytes)
{
	struct sv d = digest_of_text(&files, layer);
	write_file(
		arena_fmt(&files.a, "%s/layout/blobs/sha256/%.*s", files.dir, SV_ARG(sv_from(d, 7)))
			.p,
		bytes);
}

/* Bytes that are not those of the digest: nothing of them is reported, whatever else is wrong with
 * them. */
static void test_changed(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0}, evil = {0};
	struct sv layer = good_layer(&b);
	struct opened o = open_image(layer);

	put(&evil, "app/node_modules/y/package.json", "{\"name\":\"y\",\"version\":\"1.0.0\"}");
	put(&evil, "../escape", "");
	buf_fill(&evil, '\0', b.n - evil.n);
	assert_int_equal(evil.n, b.n);
	overwrite_layer(layer, buf_view(&evil));
	struct layer_result r =
		run(&o, &(struct pool_options){.jobs = 1, .flags = ANALYSIS_INSTALLED});
	assert_true(r.failed);
	assert_false(r.good);
	assert_string_equal(r.err.code, "digest-mismatch");
	assert_int_equal(r.facts.packages.n, 0);
	layer_result_done(&r);
	source_close(o.s);
}

static void test_late(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct opened o = open_image(good_layer(&b));
	struct layer_result r = run(&o, &(struct pool_options){.jobs = 1,
							       .flags = ANALYSIS_INSTALLED,
							       .deadline = clock_mono_ns()});

	assert_true(r.failed);
	assert_int_equal(r.err.kind, ERR_TIMEOUT);
	assert_false(r.good);
	layer_result_done(&r);
	source_close(o.s);
}

/* No memory beyond what the process had: the worker says so, or dies; nothing looks whole. */
static void test_no_memory(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	auto_done(buf_done) struct buf b = {0};
	struct opened o = open_image(good_layer(&b));
	struct layer_result r = run(
		&o, &(struct pool_options){.jobs = 1, .flags = ANALYSIS_INSTALLED, .memory = 1});

	assert_false(r.good);
	assert_false(r.facts.complete);
	assert_true(r.failed ||
		    (r.facts.errors.n == 1 && r.facts.errors.p[0].weight == WEIGHT_FATAL));
	layer_result_done(&r);
	source_close(o.s);
}

/* A directory is a layer too; a deadline holds in it, and what is no file is passed over. */
static void test_tree(void **state)
{
	(void)state;
	struct err err;
	struct sv dir = arena_fmt(&files.a, "%s/tree", files.dir);
	const char *const dirs[] = {"", "/node_modules", "/node_modules/x", "/node_modules/f"};

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		assert_int_equal(mkdir(arena_fmt(&files.a, "%s%s", dir.p, dirs[i]).p, 0755), 0);
	write_file(arena_fmt(&files.a, "%s/node_modules/x/package.json", dir.p).p,
		   SV("{\"name\":\"x\",\"version\":\"1.0.0\"}"));
	assert_int_equal(
		mkfifo(arena_fmt(&files.a, "%s/node_modules/f/package.json", dir.p).p, 0600), 0);
	for (int late = 0; late < 2; late++) {
		struct opened o = open_target(&files, arena_fmt(&files.a, "dir:%s", dir.p));
		struct layer_result r = {.wanted = true};
		struct pool_options po = {.jobs = 1, .flags = ANALYSIS_INSTALLED, .deadline = late};
		assert_int_equal(o.rc, 0);
		assert_int_equal(pool_run(o.s, &o.img[0], &po, &r, &err), 0);
		assert_int_equal(r.good, !late);
		assert_int_equal(r.failed, late);
		if (late)
			assert_int_equal(r.err.kind, ERR_TIMEOUT);
		else
			assert_int_equal(r.facts.packages.n, 1);
		layer_result_done(&r);
		source_close(o.s);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_good),      CASE(test_changed), CASE(test_late),
		CASE(test_no_memory), CASE(test_tree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
