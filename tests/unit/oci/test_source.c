#include "unit/oci/build.h"

#include "oci/source-int.h"

/* Targets that are decided before anything is read. */
static void test_rules(void **state)
{
	(void)state;
	static const struct {
		const char *target;
		enum err_kind kind;
		enum err_scope scope;
		const char *hint; /* part of it */
	} rows[] = {
		{"", ERR_USAGE, SCOPE_USAGE, ""},
		{"oci:", ERR_USAGE, SCOPE_USAGE, ""},
		{"dir:", ERR_USAGE, SCOPE_USAGE, ""},
		{"ftp://x", ERR_USAGE, SCOPE_USAGE, "docker-archive:"},
		{"https://quay.io/x", ERR_USAGE, SCOPE_USAGE, "docker-archive:"},
		{"pkg:deb/debian/openssl@1", ERR_USAGE, SCOPE_USAGE, ""},
		{"sbom:x.json", ERR_USAGE, SCOPE_USAGE, ""},
		{"/no/such/file", ERR_NOTFOUND, SCOPE_TARGET, "NAME[:TAG]"},
		{"./none", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"../none", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"image.tar", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"image.tar.gz", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"x/deploy.yaml", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"a.json", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"docker-archive:none.tar", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"oci-archive:none.tar:x", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"dir:/none", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"dir:/etc/passwd", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"oci:/etc/passwd", ERR_NOTFOUND, SCOPE_TARGET, ""},
		{"docker-archive:/etc", ERR_USAGE, SCOPE_TARGET, ""},
		{"/dev/null", ERR_USAGE, SCOPE_TARGET, ""},
	};
	struct files f;
	files_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct opened o = open_target(&f, sv_of(rows[i].target));
		if (o.rc != -(int)rows[i].kind || o.err.scope != rows[i].scope ||
		    !strstr(o.err.hint, rows[i].hint))
			fail_msg("'%s': %d scope %d: %s: %s; %s", rows[i].target, o.rc,
				 (int)o.err.scope, o.err.where, o.err.msg, o.err.hint);
		assert_int_equal(err_exit_code(&o.err), 2);
	}
	struct opened o = open_target(&f, SV("a\0b"));
	assert_int_equal(o.rc, -ERR_USAGE);
	files_done(&f);
}

static void test_dir(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	struct sv ways[] = {sv_of(f.dir), arena_fmt(&f.a, "dir:%s", f.dir), SV("/"), SV("dir:/")};
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct opened o = open_target(&f, ways[i]);
		struct layer_input in;
		struct stat got, want;
		expect_images(o, 1);
		assert_sv(o.img->kind, i < 2 ? "filesystem" : "host");
		assert_sv(o.img->scheme, "dir");
		assert_int_equal(o.img->layers.n, 1);
		assert_int_equal(o.img->layers.p[0].kind, LAYER_TREE);
		assert_false(o.img->layers.p[0].cacheable);
		assert_int_equal(source_layer_open(o.s, o.img, 0, &in, &o.err), 0);
		assert_int_equal(fstat(in.fd, &got), 0);
		assert_int_equal(stat(i < 2 ? f.dir : "/", &want), 0);
		assert_int_equal(got.st_ino, want.st_ino);
		assert_int_equal(source_layer_close(o.s, o.img, 0, &in, &o.err), 0);
		source_close(o.s);
	}
	files_done(&f);
}

static void test_cut(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	struct sv plain = arena_fmt(&f.a, "%s/x", f.dir), colon = arena_fmt(&f.a, "%s/x:y", f.dir);
	write_file(plain.p, SV(""));
	write_file(colon.p, SV(""));
	static const struct {
		const char *rest, *path, *select;
	} rows[] = {
		{"x", "x", ""},
		{"x:y", "x:y", ""},
		{"x:z", "x", "z"},
		{"x:a/b:c", "x", "a/b:c"},
		{"x@sha256:ab", "x", "@sha256:ab"},
		{"x:", "x", ""},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sv path, select;
		struct err err = {0};
		struct sv rest = arena_fmt(&f.a, "%s/%s", f.dir, rows[i].rest);
		assert_int_equal(source_cut_selection(&f.a, rest, true, &path, &select, &err), 0);
		assert_sv(sv_basename(path), rows[i].path);
		assert_sv(select, rows[i].select);
	}
	/* what stands behind an existing path is shown how to write */
	struct opened o = open_target(&f, arena_fmt(&f.a, "%s:tag", plain.p));
	expect_error(o, ERR_NOTFOUND, "not-found", SCOPE_TARGET);
	assert_non_null(strstr(o.err.hint, "exists"));
	files_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rules), cmocka_unit_test(test_dir),
					   cmocka_unit_test(test_cut)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
