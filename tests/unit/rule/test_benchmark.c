#include "unit/test.h"

#include "rule/benchmark.h"

#define RULE_(id)      \
	"  - {id: " id \
	", title: t, severity: low, remedy: r, fact: workload, assert: true, message: m}\n"

static const char pack[] = "pack: t\nrules:\n" RULE_("a") RULE_("b") RULE_("c");
static const char base[] = "benchmark: base\ntitle: Base\nentries:\n"
			   "  - {id: one, title: One, rules: [a]}\n"
			   "  - {id: two, title: Two, rules: [b], since: 10, until: 20}\n"
			   "  - {id: three, title: Three, question: 'Is it?'}\n";
static const char more[] =
	"benchmark: more\nversion: '1.12'\ntitle: More\nincludes: base\nentries:\n"
	"  - {id: four, title: Four, rules: [a, c], overrides: [one], since: 22}\n";

static int load(struct rules *r, const char *text, struct err *err)
{
	*err = (struct err){0};
	return rules_load_text(r, SV("b.yaml"), sv_of(text), err);
}

static void list(struct rules *r, const char *name, struct buf *out)
{
	const struct benchmark *b;
	const struct benchmark_entry *e[8];
	struct err err;
	unsigned minor;

	buf_clear(out);
	if (benchmark_find(r, sv_of(name), &b, &minor, &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
	size_t n = benchmark_entries(b, minor, e, ARRAY_LEN(e));
	for (size_t i = 0; i < n; i++) {
		buf_fmt(out, "%.*s", SV_ARG(e[i]->id));
		for (size_t k = 0; k < e[i]->rules.n; k++)
			buf_fmt(out, "/%.*s", SV_ARG(e[i]->rules.p[k]->text.id));
		buf_char(out, ' ');
	}
}

static void test_entries(void **state)
{
	auto_done(rules_done) struct rules r;
	auto_done(buf_done) struct buf out = {0};
	struct sv_vec names = {0};
	struct err err;

	(void)state;
	rules_init(&r);
	assert_int_equal(load(&r, pack, &err), 0);
	assert_int_equal(load(&r, base, &err), 0);
	assert_int_equal(load(&r, more, &err), 0);
	list(&r, "base", &out);
	assert_string_equal(buf_cstr(&out), "one/a three ");
	list(&r, "base@1.10", &out);
	assert_string_equal(buf_cstr(&out), "one/a two/b three ");
	list(&r, "base@v1.20", &out);
	assert_string_equal(buf_cstr(&out), "one/a two/b three ");
	list(&r, "base@1.9", &out);
	assert_string_equal(buf_cstr(&out), "one/a three ");
	list(&r, "more", &out);
	assert_string_equal(buf_cstr(&out), "three four/a/c ");
	list(&r, "more-1.12@latest", &out);
	assert_string_equal(buf_cstr(&out), "three four/a/c ");
	/* what does not count yet overrides nothing */
	list(&r, "more@1.21", &out);
	assert_string_equal(buf_cstr(&out), "one/a three ");
	assert_int_equal(benchmark_names(&r, &names), 2);
	assert_sv(names.p[0], "base");
	assert_sv(names.p[1], "more-1.12");
	vec_done(&names);
	/* a rule that a later pack replaces */
	assert_int_equal(load(&r, "pack: u\nrules:\n" RULE_("a"), &err), 0);
	const struct benchmark *b;
	unsigned minor;
	assert_int_equal(benchmark_find(&r, SV("base"), &b, &minor, &err), 0);
	assert_ptr_equal(b->entries.p[0].rules.p[0], rules_find(&r, SV("a")));
	assert_int_equal(benchmark_find(&r, SV("bass"), &b, &minor, &err), -ERR_USAGE);
	assert_string_equal(err.hint, "did you mean 'base'?");
	assert_int_equal(benchmark_find(&r, SV("base@2.1"), &b, &minor, &err), -ERR_USAGE);
	assert_int_equal(benchmark_find(&r, SV("base@1.x"), &b, &minor, &err), -ERR_USAGE);
}

static void test_mistakes(void **state)
{
	static const char *const cases[] = {
		"benchmark: x\n",
		"benchmark: x\ntitle: t\nentries: 1\n",
		"benchmark: x\ntitle: t\nentries: [1]\n",
		"benchmark: x\ntitle: t\nentries: [{id: a, title: t}]\n",
		"benchmark: x\ntitle: t\nentries: [{id: 1.1, title: t, question: q}]\n",
		"benchmark: x\ntitle: t\nentries: [{id: a, title: t, rules: a}]\n",
		"benchmark: x\ntitle: t\nentries: [{id: a, title: t, question: q, since: '1'}]\n",
		"benchmark: x\ntitle: t\nentries: [{id: a, title: t, question: q, since: 1.25}]\n",
		"benchmark: x\ntitle: t\nentries: [{id: a, title: t, question: q, rule: [a]}]\n",
		"benchmark: x\ntitle: t\nentries: [&e {id: a, title: t, question: q}, *e]\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(rules_done) struct rules r;
		struct err err;
		rules_init(&r);
		if (load(&r, cases[i], &err) >= 0)
			fail_msg("taken: %s", cases[i]);
		assert_int_equal(err.scope, SCOPE_CONFIG);
	}
}

/* What names something that is not there is told when the benchmark is asked for. */
static void test_unresolved(void **state)
{
	auto_done(rules_done) struct rules r;
	const struct benchmark *b;
	struct err err;
	unsigned minor;

	(void)state;
	rules_init(&r);
	assert_int_equal(load(&r, base, &err), 0);
	assert_true(benchmark_find(&r, SV("base"), &b, &minor, &err) < 0);
	assert_non_null(strstr(err.msg, "no rule 'a'"));
	assert_true(benchmark_find(&r, SV("base"), &b, &minor, &err) < 0);
	assert_int_equal(load(&r, pack, &err), 0);
	assert_int_equal(benchmark_find(&r, SV("base"), &b, &minor, &err), 0);
	assert_int_equal(load(&r, "benchmark: y\ntitle: t\nincludes: z\nentries: []\n", &err), 0);
	assert_true(benchmark_find(&r, SV("y"), &b, &minor, &err) < 0);
	/* a ring */
	assert_int_equal(load(&r, "benchmark: z\ntitle: t\nincludes: y\nentries: []\n", &err), 0);
	assert_int_equal(benchmark_find(&r, SV("y"), &b, &minor, &err), 0);
	const struct benchmark_entry *e[2];
	assert_int_equal(benchmark_entries(b, 0, e, 2), 0);
}

/* The references of rules are the map. */
static void test_references(void **state)
{
	static const char rules_text[] =
		"pack: t\nrules:\n"
		"  - {id: a, title: t, severity: low, remedy: r, fact: workload, assert: true, message: m, "
		"references: [{scheme: list-1.6, id: '2.1'}, {scheme: list-1.5, id: '2.2'}]}\n" RULE_(
			"b");
	static const char text[] = "benchmark: list\nversion: '1.6'\ntitle: L\nreferences: true\n"
				   "entries:\n"
				   "  - {id: '2.1', title: t, rules: [b]}\n"
				   "  - {id: '2.2', title: t, question: q}\n";
	auto_done(rules_done) struct rules r;
	auto_done(buf_done) struct buf out = {0};
	const struct benchmark *b;
	unsigned minor;
	struct err err;

	(void)state;
	rules_init(&r);
	assert_int_equal(load(&r, rules_text, &err), 0);
	assert_int_equal(load(&r, text, &err), 0);
	list(&r, "list-1.6", &out);
	assert_string_equal(buf_cstr(&out), "2.1/b/a 2.2 ");
	/* an entry that nobody decides is a mistake */
	assert_int_equal(
		load(&r,
		     "benchmark: l\ntitle: L\nreferences: true\nentries: [{id: '9', title: t}]\n",
		     &err),
		0);
	assert_true(benchmark_find(&r, SV("l"), &b, &minor, &err) < 0);
	assert_non_null(strstr(err.msg, "no rule refers"));
}

/* Those that come with the program name only rules that are there. */
static void test_builtin(void **state)
{
	auto_done(rules_done) struct rules r;
	struct sv_vec names = {0};
	struct err err;

	(void)state;
	rules_init(&r);
	if (rules_load_builtin(&r, &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
	assert_true(benchmark_names(&r, &names) > 0);
	for (size_t i = 0; i < names.n; i++) {
		const struct benchmark *b;
		const struct benchmark_entry *e[1];
		unsigned minor;
		if (benchmark_find(&r, names.p[i], &b, &minor, &err) < 0)
			fail_msg("%s: %s", err.where, err.msg);
		assert_true(benchmark_entries(b, minor, e, 1) > 0);
	}
	vec_done(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),    cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_unresolved), cmocka_unit_test(test_references),
		cmocka_unit_test(test_builtin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
