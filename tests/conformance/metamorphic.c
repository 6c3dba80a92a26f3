/*
 * The same pod in other forms: what the rules say of it keeps. The pods are those of the set of Pod
 * Security Standards (PATH, where it is there) and some of our own.
 *
 *   form                                    keeps
 *   JSON, block YAML, CRLF, comments,       every verdict and message
 *   anchors and aliases
 *   keys in another order                   every verdict
 *   in a List, in a List in a List          every verdict
 *   containers in another order             every verdict
 *   other objects in front and behind       every verdict about the pod
 *   in a Deployment ... CronJob, custom     every verdict of rules about workloads, but for those
 * that ask for the kind (of_kind) what the pod says about security said   every verdict by each
 * container that did not; what all containers say said by the pod a well-kept container more every
 * verdict of the others
 */
#include "archive.h"
#include "forms.h"
#include "judge.h"

struct meta {
	struct runner r;
	struct rules rules;
	struct engine e;
	struct arena a; /* of one pod */
	/* collecting */
	struct sv_vec *into;
	const struct form *form;
	bool messages;
};

struct form {
	const char *name;
	/* The pod (which may be changed) as another text; false: the form does not apply. */
	bool (*make)(struct arena *a, struct node *pod, const char *with, struct buf *out);
	const char *with;
	enum { KEEPS_MESSAGES, KEEPS_ALL, KEEPS_WORKLOAD, KEEPS_OTHERS } keeps;
};

/* Rules that ask what kind of controller there is, or what it says beside its template. */
static const char *const of_kind[] = {
	"naked-pod",
	"no-liveness",
	"no-readiness",
	"no-anti-affinity",
	"no-topology-spread",
	"selector-mismatch",
	"restart-policy",
	"job-ttl",
	"volume-claim-annotation",
};

static const char other_name[] = "unrelated";

static const char own_pods[] =
	"{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: n, labels: {app: a}}, spec: {"
	"hostNetwork: true, hostPID: true, securityContext: {runAsUser: 0, runAsGroup: 0, seccompProfile: "
	"{type: RuntimeDefault}}, volumes: [{name: s, hostPath: {path: /var/run/docker.sock}}, {name: e, "
	"hostPath: {path: /etc}}, {name: d, emptyDir: {}}], containers: [{name: a, image: nginx, env: "
	"[{name: DB_PASSWORD, value: h7Gq2kkw}, {name: A, value: b}, {name: A, value: c}], volumeMounts: "
	"[{name: s, mountPath: /s}, {name: e, mountPath: /e, readOnly: true}], ports: [{containerPort: 22}, "
	"{containerPort: 80, hostPort: 80}]}, {name: b, image: 'k8s.gcr.io/pause:3.1', securityContext: "
	"{privileged: true, runAsUser: 1000}}]}}\n"
	"---\n"
	"{apiVersion: v1, kind: Pod, metadata: {name: b, annotations: {a: b}}, spec: {serviceAccount: x, "
	"restartPolicy: Never, initContainers: [{name: i, image: 'a:1', restartPolicy: Always, "
	"securityContext: {runAsNonRoot: true, capabilities: {add: [NET_RAW], drop: [all]}}}], containers: "
	"[{name: a, image: 'a@sha256:0123456789012345678901234567890123456789012345678901234567890123', "
	"args: ['--password=h7Gq2kkw'], securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: "
	"false}, livenessProbe: {httpGet: {port: web}}, ports: [{name: http, containerPort: 8080}], "
	"resources: {limits: {memory: 1Gi, cpu: 1}}}], ephemeralContainers: [{name: e, image: "
	"'busybox:latest', securityContext: {runAsNonRoot: true, procMount: Unmasked}}]}}\n"
	"---\n"
	"{apiVersion: v1, kind: Pod, metadata: {name: c}, spec: {automountServiceAccountToken: false, "
	"securityContext: {runAsNonRoot: true, runAsUser: 20000, runAsGroup: 20000, seLinuxOptions: {type: "
	"spc_t}, appArmorProfile: {type: Unconfined}, windowsOptions: {hostProcess: true}, sysctls: [{name: "
	"kernel.sem, value: '1'}]}, os: {name: windows}, containers: [{name: a, image: 'a:1'}]}}\n";

/* -- forms -- */

static bool make_style(struct arena *a, struct node *pod, const char *with, struct buf *out)
{
	(void)a;
	form_write(out, pod, (enum form_style)(with[0] - '0'));
	return true;
}

static bool make_shuffled(struct arena *a, struct node *pod, const char *with, struct buf *out)
{
	uint32_t seed = (uint32_t)with[0];

	(void)a;
	form_shuffle(pod, &seed);
	form_write(out, pod, FORM_BLOCK);
	return true;
}

static struct node *list_of(struct arena *a, const struct node *item)
{
	struct node *list = form_object(a);

	form_put(a, list, "apiVersion", form_text(a, "v1"));
	form_put(a, list, "kind", form_text(a, "List"));
	form_put(a, list, "items", form_list(a, &item, 1));
	return list;
}

static bool make_list(struct arena *a, struct node *pod, const char *with, struct buf *out)
{
	for (; *with; with++)
		pod = list_of(a, pod);
	form_write(out, pod, FORM_JSON);
	return true;
}

static bool make_beside(struct arena *a, struct node *pod, const char *with, struct buf *out)
{
	(void)a;
	buf_str(out, with);
	form_write(out, pod, FORM_BLOCK);
	buf_str(out, "---\n");
	buf_str(out, with);
	return true;
}

/* "apps/v1 Deployment /spec/template": the keys on the way to the pod template. */
static bool make_wrapped(struct arena *a, struct node *pod, const char *with, struct buf *out)
{
	struct sv rest = sv_of(with), version = sv_cut(&rest, ' '), kind = sv_cut(&rest, ' ');
	struct node *o = form_object(a), *at = o;

	form_put(a, o, "apiVersion", form_text(a, arena_str(a, version)));
	form_put(a, o, "kind", form_text(a, arena_str(a, kind)));
	form_put(a, o, "metadata", form_get(pod, "metadata"));
	while (rest.n)
		at = form_make(a, at, arena_str(a, sv_cut(&rest, '/')));
	form_put(a, at, "metadata", form_get(pod, "metadata"));
	form_put(a, at, "spec", form_get(pod, "spec"));
	form_write(out, o, FORM_BLOCK);
	return true;
}

static const char *const container_lists[] = {"containers", "initContainers",
					      "ephemeralContainers"};

/* Calls back for each container; false from it ends the walk. */
static bool each_container(struct node *pod,
			   bool (*visit)(struct arena *a, struct node *container, void *arg),
			   struct arena *a, void *arg)
{
	struct node *spec = form_get(pod, "spec");

	for (size_t i = 0; i < ARRAY_LEN(container_lists); i++) {
		struct node *list = form_get(spec, container_lists[i]);
		for (uint32_t k = 0; node_is(list, NODE_ARRAY) && k < list->n; k++)
			if (!visit(a, &list->items[k], arg))
				return false;
	}
	return true;
}

struct moved {
	const char *field;
	struct node *value;
	size_t n;
};

static bool give(struct arena *a, struct node *container, void *arg)
{
	struct moved *m = arg;
	struct node *security = form_make(a, container, "securityContext");
	const struct node *own = form_get(security, m->field);

	if (!own || own->kind == NODE_NULL) {
		form_put(a, security, m->field, m->value);
		m->n++;
	}
	return true;
}

/* A field of the pod's security context to the containers that have none: where any has none, for
 * rules that also look at the pod itself see it no more. */
static bool make_down(struct arena *a, struct node *pod, const char *with, struct buf *out)
{
	struct node *security = form_get(form_get(pod, "spec"), "securityContext");
	struct moved m = {.field = with, .value = form_get(security, with)};

	if (!m.value || m.value->kind == NODE_NULL)
		return false;
	(void)each_container(pod, give, a, &m);
	if (m.n == 0)
		return false;
	form_put(a, security, with, NULL);
	form_write(out, pod, FORM_BLOCK);
	return true;
}

static bool is_equal(const struct node *x, const struct node *y)
{
	auto_done(buf_done) struct buf a = {0}, b = {0};

	form_write(&a, x, FORM_JSON);
	form_write(&b, y, FORM_JSON);
	return sv_eq(buf_view(&a), buf_view(&b));
}

static bool agrees(struct arena *a, struct node *container, void *arg)
{
	struct moved *m = arg;
	struct node *value = form_get(form_get(container, "securityContext"), m->field);

	(void)a;
	if (!value || value->kind == NODE_NULL || (m->value && !is_equal(m->value, value)))
		return false;
	m->value = value;
	return true;
}

static bool take(struct arena *a, struct node *container, void *arg)
{
	struct moved *m = arg;

	form_put(a, form_get(container, "securityContext"), m->field, NULL);
	return true;
}

static bool make_up(struct arena *a, struct node *pod, const char *with, struct buf *out)
{
	struct node *spec = form_get(pod, "spec"), *security = form_get(spec, "securityContext");
	struct moved m = {.field = with};

	if (form_get(security, with) || !each_container(pod, agrees, a, &m) || !m.value)
		return false;
	form_put(a, form_make(a, spec, "securityContext"), with, form_copy(a, m.value));
	(void)each_container(pod, take, a, &m);
	form_write(out, pod, FORM_BLOCK);
	return true;
}

static bool make_reversed(struct arena *a, struct node *pod, const char *with, struct buf *out)
{
	struct node *list = form_get(form_get(pod, "spec"), with);

	(void)a;
	if (!node_is(list, NODE_ARRAY) || list->n < 2)
		return false;
	for (uint32_t i = 0, k = list->n - 1; i < k; i++, k--) {
		struct node swap = list->items[i];
		list->items[i] = list->items[k];
		list->items[k] = swap;
	}
	form_write(out, pod, FORM_BLOCK);
	return true;
}

static bool make_added(struct arena *a, struct node *pod, const char *with, struct buf *out)
{
	struct node *list = form_get(form_get(pod, "spec"), "containers");
	struct doc d = {.arena = a, .name = SV("container"), .bytes = sv_of(with)};
	struct err err = {0};

	if (!node_is(list, NODE_ARRAY) || yaml_parse(&d, YAML_KUBERNETES, &err) < 0)
		return false;
	struct node *items = ARENA_ARRAY(a, list->n + 1, struct node);
	memcpy(items, list->items, list->n * sizeof *items);
	items[list->n++] = *d.root;
	list->items = items;
	form_write(out, pod, FORM_BLOCK);
	return true;
}

static const struct form forms[] = {
	{"JSON", make_style, "0", KEEPS_MESSAGES},
	{"block YAML", make_style, "1", KEEPS_MESSAGES},
	{"CRLF", make_style, "2", KEEPS_MESSAGES},
	{"comments", make_style, "3", KEEPS_MESSAGES},
	{"anchors", make_style, "4", KEEPS_MESSAGES},
	{"keys in another order", make_shuffled, "a", KEEPS_ALL},
	{"keys in a third order", make_shuffled, "x", KEEPS_ALL},
	{"List", make_list, "1", KEEPS_MESSAGES},
	{"List of List", make_list, "12", KEEPS_MESSAGES},
	{"beside others", make_beside,
	 "{apiVersion: v1, kind: Unknown, metadata: {name: u}}\n---\n{apiVersion: v1, kind: Pod}\n---\n",
	 KEEPS_OTHERS},
	{"Deployment", make_wrapped, "apps/v1 Deployment spec/template", KEEPS_WORKLOAD},
	{"StatefulSet", make_wrapped, "apps/v1 StatefulSet spec/template", KEEPS_WORKLOAD},
	{"DaemonSet", make_wrapped, "apps/v1 DaemonSet spec/template", KEEPS_WORKLOAD},
	{"ReplicaSet", make_wrapped, "apps/v1 ReplicaSet spec/template", KEEPS_WORKLOAD},
	{"ReplicationController", make_wrapped, "v1 ReplicationController spec/template",
	 KEEPS_WORKLOAD},
	{"Job", make_wrapped, "batch/v1 Job spec/template", KEEPS_WORKLOAD},
	{"CronJob", make_wrapped, "batch/v1 CronJob spec/jobTemplate/spec/template",
	 KEEPS_WORKLOAD},
	{"PodTemplate", make_wrapped, "v1 PodTemplate template", KEEPS_WORKLOAD},
	{"Rollout", make_wrapped, "argoproj.io/v1alpha1 Rollout spec/template", KEEPS_WORKLOAD},
	{"custom kind", make_wrapped, "example.com/v1 Widget spec/template", KEEPS_WORKLOAD},
	{"runAsUser down", make_down, "runAsUser", KEEPS_ALL},
	{"runAsGroup down", make_down, "runAsGroup", KEEPS_ALL},
	{"runAsNonRoot down", make_down, "runAsNonRoot", KEEPS_ALL},
	{"seccompProfile down", make_down, "seccompProfile", KEEPS_ALL},
	{"appArmorProfile down", make_down, "appArmorProfile", KEEPS_ALL},
	{"seLinuxOptions down", make_down, "seLinuxOptions", KEEPS_ALL},
	{"windowsOptions down", make_down, "windowsOptions", KEEPS_ALL},
	{"runAsUser up", make_up, "runAsUser", KEEPS_ALL},
	{"runAsGroup up", make_up, "runAsGroup", KEEPS_ALL},
	{"runAsNonRoot up", make_up, "runAsNonRoot", KEEPS_ALL},
	{"seccompProfile up", make_up, "seccompProfile", KEEPS_ALL},
	{"appArmorProfile up", make_up, "appArmorProfile", KEEPS_ALL},
	{"seLinuxOptions up", make_up, "seLinuxOptions", KEEPS_ALL},
	{"windowsOptions up", make_up, "windowsOptions", KEEPS_ALL},
	{"containers in another order", make_reversed, "containers", KEEPS_ALL},
	{"init containers in another order", make_reversed, "initContainers", KEEPS_ALL},
	{"volumes in another order", make_reversed, "volumes", KEEPS_ALL},
	{"a container more", make_added,
	 "{name: unrelated, image: 'registry.example.com/a@sha256:"
	 "0123456789012345678901234567890123456789012345678901234567890123', securityContext: "
	 "{runAsNonRoot: true, runAsUser: 20000, runAsGroup: 20000, privileged: false, "
	 "readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, "
	 "seccompProfile: {type: RuntimeDefault}}, resources: {limits: {memory: 1Gi, cpu: 1}}}",
	 KEEPS_OTHERS},
};

/* -- verdicts -- */

static bool is_of_kind(const struct rule *rule)
{
	for (size_t i = 0; i < ARRAY_LEN(of_kind); i++)
		if (sv_is(rule->text.id, of_kind[i]))
			return true;
	return false;
}

static const char *state_name(enum finding_state s)
{
	return s == STATE_FAIL ? "fails" : s == STATE_PASS ? "passes" : "is not observed";
}

struct collect {
	struct meta *m;
	struct judge j;
	struct sv name; /* of the pod: objects of other names are not looked at */
};

static void on_verdict(void *arg, const struct verdict *v)
{
	struct collect *c = arg;
	struct meta *m = c->m;
	const struct form *f = m->form;
	struct sv scope = v->scope;

	if (v->state == STATE_NOT_APPLICABLE || !sv_eq(c->j.now->name, c->name))
		return;
	if (f->keeps == KEEPS_WORKLOAD &&
	    (!sv_is(v->rule->fact->name, "workload") || is_of_kind(v->rule)))
		return;
	if (f->keeps == KEEPS_OTHERS && sv_find(scope, sv_of(other_name)) != SIZE_MAX)
		return;
	struct sv message = v->message;
	if (f->keeps != KEEPS_MESSAGES && v->state == STATE_FAIL)
		message = (struct sv){0};
	*VEC_PUSH(m->into) = arena_fmt(&m->a, "%.*s %s at '%.*s' %.*s", SV_ARG(v->rule->text.id),
				       state_name(v->state), SV_ARG(scope), SV_ARG(message));
}

static bool collect(struct meta *m, const struct form *f, struct sv name, struct sv text,
		    struct sv_vec *into, struct err *err)
{
	struct collect c = {.m = m, .name = name};

	m->form = f;
	m->into = into;
	judge_init(&c.j, &m->e, on_verdict, &c);
	bool ok = judge_text(&c.j, SV("pod"), text, err);
	judge_done(&c.j);
	if (into->n)
		qsort(into->p, into->n, sizeof *into->p, sv_cmp_qsort);
	return ok && into->n;
}

/* The first line that only one of the sorted lists has; empty: none. */
static struct sv difference(struct meta *m, const struct sv_vec *x, const struct sv_vec *y)
{
	for (size_t i = 0; i < x->n || i < y->n; i++) {
		int order = i >= x->n ? 1 : i >= y->n ? -1 : sv_cmp(x->p[i], y->p[i]);
		if (order < 0)
			return arena_fmt(&m->a, "no more: %.*s", SV_ARG(x->p[i]));
		if (order > 0)
			return arena_fmt(&m->a, "now: %.*s", SV_ARG(y->p[i]));
	}
	return (struct sv){0};
}

static void check_form(struct meta *m, struct sv where, struct sv text, const struct node *pod,
		       const struct form *f)
{
	auto_done(buf_done) struct buf other = {0};
	struct sv_vec before = {0}, after = {0};
	struct err err = {0};
	struct sv name = node_get_str(node_get(pod, "metadata"), "name");

	if (!f->make(&m->a, form_copy(&m->a, pod), f->with, &other))
		return;
	if (!collect(m, f, name, text, &before, &err) ||
	    !collect(m, f, name, buf_view(&other), &after, &err)) {
		runner_fail(&m->r, "%.*s: %s: cannot be judged: %s", SV_ARG(where), f->name,
			    err.msg);
	} else {
		struct sv d = difference(m, &before, &after);
		if (d.n)
			runner_fail(&m->r, "%.*s: %s: %.*s", SV_ARG(where), f->name, SV_ARG(d));
		else
			runner_pass(&m->r);
	}
	vec_done(&before);
	vec_done(&after);
}

static void check_text(struct meta *m, struct sv where, struct sv text)
{
	struct doc d = {.arena = &m->a, .name = where, .bytes = text, .dup = DUP_LAST};
	struct yaml_docs docs = {0};
	struct err err = {0};

	if (yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err) < 0) {
		runner_fail(&m->r, "%.*s: %s", SV_ARG(where), err.msg);
		return;
	}
	for (size_t i = 0; i < docs.n; i++) {
		const struct yaml_doc *one = &docs.p[i];
		struct sv part = sv_head(sv_from(text, one->start), one->end - one->start);
		for (size_t k = 0; one->root && k < ARRAY_LEN(forms); k++)
			check_form(m, where, part, one->root, &forms[k]);
	}
}

int main(int argc, char **argv)
{
	struct meta m = {0};
	struct map pods = {0};
	struct arena files;
	struct err err = {0};
	size_t at = 0;

	bool there = runner_init(&m.r, "psa", argc, argv);
	m.r.set = "metamorphic";
	arena_init(&files, 0);
	arena_init(&m.a, 0);
	rules_init(&m.rules);
	engine_init(&m.e, &m.rules);
	if (rules_load_builtin(&m.rules, &err) != 0 || rules_compile(&m.rules, NULL, &err) != 0) {
		runner_fail(&m.r, "the rules: %s: %s", err.where, err.msg);
		return runner_end(&m.r);
	}
	bool *all = xcalloc(m.rules.all.n, sizeof *all);
	for (size_t i = 0; i < m.rules.all.n; i++)
		all[i] = !m.rules.all.p[i]->set;
	m.e.selected = all;
	m.e.all = true;
	m.e.uncovered = true;
	check_text(&m, SV("own"), sv_of(own_pods));
	if (there && archive_files(&m.r, "pods.tar.gz", &files, &pods)) {
		for (const struct map_entry *e; (e = map_next(&pods, &at));) {
			check_text(&m, e->key, *(struct sv *)e->ptr);
			arena_clear(&m.a);
		}
	}
	free(all);
	map_done(&pods);
	engine_done(&m.e);
	rules_done(&m.rules);
	arena_done(&m.a);
	arena_done(&files);
	return runner_end(&m.r);
}
