/* The source `image`: configurations, inspect's answers, and what layers hold, to facts. */
#include "unit/test.h"

#include "fact/image/schema.h"
#include "fact/image/image.h"
#include "fmt/json.h"

struct seen {
	struct fact_object objects[4];
	size_t n, faults;
};

static void on_object(void *arg, const struct fact_object *o)
{
	struct seen *s = arg;

	if (s->n < ARRAY_LEN(s->objects))
		s->objects[s->n++] = *o;
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	struct seen *s = arg;

	assert_non_null(f->why);
	s->faults++;
}

struct run {
	struct arena a;
	struct parts parts;
	struct seen seen;
};

static void run_start(struct run *r)
{
	*r = (struct run){0};
	arena_init(&r->a, 0);
	r->parts.arena = &r->a;
}

static void run_part(struct run *r, const char *role, const char *text)
{
	(void)parts_add(&r->parts, sv_of(role), SV("img"), sv_of(text));
}

static void run_end(struct run *r)
{
	const struct fact_sink sink = {&r->seen, on_object, on_fault, NULL, NULL};

	source_image.objects(&r->parts, &sink);
}

static void run_done(struct run *r)
{
	parts_done(&r->parts);
	arena_done(&r->a);
}

static const struct node *image_of(const struct run *r)
{
	assert_int_equal(r->seen.n, 1);
	assert_string_equal(r->seen.objects[0].more[0].type, "image");
	return r->seen.objects[0].more[0].record;
}

static const struct node *container_of(const struct run *r)
{
	return &r->seen.objects[0].workload->items[WORKLOAD_CONTAINERS].items[0];
}

static const char config[] =
	"{\"architecture\": \"amd64\", \"os\": \"linux\", \"created\": \"2026-01-02T03:04:05Z\","
	" \"config\": {\"User\": \"app:50\", \"Env\": [\"PATH=/bin\", \"DB_PASSWORD=hunter2x\"],"
	"  \"ExposedPorts\": {\"8080/tcp\": {}, \"53/udp\": {}}, \"Volumes\": {\"/data\": {}},"
	"  \"Entrypoint\": [\"/app\"], \"Cmd\": [\"-v\"], \"WorkingDir\": \"/srv\","
	"  \"Labels\": {\"a\": \"b\"}, \"Healthcheck\": {\"Test\": [\"CMD\", \"true\"]}},"
	" \"rootfs\": {\"type\": \"layers\", \"diff_ids\": [\"sha256:00\"]},"
	" \"history\": [{\"created_by\": \"/bin/sh -c #(nop) ADD file:x in / \"},"
	"  {\"created_by\": \"ENV DB_PASSWORD=hunter2x\", \"empty_layer\": true},"
	"  {\"created_by\": \"|1 API_TOKEN=k3jd8Sm2xQ9dLw4vT7 /bin/sh -c make\"}]}";

static const char about[] = "{\"reference\": \"reg.example.com/app:1\", \"id\": \"sha256:11\"}";

static const char layers[] =
	"{\"read\": true, \"system\": \"alpine\", \"package_managers\": [\"apk\"],"
	" \"files\": [{\"path\": \"/bin/su\", \"why\": \"setuid\", \"type\": \"file\","
	"  \"mode\": \"4755\", \"uid\": 0, \"gid\": 0, \"layer\": 0, \"deleted\": false}],"
	" \"secrets\": [{\"type\": \"private-key\", \"title\": \"private key\", \"place\": \"file\","
	"  \"path\": \"/root/k\", \"line\": 1, \"layer\": 0, \"deleted\": true, \"value\": \"x\","
	"  \"confidence\": \"high\"}],"
	" \"accounts\": [{\"name\": \"app\", \"uid\": 1000, \"empty_password\": false,"
	"  \"password\": false, \"shell\": \"/bin/sh\", \"repeated\": false}]}";

static void test_whole(void **state)
{
	(void)state;
	struct run r;

	run_start(&r);
	run_part(&r, "config", config);
	run_part(&r, "about", about);
	run_part(&r, "layers", layers);
	run_end(&r);
	const struct node *i = image_of(&r), *c = container_of(&r);
	assert_int_equal(r.seen.faults, 0);
	assert_sv(i->items[IMAGE_REPORT_REFERENCE].text, "reg.example.com/app:1");
	assert_sv(i->items[IMAGE_REPORT_ID].text, "sha256:11");
	assert_sv(i->items[IMAGE_REPORT_SYSTEM].text, "alpine");
	assert_sv(i->items[IMAGE_REPORT_READ].text, "true");
	assert_sv(i->items[IMAGE_REPORT_HEALTHCHECK].text, "true");
	assert_sv(i->items[IMAGE_REPORT_PORTS].items[1].text, "53/udp");
	assert_sv(i->items[IMAGE_REPORT_LAYERS].text, "1");
	assert_sv(i->items[IMAGE_REPORT_FILES].items[0].items[IMAGE_FILE_WHY].text, "setuid");
	assert_true(fact_has(&i->items[IMAGE_REPORT_FILES].items[0], IMAGE_FILE_CAPABILITIES));
	assert_sv(i->items[IMAGE_REPORT_PACKAGE_MANAGERS].items[0].text, "apk");
	const struct node *history = &i->items[IMAGE_REPORT_HISTORY];
	assert_int_equal(history->n, 3);
	assert_sv(history->items[0].items[HISTORY_INSTRUCTION].text, "ADD");
	assert_sv(history->items[1].items[HISTORY_EMPTY].text, "true");
	assert_sv(history->items[2].items[HISTORY_INSTRUCTION].text, "RUN");
	assert_sv(c->items[CONTAINER_RUN_AS_USER].text, "1000");
	assert_sv(c->items[CONTAINER_RUN_AS_USER_NAME].text, "app");
	assert_sv(c->items[CONTAINER_RUN_AS_GROUP].text, "50");
	assert_sv(c->items[CONTAINER_IMAGE].items[IMAGE_REGISTRY].text, "reg.example.com");
	assert_sv(c->items[CONTAINER_PORTS].items[1].items[PORT_PROTOCOL].text, "UDP");
	assert_sv(c->items[CONTAINER_COMMAND].items[0].text, "/app");
	assert_sv(c->items[CONTAINER_MOUNTS].items[0].items[MOUNT_TARGET].text, "/data");
	assert_false(fact_has(c, CONTAINER_PRIVILEGED));
	run_done(&r);
}

/* That of the layers, the variable, the build argument; not the variable again in the history. */
static void test_secrets(void **state)
{
	(void)state;
	struct run r;

	run_start(&r);
	run_part(&r, "config", config);
	run_part(&r, "layers", layers);
	run_end(&r);
	const struct node *s = &image_of(&r)->items[IMAGE_REPORT_SECRETS];
	assert_int_equal(s->n, 3);
	assert_sv(s->items[0].items[SECRET_PATH].text, "/root/k");
	assert_sv(s->items[0].items[SECRET_DELETED].text, "true");
	assert_sv(s->items[1].items[SECRET_PLACE].text, "env");
	assert_sv(s->items[1].items[SECRET_PATH].text, "DB_PASSWORD");
	assert_sv(s->items[1].items[SECRET_VALUE].text, "... (8 characters)");
	assert_false(fact_has(&s->items[1], SECRET_LAYER));
	assert_sv(s->items[2].items[SECRET_PLACE].text, "history");
	assert_sv(s->items[2].items[SECRET_PATH].text, "2");
	run_done(&r);
}

static void test_bare(void **state)
{
	(void)state;
	static const struct {
		const char *text, *user, *health;
		size_t objects;
	} cases[] = {
		{config, NULL, "true", 1},
		{"{\"rootfs\": {}, \"architecture\": \"a\", \"config\": {}}", "0", "false", 1},
		{"{\"rootfs\": {}, \"architecture\": \"a\", \"config\": {\"User\": \"root\","
		 " \"Healthcheck\": {\"Test\": [\"NONE\"]}}}",
		 "0", "false", 1},
		/* Go folds the case of keys, and the last one counts */
		{"{\"rootfs\": {}, \"architecture\": \"a\", \"config\": {\"User\": \"root\","
		 " \"user\": \"7\"}}",
		 "7", "false", 1},
		{"[]", NULL, NULL, 0},
		{"{", NULL, NULL, 0},
		{"7", NULL, NULL, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct run r;
		run_start(&r);
		run_part(&r, "", cases[i].text);
		run_end(&r);
		assert_int_equal(r.seen.n, cases[i].objects);
		if (cases[i].objects) {
			const struct node *c = container_of(&r), *img = image_of(&r);
			assert_int_equal(fact_has(c, CONTAINER_RUN_AS_USER), cases[i].user != NULL);
			if (cases[i].user)
				assert_sv(c->items[CONTAINER_RUN_AS_USER].text, cases[i].user);
			assert_sv(img->items[IMAGE_REPORT_HEALTHCHECK].text, cases[i].health);
			assert_sv(img->items[IMAGE_REPORT_READ].text, "false");
		}
		run_done(&r);
	}
}

static const char inspect[] =
	"[{\"Id\": \"sha256:22\", \"RepoTags\": [\"app:1\"], \"Created\": \"x\", \"Os\": \"linux\","
	" \"Architecture\": \"amd64\", \"Config\": {\"User\": \"7\"},"
	" \"RootFS\": {\"Type\": \"layers\", \"Layers\": [\"sha256:00\", \"sha256:01\"]}},"
	" {\"Id\": \"sha256:23\", \"RepoTags\": [], \"RootFS\": {}, \"Config\": null}]";

static void test_inspect(void **state)
{
	(void)state;
	struct run r;

	run_start(&r);
	run_part(&r, "", inspect);
	run_end(&r);
	assert_int_equal(r.seen.n, 2);
	const struct node *i = r.seen.objects[0].more[0].record;
	assert_sv(r.seen.objects[0].name, "app:1");
	assert_sv(r.seen.objects[1].name, "sha256:23");
	assert_sv(i->items[IMAGE_REPORT_ID].text, "sha256:22");
	assert_sv(i->items[IMAGE_REPORT_LAYERS].text, "2");
	assert_sv(container_of(&r)->items[CONTAINER_RUN_AS_USER].text, "7");
	run_done(&r);
}

static void test_is(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is;
	} cases[] = {
		{config, true},
		{inspect, true},
		{"[{\"Id\": \"x\", \"RootFS\": {}, \"RepoTags\": [], \"State\": {}}]", false},
		{"{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}", false},
		{"{\"ociVersion\": \"1.0\", \"root\": {}, \"process\": {}}", false},
		{"[]", false},
		{"7", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(arena_done) struct arena a = {0};
		const struct node *root;
		struct err err;
		assert_int_equal(
			json_read(&a, SV("x"), sv_of(cases[i].text), DUP_LAST, &root, &err), 0);
		assert_int_equal(source_image.is(root), cases[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_bare),  cmocka_unit_test(test_inspect),
		cmocka_unit_test(test_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
