/* dockerd's effective configuration: where each value comes from, and what contradicts it. */
#include "unit/fact/engine/engine_case.h"

#define CONFIG "config /etc/docker/daemon.json"
#define UNIT   "unit /usr/lib/systemd/system/docker.service"
#define DROP   "unit /etc/systemd/system/docker.service.d/10.conf"
#define SOCKET "unit /usr/lib/systemd/system/docker.socket"
#define START  "[Service]\nExecStart=/usr/bin/dockerd "

static const struct row {
	const char *parts[8]; /* role and name, text ... */
	unsigned field;
	const char *expected;
	const char *from; /* of that field; NULL: not looked at */
} rows[] = {
	{{CONFIG, "{}"}, ENGINE_ICC, "true", "default"},
	{{CONFIG, ""}, ENGINE_ICC, "true", "default"},
	{{CONFIG, "{\"icc\": false}"}, ENGINE_ICC, "false", "/etc/docker/daemon.json:1"},
	{{CONFIG, "{\n\"icc\":\nfalse}"}, ENGINE_ICC, "false", "/etc/docker/daemon.json:3"},
	{{UNIT, START "--icc=false\n", CONFIG, "{}"},
	 ENGINE_ICC,
	 "false",
	 "flag --icc (/usr/lib/systemd/system/docker.service:2)"},
	{{UNIT, START "--icc=false\n", DROP, "[Service]\nExecStart=\nExecStart=dockerd --icc\n",
	  CONFIG, "{}"},
	 ENGINE_ICC,
	 "true",
	 "flag --icc (/etc/systemd/system/docker.service.d/10.conf:3)"},
	{{UNIT, START "$DOCKER_OPTS\nEnvironmentFile=-/etc/default/docker\n",
	  "env /etc/default/docker", "# x\nDOCKER_OPTS=\"--icc=0 -D\"\n", CONFIG, "{}"},
	 ENGINE_ICC,
	 "false",
	 "flag --icc (/etc/default/docker:2)"},
	{{UNIT, START "$DOCKER_OPTS\nEnvironment=\"DOCKER_OPTS=-l debug\"\n", CONFIG, "{}"},
	 ENGINE_LOG_LEVEL,
	 "\"debug\"",
	 "flag --log-level (/usr/lib/systemd/system/docker.service:3)"},
	{{UNIT, START "-Dl \\\n# not this\n  warn\n", CONFIG, "{}"},
	 ENGINE_LOG_LEVEL,
	 "\"warn\"",
	 "flag --log-level (/usr/lib/systemd/system/docker.service:4)"},
	{{UNIT, START "-Dl warn", CONFIG, "{}"}, ENGINE_DEBUG, "true", NULL},
	/* nobody looked: nothing is known */
	{{"info", "{\"Debug\": false}"}, ENGINE_ICC, "(absent)", NULL},
	{{"info", "{\"Debug\": false}"}, ENGINE_DEBUG, "false", "running (info)"},
	{{CONFIG, "{", "info", "{}"}, ENGINE_ICC, "(absent)", NULL},
	/* what runs wins, and the file is told where both say the same */
	{{CONFIG, "{\"live-restore\": true}", "info", "{\"LiveRestoreEnabled\": false}"},
	 ENGINE_LIVE_RESTORE,
	 "false",
	 "running (info)"},
	{{CONFIG, "{\"live-restore\": true}", "info", "{\"LiveRestoreEnabled\": true}"},
	 ENGINE_LIVE_RESTORE,
	 "true",
	 "/etc/docker/daemon.json:1"},
	{{CONFIG, "{\"live-restore\": true}", "info", "{\"LiveRestoreEnabled\": false}"},
	 ENGINE_CONFLICTS,
	 "[{\"setting\":\"live_restore\",\"said\":\"true (/etc/docker/daemon.json:1)\","
	 "\"other\":\"false (running (info))\"}]",
	 NULL},
	{{CONFIG, "{\"icc\": false}", UNIT, START "--icc=false"},
	 ENGINE_CONFLICTS,
	 "[{\"setting\":\"icc\",\"said\":\"false (/etc/docker/daemon.json:1)\",\"other\":\"false "
	 "(flag --icc (/usr/lib/systemd/system/docker.service:2))\"}]",
	 NULL},
	{{CONFIG, "{\"iccc\": 1, \"dns\": []}"}, ENGINE_UNKNOWN_SETTINGS, "[\"iccc\"]", NULL},
	{{CONFIG, "{}", UNIT, START "--no-such --icc=false"},
	 ENGINE_UNKNOWN_SETTINGS,
	 "[\"flag no-such\"]",
	 NULL},
	{{CONFIG, "{}"}, ENGINE_CONFLICTS, "[]", NULL},
	/* lists and maps */
	{{CONFIG, "{\"authorization-plugins\": [\"a\", \"b\"]}"},
	 ENGINE_AUTHORIZATION_PLUGINS,
	 "[\"a\",\"b\"]",
	 NULL},
	{{CONFIG, "{}", UNIT, START "--authorization-plugin a --authorization-plugin=b"},
	 ENGINE_AUTHORIZATION_PLUGINS,
	 "[\"a\",\"b\"]",
	 NULL},
	{{CONFIG, "{\"log-opts\": {\"max-size\": \"1m\"}}"},
	 ENGINE_LOG_OPTIONS,
	 "{\"max-size\":\"1m\"}",
	 NULL},
	{{CONFIG, "{}", UNIT, START "--log-opt max-size=1m"},
	 ENGINE_LOG_OPTIONS,
	 "{\"max-size\":\"1m\"}",
	 NULL},
	{{CONFIG, "{\"default-ulimits\": {\"nofile\": {\"Name\": \"nofile\", \"Hard\": 2, "
		  "\"Soft\": 1}}}"},
	 ENGINE_DEFAULT_ULIMITS,
	 "[{\"name\":\"nofile\",\"soft\":1,\"hard\":2}]",
	 NULL},
	{{CONFIG, "{}", UNIT, START "--default-ulimit nproc=5"},
	 ENGINE_DEFAULT_ULIMITS,
	 "[{\"name\":\"nproc\",\"soft\":5,\"hard\":5}]",
	 NULL},
	/* the running daemon's answers */
	{{"info", "{\"SecurityOptions\": [\"name=seccomp,profile=default\", \"name=rootless\"]}"},
	 ENGINE_SECCOMP_PROFILE,
	 "\"builtin\"",
	 "running (info)"},
	{{"info", "{\"SecurityOptions\": [\"name=seccomp,profile=unconfined\"]}"},
	 ENGINE_SECCOMP_PROFILE,
	 "\"unconfined\"",
	 NULL},
	{{"info", "{\"SecurityOptions\": [\"name=apparmor\"]}"},
	 ENGINE_SECCOMP_PROFILE,
	 "\"none\"",
	 NULL},
	{{"info", "{\"SecurityOptions\": [\"name=rootless\"]}"}, ENGINE_ROOTLESS, "true", NULL},
	{{"info", "{\"Swarm\": {\"LocalNodeState\": \"active\"}}"}, ENGINE_SWARM, "true", NULL},
	{{"info", "{\"Swarm\": {\"LocalNodeState\": \"inactive\"}}"}, ENGINE_SWARM, "false", NULL},
	{{CONFIG, "{}", "info", "{\"CgroupVersion\": \"2\"}"},
	 ENGINE_CGROUPNS_MODE,
	 "\"private\"",
	 "default"},
	{{CONFIG, "{\"data-root\": \"/d\"}", "mountinfo", "1 2 0:1 / /d rw - ext4 /dev/x rw\n"},
	 ENGINE_DATA_ROOT_SEPARATE,
	 "true",
	 NULL},
	{{CONFIG, "{}", "mountinfo", "1 2 0:1 / / rw - ext4 /dev/x rw\n"},
	 ENGINE_DATA_ROOT_SEPARATE,
	 "false",
	 NULL},
	/* the wrong type is told, and read as dangerous as the text allows */
	{{CONFIG, "{\"icc\": \"false\"}"}, ENGINE_ICC, "false", NULL},
	{{CONFIG, "{\"icc\": {}}"}, ENGINE_ICC, "(absent)", NULL},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct engine_case c = {0};
		for (size_t k = 0; k < ARRAY_LEN(rows[i].parts) && rows[i].parts[k]; k += 2)
			engine_case_part(&c, rows[i].parts[k], rows[i].parts[k + 1]);
		const struct node *r = engine_case_run(&c, "Engine", "docker");
		assert_non_null(r);
		const char *got = engine_case_json(&c, &r->items[rows[i].field]);
		if (strcmp(got, rows[i].expected) != 0)
			print_message("row %zu: %s\n", i, got);
		assert_string_equal(got, rows[i].expected);
		if (rows[i].from) {
			const char *name = schema_engine.fields[rows[i].field].name;
			struct sv from = node_get_str(&r->items[ENGINE_FROM], name);
			if (!sv_is(from, rows[i].from))
				print_message("row %zu: %.*s\n", i, SV_ARG(from));
			assert_sv(from, rows[i].from);
		}
		engine_case_done(&c);
	}
}

static const struct listen_row {
	const char *parts[6];
	const char *expected; /* address tls verify loopback, one after the other */
} listen_rows[] = {
	{{CONFIG, "{}"}, "unix:///var/run/docker.sock - - 1;"},
	{{CONFIG, "{\"hosts\": [\"tcp://0.0.0.0:2375\"]}"}, "tcp://0.0.0.0:2375 0 0 0;"},
	{{CONFIG, "{\"hosts\": [\"tcp://127.0.0.1:2375\", \"unix://\"], \"tls\": true}"},
	 "tcp://127.0.0.1:2375 1 0 1;unix:///var/run/docker.sock - - 1;"},
	{{CONFIG, "{\"hosts\": [\"tcp://[::1]:2376\"], \"tlsverify\": true}"},
	 "tcp://[::1]:2376 1 1 1;"},
	{{CONFIG, "{\"hosts\": [\"tcp://a\"], \"tlsverify\": false}"}, "tcp://a 1 0 0;"},
	{{CONFIG, "{}", UNIT, START "-H fd:// -H :2375 --metrics-addr 0.0.0.0:9323", SOCKET,
	  "[Socket]\nListenStream=/run/docker.sock\nListenStream=2377\n"},
	 "unix:///run/docker.sock - - 1;tcp://:2377 0 0 0;tcp://:2375 0 0 0;"
	 "tcp://0.0.0.0:9323 0 0 0;"},
	{{"info", "{\"Warnings\": [\"WARNING: API is accessible on http://0.0.0.0:2375 without "
		  "encryption.\"]}"},
	 "tcp://0.0.0.0:2375 0 0 0;"},
};

static const char *bit(const struct node *n)
{
	return n->flags & NODE_ABSENT ? "-" : node_true(n) ? "1" : "0";
}

static void test_listeners(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(listen_rows); i++) {
		struct engine_case c = {0};
		auto_done(buf_done) struct buf b = {0};
		for (size_t k = 0; k < 6 && listen_rows[i].parts[k]; k += 2)
			engine_case_part(&c, listen_rows[i].parts[k], listen_rows[i].parts[k + 1]);
		const struct node *r = engine_case_run(&c, "Engine", "docker");
		assert_non_null(r);
		NODE_EACH (it, &r->items[ENGINE_LISTENERS])
			buf_fmt(&b, "%.*s %s %s %s;", SV_ARG(it->items[LISTENER_ADDRESS].text),
				bit(&it->items[LISTENER_TLS]), bit(&it->items[LISTENER_VERIFY]),
				bit(&it->items[LISTENER_LOOPBACK]));
		assert_string_equal(buf_cstr(&b), listen_rows[i].expected);
		engine_case_done(&c);
	}
}

/* The command line of the process against the unit that it was started by. */
static void test_changed_since_start(void **state)
{
	struct engine_case c = {0};
	static const char line[] = "/usr/bin/dockerd\0--icc=true";

	(void)state;
	engine_case_part(&c, CONFIG, "{}");
	engine_case_part(&c, UNIT, START "--icc=false");
	(void)parts_add(&c.parts, SV("dockerd"), SV("/proc/7/cmdline"), sv_make(line, sizeof line));
	const struct node *r = engine_case_run(&c, "Engine", "docker");
	assert_string_equal(engine_case_json(&c, &r->items[ENGINE_ICC]), "true");
	assert_string_equal(
		engine_case_json(&c, &r->items[ENGINE_CONFLICTS]),
		"[{\"setting\":\"icc\",\"said\":\"false (flag --icc "
		"(/usr/lib/systemd/system/docker.service:2))\",\"other\":\"true (flag --icc "
		"(running (/proc/7/cmdline)))\"}]");
	engine_case_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_listeners),
		cmocka_unit_test(test_changed_since_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
