/*
 * The same pod, written differently: as YAML or JSON, with its keys in another order, in other
 * kinds, in lists, beside other objects. Its fields come to the same.
 */
#include "unit/fact/kube/kube_case.h"

static const char pod_yaml[] =
	"metadata:\n"
	"  labels: {app: a}\n"
	"spec:\n"
	"  hostPID: true\n"
	"  serviceAccountName: runner\n"
	"  securityContext: {runAsUser: 7, seccompProfile: {type: RuntimeDefault}}\n"
	"  volumes:\n"
	"  - {name: v, hostPath: {path: /etc}}\n"
	"  initContainers:\n"
	"  - {name: i, image: 'busybox:1'}\n"
	"  containers:\n"
	"  - name: c\n"
	"    image: nginx\n"
	"    ports: [{containerPort: 80, hostPort: 8080}]\n"
	"    env: [{name: A, value: '1'}]\n"
	"    volumeMounts: [{name: v, mountPath: /v}]\n"
	"    resources: {limits: {cpu: '2'}}\n"
	"    securityContext: {privileged: true, capabilities: {add: [NET_ADMIN], drop: [ALL]}}\n";

/* Fields that say how the object is named, or that show it as written. */
static bool apart(unsigned field)
{
	static const uint8_t fields[] = {
		WORKLOAD_API_VERSION, WORKLOAD_KIND, WORKLOAD_NAME,   WORKLOAD_LABELS,
		WORKLOAD_REPLICAS,    WORKLOAD_POD,  WORKLOAD_OBJECT,
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (fields[i] == field)
			return true;
	return false;
}

static void clear_source(struct node *list, unsigned field, unsigned other)
{
	for (uint32_t i = 0; i < list->n; i++) {
		list->items[i].items[field].kind = NODE_NULL;
		list->items[i].items[other].kind = NODE_NULL;
	}
}

/* What must be equal, as text. */
static struct sv facts_of(struct kube_case *c)
{
	auto_done(buf_done) struct buf all = {0};
	struct node *w = NULL;

	for (size_t i = 0; i < c->n; i++)
		if (c->objects[i].workload)
			w = c->objects[i].workload;
	assert_non_null(w);
	clear_source(&w->items[WORKLOAD_CONTAINERS], CONTAINER_SOURCE, CONTAINER_SECURITY);
	clear_source(&w->items[WORKLOAD_VOLUMES], VOLUME_SOURCE, VOLUME_SOURCE);
	for (unsigned i = 0; i < w->n; i++) {
		if (apart(i))
			continue;
		buf_fmt(&all, "%.*s: ", SV_ARG(w->items[i].key));
		buf_sv(&all, case_json(c, &w->items[i]));
		buf_char(&all, '\n');
	}
	return arena_sv(&c->a, buf_view(&all));
}

static void check(const char *what, struct sv text)
{
	auto_done(buf_done) struct buf plain = {0};
	auto_case expected, got;

	buf_str(&plain, "apiVersion: v1\nkind: Pod\n");
	buf_str(&plain, pod_yaml);
	case_read(&expected, buf_view(&plain));
	case_read(&got, text);
	struct sv a = facts_of(&expected), b = facts_of(&got);
	if (!sv_eq(a, b))
		fail_msg("%s:\n%.*s\n%.*s", what, SV_ARG(a), SV_ARG(b));
	assert_int_equal(got.faults, 0);
}

/* The tree as JSON; odd: the keys of every object backwards. */
static void write_tree(struct json_out *w, const struct node *n, bool backwards)
{
	if (n->kind == NODE_OBJECT) {
		json_out_object(w);
		for (uint32_t i = 0; i < n->n; i++) {
			const struct node *it = &n->items[backwards ? n->n - 1 - i : i];
			json_out_key_sv(w, it->key);
			write_tree(w, it, backwards);
		}
		json_out_end(w);
	} else if (n->kind == NODE_ARRAY) {
		json_out_array(w);
		NODE_EACH (it, n)
			write_tree(w, it, backwards);
		json_out_end(w);
	} else {
		json_out_node(w, n);
	}
}

static void pod_json(struct buf *out, bool backwards)
{
	auto_done(arena_done) struct arena a = {0};
	struct doc d = {.arena = &a, .name = SV("p"), .bytes = sv_of(pod_yaml)};
	struct json_out w;
	struct err err;

	assert_int_equal(yaml_parse(&d, YAML_KUBERNETES, &err), 0);
	json_out_init(&w, NULL, out, 0);
	write_tree(&w, d.root, backwards);
	assert_int_equal(json_out_done(&w, &err), 0);
}

static void test_same(void **state)
{
	/* %s is the pod in JSON without its braces */
	static const char *const shapes[] = {
		"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",%s}",
		"{%s,\"kind\":\"Pod\",\"apiVersion\":\"v1\"}",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"spec\":{\"template\":{%s}}}",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"DaemonSet\",\"spec\":{\"template\":{%s}}}",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"spec\":{\"template\":{%s}}}",
		"{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"spec\":{\"template\":{%s}}}",
		"{\"apiVersion\":\"batch/v1\",\"kind\":\"CronJob\",\"spec\":{\"jobTemplate\":{\"spec\":{"
		"\"template\":{%s}}}}}",
		"{\"apiVersion\":\"v1\",\"kind\":\"PodTemplate\",\"template\":{%s}}",
		"{\"apiVersion\":\"x.example/v1\",\"kind\":\"Own\",\"spec\":{\"a\":[{\"podTemplate\":{%s}}"
		"]}}",
		"{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":"
		"\"Pod\",%s}]}",
		"{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"items\":[{%s}]}",
		"{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":"
		"\"ConfigMap\"},{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\","
		"\"kind\":\"Pod\",%s}]}]}",
	};

	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		auto_done(buf_done) struct buf json = {0};
		pod_json(&json, backwards);
		struct sv inner = sv_make(json.p + 1, json.n - 2);
		for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
			auto_done(buf_done) struct buf text = {0};
			struct sv shape = sv_of(shapes[i]);
			size_t hole = sv_find(shape, SV("%s"));
			buf_sv(&text, sv_head(shape, hole));
			buf_sv(&text, inner);
			buf_sv(&text, sv_from(shape, hole + 2));
			check(shapes[i], buf_view(&text));
		}
	}
}

/* Aliases and merge keys are what they stand for. */
static void test_aliases(void **state)
{
	(void)state;
	check("aliases",
	      SV("apiVersion: v1\n"
		 "kind: Pod\n"
		 "x-shared:\n"
		 "  labels: &l {app: a}\n"
		 "  security: &s {privileged: true, capabilities: {add: [NET_ADMIN], drop: [ALL]}}\n"
		 "metadata: {labels: *l}\n"
		 "spec:\n"
		 "  hostPID: &yes true\n"
		 "  serviceAccountName: runner\n"
		 "  securityContext: {runAsUser: 7, seccompProfile: {type: RuntimeDefault}}\n"
		 "  volumes: [{name: v, hostPath: {path: /etc}}]\n"
		 "  initContainers: [{name: i, image: 'busybox:1'}]\n"
		 "  containers:\n"
		 "  - name: c\n"
		 "    image: nginx\n"
		 "    ports: [{containerPort: 80, hostPort: 8080}]\n"
		 "    env: [{name: A, value: '1'}]\n"
		 "    volumeMounts: [{name: v, mountPath: /v}]\n"
		 "    resources: {limits: {cpu: '2'}}\n"
		 "    securityContext: {<<: *s}\n"));
}

/* What one container has is not changed by another beside it. */
static void test_container_added(void **state)
{
	(void)state;
	auto_case alone, beside;
	case_read(&alone, SV("{apiVersion: v1, kind: Pod, spec: {containers: [{name: c, image: i, "
			     "securityContext: {privileged: true}}]}}"));
	case_read(&beside, SV("{apiVersion: v1, kind: Pod, spec: {containers: [{name: x, "
			      "securityContext: {runAsUser: 0, capabilities: {add: [ALL]}}}, "
			      "{name: c, image: i, securityContext: {privileged: true}}]}}"));
	struct sv a =
		case_json(&alone, alone.objects[0].workload->items[WORKLOAD_CONTAINERS].items);
	struct sv b = case_json(&beside,
				beside.objects[0].workload->items[WORKLOAD_CONTAINERS].items + 1);
	assert_true(sv_eq(a, b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_container_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
