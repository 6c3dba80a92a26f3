/* Documents of engines and of containers-storage: what is read, and what is refused. */
#include "oci/engine.h"

#include "fmt/json.h"
#include "oci/containers-json.h"
#include "unit/test.h"

#define ID_A "aaaa0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"
#define ID_B "aaab0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"
#define ID_C "c0000123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"

static const struct node *json(struct arena *a, const char *text)
{
	const struct node *doc;
	struct err err = {0};

	assert_int_equal(json_read(a, SV("test"), sv_of(text), DUP_LAST, &doc, &err), 0);
	return doc;
}

static void test_image(void **state)
{
	(void)state;
	auto_done(arena_done) struct arena a = {0};
	struct engine_image img;
	struct err err = {0};

	assert_int_equal(
		engine_image_parse(&a,
				   json(&a, "{\"Id\":\"sha256:" ID_A "\","
					    "\"RepoTags\":[\"a:1\",\"b:2\"],"
					    "\"Os\":\"linux\",\"Architecture\":\"x86_64\","
					    "\"GraphDriver\":{\"Name\":\"overlay2\",\"Data\":{"
					    "\"UpperDir\":\"/d/overlay2/u/diff\"}}}"),
				   &img, &err),
		0);
	assert_sv(img.id, ID_A);
	assert_sv(img.tagged, "a:1");
	assert_sv(platform_str(&a, &img.platform), "linux/amd64");
	assert_sv(img.driver, "overlay2");
	assert_sv(img.root, "/d");
	/* podman's id; the containerd store has no directories */
	assert_int_equal(
		engine_image_parse(&a,
				   json(&a, "{\"Id\":\"" ID_B
					    "\",\"GraphDriver\":{\"Name\":\"x\",\"Data\":null}}"),
				   &img, &err),
		0);
	assert_sv(img.id, ID_B);
	assert_sv(img.tagged, "");
	assert_sv(img.root, "");
	static const char *const bad[] = {"{}",
					  "[]",
					  "null",
					  "{\"Id\":7}",
					  "{\"Id\":\"sha256:..\"}",
					  "{\"Id\":\"sha512:" ID_A "\"}"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(engine_image_parse(&a, json(&a, bad[i]), &img, &err), -ERR_PROTO);
}

/* Only a path that looks like a layer of this driver says where the store is. */
static void test_root(void **state)
{
	(void)state;
	static const struct {
		const char *upper, *root;
	} rows[] = {
		{"/var/lib/docker/overlay2/0a/diff", "/var/lib/docker"},
		{"/overlay2/overlay2/x/diff", "/overlay2"},
		{"/overlay2/x/diff", ""},
		{"/d/overlay/x/diff", ""},
		{"/d/overlay2/x/merged", ""},
		{"/d/overlay2//diff", ""},
		{"d/overlay2/x/diff", ""},
		{"/d/../e/overlay2/x/diff", ""},
		{"diff", ""},
		{"/diff", ""},
		{"", ""},
	};
	auto_done(arena_done) struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct engine_container c;
		struct err err = {0};
		struct sv text =
			arena_fmt(&a,
				  "{\"Id\":\"" ID_A "\",\"Name\":\"/box\",\"Image\":\"sha256:" ID_B
				  "\",\"GraphDriver\":{\"Name\":\"overlay2\",\"Data\":{"
				  "\"UpperDir\":\"%s\"}}}",
				  rows[i].upper);
		assert_int_equal(engine_container_parse(&a, json(&a, text.p), &c, &err), 0);
		assert_sv(c.root, rows[i].root);
		assert_sv(c.name, "box");
		assert_sv(c.image, ID_B);
	}
}

static const char images_text[] =
	"[{\"id\":\"" ID_A "\",\"digest\":\"sha256:" ID_C "\",\"layer\":\"l1\","
	"\"names\":[\"docker.io/library/alpine:latest\",\"quay.io/team/tool:2\"]},"
	"{\"id\":\"" ID_B "\",\"names\":[\"localhost/alpine:latest\",\"ghcr.io/team/tool:2\","
	"\"quay.io/team/app:1\"]},"
	"{\"id\":\"" ID_C "\",\"names\":null}]";

static void test_find_image(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int rc;
		const char *id;
	} rows[] = {
		{"alpine", 0, ID_B}, /* localhost before docker.io */
		{"alpine:latest", 0, ID_B},
		{"docker.io/alpine", 0, ID_A},
		{"docker.io/library/alpine:latest", 0, ID_A},
		{"library/alpine", 0, ID_A},
		{"alpine:3", -ERR_NOTFOUND, NULL},
		{"quay.io/team/tool:2", 0, ID_A},
		{"team/tool:2", -ERR_USAGE, NULL}, /* two registries have one */
		{"tool:2", -ERR_USAGE, NULL},
		{"team/app:1", 0, ID_B},
		{"app:1", 0, ID_B},
		{"pp:1", -ERR_NOTFOUND, NULL},
		{"quay.io/alpine", -ERR_NOTFOUND, NULL},
		{"docker.io/library/alpine@sha256:" ID_C, 0, ID_A},
		{"docker.io/library/alpine@sha256:" ID_B, -ERR_NOTFOUND, NULL},
		{ID_A, 0, ID_A},
		{"sha256:" ID_A, 0, ID_A},
		{"aaaa", 0, ID_A},
		{"aaa", -ERR_USAGE, NULL},
		{"c0", 0, ID_C},
		{"AAAA", -ERR_NOTFOUND, NULL},
		{"", -ERR_NOTFOUND, NULL},
	};
	auto_done(arena_done) struct arena a = {0};
	struct stored_images all = {0};
	struct err err = {0};

	assert_int_equal(stored_images_parse(&a, SV("t"), sv_of(images_text), &all, &err), 0);
	assert_int_equal(all.n, 3);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct stored_image *found = NULL;
		int rc = stored_image_find(&a, &all, sv_of(rows[i].name), &found, &err);
		if (rc != rows[i].rc)
			print_error("%s: %s\n", rows[i].name, err.msg);
		assert_int_equal(rc, rows[i].rc);
		if (rc == 0)
			assert_sv(found->id, rows[i].id);
	}
	vec_done(&all);
}

static void test_find_container(void **state)
{
	(void)state;
	static const char text[] = "[{\"id\":\"" ID_A "\",\"names\":[\"aaa\"],\"layer\":\"l1\"},"
				   "{\"id\":\"" ID_B "\",\"names\":[\"two\"],\"layer\":\"l2\"}]";
	auto_done(arena_done) struct arena a = {0};
	struct stored_containers all = {0};
	const struct stored_container *c;
	struct err err = {0};

	assert_int_equal(stored_containers_parse(&a, SV("t"), sv_of(text), &all, &err), 0);
	assert_int_equal(stored_container_find(&a, &all, SV("aaa"), &c, &err), 0);
	assert_sv(c->id, ID_A); /* a name wins over an id */
	assert_int_equal(stored_container_find(&a, &all, SV("aaab"), &c, &err), 0);
	assert_sv(c->id, ID_B);
	assert_int_equal(stored_container_find(&a, &all, SV("aa"), &c, &err), -ERR_USAGE);
	assert_non_null(strstr(err.msg, "two"));
	assert_int_equal(stored_container_find(&a, &all, SV("x"), &c, &err), -ERR_NOTFOUND);
	vec_done(&all);
}

/* Ids become names of directories. */
static void test_hostile(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"{}",
		"[7]",
		"[{}]",
		"[{\"id\":\"../../etc\",\"layer\":\"l\"}]",
		"[{\"id\":\"..\",\"layer\":\"l\"}]",
		"[{\"id\":\"a/b\",\"layer\":\"l\"}]",
		"[{\"id\":\"a\\u0000b\",\"layer\":\"l\"}]",
		"[{\"id\":\"a\",\"layer\":\"../l\",\"parent\":\"../l\"}]",
		"[{\"id\":\"a\",\"id\":\"b\",\"layer\":\"l\"}]",
		"[{\"id\":\"a\",\"layer\":\"l\"}",
		"",
	};
	auto_done(arena_done) struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct stored_images images = {0};
		struct stored_layers layers = {0};
		struct stored_containers containers = {0};
		struct err err = {0};
		assert_int_equal(stored_images_parse(&a, SV("t"), sv_of(bad[i]), &images, &err),
				 -ERR_PARSE);
		assert_int_equal(stored_layers_parse(&a, SV("t"), sv_of(bad[i]), &layers, &err),
				 -ERR_PARSE);
		assert_int_equal(
			stored_containers_parse(&a, SV("t"), sv_of(bad[i]), &containers, &err),
			-ERR_PARSE);
		vec_done(&images);
		vec_done(&layers);
		vec_done(&containers);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image),      cmocka_unit_test(test_root),
		cmocka_unit_test(test_find_image), cmocka_unit_test(test_find_container),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
