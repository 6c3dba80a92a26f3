#include "unit/fact/source_case.h"

#include "fact/service/words.h"

/* What a command line comes to: the JSON of a field, faults and notes. */
static const struct row {
	const char *text;
	bool of_container;
	unsigned field;
	const char *expected;
	size_t faults, notes;
} rows[] = {
#define C(text, field, expected)               {text, true, field, expected, 0, 0},
#define W(text, field, expected)               {text, false, field, expected, 0, 0},
#define BAD(text, field, expected, bad, notes) {text, true, field, expected, bad, notes},
	/* clang-format off */
	C("docker run --privileged a:1", CONTAINER_PRIVILEGED, "true")
	C("docker run --privileged=false a:1", CONTAINER_PRIVILEGED, "false")
	C("docker run a:1 --privileged", CONTAINER_PRIVILEGED, "false")
	C("docker run -- a:1", CONTAINER_PRIVILEGED, "false")
	C("docker run -itd --rm a:1 sh -c 'x  y'", CONTAINER_ARGS, "[\"sh\",\"-c\",\"x  y\"]")
	C("docker run --entrypoint '/a b' a:1 x", CONTAINER_COMMAND, "[\"/a b\"]")
	C("sudo -E docker -H tcp://h --tls --log-level=debug container create --privileged a:1", CONTAINER_PRIVILEGED, "true")
	C("A=1 /usr/bin/docker run -u0 a:1", CONTAINER_RUN_AS_USER, "0")
	C("docker run \\\n  --cap-add \\\n SYS_ADMIN a:1", CONTAINER_CAP_ADD, "[\"SYS_ADMIN\"]")
	C("podman run --cap-drop all,x a:1", CONTAINER_CAP_DROP, "[\"ALL\",\"X\"]")
	C("docker run --cap-drop all,x a:1", CONTAINER_CAP_DROP, "[\"ALL,X\"]")
	C("podman run a:1", CONTAINER_CAPABILITIES, "[\"CHOWN\",\"DAC_OVERRIDE\",\"FOWNER\",\"FSETID\",\"KILL\",\"SETGID\",\"SETUID\",\"SETPCAP\",\"NET_BIND_SERVICE\",\"SYS_CHROOT\",\"SETFCAP\"]")
	C("docker run -p80:8080 -p 127.0.0.1:1:2/udp a:1", CONTAINER_PORTS, "[{\"name\":null,\"port\":8080,\"host_port\":80,\"host_ip\":\"0.0.0.0\",\"protocol\":\"TCP\"},{\"name\":null,\"port\":2,\"host_port\":1,\"host_ip\":\"127.0.0.1\",\"protocol\":\"UDP\"}]")
	C("docker run -e A=1 -eB --env=C=d=e a:1", CONTAINER_ENV, "[{\"name\":\"A\",\"value\":\"1\",\"from\":\"value\"},{\"name\":\"B\",\"value\":null,\"from\":\"environment\"},{\"name\":\"C\",\"value\":\"d=e\",\"from\":\"value\"}]")
	C("podman run --secret k,type=env,target=T a:1", CONTAINER_ENV, "[{\"name\":\"T\",\"value\":null,\"from\":\"secret\"}]")
	C("docker run --security-opt systempaths=unconfined a:1", CONTAINER_MASKED_PATHS, "[]")
	C("podman run --security-opt unmask=ALL a:1", CONTAINER_READONLY_PATHS, "[]")
	C("podman run --security-opt unmask=/proc/sys:/proc/bus a:1", CONTAINER_READONLY_PATHS, "[\"/proc/fs\",\"/proc/irq\",\"/proc/sysrq-trigger\"]")
	C("docker run --security-opt seccomp=p.json a:1", CONTAINER_SECCOMP, "{\"type\":\"Localhost\",\"localhost\":\"p.json\"}")
	C("docker run --health-cmd 'a b' a:1", CONTAINER_HEALTHCHECK, "{\"test\":\"a b\"}")
	C("docker run --health-cmd a --no-healthcheck a:1", CONTAINER_HEALTHCHECK, "null")
	C("docker run --log-driver=none --log-opt a=b a:1", CONTAINER_LOG_OPTIONS, "{\"a\":\"b\"}")
	C("docker run --ulimit nofile=1:2 a:1", CONTAINER_ULIMITS, "[{\"name\":\"nofile\",\"soft\":1,\"hard\":2}]")
	C("docker run --gpus all a:1", CONTAINER_DEVICE_REQUESTS, "\"all\"")
	C("docker run --oom-kill-disable --oom-score-adj -1000 a:1", CONTAINER_OOM_SCORE, "-1000")
	C("docker run -m 1g --cpus .5 --pids-limit 9 a:1", CONTAINER_RESOURCES, "{\"cpu_request\":null,\"cpu_limit\":\"500m\",\"memory_request\":null,\"memory_limit\":\"1073741824\",\"storage_request\":null,\"storage_limit\":null,\"pids_limit\":9,\"memory_swap\":\"2147483648\",\"cpu_shares\":null,\"cpu_set\":null}")
	W("docker run --pid host a:1", WORKLOAD_HOST_PID, "true")
	W("docker run --network host a:1", WORKLOAD_HOST_NETWORK, "true")
	W("docker run --net=host a:1", WORKLOAD_HOST_NETWORK, "true")
	W("docker run --network name=host,alias=x a:1", WORKLOAD_HOST_NETWORK, "true")
	W("docker run --network 'x,name=host' a:1", WORKLOAD_HOST_NETWORK, "true")
	W("docker run --network container:db a:1", WORKLOAD_NETWORK_MODE, "\"container:db\"")
	W("docker run --network n1 --network n2 a:1", WORKLOAD_NETWORKS, "[\"n1\",\"n2\"]")
	W("docker run a:1", WORKLOAD_NETWORK_MODE, "\"bridge\"")
	W("podman run --network slirp4netns:x=y a:1", WORKLOAD_NETWORK_MODE, "\"slirp4netns\"")
	W("podman run --userns=keep-id:uid=1 a:1", WORKLOAD_USERNS_MODE, "\"keep-id\"")
	W("podman run a:1", WORKLOAD_HOST_USERS, "null")
	W("podman run --uidmap 0:1:2 a:1", WORKLOAD_HOST_USERS, "false")
	W("docker run --userns host a:1", WORKLOAD_HOST_USERS, "true")
	W("docker run --name n a:1", WORKLOAD_NAME, "\"n\"")
	W("podman run a:1", WORKLOAD_PLATFORM, "\"podman\"")
	W("nerdctl -n k8s.io run a:1", WORKLOAD_PLATFORM, "\"docker\"")
	W("docker run -l a=b --label c a:1", WORKLOAD_LABELS, "{\"a\":\"b\",\"c\":\"\"}")
	W("docker run --restart=on-failure:3 a:1", WORKLOAD_RESTART_POLICY, "\"on-failure:3\"")
	W("docker run --sysctl a.b=1 a:1", WORKLOAD_SYSCTLS, "[{\"name\":\"a.b\",\"value\":\"1\"}]")
	W("docker run --annotation run.oci.keep=1 a:1", WORKLOAD_ANNOTATIONS, "{\"run.oci.keep\":\"1\"}")
	C("docker pull a:1 && docker run --privileged a:1", CONTAINER_PRIVILEGED, "true")
	C("docker run >o 2>&1 --privileged a:1", CONTAINER_PRIVILEGED, "true")
	C("# it\n$ docker run --privileged a:1 # yes", CONTAINER_PRIVILEGED, "true")
	BAD("docker run --privlegd a:1", CONTAINER_PRIVILEGED, "false", 1, 0)
	BAD("docker run --nope v --privileged a:1", CONTAINER_PRIVILEGED, "true", 1, 0)
	BAD("docker run --privileged", CONTAINER_PRIVILEGED, "true", 1, 0)
	BAD("docker run --pid", CONTAINER_PRIVILEGED, "false", 2, 0)
	BAD("docker run 'a", CONTAINER_PRIVILEGED, "false", 1, 0)
	BAD("docker run -v $(pwd):/x --privileged a:1", CONTAINER_PRIVILEGED, "true", 0, 1)
	BAD("docker run --env-file e a:1", CONTAINER_PRIVILEGED, "false", 0, 1)
	BAD("docker ps; ls", CONTAINER_PRIVILEGED, "", 1, 0)
	BAD("", CONTAINER_PRIVILEGED, "", 1, 0)
	/* clang-format on */
};

static void test_commands(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		auto_source c = {.of_container = r->of_container, .field = r->field};
		source_add(&c, "", "command line", r->text);
		source_run(&c, "command", false);
		if (!sv_is(c.json, r->expected))
			fail_msg("%s: %.*s instead of %s", r->text, SV_ARG(c.json), r->expected);
		if (c.faults != r->faults || c.notes != r->notes)
			fail_msg("%s: %zu faults, %zu notes: %.*s", r->text, c.faults, c.notes,
				 SV_ARG(c.fault));
	}
}

static const struct {
	const char *text, *type, *source, *target, *volume, *read_only, *propagation;
} mounts[] = {
	{"-v /a:/b", "bind", "/a", "/b", "/b", "false", "None"},
	{"-v /a:/b:ro,rshared,z", "bind", "/a", "/b", "/b", "true", "Bidirectional"},
	{"-v $PWD:/b", "bind", "$PWD", "/b", "/b", "false", "None"},
	{"-v n:/b:ro", "volume", "", "/b", "n", "true", "None"},
	{"-v /b", "volume", "", "/b", "", "false", "None"},
	{"--mount type=bind,src=/,dst=/h,ro,bind-propagation=rslave", "bind", "/", "/h", "/h",
	 "true", "HostToContainer"},
	{"--mount type=bind,source=/,target=/h,readonly=false", "bind", "/", "/h", "/h", "false",
	 "None"},
	{"--mount 'type=volume,src=n,dst=/h,volume-opt=type=none,\"volume-opt=o=bind,ro\",volume-opt=device=/etc'",
	 "bind", "/etc", "/h", "n", "false", "None"},
	{"--mount type=tmpfs,dst=/t", "tmpfs", "", "/t", "", "false", "None"},
	{"--tmpfs /t:ro", "tmpfs", "", "/t", "", "true", "None"},
};

static struct sv field(const struct node *m, unsigned f)
{
	return fact_has(m, f) ? m->items[f].text : (struct sv){0};
}

static void mount_object(void *arg, const struct fact_object *o)
{
	size_t i = *(size_t *)arg;
	const struct node *c = &o->workload->items[WORKLOAD_CONTAINERS].items[0];

	assert_int_equal(c->items[CONTAINER_MOUNTS].n, 1);
	const struct node *m = &c->items[CONTAINER_MOUNTS].items[0];
	assert_sv(field(m, MOUNT_TYPE), mounts[i].type);
	assert_sv(field(m, MOUNT_SOURCE), mounts[i].source);
	assert_sv(field(m, MOUNT_TARGET), mounts[i].target);
	assert_sv(field(m, MOUNT_VOLUME), mounts[i].volume);
	assert_sv(field(m, MOUNT_READ_ONLY), mounts[i].read_only);
	assert_sv(field(m, MOUNT_PROPAGATION), mounts[i].propagation);
}

static void test_mounts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
		auto_source c = {0};
		auto_done(buf_done) struct buf text = {0};
		const struct fact_sink sink = {.arg = &i, .object = mount_object};
		buf_fmt(&text, "docker run %s a:1", mounts[i].text);
		source_add(&c, "", "x", buf_cstr(&text));
		fact_source_find(SV("command"))->objects(&c.parts, &sink);
	}
}

static void test_place(void **state)
{
	auto_source c = {.field = WORKLOAD_PID_MODE};

	(void)state;
	source_add(&c, "", "cmd", "docker run \\\n --rm \\\n --pid host a:1");
	source_run(&c, "command", false);
	assert_sv(c.file, "cmd");
	assert_int_equal(c.line, 3);
}

static void test_several(void **state)
{
	auto_source c = {.of = "b", .of_container = true, .field = CONTAINER_PRIVILEGED};

	(void)state;
	source_add(&c, "", "x",
		   "docker run --name a i\nif x; then docker run --name b --privileged i; fi");
	source_run(&c, "command", false);
	assert_int_equal(c.objects, 2);
	assert_sv(c.json, "true");
}

static const struct {
	const char *text, *words; /* with | between */
	bool whole;
} cuts[] = {
	{"a  b\tc", "a|b|c", true}, {"'a b' \"c d\"e", "a b|c de", true},
	{"a\\ b", "a b", true},     {"\"a\\\"b\\$c\\d\"", "a\"b$c\\d", true},
	{"a\\\nb", "ab", true},     {"''", "", true},
	{"a #b", "a|#b", true},     {"a;b", "a;b", true},
	{"'a", "a", false},         {"\"a\\", "a\\", false},
	{"a\\", "a\\", true},
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf out = {0};
		struct sv_vec words = {0};
		assert_int_equal(words_cut(&a, sv_of(cuts[i].text), &words), cuts[i].whole);
		for (size_t k = 0; k < words.n; k++)
			buf_fmt(&out, "%s%.*s", k ? "|" : "", SV_ARG(words.p[k]));
		vec_done(&words);
		assert_string_equal(buf_cstr(&out), cuts[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands), cmocka_unit_test(test_mounts),
		cmocka_unit_test(test_place),    cmocka_unit_test(test_several),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
