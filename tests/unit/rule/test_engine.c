#include "unit/test.h"

#include "unit/rule/engine.h"

#define ONE(id, fields) \
	"  - {id: " id ", title: t, severity: low, remedy: r, fact: workload, " fields "}\n"

static const char pod[] =
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostNetwork: true\n"
	"  initContainers:\n"
	"    - {name: setup, image: 'a:1', command: [x]}\n"
	"  containers:\n"
	"    - name: web\n      image: a:1\n      securityContext:\n        privileged: true\n"
	"      ports: [{containerPort: 80}, {containerPort: 443}]\n"
	"    - name: log\n      image: b:2\n";

static void test_states(void **state)
{
	auto_done(judged_done) struct judged j;

	(void)state;
	judged_init(
		&j,
		"pack: t\nrules:\n" ONE("a", "assert: '!workload.host_network', message: "
					     "'{workload.name} is on the host', evidence: "
					     "[workload.host_network]")
			ONE("b", "assert: workload.host_network, message: m") ONE(
				"c", "when: workload.kind == 'Job', assert: 'false', message: m")
				ONE("d", "assert: workload.run_as_user > 0, message: m")
					ONE("e", "each: sysctl, assert: 'false', message: m") ONE(
						"f", "needs: set, assert: 'true', message: m")
						ONE("g",
						    "default: false, assert: 'false', message: m"));
	assert_string_equal(judge(&j, pod),
			    "fail a: p is on the host @5=true\n"
			    "not-observed d: not observed: no such key: run_as_user (assert 1:1)\n"
			    "not-observed f: not observed: needs all objects at once: name the "
			    "folder, or pipe all manifests to gabion audit -\n");
	j.e.all = true;
	j.e.whole_set = true;
	const char *all = judge(&j, pod);
	assert_non_null(strstr(all, "pass b\n"));
	assert_non_null(strstr(all, "not-applicable c\n"));
	assert_non_null(strstr(all, "not-applicable e\n"));
	assert_non_null(strstr(all, "pass f\n"));
	assert_null(strstr(all, " g"));
	bool selected[7] = {false};
	for (size_t i = 0; i < 7; i++)
		selected[i] = sv_is(j.rules.all.p[i]->text.id, "g");
	j.e.selected = selected;
	assert_string_equal(judge(&j, pod), "fail g: m @1\n");
	/* the same array with another choice: no plan of before */
	for (size_t i = 0; i < 7; i++)
		selected[i] = sv_is(j.rules.all.p[i]->text.id, "b");
	assert_string_equal(judge(&j, pod), "pass b\n");
}

static void test_scopes(void **state)
{
	auto_done(judged_done) struct judged j;

	(void)state;
	judged_init(&j, "pack: t\nrules:\n" ONE("c", "each: container, assert: 'false', message: "
						     "'{container.name}'")
				ONE("p", "each: port, assert: port.port != 443, message: "
					 "'{container.name}:{port.port}', evidence: [port.port]"));
	assert_string_equal(judge(&j, pod), "fail c init/setup: setup @7\n"
					    "fail c container/web: web @9\n"
					    "fail p container/web/port/443: web:443 @13=443\n"
					    "fail c container/log: log @14\n");
}

/* What is not written: the nearest thing that is, and the rest of the way. */
static void test_places(void **state)
{
	auto_done(judged_done) struct judged j;

	(void)state;
	judged_init(
		&j,
		"pack: t\nrules:\n" ONE("a",
					"each: container, assert: 'container.name != ''log''', "
					"message: m, evidence: [container.allow_escalation, "
					"container.run_as_user, container.privileged, "
					"container.liveness, workload.host_pid]")
			ONE("b", "each: container, assert: 'container.name != ''web''', message: "
				 "m, evidence: [container.allow_escalation]")
				ONE("c", "assert: 'false', message: m, evidence: "
					 "[\"workload.containers.filter(c, c.type == 'container')"
					 ".map(c, c.image.reference)\"]")
					ONE("d",
					    "assert: 'false', message: '{params.l} {params.x}', params: {x: 1, "
					    "l: [2]}, evidence: [params.l, '1 + 1', workload.name]")
						ONE("e",
						    "assert: 'false', message: m, redact: true, evidence: "
						    "[workload.name]"));
	assert_string_equal(
		judge(&j, pod),
		"fail c: m @10=a:1 @15=b:2\n"
		"fail d: [2] 1 @1=[2] @3=p\n"
		"fail e: m @3=(not shown)\n"
		"fail b container/web: m @12=true\n"
		"fail a container/log: m @14=true -/securityContext/allowPrivilegeEscalation "
		"@14 -/securityContext/runAsUser @14=false "
		"-/securityContext/privileged @14 -/livenessProbe @5=false "
		"-/hostPID\n");
}

static void test_covers(void **state)
{
	auto_done(judged_done) struct judged j;

	(void)state;
	judged_init(
		&j,
		"pack: t\nrules:\n" ONE("a", "each: container, assert: 'false', message: m") ONE(
			"b", "each: port, assert: 'false', message: m")
			ONE("z", "each: container, assert: '!container.privileged', message: m, "
				 "covers: [a, b]")
				ONE("host",
				    "assert: 'false', default: false, message: m, covers: [z]"));
	assert_string_equal(judge(&j, pod), "fail a init/setup: m @7\n"
					    "fail z container/web: m @9\n"
					    "fail a container/log: m @14\n");
	j.e.uncovered = true;
	assert_string_equal(judge(&j, pod), "fail a init/setup: m @7\n"
					    "fail z container/web: m @9\n"
					    "fail a container/web: m @9\n"
					    "fail b container/web/port/80: m @13\n"
					    "fail b container/web/port/443: m @13\n"
					    "fail a container/log: m @14\n");
	/* what covers can be covered itself; a rule that was not selected covers nothing */
	bool selected[4];
	for (size_t i = 0; i < 4; i++)
		selected[i] = !sv_is(j.rules.all.p[i]->text.id, "a");
	j.e.selected = selected;
	j.e.uncovered = false;
	assert_string_equal(judge(&j, pod), "fail host: m @1\n"
					    "fail b container/web/port/80: m @13\n"
					    "fail b container/web/port/443: m @13\n");
}

/* A ring of covers ends: the first of it is told. */
static void test_ring(void **state)
{
	auto_done(judged_done) struct judged j;

	(void)state;
	judged_init(&j, "pack: t\nrules:\n" ONE("a", "assert: 'false', message: m, covers: [b]")
				ONE("b", "assert: 'false', message: m, covers: [a]"));
	const char *out = judge(&j, pod);
	assert_int_equal(strlen(out), strlen("fail a: m @1\n"));
}

/* Names from the manifest in a message: one line, no control characters, cut. */
static void test_hostile_values(void **state)
{
	auto_done(judged_done) struct judged j;
	auto_done(buf_done) struct buf manifest = {0};

	(void)state;
	judged_init(&j,
		    "pack: t\nrules:\n" ONE("a", "assert: 'false', message: '<{workload.name}>', "
						 "evidence: [workload.name]"));
	buf_str(&manifest, "apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\e[31mb\\nc");
	buf_fill(&manifest, 'x', 9000);
	buf_str(&manifest, "\"}\nspec: {containers: []}\n");
	const char *out = judge(&j, buf_cstr(&manifest));
	assert_null(strchr(out, 27));
	assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
	assert_non_null(strstr(out, "...>"));
}

static void test_version(void **state)
{
	auto_done(judged_done) struct judged j;

	(void)state;
	judged_init(&j, "pack: t\nrules:\n" ONE("a", "assert: version < 0, message: '{version}'"));
	assert_string_equal(judge(&j, pod), "fail a: 36 @1\n");
	j.e.minor = 29;
	assert_string_equal(judge(&j, pod), "fail a: 29 @1\n");
}

/* Rules that would run forever, and patterns made to explode, are not observed, in time. */
static void test_bombs(void **state)
{
	auto_done(judged_done) struct judged j;

	(void)state;
	judged_init(
		&j,
		"pack: t\nrules:\n" ONE(
			"a",
			"params: {l: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}, message: m, assert: \"params.l.all(a, "
			"params.l.all(b, params.l.all(c, params.l.all(d, params.l.all(e, "
			"params.l.all(f, params.l.all(g, params.l.all(h, true))))))))\"")
			ONE("b", "message: m, assert: \"workload.name.matches('(a*)*(b*)*$')\""));
	const char *out = judge(&j, pod);
	assert_true(strncmp(out, "not-observed a: not observed: ", 30) == 0);
}

static void test_unknown_type(void **state)
{
	auto_done(judged_done) struct judged j;

	(void)state;
	judged_init(&j, "pack: t\nrules:\n" ONE("a", "assert: 'false', message: m"));
	struct node n = {.kind = NODE_STRING};
	engine_judge(&j.e, "nothing", &n, put_verdict, &j);
	engine_judge(&j.e, "workload", &n, put_verdict, &j);
	engine_judge(&j.e, "workload", NULL, put_verdict, &j);
	assert_int_equal(j.out.n, 0);
}

/* Every built-in rule is asked about a hostile object and answers. */
static void test_builtin(void **state)
{
	auto_done(judged_done) struct judged j;
	struct err err = {0};

	(void)state;
	judged_init(&j, "pack: t\n");
	if (rules_load_builtin(&j.rules, &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
	bool *all = ARENA_ARRAY(&j.arena, j.rules.all.n, bool);
	memset(all, 1, j.rules.all.n * sizeof *all);
	j.e.selected = all;
	j.e.all = true;
	static const char *const manifests[] = {
		pod,
		"apiVersion: v1\nkind: Pod\n",
		"apiVersion: v1\nkind: Pod\nspec: []\n",
		"apiVersion: v1\nkind: Pod\nmetadata: 1\nspec: {containers: {a: b}}\n",
		"apiVersion: v1\nkind: Pod\nspec: {containers: [1, null, {}, {securityContext: x, env: "
		"[1], ports: {}, image: [], volumeMounts: [[]]}]}\n",
		"apiVersion: v1\nkind: ClusterRole\nrules: [1, {verbs: '*'}, {}]\n",
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n"
		"rules: [1, {verbs: '*'}, {}, {verbs: [get], apiGroups: [''], resources: [secrets]}]\n",
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nroleRef: 1\nsubjects: "
		"[1, {}]\n",
		"apiVersion: v1\nkind: Secret\ndata: [1]\nstringData: {a: 1}\n",
		"apiVersion: v1\nkind: Service\nspec: {ports: 1, selector: [], type: {}}\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(manifests); i++) {
		const char *out = judge(&j, manifests[i]);
		assert_null(strstr(out, "cannot be compiled"));
		assert_true(strlen(out) > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),       cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_places),       cmocka_unit_test(test_covers),
		cmocka_unit_test(test_ring),         cmocka_unit_test(test_hostile_values),
		cmocka_unit_test(test_version),      cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_unknown_type), cmocka_unit_test(test_builtin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
