/* The rules that come with the program: how much they say, and that odd objects do not make their
 * expressions fail. */
#include "unit/test.h"

#include "fact/set/set.h"
#include "fact/source.h"
#include "fmt/json-out.h"
#include "fmt/yaml.h"
#include "rule/benchmark.h"
#include "rule/engine.h"
#include "rule/pack.h"

struct seen {
	struct engine *e;
	struct set *set;
	size_t fails, unseen, faults, objects;
	size_t unknown;    /* messages in which a value is missing */
	char ids[4096];    /* of the failed rules, " a b c" */
	char faulty[4096]; /* what was not observed and why, a line each */
};

static void add(char *text, size_t size, const char *separator, struct sv what)
{
	size_t n = strlen(text);

	(void)snprintf(text + n, size - n, "%s%.*s", separator, SV_ARG(what));
}

static void on_verdict(void *arg, const struct verdict *v)
{
	struct seen *s = arg;

	if (v->state == STATE_NOT_OBSERVED) {
		s->unseen++;
		add(s->faulty, sizeof s->faulty, "\n", v->rule->text.id);
		add(s->faulty, sizeof s->faulty, ": ", v->message);
	}
	if (v->state == STATE_FAIL) {
		s->fails++;
		if (sv_find(v->message, SV("(unknown)")) != SIZE_MAX) {
			s->unknown++;
			add(s->faulty, sizeof s->faulty, "\n", v->rule->text.id);
			add(s->faulty, sizeof s->faulty, ": ", v->message);
		}
		add(s->ids, sizeof s->ids, " ", v->rule->text.id);
	}
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct seen *s = arg;

	s->objects++;
	if (o->meta)
		set_add(s->set, o, SV("test"), 1);
	engine_object(s->e, o, on_verdict, s);
}

static void on_kube_fault(void *arg, const struct fact_fault *f)
{
	struct seen *s = arg;

	(void)f;
	s->faults++;
}

static void on_other(void *arg, const struct node *at, const char *why)
{
	(void)arg;
	(void)at;
	(void)why;
}

static void on_fact(void *arg, const struct set_fact *f)
{
	struct seen *s = arg;

	engine_judge(s->e, f->schema->name, f->record, on_verdict, s);
}

static void judge(struct engine *e, struct sv text, struct seen *s)
{
	struct arena a;
	struct fact_sink sink = {
		.arg = s, .object = on_object, .fault = on_kube_fault, .other = on_other};
	struct yaml_docs docs = {0};
	struct err err = {0};

	*s = (struct seen){.e = e, .set = set_new()};
	arena_init(&a, 0);
	e->whole_set = true;
	struct doc d = {.arena = &a, .name = SV("test"), .bytes = text, .dup = DUP_LAST};
	if (yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < docs.n; i++) {
		if (!docs.p[i].root)
			fail_msg("%s: %s", docs.p[i].err->where, docs.p[i].err->msg);
		kube_objects(&a, &d, docs.p[i].root, &sink);
	}
	set_facts(s->set, &a, on_fact, s);
	set_free(s->set);
	arena_done(&a);
}

/* A sample of another source than Kubernetes. */
static void judge_source(struct engine *e, const struct rule_sample *sample, struct seen *s)
{
	struct arena a;
	const struct fact_sink sink = {.arg = s, .object = on_object};

	*s = (struct seen){.e = e, .set = set_new()};
	arena_init(&a, 0);
	struct parts p = {.arena = &a};
	if (!sample->parts)
		(void)parts_add(&p, (struct sv){0}, SV("test"), sample->text);
	NODE_EACH (part, sample->parts) {
		struct sv name = part->key, role = sv_cut(&name, ' ');
		(void)parts_add(&p, role, name.n ? name : role, part->text);
	}
	fact_source_find(sample->source)->objects(&p, &sink);
	set_free(s->set);
	parts_done(&p);
	arena_done(&a);
}

static bool of_kubernetes(const struct rule_sample *sample)
{
	return sv_is(sample->source, "kubernetes");
}

static void load(struct rules *r, bool samples)
{
	struct err err = {0};

	rules_init(r);
	r->samples = samples;
	int rc = samples ? rules_load(r, SV(GABION_SOURCE_ROOT "/rules"), &err)
			 : rules_load_builtin(r, &err);
	if (rc < 0 || rules_compile(r, NULL, &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
}

/* What the default rules say of whole manifests: not more, not less. */
static void test_default(void **state)
{
	static const struct {
		const char *name, *text, *ids;
	} rows[] = {
		{"a bare Deployment",
		 "apiVersion: apps/v1\n"
		 "kind: Deployment\n"
		 "metadata: {name: web}\n"
		 "spec:\n"
		 "  selector: {matchLabels: {app: web}}\n"
		 "  template:\n"
		 "    metadata: {labels: {app: web}}\n"
		 "    spec:\n"
		 "      containers:\n"
		 "      - {name: web, image: nginx}\n",
		 " token-automounted no-memory-limit writable-root floating-tag"
		 " capabilities-not-dropped privilege-escalation run-as-root-possible"
		 " seccomp-not-set"},
		{"a well-kept one",
		 "apiVersion: v1\n"
		 "kind: ServiceAccount\n"
		 "metadata: {name: web, namespace: shop}\n"
		 "---\n"
		 "apiVersion: apps/v1\n"
		 "kind: Deployment\n"
		 "metadata: {name: web, namespace: shop}\n"
		 "spec:\n"
		 "  replicas: 3\n"
		 "  selector: {matchLabels: {app: web}}\n"
		 "  template:\n"
		 "    metadata: {labels: {app: web}}\n"
		 "    spec:\n"
		 "      serviceAccountName: web\n"
		 "      securityContext:\n"
		 "        runAsNonRoot: true\n"
		 "        seccompProfile: {type: RuntimeDefault}\n"
		 "      containers:\n"
		 "      - name: web\n"
		 "        image: registry.example.com/web:1.2.3\n"
		 "        securityContext:\n"
		 "          allowPrivilegeEscalation: false\n"
		 "          readOnlyRootFilesystem: true\n"
		 "          capabilities: {drop: [ALL]}\n"
		 "        resources:\n"
		 "          requests: {cpu: 100m, memory: 64Mi}\n"
		 "          limits: {memory: 64Mi}\n"
		 "        ports: [{name: http, containerPort: 8080}]\n"
		 "        livenessProbe: {httpGet: {path: /live, port: http}}\n"
		 "        readinessProbe: {httpGet: {path: /ready, port: http}}\n"
		 "---\n"
		 "apiVersion: v1\n"
		 "kind: Service\n"
		 "metadata: {name: web, namespace: shop}\n"
		 "spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}\n"
		 "---\n"
		 "apiVersion: networking.k8s.io/v1\n"
		 "kind: NetworkPolicy\n"
		 "metadata: {name: web, namespace: shop}\n"
		 "spec:\n"
		 "  podSelector: {}\n"
		 "  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]\n"
		 "---\n"
		 "apiVersion: policy/v1\n"
		 "kind: PodDisruptionBudget\n"
		 "metadata: {name: web, namespace: shop}\n"
		 "spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}\n",
		 ""},
	};
	auto_done(rules_done) struct rules r;

	(void)state;
	load(&r, false);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(engine_done) struct engine e;
		struct seen s;
		engine_init(&e, &r);
		judge(&e, sv_of(rows[i].text), &s);
		assert_int_equal(s.faults, 0);
		assert_int_equal(s.unseen, 0);
		print_message("%s: %zu:%s\n", rows[i].name, s.fails, s.ids);
		assert_string_equal(s.ids, rows[i].ids);
	}
}

/* What the set of the reference implementation does not reach: versions after 1.31. */
static void test_pod_security(void **state)
{
	static const char root[] =
		"{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {"
		"hostUsers: false, securityContext: {runAsUser: 0, "
		"seccompProfile: {type: RuntimeDefault}}, containers: [{name: c, "
		"image: a, securityContext: {allowPrivilegeEscalation: false, "
		"capabilities: {drop: [ALL]}}}]}}";
	static const char proc[] =
		"{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {"
		"hostUsers: false, securityContext: {runAsNonRoot: true, "
		"seccompProfile: {type: RuntimeDefault}}, containers: [{name: c, "
		"image: a, securityContext: {allowPrivilegeEscalation: false, "
		"procMount: Unmasked, capabilities: {drop: [ALL]}}}]}}";
	static const char probe[] = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {"
				    "containers: [{name: c, image: a, livenessProbe: {httpGet: "
				    "{host: 10.0.0.1, port: 80}}}]}}";
	static const struct {
		const char *benchmark, *version, *text, *ids;
	} rows[] = {
		{"pss-restricted", "1.34", root, " pss-run-as-non-root pss-run-as-user"},
		{"pss-restricted", "1.35", root, ""},
		{"pss-restricted", "latest", root, ""},
		{"pss-baseline", "1.34", proc, " pss-proc-mount"},
		{"pss-baseline", "1.35", proc, ""},
		{"pss-restricted", "1.34", proc, " pss-proc-mount"},
		{"pss-restricted", "1.35", proc, " proc-mount-unmasked"},
		{"pss-baseline", "1.33", probe, ""},
		{"pss-baseline", "1.34", probe, " host-in-probe"},
	};
	auto_done(rules_done) struct rules r;

	(void)state;
	load(&r, false);
	bool *selected = xcalloc(r.all.n, sizeof *selected);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(engine_done) struct engine e;
		const struct benchmark_entry *entries[64];
		const struct benchmark *b;
		char name[64];
		struct err err = {0};
		struct seen s;
		unsigned minor;
		(void)snprintf(name, sizeof name, "%s@%s", rows[i].benchmark, rows[i].version);
		assert_int_equal(benchmark_find(&r, sv_of(name), &b, &minor, &err), 0);
		size_t n = benchmark_entries(b, minor, entries, ARRAY_LEN(entries));
		memset(selected, 0, r.all.n);
		for (size_t k = 0; k < r.all.n; k++)
			for (size_t m = 0; m < n; m++)
				for (size_t l = 0; l < entries[m]->rules.n; l++)
					selected[k] |= r.all.p[k] == entries[m]->rules.p[l];
		engine_init(&e, &r);
		e.selected = selected;
		e.uncovered = true;
		e.minor = minor;
		judge(&e, sv_of(rows[i].text), &s);
		print_message("%s:%s\n", name, s.ids);
		assert_string_equal(s.ids, rows[i].ids);
		assert_int_equal(s.unseen, 0);
	}
	free(selected);
}

/* Odd forms of an object: one value of it, by its number in the order of writing, is another. */
enum { ODD_MISSING, ODD_NULL, ODD_OBJECT, ODD_LIST, ODD_TEXT, ODD_NUMBER, ODD_KINDS };

struct odd {
	struct json_out w;
	size_t at, target;
	int how;
};

static bool write_odd(struct odd *o)
{
	if (o->at++ != o->target)
		return false;
	switch (o->how) {
	case ODD_OBJECT:
		json_out_object(&o->w);
		json_out_end(&o->w);
		break;
	case ODD_LIST:
		json_out_array(&o->w);
		json_out_end(&o->w);
		break;
	case ODD_TEXT:
		json_out_str(&o->w, SV("x"));
		break;
	case ODD_NUMBER:
		json_out_u64(&o->w, 7);
		break;
	default:
		json_out_null(&o->w);
	}
	return true;
}

static void write_node(struct odd *o, const struct node *n)
{
	if (write_odd(o))
		return;
	if (n->kind != NODE_OBJECT && n->kind != NODE_ARRAY) {
		json_out_node(&o->w, n);
		return;
	}
	if (n->kind == NODE_OBJECT)
		json_out_object(&o->w);
	else
		json_out_array(&o->w);
	for (uint32_t i = 0; i < n->n; i++) {
		if (o->how == ODD_MISSING && o->at == o->target) {
			o->at++;
			continue;
		}
		if (n->kind == NODE_OBJECT)
			json_out_key_sv(&o->w, n->items[i].key);
		write_node(o, &n->items[i]);
	}
	json_out_end(&o->w);
}

static size_t judge_odd(struct engine *e, const struct node *root)
{
	size_t faulty = 0;

	for (size_t target = 1, last = 2; target < last; target++) {
		for (int how = 0; how < ODD_KINDS; how++) {
			auto_done(buf_done) struct buf text = {0};
			struct odd o = {.target = target, .how = how};
			struct seen s;
			json_out_init(&o.w, NULL, &text, 0);
			write_node(&o, root);
			last = o.at;
			judge(e, buf_view(&text), &s);
			if (s.unseen == 0 || how > ODD_OBJECT)
				continue;
			faulty += s.unseen;
			print_message("%.*s%s\n", (int)text.n, text.p, s.faulty);
		}
	}
	return faulty;
}

static void test_odd(void **state)
{
	auto_done(rules_done) struct rules r;
	size_t faulty = 0;
	auto_done(engine_done) struct engine e;

	(void)state;
	load(&r, true);
	engine_init(&e, &r);
	bool *all = xcalloc(r.all.n, sizeof *all);
	memset(all, 1, r.all.n);
	e.selected = all;
	for (size_t i = 0; i < r.all.n; i++) {
		const struct rule *rule = r.all.p[i];
		for (size_t k = 0; k < rule->samples.n; k++) {
			struct arena a;
			struct yaml_docs docs = {0};
			struct err err = {0};
			if (!of_kubernetes(&rule->samples.p[k]))
				continue;
			arena_init(&a, 0);
			struct doc d = {.arena = &a,
					.name = SV("test"),
					.bytes = rule->samples.p[k].text,
					.dup = DUP_LAST};
			if (yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err) < 0)
				fail_msg("%s", err.msg);
			for (size_t n = 0; n < docs.n; n++)
				faulty += judge_odd(&e, docs.p[n].root);
			arena_done(&a);
		}
	}
	free(all);
	assert_int_equal(faulty, 0);
}

/* Dockerfiles that end anywhere. */
static void test_cut(void **state)
{
	auto_done(rules_done) struct rules r;
	auto_done(engine_done) struct engine e;
	size_t faulty = 0;

	(void)state;
	load(&r, true);
	engine_init(&e, &r);
	bool *all = xcalloc(r.all.n, sizeof *all);
	memset(all, 1, r.all.n);
	e.selected = all;
	e.all = true;
	for (size_t i = 0; i < r.all.n; i++) {
		const struct rule *rule = r.all.p[i];
		for (size_t k = 0; k < rule->samples.n; k++) {
			struct rule_sample sample = rule->samples.p[k];
			if (!sv_is(sample.source, "dockerfile"))
				continue;
			for (size_t n = sample.text.n; n > 0; n -= n > 7 ? 7 : n) {
				struct seen s;
				sample.text.n = n;
				judge_source(&e, &sample, &s);
				assert_int_equal(s.objects, 1);
				faulty += s.unseen + s.unknown;
				if (s.unseen + s.unknown)
					print_message("%.*s%s\n", SV_ARG(sample.text), s.faulty);
			}
		}
	}
	free(all);
	assert_int_equal(faulty, 0);
}

/* Every value of a message can be told of what fails, also where parts are missing. */
static void test_messages(void **state)
{
	auto_done(rules_done) struct rules r;
	size_t unknown = 0;

	(void)state;
	load(&r, true);
	bool *selected = xcalloc(r.all.n, sizeof *selected);
	for (size_t i = 0; i < r.all.n; i++) {
		auto_done(engine_done) struct engine e;
		struct seen s;
		engine_init(&e, &r);
		selected[i] = true;
		e.selected = selected;
		for (size_t k = 0; k < r.all.p[i]->samples.n; k++) {
			const struct rule_sample *sample = &r.all.p[i]->samples.p[k];
			if (of_kubernetes(sample))
				judge(&e, sample->text, &s);
			else
				judge_source(&e, sample, &s);
			unknown += s.unknown;
			if (s.unknown)
				print_message("%s\n", s.faulty);
		}
		selected[i] = false;
	}
	free(selected);
	assert_int_equal(unknown, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),  cmocka_unit_test(test_pod_security),
		cmocka_unit_test(test_odd),      cmocka_unit_test(test_cut),
		cmocka_unit_test(test_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
