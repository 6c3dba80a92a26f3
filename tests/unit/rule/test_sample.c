#include "unit/test.h"

#include "rule/sample.h"

#define RULE(fact, assert)                                                                \
	"pack: t\nrules: [{id: a, title: t, severity: low, remedy: r, message: 'm {" fact \
	"}', fact: " fact ", assert: \"" assert "\"}]\n"

static void test_verdicts(void **state)
{
	static const char pod[] = "{apiVersion: v1, kind: Pod, metadata: {name: p}}";
	static const char service[] =
		"{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {a: b}}}";
	static const struct {
		const char *pack;
		bool good;
		const char *text;
		const char *why; /* NULL: it holds */
	} cases[] = {
		{RULE("workload", "workload.name == 'p'"), true, pod, NULL},
		{RULE("workload", "workload.name == 'p'"), false, pod, "does not fail"},
		{RULE("workload", "workload.name != 'p'"), false, pod, NULL},
		{RULE("workload", "workload.name != 'p'"), true, pod, "a good sample fails: m "},
		{RULE("workload", "workload.run_as_user == 1"), true, pod, "not observed"},
		{RULE("workload", "workload.run_as_user == 1"), false, pod, "not observed"},
		{RULE("role", "role.cluster"), true, pod, "looks at nothing"},
		{RULE("service", "service.selected > 0"), false, service, NULL},
		{RULE("service", "service.selected > 0"), true, service, "fails"},
		{RULE("duplicate", "duplicate.kind == ''"), true, service, NULL},
		{RULE("duplicate", "duplicate.kind == ''"), false, service, "looks at nothing"},
		{RULE("workload", "true"), true, "a: 1", "no object"},
		{RULE("workload", "true"), true, "", "no object"},
		{RULE("workload", "true"), true, "{[", "cannot be read"},
		{RULE("workload", "true"), true, "a: b\n---\n\t{", "cannot be read"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(rules_done) struct rules r;
		auto_done(engine_done) struct engine e;
		auto_done(arena_done) struct arena a;
		struct rule_sample sample = {.good = cases[i].good,
					     .source = SV("kubernetes"),
					     .text = sv_of(cases[i].text)};
		struct sv why = {0};
		struct err err = {0};
		rules_init(&r);
		engine_init(&e, &r);
		arena_init(&a, 0);
		if (rules_load_text(&r, SV("t"), sv_of(cases[i].pack), &err) < 0)
			fail_msg("%s: %s", err.where, err.msg);
		bool holds = sample_holds(&e, 0, &sample, &a, &why);
		if (holds != !cases[i].why ||
		    (!holds && sv_find(why, sv_of(cases[i].why)) == SIZE_MAX))
			fail_msg("%zu: %.*s", i, SV_ARG(why));
	}
}

/* The packs that come with gabion: every sample holds. */
static void test_packs(void **state)
{
	auto_done(rules_done) struct rules r;
	auto_done(engine_done) struct engine e;
	struct err err = {0};
	size_t bad = 0;

	(void)state;
	rules_init(&r);
	r.samples = true;
	engine_init(&e, &r);
	if (rules_load(&r, SV(GABION_SOURCE_ROOT "/rules"), &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
	for (size_t i = 0; i < r.all.n; i++) {
		const struct rule *rule = r.all.p[i];
		for (size_t k = 0; k < rule->samples.n; k++) {
			auto_done(arena_done) struct arena a;
			struct sv why = {0};
			arena_init(&a, 0);
			if (sample_holds(&e, i, &rule->samples.p[k], &a, &why))
				continue;
			bad++;
			print_error("%.*s:%u: %.*s: %.*s\n", SV_ARG(rule->file),
				    rule->samples.p[k].line, SV_ARG(rule->text.id), SV_ARG(why));
		}
		e.selected = NULL;
	}
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_packs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
