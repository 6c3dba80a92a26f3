#include "unit/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "rule/pack.h"
#include "rule/sample.h"

/* A pack of one rule; extra fields stand behind the required ones. */
#define RULE(extra)                                    \
	"pack: t\nrules:\n  - id: one\n    title: T\n" \
	"    severity: low\n    fact: workload\n"      \
	"    message: m\n    remedy: r\n" extra

static int load(struct rules *r, const char *text, struct err *err)
{
	*err = (struct err){0};
	return rules_load_text(r, SV("t.yaml"), sv_of(text), err);
}

static void assert_refused(const char *text, const char *where, const char *says)
{
	auto_done(rules_done) struct rules r;
	struct err err;

	rules_init(&r);
	int rc = load(&r, text, &err);
	if (rc >= 0)
		fail_msg("taken: %s", text);
	assert_int_equal(err.scope, SCOPE_CONFIG);
	if (where)
		assert_string_equal(err.where, where);
	if (!strstr(err.msg, says))
		fail_msg("\"%s\" does not say \"%s\" (%s)", err.msg, says, text);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text, *where, *says;
	} cases[] = {
		{"[]", "t.yaml:1:1", "a pack is a mapping"},
		{"pack: a\nrule: []\n", "t.yaml:2:1", "has no field 'rule'"},
		{"rules: []\n", "t.yaml:1:1", "without 'pack'"},
		{"pack: a\nrules: 1\n", "t.yaml:2:8", "'rules' is a list"},
		{"pack: a\nrules: [1]\n", "t.yaml:2:9", "a rule is a mapping"},
		{"pack: a\nrules:\n  - {}\n", "t.yaml:3:5", "without 'id'"},
		{RULE("    assert: 'true'\n    asert: x\n"), "t.yaml:10:5", "no field 'asert'"},
		{RULE("    title: U\n    assert: 'true'\n"), NULL, "twice"},
		{RULE(""), "t.yaml:3:5", "without 'assert'"},
		{RULE("    assert: 1\n"), "t.yaml:9:13", "'assert' is a text"},
		{RULE("    assert: ''\n"), "t.yaml:9:13", "is empty"},
		{RULE("    assert: true\n    each: pod\n"), "t.yaml:10:11", "has no 'pod'"},
		{RULE("    assert: true\n    kind: bad\n"), "t.yaml:10:11", "kind of finding"},
		{RULE("    assert: true\n    needs: all\n"), "t.yaml:10:12", "'needs' is 'set'"},
		{RULE("    assert: true\n    aliases: [1]\n"), "t.yaml:10:15", "list of texts"},
		{RULE("    assert: true\n    covers: [two]\n"), "t.yaml:10:13", "no other rule"},
		{RULE("    assert: true\n    covers: [one]\n"), "t.yaml:10:13", "no other rule"},
		{RULE("    assert: true\n    good: x\n"), "t.yaml:10:11", "'good' is a list"},
		{RULE("    assert: true\n    fix: [{platform: k, at: c, path: /x}]\n"), NULL,
		 "not at 'c'"},
		{RULE("    assert: true\n    fix: [{platform: k, at: pod, path: x}]\n"), NULL,
		 "JSON pointer"},
		{RULE("    assert: true\n    remedies: x\n"), "t.yaml:10:15", "a mapping"},
		{RULE("    assert: true\n    remedies: {enginez: x}\n"), "t.yaml:10:25",
		 "'enginez' is no platform"},
		{RULE("    assert: true\n    remedies: {engines: 1}\n"), "t.yaml:10:25",
		 "a remedy is a text"},
		{RULE("    assert: true\n    references: [{scheme: a}]\n"), "t.yaml:10:18",
		 "'scheme' and 'id'"},
		{RULE("    assert: true\n    references: [{url: a, id: b}]\n"), NULL,
		 "'scheme' and 'id'"},
		{RULE("    assert: true\n    family: 'a b'\n"), "t.yaml:10:13", "no family"},
		{RULE("    assert: workload.host_pidd\n"), "t.yaml:9:", "host_pidd"},
		{RULE("    assert: '1 + 1'\n"), "t.yaml:9:14", "gives int, not bool"},
		{RULE("    assert: \"container.privileged\"\n"), "t.yaml:9:14",
		 "not known in this"},
		{RULE("    assert: params.x\n"), "t.yaml:9:13", "no params"},
		{RULE("    assert: params.xz == 1\n    params: {xy: 1}\n"), "t.yaml:9:13",
		 "no parameter 'xz'"},
		{RULE("    assert: 'workload.name =='\n"), "t.yaml:9:", "assert of rule one"},
		{RULE("    assert: true\n    evidence: [workload.nope]\n"), "t.yaml:10:", "nope"},
		{"pack: t\nrules: [{id: a, title: t, severity: low, fact: workload, assert: true, "
		 "remedy: r, message: 'a {workload.'}]\n",
		 NULL, "not closed"},
		{"pack: t\nrules: [{id: a, title: t, severity: big, fact: workload, assert: true, "
		 "remedy: r, message: m}]\n",
		 "t.yaml:2:37", "no severity"},
		{"pack: t\nrules: [{id: a b, title: t, severity: low, fact: workload, assert: true, "
		 "remedy: r, message: m}]\n",
		 "t.yaml:2:14", "no id"},
		{"pack: t\nrules: [{id: a, title: t, severity: low, fact: workloads, assert: true, "
		 "remedy: r, message: m}]\n",
		 "t.yaml:2:48", "no type of fact"},
		{"pack: t\ntune: [{id: nobody}]\n", "t.yaml:2:13", "no rule is called"},
		{"pack: t\ntune: [{name: nobody}]\n", "t.yaml:2:9", "no field 'name'"},
		{"pack: &a [*a]\n", NULL, "alias inside"},
		{"pack: t\nrules:\n  - &a {id: *a}\n", NULL, "alias inside"},
		{"\xff\xfe", NULL, "UTF-8"},
		{"pack: t\n---\npack: u\n", NULL, "document"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(rules_done) struct rules r;
		struct err err;
		rules_init(&r);
		int rc = load(&r, cases[i].text, &err);
		if (rc >= 0)
			fail_msg("taken: %s", cases[i].text);
		if (cases[i].where &&
		    strncmp(err.where, cases[i].where, strlen(cases[i].where)) != 0)
			fail_msg("%s, not %s: %s\n%s", err.where, cases[i].where, err.msg,
				 cases[i].text);
		if (!strstr(err.msg, cases[i].says))
			fail_msg("\"%s\" does not say \"%s\"\n%s", err.msg, cases[i].says,
				 cases[i].text);
		assert_int_equal(err.scope, SCOPE_CONFIG);
	}
}

/* "t.yaml:line:column" of the last "nope", the name that nobody declares. */
static void place_of_nope(const char *text, char *where, size_t cap)
{
	const char *at = strstr(text, "nope"), *line = text;
	unsigned number = 1;

	for (const char *p = text; p < at; p++) {
		if (*p == '\n') {
			number++;
			line = p + 1;
		}
	}
	(void)snprintf(where, cap, "t.yaml:%u:%u", number, (unsigned)(at - line) + 1);
}

/* The place of an expression's mistake, whatever style of YAML holds it. */
static void test_places(void **state)
{
	static const char flow[] =
		"pack: t\nrules: [{id: a, title: t, severity: low, fact: workload, assert: true, "
		"remedy: r,\n  message: 'it''s {{ {workload.name} and {nope}'}]\n";
	static const char *const cases[] = {
		RULE("    assert: workload.name == 'a' && nope\n"),
		RULE("    assert: \"workload.name == 'a' && nope\"\n"),
		RULE("    assert: \"workload.name == \\\"\\u00e4\\\" && nope\"\n"),
		RULE("    assert: \"workload.name == \\\"\\\\u00e4\\\" &&\\x20\\t nope\"\n"),
		RULE("    assert: 'workload.name == ''a'' && nope'\n"),
		RULE("    assert: |\n      workload.name == 'a' &&\n        nope\n"),
		RULE("    assert: |2\n        workload.name == 'a' &&\n      nope\n"),
		RULE("    assert: >-\n      workload.name == 'a'\n      && nope\n"),
		RULE("    assert: workload.name == 'a'\n      &&   nope\n"),
		RULE("    assert: \"workload.name == 'a'\\n\n      && nope\"\n"),
		RULE("    assert: \"workload.name == 'a'\\\n      && nope\"\n"),
		RULE("    assert: &x !!str >\n\n      true &&\n\n\n      nope\n"),
		RULE("    assert: true\n    evidence:\n      - workload.name\n      - nope\n"),
		flow,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char where[64];
		place_of_nope(cases[i], where, sizeof where);
		assert_refused(cases[i], where, "nope");
	}
}

static const char whole[] =
	"pack: mine\nversion: 2\nrules:\n"
	"  - id: one\n    title: First\n    family: host\n    severity: Important\n"
	"    why: because\n    fact: workload\n    each: mount\n"
	"    when: has(container.image)\n    assert: mount.target != params.path\n"
	"    message: \"{{x} {mount.target} in {container.name}\"\n"
	"    evidence: [mount.target]\n    remedy: move it\n    params: {path: /, n: 1}\n"
	"    default: false\n    kind: secret\n    redact: true\n    covers: [two]\n"
	"    fix: [{platform: kubernetes, at: container, path: /a/b, value: {x: [1, 'y']}}, "
	"{platform: kubernetes, at: pod, path: /c}]\n"
	"    references: [{scheme: s, id: '1'}, {url: 'https://e.org/'},\n"
	"      {scheme: cis-docker-1.6, id: '5.40'}]\n"
	"    aliases: [KSV-0001, shared]\n"
	"    good: ['a: 1', 'b: 2']\n    bad: ['c: 3']\n"
	"  - {id: two, title: U, severity: low, fact: object, assert: true, message: m, remedy: r, "
	"aliases: [shared]}\n";

static void test_fields(void **state)
{
	auto_done(rules_done) struct rules r;
	struct err err;

	(void)state;
	rules_init(&r);
	r.samples = true;
	if (load(&r, whole, &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
	assert_int_equal(r.all.n, 2);
	assert_int_equal(r.packs.n, 1);
	assert_sv(r.packs.p[0].name, "mine");
	assert_sv(r.packs.p[0].version, "2");
	assert_int_equal(r.packs.p[0].rules, 2);
	const struct rule *rule = rules_find(&r, SV("one"));
	assert_non_null(rule);
	assert_sv(rule->text.title, "First");
	assert_sv(rule->family, "host");
	assert_int_equal(rule->text.severity, SEV_HIGH);
	assert_int_equal(rule->kind, FINDING_SECRET);
	assert_true(rule->opt_in && rule->redact && !rule->set);
	assert_sv(rule->fact->scopes[rule->each].name, "mount");
	assert_int_equal(rule->line, 4);
	assert_sv(rule->when_text, "has(container.image)");
	/* "{", "x} ", the value, " in ", the value */
	assert_true(rule->message.n >= 3);
	assert_int_equal(rule->evidence.n, 1);
	assert_int_equal(rule->fixes.n, 2);
	assert_sv(rule->fixes.p[0].value, "{\"x\":[1,\"y\"]}");
	assert_int_equal(rule->fixes.p[1].value.n, 0);
	assert_int_equal(rule->text.references.n, 3);
	assert_int_equal(rule->samples.n, 3);
	assert_false(rule->samples.p[0].good);
	assert_int_equal(rule->samples.p[0].line, 26);
	assert_ptr_equal(rules_find(&r, SV("KSV-0001")), rule);
	assert_ptr_equal(rules_find(&r, SV("ksv-0001")), rule);
	static const char *const older[] = {"KSV001", "AVD-KSV-0001", "avd-ksv-0001", "KSV0001"};
	for (size_t i = 0; i < ARRAY_LEN(older); i++) {
		assert_ptr_equal(rules_find(&r, sv_of(older[i])), rule);
		assert_true(rule_is_named(rule, sv_of(older[i])));
	}
	static const char *const listed[] = {
		"s:1", "S:1", "s:*", "cis-docker-*:5.40", "docker-bench-5.40", "docker-bench 5.40"};
	for (size_t i = 0; i < ARRAY_LEN(listed); i++)
		assert_true(rule_is_named(rule, sv_of(listed[i])));
	static const char *const unlisted[] = {"s:",
					       "s:2",
					       ":1",
					       "s",
					       "docker-bench",
					       "docker-bench-",
					       "docker-bench-5.4",
					       "docker-benchx5.40",
					       "https:*"};
	for (size_t i = 0; i < ARRAY_LEN(unlisted); i++)
		assert_false(rule_is_named(rule, sv_of(unlisted[i])));
	static const char *const none[] = {"KSV01", "KSV00001", "KSV-001", "AVD-", "AVD-one*", ""};
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		assert_null(rules_find(&r, sv_of(none[i])));
		assert_false(rule_is_named(rule, sv_of(none[i])));
	}
	assert_null(rules_find(&r, SV("KSV-00*")));
	assert_null(rules_find(&r, SV("shared")));
	assert_int_equal(rules_select(&r, SV("shared"), NULL, NULL), 2);
	assert_int_equal(rules_select(&r, SV("host"), NULL, NULL), 1);
	assert_int_equal(rules_select(&r, SV("*"), NULL, NULL), 2);
	assert_int_equal(rules_select(&r, SV("none"), NULL, NULL), 0);
	assert_int_equal(rules_unknown(&r, "--only", SV("KSV-0002"), &err), -ERR_USAGE);
	assert_string_equal(err.hint, "did you mean 'KSV-0001'?");
	assert_ptr_equal(rule_text_of(rule), &rule->text);
}

static void test_replace_and_tune(void **state)
{
	auto_done(rules_done) struct rules r;
	struct err err;

	(void)state;
	rules_init(&r);
	assert_int_equal(load(&r, whole, &err), 0);
	assert_refused(
		"pack: t\nrules: [{id: a, title: t, severity: low, fact: workload, assert: true, "
		"remedy: r, message: m}, {id: a, title: t, severity: low, fact: workload, "
		"assert: true, remedy: r, message: m}]\n",
		NULL, "stands twice: first at t.yaml:2");
	assert_int_equal(
		load(&r,
		     "pack: other\nrules: [{id: two, title: New, severity: high, fact: "
		     "workload, assert: false, message: m, remedy: r}]\n"
		     "tune:\n  - {id: KSV-0001, severity: critical, default: true, params: "
		     "{path: /x}}\n  - {id: two, enabled: false}\n",
		     &err),
		0);
	assert_int_equal(r.all.n, 2);
	const struct rule *one = rules_find(&r, SV("one")), *two = rules_find(&r, SV("two"));
	assert_sv(two->text.title, "New");
	assert_true(two->disabled);
	assert_int_equal(one->text.severity, SEV_CRITICAL);
	assert_false(one->opt_in);
	assert_sv(node_get_str(one->params, "path"), "/x");
	assert_int_equal(node_get(one->params, "path")->doc, PARAM_DOC);
	assert_true(load(&r, "pack: x\ntune: [{id: one, params: {pat: /}}]\n", &err) < 0);
	assert_string_equal(err.hint, "did you mean 'path'?");
	assert_string_equal(err.where, "t.yaml:2:27");
	assert_true(load(&r, "pack: x\ntune: [{id: one, params: {path: 1}}]\n", &err) < 0);
	assert_true(load(&r, "pack: x\ntune: [{id: one, severity: 9}]\n", &err) < 0);
}

/* Cut at every byte: an error with a place, or a smaller pack; never more. */
static void test_truncated(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof whole - 1; n++) {
		auto_done(rules_done) struct rules r;
		struct err err = {0};
		rules_init(&r);
		if (rules_load_text(&r, SV("t.yaml"), sv_make(whole, n), &err) < 0) {
			assert_int_equal(err.scope, SCOPE_CONFIG);
			assert_true(strncmp(err.where, "t.yaml", 6) == 0);
		}
	}
}

/* Every field of every mapping with a value of every kind. */
static void test_wrong_types(void **state)
{
	static const char *const fields[] = {
		"id",     "title",      "family",  "severity", "why",     "kind",
		"fact",   "each",       "when",    "assert",   "message", "evidence",
		"remedy", "params",     "default", "needs",    "redact",  "covers",
		"fix",    "references", "aliases", "good",     "bad"};
	static const char *const values[] = {"null",   "1",      "x",        "[1]",  "[[]]",
					     "{a: 1}", "[null]", "[{a: 1}]", "true", "'{'",
					     "'{}'",   "''",     "1.5e400"};
	size_t refused = 0;

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(fields); f++) {
		for (size_t v = 0; v < ARRAY_LEN(values); v++) {
			auto_done(rules_done) struct rules r;
			auto_done(buf_done) struct buf text = {0};
			struct err err = {0};
			static const char *const must[] = {
				"id: a",        "title: t",   "severity: low", "fact: workload",
				"assert: true", "message: m", "remedy: r"};
			buf_str(&text, "pack: t\nrules:\n  - ");
			for (size_t i = 0; i < ARRAY_LEN(must); i++) {
				struct sv rest = sv_of(must[i]), name = sv_cut(&rest, ':');
				if (!sv_is(name, fields[f]))
					buf_fmt(&text, "%s\n    ", must[i]);
			}
			buf_fmt(&text, "%s: %s\n", fields[f], values[v]);
			rules_init(&r);
			refused += rules_load_text(&r, SV("t.yaml"), buf_view(&text), &err) < 0;
		}
	}
	/* what fits: ten texts of one or two kinds, lists that are empty of sense, a few more */
	assert_true(refused > ARRAY_LEN(fields) * ARRAY_LEN(values) * 3 / 4);
}

static void test_many(void **state)
{
	auto_done(rules_done) struct rules r;
	auto_done(buf_done) struct buf text = {0};
	struct err err = {0};

	(void)state;
	buf_str(&text, "pack: many\nrules:\n");
	for (unsigned i = 0; i < 10000; i++)
		buf_fmt(&text,
			"- {id: r%u, title: t, severity: low, fact: workload, each: container, "
			"assert: container.name != 'x%u', message: '{container.name}', remedy: r}\n",
			i, i);
	rules_init(&r);
	if (rules_load_text(&r, SV("t.yaml"), buf_view(&text), &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
	assert_int_equal(r.all.n, 10000);
	assert_non_null(rules_find(&r, SV("r9999")));
}

/* Expressions made to explode end at a limit, in time. */
static void test_bombs(void **state)
{
	auto_done(buf_done) struct buf text = {0};

	(void)state;
	buf_str(&text, RULE("    assert: \""));
	for (unsigned i = 0; i < 5000; i++)
		buf_str(&text, "(");
	buf_str(&text, "\"\n");
	assert_refused(buf_cstr(&text), NULL, "assert of rule one");
	buf_clear(&text);
	buf_str(&text, RULE("    assert: \"true"));
	for (unsigned i = 0; i < 200000; i++)
		buf_str(&text, " && true");
	buf_str(&text, "\"\n");
	assert_refused(buf_cstr(&text), NULL, "assert of rule one");
	/* one long text, many aliases of it */
	buf_clear(&text);
	buf_str(&text, RULE("    assert: true\n    evidence:\n      - &e \"'"));
	buf_fill(&text, 'x', 90000);
	buf_str(&text, "'\"\n");
	for (unsigned i = 0; i < 400; i++)
		buf_str(&text, "      - *e\n");
	assert_refused(buf_cstr(&text), NULL, "limit rule_expressions");
}

static void test_size(void **state)
{
	auto_done(rules_done) struct rules r;
	auto_done(buf_done) struct buf text = {0};
	struct err err = {0};

	(void)state;
	buf_str(&text, "pack: t\n");
	buf_fill(&text, '\n', limit_pack_bytes);
	rules_init(&r);
	assert_int_equal(rules_load_text(&r, SV("t.yaml"), buf_view(&text), &err), -ERR_LIMIT);
}

/* The packs of rules/: as they are compiled in, and as YAML with samples. */
static void test_builtin(void **state)
{
	auto_done(rules_done) struct rules r, files;
	struct err err = {0};

	(void)state;
	rules_init(&r);
	rules_init(&files);
	if (rules_load_builtin(&r, &err) < 0 || rules_compile(&r, NULL, &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
	if (rules_load(&files, SV(GABION_SOURCE_ROOT "/rules"), &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
	assert_int_equal(r.all.n, files.all.n);
	assert_int_equal(r.benchmarks.n, files.benchmarks.n);
	for (size_t i = 0; i < r.all.n; i++) {
		const struct rule *a = r.all.p[i], *b = files.all.p[i];
		assert_true(sv_eq(a->text.id, b->text.id));
		assert_true(sv_eq(a->assertion_text, b->assertion_text));
		assert_int_equal(a->line, b->line);
		assert_true(sv_ends(b->file, a->file));
	}
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[512];

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static void test_folder(void **state)
{
	auto_done(rules_done) struct rules r;
	char dir[] = "/tmp/gabion-pack-XXXXXX", path[512];
	struct err err = {0};

	(void)state;
	assert_non_null(mkdtemp(dir));
	rules_init(&r);
	assert_true(rules_load(&r, sv_of(dir), &err) < 0);
	assert_non_null(strstr(err.msg, "no pack"));
	write_file(dir, "b.yml", "pack: b\n");
	write_file(dir, "a.yaml", "pack: a\n");
	write_file(dir, ".hidden.yaml", "nonsense: [\n");
	write_file(dir, "readme.txt", "nonsense: [\n");
	assert_int_equal(rules_load(&r, sv_of(dir), &err), 0);
	assert_int_equal(r.packs.n, 2);
	assert_sv(r.packs.p[0].name, "a");
	assert_true(rules_load(&r, SV("/nonexistent/pack.yaml"), &err) < 0);
	assert_int_equal(err.scope, SCOPE_CONFIG);
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = {"b.yml", "a.yaml", ".hidden.yaml",
						    "readme.txt"};
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(dir);
}

static void on_lint(void *arg, const struct rule *rule, const char *what)
{
	(void)rule;
	buf_fmt(arg, "%s\n", what);
}

static void test_lint(void **state)
{
	auto_done(rules_done) struct rules r;
	auto_done(buf_done) struct buf said = {0};
	struct err err;

	(void)state;
	rules_init(&r);
	assert_int_equal(load(&r,
			      RULE("    assert: 'true'\n    each: container\n    aliases: [a, A]\n"
				   "    params: {x: 1}\n"),
			      &err),
			 0);
	rule_lint(&r, rules_find(&r, SV("one")), on_lint, &said);
	static const char *const wanted[] = {"'why'",    "no 'good'", "no 'bad'", "alias stands",
					     "'params'", "no value",  "'each'",   "is a constant"};
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (!strstr(buf_cstr(&said), wanted[i]))
			fail_msg("not said: %s\n%s", wanted[i], buf_cstr(&said));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),  cmocka_unit_test(test_places),
		cmocka_unit_test(test_fields),    cmocka_unit_test(test_replace_and_tune),
		cmocka_unit_test(test_truncated), cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_many),      cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_size),      cmocka_unit_test(test_builtin),
		cmocka_unit_test(test_folder),    cmocka_unit_test(test_lint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
