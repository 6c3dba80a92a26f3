#include "unit/test.h"

#include "fact/source.h"
#include "fmt/json-out.h"

/* A source's text (and info, image) to the JSON of one field: "w.F" of the workload, "c.F" of its
 * container, with more names behind for records. */
struct result {
	struct arena a;
	struct parts p;
	const struct node *workload;
	unsigned objects, faults, notes, others;
};

static void on_object(void *arg, const struct fact_object *o)
{
	struct result *r = arg;

	r->objects++;
	r->workload = o->workload;
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	struct result *r = arg;

	r->faults += !f->note;
	r->notes += f->note;
}

static void on_other(void *arg, const struct node *at, const char *why)
{
	struct result *r = arg;

	assert_true(at && why);
	r->others++;
}

static void result_done(struct result *r)
{
	parts_done(&r->p);
	arena_done(&r->a);
}

static void read_source(struct result *r, const char *source, const char *text, const char *info,
			const char *image)
{
	const struct fact_sink sink = {r, on_object, on_fault, on_other, NULL};

	memset(r, 0, sizeof *r);
	r->p.arena = &r->a;
	(void)parts_add(&r->p, SV(""), SV("f"), sv_of(text));
	if (info)
		(void)parts_add(&r->p, SV("info"), SV("GET /info"), sv_of(info));
	if (image)
		(void)parts_add(&r->p, SV("image"), SV("image"), sv_of(image));
	fact_source_find(sv_of(source))->objects(&r->p, &sink);
}

static const struct node *value_at(const struct node *w, const char *path)
{
	struct sv rest = sv_of(path), name = sv_cut(&rest, '.');
	const struct node *n = w;

	if (sv_is(name, "c"))
		n = &w->items[WORKLOAD_CONTAINERS].items[0];
	while (rest.n) {
		name = sv_cut(&rest, '.');
		n = name.p[0] >= '0' && name.p[0] <= '9' ? &n->items[name.p[0] - '0']
							 : node_get_sv(n, name);
		assert_non_null(n);
	}
	return n;
}

static void assert_json(struct result *r, const char *path, const char *expected)
{
	auto_done(buf_done) struct buf b = {0};
	struct json_out w;
	struct err err;

	json_out_init(&w, NULL, &b, 0);
	json_out_node(&w, value_at(r->workload, path));
	assert_int_equal(json_out_done(&w, &err), 0);
	assert_string_equal(buf_cstr(&b), expected);
}

struct row {
	const char *text, *info, *path, *expected;
	unsigned faults;
};

#define H(host, path, expected)   {"{\"HostConfig\":{" host "}}", NULL, path, expected, 0},
#define C(config, path, expected) {"{" config "}", NULL, path, expected, 0},
#define I(host, info, path, expected) \
	{"{\"HostConfig\":{" host "}}", "{" info "}", path, expected, 0},
#define X(host, path, expected, n) {"{\"HostConfig\":{" host "}}", NULL, path, expected, n},

static const struct row creates[] = {
	/* clang-format off */
	/* Go's reading */
	H("\"privileged\":true", "c.privileged", "true")
	H("\"Privileged\":true", "w.merges", "false")
	H("\"privileged\":true", "w.merges", "true")
	H("\"Privileged\":false,\"PRIVILEGED\":true", "c.privileged", "true")
	H("\"Privileged\":true,\"Privileged\":null", "c.privileged", "true")
	C("\"Ho\\u017ftConfig\":{\"Privileged\":true}", "c.privileged", "true")
	C("\"HostConfig\":{\"Privileged\":true},\"HostConfig\":{\"PidMode\":\"host\"}", "c.privileged", "true")
	C("\"HostConfig\":{\"Privileged\":true},\"HostConfig\":null", "c.privileged", "false")
	C("\"HostConfig\":{\"NetworkMode\":\"host\"},\"NetworKMode\":\"none\"", "w.host_network", "true")
	H("\"Networ\\u212aMode\":\"host\"", "w.host_network", "true")
	H("\"Devices\":[{\"PathOnHost\":\"/dev/sda\"}],\"Devices\":[{}]", "c.devices.0.source", "\"/dev/sda\"")
	H("\"Devices\":[{\"PathOnHost\":\"/dev/sda\"}],\"Devices\":[],\"Devices\":[{}]", "c.devices.0.source", "\"\"")
	H("\"Binds\":[\"/a:/b\",\"/c:/d\"],\"Binds\":[\"/e:/f\"],\"Binds\":[null,null]", "c.mounts.1.source", "\"/c\"")
	H("\"Binds\":[\"/a:/b\"],\"Binds\":null", "c.mounts", "[]")
	H("\"Sysctls\":{\"a\":\"1\"},\"Sysctls\":{\"b\":\"2\"}", "w.sysctls", "[{\"name\":\"a\",\"value\":\"1\"},{\"name\":\"b\",\"value\":\"2\"}]")
	H("\"PidsLimit\":5,\"PidsLimit\":null", "c.resources.pids_limit", "null")
	H("\"LogConfig\":{\"Type\":\"syslog\"},\"LogConfig\":null", "c.log_driver", "\"syslog\"")
	X("\"Privileged\":\"true\"", "c.privileged", "true", 1)
	X("\"Privileged\":[]", "c.privileged", "false", 1)
	X("\"PidsLimit\":1.5", "c.resources.pids_limit", "null", 1)
	X("\"Binds\":\"/a:/b\"", "c.mounts", "[]", 1)
	/* profiles and privileges */
	H("", "c.seccomp.type", "\"RuntimeDefault\"")
	H("\"SecurityOpt\":[\"seccomp=unconfined\"]", "c.seccomp.type", "\"Unconfined\"")
	H("\"SecurityOpt\":[\"seccomp:unconfined\"]", "c.seccomp.type", "\"Unconfined\"")
	H("\"SecurityOpt\":[\"seccomp={}\"]", "c.seccomp", "{\"type\":\"Localhost\",\"localhost\":\"inline\"}")
	H("\"SecurityOpt\":[\"seccomp=builtin\"]", "c.seccomp.type", "\"RuntimeDefault\"")
	H("\"Privileged\":true", "c.seccomp.type", "\"Unconfined\"")
	I("", "\"SecurityOptions\":[]", "c.seccomp.type", "\"Unconfined\"")
	I("", "\"SecurityOptions\":[\"name=seccomp,profile=builtin\"]", "c.seccomp.type", "\"RuntimeDefault\"")
	I("", "\"SecurityOptions\":[\"name=seccomp,profile=unconfined\"]", "c.seccomp.type", "\"Unconfined\"")
	I("", "\"SecurityOptions\":[\"name=seccomp,profile=/x.json\"]", "c.seccomp.localhost", "\"/x.json\"")
	H("", "c.apparmor.type", "\"RuntimeDefault\"")
	H("\"SecurityOpt\":[\"apparmor=unconfined\"]", "c.apparmor.type", "\"Unconfined\"")
	H("\"SecurityOpt\":[\"apparmor=mine\"]", "c.apparmor.localhost", "\"mine\"")
	H("\"Privileged\":true,\"SecurityOpt\":[\"apparmor=mine\"]", "c.apparmor.localhost", "\"mine\"")
	I("", "\"SecurityOptions\":[]", "c.apparmor.type", "\"Undefined\"")
	H("\"SecurityOpt\":[\"label:type:x_t\",\"label=level:s0:c1\"]", "c.selinux", "{\"type\":\"x_t\",\"user\":null,\"role\":null,\"level\":\"s0:c1\"}")
	H("\"SecurityOpt\":[\"disable\"]", "c.selinux.type", "\"spc_t\"")
	H("\"PidMode\":\"host\"", "c.selinux.type", "\"spc_t\"")
	H("", "c.selinux", "null")
	H("", "c.allow_escalation", "true")
	H("\"SecurityOpt\":[\"no-new-privileges\"]", "c.allow_escalation", "false")
	H("\"SecurityOpt\":[\"no-new-privileges:true\",\"no-new-privileges=0\"]", "c.allow_escalation", "true")
	I("", "\"SecurityOptions\":[\"name=no-new-privileges\"]", "c.allow_escalation", "false")
	X("\"SecurityOpt\":[\"no-new-privileges=maybe\",\"x\"]", "c.allow_escalation", "true", 2)
	H("", "c.readonly_paths", "[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\",\"/proc/sysrq-trigger\"]")
	H("\"ReadonlyPaths\":[\"/x\"]", "c.readonly_paths", "[\"/x\"]")
	H("\"ReadonlyPaths\":[],\"MaskedPaths\":[]", "c.proc_mount", "\"Unmasked\"")
	H("\"Privileged\":true", "c.masked_paths", "[]")
	H("\"Privileged\":true", "c.proc_mount", "\"Default\"")
	/* capabilities */
	H("\"CapAdd\":[\"\\u017fys_adm\\u0131n\"]", "c.cap_add", "[\"SYS_ADMIN\"]")
	H("\"CapAdd\":\"all\",\"CapDrop\":[\"ALL\"]", "c.capabilities", "[\"ALL\"]")
	H("\"CapAdd\":[\"CHOWN\"],\"CapDrop\":[\"ALL\",\"CHOWN\"]", "c.capabilities", "[\"CHOWN\"]")
	H("\"Privileged\":true,\"CapDrop\":[\"ALL\"]", "c.capabilities", "[\"ALL\"]")
	X("\"CapAdd\":[\"NOPE\"]", "c.cap_add", "[\"NOPE\"]", 1)
	/* namespaces */
	H("", "w.network_mode", "\"bridge\"")
	H("\"NetworkMode\":\"default\"", "w.networks", "[\"bridge\"]")
	H("\"NetworkMode\":\"container:x\"", "w.networks", "[]")
	H("\"NetworkMode\":\"container:x\"", "w.network_mode", "\"container:x\"")
	C("\"NetworkingConfig\":{\"EndpointsConfig\":{\"n\":{}}}", "w.networks", "[\"bridge\",\"n\"]")
	H("\"IpcMode\":\"host\"", "w.host_ipc", "true")
	H("\"IpcMode\":\"shareable\"", "w.ipc_mode", "\"shareable\"")
	H("\"UTSMode\":\"host\"", "w.host_uts", "true")
	H("\"PidMode\":\"container:x\"", "w.host_pid", "false")
	H("", "w.host_users", "true")
	I("", "\"SecurityOptions\":[\"name=userns\"]", "w.host_users", "false")
	I("\"UsernsMode\":\"host\"", "\"SecurityOptions\":[\"name=userns\"]", "w.host_users", "true")
	I("", "\"SecurityOptions\":[\"name=rootless\"]", "w.rootless", "true")
	I("", "\"SecurityOptions\":[]", "w.rootless", "false")
	H("", "w.rootless", "null")
	H("", "w.host_cgroup", "null")
	I("", "\"CgroupVersion\":\"2\"", "w.cgroup_mode", "\"private\"")
	I("", "\"CgroupVersion\":\"1\"", "w.host_cgroup", "true")
	H("\"CgroupnsMode\":\"host\"", "w.host_cgroup", "true")
	H("\"CgroupParent\":\"/../x\"", "w.cgroup_parent", "\"/../x\"")
	I("", "\"DefaultRuntime\":\"crun\"", "w.runtime", "\"crun\"")
	H("\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":5}", "w.restart_policy", "\"on-failure:5\"")
	H("", "w.restart_policy", "\"no\"")
	/* mounts */
	H("\"Binds\":[\"/tmp/../etc:/e:ro,rshared\"]", "c.mounts.0.source", "\"/etc\"")
	H("\"Binds\":[\"/tmp/../etc:/e:ro,rshared\"]", "c.mounts.0.propagation", "\"Bidirectional\"")
	H("\"Binds\":[\"/proc/self/root:/e\"]", "c.mounts.0.resolved", "\"/\"")
	H("\"Binds\":[\"/x:/e\"]", "c.mounts.0.propagation", "\"None\"")
	H("\"Binds\":[\"/var:/e\"]", "c.mounts.0.propagation", "\"HostToContainer\"")
	H("\"Binds\":[\"/run/docker.sock:/s\"]", "w.volumes.0.engine", "\"docker\"")
	H("\"Binds\":[\"v:/x:ro\"]", "c.mounts.0.volume", "\"v\"")
	H("\"Binds\":[\"/x\"]", "c.mounts.0.type", "\"volume\"")
	X("\"Binds\":[\"/a:/b:zz\"]", "c.mounts.0.source", "\"/a\"", 1)
	X("\"Binds\":[\"a:b:c:d\",\"\"]", "c.mounts", "[]", 2)
	H("\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/e\",\"Target\":\"/t\",\"ReadOnly\":true}]", "c.mounts.0.read_only", "true")
	H("\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v\",\"Target\":\"/t\",\"VolumeOptions\":{\"DriverConfig\":{\"Name\":\"local\",\"Options\":{\"type\":\"overlay\",\"o\":\"lowerdir=/etc:/usr\"}}}}]", "w.volumes.0.options", "{\"type\":\"overlay\",\"o\":\"lowerdir=/etc:/usr\"}")
	H("\"Mounts\":[{\"Type\":\"volume\",\"Target\":\"/t\",\"VolumeOptions\":{\"DriverConfig\":{\"Options\":{\"o\":\"bind\",\"device\":\"/etc\"}}}}]", "w.volumes.0.path", "\"/etc\"")
	H("\"Tmpfs\":{\"/r\":\"ro,dev\"}", "c.mounts.0.options", "[\"ro\",\"dev\"]")
	C("\"Volumes\":{\"/v\":{},\"/b/\":{}},\"HostConfig\":{\"Binds\":[\"/a:/b\"]}", "c.mounts.1.target", "\"/v\"")
	H("\"VolumesFrom\":[\"x:rw\"]", "c.volumes_from", "[\"x:rw\"]")
	/* the process */
	C("\"User\":\"+0\"", "c.run_as_user", "0")
	C("\"User\":\"007:root\"", "c.run_as_user", "7")
	C("\"User\":\"007:root\"", "c.run_as_group", "0")
	C("\"User\":\"app\"", "c.run_as_user_name", "\"app\"")
	C("\"User\":\":5\"", "c.run_as_user", "0")
	C("\"User\":\"\"", "c.run_as_user", "null")
	C("\"Cmd\":\"sh\"", "c.args", "[\"sh\"]")
	C("\"Env\":[\"A=1=2\",\"B\"]", "c.env", "[{\"name\":\"A\",\"value\":\"1=2\",\"from\":\"value\"}]")
	C("\"Healthcheck\":{\"Test\":[\"NONE\"]}", "c.healthcheck", "null")
	C("\"Healthcheck\":{\"Test\":[\"CMD\",\"x\"]}", "c.healthcheck", "{\"Test\":[\"CMD\",\"x\"]}")
	C("\"WorkingDir\":\"/proc/./self/fd/7\"", "c.working_dir", "\"/proc/self/fd/7\"")
	C("\"Labels\":{\"a\":null}", "w.labels", "{\"a\":\"\"}")
	C("\"Image\":\"a/b\"", "c.image.repository", "\"a/b\"")
	/* limits */
	H("\"Memory\":5,\"NanoCpus\":1500000000", "c.resources.cpu_limit", "\"1500m\"")
	H("\"CpuQuota\":200000", "c.resources.cpu_limit", "\"2\"")
	H("\"Memory\":5", "c.resources.memory_limit", "\"5\"")
	H("\"Memory\":5", "c.resources.memory_swap", "\"10\"")
	H("\"MemorySwap\":-1", "c.resources.memory_swap", "\"-1\"")
	H("\"PidsLimit\":-1", "c.resources.pids_limit", "null")
	H("\"PidsLimit\":7,\"CpuShares\":3", "c.resources.pids_limit", "7")
	H("\"Ulimits\":[null,{\"Name\":\"n\",\"Soft\":-1,\"Hard\":2}]", "c.ulimits", "[{\"name\":\"n\",\"soft\":-1,\"hard\":2}]")
	H("\"OomScoreAdj\":-1000", "c.oom_score", "-1000")
	H("\"OomKillDisable\":true", "c.oom_kill_disable", "true")
	H("\"DeviceCgroupRules\":[\"a *:* rwm\"]", "c.device_rules", "[\"a *:* rwm\"]")
	H("\"DeviceRequests\":[{\"Driver\":\"cdi\"}]", "c.device_requests", "[{\"Driver\":\"cdi\"}]")
	H("\"LogConfig\":{\"Type\":\"syslog\",\"Config\":{\"a\":\"b\"}}", "c.log_options", "{\"a\":\"b\"}")
	H("\"PortBindings\":{\"53/udp\":[{\"HostIp\":\"::1\",\"HostPort\":\"54-60\"}]}", "c.ports", "[{\"name\":null,\"port\":53,\"host_port\":54,\"host_ip\":\"::1\",\"protocol\":\"UDP\"}]")
	C("\"ExposedPorts\":{\"80\":{}}", "c.ports", "[{\"name\":null,\"port\":80,\"host_port\":0,\"host_ip\":null,\"protocol\":\"TCP\"}]")
	/* clang-format on */
};

static void test_create(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(creates); i++) {
		auto_done(result_done) struct result r;
		read_source(&r, "docker-create", creates[i].text, creates[i].info, NULL);
		assert_int_equal(r.objects, 1);
		assert_json(&r, creates[i].path, creates[i].expected);
		assert_int_equal(r.faults, creates[i].faults);
	}
}

/* What stands outside of HostConfig counts where there is none, and is named. */
static void test_outside(void **state)
{
	auto_done(result_done) struct result r;

	(void)state;
	read_source(&r, "docker-create", "{\"Image\":\"a\",\"Privileged\":true}", NULL, NULL);
	assert_json(&r, "c.privileged", "true");
	assert_int_equal(r.notes, 1);
	assert_int_equal(r.faults, 0);
}

static void test_image(void **state)
{
	static const char *const image =
		"{\"Id\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\","
		"\"Config\":{\"User\":\"app\",\"Env\":[\"A=0\",\"B=2\",\"C=3\"],\"Cmd\":[\"y\"],\"Labels\":"
		"{\"l\":\"1\"},"
		"\"Healthcheck\":{\"Test\":[\"CMD\",\"h\"]}}}";
	auto_done(result_done) struct result r;

	(void)state;
	read_source(&r, "docker-create", "{\"Image\":\"a\",\"Env\":[\"A=1\",\"B\"]}", NULL, image);
	assert_json(&r, "c.user", "\"app\"");
	assert_json(&r, "c.args", "[\"y\"]");
	assert_json(
		&r, "c.env",
		"[{\"name\":\"A\",\"value\":\"1\",\"from\":\"value\"},{\"name\":\"C\",\"value\":"
		"\"3\",\"from\":\"value\"}]");
	assert_json(&r, "w.labels", "{\"l\":\"1\"}");
	assert_json(&r, "c.healthcheck", "{\"Test\":[\"CMD\",\"h\"]}");
	assert_int_equal(value_at(r.workload, "c.image.id")->text.n, 71);
}

/* Not read at all: a fault, and no object that could pass. */
static void test_broken(void **state)
{
	static const char *const texts[] = {"", "{", "{\"Image\":\"a\"}]", "{\"A\":\"\xff\"}"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_done(result_done) struct result r;
		read_source(&r, "docker-create", texts[i], NULL, NULL);
		assert_int_equal(r.objects, 0);
		assert_int_equal(r.faults, 1);
	}
	auto_done(result_done) struct result r;
	read_source(&r, "docker-inspect", "[{\"Id\":\"x\"},1]", NULL, NULL);
	assert_int_equal(r.objects, 0);
	assert_int_equal(r.others, 2);
}

static const char *const docker =
	"[{\"Id\":\"ab\",\"Name\":\"/web\",\"Image\":\"sha256:1\",\"AppArmorProfile\":\"docker-default\","
	"\"State\":{\"Status\":\"running\",\"Pid\":5},\"Config\":{\"Image\":\"nginx\",\"User\":\"\"},"
	"\"HostConfig\":{\"NetworkMode\":\"default\",\"CgroupnsMode\":\"private\",\"MaskedPaths\":[\"/a\"],"
	"\"ReadonlyPaths\":[\"/b\"]},\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/etc\",\"Destination\":\"/"
	"e\",\"Mode\":\"ro\",\"RW\":false,\"Propagation\":\"rslave\"},{\"Type\":\"volume\",\"Name\":\"v\","
	"\"Source\":\"/var/x\",\"Destination\":\"/v\",\"Driver\":\"local\",\"RW\":true}],"
	"\"NetworkSettings\":{\"Ports\":{\"80/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"9\"}]},"
	"\"Networks\":{\"n\":{}}}}]";

static void test_inspect(void **state)
{
	static const struct {
		const char *path, *expected;
	} rows[] = {
		{"w.platform", "\"docker\""},
		{"w.name", "\"web\""},
		{"c.name", "\"web\""},
		{"w.state", "\"running\""},
		{"w.networks", "[\"n\"]"},
		{"w.merges", "null"},
		{"c.run_as_user", "0"},
		{"c.user", "null"},
		{"c.apparmor.type", "\"RuntimeDefault\""},
		{"c.masked_paths", "[\"/a\"]"},
		{"c.mounts.0.read_only", "true"},
		{"c.mounts.0.propagation", "\"HostToContainer\""},
		{"c.mounts.0.options", "[\"ro\"]"},
		{"c.mounts.1.source", "null"},
		{"w.volumes.1.driver", "\"local\""},
		{"c.ports.0.host_port", "9"},
	};
	auto_done(result_done) struct result r;

	(void)state;
	read_source(&r, "docker-inspect", docker, NULL, NULL);
	assert_int_equal(r.objects, 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_json(&r, rows[i].path, rows[i].expected);
}

static void test_podman(void **state)
{
	static const char *const text =
		"[{\"Id\":\"ab\",\"Name\":\"web\",\"ImageName\":\"a/b:1\",\"OCIRuntime\":\"crun\","
		"\"ConmonPidFile\":\"/run/user/5/x\",\"BoundingCaps\":[\"CAP_KILL\"],\"State\":{"
		"\"OciVersion\":\"1\"},\"Config\":{\"Entrypoint\":\"sh\",\"Annotations\":{\"a\":\"b\"}},"
		"\"HostConfig\":{\"CgroupMode\":\"host\",\"IDMappings\":{\"UidMap\":[\"0:1:1\"]},"
		"\"Ulimits\":[{\"Name\":\"RLIMIT_NOFILE\"}]}}]";
	static const struct {
		const char *path, *expected;
	} rows[] = {
		{"w.platform", "\"podman\""},
		{"w.runtime", "\"crun\""},
		{"w.rootless", "true"},
		{"w.host_cgroup", "true"},
		{"w.host_users", "false"},
		{"c.capabilities", "[\"KILL\"]"},
		{"c.command", "[\"sh\"]"},
		{"w.annotations", "{\"a\":\"b\"}"},
		{"c.ulimits.0.name", "\"nofile\""},
		{"c.image.reference", "\"a/b:1\""},
	};
	auto_done(result_done) struct result r;

	(void)state;
	read_source(&r, "podman-inspect", text, NULL, NULL);
	assert_int_equal(r.objects, 1);
	assert_int_equal(r.faults, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_json(&r, rows[i].path, rows[i].expected);
}

static void test_guess(void **state)
{
	static const struct {
		const char *text, *source;
	} rows[] = {
		{"{\"Image\":\"a\",\"HostConfig\":{}}", "docker-create"},
		{"{\"hOstcOnfig\":{}}", "docker-create"},
		{"{\"Image\":\"a\",\"Cmd\":[]}", "docker-create"},
		{"{\"Image\":\"a\"}", NULL},
		{"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"HostConfig\":{}}", NULL},
		{"{\"architecture\":\"amd64\",\"config\":{},\"rootfs\":{}}", NULL},
		{"[{\"Id\":\"a\",\"Config\":{},\"HostConfig\":{}}]", "docker-inspect"},
		{"{\"Id\":\"a\",\"Config\":{},\"HostConfig\":{},\"BoundingCaps\":[]}",
		 "podman-inspect"},
		{"[{\"Id\":\"a\",\"Config\":{},\"RepoTags\":[]}]", NULL},
		{"[]", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = {0};
		struct parts p = {.arena = &a};
		const struct node *root = NULL;
		struct err err = {0};
		struct part *part = parts_add(&p, SV(""), SV("f"), sv_of(rows[i].text));
		assert_int_equal(parts_json(&p, part, &root, &err), 0);
		const struct fact_source *s = fact_source_guess(root);
		if (rows[i].source)
			assert_string_equal(s ? s->name : "none", rows[i].source);
		else
			assert_true(!s || strncmp(s->name, "docker-", 7) != 0);
		parts_done(&p);
		arena_done(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),  cmocka_unit_test(test_outside),
		cmocka_unit_test(test_image),   cmocka_unit_test(test_broken),
		cmocka_unit_test(test_inspect), cmocka_unit_test(test_podman),
		cmocka_unit_test(test_guess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
