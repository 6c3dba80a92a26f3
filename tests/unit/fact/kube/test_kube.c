#include "unit/fact/kube/kube_case.h"

/* What a pod with these fields in its spec and in its one container comes to: the JSON of a field
 * of the container (in_container) or of the workload. */
static const /* Fields that Kubernetes does not speak of. */
#define MORE_OF_MOUNT \
	",\"options\":[],\"resolved\":null,\"engine\":null,\"source_kind\":null,\"said\":null"

	struct row {
	const char *spec, *container;
	bool of_container;
	unsigned field;
	const char *expected;
	size_t faults;
} rows[] = {
#define C(spec, container, field, expected) {spec, container, true, field, expected, 0},
#define W(spec, field, expected)            {spec, "", false, field, expected, 0},
	/* the platform's defaults */
	C("", "", CONTAINER_PRIVILEGED, "false") C("", "", CONTAINER_ALLOW_ESCALATION, "true") C(
		"", "", CONTAINER_READ_ONLY_ROOT,
		"false") C("", "", CONTAINER_SECCOMP, "{\"type\":\"Undefined\",\"localhost\":null}")
		C("", "", CONTAINER_APPARMOR, "{\"type\":\"Undefined\",\"localhost\":null}") C(
			"", "", CONTAINER_PROC_MOUNT,
			"\"Default\"") C("", "", CONTAINER_HOST_PROCESS,
					 "false") C("", "", CONTAINER_CAP_ADD,
						    "[]") C("", "", CONTAINER_TYPE, "\"container\"")
			C("", "", CONTAINER_CAPABILITIES,
			  "[\"CHOWN\",\"DAC_OVERRIDE\",\"FOWNER\",\"FSETID\",\"KILL\",\"SETGID\",\"SETUID\","
			  "\"SETPCAP\",\"NET_BIND_SERVICE\",\"NET_RAW\",\"SYS_CHROOT\",\"MKNOD\",\"AUDIT_WRITE\","
			  "\"SETFCAP\"]") W("", WORKLOAD_HOST_NETWORK,
					    "false") W("", WORKLOAD_HOST_USERS, "true")
				W("", WORKLOAD_AUTOMOUNT_TOKEN,
				  "true") W("", WORKLOAD_SERVICE_ACCOUNT, "\"default\"")
					W("", WORKLOAD_RESTART_POLICY, "\"Always\"")
						W("", WORKLOAD_VOLUMES, "[]")
							W("", WORKLOAD_PLATFORM, "\"kubernetes\"")
	/* null is absent */
	C("\"securityContext\":null", "\"securityContext\":{\"privileged\":null}",
	  CONTAINER_PRIVILEGED, "false") W("\"hostPID\":null", WORKLOAD_HOST_PID, "false")
	/* the pod's, then the container's own */
	C("\"securityContext\":{\"runAsUser\":5}", "", CONTAINER_RUN_AS_USER,
	  "5") C("\"securityContext\":{\"runAsUser\":5}", "\"securityContext\":{\"runAsUser\":0}",
		 CONTAINER_RUN_AS_USER,
		 "0") C("\"securityContext\":{\"runAsNonRoot\":true}", "\"securityContext\":{}",
			CONTAINER_RUN_AS_NON_ROOT,
			"true") C("\"securityContext\":{\"runAsNonRoot\":true}",
				  "\"securityContext\":{\"runAsNonRoot\":false}",
				  CONTAINER_RUN_AS_NON_ROOT, "false")
		C("\"securityContext\":{\"seccompProfile\":{\"type\":\"RuntimeDefault\"}}", "",
		  CONTAINER_SECCOMP, "{\"type\":\"RuntimeDefault\",\"localhost\":null}")
			C("\"securityContext\":{\"seccompProfile\":{\"type\":\"RuntimeDefault\"}}",
			  "\"securityContext\":{\"seccompProfile\":{\"type\":\"Localhost\",\"localhostProfile\":"
			  "\"x.json\"}}",
			  CONTAINER_SECCOMP, "{\"type\":\"Localhost\",\"localhost\":\"x.json\"}")
	/* SELinux options are not mixed, Windows options are */
	C("\"securityContext\":{\"seLinuxOptions\":{\"type\":\"a_t\",\"level\":\"s0\"}}",
	  "\"securityContext\":{\"seLinuxOptions\":{\"user\":\"u\"}}", CONTAINER_SELINUX,
	  "{\"type\":null,\"user\":\"u\",\"role\":null,\"level\":null}")
		C("\"securityContext\":{\"windowsOptions\":{\"hostProcess\":true,\"runAsUserName\":\"A\"}}",
		  "\"securityContext\":{\"windowsOptions\":{\"runAsUserName\":\"B\"}}",
		  CONTAINER_HOST_PROCESS, "true")
			C("\"securityContext\":{\"windowsOptions\":{\"hostProcess\":true,\"runAsUserName\":\"A\"}}",
			  "\"securityContext\":{\"windowsOptions\":{\"runAsUserName\":\"B\"}}",
			  CONTAINER_RUN_AS_USER_NAME, "\"B\"")
	/* escalation is forced by what makes it possible anyway */
	C("", "\"securityContext\":{\"allowPrivilegeEscalation\":false}",
	  CONTAINER_ALLOW_ESCALATION,
	  "false") C("",
		     "\"securityContext\":{\"allowPrivilegeEscalation\":false,\"privileged\":true}",
		     CONTAINER_ALLOW_ESCALATION, "true")
		C("",
		  "\"securityContext\":{\"allowPrivilegeEscalation\":false,\"capabilities\":{\"add\":"
		  "[\"CAP_SYS_ADMIN\"]}}",
		  CONTAINER_ALLOW_ESCALATION, "true")
	/* capabilities */
	C("", "\"securityContext\":{\"capabilities\":{\"add\":[\"cap_net_admin\",\"ALL\"]}}",
	  CONTAINER_CAP_ADD,
	  "[\"NET_ADMIN\",\"ALL\"]") C("",
				       "\"securityContext\":{\"capabilities\":{\"add\":[\"ALL\"]}}",
				       CONTAINER_CAPABILITIES, "[\"ALL\"]")
		C("",
		  "\"securityContext\":{\"privileged\":true,\"capabilities\":{\"drop\":[\"ALL\"]}}",
		  CONTAINER_CAPABILITIES, "[\"ALL\"]")
			C("",
			  "\"securityContext\":{\"capabilities\":{\"drop\":[\"ALL\"],\"add\":[\"CHOWN\"]}}",
			  CONTAINER_CAPABILITIES, "[\"CHOWN\"]")
				C("", "\"securityContext\":{\"capabilities\":{\"drop\":[\"all\"]}}",
				  CONTAINER_CAPABILITIES, "[]")
					C("",
					  "\"securityContext\":{\"capabilities\":{\"add\":[\"CHOWN\",\"MADE_UP\"],\"drop\":["
					  "\"ALL\",\"CHOWN\"]}}",
					  CONTAINER_CAPABILITIES, "[\"MADE_UP\"]")
	/* images */
	C("", "\"image\":\"nginx\"", CONTAINER_IMAGE,
	  "{\"reference\":\"nginx\",\"registry\":\"docker.io\",\"explicit_registry\":false,"
	  "\"repository\":\"library/nginx\",\"tag\":null,\"digest\":null,\"pull_policy\":\"Always\",\"id\":null}")
		C("", "\"image\":\"reg:5000/a/b:1.2\"", CONTAINER_IMAGE,
		  "{\"reference\":\"reg:5000/a/b:1.2\",\"registry\":\"reg:5000\",\"explicit_registry\":true,"
		  "\"repository\":\"a/b\",\"tag\":\"1.2\",\"digest\":null,\"pull_policy\":\"IfNotPresent\",\"id\":null}")
			C("", "\"image\":\"a/b@sha256:12\"", CONTAINER_IMAGE,
			  "{\"reference\":\"a/b@sha256:12\",\"registry\":\"docker.io\",\"explicit_registry\":false,"
			  "\"repository\":\"a/b\",\"tag\":null,\"digest\":\"sha256:12\","
			  "\"pull_policy\":\"IfNotPresent\",\"id\":null}")
				C("", "\"image\":\"a:latest\",\"imagePullPolicy\":\"Never\"",
				  CONTAINER_IMAGE,
				  "{\"reference\":\"a:latest\",\"registry\":\"docker.io\",\"explicit_registry\":false,"
				  "\"repository\":\"library/a\",\"tag\":\"latest\",\"digest\":null,\"pull_policy\":\"Never\",\"id\":null}")
					C("", "\"image\":\"\"", CONTAINER_IMAGE, "null")
	/* lists of the container */
	C("", "\"command\":[\"sh\",\"-c\"]", CONTAINER_COMMAND, "[\"sh\",\"-c\"]") C(
		"",
		"\"env\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"valueFrom\":{"
		"\"secretKeyRef\":{}}},{\"name\":\"C\"}]",
		CONTAINER_ENV,
		"[{\"name\":\"A\",\"value\":\"1\",\"from\":\"value\"},{\"name\":\"B\",\"value\":null,"
		"\"from\":\"secret\"},{\"name\":\"C\",\"value\":\"\",\"from\":\"value\"}]")
		C("",
		  "\"ports\":[{\"containerPort\":80},{\"containerPort\":1,\"hostPort\":2,"
		  "\"protocol\":\"UDP\",\"name\":\"d\",\"hostIP\":\"::1\"}]",
		  CONTAINER_PORTS,
		  "[{\"name\":null,\"port\":80,\"host_port\":0,\"host_ip\":null,\"protocol\":\"TCP\"},"
		  "{\"name\":\"d\",\"port\":1,\"host_port\":2,\"host_ip\":\"::1\",\"protocol\":\"UDP\"}]")
			C("",
			  "\"resources\":{\"limits\":{\"cpu\":2,\"memory\":\"1Gi\"},\"requests\":{\"cpu\":"
			  "\"5m\"}}",
			  CONTAINER_RESOURCES,
			  "{\"cpu_request\":\"5m\",\"cpu_limit\":\"2\",\"memory_request\":\"1Gi\",\"memory_limit\":"
			  "\"1Gi\",\"storage_request\":null,\"storage_limit\":null,\"pids_limit\":null,\"memory_swap\":null,\"cpu_shares\":null,\"cpu_set\":null}")
	/* volumes and mounts */
	W("\"volumes\":[{\"name\":\"a\",\"hostPath\":{\"path\":\"/etc\"}},{\"name\":\"b\"},"
	  "{\"name\":\"c\",\"newKind\":{}}]",
	  WORKLOAD_VOLUMES,
	  "[{\"name\":\"a\",\"type\":\"host_path\",\"path\":\"/etc\",\"resolved\":null,\"engine\":null,\"source_kind\":null,\"driver\":null,\"options\":{},\"source\":{\"name\":\"a\","
	  "\"hostPath\":{\"path\":\"/etc\"}}},{\"name\":\"b\",\"type\":\"empty_dir\",\"path\":null,\"resolved\":null,\"engine\":null,\"source_kind\":null,\"driver\":null,\"options\":{},"
	  "\"source\":{\"name\":\"b\"}},{\"name\":\"c\",\"type\":\"unknown\",\"path\":null,\"resolved\":null,\"engine\":null,\"source_kind\":null,\"driver\":null,\"options\":{},"
	  "\"source\":{\"name\":\"c\",\"newKind\":{}}}]")
		C("\"volumes\":[{\"name\":\"a\",\"hostPath\":{\"path\":\"/etc\"}},{\"name\":\"b\","
		  "\"secret\":{}}]",
		  "\"volumeMounts\":[{\"name\":\"a\",\"mountPath\":\"/x\",\"mountPropagation\":"
		  "\"Bidirectional\"},{\"name\":\"b\",\"mountPath\":\"/y\",\"subPath\":\"s\"},{\"name\":"
		  "\"z\",\"readOnly\":true}]",
		  CONTAINER_MOUNTS,
		  "[{\"target\":\"/x\",\"type\":\"host_path\",\"source\":\"/etc\",\"volume\":\"a\","
		  "\"read_only\":false,\"propagation\":\"Bidirectional\",\"sub_path\":null,"
		  "\"options\":[],\"resolved\":\"/etc\",\"engine\":null,\"source_kind\":null,\"said\":null},"
		  "{\"target\":\"/y\",\"type\":\"secret\",\"source\":null,\"volume\":\"b\","
		  "\"read_only\":true,\"propagation\":\"None\",\"sub_path\":\"s\"" MORE_OF_MOUNT
		  "},"
		  "{\"target\":null,\"type\":\"unknown\",\"source\":null,\"volume\":\"z\","
		  "\"read_only\":true,\"propagation\":\"None\",\"sub_path\":null" MORE_OF_MOUNT
		  "}]")
	/* the pod's own */
	W("\"serviceAccount\":\"old\"", WORKLOAD_SERVICE_ACCOUNT,
	  "\"old\"") W("\"serviceAccount\":\"old\",\"serviceAccountName\":\"new\"",
		       WORKLOAD_SERVICE_ACCOUNT, "\"new\"")
		W("\"securityContext\":{\"sysctls\":[{\"name\":\"a\",\"value\":\"1\"}],"
		  "\"supplementalGroups\":[1,2]}",
		  WORKLOAD_SYSCTLS, "[{\"name\":\"a\",\"value\":\"1\"}]")
			W("\"securityContext\":{\"supplementalGroups\":[1,2]}",
			  WORKLOAD_SUPPLEMENTAL_GROUPS, "[1,2]")
				W("\"os\":{\"name\":\"windows\"}", WORKLOAD_OS, "\"windows\"")
					W("", WORKLOAD_REPLICAS, "null")
#undef C
#undef W
	/* wrong types: told, and read where they are dangerous */
	{"\"hostNetwork\":\"true\"", "", false, WORKLOAD_HOST_NETWORK, "true", 1},
	{"\"hostNetwork\":\"off\"", "", false, WORKLOAD_HOST_NETWORK, "false", 1},
	{"\"hostUsers\":\"false\"", "", false, WORKLOAD_HOST_USERS, "true", 1},
	{"\"hostPID\":1", "", false, WORKLOAD_HOST_PID, "true", 1},
	{"\"hostPID\":[]", "", false, WORKLOAD_HOST_PID, "false", 1},
	{"", "\"securityContext\":{\"readOnlyRootFilesystem\":\"true\"}", true,
	 CONTAINER_READ_ONLY_ROOT, "false", 1},
	{"", "\"securityContext\":{\"privileged\":\"True\"}", true, CONTAINER_PRIVILEGED, "true",
	 1},
	{"", "\"securityContext\":{\"runAsUser\":\"0\"}", true, CONTAINER_RUN_AS_USER, "0", 1},
	{"", "\"securityContext\":{\"runAsUser\":1.5}", true, CONTAINER_RUN_AS_USER, "null", 1},
	{"", "\"securityContext\":{\"runAsUser\":0.0}", true, CONTAINER_RUN_AS_USER, "0", 1},
	{"", "\"securityContext\":[]", true, CONTAINER_PRIVILEGED, "false", 1},
	{"", "\"ports\":[1,{\"containerPort\":\"80\"}]", true, CONTAINER_PORTS,
	 "[{\"name\":null,\"port\":80,\"host_port\":0,\"host_ip\":null,\"protocol\":\"TCP\"}]", 2},
	{"", "\"command\":[1,[],null]", true, CONTAINER_COMMAND, "[\"1\",\"\"]", 2},
	{"", "\"command\":\"sh\"", true, CONTAINER_COMMAND, "[]", 1},
	{"", "\"env\":[{\"name\":\"A\",\"value\":1}]", true, CONTAINER_ENV,
	 "[{\"name\":\"A\",\"value\":\"1\",\"from\":\"value\"}]", 1},
	{"\"volumes\":[{\"name\":\"a\",\"hostPath\":\"/\"}]", "", false, WORKLOAD_VOLUMES,
	 "[{\"name\":\"a\",\"type\":\"host_path\",\"path\":\"/\",\"resolved\":null,\"engine\":null,\"source_kind\":null,\"driver\":null,\"options\":{},\"source\":{\"name\":\"a\","
	 "\"hostPath\":\"/\"}}]",
	 1},
};

static void test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		auto_done(buf_done) struct buf text = {0};
		auto_case c;
		buf_fmt(&text,
			"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},"
			"\"spec\":{%s%s\"containers\":[{\"name\":\"c\"%s%s}]}}",
			r->spec, *r->spec ? "," : "", *r->container ? "," : "", r->container);
		case_read(&c, buf_view(&text));
		assert_int_equal(c.n, 1);
		const struct node *from = c.objects[0].workload;
		if (r->of_container)
			from = &from->items[WORKLOAD_CONTAINERS].items[0];
		struct sv got = case_json(&c, &from->items[r->field]);
		if (!sv_is(got, r->expected) || c.faults != r->faults)
			fail_msg("%s | %s: %.*s, %zu faults; expected %s", r->spec, r->container,
				 SV_ARG(got), c.faults, r->expected);
	}
}

static void test_annotations(void **state)
{
	(void)state;
	auto_case c;
	case_read(&c, SV("apiVersion: v1\n"
			 "kind: Pod\n"
			 "metadata:\n"
			 "  annotations:\n"
			 "    container.apparmor.security.beta.kubernetes.io/a: localhost/mine\n"
			 "    container.seccomp.security.alpha.kubernetes.io/b: unconfined\n"
			 "    seccomp.security.alpha.kubernetes.io/pod: docker/default\n"
			 "spec:\n"
			 "  containers: [{name: a}, {name: b}]\n"));
	const struct node *w = c.objects[0].workload;
	const struct node *a = &w->items[WORKLOAD_CONTAINERS].items[0], *b = a + 1;
	assert_sv(case_json(&c, &a->items[CONTAINER_APPARMOR]),
		  "{\"type\":\"Localhost\",\"localhost\":\"mine\"}");
	assert_sv(case_json(&c, &b->items[CONTAINER_APPARMOR]),
		  "{\"type\":\"Undefined\",\"localhost\":null}");
	assert_sv(a->items[CONTAINER_SECCOMP].items[PROFILE_TYPE].text, "RuntimeDefault");
	assert_sv(b->items[CONTAINER_SECCOMP].items[PROFILE_TYPE].text, "Unconfined");
	assert_sv(w->items[WORKLOAD_SECCOMP].items[PROFILE_TYPE].text, "RuntimeDefault");
	assert_sv(node_pointer(&c.a, c.objects[0].object, a->items[CONTAINER_APPARMOR].start,
			       a->items[CONTAINER_APPARMOR].end),
		  "/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1a");
}

static void test_container_types(void **state)
{
	static const char *const types[] = {"init", "sidecar", "container", "ephemeral"};

	(void)state;
	auto_case c;
	case_read(&c, SV("apiVersion: v1\n"
			 "kind: Pod\n"
			 "spec:\n"
			 "  ephemeralContainers: [{name: d}]\n"
			 "  containers: [{name: c, restartPolicy: Always}]\n"
			 "  initContainers: [{name: a}, {name: b, restartPolicy: Always}]\n"));
	const struct node *list = &c.objects[0].workload->items[WORKLOAD_CONTAINERS];
	assert_int_equal(list->n, ARRAY_LEN(types));
	for (uint32_t i = 0; i < list->n; i++)
		assert_sv(list->items[i].items[CONTAINER_TYPE].text, types[i]);
}

/* Spans and flags: what is said, what is taken over, what is a default, what is absent. */
static void test_places(void **state)
{
	static const char text[] = "apiVersion: v1\n"
				   "kind: Pod\n"
				   "spec:\n"
				   "  securityContext: {runAsUser: 7}\n"
				   "  containers:\n"
				   "  - name: c\n"
				   "    securityContext: {privileged: true}\n";

	(void)state;
	auto_case c;
	case_read(&c, sv_of(text));
	const struct node *w = c.objects[0].workload, *root = c.objects[0].object;
	const struct node *k = &w->items[WORKLOAD_CONTAINERS].items[0];
	static const struct {
		unsigned field;
		unsigned flags;
		const char *pointer;
	} places[] = {
		{CONTAINER_PRIVILEGED, 0, "/spec/containers/0/securityContext/privileged"},
		{CONTAINER_RUN_AS_USER, 0, "/spec/securityContext/runAsUser"},
		{CONTAINER_READ_ONLY_ROOT, NODE_DEFAULT, "/spec/containers/0"},
		{CONTAINER_RUN_AS_GROUP, NODE_ABSENT, "/spec/containers/0"},
		{CONTAINER_ALLOW_ESCALATION, 0, "/spec/containers/0/securityContext/privileged"},
	};
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const struct node *n = &k->items[places[i].field];
		assert_int_equal(n->flags & (NODE_DEFAULT | NODE_ABSENT), places[i].flags);
		assert_sv(node_pointer(&c.a, root, n->start, n->end), places[i].pointer);
	}
	assert_false(fact_has(k, CONTAINER_RUN_AS_GROUP));
	assert_true(fact_has(k, CONTAINER_READ_ONLY_ROOT));
	assert_ptr_equal(node_get(k, "privileged"), &k->items[CONTAINER_PRIVILEGED]);
}

/* One template in every kind that has one. */
static void test_kinds(void **state)
{
	static const struct {
		const char *kind, *shape;
		const char *replicas;
	} kinds[] = {
		{"Pod", "%s", "null"},
		{"Deployment", "\"spec\":{\"template\":{%s}}", "1"},
		{"StatefulSet", "\"spec\":{\"replicas\":3,\"template\":{%s}}", "3"},
		{"DaemonSet", "\"spec\":{\"template\":{%s}}", "null"},
		{"ReplicaSet", "\"spec\":{\"template\":{%s}}", "1"},
		{"ReplicationController", "\"spec\":{\"template\":{%s}}", "1"},
		{"Job", "\"spec\":{\"template\":{%s}}", "null"},
		{"CronJob", "\"spec\":{\"jobTemplate\":{\"spec\":{\"template\":{%s}}}}", "null"},
		{"PodTemplate", "\"template\":{%s}", "null"},
		{"Rollout", "\"spec\":{\"template\":{%s}}", "1"},
		{"DeploymentConfig", "\"spec\":{\"replicas\":0,\"template\":{%s}}", "0"},
		{"Service", "\"spec\":{\"template\":{%s}}", "null"},
		{"Ray", "\"spec\":{\"groups\":[{\"podTemplate\":{%s}}]}", "null"},
	};
	static const char pod[] = "\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"hostIPC\":"
				  "true,\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		auto_done(buf_done) struct buf text = {0};
		auto_case c;
		struct sv shape = sv_of(kinds[i].shape);
		size_t hole = sv_find(shape, SV("%s"));
		buf_fmt(&text, "{\"apiVersion\":\"x/v1\",\"kind\":\"%s\",", kinds[i].kind);
		buf_sv(&text, sv_head(shape, hole));
		buf_str(&text, pod);
		buf_sv(&text, sv_from(shape, hole + 2));
		buf_char(&text, '}');
		case_read(&c, buf_view(&text));
		assert_int_equal(c.n, 1);
		assert_int_equal(c.faults, 0);
		const struct node *w = c.objects[0].workload;
		assert_non_null(w);
		assert_sv(w->items[WORKLOAD_KIND].text, kinds[i].kind);
		assert_sv(w->items[WORKLOAD_HOST_IPC].text, "true");
		assert_sv(case_json(&c, &w->items[WORKLOAD_POD_LABELS]), "{\"a\":\"b\"}");
		assert_sv(case_json(&c, &w->items[WORKLOAD_REPLICAS]), kinds[i].replicas);
		assert_int_equal(w->items[WORKLOAD_CONTAINERS].n, 1);
	}
}

static void test_several_templates(void **state)
{
	(void)state;
	auto_case c;
	case_read(
		&c,
		SV("apiVersion: jobset.x-k8s.io/v1\n"
		   "kind: JobSet\n"
		   "spec:\n"
		   "  replicatedJobs:\n"
		   "  - {name: a, template: {spec: {template: {spec: {containers: [{name: one}]}}}}}\n"
		   "  - {name: b, template: {spec: {template: {spec: {containers: [{name: two}]}}}}}\n"));
	assert_int_equal(c.n, 2);
	assert_false(c.objects[0].again);
	assert_true(c.objects[1].again);
	assert_sv(c.objects[1]
			  .workload->items[WORKLOAD_CONTAINERS]
			  .items[0]
			  .items[CONTAINER_NAME]
			  .text,
		  "two");
}

static void test_lists(void **state)
{
	(void)state;
	auto_case c;
	case_read(&c, SV("apiVersion: v1\n"
			 "kind: List\n"
			 "items:\n"
			 "- {apiVersion: v1, kind: ConfigMap, metadata: {name: m}}\n"
			 "- kind: List\n"
			 "  apiVersion: v1\n"
			 "  items: [{apiVersion: v1, kind: Pod, spec: {hostPID: \"yes\"}}]\n"
			 "- {metadata: {name: nothing}}\n"
			 "---\n"
			 "apiVersion: v1\n"
			 "kind: PodList\n"
			 "items:\n"
			 "- {metadata: {name: p, namespace: ns}, spec: {containers: [{name: c}]}}\n"
			 "---\n"
			 "- 1\n"));
	assert_int_equal(c.n, 3);
	assert_int_equal(c.others, 2);
	assert_string_equal(c.why, "no object");
	assert_sv(c.objects[0].name, "m");
	assert_null(c.objects[0].workload);
	assert_sv(c.objects[1].workload->items[WORKLOAD_HOST_PID].text, "true");
	assert_int_equal(c.faults, 1);
	assert_sv(c.fault.path, "/items/1/items/0/spec/hostPID");
	assert_string_equal(c.fault.expected, "boolean");
	assert_sv(c.objects[2].kind, "Pod");
	assert_sv(c.objects[2].ns, "ns");
	assert_sv(c.objects[2].api_version, "v1");
}

static void test_lists_deep(void **state)
{
	auto_done(buf_done) struct buf text = {0};

	(void)state;
	for (int i = 0; i < 25; i++)
		buf_str(&text, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
	buf_str(&text, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}");
	for (int i = 0; i < 25; i++)
		buf_str(&text, "]}");
	auto_case c;
	case_read(&c, buf_view(&text));
	assert_int_equal(c.n, 1);
	assert_int_equal(c.faults, 0);
}

/* What the API server refuses for its head is told, and judged as what is meant. */
static void test_refused(void **state)
{
#define PODS "[{apiVersion: v1, kind: Pod, spec: {hostPID: true}}]"
	static const struct {
		const char *text, *why, *kind;
		size_t n, faults, others;
	} cases[] = {
		{"kind: Pod\nspec: {}\n", "apiVersion is missing", "Pod", 1, 1, 0},
		{"apiVersion: null\nkind: Job\n", "apiVersion is missing", "Job", 1, 1, 0},
		{"kind: List\nitems: " PODS "\n", "apiVersion is missing", "Pod", 1, 1, 0},
		{"kind: pipeline\n", NULL, NULL, 0, 0, 1},
		{"apiVersion: v1\nspec: {containers: [{name: c}]}\n", "kind is missing", "Pod", 1,
		 1, 0},
		{"apiVersion: v1\nspec: {}\n", NULL, NULL, 0, 0, 1},
		{"apiVersion: v1\nkind: pod\n", "no kind is written like this", "Pod", 1, 1, 0},
		{"apiVersion: apps/v1\nkind: 'deployment '\n", "no kind is written like this",
		 "Deployment", 1, 1, 0},
		{"apiVersion: example.org/v1\nkind: pod\n", NULL, "pod", 1, 0, 0},
		{"apiVersion: v1\nkind: list\nitems: " PODS "\n", "no kind is written like this",
		 "Pod", 1, 1, 0},
		{"apiVersion: v1\nkind: List\nitems: {a: 1}\n", NULL, NULL, 0, 1, 0},
		{"apiVersion: v1\nkind: List\nitems: [" PODS ", 1]\n", NULL, "Pod", 1, 2, 0},
		{PODS, "objects in a list that is no List", "Pod", 1, 1, 0},
		{"- hosts: all\n  tasks: []\n", NULL, NULL, 0, 0, 1},
		{"apiVersion: batch/v1\nkind: CronJob\nspec: x\n", NULL, "CronJob", 1, 1, 0},
		{"apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: 1}\n", NULL, "CronJob",
		 1, 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_case c;
		case_read(&c, sv_of(cases[i].text));
		if (c.n != cases[i].n || c.faults != cases[i].faults || c.others != cases[i].others)
			fail_msg("%s: %zu objects, %zu faults, %zu others", cases[i].text, c.n,
				 c.faults, c.others);
		if (c.n)
			assert_sv(c.objects[0].kind, cases[i].kind);
		if (cases[i].why)
			assert_string_equal(c.fault.why, cases[i].why);
	}
}

/* Templates and whole pods wherever a custom kind, or a broken one, has them. */
static void test_hidden_templates(void **state)
{
#define HIDDEN "spec: {containers: [{name: c, image: i}]}"
	static const struct {
		const char *spec;
		size_t n;
	} cases[] = {
		{"{pod: {" HIDDEN "}}", 1},
		{"{objects: [{apiVersion: v1, kind: Pod, " HIDDEN "}]}", 1},
		{"{template: {" HIDDEN ", template: {" HIDDEN "}}}", 2},
		{"{a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: {n: {o: {template: {" HIDDEN
		 "}}}}}}}}}}}}}}}}}",
		 1},
		{"{a: {spec: {containers: [one, two]}}}", 0},
		{"{a: {spec: {containers: {name: c, image: i}}}}", 0},
	};
	auto_done(buf_done) struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = 0;
		buf_clear(&text);
		buf_fmt(&text, "apiVersion: example.org/v1\nkind: Thing\nspec: %s\n",
			cases[i].spec);
		auto_case c;
		case_read(&c, buf_view(&text));
		for (size_t k = 0; k < c.n; k++)
			n += c.objects[k].workload != NULL;
		if (n != cases[i].n)
			fail_msg("%s: %zu", cases[i].spec, n);
	}
	auto_case c;
	case_read(&c,
		  SV("apiVersion: apps/v1\nkind: Deployment\nspec: {template: [{" HIDDEN "}]}\n"));
	assert_int_equal(c.faults, 1);
	assert_int_equal(c.n, 1);
	assert_non_null(c.objects[0].workload);
}

static void test_meta(void **state)
{
	(void)state;
	auto_case c;
	case_read(&c, SV("apiVersion: apps/v1\n"
			 "kind: Deployment\n"
			 "metadata: {name: d, labels: {a: 1, b: null}}\n"
			 "---\n"
			 "kind: Thing\n"
			 "---\n"
			 "apiVersion: v1\n"
			 "---\n"
			 "x: 1\n"));
	assert_int_equal(c.n, 1);
	assert_int_equal(c.others, 3);
	assert_string_equal(c.why, "no apiVersion and no kind");
	const struct node *meta = c.objects[0].meta;
	assert_sv(meta->items[META_GROUP].text, "apps");
	assert_sv(meta->items[META_VERSION].text, "v1");
	assert_sv(case_json(&c, &meta->items[META_LABELS]), "{\"a\":\"1\",\"b\":\"\"}");
	assert_false(fact_has(meta, META_NAMESPACE));
	assert_int_equal(c.faults, 1);
	assert_sv(c.fault.path, "/metadata/labels/a");
}

static void test_rbac(void **state)
{
	(void)state;
	auto_case c;
	case_read(&c,
		  SV("apiVersion: rbac.authorization.k8s.io/v1\n"
		     "kind: ClusterRole\n"
		     "metadata: {name: r}\n"
		     "aggregationRule: {clusterRoleSelectors: []}\n"
		     "rules:\n"
		     "- {verbs: [get], apiGroups: [\"\"], resources: [pods], resourceNames: [a]}\n"
		     "- {verbs: ['*'], nonResourceURLs: [/x]}\n"
		     "---\n"
		     "apiVersion: rbac.authorization.k8s.io/v1\n"
		     "kind: RoleBinding\n"
		     "metadata: {name: b, namespace: ns}\n"
		     "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}\n"
		     "subjects: [{kind: ServiceAccount, name: s}, {kind: User, name: u}]\n"));
	assert_int_equal(c.n, 2);
	const struct node *role = c.objects[0].role, *binding = c.objects[1].binding;
	assert_sv(case_json(&c, &role->items[ROLE_RULES]),
		  "[{\"verbs\":[\"get\"],\"api_groups\":[\"\"],\"resources\":[\"pods\"],"
		  "\"resource_names\":[\"a\"],\"urls\":[]},{\"verbs\":[\"*\"],\"api_groups\":[],"
		  "\"resources\":[],\"resource_names\":[],\"urls\":[\"/x\"]}]");
	assert_true(node_true(&role->items[ROLE_CLUSTER]));
	assert_true(node_true(&role->items[ROLE_AGGREGATED]));
	assert_false(node_true(&binding->items[BINDING_CLUSTER]));
	assert_sv(binding->items[BINDING_ROLE_NAME].text, "r");
	assert_sv(case_json(&c, &binding->items[BINDING_SUBJECTS]),
		  "[{\"kind\":\"ServiceAccount\",\"name\":\"s\",\"namespace\":\"ns\"},"
		  "{\"kind\":\"User\",\"name\":\"u\",\"namespace\":null}]");
}

/* Only what was read out of a cluster and binds its own role is taken for the cluster's. */
static void test_built_in(void **state)
{
	(void)state;
	static const struct {
		const char *name, *uid, *label, *role, *group;
		bool yes;
	} cases[] = {
		{"system:node", "uid: u, ", "rbac-defaults", "system:node", "system:nodes", true},
		{"cluster-admin", "uid: u, ", "rbac-defaults", "cluster-admin", "system:masters",
		 true},
		{"cluster-admin", "uid: u, ", "rbac-defaults", "cluster-admin",
		 "system:unauthenticated", false},
		{"system:evil", "uid: u, ", "rbac-defaults", "cluster-admin", "system:masters",
		 false},
		{"system:node", "", "rbac-defaults", "system:node", "system:nodes", false},
		{"system:node", "uid: u, ", "mine", "system:node", "system:nodes", false},
		{"mine", "uid: u, ", "rbac-defaults", "mine", "system:nodes", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(buf_done) struct buf text = {0};
		buf_fmt(&text,
			"{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: "
			"{name: '%s', %slabels: {kubernetes.io/bootstrapping: %s}}, "
			"roleRef: {kind: ClusterRole, name: '%s'}, "
			"subjects: [{kind: Group, name: '%s'}]}",
			cases[i].name, cases[i].uid, cases[i].label, cases[i].role, cases[i].group);
		auto_case c;
		case_read(&c, buf_view(&text));
		assert_int_equal(node_true(&c.objects[0].binding->items[BINDING_BUILT_IN]),
				 cases[i].yes);
	}
}

/* A single container where the list belongs is looked at; faults are told only so often. */
static void test_wrong_shapes(void **state)
{
	(void)state;
	auto_case c;
	case_read(&c, SV("{apiVersion: v1, kind: Pod, spec: {containers: {name: c, "
			 "securityContext: {privileged: true}}}}"));
	const struct node *list = &c.objects[0].workload->items[WORKLOAD_CONTAINERS];
	assert_int_equal(c.faults, 1);
	assert_int_equal(list->n, 1);
	assert_true(node_true(&list->items[0].items[CONTAINER_PRIVILEGED]));

	auto_done(buf_done) struct buf text = {0};
	buf_str(&text, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[0");
	for (int i = 0; i < 2000; i++)
		buf_str(&text, ",1");
	buf_str(&text, "]}}");
	auto_case many;
	case_read(&many, buf_view(&text));
	assert_int_equal(many.faults, 1000);
	assert_int_equal(many.objects[0].workload->items[WORKLOAD_CONTAINERS].n, 0);
}

/* Many volumes are found as few are. */
static void test_many_volumes(void **state)
{
	auto_done(buf_done) struct buf text = {0};

	(void)state;
	buf_str(&text, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"volumes\":[");
	for (int i = 0; i < 100; i++)
		buf_fmt(&text, "%s{\"name\":\"v%d\",\"hostPath\":{\"path\":\"/%d\"}}", i ? "," : "",
			i, i);
	buf_str(&text, "],\"containers\":[{\"name\":\"c\",\"volumeMounts\":[");
	for (int i = 0; i < 100; i++)
		buf_fmt(&text, "%s{\"name\":\"v%d\"}", i ? "," : "", i);
	buf_str(&text, "]}]}}");
	auto_case c;
	case_read(&c, buf_view(&text));
	const struct node *mounts =
		&c.objects[0].workload->items[WORKLOAD_CONTAINERS].items[0].items[CONTAINER_MOUNTS];
	assert_int_equal(mounts->n, 100);
	for (uint32_t i = 0; i < 100; i++) {
		char path[8];
		(void)snprintf(path, sizeof path, "/%u", i);
		assert_sv(mounts->items[i].items[MOUNT_SOURCE].text, path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_annotations),
		cmocka_unit_test(test_container_types),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_several_templates),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_lists_deep),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hidden_templates),
		cmocka_unit_test(test_meta),
		cmocka_unit_test(test_rbac),
		cmocka_unit_test(test_built_in),
		cmocka_unit_test(test_wrong_shapes),
		cmocka_unit_test(test_many_volumes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
