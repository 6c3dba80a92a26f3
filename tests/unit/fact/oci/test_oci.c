/* config.json as runtimes get it. */
#include "unit/test.h"

#include "fact/container/isolation.h"
#include "fact/oci/oci.h"

static const char full[] =
	"{\"ociVersion\":\"1.2.0\",\"hostname\":\"ab12\",\"process\":{\"user\":{\"uid\":1000,\"gid\":5,"
	"\"additionalGids\":[7]},\"args\":[\"sleep\",\"1\"],\"env\":[\"A=b=c\",\"=x\",\"E\"],\"cwd\":\"/w\","
	"\"capabilities\":{\"bounding\":[\"CAP_CHOWN\",\"CAP_SYS_ADMIN\"]},"
	"\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"hard\":18446744073709551615,\"soft\":1024}],"
	"\"noNewPrivileges\":true,\"apparmorProfile\":\"docker-default\","
	"\"selinuxLabel\":\"system_u:system_r:container_t:s0:c1,c2\",\"oomScoreAdj\":-5},"
	"\"root\":{\"path\":\"rootfs\",\"readonly\":true},"
	"\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
	"{\"destination\":\"/h\",\"source\":\"/etc/../etc\",\"options\":[\"rbind\",\"ro\",\"rshared\"]},"
	"{\"destination\":\"/s\",\"type\":\"bind\",\"source\":\"/var/run/docker.sock\"}],"
	"\"annotations\":{\"io.kubernetes.cri.container-name\":\"web\","
	"\"io.kubernetes.cri.sandbox-namespace\":\"shop\","
	"\"io.kubernetes.cri.image-name\":\"docker.io/library/nginx:1.27\"},"
	"\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"},"
	"{\"type\":\"network\",\"path\":\"/proc/1/ns/net\"},{\"type\":\"ipc\",\"path\":\"/proc/77/ns/ipc\"}],"
	"\"sysctl\":{\"net.ipv4.ip_forward\":\"1\"},"
	"\"devices\":[{\"path\":\"/dev/fuse\",\"type\":\"c\",\"major\":10,\"minor\":229},"
	"{\"path\":\"/dev/null\",\"type\":\"c\",\"major\":1,\"minor\":3}],"
	"\"resources\":{\"devices\":[{\"allow\":false,\"access\":\"rwm\"},"
	"{\"allow\":true,\"type\":\"c\",\"access\":\"m\"},"
	"{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":3,\"access\":\"rwm\"},"
	"{\"allow\":true,\"type\":\"b\",\"major\":8,\"access\":\"rw\"},{\"allow\":true}],"
	"\"memory\":{\"limit\":1048576,\"swap\":-1},\"cpu\":{\"quota\":150000,\"period\":100000,"
	"\"shares\":512,\"cpus\":\"0\"},\"pids\":{\"limit\":0}},"
	"\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ERRNO\"},"
	"\"maskedPaths\":[\"/proc/kcore\"],\"readonlyPaths\":[\"/proc/sys\"]}}";

struct fixture {
	struct arena arena;
	struct parts parts;
	unsigned faults;
	struct sv fault;
	const struct node *w;
	struct sv name;
};

static void object(void *arg, const struct fact_object *o)
{
	struct fixture *f = arg;

	f->w = o->workload;
	f->name = o->name;
}

static void fault(void *arg, const struct fact_fault *ff)
{
	struct fixture *f = arg;

	f->faults++;
	f->fault = ff->path;
}

static void read_text(struct fixture *f, const char *text)
{
	const struct fact_sink sink = {.arg = f, .object = object, .fault = fault};

	parts_done(&f->parts);
	f->w = NULL;
	f->faults = 0;
	parts_add(&f->parts, SV(""), SV("config.json"), sv_of(text));
	source_oci_config.objects(&f->parts, &sink);
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);

	arena_init(&f->arena, 0);
	f->parts.arena = &f->arena;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	parts_done(&f->parts);
	arena_done(&f->arena);
	free(f);
	return 0;
}

static const char *text_of(struct arena *a, const struct node *n)
{
	struct buf out = {0};

	if (n->flags & NODE_ABSENT)
		return "?";
	if (n->kind != NODE_ARRAY)
		return arena_str(a, n->text);
	NODE_EACH (it, n)
		buf_fmt(&out, "%s%.*s", out.n ? "," : "", SV_ARG(it->text));
	const char *text = arena_str(a, buf_view(&out));
	buf_done(&out);
	return text;
}

struct row {
	unsigned field;
	const char *text;
};

static void check(struct fixture *f, const struct node *record, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_string_equal(text_of(&f->arena, &record->items[rows[i].field]),
				    rows[i].text);
}

static void all_fields(void **state)
{
	static const struct row of_workload[] = {
		{WORKLOAD_NAME, "web"},          {WORKLOAD_NAMESPACE, "shop"},
		{WORKLOAD_HOST_NETWORK, "true"}, {WORKLOAD_HOST_PID, "false"},
		{WORKLOAD_HOST_IPC, "?"},        {WORKLOAD_HOST_UTS, "true"},
		{WORKLOAD_HOST_USERS, "true"},   {WORKLOAD_HOST_CGROUP, "true"},
		{WORKLOAD_API_VERSION, "1.2.0"},
	};
	static const struct row of_container[] = {
		{CONTAINER_RUN_AS_USER, "1000"},
		{CONTAINER_RUN_AS_GROUP, "5"},
		{CONTAINER_GROUPS, "7"},
		{CONTAINER_ARGS, "sleep,1"},
		{CONTAINER_WORKING_DIR, "/w"},
		{CONTAINER_CAPABILITIES, "CHOWN,SYS_ADMIN"},
		{CONTAINER_CAP_ADD, "CHOWN,SYS_ADMIN"},
		{CONTAINER_CAP_DROP, "ALL"},
		{CONTAINER_ALLOW_ESCALATION, "false"},
		{CONTAINER_READ_ONLY_ROOT, "true"},
		{CONTAINER_OOM_SCORE, "-5"},
		{CONTAINER_MASKED_PATHS, "/proc/kcore"},
		{CONTAINER_READONLY_PATHS, "/proc/sys"},
		{CONTAINER_DEVICE_RULES, "b 8:* rw,a *:* rwm"},
		{CONTAINER_PRIVILEGED, "false"},
		{CONTAINER_PROC_MOUNT, "Default"},
		{CONTAINER_SECURITY_OPTIONS, ""},
	};
	struct fixture *f = *state;

	read_text(f, full);
	assert_int_equal(f->faults, 0);
	const struct node *c = &f->w->items[WORKLOAD_CONTAINERS].items[0];
	check(f, f->w, of_workload, ARRAY_LEN(of_workload));
	check(f, c, of_container, ARRAY_LEN(of_container));
	assert_sv(f->name, "web");
	assert_sv(c->items[CONTAINER_SECCOMP].items[PROFILE_TYPE].text, "Filter");
	assert_sv(c->items[CONTAINER_APPARMOR].items[PROFILE_LOCALHOST].text, "docker-default");
	assert_sv(c->items[CONTAINER_SELINUX].items[SELINUX_LEVEL].text, "s0:c1,c2");
	assert_sv(c->items[CONTAINER_IMAGE].items[IMAGE_TAG].text, "1.27");
	assert_int_equal(c->items[CONTAINER_ENV].n, 2);
	assert_sv(c->items[CONTAINER_ENV].items[0].items[ENV_VALUE].text, "b=c");
	assert_sv(c->items[CONTAINER_ULIMITS].items[0].items[ULIMIT_HARD].text, "-1");
	assert_int_equal(c->items[CONTAINER_DEVICES].n, 1);
	assert_sv(f->w->items[WORKLOAD_SYSCTLS].items[0].items[SYSCTL_NAME].text,
		  "net.ipv4.ip_forward");
	const struct node *r = &c->items[CONTAINER_RESOURCES];
	assert_sv(r->items[RESOURCES_CPU_LIMIT].text, "1500m");
	assert_false(fact_has(r, RESOURCES_MEMORY_SWAP));
	assert_false(fact_has(r, RESOURCES_PIDS_LIMIT));
}

static void mounts(void **state)
{
	struct fixture *f = *state;

	read_text(f, full);
	const struct node *c = &f->w->items[WORKLOAD_CONTAINERS].items[0];
	const struct node *m = c->items[CONTAINER_MOUNTS].items;
	assert_int_equal(c->items[CONTAINER_MOUNTS].n, 3);
	assert_sv(m[0].items[MOUNT_TYPE].text, "proc");
	assert_false(fact_has(&m[0], MOUNT_SOURCE));
	assert_sv(m[1].items[MOUNT_TYPE].text, "bind");
	assert_sv(m[1].items[MOUNT_RESOLVED].text, "/etc");
	assert_sv(m[1].items[MOUNT_PROPAGATION].text, "Bidirectional");
	assert_true(node_true(&m[1].items[MOUNT_READ_ONLY]));
	assert_sv(m[2].items[MOUNT_ENGINE].text, "docker");
	assert_int_equal(f->w->items[WORKLOAD_VOLUMES].n, 2);
	assert_sv(isolation_line(&f->arena, f->w),
		  "can become root on the host: Docker's socket at /s, any device; can read the "
		  "host's files: /etc (read-only); can see the host's network; can exhaust "
		  "processes: no limits");
}

static void little(void **state)
{
	static const struct row nothing[] = {
		{CONTAINER_RUN_AS_USER, "0"},         {CONTAINER_CAPABILITIES, ""},
		{CONTAINER_ALLOW_ESCALATION, "true"}, {CONTAINER_READ_ONLY_ROOT, "false"},
		{CONTAINER_MASKED_PATHS, ""},         {CONTAINER_PROC_MOUNT, "Unmasked"},
	};
	struct fixture *f = *state;

	read_text(f, "{\"ociVersion\":\"1.0.0\",\"process\":{},\"linux\":{}}");
	const struct node *c = &f->w->items[WORKLOAD_CONTAINERS].items[0];
	check(f, c, nothing, ARRAY_LEN(nothing));
	assert_sv(c->items[CONTAINER_SECCOMP].items[PROFILE_TYPE].text, "Unconfined");
	assert_true(node_true(&f->w->items[WORKLOAD_HOST_NETWORK]));
}

static void wrong(void **state)
{
	static const struct {
		const char *text;
		unsigned faults;
		const char *path;
	} rows[] = {
		{"{\"ociVersion\":\"1\",\"process\":[]}", 1, "/process"},
		{"{\"process\":{\"noNewPrivileges\":\"true\"}}", 1, "/noNewPrivileges"},
		{"{\"linux\":{\"seccomp\":null}}", 0, ""},
		{"{\"mounts\":[1,{\"destination\":[]}]}", 1, "/destination"},
		{"{\"linux\":{\"devices\":[1],\"namespaces\":[2]}}", 0, ""},
		{"{", 1, ""},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		read_text(f, rows[i].text);
		assert_int_equal(f->faults, rows[i].faults);
		if (f->faults)
			assert_sv(f->fault, rows[i].path);
	}
	read_text(f, "[]");
	assert_null(f->w);
}

static void guessed(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} rows[] = {
		{"{\"ociVersion\":\"1.2.0\",\"process\":{}}", true},
		{"{\"ociVersion\":\"1.2.0\",\"root\":{}}", true},
		{"{\"ociVersion\":\"1.2.0\",\"status\":\"running\",\"root\":{}}", false},
		{"{\"ociVersion\":\"1.2.0\"}", false},
		{"{\"ociVersion\":1,\"root\":{}}", false},
		{"{\"schemaVersion\":2,\"config\":{}}", false},
		{"[]", false},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct node *root;
		struct err err;
		parts_done(&f->parts);
		struct part *p = parts_add(&f->parts, SV(""), SV("x"), sv_of(rows[i].text));
		assert_int_equal(parts_json(&f->parts, p, &root, &err), 0);
		assert_int_equal(source_oci_config.is(root), rows[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_fields, setup, teardown),
		cmocka_unit_test_setup_teardown(mounts, setup, teardown),
		cmocka_unit_test_setup_teardown(little, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(guessed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
