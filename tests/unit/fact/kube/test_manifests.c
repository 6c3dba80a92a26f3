/*
 * Real manifests (the set "kube" of the shared data): all of them become facts, and the facts of
 * the whole set say what the authors of the files say. Skipped where the data is not there.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "unit/test.h"

#include "fact/set/set.h"
#include "fmt/tar.h"
#include "fmt/yaml.h"

struct counts {
	size_t files, broken, objects, workloads, containers, facts, answers;
};

struct answer {
	const char *file, *schema;
	size_t expected;
	bool (*wrong)(const struct node *record);
};

static bool field_is(const struct node *record, const char *name, const char *text)
{
	const struct node *n = node_get(record, name);

	return n && sv_is(n->text, text);
}

static bool selects_nothing(const struct node *r)
{
	return field_is(r, "selected", "0");
}

static bool no_target(const struct node *r)
{
	return field_is(r, "target_exists", "false");
}

static bool any_peer_unknown(const struct node *r)
{
	NODE_EACH (it, node_get(r, "peers"))
		if (selects_nothing(it))
			return true;
	return false;
}

static bool any_backend_unknown(const struct node *r)
{
	NODE_EACH (it, node_get(r, "backends"))
		if (field_is(it, "exists", "false") || field_is(it, "port_exists", "false"))
			return true;
	return false;
}

static bool monitors_nothing(const struct node *r)
{
	return field_is(r, "selected_anywhere", "0");
}

static bool no_account(const struct node *r)
{
	return field_is(r, "service_account_exists", "false");
}

static bool mismatch(const struct node *r)
{
	return field_is(r, "selector_matches", "false");
}

static bool open_to_all(const struct node *r)
{
	return field_is(r, "covered_ingress", "false") && field_is(r, "covered_egress", "false");
}

static bool blocks(const struct node *r)
{
	return field_is(r, "blocks_every_drain", "true");
}

static bool admin(const struct node *r)
{
	return field_is(r, "grants_cluster_admin", "true");
}

static bool above(const struct node *r)
{
	return field_is(r, "above_autoscaler", "true");
}

static bool no_budget(const struct node *r)
{
	return field_is(r, "budgets", "0");
}

static bool token(const struct node *r)
{
	return field_is(r, "automount_token", "true");
}

static const struct answer answers[] = {
	{"checks/dangling-service.yml", "service", 2, selects_nothing},
	{"checks/dangling-hpa.yml", "autoscaler", 1, no_target},
	{"checks/dangling-ingress.yml", "ingress", 2, any_backend_unknown},
	{"checks/dangling-networkpolicy.yml", "network_policy", 1, selects_nothing},
	{"checks/dangling-networkpolicypeer-podselector.yml", "network_policy", 1,
	 any_peer_unknown},
	{"checks/dangling-servicemonitor.yml", "service_monitor", 4, monitors_nothing},
	{"checks/non-existent-service-account.yml", "workload_set", 2, no_account},
	{"checks/mismatching-selector.yml", "workload_set", 2, mismatch},
	{"checks/non-isolated-pod.yml", "workload_set", 2, open_to_all},
	/* the third of the authors is a Deployment without a template */
	{"checks/pdb-min-available.yaml", "disruption_budget", 2, blocks},
	{"checks/cluster-admin-role-binding.yml", "role_binding", 1, admin},
	{"pdbDisruptionsIsZero/failure.max.yaml", "disruption_budget", 1, blocks},
	{"pdbDisruptionsIsZero/failure.min.yaml", "disruption_budget", 1, blocks},
	{"pdbDisruptionsIsZero/success.max.yaml", "disruption_budget", 0, blocks},
	{"pdbDisruptionsIsZero/success.min.yaml", "disruption_budget", 0, blocks},
	{"pdbMinAvailableGreaterThanHPAMinReplicas/failure-gt-percent.yaml", "disruption_budget", 1,
	 above},
	{"pdbMinAvailableGreaterThanHPAMinReplicas/failure-gt-scalar.yaml", "disruption_budget", 1,
	 above},
	{"pdbMinAvailableGreaterThanHPAMinReplicas/success-lt-percent.yaml", "disruption_budget", 0,
	 above},
	{"pdbMinAvailableGreaterThanHPAMinReplicas/success.equals.yaml", "disruption_budget", 0,
	 above},
	{"missingPodDisruptionBudget/failure-bad-ns.yaml", "workload_set", 1, no_budget},
	{"missingPodDisruptionBudget/success.yaml", "workload_set", 0, no_budget},
	{"missingNetworkPolicy/failure.netpol_targets_wrong_pod_label.yaml", "workload_set", 1,
	 open_to_all},
	{"missingNetworkPolicy/success.yaml", "workload_set", 0, open_to_all},
	{"clusterrolebindingClusterAdmin/failure.all_verbs.yaml", "role_binding", 1, admin},
	{"clusterrolebindingClusterAdmin/success.explicit_verbs.yaml", "role_binding", 0, admin},
	{"automountServiceAccountToken/failure.pod_true_serviceaccount_false.yaml", "workload_set",
	 1, token},
	{"automountServiceAccountToken/success.serviceaccount.yaml", "workload_set", 0, token},
};

struct manifest {
	struct counts *counts;
	struct set *set;
	struct arena facts;
	const struct answer *answer;
	size_t found;
};

static void on_object(void *arg, const struct fact_object *o)
{
	struct manifest *m = arg;

	m->counts->objects++;
	m->counts->workloads += o->workload != NULL;
	if (o->workload)
		m->counts->containers += o->workload->items[WORKLOAD_CONTAINERS].n;
	set_add(m->set, o, SV("f"), 1);
}

static void on_fact(void *arg, const struct set_fact *f)
{
	struct manifest *m = arg;

	m->counts->facts++;
	if (m->answer && strcmp(f->schema->name, m->answer->schema) == 0)
		m->found += m->answer->wrong(f->record);
	arena_clear(&m->facts);
}

static void read_manifest(struct counts *counts, struct sv path, struct sv bytes)
{
	auto_done(arena_done) struct arena a = {0};
	struct doc d = {.arena = &a, .name = path, .bytes = bytes, .dup = DUP_LAST};
	struct manifest m = {.counts = counts, .set = set_new()};
	const struct fact_sink sink = {&m, on_object, NULL, NULL};
	struct yaml_docs docs = {0};
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		if (sv_is(path, answers[i].file))
			m.answer = &answers[i];
	counts->answers += m.answer != NULL;
	counts->files++;
	if (yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err) != 0)
		fail_msg("%.*s: %s", SV_ARG(path), err.msg);
	for (size_t i = 0; i < docs.n; i++) {
		counts->broken += !docs.p[i].root;
		if (docs.p[i].root)
			kube_objects(&a, &d, docs.p[i].root, &sink);
	}
	set_facts(m.set, &m.facts, on_fact, &m);
	if (m.answer && m.found != m.answer->expected)
		fail_msg("%.*s: %zu of %s, expected %zu", SV_ARG(path), m.found, m.answer->schema,
			 m.answer->expected);
	arena_done(&m.facts);
	set_free(m.set);
}

static bool is_manifest(struct sv path)
{
	return sv_ends(path, SV(".yaml")) || sv_ends(path, SV(".yml"));
}

static void read_archive(struct counts *counts, const char *path)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct tar_entry e;
	struct err err;
	int rc;

	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	struct tar *t = tar_new(stream_gzip(stream_fd(fd, 0, UINT64_MAX)));
	while ((rc = tar_next(t, &e, &err)) > 0) {
		auto_done(buf_done) struct buf name = {0};
		struct sv chunk;
		buf_sv(&name, e.path);
		buf_clear(&bytes);
		while ((rc = tar_data(t, &chunk, &err)) > 0)
			buf_sv(&bytes, chunk);
		assert_int_equal(rc, 0);
		if (e.type == TAR_FILE && is_manifest(buf_view(&name)))
			read_manifest(counts, buf_view(&name), buf_view(&bytes));
	}
	assert_int_equal(rc, 0);
	tar_free(t);
}

static const char *data(void)
{
	static char path[4096];
	const char *shared = getenv("GABION_SHARED");

	(void)snprintf(path, sizeof path, "%s/data/kube",
		       shared ? shared : GABION_SOURCE_ROOT "/../shared");
	return path;
}

static void test_manifests(void **state)
{
	static const char *const archives[] = {"kube-linter", "polaris", "trivy-checks",
					       "istio-validation"};
	struct counts counts = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(archives); i++) {
		char path[4200];
		(void)snprintf(path, sizeof path, "%s/%s.tar.gz", data(), archives[i]);
		read_archive(&counts, path);
	}
	printf("%zu files, %zu documents broken, %zu objects, %zu workloads, %zu containers, %zu "
	       "facts\n",
	       counts.files, counts.broken, counts.objects, counts.workloads, counts.containers,
	       counts.facts);
	assert_int_equal(counts.answers, ARRAY_LEN(answers));
	assert_true(counts.files >= 400);
	assert_true(counts.broken <= 2);
	assert_true(counts.objects >= 900);
	assert_true(counts.workloads >= 400);
	assert_true(counts.containers >= 350);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manifests),
	};

	if (access(data(), R_OK) != 0) {
		(void)fprintf(stderr, "%s is not there: skipped\n", data());
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
