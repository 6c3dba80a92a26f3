#include "unit/fact/kube/kube_case.h"

#include "fact/set/set.h"

struct facts {
	struct arena a, text;
	struct set *set;
	struct {
		struct sv schema, name, json;
		uint32_t line;
	} rows[128];
	size_t n;
};

static void on_fact(void *arg, const struct set_fact *f)
{
	struct facts *all = arg;
	auto_done(buf_done) struct buf b = {0};
	struct json_out w;
	struct err err;

	assert_true(all->n < ARRAY_LEN(all->rows));
	assert_int_equal(f->record->n, f->schema->n);
	json_out_init(&w, NULL, &b, 0);
	json_out_node(&w, f->record);
	assert_int_equal(json_out_done(&w, &err), 0);
	all->rows[all->n].schema = sv_of(f->schema->name);
	all->rows[all->n].name = arena_sv(&all->text, f->name);
	all->rows[all->n].line = f->line;
	all->rows[all->n++].json = arena_sv(&all->text, buf_view(&b));
	arena_clear(&all->a);
}

static void facts_done(struct facts *f)
{
	set_free(f->set);
	arena_done(&f->a);
	arena_done(&f->text);
}

/* Objects through their bytes between processes, then related. */
static void relate(struct facts *f, const char *yaml)
{
	auto_case c;
	struct set *first = set_new();
	struct err err;

	memset(f, 0, sizeof *f);
	f->set = set_new();
	case_read(&c, sv_of(yaml));
	for (size_t i = 0; i < c.n; i++)
		set_add(first, &c.objects[i], SV("f.yaml"), (uint32_t)i + 1);
	for (size_t i = 0; i < set_size(first); i++) {
		auto_done(buf_done) struct buf bytes = {0};
		set_write(first, i, &bytes);
		assert_int_equal(set_read(f->set, buf_view(&bytes), &err), 0);
	}
	set_free(first);
	assert_int_equal(set_size(f->set), c.n);
	set_facts(f->set, &f->a, on_fact, f);
}

/* The JSON of a field of the fact of this schema and name. */
static struct sv got(const struct facts *f, const char *schema, const char *name, const char *field)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!sv_is(f->rows[i].schema, schema) || !sv_is(f->rows[i].name, name))
			continue;
		struct sv json = f->rows[i].json;
		size_t depth = 0, at;
		char key[64];
		int n = snprintf(key, sizeof key, "\"%s\":", field);
		for (at = 0; at < json.n; at++) {
			depth += json.p[at] == '{' || json.p[at] == '[';
			depth -= json.p[at] == '}' || json.p[at] == ']';
			if (depth == 1 && sv_starts(sv_from(json, at), sv_make(key, (size_t)n)))
				break;
		}
		assert_true(at < json.n);
		struct sv value = sv_from(json, at + (size_t)n);
		depth = 0;
		for (at = 0; at < value.n; at++) {
			if (depth == 0 && (value.p[at] == ',' || value.p[at] == '}'))
				break;
			depth += value.p[at] == '{' || value.p[at] == '[';
			depth -= value.p[at] == '}' || value.p[at] == ']';
		}
		return sv_head(value, at);
	}
	fail_msg("no %s %s", schema, name);
	return (struct sv){0};
}

struct expected {
	const char *schema, *name, *field, *json;
};

static void check(const char *yaml, const struct expected *rows, size_t n)
{
	auto_done(facts_done) struct facts f;

	relate(&f, yaml);
	for (size_t i = 0; i < n; i++) {
		struct sv json = got(&f, rows[i].schema, rows[i].name, rows[i].field);
		if (!sv_is(json, rows[i].json))
			fail_msg("%s %s %s: %.*s; expected %s", rows[i].schema, rows[i].name,
				 rows[i].field, SV_ARG(json), rows[i].json);
	}
}

static const char web[] =
	"apiVersion: apps/v1\n"
	"kind: Deployment\n"
	"metadata: {name: web, namespace: shop}\n"
	"spec:\n"
	"  replicas: 3\n"
	"  selector: {matchLabels: {app: web}}\n"
	"  template:\n"
	"    metadata: {labels: {app: web, tier: front}}\n"
	"    spec:\n"
	"      serviceAccountName: runner\n"
	"      volumes:\n"
	"      - {name: a, configMap: {name: there}}\n"
	"      - {name: b, secret: {secretName: gone}}\n"
	"      - {name: c, secret: {secretName: maybe, optional: true}}\n"
	"      - {name: d, persistentVolumeClaim: {claimName: disk}}\n"
	"      containers:\n"
	"      - name: c\n"
	"        envFrom: [{configMapRef: {name: lost}}, {configMapRef: {name: lost}}]\n"
	"        ports: [{name: http, containerPort: 8080}]\n"
	"---\n";

static void test_service(void **state)
{
	auto_done(buf_done) struct buf yaml = {0};
	static const struct expected rows[] = {
		{"service", "good", "selected", "1"},
		{"service", "good", "external", "true"},
		{"service", "good", "headless", "false"},
		{"service", "good", "selects", "true"},
		{"service", "good", "selector", "{\"app\":\"web\",\"tier\":\"front\"}"},
		{"service", "good", "unmatched_ports", "[\"9090\",\"metrics\"]"},
		{"service", "good", "ports",
		 "[{\"name\":null,\"port\":80,\"target\":\"http\",\"protocol\":\"TCP\",\"node_port\":"
		 "null,\"matched\":true},{\"name\":null,\"port\":9090,\"target\":\"9090\","
		 "\"protocol\":\"TCP\",\"node_port\":30000,\"matched\":false},{\"name\":\"m\","
		 "\"port\":1,\"target\":\"metrics\",\"protocol\":\"TCP\",\"node_port\":null,"
		 "\"matched\":false}]"},
		{"service", "good", "ingresses", "0"},
		{"service", "other", "selected", "0"},
		{"service", "other", "unmatched_ports", "[]"},
		{"service", "elsewhere", "selected", "0"},
		{"service", "elsewhere", "type", "\"ClusterIP\""},
		{"service", "bare", "selects", "false"},
		{"service", "bare", "headless", "true"},
		{"workload_set", "web", "services", "1"},
		{"workload_set", "web", "exposed", "true"},
		{"workload_set", "web", "service_account_exists", "false"},
		{"workload_set", "web", "missing_config_maps", "[\"lost\"]"},
		{"workload_set", "web", "missing_secrets", "[\"gone\"]"},
		{"workload_set", "web", "missing_claims", "[\"disk\"]"},
		{"workload_set", "web", "selector_matches", "true"},
		{"workload_set", "web", "duplicate", "false"},
		{"workload_set", "web", "budgets", "0"},
		{"workload_set", "web", "automount_token", "true"},
		{"workload_set", "web", "covered_ingress", "false"},
	};

	(void)state;
	buf_str(&yaml, web);
	buf_str(&yaml, "apiVersion: v1\n"
		       "kind: ConfigMap\n"
		       "metadata: {name: there, namespace: shop}\n"
		       "---\n"
		       "apiVersion: v1\n"
		       "kind: Service\n"
		       "metadata: {name: good, namespace: shop}\n"
		       "spec:\n"
		       "  type: LoadBalancer\n"
		       "  selector: {app: web, tier: front}\n"
		       "  ports:\n"
		       "  - {port: 80, targetPort: http}\n"
		       "  - {port: 9090, nodePort: 30000}\n"
		       "  - {port: 1, targetPort: metrics, name: m}\n"
		       "---\n"
		       "apiVersion: v1\n"
		       "kind: Service\n"
		       "metadata: {name: other, namespace: shop}\n"
		       "spec: {selector: {app: web, tier: back}, ports: [{port: 1}]}\n"
		       "---\n"
		       "apiVersion: v1\n"
		       "kind: Service\n"
		       "metadata: {name: elsewhere}\n"
		       "spec: {selector: {app: web}}\n"
		       "---\n"
		       "apiVersion: v1\n"
		       "kind: Service\n"
		       "metadata: {name: bare}\n"
		       "spec: {clusterIP: None}\n");
	check(buf_cstr(&yaml), rows, ARRAY_LEN(rows));
}

static void test_network_policy(void **state)
{
	auto_done(buf_done) struct buf yaml = {0};
	static const struct expected rows[] = {
		{"network_policy", "all", "selects_all", "true"},
		{"network_policy", "all", "selected", "1"},
		{"network_policy", "all", "ingress", "true"},
		{"network_policy", "all", "egress", "false"},
		{"network_policy", "all", "ingress_rules", "0"},
		{"network_policy", "odd", "selected", "1"},
		{"network_policy", "odd", "ingress", "false"},
		{"network_policy", "odd", "egress", "true"},
		{"network_policy", "odd", "allows_all_egress", "true"},
		{"network_policy", "odd", "allows_all_ingress", "false"},
		{"network_policy", "none", "selected", "0"},
		{"network_policy", "none", "peers",
		 "[{\"direction\":\"ingress\",\"by_pods\":true,\"by_namespaces\":false,\"cidr\":null,"
		 "\"selected\":1},{\"direction\":\"ingress\",\"by_pods\":true,\"by_namespaces\":false,"
		 "\"cidr\":null,\"selected\":0},{\"direction\":\"ingress\",\"by_pods\":false,"
		 "\"by_namespaces\":true,\"cidr\":null,\"selected\":null},{\"direction\":\"ingress\","
		 "\"by_pods\":true,\"by_namespaces\":true,\"cidr\":null,\"selected\":1},"
		 "{\"direction\":\"ingress\",\"by_pods\":false,\"by_namespaces\":false,\"cidr\":"
		 "\"10.0.0.0/8\",\"selected\":null}]"},
		{"workload_set", "web", "covered_ingress", "true"},
		{"workload_set", "web", "covered_egress", "true"},
		{"namespace", "shop", "declared", "false"},
		{"namespace", "shop", "workloads", "1"},
		{"namespace", "shop", "network_policies", "3"},
		{"namespace", "shop", "isolated_ingress", "true"},
		{"namespace", "shop", "isolated_egress", "false"},
		{"namespace", "shop", "quotas", "1"},
		{"namespace", "yard", "declared", "true"},
		{"namespace", "yard", "pod_security", "\"restricted\""},
	};

	(void)state;
	buf_str(&yaml, web);
	buf_str(&yaml,
		"apiVersion: networking.k8s.io/v1\n"
		"kind: NetworkPolicy\n"
		"metadata: {name: all, namespace: shop}\n"
		"spec: {podSelector: {}}\n"
		"---\n"
		"apiVersion: networking.k8s.io/v1\n"
		"kind: NetworkPolicy\n"
		"metadata: {name: odd, namespace: shop}\n"
		"spec:\n"
		"  podSelector:\n"
		"    matchExpressions:\n"
		"    - {key: tier, operator: In, values: [back, front]}\n"
		"    - {key: app, operator: Exists}\n"
		"    - {key: debug, operator: DoesNotExist}\n"
		"    - {key: app, operator: NotIn, values: [db]}\n"
		"  policyTypes: [Egress]\n"
		"  egress: [{}]\n"
		"---\n"
		"apiVersion: networking.k8s.io/v1\n"
		"kind: NetworkPolicy\n"
		"metadata: {name: none, namespace: shop}\n"
		"spec:\n"
		"  podSelector: {matchLabels: {app: nobody}}\n"
		"  ingress:\n"
		"  - from:\n"
		"    - {podSelector: {matchLabels: {app: web}}}\n"
		"    - {podSelector: {matchExpressions: [{key: app, operator: Odd}]}}\n"
		"    - {namespaceSelector: {matchLabels: {team: a}}}\n"
		"    - podSelector: {}\n"
		"      namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}\n"
		"    - {ipBlock: {cidr: 10.0.0.0/8}}\n"
		"---\n"
		"apiVersion: v1\n"
		"kind: ResourceQuota\n"
		"metadata: {name: q, namespace: shop}\n"
		"---\n"
		"apiVersion: v1\n"
		"kind: Namespace\n"
		"metadata: {name: yard, labels: {pod-security.kubernetes.io/enforce: restricted}}\n");
	check(buf_cstr(&yaml), rows, ARRAY_LEN(rows));
}

static void test_budget(void **state)
{
	/* lines of the budget's specification, with an autoscaler or not; blocks, above */
	static const struct {
		const char *spec, *autoscaler, *blocks, *above;
	} rows[] = {
		{"minAvailable: 1", NULL, "false", "false"},
		{"minAvailable: 3", NULL, "true", "false"},
		{"minAvailable: 100%", NULL, "true", "false"},
		{"minAvailable: 67%", NULL, "true", "false"}, /* 3 of 3, rounded up */
		{"minAvailable: 66%", NULL, "false", "false"},
		{"minAvailable: 0", NULL, "false", "false"},
		{"maxUnavailable: 0", NULL, "true", "false"},
		{"maxUnavailable: 0%", NULL, "true", "false"},
		{"maxUnavailable: 1%", NULL, "false", "false"},
		{"maxUnavailable: x", NULL, "null", "false"},
		{"minAvailable: 2", "minReplicas: 2, maxReplicas: 9", "true", "false"},
		{"minAvailable: 3", "minReplicas: 2, maxReplicas: 9", "true", "true"},
		{"minAvailable: 1", "maxReplicas: 9", "true", "false"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(buf_done) struct buf yaml = {0};
		buf_str(&yaml, web);
		buf_fmt(&yaml,
			"apiVersion: policy/v1\n"
			"kind: PodDisruptionBudget\n"
			"metadata: {name: b, namespace: shop}\n"
			"spec: {selector: {matchLabels: {app: web}}, %s}\n",
			rows[i].spec);
		if (rows[i].autoscaler)
			buf_fmt(&yaml,
				"---\n"
				"apiVersion: autoscaling/v2\n"
				"kind: HorizontalPodAutoscaler\n"
				"metadata: {name: h, namespace: shop}\n"
				"spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, "
				"name: web}, %s}\n",
				rows[i].autoscaler);
		const struct expected expected[] = {
			{"disruption_budget", "b", "selected", "1"},
			{"disruption_budget", "b", "replicas", "3"},
			{"disruption_budget", "b", "smallest", "3"},
			{"disruption_budget", "b", "blocks_every_drain", rows[i].blocks},
			{"disruption_budget", "b", "above_autoscaler", rows[i].above},
			{"workload_set", "web", "budgets", "1"},
			{"workload_set", "web", "autoscaled",
			 rows[i].autoscaler ? "true" : "false"},
		};
		check(buf_cstr(&yaml), expected, ARRAY_LEN(expected));
	}
}

static void test_autoscaler(void **state)
{
	auto_done(buf_done) struct buf yaml = {0};
	static const struct expected rows[] = {
		{"autoscaler", "gone", "target_exists", "false"},
		{"autoscaler", "gone", "min", "1"},
		{"autoscaler", "gone", "max", "4"},
		{"autoscaler", "keda", "target_exists", "true"},
		{"autoscaler", "keda", "min", "0"},
		{"autoscaler", "keda", "target_kind", "\"Deployment\""},
		{"autoscaler", "keda", "target_replicas", "3"},
		{"workload_set", "web", "autoscaler_min", "0"},
	};

	(void)state;
	buf_str(&yaml, web);
	buf_str(&yaml, "apiVersion: autoscaling/v1\n"
		       "kind: HorizontalPodAutoscaler\n"
		       "metadata: {name: gone, namespace: shop}\n"
		       "spec: {maxReplicas: 4, scaleTargetRef: {kind: StatefulSet, name: web}}\n"
		       "---\n"
		       "apiVersion: keda.sh/v1alpha1\n"
		       "kind: ScaledObject\n"
		       "metadata: {name: keda, namespace: shop}\n"
		       "spec: {maxReplicaCount: 4, scaleTargetRef: {name: web}}\n");
	check(buf_cstr(&yaml), rows, ARRAY_LEN(rows));
}

static void test_ingress(void **state)
{
	static const struct expected rows[] = {
		{"ingress", "new", "tls", "true"},
		{"ingress", "new", "class", "\"nginx\""},
		{"ingress", "new", "hosts", "[\"a.example\",\"b.example\",\"x.y.example\"]"},
		{"ingress", "new", "hosts_without_tls", "[\"b.example\",\"x.y.example\"]"},
		{"ingress", "new", "backends",
		 "[{\"host\":\"a.example\",\"path\":\"/\",\"service\":\"s\",\"port\":\"80\",\"exists\":"
		 "true,\"port_exists\":true},{\"host\":\"a.example\",\"path\":null,\"service\":\"s\","
		 "\"port\":\"http\",\"exists\":true,\"port_exists\":false},{\"host\":\"b.example\","
		 "\"path\":null,\"service\":\"t\",\"port\":null,\"exists\":false,\"port_exists\":null}]"},
		{"ingress", "old", "backends",
		 "[{\"host\":null,\"path\":null,\"service\":\"s\",\"port\":\"80\",\"exists\":true,"
		 "\"port_exists\":true}]"},
		{"service", "s", "ingresses", "3"},
	};

	(void)state;
	check("apiVersion: v1\n"
	      "kind: Service\n"
	      "metadata: {name: s}\n"
	      "spec: {ports: [{port: 80}]}\n"
	      "---\n"
	      "apiVersion: networking.k8s.io/v1\n"
	      "kind: Ingress\n"
	      "metadata: {name: new, namespace: default}\n"
	      "spec:\n"
	      "  ingressClassName: nginx\n"
	      "  tls: [{hosts: [a.example, '*.example.org', '*.z.example']}]\n"
	      "  rules:\n"
	      "  - host: a.example\n"
	      "    http:\n"
	      "      paths:\n"
	      "      - {path: /, backend: {service: {name: s, port: {number: 80}}}}\n"
	      "      - {backend: {service: {name: s, port: {name: http}}}}\n"
	      "  - host: b.example\n"
	      "    http: {paths: [{backend: {service: {name: t}}}]}\n"
	      "  - host: x.y.example\n"
	      "---\n"
	      "apiVersion: extensions/v1beta1\n"
	      "kind: Ingress\n"
	      "metadata: {name: old}\n"
	      "spec: {backend: {serviceName: s, servicePort: 80}}\n",
	      rows, ARRAY_LEN(rows));
}

static void test_monitor(void **state)
{
	static const struct expected rows[] = {
		{"service_monitor", "here", "selected", "0"},
		{"service_monitor", "here", "selected_anywhere", "1"},
		{"service_monitor", "there", "selected", "1"},
		{"service_monitor", "wrong", "selected", "0"},
		{"service_monitor", "wrong", "selected_anywhere", "0"},
		{"service_monitor", "any", "selected", "1"},
	};

	(void)state;
	check("apiVersion: v1\n"
	      "kind: Service\n"
	      "metadata: {name: s, namespace: a, labels: {app: s}}\n"
	      "---\n"
	      "apiVersion: monitoring.coreos.com/v1\n"
	      "kind: ServiceMonitor\n"
	      "metadata: {name: here}\n"
	      "spec: {selector: {matchLabels: {app: s}}}\n"
	      "---\n"
	      "apiVersion: monitoring.coreos.com/v1\n"
	      "kind: ServiceMonitor\n"
	      "metadata: {name: there}\n"
	      "spec: {namespaceSelector: {matchNames: [a]}}\n"
	      "---\n"
	      "apiVersion: monitoring.coreos.com/v1\n"
	      "kind: ServiceMonitor\n"
	      "metadata: {name: wrong}\n"
	      "spec: {namespaceSelector: {matchNames: [b]}}\n"
	      "---\n"
	      "apiVersion: monitoring.coreos.com/v1\n"
	      "kind: ServiceMonitor\n"
	      "metadata: {name: any}\n"
	      "spec: {namespaceSelector: {any: true}, selector: {}}\n",
	      rows, ARRAY_LEN(rows));
}

static void test_rbac(void **state)
{
	auto_done(buf_done) struct buf yaml = {0};
	static const struct expected rows[] = {
		{"role_binding", "a", "role_exists", "true"},
		{"role_binding", "a", "grants_cluster_admin", "false"},
		{"role_binding", "a", "rules",
		 "[{\"verbs\":[\"get\"],\"api_groups\":[\"\"],\"resources\":[\"pods\"],"
		 "\"resource_names\":[],\"urls\":[]}]"},
		{"role_binding", "a", "subjects",
		 "[{\"kind\":\"ServiceAccount\",\"name\":\"runner\",\"namespace\":\"shop\",\"exists\":"
		 "true},{\"kind\":\"ServiceAccount\",\"name\":\"gone\",\"namespace\":\"shop\","
		 "\"exists\":false},{\"kind\":\"User\",\"name\":\"u\",\"namespace\":null,\"exists\":"
		 "null}]"},
		{"role_binding", "a", "workloads", "1"},
		{"role_binding", "admin", "grants_cluster_admin", "true"},
		{"role_binding", "admin", "cluster", "true"},
		{"role_binding", "sum", "grants_cluster_admin", "true"},
		{"role_binding", "lost", "role_exists", "false"},
		{"service_account", "runner", "automount_token", "false"},
		{"service_account", "runner", "workloads", "1"},
		{"service_account", "runner", "bindings", "1"},
		{"workload_set", "web", "service_account_exists", "true"},
		{"workload_set", "web", "automount_token", "false"},
		{"workload_set", "web", "bindings", "1"},
	};

	(void)state;
	buf_str(&yaml, web);
	buf_str(&yaml, "apiVersion: v1\n"
		       "kind: ServiceAccount\n"
		       "metadata: {name: runner, namespace: shop}\n"
		       "automountServiceAccountToken: false\n"
		       "---\n"
		       "apiVersion: rbac.authorization.k8s.io/v1\n"
		       "kind: Role\n"
		       "metadata: {name: r, namespace: shop}\n"
		       "rules: [{verbs: [get], apiGroups: [''], resources: [pods]}]\n"
		       "---\n"
		       "apiVersion: rbac.authorization.k8s.io/v1\n"
		       "kind: RoleBinding\n"
		       "metadata: {name: a, namespace: shop}\n"
		       "roleRef: {kind: Role, name: r}\n"
		       "subjects:\n"
		       "- {kind: ServiceAccount, name: runner}\n"
		       "- {kind: ServiceAccount, name: gone}\n"
		       "- {kind: User, name: u}\n"
		       "---\n"
		       "apiVersion: rbac.authorization.k8s.io/v1\n"
		       "kind: ClusterRoleBinding\n"
		       "metadata: {name: admin}\n"
		       "roleRef: {kind: ClusterRole, name: cluster-admin}\n"
		       "---\n"
		       "apiVersion: rbac.authorization.k8s.io/v1\n"
		       "kind: ClusterRole\n"
		       "metadata: {name: part, labels: {up: all}}\n"
		       "rules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]\n"
		       "---\n"
		       "apiVersion: rbac.authorization.k8s.io/v1\n"
		       "kind: ClusterRole\n"
		       "metadata: {name: whole}\n"
		       "aggregationRule: {clusterRoleSelectors: [{matchLabels: {up: all}}]}\n"
		       "---\n"
		       "apiVersion: rbac.authorization.k8s.io/v1\n"
		       "kind: ClusterRoleBinding\n"
		       "metadata: {name: sum}\n"
		       "roleRef: {kind: ClusterRole, name: whole}\n"
		       "---\n"
		       "apiVersion: rbac.authorization.k8s.io/v1\n"
		       "kind: RoleBinding\n"
		       "metadata: {name: lost, namespace: yard}\n"
		       "roleRef: {kind: Role, name: r}\n");
	check(buf_cstr(&yaml), rows, ARRAY_LEN(rows));
}

static void test_duplicates(void **state)
{
	(void)state;
	auto_done(facts_done) struct facts f;
	relate(&f, "{apiVersion: v1, kind: ConfigMap, metadata: {name: m}}\n"
		   "---\n"
		   "{apiVersion: v1, kind: ConfigMap, metadata: {name: m, namespace: other}}\n"
		   "---\n"
		   "{apiVersion: v1, kind: Secret, metadata: {name: m}}\n"
		   "---\n"
		   "{apiVersion: v1, kind: ConfigMap, metadata: {name: m, namespace: default}}\n"
		   "---\n"
		   "{apiVersion: v1, kind: Pod, metadata: {generateName: m}, spec: {}}\n"
		   "---\n"
		   "{apiVersion: v1, kind: Pod, metadata: {generateName: m}, spec: {}}\n");
	size_t duplicates = 0;
	for (size_t i = 0; i < f.n; i++) {
		if (!sv_is(f.rows[i].schema, "duplicate"))
			continue;
		duplicates++;
		assert_int_equal(f.rows[i].line, 4);
		assert_sv(f.rows[i].json, "{\"kind\":\"ConfigMap\",\"name\":\"m\",\"namespace\":"
					  "\"default\",\"first_file\":\"f.yaml\",\"first_line\":1,"
					  "\"same_file\":true}");
	}
	assert_int_equal(duplicates, 1);
}

static void test_stateful_set(void **state)
{
	static const struct expected rows[] = {
		{"workload_set", "a", "service_exists", "true"},
		{"workload_set", "a", "selector_matches", "false"},
		{"workload_set", "b", "service_exists", "false"},
		{"workload_set", "b", "service_name", "\"none\""},
		{"workload_set", "c", "service_exists", "null"},
		{"workload_set", "c", "selector_matches", "null"},
	};

	(void)state;
	check("{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {serviceName: s, "
	      "selector: {matchLabels: {a: b}}, template: {}}}\n"
	      "---\n"
	      "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: b}, spec: {serviceName: "
	      "none, template: {}}}\n"
	      "---\n"
	      "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: c}, spec: {template: {}}}\n"
	      "---\n"
	      "{apiVersion: v1, kind: Service, metadata: {name: s}}\n",
	      rows, ARRAY_LEN(rows));
}

/* Every cut of an entry's bytes, and every byte of it changed, is refused or read: never more. */
static void test_hostile_bytes(void **state)
{
	auto_case c;
	auto_done(buf_done) struct buf bytes = {0};
	struct set *s = set_new();
	struct err err;

	(void)state;
	case_read(&c, sv_of(web));
	set_add(s, &c.objects[0], SV("f"), 1);
	set_write(s, 0, &bytes);
	for (size_t n = 0; n < bytes.n; n++) {
		struct set *t = set_new();
		auto_free char *cut = xmalloc(n + 1);
		memcpy(cut, bytes.p, n);
		if (set_read(t, sv_make(cut, n), &err) == 0) {
			/* between two items: the object is whole without the last */
			assert_int_equal(set_size(t), 1);
		}
		set_free(t);
	}
	struct facts f = {0};
	for (size_t n = 0; n < bytes.n; n++)
		for (int bit = 0; bit < 8; bit++) {
			struct set *t = set_new();
			bytes.p[n] = (char)(bytes.p[n] ^ (1 << bit));
			if (set_read(t, buf_view(&bytes), &err) == 0) {
				set_facts(t, &f.a, on_fact, &f);
				f.n = 0;
				arena_reset(&f.text);
			}
			bytes.p[n] = (char)(bytes.p[n] ^ (1 << bit));
			set_free(t);
		}
	facts_done(&f);
	set_free(s);
	assert_true(set_read(NULL, SV(""), &err) < 0);
	assert_true(set_read(NULL, SV("\1"), &err) < 0);
	assert_true(set_read(NULL, SV("\3x"), &err) < 0);
}

/* An object that is too large is known by its name only: no count is told then. */
static void test_cut(void **state)
{
	auto_done(buf_done) struct buf yaml = {0};
	static const struct expected rows[] = {
		{"service", "s", "selected", "null"},
		{"service", "s", "selects", "true"},
	};

	(void)state;
	buf_str(&yaml,
		"{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {a: b}}}\n"
		"---\n"
		"{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {");
	for (int i = 0; i < 20000; i++)
		buf_fmt(&yaml, "label-number-%d: value, ", i);
	buf_str(&yaml, "}}, spec: {}}\n");
	check(buf_cstr(&yaml), rows, ARRAY_LEN(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_service),      cmocka_unit_test(test_network_policy),
		cmocka_unit_test(test_budget),       cmocka_unit_test(test_autoscaler),
		cmocka_unit_test(test_ingress),      cmocka_unit_test(test_monitor),
		cmocka_unit_test(test_rbac),         cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_stateful_set), cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
