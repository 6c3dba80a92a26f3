#include "unit/fact/source_case.h"

/* What a service with these lines comes to: the JSON of a field, and how many faults there are. */
static const struct row {
	const char *service, *file;
	bool of_container;
	unsigned field;
	const char *expected;
	size_t faults;
} rows[] = {
#define C(service, field, expected)        {service, "", true, field, expected, 0},
#define W(service, field, expected)        {service, "", false, field, expected, 0},
#define CF(service, file, field, expected) {service, file, true, field, expected, 0},
#define WF(service, file, field, expected) {service, file, false, field, expected, 0},
#define BAD(service, field, expected, n)   {service, "", true, field, expected, n},
	/* clang-format off */
	C("image: a:1", CONTAINER_PRIVILEGED, "false")
	C("privileged: true", CONTAINER_PRIVILEGED, "true")
	C("privileged: 'yes'", CONTAINER_PRIVILEGED, "true")
	BAD("privileged: perhaps", CONTAINER_PRIVILEGED, "false", 1)
	BAD("privileged: [true]", CONTAINER_PRIVILEGED, "false", 1)
	C("privileged: true", CONTAINER_CAPABILITIES, "[\"ALL\"]")
	C("privileged: true", CONTAINER_MASKED_PATHS, "[]")
	C("cap_add: [cap_sys_admin, net_raw]", CONTAINER_CAP_ADD, "[\"SYS_ADMIN\",\"NET_RAW\"]")
	C("cap_drop: [ALL]\ncap_add: [CHOWN]", CONTAINER_CAPABILITIES, "[\"CHOWN\"]")
	C("read_only: true", CONTAINER_READ_ONLY_ROOT, "true")
	C("security_opt: ['no-new-privileges:true']", CONTAINER_ALLOW_ESCALATION, "false")
	C("security_opt: ['no-new-privileges']", CONTAINER_ALLOW_ESCALATION, "false")
	C("security_opt: ['no-new-privileges:false']", CONTAINER_ALLOW_ESCALATION, "true")
	C("security_opt: ['seccomp:unconfined']", CONTAINER_SECCOMP, "{\"type\":\"Unconfined\",\"localhost\":null}")
	C("security_opt: ['seccomp=./p.json']", CONTAINER_SECCOMP, "{\"type\":\"Localhost\",\"localhost\":\"./p.json\"}")
	C("image: a:1", CONTAINER_SECCOMP, "{\"type\":\"RuntimeDefault\",\"localhost\":null}")
	C("privileged: true", CONTAINER_APPARMOR, "{\"type\":\"Unconfined\",\"localhost\":null}")
	C("security_opt: ['systempaths=unconfined']", CONTAINER_READONLY_PATHS, "[]")
	C("security_opt: ['label:disable']", CONTAINER_SELINUX, "{\"type\":\"spc_t\",\"user\":null,\"role\":null,\"level\":null}")
	C("user: 0:0", CONTAINER_RUN_AS_USER, "0")
	C("user: 1000", CONTAINER_USER, "\"1000\"")
	C("user: app:27", CONTAINER_RUN_AS_USER_NAME, "\"app\"")
	C("user: app:27", CONTAINER_RUN_AS_GROUP, "27")
	C("entrypoint: sh -c 'a b'", CONTAINER_COMMAND, "[\"sh\",\"-c\",\"a b\"]")
	C("command: [x, 1]", CONTAINER_ARGS, "[\"x\",\"1\"]")
	C("environment: {A: 1, B: null}", CONTAINER_ENV, "[{\"name\":\"A\",\"value\":\"1\",\"from\":\"value\"},{\"name\":\"B\",\"value\":null,\"from\":\"environment\"}]")
	C("environment: [A=b=c, D]", CONTAINER_ENV, "[{\"name\":\"A\",\"value\":\"b=c\",\"from\":\"value\"},{\"name\":\"D\",\"value\":null,\"from\":\"environment\"}]")
	C("ports: ['127.0.0.1:80:8080/udp']", CONTAINER_PORTS, "[{\"name\":null,\"port\":8080,\"host_port\":80,\"host_ip\":\"127.0.0.1\",\"protocol\":\"UDP\"}]")
	C("ports: [3000]", CONTAINER_PORTS, "[{\"name\":null,\"port\":3000,\"host_port\":0,\"host_ip\":\"0.0.0.0\",\"protocol\":\"TCP\"}]")
	C("ports: ['[::1]:1-2:1-2']", CONTAINER_PORTS, "[{\"name\":null,\"port\":1,\"host_port\":1,\"host_ip\":\"::1\",\"protocol\":\"TCP\"},{\"name\":null,\"port\":2,\"host_port\":2,\"host_ip\":\"::1\",\"protocol\":\"TCP\"}]")
	C("ports: [{target: 80, published: '8080', host_ip: 10.0.0.1, protocol: tcp}]", CONTAINER_PORTS, "[{\"name\":null,\"port\":80,\"host_port\":8080,\"host_ip\":\"10.0.0.1\",\"protocol\":\"TCP\"}]")
	C("expose: ['9000']", CONTAINER_PORTS, "[{\"name\":null,\"port\":9000,\"host_port\":0,\"host_ip\":null,\"protocol\":\"TCP\"}]")
	BAD("ports: ['a:b']", CONTAINER_PORTS, "[]", 1)
	C("mem_limit: 512m\ncpus: 0.5\npids_limit: 100", CONTAINER_RESOURCES, "{\"cpu_request\":null,\"cpu_limit\":\"500m\",\"memory_request\":null,\"memory_limit\":\"536870912\",\"storage_request\":null,\"storage_limit\":null,\"pids_limit\":100,\"memory_swap\":\"1073741824\",\"cpu_shares\":null,\"cpu_set\":null}")
	C("deploy: {resources: {limits: {cpus: '2', memory: 1gb, pids: 5}, reservations: {memory: 64M}}}", CONTAINER_RESOURCES, "{\"cpu_request\":null,\"cpu_limit\":\"2\",\"memory_request\":\"67108864\",\"memory_limit\":\"1073741824\",\"storage_request\":null,\"storage_limit\":null,\"pids_limit\":5,\"memory_swap\":\"2147483648\",\"cpu_shares\":null,\"cpu_set\":null}")
	C("mem_limit: 0\npids_limit: -1", CONTAINER_RESOURCES, "{\"cpu_request\":null,\"cpu_limit\":null,\"memory_request\":null,\"memory_limit\":null,\"storage_request\":null,\"storage_limit\":null,\"pids_limit\":null,\"memory_swap\":null,\"cpu_shares\":null,\"cpu_set\":null}")
	C("devices: ['/dev/kvm', '/dev/sda:/dev/x:r']", CONTAINER_DEVICES, "[{\"source\":\"/dev/kvm\",\"target\":\"/dev/kvm\",\"node\":null,\"permissions\":\"rwm\"},{\"source\":\"/dev/sda\",\"target\":\"/dev/x\",\"node\":null,\"permissions\":\"r\"}]")
	C("device_cgroup_rules: ['a *:* rwm']", CONTAINER_DEVICE_RULES, "[\"a *:* rwm\"]")
	C("gpus: all", CONTAINER_DEVICE_REQUESTS, "\"all\"")
	C("ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}", CONTAINER_ULIMITS, "[{\"name\":\"nproc\",\"soft\":5,\"hard\":5},{\"name\":\"nofile\",\"soft\":1,\"hard\":2}]")
	C("healthcheck: {test: [NONE]}", CONTAINER_HEALTHCHECK, "null")
	C("healthcheck: {disable: true, test: x}", CONTAINER_HEALTHCHECK, "null")
	C("healthcheck: {test: x}", CONTAINER_HEALTHCHECK, "{\"test\":\"x\"}")
	C("logging: {driver: none, options: {max-size: 1m}}", CONTAINER_LOG_DRIVER, "\"none\"")
	C("extra_hosts: ['h:1.2.3.4']", CONTAINER_EXTRA_HOSTS, "[\"h:1.2.3.4\"]")
	C("extra_hosts: {h: 1.2.3.4}", CONTAINER_EXTRA_HOSTS, "[\"h:1.2.3.4\"]")
	C("oom_score_adj: -1000", CONTAINER_OOM_SCORE, "-1000")
	W("pid: host", WORKLOAD_HOST_PID, "true")
	W("pid: 'service:db'", WORKLOAD_PID_MODE, "\"container:db\"")
	W("ipc: shareable", WORKLOAD_HOST_IPC, "false")
	W("network_mode: host", WORKLOAD_HOST_NETWORK, "true")
	W("image: a:1", WORKLOAD_HOST_NETWORK, "false")
	W("image: a:1", WORKLOAD_NETWORK_MODE, "\"default\"")
	WF("networks: [h]", "networks: {h: {external: true, name: host}}", WORKLOAD_HOST_NETWORK, "true")
	W("userns_mode: host", WORKLOAD_HOST_USERS, "true")
	W("cgroup: host", WORKLOAD_HOST_CGROUP, "true")
	W("image: a:1", WORKLOAD_HOST_CGROUP, "null")
	W("sysctls: {a.b: 1}", WORKLOAD_SYSCTLS, "[{\"name\":\"a.b\",\"value\":\"1\"}]")
	W("sysctls: [a.b=1]", WORKLOAD_SYSCTLS, "[{\"name\":\"a.b\",\"value\":\"1\"}]")
	W("restart: always", WORKLOAD_RESTART_POLICY, "\"always\"")
	W("deploy: {restart_policy: {condition: any}}", WORKLOAD_RESTART_POLICY, "\"always\"")
	W("labels: [a=b, c]", WORKLOAD_LABELS, "{\"a\":\"b\",\"c\":\"\"}")
	W("runtime: runsc", WORKLOAD_RUNTIME, "\"runsc\"")
	W("deploy: {replicas: 3}", WORKLOAD_REPLICAS, "3")
	W("profiles: [debug]\nimage: a", WORKLOAD_KIND, "\"service\"")
	BAD("privilegd: true", CONTAINER_PRIVILEGED, "false", 1)
	BAD("x-note: 1", CONTAINER_PRIVILEGED, "false", 0)
	BAD("image: a\nimage: b", CONTAINER_PRIVILEGED, "false", 1)
	/* clang-format on */
};

static struct sv file_of(struct source_case *c, const char *service, const char *more)
{
	auto_done(buf_done) struct buf text = {0};
	struct sv rest = sv_of(service), line;

	buf_str(&text, "services:\n  s:\n");
	while (sv_line(&rest, &line))
		buf_fmt(&text, "    %.*s\n", SV_ARG(line));
	buf_fmt(&text, "%s\n", more);
	return arena_sv(&c->a, buf_view(&text));
}

static void test_services(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		auto_source c = {.of_container = r->of_container, .field = r->field};
		source_add(&c, "", "compose.yaml", file_of(&c, r->service, r->file).p);
		source_run(&c, "compose", false);
		if (!sv_is(c.json, r->expected))
			fail_msg("%s: %.*s instead of %s", r->service, SV_ARG(c.json), r->expected);
		if (c.faults != r->faults)
			fail_msg("%s: %zu faults: %.*s", r->service, c.faults, SV_ARG(c.fault));
	}
}

/* The fields of a mount or volume, in the order of the schema, as a short line. */
struct mounts {
	const char *service, *file, *expected;
	size_t faults;
};

static void mount_line(struct buf *out, const struct node *m)
{
	static const uint8_t fields[] = {MOUNT_TYPE,   MOUNT_SOURCE,    MOUNT_TARGET,
					 MOUNT_VOLUME, MOUNT_READ_ONLY, MOUNT_PROPAGATION,
					 MOUNT_ENGINE};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		buf_fmt(out, "%s%.*s", i ? " " : "",
			SV_ARG(fact_has(m, fields[i]) ? m->items[fields[i]].text : SV("-")));
	buf_char(out, '\n');
}

static void mounts_object(void *arg, const struct fact_object *o)
{
	const struct node *c = &o->workload->items[WORKLOAD_CONTAINERS].items[0];
	const struct node *v = &o->workload->items[WORKLOAD_VOLUMES];

	NODE_EACH (it, &c->items[CONTAINER_MOUNTS])
		mount_line(arg, it);
	NODE_EACH (it, v)
		buf_fmt(arg, "= %.*s %.*s %.*s\n", SV_ARG(it->items[VOLUME_NAME].text),
			SV_ARG(it->items[VOLUME_TYPE].text), SV_ARG(it->items[VOLUME_PATH].text));
}

static const struct mounts mount_rows[] = {
	{"volumes: ['/var/run/docker.sock:/s:ro']", "",
	 "bind /var/run/docker.sock /s /s true None docker\n"
	 "= /s bind /var/run/docker.sock\n",
	 0},
	{"volumes: ['./a:/a', data:/d, /anon]", "volumes: {data: }",
	 "bind ./a /a /a false None -\nvolume - /d data false None -\nvolume - /anon - false None -\n"
	 "= /a bind ./a\n= data volume \n",
	 0},
	{"volumes: ['data:/d']", "", "volume - /d data false None -\n= data volume \n", 1},
	{"volumes: ['v:/d']",
	 "volumes: {v: {driver_opts: {type: none, o: 'bind,ro', device: /etc}}}",
	 "bind /etc /d v false None -\n= v bind /etc\n", 0},
	{"volumes: [{type: bind, source: /, target: /h, read_only: true, bind: {propagation: rshared}}]",
	 "", "bind / /h /h true Bidirectional docker\n= /h bind /\n", 0},
	{"volumes: ['/a:/x', '/b:/x']", "", NULL, 0},
	{"tmpfs: /run", "", "tmpfs - /run - false None -\n", 0},
	{"tmpfs: ['/run:ro,size=1m']", "", "tmpfs - /run - true None -\n", 0},
	{"secrets: [k]", "secrets: {k: {file: /etc/shadow}}",
	 "secret /etc/shadow /run/secrets/k k true None -\n", 0},
	{"configs: [{source: k, target: /etc/k}]", "configs: {k: {environment: A}}",
	 "config - /etc/k k true None -\n", 0},
	{"use_api_socket: true", "",
	 "bind /var/run/docker.sock /var/run/docker.sock /var/run/docker.sock false None docker\n"
	 "= /var/run/docker.sock bind /var/run/docker.sock\n",
	 0},
	{"volumes: ['a:b:c:d']", "", "", 1},
};

static void test_mounts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(mount_rows); i++) {
		const struct mounts *r = &mount_rows[i];
		auto_source c = {0};
		auto_done(buf_done) struct buf out = {0};
		struct fact_sink sink = {.arg = &out, .object = mounts_object};
		source_add(&c, "", "compose.yaml", file_of(&c, r->service, r->file).p);
		fact_source_find(SV("compose"))->objects(&c.parts, &sink);
		if (r->expected && strcmp(buf_cstr(&out), r->expected) != 0)
			fail_msg("%s:\n%s instead of\n%s", r->service, buf_cstr(&out), r->expected);
		source_run(&c, "compose", false);
		if (c.faults != r->faults)
			fail_msg("%s: %zu faults: %.*s", r->service, c.faults, SV_ARG(c.fault));
	}
}

/* Interpolation: what the command becomes with A=a, E= (empty) and Q of the file of variables. */
static const struct {
	const char *text, *expected;
	size_t faults, notes;
} texts[] = {
	{"$A", "a", 0, 0},        {"${A}b", "ab", 0, 0},
	{"$$A", "$A", 0, 0},      {"${N}", "", 0, 1},
	{"${N:-d}", "d", 0, 0},   {"${N-d}", "d", 0, 0},
	{"${E:-d}", "d", 0, 0},   {"${E-d}", "", 0, 0},
	{"${A:+r}", "r", 0, 0},   {"${E:+r}", "", 0, 0},
	{"${E+r}", "r", 0, 0},    {"${N:?why}", "", 0, 1},
	{"${A:?why}", "a", 0, 0}, {"${N:-${M:-x$A}}", "xa", 0, 0},
	{"${", "${", 1, 0},       {"${A", "${A", 1, 0},
	{"$1", "$1", 1, 0},       {"${A!}", "${A!}", 1, 0},
	{"$Q", "x y", 0, 0},      {"$S", "$A", 0, 0},
	{"$D", "a\tz", 0, 0},     {"$P", "p", 0, 0},
	{"$L", "a/a", 0, 0},      {"$X", "exported", 0, 0},
	{"$Y", "colon", 0, 0},    {"a$", "a$", 1, 0},
	{"$R", "$A", 0, 0},
};

static void test_interpolation(void **state)
{
	static const char env[] = "A=a\n# B=b\nE=\nQ='x y' # c\nS='$A'\nD=\"$A\\tz\"\n"
				  "P = p # comment\nL=${A}/${A}\nexport X=exported\nY: colon\n"
				  "R=\"\\$A\"\nBROKEN\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_source c = {.of_container = true, .field = CONTAINER_WORKING_DIR};
		auto_done(buf_done) struct buf file = {0};
		auto_done(buf_done) struct buf expected = {0};
		buf_fmt(&file, "services: {s: {working_dir: '=%s'}}", texts[i].text);
		buf_fmt(&expected, "\"=%s\"", texts[i].expected);
		source_add(&c, "", "d/compose.yaml", buf_cstr(&file));
		source_add(&c, "env", "d/.env", env);
		source_run(&c, "compose", false);
		if (sv_is(sv_of(texts[i].text), "$D"))
			assert_sv(c.json, "\"=a\\tz\"");
		else if (!sv_eq(c.json, buf_view(&expected)))
			fail_msg("%s: %.*s", texts[i].text, SV_ARG(c.json));
		if (c.faults != texts[i].faults || c.notes != texts[i].notes)
			fail_msg("%s: %zu faults, %zu notes", texts[i].text, c.faults, c.notes);
	}
}

/* Files on top of each other, extends, include: up to four texts, the first with the role "". */
static const struct project {
	struct {
		const char *role, *name, *text;
	} part[4];
	const char *of;
	bool of_container;
	unsigned field;
	const char *expected, *file; /* that the value stands in */
	uint32_t line;
	size_t faults;
} projects[] = {
	{{{"", "a.yaml", "services:\n  s:\n    cap_add: [A]\n"},
	  {"", "b.yaml", "services:\n  s:\n    cap_add: [B]\n"}},
	 NULL,
	 true,
	 CONTAINER_CAP_ADD,
	 "[\"A\",\"B\"]",
	 "b.yaml",
	 3,
	 0},
	{{{"", "a.yaml", "services: {s: {command: [x, y]}}"},
	  {"", "b.yaml", "services: {s: {command: z}}"}},
	 NULL,
	 true,
	 CONTAINER_ARGS,
	 "[\"z\"]",
	 "b.yaml",
	 1,
	 0},
	{{{"", "a.yaml", "services: {s: {privileged: true, environment: [A=1, B=2]}}"},
	  {"", "b.yaml", "services: {s: {environment: {B: 3}}}"}},
	 NULL,
	 true,
	 CONTAINER_ENV,
	 "[{\"name\":\"A\",\"value\":\"1\",\"from\":\"value\"},{\"name\":\"B\",\"value\":\"3\",\"from\":\"value\"}]",
	 NULL,
	 0,
	 0},
	{{{"", "a.yaml", "services:\n  s:\n\n    privileged: true\n"},
	  {"", "b.yaml", "services: {s: {image: x}}"}},
	 NULL,
	 true,
	 CONTAINER_PRIVILEGED,
	 "true",
	 "a.yaml",
	 4,
	 0},
	{{{"", "a.yaml", "services: {s: {cap_add: [A], cap_drop: [X]}}"},
	  {"", "b.yaml", "services: {s: {cap_add: !override [B], cap_drop: !reset [X]}}"}},
	 NULL,
	 true,
	 CONTAINER_CAP_ADD,
	 "[\"B\"]",
	 NULL,
	 0,
	 0},
	{{{"", "a.yaml", "services: {s: {cap_add: [A], cap_drop: [X]}}"},
	  {"", "b.yaml", "services: {s: {cap_add: !override [B], cap_drop: !reset null}}"}},
	 NULL,
	 true,
	 CONTAINER_CAP_DROP,
	 "[]",
	 NULL,
	 0,
	 0},
	{{{"", "d/compose.yaml", "services: {s: {image: x}}"},
	  {"file", "d/compose.override.yml", "services: {s: {privileged: true}}"}},
	 NULL,
	 true,
	 CONTAINER_PRIVILEGED,
	 "true",
	 "d/compose.override.yml",
	 1,
	 0},
	{{{"", "a.yaml", "services: {b: {cap_add: [A]}, s: {extends: b, cap_add: [B]}}"}},
	 "s",
	 true,
	 CONTAINER_CAP_ADD,
	 "[\"A\",\"B\"]",
	 NULL,
	 0,
	 0},
	{{{"", "d/a.yaml", "services: {s: {extends: {service: t, file: ./x/../base.yaml}}}"},
	  {"file", "d/base.yaml", "services:\n  t:\n    privileged: true\n"}},
	 "s",
	 true,
	 CONTAINER_PRIVILEGED,
	 "true",
	 "d/base.yaml",
	 3,
	 0},
	{{{"", "d/a.yaml", "services: {s: {extends: {service: t, file: x/b.yaml}}}"},
	  {"file", "d/x/b.yaml", "services: {t: {extends: {service: u, file: c.yaml}}}"},
	  {"file", "d/x/c.yaml", "services: {u: {pid: host}}"}},
	 "s",
	 false,
	 WORKLOAD_PID_MODE,
	 "\"host\"",
	 "d/x/c.yaml",
	 1,
	 0},
	{{{"", "a.yaml", "services: {a: {extends: b}, b: {extends: a, pid: host}}"}},
	 "a",
	 false,
	 WORKLOAD_PID_MODE,
	 "\"host\"",
	 NULL,
	 0,
	 1},
	{{{"", "a.yaml", "services: {s: {extends: gone}}"}},
	 "s",
	 false,
	 WORKLOAD_PID_MODE,
	 "\"private\"",
	 NULL,
	 0,
	 1},
	{{{"", "a.yaml", "services: {s: {extends: {service: t, file: gone.yaml}}}"}},
	 "s",
	 false,
	 WORKLOAD_PID_MODE,
	 "\"private\"",
	 NULL,
	 0,
	 1},
	{{{"", "a.yaml", "include: [i/c.yaml]\nservices: {s: {image: x}}"},
	  {"file", "i/c.yaml", "services: {t: {pid: host, image: 'x:$V'}}"},
	  {"env", "i/.env", "V=5"}},
	 "t",
	 false,
	 WORKLOAD_PID_MODE,
	 "\"host\"",
	 "i/c.yaml",
	 1,
	 0},
	{{{"", "a.yaml", "include:\n- path: [c.yaml]\n  env_file: e\nservices: {}"},
	  {"file", "c.yaml", "services: {t: {working_dir: '$V$A'}}"},
	  {"file", "e", "V=5\nA=2"},
	  {"env", ".env", "A=1"}},
	 "t",
	 true,
	 CONTAINER_WORKING_DIR,
	 "\"51\"",
	 NULL,
	 0,
	 0},
	{{{"", "a.yaml", "include: [a.yaml]\nservices: {s: {image: x}}"}},
	 "s",
	 false,
	 WORKLOAD_PID_MODE,
	 "\"private\"",
	 NULL,
	 0,
	 2},
	{{{"", "a.yaml", "services: {s: {env_file: e.env, environment: {B: 3}}}"},
	  {"file", "e.env", "A=1\nB=2"}},
	 NULL,
	 true,
	 CONTAINER_ENV,
	 "[{\"name\":\"A\",\"value\":\"1\",\"from\":\"file\"},{\"name\":\"B\",\"value\":\"3\",\"from\":\"value\"}]",
	 NULL,
	 0,
	 0},
	{{{"", "a.yaml", "services: {s: {env_file: [{path: e.env, required: false}]}}"}},
	 NULL,
	 true,
	 CONTAINER_ENV,
	 "[]",
	 NULL,
	 0,
	 0},
	{{{"", "a.yaml", "services: {s: {env_file: e.env}}"}},
	 NULL,
	 true,
	 CONTAINER_ENV,
	 "[]",
	 NULL,
	 0,
	 1},
	{{{"", "a.yaml", "services: {s: {environment: [A]}}"}, {"env", ".env", "A=1"}},
	 NULL,
	 true,
	 CONTAINER_ENV,
	 "[{\"name\":\"A\",\"value\":\"1\",\"from\":\"file\"}]",
	 NULL,
	 0,
	 0},
	{{{"", "a.yaml",
	   "x-b: &b\n  privileged: true\nservices:\n  s:\n    <<: *b\n    image: x\n"}},
	 NULL,
	 true,
	 CONTAINER_PRIVILEGED,
	 "true",
	 "a.yaml",
	 2,
	 0},
	{{{"", "a.yaml", "services: {s: {privileged: '${P}', read_only: \"$P\"}}"},
	  {"env", ".env", "P=true"}},
	 NULL,
	 true,
	 CONTAINER_PRIVILEGED,
	 "true",
	 "a.yaml",
	 1,
	 0},
	{{{"", "a.yaml", "services: {s: }\nvolume: {}"}},
	 NULL,
	 true,
	 CONTAINER_PRIVILEGED,
	 "",
	 NULL,
	 0,
	 2},
	{{{"", "a.yaml", "services: [1"}}, NULL, true, CONTAINER_PRIVILEGED, "", NULL, 0, 1},
};

static void test_projects(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(projects); i++) {
		const struct project *r = &projects[i];
		auto_source c = {.of = r->of, .of_container = r->of_container, .field = r->field};
		for (size_t k = 0; k < ARRAY_LEN(r->part) && r->part[k].text; k++)
			source_add(&c, r->part[k].role, r->part[k].name, r->part[k].text);
		source_run(&c, "compose", false);
		if (!sv_is(c.json, r->expected))
			fail_msg("%zu: %.*s instead of %s", i, SV_ARG(c.json), r->expected);
		if (c.faults != r->faults)
			fail_msg("%zu: %zu faults: %.*s", i, c.faults, SV_ARG(c.fault));
		if (r->file && (!sv_is(c.file, r->file) || (r->line && c.line != r->line)))
			fail_msg("%zu: stands in %.*s:%u", i, SV_ARG(c.file), c.line);
	}
}

static void test_wants(void **state)
{
	auto_source c = {0};

	(void)state;
	source_add(&c, "", "compose.yaml", "services: {s: {extends: {service: t, file: b.yaml}}}");
	source_run(&c, "compose", true);
	/* .env, b.yaml and two names of an override */
	assert_int_equal(c.wants, 4);
	assert_sv(c.want, ".env");
	assert_int_equal(c.faults, 0);
}

static void test_guess(void **state)
{
	static const struct {
		const char *text;
		bool compose;
	} guesses[] = {
		{"services: {s: {image: x}}", true},
		{"version: '3'\nservices: {}", true},
		{"web: {image: x}", false},
		{"apiVersion: v1\nkind: X\nservices: {s: {image: x}}", false},
		{"services: {s: 1}", false},
		{"services: [a]", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(guesses); i++) {
		auto_source c = {0};
		const struct node *root;
		struct err err;
		source_add(&c, "", "x", guesses[i].text);
		assert_int_equal(parts_yaml(&c.parts, &c.parts.all.p[0], &root, &err), 0);
		const struct fact_source *s = fact_source_guess(root);
		assert_int_equal(s && strcmp(s->name, "compose") == 0, guesses[i].compose);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_services),      cmocka_unit_test(test_mounts),
		cmocka_unit_test(test_interpolation), cmocka_unit_test(test_projects),
		cmocka_unit_test(test_wants),         cmocka_unit_test(test_guess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
