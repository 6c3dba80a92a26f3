/* gabion rules test, lint: packs before they are used. */
#include "base/text.h"
#include "cmd/rules.h"
#include "rule/benchmark.h"
#include "rule/sample.h"

static void put_place(const struct rule *rule, uint32_t line, struct sv what)
{
	auto_done(buf_done) struct buf file = {0}, text = {0};

	text_escape(&file, rule->file);
	text_escape(&text, what);
	(void)printf("%s:%u: %.*s: %s\n", buf_cstr(&file), line, SV_ARG(rule->text.id),
		     buf_cstr(&text));
}

struct totals {
	size_t rules, samples, bad;
};

static void test_rule(struct engine *e, size_t index, struct totals *t)
{
	const struct rule *rule = e->rules->all.p[index];

	t->rules++;
	for (size_t i = 0; i < rule->samples.n; i++) {
		struct arena a;
		struct sv why = {0};
		arena_init(&a, 0);
		t->samples++;
		if (!sample_holds(e, index, &rule->samples.p[i], &a, &why)) {
			t->bad++;
			put_place(rule, rule->samples.p[i].line, why);
		}
		e->selected = NULL;
		arena_done(&a);
	}
}

static int run_test(struct invocation *in, struct err *err)
{
	auto_done(rules_done) struct rules r;
	auto_done(engine_done) struct engine e;
	struct totals t = {0};
	size_t mistakes;
	uint32_t first;

	rules_init(&r);
	engine_init(&e, &r);
	int rc = rules_open_named(in, &r, &first, &mistakes, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < r.all.n; i++)
		if (r.all.p[i]->load >= first)
			test_rule(&e, i, &t);
	(void)printf("%zu rules, %zu samples, %zu differ\n", t.rules, t.samples, t.bad);
	return mistakes ? 2 : t.bad > 0;
}

static void on_lint(void *arg, const struct rule *rule, const char *what)
{
	size_t *n = arg;

	++*n;
	put_place(rule, rule->line, sv_of(what));
}

/* Benchmarks: every rule that they name is there. */
static int lint_benchmarks(struct rules *r, struct err *err)
{
	struct sv_vec names = {0};
	const struct benchmark *b;
	unsigned minor;
	int rc = 0;

	benchmark_names(r, &names);
	for (size_t i = 0; rc == 0 && i < names.n; i++)
		rc = benchmark_find(r, names.p[i], &b, &minor, err);
	vec_done(&names);
	return rc;
}

static int run_lint(struct invocation *in, struct err *err)
{
	auto_done(rules_done) struct rules r;
	uint32_t first;
	size_t warnings = 0, mistakes, n = 0;

	rules_init(&r);
	int rc = rules_open_named(in, &r, &first, &mistakes, err);
	/* what a rule with a mistake would have is not there */
	if (rc == 0 && !mistakes)
		rc = lint_benchmarks(&r, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < r.all.n; i++) {
		if (r.all.p[i]->load < first)
			continue;
		n++;
		rule_lint(&r, r.all.p[i], on_lint, &warnings);
	}
	(void)printf("%zu rules, %zu warnings\n", n, warnings);
	return mistakes ? 2 : warnings > 0;
}

static const char *const test_examples[] = {
	"gabion rules test my-pack.yaml",
	"runs the samples in a pack",
	"gabion rules test rules/",
	"those of every pack of a folder",
	NULL,
};
static const char *const lint_examples[] = {
	"gabion rules lint my-pack.yaml",
	"mistakes, and what reads badly",
	NULL,
};

const struct command cmd_rules_test = {
	.name = "rules test",
	.group = "Rules",
	.summary = "run the samples in packs",
	.usage = "[OPTIONS] [PACK|DIR...]",
	.about =
		"Judges every good and bad sample of the rules in these packs (without any: of the folder rules/).\n"
		"Prints those that the rule judges otherwise; exit code 1 when there are some.",
	.examples = test_examples,
	.args_max = SIZE_MAX,
	.run = run_test,
};

const struct command cmd_rules_lint = {
	.name = "rules lint",
	.group = "Rules",
	.summary = "look for what reads badly in packs",
	.usage = "[OPTIONS] [PACK|DIR...]",
	.about =
		"Loads the packs, which finds every mistake, then says what could be better. Exit code 1 when there is "
		"something, 2 for a mistake.",
	.examples = lint_examples,
	.args_max = SIZE_MAX,
	.run = run_lint,
};
