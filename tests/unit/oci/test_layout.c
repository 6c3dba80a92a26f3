#include "unit/oci/build.h"

#if defined(__aarch64__)
#define HERE  "arm64"
#define OTHER "amd64"
#else
#define HERE  "amd64"
#define OTHER "arm64"
#endif

#define NAMED(n)    ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" n "\"}"
#define PLATFORM(a) ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" a "\"}"

static void test_one(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	layout_put(&f, image(&f, "amd64", "", "layer one", NAMED("v1")));
	struct sv dir = files_layout(&f, "l");
	struct sv tar = files_tar(&f, "l.tar");
	struct sv targets[] = {
		dir,
		arena_fmt(&f.a, "oci:%s", dir.p),
		arena_fmt(&f.a, "oci:%s:v1", dir.p),
		tar,
		arena_fmt(&f.a, "oci-archive:%s", tar.p),
		arena_fmt(&f.a, "oci-archive:%s:v1", tar.p),
	};
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		struct opened o = open_target(&f, targets[i]);
		expect_images(o, 1);
		const struct image *img = o.img;
		assert_sv(img->scheme, i < 3 ? "oci" : "oci-archive");
		assert_sv(img->kind, "image");
		assert_sv(img->platform, "linux/amd64");
		assert_sv(img->name, arena_fmt(&f.a, "%s:v1", i < 3 ? dir.p : tar.p).p);
		assert_sv(img->base_name, "debian:12");
		assert_sv(img->base_how, "annotation");
		assert_null(img->broken);
		assert_true(img->manifest.set && img->config.set);
		assert_int_equal(img->layers.n, 1);
		const struct image_layer *l = img->layers.p;
		assert_true(l->verify_blob && l->cacheable && !l->verify_diff);
		assert_int_equal(l->size, 9);
		assert_true(digest_eq(&l->digest, &l->diff_id));
		assert_sv(l->instruction, "ADD file:x in /");
		assert_sv(layer_bytes(&f, &o, 0, 0), "layer one");
		source_close(o.s);
	}
	struct opened o = open_target(&f, arena_fmt(&f.a, "oci:%s:v2", dir.p));
	expect_error(o, ERR_NOTFOUND, "not-found", SCOPE_TARGET);
	o = open_target(&f, arena_fmt(&f.a, "oci:%s/none", f.dir));
	expect_error(o, ERR_NOTFOUND, "not-found", SCOPE_TARGET);
	o = open_target(&f, arena_fmt(&f.a, "oci:%s", f.dir));
	expect_error(o, ERR_NOTFOUND, "not-found", SCOPE_TARGET);
	files_done(&f);
}

static void test_platforms(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	struct sv att = image(&f, "unknown", "", "attestation", PLATFORM("unknown"));
	struct sv hidden =
		image(&f, HERE, "", "attestation 2",
		      ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}");
	struct sv list = comma(&f, image(&f, HERE, "", "mine", PLATFORM(HERE)),
			       image(&f, "s390x", "", "ibm", PLATFORM("s390x")));
	list = comma(&f, comma(&f, list, hidden), att);
	struct sv nested = blob(&f, MT_INDEX, index_text(&f, list), NAMED("multi"));
	layout_put(&f, nested);
	struct sv dir = files_layout(&f, "l");
	struct opened o = open_target(&f, dir);
	expect_images(o, 1);
	assert_sv(layer_bytes(&f, &o, 0, 0), "mine");
	source_close(o.s);
	o = open_target_for(&f, dir, "linux/s390x");
	expect_images(o, 1);
	assert_sv(layer_bytes(&f, &o, 0, 0), "ibm");
	assert_sv(o.img->platform, "linux/s390x");
	struct sv by_digest =
		arena_fmt(&f.a, "oci:%s@%.*s", dir.p, SV_ARG(digest_str(&f.a, &o.img->manifest)));
	source_close(o.s);
	o = open_target(&f, by_digest);
	expect_images(o, 1);
	assert_sv(layer_bytes(&f, &o, 0, 0), "ibm");
	source_close(o.s);
	o = open_target_for(&f, dir, "linux/riscv64");
	expect_error(o, ERR_USAGE, "no-platform", SCOPE_TARGET);
	assert_non_null(strstr(o.err.hint, "linux/s390x"));
	o = open_target_for(&f, dir, "unknown/unknown");
	expect_error(o, ERR_USAGE, "no-platform", SCOPE_TARGET);
	o = open_target_for(&f, dir, "what is this");
	expect_error(o, ERR_USAGE, "usage", SCOPE_USAGE);
	o = open_target(&f, arena_fmt(&f.a, "oci:%s@sha256:abc", dir.p));
	expect_error(o, ERR_USAGE, "usage", SCOPE_TARGET);
	files_done(&f);
}

/* Neither is this machine's, and there are two. One alone is taken, whatever it is. */
static void test_foreign_platforms(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	struct sv a = image(&f, OTHER, "", "a", NAMED("a"));
	struct sv b = image(&f, "s390x", "", "b", NAMED("a"));
	layout_put(&f, comma(&f, a, b));
	struct sv dir = files_layout(&f, "two");
	struct opened o = open_target(&f, dir);
	expect_error(o, ERR_USAGE, "no-platform", SCOPE_TARGET);
	f.list.n = 0;
	layout_put(&f, image(&f, "s390x", "", "b", ""));
	dir = files_layout(&f, "one");
	o = open_target(&f, dir);
	expect_images(o, 1);
	assert_sv(o.img->name, dir.p);
	source_close(o.s);
	/* and stays the only one beside an artifact without a name */
	f.list.n = 0;
	struct sv sbom = blob_str(&f, "application/vnd.example+json", SV("{}"));
	sbom = blob_str(&f, MT_MANIFEST, manifest_text(&f, sbom, blob_str(&f, "text/x", SV("y"))));
	layout_put(&f, comma(&f, sbom, image(&f, "s390x", "", "b", "")));
	o = open_target(&f, files_layout(&f, "beside"));
	expect_images(o, 1);
	source_close(o.s);
	o = open_target_for(&f, dir, "linux/amd64");
	expect_error(o, ERR_USAGE, "no-platform", SCOPE_TARGET);
	files_done(&f);
}

/* A saved multi-platform index whose other manifests stayed away, as containerd writes it. */
static void test_sparse(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	struct sv here = image(&f, "s390x", "", "here", PLATFORM("s390x"));
	size_t keep = f.list.n;
	struct sv gone = image(&f, HERE, "", "gone", PLATFORM(HERE));
	f.list.n = keep;
	struct sv nested = blob(&f, MT_INDEX, index_text(&f, comma(&f, gone, here)), NAMED("x"));
	layout_put(&f, nested);
	struct sv dir = files_layout(&f, "l");
	struct opened o = open_target(&f, dir);
	expect_images(o, 1);
	assert_sv(layer_bytes(&f, &o, 0, 0), "here");
	source_close(o.s);
	o = open_target_for(&f, dir, "linux/" HERE);
	expect_error(o, ERR_NOTFOUND, "blob-missing", SCOPE_CONTENT);
	files_done(&f);
}

static void test_several(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	struct sv list = comma(&f, image(&f, "amd64", "", "one", NAMED("docker.io/library/one:1")),
			       image(&f, "amd64", "", "two", NAMED("two")));
	list = comma(&f, list, image(&f, "amd64", "", "three", ""));
	list = comma(&f, list, image(&f, "amd64", "", "four", ""));
	list = comma(&f, list, image(&f, "amd64", "", "one", NAMED("docker.io/library/one:1")));
	/* a signature beside them is no image and no error */
	struct sv sig = blob_str(&f, "application/vnd.dev.cosign.config.v1+json", SV("{}"));
	list = comma(&f, list,
		     blob(&f, MT_MANIFEST,
			  manifest_text(&f, sig, blob_str(&f, "text/plain", SV("sig"))),
			  NAMED("two.sig")));
	layout_put(&f, list);
	struct sv dir = files_layout(&f, "l");
	struct opened o = open_target(&f, dir);
	expect_images(o, 4);
	assert_sv(o.img[0].name, "docker.io/library/one:1");
	source_close(o.s);
	static const struct {
		const char *select, *layer;
	} rows[] = {
		{"one:1", "one"}, {"1", "one"}, {"docker.io/library/one:1", "one"}, {"two", "two"}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		o = open_target(&f, arena_fmt(&f.a, "oci:%s:%s", dir.p, rows[i].select));
		expect_images(o, 1);
		assert_sv(layer_bytes(&f, &o, 0, 0), rows[i].layer);
		source_close(o.s);
	}
	o = open_target(&f, arena_fmt(&f.a, "oci:%s:two.sig", dir.p));
	expect_error(o, ERR_UNSUPPORTED, "not-an-image", SCOPE_TARGET);
	files_done(&f);
}

/* Every way in which content can be wrong, in place of the second layer's blob or a document. */
static void test_broken(void **state)
{
	(void)state;
	static const struct {
		const char *damage; /* which blob: "config", "layer", "manifest" */
		const char *how;    /* "gone", "flip", "longer" */
		enum err_kind kind;
		const char *code;
	} rows[] = {
		{"layer", "gone", ERR_NOTFOUND, "blob-missing"},
		{"layer", "longer", ERR_CRYPTO, "size-mismatch"},
		{"config", "gone", ERR_NOTFOUND, "blob-missing"},
		{"config", "flip", ERR_CRYPTO, "digest-mismatch"},
		{"config", "longer", ERR_CRYPTO, "size-mismatch"},
		{"manifest", "flip", ERR_CRYPTO, "digest-mismatch"},
		{"manifest", "longer", ERR_CRYPTO, "size-mismatch"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct files f;
		files_init(&f);
		struct sv good = image(&f, "amd64", "", "good", NAMED("good"));
		size_t at = f.list.n;
		struct sv bad = image(&f, "amd64", "", "bad!", NAMED("bad"));
		/* blobs come in this order */
		at += sv_is(sv_of(rows[i].damage), "config")  ? 0
		      : sv_is(sv_of(rows[i].damage), "layer") ? 1
							      : 2;
		struct file *x = &f.list.p[at];
		if (strcmp(rows[i].how, "gone") == 0)
			x->path = SV("elsewhere");
		else if (strcmp(rows[i].how, "longer") == 0)
			x->bytes = arena_fmt(&f.a, "%.*s ", SV_ARG(x->bytes));
		else
			((char *)(uintptr_t)x->bytes.p)[x->bytes.n - 1] ^= 1;
		layout_put(&f, comma(&f, good, bad));
		struct sv targets[] = {files_layout(&f, "l"), files_tar(&f, "l.tar")};
		for (size_t k = 0; k < ARRAY_LEN(targets); k++) {
			struct opened o = open_target(&f, targets[k]);
			expect_images(o, 2);
			/* a layer that is not there is a fault of that layer alone */
			bool layer = sv_is(sv_of(rows[i].damage), "layer");
			const struct err *why =
				layer ? o.img[1].layers.p[0].broken : o.img[1].broken;
			assert_null(o.img[0].broken);
			assert_null(o.img[0].layers.p[0].broken);
			assert_non_null(why);
			assert_int_equal(why->kind, rows[i].kind);
			assert_string_equal(why->code, rows[i].code);
			assert_int_equal(err_exit_code(why), 3);
			assert_int_equal(o.img[1].layers.n, layer);
			source_close(o.s);
			if (layer)
				continue;
			const char *scheme = k ? "oci-archive" : "oci";
			o = open_target(&f, arena_fmt(&f.a, "%s:%s:bad", scheme, targets[k].p));
			expect_error(o, rows[i].kind, rows[i].code, SCOPE_CONTENT);
			assert_true(strlen(o.err.where) > 0);
		}
		files_done(&f);
	}
}

static void test_foreign_layer(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	struct sv c = blob_str(&f, MT_CONFIG, config_text(&f, "amd64", "", "foreign"));
	size_t keep = f.list.n;
	struct sv l = blob(&f, MT_FOREIGN, SV("foreign"), ",\"urls\":[\"https://example.com/x\"]");
	f.list.n = keep;
	layout_put(&f, blob_str(&f, MT_MANIFEST, manifest_text(&f, c, l)));
	struct opened o = open_target(&f, files_layout(&f, "l"));
	expect_images(o, 1);
	assert_int_equal(o.img->layers.p[0].kind, LAYER_ABSENT);
	struct layer_input in;
	assert_int_equal(source_layer_open(o.s, o.img, 0, &in, &o.err), -ERR_NOTFOUND);
	assert_string_equal(o.err.code, "layer-absent");
	source_close(o.s);
	files_done(&f);
}

static void test_hostile(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	/* indexes in indexes, too deep */
	struct sv d = image(&f, "amd64", "", "deep", "");
	for (int i = 0; i < 6; i++)
		d = blob_str(&f, MT_INDEX, index_text(&f, d));
	layout_put(&f, d);
	struct opened o = open_target(&f, files_layout(&f, "deep"));
	expect_error(o, ERR_LIMIT, "limit", SCOPE_CONTENT);
	/* and too wide: 200^3 manifests */
	f.list.n = 0;
	d = image(&f, "amd64", "", "wide", "");
	for (int i = 0; i < 3; i++) {
		struct buf b = {0};
		for (int k = 0; k < 200; k++)
			buf_fmt(&b, "%s%.*s", k ? "," : "", SV_ARG(d));
		d = blob_str(&f, MT_INDEX, index_text(&f, buf_view(&b)));
		buf_done(&b);
	}
	layout_put(&f, d);
	o = open_target(&f, files_layout(&f, "wide"));
	expect_error(o, ERR_LIMIT, "limit", SCOPE_CONTENT);
	/* a blob that is a link to the outside, a loop, a fifo */
	static const char *const links[] = {"/etc/passwd", "../../../../etc/passwd",
					    "/proc/self/fd/0"};
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		f.list.n = 0;
		d = image(&f, "amd64", "", "link", "");
		f.list.p[0].type = '2';
		f.list.p[0].link = sv_of(links[i]);
		layout_put(&f, d);
		o = open_target(&f, files_layout(&f, arena_fmt(&f.a, "link%zu", i).p));
		expect_error(o, ERR_DENIED, "path-escape", SCOPE_CONTENT);
	}
	f.list.n = 0;
	d = image(&f, "amd64", "", "loop", "");
	f.list.p[0].type = '2';
	f.list.p[0].link = sv_basename(f.list.p[0].path);
	layout_put(&f, d);
	o = open_target(&f, files_layout(&f, "loop"));
	assert_int_equal(o.rc, -ERR_IO);
	f.list.n = 0;
	d = image(&f, "amd64", "", "fifo", "");
	struct sv config = f.list.p[0].path;
	f.list.p[0].path = SV("unused");
	layout_put(&f, d);
	struct sv dir = files_layout(&f, "fifo");
	assert_int_equal(mkfifo(arena_fmt(&f.a, "%s/%s", dir.p, config.p).p, 0600), 0);
	o = open_target(&f, dir);
	expect_error(o, ERR_PARSE, "parse", SCOPE_CONTENT);
	/* a link inside the layout is fine */
	f.list.n = 0;
	d = image(&f, "amd64", "", "ok", "");
	config = f.list.p[0].path;
	f.list.p[0].path = SV("blobs/moved");
	file_link(&f, config.p, "../moved", '2');
	layout_put(&f, d);
	o = open_target(&f, files_layout(&f, "inside"));
	expect_images(o, 1);
	source_close(o.s);
	files_done(&f);
}

static void test_index_documents(void **state)
{
	(void)state;
	static const struct {
		const char *index;
		enum err_kind kind;
		const char *code;
		enum err_scope scope;
	} rows[] = {
		{"{\"manifests\":[]}", ERR_NOTFOUND, "not-found", SCOPE_TARGET},
		{"{}", ERR_PARSE, "parse", SCOPE_CONTENT},
		{"[]", ERR_PARSE, "parse", SCOPE_CONTENT},
		{"{\"manifests\":7}", ERR_PARSE, "parse", SCOPE_CONTENT},
		{"{\"manifests\":[7]}", ERR_PARSE, "parse", SCOPE_CONTENT},
		{"{\"manifests\":[{}]}", ERR_PARSE, "parse", SCOPE_CONTENT},
		{"{\"Manifests\":[]}", ERR_PARSE, "ambiguous", SCOPE_CONTENT},
		{"{\"manifest\xc5\xbf\":[]}", ERR_PARSE, "ambiguous", SCOPE_CONTENT},
		{"{\"manifests\":[],\"layers\":[]}", ERR_PARSE, "ambiguous", SCOPE_CONTENT},
		{"{\"manifests\":[],\"mediaType\":\"" MT_MANIFEST "\"}", ERR_PARSE, "ambiguous",
		 SCOPE_CONTENT},
		{"{\"manifests\":[{\"digest\":\"sha256:ab\",\"size\":1}]}", ERR_PARSE, "parse",
		 SCOPE_CONTENT},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct files f;
		files_init(&f);
		file_put(&f, SV("oci-layout"), SV("{}"));
		file_put(&f, SV("index.json"), sv_of(rows[i].index));
		struct opened o = open_target(&f, files_layout(&f, "l"));
		if (o.rc != -(int)rows[i].kind || strcmp(o.err.code, rows[i].code) ||
		    o.err.scope != rows[i].scope)
			fail_msg("%s: %d %s: %s", rows[i].index, o.rc, o.err.code, o.err.msg);
		files_done(&f);
	}
	/* the same key twice */
	struct files f;
	files_init(&f);
	file_put(&f, SV("oci-layout"), SV("{}"));
	file_put(&f, SV("index.json"), SV("{\"manifests\":[],\"manifests\":[]}"));
	struct opened o = open_target(&f, files_layout(&f, "l"));
	assert_int_equal(o.rc, -ERR_PARSE);
	files_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_platforms),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_foreign_platforms),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_foreign_layer),
		cmocka_unit_test(test_index_documents),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
