/* Waivers of every kind: what is read, what is refused and where, what is silenced. */
#include "unit/test.h"

#include "report/judge.h"
#include "report/waivers.h"

static void test_purl(void **state)
{
	static const struct {
		const char *waiver, *purl;
		bool covers;
	} cases[] = {
		{"pkg:npm/%40x/b", "pkg:npm/%40x/b@2", true},
		{"pkg:npm/@x/b", "pkg:npm/%40x/b@2", true},
		{"pkg:npm/@x/b@2", "pkg:npm/%40x/b@2", true},
		{"pkg:npm/@x/b@1", "pkg:npm/%40x/b@2", false},
		{"pkg:npm/b", "pkg:npm/%40x/b@2", false},
		{"pkg:deb/debian/a", "pkg:deb/debian/a@1%3A2?arch=amd64&distro=debian-12", true},
		{"pkg:deb/debian/a@1:2", "pkg:deb/debian/a@1%3A2?arch=amd64", true},
		{"pkg:deb/debian/a?arch=amd64", "pkg:deb/debian/a@1?arch=amd64&distro=x", true},
		{"pkg:deb/debian/a?arch=arm64", "pkg:deb/debian/a@1?arch=amd64&distro=x", false},
		{"pkg:deb/debian/a?distro=x&arch=amd64", "pkg:deb/debian/a@1?arch=amd64&distro=x",
		 true},
		{"pkg:deb/debian/a", "pkg:deb/debian/ab@1", false},
		{"pkg:deb/debian/a", "", false},
		{"pkg:golang/x.org/a#sub", "pkg:golang/x.org/a@v1", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (waiver_purl_covers(sv_of(cases[i].waiver), sv_of(cases[i].purl)) !=
		    cases[i].covers)
			fail_msg("%s and %s", cases[i].waiver, cases[i].purl);
}

struct world {
	struct arena arena;
	struct report r;
	struct waivers w;
};

static void add(struct world *w, const char *id, const char *alias, size_t package)
{
	struct finding *f = VEC_PUSH(&w->r.findings);

	*f = (struct finding){.id = sv_of(id), .vuln = ARENA_NEW(&w->arena, struct vulnerability)};
	f->vuln->package = package;
	if (alias)
		*VEC_PUSH(&f->vuln->aliases) = sv_of(alias);
}

static void world_init(struct world *w)
{
	static const char *const purls[] = {"pkg:deb/debian/zlib1g@1%3A1.2.13?arch=amd64",
					    "pkg:npm/left-pad@1.0.0"};
	static const char *const paths[] = {"var/lib/dpkg/status",
					    "app/node_modules/left-pad/package.json"};

	*w = (struct world){0};
	arena_init(&w->arena, 0);
	report_init(&w->r, &w->arena, "scan");
	w->w.arena = &w->arena;
	w->r.time = 1798761600; /* 2027-01-01 */
	*VEC_PUSH(&w->r.subjects) = (struct subject){
		.id = SV("s0"), .name = SV("ghcr.io/x/web:1.2"), .digest = SV("sha256:abc")};
	for (size_t i = 0; i < 2; i++) {
		struct package *p = VEC_PUSH(&w->r.packages);
		*p = (struct package){.type = i ? PKG_NPM : PKG_DEB, .purl = sv_of(purls[i])};
		*VEC_PUSH(&p->locations) = (struct location){.path = sv_of(paths[i])};
	}
	add(w, "CVE-1", "DSA-1", 0);
	add(w, "CVE-1", NULL, 1);
	add(w, "CVE-2", NULL, 1);
	add(w, "rule-x", NULL, INDEX_NONE);
	w->r.findings.p[3].vuln = NULL;
	w->r.findings.p[3].scope = SV("container/web");
	w->r.findings.p[3].kind = FINDING_MISCONFIGURATION;
	*VEC_PUSH(&w->r.rules) = (struct rule_text){.id = SV("rule-x")};
	*VEC_PUSH(&w->r.rules.p[0].aliases) = SV("KSV-0012");
	report_sort_rules(&w->r);
}

static void world_done(struct world *w)
{
	waivers_done(&w->w);
	report_done(&w->r);
	arena_done(&w->arena);
}

#define VEX(statements)                                                                   \
	"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"author\":\"a\",\"timestamp\":" \
	"\"2026-01-01T00:00:00Z\",\"statements\":[" statements "]}"
#define VEX_S(name, products, status)                                        \
	"{\"vulnerability\":{\"name\":\"" name "\"},\"products\":[" products \
	"],\"status\":\"" status "\"}"

static void test_match(void **state)
{
	static const struct {
		const char *name, *text;
		const char *silenced; /* a letter for each finding: x = waived, e = expired waiver,
					 . = not */
	} cases[] = {
		{"w.yaml", "waivers:\n - {id: CVE-1, reason: r}", "xx.."},
		{"w.yaml", "- {id: cve-1, reason: r}", "xx.."},
		{"w.yaml", "- {id: DSA-1, reason: r}", "x..."},
		{"w.yaml", "- {id: 'CVE-*', reason: r}", "xxx."},
		{"w.yaml", "- {id: CVE-1, purl: pkg:npm/left-pad, reason: r}", ".x.."},
		{"w.yaml", "- {id: CVE-1, purl: 'pkg:npm/left-pad@2', reason: r}", "...."},
		{"w.yaml", "- {id: CVE-1, path: node_modules, reason: r}", ".x.."},
		{"w.yaml", "- {id: CVE-1, subject: '*web*', reason: r}", "xx.."},
		{"w.yaml", "- {id: CVE-1, subject: 'other', reason: r}", "...."},
		{"w.yaml", "- {id: CVE-1, subject: 'sha256:abc', reason: r}", "xx.."},
		{"w.yaml", "- {id: rule-x, container: w*, reason: r}", "...x"},
		{"w.yaml", "- {id: rule-x, container: db, reason: r}", "...."},
		{"w.yaml", "- {id: CVE-1, expiry: 2026-12-31}", "ee.."},
		{"w.yaml", "- {id: CVE-1, expiry: 2027-01-01}", "xx.."},
		{"w.yaml",
		 "- {id: CVE-1, expiry: 2026-12-31}\n- {id: CVE-1, purl: pkg:npm/left-pad}",
		 "ex.."},
		{"w.yaml", "", "...."},
		{"w.yaml", "waivers:\n", "...."},
		{".trivyignore", "# c\n\nCVE-1\n  CVE-2 # why\n", "xxx."},
		{".trivyignore", "CVE-1 exp:2026-01-01\nCVE-2 exp:2027-06-01\n", "eex."},
		{".trivyignore", "KSV-0012\nDS-0001\nKSV-0112\nKSV-00012", "...x"},
		{".trivyignore", "AVD-KSV-0012", "...x"},
		{".trivyignore", "ksv012", "...x"},
		{".trivyignore", "KSV0012", "...x"},
		{".trivyignore", "AVD-KSV-00*", "...x"},
		{".trivyignore", "KSV12\nKSV-012\nAVD-DS-0012\nAVD-\nKSV", "...."},
		{".trivyignore.yaml",
		 "vulnerabilities:\n - id: CVE-1\n   paths: [app]\n   statement: s\n - id: CVE-2\n   expired_at: 2026-01-01",
		 ".xe."},
		{".trivyignore.yaml",
		 "vulnerabilities:\n - id: CVE-1\n   purls: ['pkg:deb/debian/zlib1g']", "x..."},
		{"vex.json",
		 VEX(VEX_S("CVE-1", "{\"@id\":\"pkg:npm/left-pad@1.0.0\"}", "not_affected")),
		 ".x.."},
		{"vex.json",
		 VEX(VEX_S("CVE-1",
			   "{\"@id\":\"x\",\"identifiers\":{\"purl\":\"pkg:npm/left-pad\"}}",
			   "fixed")),
		 ".x.."},
		{"vex.json", VEX(VEX_S("CVE-1", "{\"@id\":\"pkg:npm/left-pad\"}", "affected")),
		 "...."},
		{"vex.json",
		 VEX(VEX_S("CVE-1", "{\"@id\":\"pkg:npm/left-pad\"}", "not_affected") "," VEX_S(
			 "CVE-1", "{\"@id\":\"pkg:npm/left-pad\"}", "affected")),
		 "...."},
		{"vex.json",
		 VEX(VEX_S("CVE-1", "{\"@id\":\"pkg:npm/left-pad\"}", "affected") "," VEX_S(
			 "CVE-1", "{\"@id\":\"pkg:npm/left-pad\"}", "not_affected")),
		 ".x.."},
		{"vex.json", VEX(VEX_S("CVE-1", "{\"@id\":\"pkg:oci/web\"}", "not_affected")),
		 "xx.."},
		{"vex.json", VEX(VEX_S("CVE-1", "{\"@id\":\"pkg:oci/other\"}", "not_affected")),
		 "...."},
		{"vex.json",
		 VEX(VEX_S(
			 "CVE-1",
			 "{\"@id\":\"pkg:oci/web@sha256%3Aabc\",\"subcomponents\":[{\"@id\":\"pkg:npm/left-pad\"}]}",
			 "not_affected")),
		 ".x.."},
		{"vex.json",
		 VEX(VEX_S("CVE-1", "{\"@id\":\"pkg:oci/web@sha256%3Aabd\"}", "not_affected")),
		 "...."},
		{"vex.json", VEX(VEX_S("CVE-1", "", "not_affected")), "...."},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w;
		struct err err = {0};
		char got[5] = "....";
		world_init(&w);
		if (waivers_parse(&w.w, sv_of(cases[i].name), sv_of(cases[i].text), &err) != 0)
			fail_msg("case %zu: %s: %s", i, err.where, err.msg);
		for (size_t k = 0; k < 4; k++) {
			struct waiver *expired = NULL;
			if (waivers_find(&w.w, &w.r, &w.r.findings.p[k], w.r.time, &expired))
				got[k] = 'x';
			else if (expired)
				got[k] = 'e';
		}
		if (strcmp(got, cases[i].silenced) != 0)
			fail_msg("case %zu: %s instead of %s", i, got, cases[i].silenced);
		world_done(&w);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *name, *text, *where, *msg;
	} cases[] = {
		{"w.yaml", "waivers:\n - id: CVE-1\n   purls: x", "w.yaml:3:4",
		 "a waiver has no field 'purls'"},
		{"w.yaml", "waivers:\n - reason: r", "w.yaml:2:4", "a waiver without 'id'"},
		{"w.yaml", "waivers:\n - id: CVE-1\n   expiry: soon", "w.yaml:3:12",
		 "'soon' is no date"},
		{"w.yaml", "waivers:\n - id: [a]", "w.yaml:2:4", "'id' of a waiver is one text"},
		{"w.yaml", "waivers:\n - id: ''", "w.yaml:2:4", "'id' of a waiver is one text"},
		{"w.yaml", "waivers:\n - id: a\n   purl: zlib", "w.yaml:2:4", "'zlib' is no purl"},
		{"w.yaml", "wavers: []", "w.yaml:1:1", "'wavers' is not expected here"},
		{"w.yaml", "waivers: x", "w.yaml:1:10", "'waivers' is a list"},
		{"w.yaml", "- x", "w.yaml:1:3", "a waiver is a mapping with 'id' and 'reason'"},
		{".trivyignore", "CVE-1\nCVE-2 because\n", ".trivyignore:2",
		 "'because' is not expected behind an id"},
		{".trivyignore", "CVE-1 exp:never", ".trivyignore:1", "'never' is no date"},
		{"v.json", "{\"statements\":[]}", "v.json:1:1",
		 "not an OpenVEX document: '@context' or 'statements' is missing"},
		{"v.json", VEX(VEX_S("CVE-1", "", "fine")), NULL, "'fine' is no VEX status"},
		{"v.json", "{", NULL, NULL},
		{"t.yaml", "vulnerabilities:\n - paths: [a]", "t.yaml:2:4",
		 "an entry without 'id'"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w;
		struct err err = {0};
		world_init(&w);
		if (waivers_parse(&w.w, sv_of(cases[i].name), sv_of(cases[i].text), &err) >= 0)
			fail_msg("case %zu was read", i);
		if (cases[i].msg)
			assert_string_equal(err.msg, cases[i].msg);
		if (cases[i].where)
			assert_string_equal(err.where, cases[i].where);
		assert_int_equal(err_exit_code(&err), 2);
		world_done(&w);
	}
}

/* Through judge_apply: moved with their reason, the expired one reported as a note. */
static void test_report(void **state)
{
	struct world w;
	struct judge j;
	struct err err = {0};
	struct judge_options o = {.max_db_age = 30};

	(void)state;
	world_init(&w);
	assert_int_equal(judge_init(&j, &o, &err), 0);
	assert_int_equal(
		waivers_parse(
			&j.waivers, SV("w.yaml"),
			SV("- {id: CVE-2, reason: 'not used'}\n- {id: CVE-1, expiry: 2026-12-30}\n- {id: CVE-9, expiry: 2099-01-01}"),
			&err),
		0);
	judge_apply(&j, &w.r);
	assert_int_equal(w.r.waived.n, 1);
	assert_sv(w.r.waived.p[0].waiver_reason, "not used");
	assert_int_equal(w.r.summary.waived, 1);
	assert_int_equal(w.r.findings.n, 3);
	assert_int_equal(w.r.errors.n, 1);
	assert_sv(w.r.errors.p[0].code, "waiver-expired");
	assert_sv(w.r.errors.p[0].where, "w.yaml:2");
	assert_sv(w.r.errors.p[0].message,
		  "the waiver for CVE-1 expired on 2026-12-30 and its findings count again");
	assert_true(w.r.complete);
	judge_done(&j);
	world_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_purl),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
