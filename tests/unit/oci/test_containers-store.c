/* A store with the driver vfs made by hand: chains that end nowhere or never, configurations that
 * are missing or others. */
#include "oci/containers-store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "oci/digest.h"
#include "sys/file.h"
#include "unit/test.h"

#define ID_A "aaaa0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"

struct store {
	struct arena a;
	char dir[32];
	struct source s;
	struct source_ops ops;
};

static void put(struct store *st, const char *path, struct sv text)
{
	struct err err = {0};
	struct sv full = arena_fmt(&st->a, "%s/%s", st->dir, path), folder, name;

	assert_true(sv_rcut(full, '/', &folder, &name));
	assert_int_equal(file_mkdirs(arena_str(&st->a, folder), 0755, &err), 0);
	if (name.n > 0)
		assert_int_equal(file_write_atomic(full.p, text, 0644, &err), 0);
}

static void store_init(struct store *st)
{
	*st = (struct store){.dir = "/tmp/gabion-store-XXXXXX", .ops = {.scheme = "test"}};
	assert_non_null(mkdtemp(st->dir));
	st->s.arena = &st->a;
	st->s.ops = &st->ops;
	put(st, "vfs-images/", SV(""));
	put(st, "vfs/dir/l1/", SV(""));
	put(st, "vfs/dir/l2/", SV(""));
}

static void store_done(struct store *st)
{
	char command[64];

	for (size_t i = 0; i < st->s.images.n; i++)
		vec_done(&st->s.images.p[i].layers);
	vec_done(&st->s.images);
	(void)snprintf(command, sizeof command, "rm -r %s", st->dir);
	assert_int_equal(system(command), 0);
	arena_done(&st->a);
}

static int add(struct store *st, const char *name, struct err *err)
{
	struct containers_store c;

	int rc = containers_store_open(&st->s, sv_of(st->dir), &c, err);
	if (rc == 0)
		rc = containers_store_add(&c, sv_of(name), true, err);
	containers_store_close(&c);
	return rc;
}

/* Without a manifest the id is the digest of the configuration. */
static struct sv put_image(struct store *st, const char *layer, const char *diff_id)
{
	struct digest d;
	struct err err = {0};
	struct sv config = arena_fmt(&st->a,
				     "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{"
				     "\"type\":\"layers\",\"diff_ids\":[\"sha256:%s\"]}}",
				     diff_id);

	assert_int_equal(digest_of(config, &d, &err), 0);
	struct sv id = digest_hex(&st->a, &d);
	put(st, "vfs-images/images.json",
	    arena_fmt(&st->a, "[{\"id\":\"%.*s\",\"names\":[\"localhost/a:1\"],\"layer\":\"%s\"}]",
		      SV_ARG(id), layer));
	auto_done(buf_done) struct buf key = {0};
	buf_fmt(&key, "printf %%s sha256:%.*s | base64 -w0", SV_ARG(id));
	FILE *p = popen(buf_cstr(&key), "r");
	char name[200] = "";
	assert_non_null(p);
	assert_non_null(fgets(name, sizeof name, p));
	assert_int_equal(pclose(p), 0);
	put(st, arena_fmt(&st->a, "vfs-images/%.*s/=%s", SV_ARG(id), name).p, config);
	return id;
}

static void test_image(void **state)
{
	(void)state;
	struct store st;
	struct err err = {0};

	store_init(&st);
	(void)put_image(&st, "l1", ID_A);
	put(&st, "vfs-layers/layers.json",
	    SV("[{\"id\":\"l1\",\"diff-digest\":\"sha256:" ID_A "\",\"diff-size\":5}]"));
	assert_int_equal(add(&st, "a:1", &err), 0);
	assert_int_equal(st.s.images.n, 1);
	assert_sv(st.s.images.p[0].platform, "linux/amd64");
	assert_int_equal(st.s.images.p[0].layers.n, 1);
	assert_false(st.s.images.p[0].layers.p[0].cacheable);
	assert_int_equal(add(&st, "b:1", &err), -ERR_NOTFOUND);
	store_done(&st);
}

static void test_chains(void **state)
{
	(void)state;
	static const struct {
		const char *layers;
		int rc;
	} rows[] = {
		{"[]", -ERR_NOTFOUND},
		{"[{\"id\":\"l1\",\"parent\":\"gone\"}]", -ERR_NOTFOUND},
		{"[{\"id\":\"l1\",\"parent\":\"l1\"}]", -ERR_LIMIT},
		{"[{\"id\":\"l1\",\"parent\":\"l2\"},{\"id\":\"l2\",\"parent\":\"l1\"}]",
		 -ERR_LIMIT},
		{"[{\"id\":\"l1\",\"parent\":\"l2\"},{\"id\":\"l2\"}]", -ERR_PARSE},
		{"[{\"id\":\"l1\",\"diff-digest\":\"sha256:bbbb0123456789abcdef0123456789abcdef"
		 "0123456789abcdef0123456789ab\"}]",
		 -ERR_CRYPTO},
		{"[{\"id\":\"l1\"}", -ERR_PARSE},
	};
	struct store st;

	store_init(&st);
	(void)put_image(&st, "l1", ID_A);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = {0};
		put(&st, "vfs-layers/layers.json", sv_of(rows[i].layers));
		int rc = add(&st, "a:1", &err);
		if (rc != rows[i].rc)
			print_error("%s: %s\n", rows[i].layers, err.msg);
		assert_int_equal(rc, rows[i].rc);
	}
	store_done(&st);
}

static void test_config(void **state)
{
	(void)state;
	struct store st;
	struct err err = {0};

	store_init(&st);
	struct sv id = put_image(&st, "l1", ID_A);
	put(&st, "vfs-layers/layers.json", SV("[{\"id\":\"l1\"}]"));
	/* the manifest names another configuration */
	put(&st, arena_fmt(&st.a, "vfs-images/%.*s/manifest", SV_ARG(id)).p,
	    SV("{\"schemaVersion\":2,\"config\":{\"mediaType\":"
	       "\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:" ID_A
	       "\",\"size\":5},"
	       "\"layers\":[]}"));
	assert_int_equal(add(&st, "a:1", &err), -ERR_NOTFOUND);
	/* a container does without: its layers are there */
	put(&st, "vfs-containers/containers.json",
	    SV("[{\"id\":\"" ID_A "\",\"names\":[\"box\"],\"layer\":\"l1\"}]"));
	assert_int_equal(add(&st, "container:box", &err), 0);
	assert_sv(st.s.images.p[st.s.images.n - 1].kind, "container");
	store_done(&st);
}

static void test_no_store(void **state)
{
	(void)state;
	struct store st;
	struct containers_store c;
	struct err err = {0};

	store_init(&st);
	assert_int_equal(containers_store_open(&st.s, SV("/nonexistent"), &c, &err), -ERR_NOTFOUND);
	containers_store_close(&c);
	store_done(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_no_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
