#include "unit/test.h"

#include "rule/suppress.h"
#include "unit/rule/engine.h"

static const char pack[] =
	"pack: t\nrules:\n"
	"  - {id: privileged-container, title: t, severity: low, remedy: r, fact: workload, each: "
	"container, assert: '!container.privileged', message: m, evidence: [container.privileged], "
	"aliases: [KSV-0017, kl-privileged], family: privilege}\n"
	"  - {id: other, title: t, severity: low, remedy: r, fact: workload, each: container, assert: "
	"'!container.privileged', message: m, evidence: [container.privileged]}\n";

struct seen {
	struct judged j;
	bool found;
	struct sv reason;
};

static void ask(struct judged *j, const struct verdict *v)
{
	struct seen *s = (struct seen *)(void *)j;
	if (!sv_is(v->rule->text.id, "privileged-container"))
		return;
	s->found = suppressed(v, j->annotations, j->pod_annotations, NULL, j->doc.bytes,
			      j->doc.root, v->places[0].node->start, &s->reason);
}

#define POD(annotations, before, behind)                                                      \
	"apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations: {" annotations "}\n" \
	"spec:\n  containers:\n    - name: web\n      securityContext:\n" before              \
	"        privileged: true" behind "\n"

static void test_suppressed(void **state)
{
	static const struct {
		const char *manifest;
		const char *reason; /* NULL: not suppressed */
	} cases[] = {
		{POD("", "", ""), NULL},
		{POD("gabion.dev/ignore: privileged-container", "", ""), ""},
		{POD("gabion.dev/ignore: 'other, KSV-0017'", "", ""), ""},
		{POD("gabion.dev/ignore: other", "", ""), NULL},
		{POD("gabion.dev/ignore: '*'", "", ""), ""},
		{POD("gabion.dev/ignored: '*'", "", ""), NULL},
		{POD("gabion.dev/ignore.privileged-container: ' old node agent '", "", ""),
		 "old node agent"},
		{POD("gabion.dev/ignore.: x", "", ""), NULL},
		{POD("gabion.dev/ignore.other: x", "", ""), NULL},
		{POD("ignore-check.kube-linter.io/kl-privileged: why not", "", ""), "why not"},
		{POD("ignore-check.kube-linter.io/run-as-non-root: why not", "", ""), NULL},
		{POD("kube-linter.io/ignore-all: all of it", "", ""), "all of it"},
		{POD("", "", " # gabion:ignore privileged-container it is the agent"),
		 "it is the agent"},
		{POD("", "", " # gabion:ignore other, KSV-0017 both"), "both"},
		{POD("", "", " # gabion:ignore other it is"), NULL},
		{POD("", "", " # gabion:ignore"), NULL},
		{POD("", "", " #trivy:ignore:KSV-0017"), ""},
		{POD("", "", " # trivy:ignore:AVD-KSV-0017:exp:2030-01-01"), ""},
		{POD("", "", " # trivy:ignore:KSV017"), ""},
		{POD("", "", " # trivy:ignore:KSV018 trivy:ignore:KSV-0017"), ""},
		{POD("", "", " # trivy:ignore:KSV-0018"), NULL},
		{POD("", "        # gabion:ignore privileged-container agent\n", ""), "agent"},
		{POD("", "        # gabion:ignore privileged-container agent\n        # more\n",
		     ""),
		 "agent"},
		/* behind another value: of that line only */
		{POD("", "        runAsUser: 1 # gabion:ignore privileged-container\n", ""), NULL},
		{POD("", "        # gabion:ignore privileged-container\n\n", ""), NULL},
		/* no comment */
		{POD("", "        x: '# gabion:ignore privileged-container'\n", ""), NULL},
		{POD("", "        x#: gabion:ignore privileged-container\n", ""), NULL},
		{POD("", "        x: |\n          # gabion:ignore privileged-container\n", ""),
		 NULL},
		{POD("",
		     "        x: |\n          y\n        # gabion:ignore privileged-container z\n",
		     ""),
		 "z"},
		{POD("", "        x: 'a\n\n          # gabion:ignore *\n          '\n", ""), NULL},
		/* of the pod template */
		{"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n"
		 "    metadata: {annotations: {gabion.dev/ignore: KSV-0017}}\n    spec:\n"
		 "      containers: [{name: a, securityContext: {privileged: true}}]\n",
		 ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct seen s = {0};
		judged_init(&s.j, pack);
		s.j.each = ask;
		(void)judge(&s.j, cases[i].manifest);
		assert_non_null(strstr(buf_cstr(&s.j.out), "fail privileged-container"));
		if (s.found != (cases[i].reason != NULL))
			fail_msg("%s: %s", s.found ? "suppressed" : "not suppressed",
				 cases[i].manifest);
		if (s.found)
			assert_sv(s.reason, cases[i].reason);
		judged_done(&s.j);
	}
}

/* Places at the edges of the file. */
static void test_edges(void **state)
{
	auto_done(judged_done) struct judged j;
	struct sv reason;
	static const char *const texts[] = {"",
					    "\n",
					    "#",
					    "# gabion:ignore",
					    "# trivy:ignore:",
					    "'#",
					    "# gabion:ignore ,",
					    "# gabion:ignore a,"};

	(void)state;
	judged_init(&j, pack);
	struct verdict v = {.rule = j.rules.all.p[0]};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		for (uint32_t at = 0; at < 20; at++)
			assert_false(suppressed(&v, NULL, NULL, NULL, sv_of(texts[i]), NULL, at,
						&reason));
}

/* Annotations are asked once for an object and a rule: what was answered stays. */
static void test_known(void **state)
{
	auto_done(judged_done) struct judged j;
	struct suppress_answer known = {0};
	struct sv reason = {0};

	(void)state;
	judged_init(&j, pack);
	(void)judge(&j, POD("gabion.dev/ignore: 'privileged-container'", "", ""));
	struct verdict v = {.rule = rules_find(&j.rules, SV("privileged-container"))};
	assert_true(suppressed(&v, j.annotations, NULL, &known, SV(""), NULL, 0, &reason));
	assert_int_equal(known.is, SUPPRESS_YES);
	assert_true(suppressed(&v, NULL, NULL, &known, SV(""), NULL, 0, &reason));
	known = (struct suppress_answer){0};
	assert_false(suppressed(&v, NULL, NULL, &known, SV(""), NULL, 0, &reason));
	assert_int_equal(known.is, SUPPRESS_NO);
	assert_false(suppressed(&v, j.annotations, NULL, &known, SV(""), NULL, 0, &reason));
}

/* A line of millions of bytes is not read for each finding in it: comments count in lines of some
 * length only. */
static void test_long_lines(void **state)
{
	static const struct {
		size_t before, behind;
		bool found;
	} cases[] = {{100, 100, true}, {4000, 10, true}, {5000, 10, false}, {10, 5000, false}};
	auto_done(judged_done) struct judged j;
	struct sv reason;

	(void)state;
	judged_init(&j, pack);
	struct verdict v = {.rule = j.rules.all.p[0]};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(buf_done) struct buf b = {0};
		buf_fill(&b, 'x', cases[i].before);
		buf_fill(&b, 'y', cases[i].behind);
		buf_fmt(&b, " # gabion:ignore %.*s why\n", SV_ARG(v.rule->text.id));
		bool found = suppressed(&v, NULL, NULL, NULL, buf_view(&b), NULL,
					(uint32_t)cases[i].before, &reason);
		assert_int_equal(found, cases[i].found);
	}
}

static bool add_id(void *arg, struct sv id, uint32_t at)
{
	buf_fmt(arg, "%.*s@%u ", SV_ARG(id), at);
	return true;
}

/* Ids that no rule has. */
static void test_unknown(void **state)
{
	static const char text[] = "# gabion:ignore typo, other, KSV-0017 why\n"
				   "a: 1 # gabion:ignore *\n"
				   "b: '# gabion:ignore no'\n"
				   "c: |\n  # gabion:ignore no\n"
				   "d: {gabion.dev/ignore: 'othr other', gabion.dev/ignore.x: y}\n";
	auto_done(judged_done) struct judged j;
	auto_done(buf_done) struct buf got = {0};
	struct arena a = {0};
	const struct node *root;
	struct err err;

	(void)state;
	judged_init(&j, pack);
	assert_int_equal(
		yaml_read(&a, SV("t"), sv_of(text), YAML_KUBERNETES, DUP_LAST, &root, &err), 0);
	suppress_check_comments(&j.rules, sv_of(text), root, 0, sizeof text - 1, add_id, &got);
	assert_sv(buf_view(&got), "typo@16 ");
	buf_clear(&got);
	suppress_check_annotations(&j.rules, node_get(root, "d"), add_id, &got);
	assert_sv(buf_view(&got), "othr@138 x@152 ");
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suppressed), cmocka_unit_test(test_edges),
		cmocka_unit_test(test_known),      cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
