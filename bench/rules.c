/*
 * What rules cost: loading and compiling the built-in packs, and judging one parsed workload with
 * all of them. Prints the best of many runs.
 *
 *     bench-rules [MANIFEST]
 */
#include <stdio.h>
#include <time.h>

#include "fmt/yaml.h"
#include "rule/engine.h"
#include "sys/file.h"

static const char deployment[] =
	"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: web}}\n"
	"spec:\n  replicas: 3\n  selector: {matchLabels: {app: web}}\n  template:\n"
	"    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"
	"        - name: web\n          image: registry.example.com/web:1.2.3\n"
	"          ports: [{containerPort: 8080}]\n"
	"          resources: {limits: {cpu: 500m, memory: 128Mi}, requests: {cpu: 250m, memory: "
	"64Mi}}\n"
	"          env: [{name: LOG_LEVEL, value: info}]\n"
	"          volumeMounts: [{name: data, mountPath: /data}]\n"
	"      volumes: [{name: data, emptyDir: {}}]\n";

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

struct bench {
	struct engine e;
	size_t fails, unseen;
	double best, total;
	size_t rounds;
};

static void on_verdict(void *arg, const struct verdict *v)
{
	struct bench *b = arg;

	b->fails += v->state == STATE_FAIL;
	b->unseen += v->state == STATE_NOT_OBSERVED;
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct bench *b = arg;

	for (size_t i = 0; i < b->rounds; i++) {
		b->fails = b->unseen = 0;
		double start = now();
		engine_object(&b->e, o, on_verdict, b);
		double took = now() - start;
		b->total += took;
		if (i == 0 || took < b->best)
			b->best = took;
	}
}

static int bench_load(void)
{
	double load = 1e9, compile = 1e9;

	for (int i = 0; i < 20; i++) {
		struct rules r;
		struct err err;
		double start = now();
		rules_init(&r);
		if (rules_load_builtin(&r, &err) < 0)
			return -1;
		double loaded = now();
		if (rules_compile(&r, NULL, &err) < 0) {
			err_print(stderr, &err);
			return -1;
		}
		double end = now();
		load = loaded - start < load ? loaded - start : load;
		compile = end - loaded < compile ? end - loaded : compile;
		rules_done(&r);
	}
	(void)printf("packs loaded in %.0f us, all compiled in %.0f us\n", load, compile);
	return 0;
}

static int bench_judge(struct sv text, bool every)
{
	struct rules r;
	struct bench b = {.rounds = 5000};
	struct arena a;
	struct fact_sink sink = {.arg = &b, .object = on_object};
	struct doc d = {.arena = &a, .name = SV("bench"), .bytes = text, .dup = DUP_LAST};
	struct err err;

	arena_init(&a, 0);
	rules_init(&r);
	int rc = yaml_parse(&d, YAML_KUBERNETES, &err);
	if (rc == 0)
		rc = rules_load_builtin(&r, &err);
	bool *all = ARENA_ARRAY(&a, r.all.n, bool);
	memset(all, 1, r.all.n * sizeof *all);
	engine_init(&b.e, &r);
	b.e.selected = every ? all : NULL;
	if (rc == 0)
		kube_objects(&a, &d, d.root, &sink);
	else
		err_print(stderr, &err);
	(void)printf(
		"%s: %zu rules, one object: best %.1f us, mean %.1f us, %zu fail, %zu not observed\n",
		every ? "whole pack" : "by default", r.all.n, b.best, b.total / (double)b.rounds,
		b.fails, b.unseen);
	engine_done(&b.e);
	rules_done(&r);
	arena_done(&a);
	return rc;
}

int main(int argc, char **argv)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct sv text = sv_make(deployment, sizeof deployment - 1);
	struct err err;

	if (argc > 1) {
		if (file_read(argv[1], 1 << 20, &bytes, &err) < 0) {
			err_print(stderr, &err);
			return 1;
		}
		text = buf_view(&bytes);
	}
	return bench_load() < 0 || bench_judge(text, false) < 0 || bench_judge(text, true) < 0;
}
