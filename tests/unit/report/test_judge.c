/* Conditions, filters, waivers, exit codes. */
#include "unit/test.h"

#include "base/clock.h"
#include "base/glob.h"
#include "report/judge.h"

static void test_glob(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool match;
	} cases[] = {
		{"a/b", "a/b", true},
		{"a/b", "a/bc", false},
		{"a/*", "a/b", true},
		{"a/*", "a/b/c", true},
		{"a/*.jar", "a/b/c.jar", false},
		{"a/**/c", "a/c", true},
		{"a/**/c", "a/x/y/c", true},
		{"a/**/c", "a/xc", false},
		{"**/c", "c", true},
		{"**", "a/b", true},
		{"*.jar", "x/y/z.jar", true},
		{"*.jar", "x/z.jars", false},
		{"node_modules", "a/node_modules/b", true},
		{"/usr/lib/", "usr/lib/x", true},
		{"usr/l?b", "/usr/lib", true},
		{"usr/l?b", "usr/l/b", false},
		{"", "a", false},
		{"a*b*c", "aXbYc", true},
		{"a*b*c", "aXbYd", false},
		{"a/**/b/*/c", "a/b/b/x/c", true},
		{"a/**x/c", "a/b/yx/c", true},
		{"**/a*b", "x/ab/aab/c", true},
		{"x/**", "x", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (glob_match_path(sv_of(cases[i].pattern), sv_of(cases[i].path)) !=
		    cases[i].match)
			fail_msg("%s on %s", cases[i].pattern, cases[i].path);
	assert_true(glob_match_name(SV("CVE-2024-*"), SV("cve-2024-17")));
	assert_true(glob_match_name(SV("*"), SV("a/b")));
	assert_false(glob_match_name(SV("a?"), SV("a")));
}

static struct finding finding(enum severity s, enum finding_kind k, enum tri base,
			      struct vulnerability *v)
{
	return (struct finding){
		.id = SV("CVE-1"), .kind = k, .severity = s, .from_base = base, .vuln = v};
}

static void test_fail_on(void **state)
{
	static const struct {
		const char *list, *unknown_as;
		enum severity severity;
		enum tri base;
		bool fix, kev, malicious, match;
	} cases[] = {
		{"high", "", SEV_HIGH, 0, 0, 0, 0, true},
		{"high", "", SEV_CRITICAL, 0, 0, 0, 0, true},
		{"high", "", SEV_MEDIUM, 0, 0, 0, 0, false},
		{"IMPORTANT", "", SEV_HIGH, 0, 0, 0, 0, true},
		{"high", "", SEV_UNKNOWN, 0, 0, 0, 0, false},
		{"high", "high", SEV_UNKNOWN, 0, 0, 0, 0, true},
		{"high", "medium", SEV_UNKNOWN, 0, 0, 0, 0, false},
		{"none", "", SEV_CRITICAL, 0, 0, 1, 0, false},
		{"critical,kev", "", SEV_LOW, 0, 0, 1, 0, true},
		{"high+fixable", "", SEV_HIGH, 0, 0, 0, 0, false},
		{"high+fixable", "", SEV_HIGH, 0, 1, 0, 0, true},
		{"high + added", "", SEV_HIGH, TRI_FALSE, 0, 0, 0, true},
		{"high+added", "", SEV_HIGH, TRI_UNKNOWN, 0, 0, 0, true},
		{"high+added", "", SEV_HIGH, TRI_TRUE, 0, 0, 0, false},
		{"base", "", SEV_UNKNOWN, TRI_TRUE, 0, 0, 0, true},
		{"malicious", "", SEV_UNKNOWN, 0, 0, 0, 1, true},
		{"vulnerability+low", "", SEV_LOW, 0, 0, 0, 0, true},
		{"secret", "", SEV_CRITICAL, 0, 0, 0, 0, false},
		{"negligible", "", SEV_NEGLIGIBLE, 0, 0, 0, 0, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct vulnerability v = {.has_kev = cases[i].kev,
					  .malicious = cases[i].malicious,
					  .fix_state = cases[i].fix ? FIX_FIXED : FIX_NONE};
		struct finding f =
			finding(cases[i].severity, FINDING_VULNERABILITY, cases[i].base, &v);
		struct sv rest = sv_of(cases[i].list);
		struct sv_vec list = {0};
		struct fail_on on;
		struct err err = {0};
		while (rest.n)
			*VEC_PUSH(&list) = sv_cut(&rest, ',');
		assert_int_equal(fail_on_parse(&list, sv_of(cases[i].unknown_as), &on, &err), 0);
		if (fail_on_match(&on, &f) != cases[i].match)
			fail_msg("%s, case %zu", cases[i].list, i);
		f.state = STATE_PASS;
		assert_false(fail_on_match(&on, &f));
		vec_done(&list);
	}
}

static void test_fail_on_wrong(void **state)
{
	static const struct {
		const char *text, *msg, *hint;
	} cases[] = {
		{"hihg", "--fail-on: 'hihg' is no severity and no condition",
		 "did you mean 'high'?"},
		{"fixible", "--fail-on: 'fixible' is no severity and no condition",
		 "did you mean 'fixable'?"},
		{"high+", "--fail-on: 'high+' lacks a word", ""},
		{"+high", "--fail-on: '+high' lacks a word", ""},
		{"", "--fail-on: '' lacks a word", ""},
		{"high+low", "--fail-on: two severities in one condition; ',' means or", ""},
		{"none+high", "--fail-on: 'none' stands alone", ""},
		{"unknown", "--fail-on: findings without severity have no level",
		 "--unknown-as LEVEL says as what they count"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fail_term t;
		struct err err = {0};
		assert_true(fail_term_parse(sv_of(cases[i].text), &t, &err) < 0);
		assert_string_equal(err.msg, cases[i].msg);
		assert_string_equal(err.hint, cases[i].hint);
		assert_int_equal(err_exit_code(&err), 2);
	}
}

/* A report with one image, packages a (deb) and b (npm), and findings: 0 high fixable from base in
 * a, 1 low added in b, 2 unknown severity in b. */
struct world {
	struct arena arena;
	struct report r;
	struct judge_options options;
};

static struct finding *add_finding(struct world *w, const char *id, enum severity s, size_t package,
				   enum tri base)
{
	struct finding *f = VEC_PUSH(&w->r.findings);

	*f = finding(s, FINDING_VULNERABILITY, base, ARENA_NEW(&w->arena, struct vulnerability));
	f->id = sv_of(id);
	f->vuln->package = package;
	f->layer = INDEX_NONE;
	return f;
}

static void add_package(struct world *w, enum pkg_type type, const char *name, const char *purl,
			const char *path)
{
	struct package *p = VEC_PUSH(&w->r.packages);

	*p = (struct package){
		.type = type, .name = sv_of(name), .purl = sv_of(purl), .layer = INDEX_NONE};
	*VEC_PUSH(&p->locations) = (struct location){.path = sv_of(path), .layer = INDEX_NONE};
}

static void world_init(struct world *w)
{
	*w = (struct world){.options = {.max_db_age = 30, .needs_database = true}};
	arena_init(&w->arena, 0);
	report_init(&w->r, &w->arena, "scan");
	w->r.time = 1800000000; /* 2027-01-15 */
	w->r.db_age_days = 1;
	*VEC_PUSH(&w->r.subjects) = (struct subject){.id = SV("s0"),
						     .kind = SV("image"),
						     .name = SV("ghcr.io/x/web:1.2"),
						     .digest = SV("sha256:abc")};
	add_package(w, PKG_DEB, "a", "pkg:deb/debian/a@1?arch=amd64&distro=debian-12",
		    "var/lib/dpkg/status");
	add_package(w, PKG_NPM, "@x/b", "pkg:npm/%40x/b@2", "app/node_modules/@x/b/package.json");
	add_finding(w, "CVE-2026-1", SEV_LOW, 1, TRI_FALSE);
	struct finding *f = add_finding(w, "CVE-2026-2", SEV_HIGH, 0, TRI_TRUE);
	f->vuln->fix_state = FIX_FIXED;
	f->vuln->record_id = SV("DSA-1-1");
	add_finding(w, "GHSA-aaaa-bbbb-cccc", SEV_UNKNOWN, 1, TRI_UNKNOWN);
	f = &w->r.findings.p[2];
	*VEC_PUSH(&f->vuln->aliases) = SV("PYSEC-9");
}

static void world_done(struct world *w)
{
	struct sv_vec *lists[] = {&w->options.fail_on, &w->options.severity, &w->options.only,
				  &w->options.skip,    &w->options.exclude,  &w->options.container,
				  &w->options.waivers};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		vec_done(lists[i]);
	report_done(&w->r);
	arena_done(&w->arena);
}

static void test_filters(void **state)
{
	static const struct {
		size_t list; /* offset in judge_options */
		const char *value;
		const char *kept; /* ids in order */
		const char *option;
	} cases[] = {
		{offsetof(struct judge_options, severity), "high", "CVE-2026-2 ", "severity"},
		{offsetof(struct judge_options, severity), "low+", "CVE-2026-2 CVE-2026-1 ",
		 "severity"},
		{offsetof(struct judge_options, severity), "unknown", "GHSA-aaaa-bbbb-cccc ",
		 "severity"},
		{offsetof(struct judge_options, only), "npm", "CVE-2026-1 GHSA-aaaa-bbbb-cccc ",
		 "only"},
		{offsetof(struct judge_options, only), "dsa-1-1", "CVE-2026-2 ", "only"},
		{offsetof(struct judge_options, skip), "PYSEC-9", "CVE-2026-2 CVE-2026-1 ", "skip"},
		{offsetof(struct judge_options, skip), "CVE-*", "GHSA-aaaa-bbbb-cccc ", "skip"},
		{offsetof(struct judge_options, exclude), "node_modules", "CVE-2026-2 ", "exclude"},
		{offsetof(struct judge_options, container), "web", "", "container"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w;
		struct judge j;
		struct err err = {0};
		auto_done(buf_done) struct buf kept = {0};
		world_init(&w);
		*VEC_PUSH((struct sv_vec *)(void *)((char *)&w.options + cases[i].list)) =
			sv_of(cases[i].value);
		assert_int_equal(judge_init(&j, &w.options, &err), 0);
		judge_apply(&j, &w.r);
		for (size_t k = 0; k < w.r.findings.n; k++)
			buf_fmt(&kept, "%.*s ", SV_ARG(w.r.findings.p[k].id));
		assert_string_equal(buf_cstr(&kept), cases[i].kept);
		assert_int_equal(w.r.filters.n, 1);
		assert_sv(w.r.filters.p[0].option, cases[i].option);
		assert_sv(w.r.filters.p[0].value, cases[i].value);
		assert_int_equal(w.r.filters.p[0].hidden, 3 - w.r.findings.n);
		assert_int_equal(w.r.summary.hidden, 3 - w.r.findings.n);
		judge_done(&j);
		world_done(&w);
	}
}

/* A finding repeats only the first places of its package: the others count all the same. */
static void test_exclude_many_places(void **state)
{
	(void)state;
	for (int other = 0; other < 2; other++) {
		struct world w;
		struct judge j;
		struct err err = {0};
		world_init(&w);
		struct finding *f = &w.r.findings.p[0];
		struct package *p = &w.r.packages.p[f->vuln->package];
		*VEC_PUSH(&f->evidence) = (struct evidence){.path = p->locations.p[0].path};
		if (other)
			*VEC_PUSH(&p->locations) =
				(struct location){.path = SV("srv/b"), .layer = INDEX_NONE};
		*VEC_PUSH(&w.options.exclude) = SV("node_modules");
		assert_int_equal(judge_init(&j, &w.options, &err), 0);
		judge_apply(&j, &w.r);
		assert_int_equal(w.r.findings.n, other ? 3 : 1);
		judge_done(&j);
		world_done(&w);
	}
}

static void test_summary(void **state)
{
	struct world w;
	struct judge j;
	struct err err = {0};

	(void)state;
	world_init(&w);
	assert_int_equal(judge_init(&j, &w.options, &err), 0);
	judge_apply(&j, &w.r);
	const struct summary *s = &w.r.summary;
	assert_int_equal(s->findings, 3);
	assert_int_equal(s->by_severity[SEV_HIGH], 1);
	assert_int_equal(s->by_kind[FINDING_VULNERABILITY], 3);
	assert_int_equal(s->from_base, 1);
	assert_int_equal(s->added, 1);
	assert_int_equal(s->fixable, 1);
	assert_int_equal(s->without_severity, 1);
	assert_int_equal(s->packages, 2);
	judge_done(&j);
	world_done(&w);
}

static void test_bad_ids(void **state)
{
	static const struct {
		const char *value, *msg, *hint;
	} cases[] = {
		{"vulnerabilty", "--only: 'vulnerabilty' is no id and no family",
		 "did you mean 'vulnerability'?"},
		{"quux", "--only: 'quux' is no id and no family", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w;
		struct judge j;
		struct err err = {0};
		world_init(&w);
		*VEC_PUSH(&w.options.only) = sv_of(cases[i].value);
		assert_true(judge_init(&j, &w.options, &err) < 0);
		assert_string_equal(err.msg, cases[i].msg);
		assert_string_equal(err.hint, cases[i].hint);
		judge_done(&j);
		world_done(&w);
	}
}

enum trouble {
	FATAL_CONTENT = 1,
	FATAL_TARGET = 2,
	FATAL_DATABASE = 4,
	NOTE = 8,
	OLD = 16,
	NO_DATABASE = 32,
	UNCOVERED = 64,
	EMPTY = 128,
	BUNDLED = 256,
	INCOMPLETE = 512,
	UNCOVERED_NPM = 1024,
	NO_SYSTEM = 2048,
};

static void make_trouble(struct world *w, unsigned t)
{
	static const struct {
		unsigned bit;
		enum err_scope scope;
		enum error_weight weight;
	} errors[] = {
		{FATAL_CONTENT, SCOPE_CONTENT, WEIGHT_FATAL},
		{FATAL_TARGET, SCOPE_TARGET, WEIGHT_FATAL},
		{FATAL_DATABASE, SCOPE_DATABASE, WEIGHT_FATAL},
		{NOTE, SCOPE_CONTENT, WEIGHT_NOTE},
	};

	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		struct err err = {0};
		if (!(t & errors[i].bit))
			continue;
		(void)err_set(&err, ERR_IO, "x");
		(void)err_scope(&err, errors[i].scope);
		report_error_add(&w->r, errors[i].weight, INDEX_NONE, &err);
	}
	if (t & EMPTY) {
		vec_done(&w->r.findings.p[2].vuln->aliases);
		w->r.packages.n = w->r.findings.n = 0;
	}
	if (t & INCOMPLETE)
		w->r.complete = false;
	if (t & OLD)
		w->r.db_age_days = 31;
	if (t & (OLD | BUNDLED))
		*VEC_PUSH(&w->r.feeds) =
			(struct feed){.ecosystem = SV("Debian"), .bundled = t & BUNDLED};
	if (t & NO_DATABASE)
		w->r.db_age_days = -1;
	for (size_t i = 0; i < w->r.subjects.n; i++)
		w->r.subjects.p[i].has_os = !(t & NO_SYSTEM);
	if (t & UNCOVERED)
		COUNT_ADD(&w->r.summary.uncovered, &w->arena, SV("deb"), 3);
	if (t & UNCOVERED_NPM)
		COUNT_ADD(&w->r.summary.uncovered, &w->arena, SV("npm"), 3);
}

static void test_exit(void **state)
{
	static const struct {
		unsigned trouble;
		bool threshold, strict, allow;
		int code;
	} cases[] = {
		{0, 0, 0, 0, 0},
		{0, 1, 0, 0, 1},
		{FATAL_CONTENT, 0, 0, 0, 3},
		{FATAL_CONTENT, 1, 0, 0, 1},
		{INCOMPLETE, 0, 0, 0, 3},
		{FATAL_TARGET, 1, 0, 0, 2},
		{FATAL_TARGET | FATAL_CONTENT, 0, 0, 0, 2},
		{FATAL_DATABASE, 0, 0, 0, 4},
		{FATAL_DATABASE | FATAL_CONTENT, 0, 0, 0, 3},
		{FATAL_DATABASE, 1, 0, 0, 1},
		{NOTE, 0, 0, 0, 0},
		{NOTE, 0, 1, 0, 3},
		{OLD, 0, 0, 0, 4},
		{OLD | BUNDLED, 0, 0, 0, 0},
		{NO_DATABASE, 0, 0, 0, 4},
		{NO_DATABASE, 1, 0, 0, 1},
		{UNCOVERED, 0, 0, 0, 4},
		{UNCOVERED, 0, 0, 1, 0},
		{UNCOVERED_NPM, 0, 0, 0, 0},
		{UNCOVERED | NO_SYSTEM, 0, 0, 0, 5},
		{UNCOVERED | NO_SYSTEM, 0, 0, 1, 0},
		{UNCOVERED | NO_SYSTEM, 1, 0, 0, 1},
		{EMPTY, 0, 0, 0, 5},
		{EMPTY | NO_DATABASE, 0, 0, 0, 5},
		{EMPTY | FATAL_CONTENT, 0, 0, 0, 3},
		{EMPTY | FATAL_TARGET, 0, 0, 0, 2},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w;
		struct judge j;
		struct err err = {0};
		world_init(&w);
		w.options.strict = cases[i].strict;
		w.options.allow_uncovered = cases[i].allow;
		if (cases[i].threshold)
			*VEC_PUSH(&w.options.fail_on) = SV("high");
		assert_int_equal(judge_init(&j, &w.options, &err), 0);
		size_t packages = w.r.packages.n;
		make_trouble(&w, cases[i].trouble);
		judge_apply(&j, &w.r);
		if (judge_exit(&j, &w.r) != cases[i].code)
			fail_msg("case %zu: %d", i, judge_exit(&j, &w.r));
		w.r.packages.n = packages;
		judge_done(&j);
		world_done(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_glob),          cmocka_unit_test(test_fail_on),
		cmocka_unit_test(test_fail_on_wrong), cmocka_unit_test(test_filters),
		cmocka_unit_test(test_summary),       cmocka_unit_test(test_bad_ids),
		cmocka_unit_test(test_exit),          cmocka_unit_test(test_exclude_many_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
