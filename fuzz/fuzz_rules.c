/* A pack of rules from bytes, and what its rules say of a pod. */
#include <stdint.h>

#include "fmt/yaml.h"
#include "rule/benchmark.h"
#include "rule/sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char pod[] =
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {a: b}}\n"
	"spec: {hostNetwork: true, containers: [{name: web, image: 'a:1', ports: [{containerPort: 1}], "
	"securityContext: {privileged: true}}, {name: b}]}\n";

static void on_verdict(void *arg, const struct verdict *v)
{
	size_t *sum = arg;

	*sum += v->message.n + v->scope.n;
	for (unsigned i = 0; i < v->places_n; i++)
		*sum += v->places[i].value.n + (v->places[i].node ? v->places[i].node->start : 0);
}

struct judging {
	struct engine *e;
	size_t sum;
};

static void on_object(void *arg, const struct fact_object *o)
{
	struct judging *j = arg;

	engine_object(j->e, o, on_verdict, &j->sum);
}

static void on_lint(void *arg, const struct rule *rule, const char *what)
{
	(void)rule;
	*(size_t *)arg += strlen(what);
}

static void judge_pod(const struct rules *r)
{
	struct engine e;
	struct arena a;
	struct judging j = {.e = &e};
	struct fact_sink sink = {.arg = &j, .object = on_object};
	struct doc d = {
		.arena = &a, .name = SV("pod"), .bytes = {pod, sizeof pod - 1}, .dup = DUP_LAST};
	struct err err;

	arena_init(&a, 0);
	engine_init(&e, r);
	e.all = e.whole_set = true;
	e.eval.cost_limit = 20000;
	if (yaml_parse(&d, YAML_KUBERNETES, &err) == 0)
		kube_objects(&a, &d, d.root, &sink);
	engine_done(&e);
	arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rules r;
	struct sv_vec names = {0};
	struct err err = {0};
	size_t sum = 0;

	rules_init(&r);
	r.samples = true;
	if (rules_load_text(&r, SV("pack.yaml"), sv_make(data, size), &err) == 0) {
		judge_pod(&r);
		for (size_t i = 0; i < r.all.n; i++)
			rule_lint(&r, r.all.p[i], on_lint, &sum);
		benchmark_names(&r, &names);
		for (size_t i = 0; i < names.n; i++) {
			const struct benchmark *b;
			unsigned minor;
			(void)!benchmark_find(&r, names.p[i], &b, &minor, &err);
		}
		vec_done(&names);
	}
	rules_done(&r);
	return 0;
}
