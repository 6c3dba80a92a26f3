/* containerd, Podman, the host, its files, versions. */
#include "fact/engine/component.h"
#include "unit/fact/engine/engine_case.h"

#define TOML    "containerd_config /etc/containerd/config.toml"
#define CRI2    "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\"]\n"
#define CRI3    "version = 3\n[plugins.\"io.containerd.cri.v1.runtime\"]\n"
#define CONF    "containers_conf /usr/share/containers/containers.conf"
#define CONF_D  "containers_conf /etc/containers/containers.conf.d/1.conf"
#define REG     "registries_conf /etc/containers/registries.conf"
#define POLICY  "policy /etc/containers/policy.json"
#define SOCKET  "stat /var/run/docker.sock"
#define FOLDERS "\"resolved\":\"/run/docker.sock\",\"links\":[],\"above\":"
#define STAT                                                                             \
	"{\"path\":\"/var/run/docker.sock\",\"type\":\"socket\",\"mode\":432,\"uid\":0," \
	"\"gid\":998,\"owner\":\"root\",\"group\":\"docker\",\"acl\":false,"

static const struct row {
	const char *parts[6];
	const char *kind, *name;
	unsigned field;
	const char *expected;
} rows[] = {
	{{TOML, CRI2 "disable_apparmor = true\n"},
	 "Engine",
	 "containerd",
	 ENGINE_APPARMOR,
	 "false"},
	{{TOML, CRI3 "disable_apparmor = true\n"},
	 "Engine",
	 "containerd",
	 ENGINE_APPARMOR,
	 "false"},
	{{TOML, "[plugins.cri]\ndisable_apparmor = true\n"},
	 "Engine",
	 "containerd",
	 ENGINE_APPARMOR,
	 "false"},
	{{TOML, "disabled_plugins = [\"cri\"]\n[plugins.cri]\ndisable_apparmor = true\n"},
	 "Engine",
	 "containerd",
	 ENGINE_APPARMOR,
	 "(absent)"},
	{{TOML,
	  CRI2 "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.k]\nruntime_type = "
	       "\"io.k\"\nprivileged_without_host_devices = true\n"},
	 "Engine",
	 "containerd",
	 ENGINE_RUNTIMES,
	 "[{\"name\":\"k\",\"path\":\"io.k\",\"privileged_without_devices\":true,"
	 "\"annotations\":[]}]"},
	{{TOML, "[debug]\nlevel = \"debug\"\n"},
	 "Engine",
	 "containerd",
	 ENGINE_LOG_LEVEL,
	 "\"debug\""},
	{{CONF, "[containers]\nnetns = \"host\"\npids_limit = 5\n", CONF_D,
	  "[containers]\nnetns = \"private\"\n"},
	 "Engine",
	 "podman",
	 ENGINE_DEFAULT_HOST_NAMESPACES,
	 "[]"},
	{{CONF, "[containers]\nnetns = \"host\"\npids_limit = 5\n", CONF_D,
	  "[containers]\nnetns = \"private\"\n"},
	 "Engine",
	 "podman",
	 ENGINE_PIDS_LIMIT,
	 "5"},
	{{CONF, "[containers]\ndefault_capabilities = [\"CAP_CHOWN\", \"KILL\"]\n"},
	 "Engine",
	 "podman",
	 ENGINE_DEFAULT_CAPABILITIES,
	 "[\"CHOWN\",\"KILL\"]"},
	{{REG, "[registries.insecure]\nregistries = [\"r\"]\n"},
	 "Engine",
	 "podman",
	 ENGINE_REGISTRIES,
	 "[{\"name\":\"r\",\"insecure\":true,\"plain\":true,\"blocked\":false,\"mirrors\":[],"
	 "\"credentials\":false}]"},
	{{REG, ""}, "Engine", "podman", ENGINE_SHORT_NAME_MODE, "\"enforcing\""},
	{{POLICY,
	  "{\"default\": [{\"type\": \"insecureAcceptAnything\"}, {\"type\": \"reject\"}]}"},
	 "Engine",
	 "podman",
	 ENGINE_DEFAULT_POLICY,
	 "\"reject\""},
	/* the host */
	{{"group /etc/group", "docker:x:7:a,root,b,a\n", "passwd /etc/passwd",
	  "c:x:1:7::/:/\nd:x:2:8::/:/\n"},
	 "Host",
	 NULL,
	 HOST_DOCKER_GROUP,
	 "[\"a\",\"b\",\"c\"]"},
	{{"group /etc/group", "x:x:7:\n"}, "Host", NULL, HOST_DOCKER_GROUP, "[]"},
	{{"audit /etc/audit/audit.rules",
	  "# -w /no\n-w /etc/docker/ -p wa\n-a always,exit -F path=/usr/bin/runc -F perm=x\n"},
	 "Host",
	 NULL,
	 HOST_AUDIT_RULES,
	 "[\"/etc/docker\",\"/usr/bin/runc\"]"},
	{{"sysctl /proc/sys/kernel/yama/ptrace_scope", "1\n"},
	 "Host",
	 NULL,
	 HOST_SYSCTLS,
	 "{\"kernel.yama.ptrace_scope\":\"1\"}"},
	{{"group /etc/group", "", "lsm /sys/kernel/security/lsm", "capability,apparmor\n"},
	 "Host",
	 NULL,
	 HOST_LSMS,
	 "[\"capability\",\"apparmor\"]"},
	{{"group /etc/group", "", "mountinfo",
	  "1 2 0:1 / /sys/fs/cgroup rw shared:1 - cgroup2 cgroup rw\n"},
	 "Host",
	 NULL,
	 HOST_CGROUP_VERSION,
	 "2"},
	{{"group /etc/group", "", "os-release", "NAME=x\nID=\"debian\"\n"},
	 "Host",
	 NULL,
	 HOST_SYSTEM,
	 "\"debian\""},
	/* files */
	{{SOCKET, STAT FOLDERS "[]}"}, "File", NULL, HOST_FILE_MODE, "\"0660\""},
	{{SOCKET, STAT FOLDERS "[]}"}, "File", NULL, HOST_FILE_ROLE, "\"docker_socket\""},
	{{SOCKET, STAT FOLDERS "[]}"}, "File", NULL, HOST_FILE_LINK, "\"/run/docker.sock\""},
	{{SOCKET, STAT FOLDERS "[]}"}, "File", NULL, HOST_FILE_REACH, "[]"},
	{{SOCKET, STAT FOLDERS "[{\"path\":\"/tmp\",\"mode\":1023,\"uid\":0,\"gid\":0}]}"},
	 "File",
	 NULL,
	 HOST_FILE_REACH,
	 "[]"},
	{{SOCKET,
	  STAT FOLDERS "[{\"path\":\"/x\",\"mode\":511,\"uid\":5,\"gid\":0,\"owner\":\"e\"}]}"},
	 "File",
	 NULL,
	 HOST_FILE_REACH,
	 "[{\"path\":\"/x\",\"who\":\"user e\"},{\"path\":\"/x\",\"who\":\"everybody\"}]"},
	{{"config /c.json", "{\"tlskey\": \"/k.pem\"}", "stat /k.pem",
	  "{\"path\":\"/k.pem\",\"mode\":256}"},
	 "File",
	 NULL,
	 HOST_FILE_ROLE,
	 "\"tls_key\""},
	/* programs */
	{{"version", "{\"Version\":\"20.10.24+dfsg1\",\"Components\":[{\"Name\":\"Engine\","
		     "\"Version\":\"20.10.24+dfsg1\"},{\"Name\":\"runc\",\"Version\":"
		     "\"1.1.5+ds1-1+deb12u1\"}]}"},
	 "Component",
	 "runc",
	 COMPONENT_VERSION,
	 "\"1.1.5\""},
	{{"version", "{\"Version\":\"20.10.24+dfsg1\"}"},
	 "Component",
	 "docker",
	 COMPONENT_VERSION,
	 "\"20.10.24\""},
	{{"component runc", "1.1.5", "advisories", "{\"runc\":{\"open\":[\"CVE-1\"]}}"},
	 "Component",
	 "runc",
	 COMPONENT_EVIDENCE,
	 "\"distribution-advisory\""},
	{{"component runc", "1.1.5+ds1", "advisories",
	  "{\"runc\":{\"version\":\"1:1.1.5+ds1-1+deb12u1\",\"open\":[\"CVE-1\"]}}"},
	 "Component",
	 "runc",
	 COMPONENT_EVIDENCE,
	 "\"distribution-advisory\""},
	{{"component runc", "1.1.11", "advisories",
	  "{\"runc\":{\"version\":\"1.1.5+ds1-1+deb12u1\",\"open\":[\"CVE-1\"]}}"},
	 "Component",
	 "runc",
	 COMPONENT_EVIDENCE,
	 "\"upstream-range\""},
	{{"component runc", "1.1.5"},
	 "Component",
	 "runc",
	 COMPONENT_EVIDENCE,
	 "\"upstream-range\""},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct engine_case c = {0};
		for (size_t k = 0; k < ARRAY_LEN(rows[i].parts) && rows[i].parts[k]; k += 2)
			engine_case_part(&c, rows[i].parts[k], rows[i].parts[k + 1]);
		const struct node *r = engine_case_run(&c, rows[i].kind, rows[i].name);
		if (!r)
			print_message("row %zu: nothing\n", i);
		assert_non_null(r);
		const char *got = engine_case_json(&c, &r->items[rows[i].field]);
		if (strcmp(got, rows[i].expected) != 0)
			print_message("row %zu\n", i);
		assert_string_equal(got, rows[i].expected);
		assert_int_equal(c.faults, 0);
		engine_case_done(&c);
	}
}

static void test_versions(void **state)
{
	static const char *const versions[][2] = {
		{"1.1.5+ds1-1+deb12u1", "1.1.5"},
		{"20.10.24+dfsg1", "20.10.24"},
		{"v1.1.12-0-g51d5e94", "1.1.12"},
		{"1.0.0~rc93+ds1", "1.0.0-rc.93"},
		{"1.0.0-rc93", "1.0.0-rc.93"},
		{"1.4.0-rc.3", "1.4.0-rc.3"},
		{"19.03.15", "19.3.15"},
		{"1.6.20~ds1", "1.6.20"},
		{"2.0", "2.0.0"},
		{"v2", "2.0.0"},
		{"dev", ""},
		{"", ""},
		{"99999999999.1.1", ""},
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		assert_sv(component_version(&a, sv_of(versions[i][0])), versions[i][1]);
	arena_done(&a);
}

/* Of an engine elsewhere nothing is said about files and the host. */
static void test_remote(void **state)
{
	struct engine_case c = {0};

	(void)state;
	engine_case_part(&c, "info", "{\"ServerVersion\": \"27.0.1\"}");
	engine_case_part(&c, "remote tcp://a:2376", "");
	const struct node *r = engine_case_run(&c, "Engine", "docker");
	assert_string_equal(engine_case_json(&c, &r->items[ENGINE_REMOTE]), "true");
	assert_string_equal(engine_case_json(&c, &r->items[ENGINE_LISTENERS]), "(absent)");
	assert_int_equal(c.objects, 2); /* the engine and its program */
	engine_case_done(&c);
}

/* What cannot be read is told once, and passes nothing. */
static void test_broken(void **state)
{
	struct engine_case c = {0};

	(void)state;
	engine_case_part(&c, "version", "{");
	engine_case_part(&c, "config /etc/docker/daemon.json", "[1");
	engine_case_part(&c, TOML, "=");
	const struct node *r = engine_case_run(&c, "Engine", "docker");
	assert_string_equal(engine_case_json(&c, &r->items[ENGINE_ICC]), "(absent)");
	assert_int_equal(c.faults, 3);
	engine_case_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_remote),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
