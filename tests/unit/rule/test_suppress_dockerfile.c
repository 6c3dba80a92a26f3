#include "unit/test.h"

#include "fact/dockerfile/parse.h"
#include "rule/suppress.h"

static const char pack[] =
	"pack: t\nrules:\n"
	"  - {id: pinned-packages, title: t, severity: low, remedy: r, fact: workload, assert: 'true', "
	"message: m, aliases: [DL3008, DS-0029, CKV_DOCKER_9]}\n";

/* The place is the first @ of the text, which is taken out. */
static const struct {
	const char *text;
	const char *reason; /* NULL: not suppressed */
} cases[] = {
	{"FROM a\n@RUN x\n", NULL},
	{"FROM a\n# hadolint ignore=DL3008\n@RUN x\n", ""},
	{"FROM a\n# hadolint ignore=DL3008\nRUN x \\\n @y\n", ""},
	{"FROM a\n#hadolint ignore = SC2046,DL3008\n@RUN x\n", ""},
	{"FROM a\n# hadolint ignore=SC2046, DL3008 because\n@RUN x\n", "because"},
	{"FROM a\n# hadolint ignore=DL3009\n@RUN x\n", NULL},
	{"FROM a\n# hadolint ignore=DL3008\nRUN x\n@RUN y\n", NULL},
	{"FROM a\n# hadolint ignore=DL3008\n# other\n@RUN x\n", ""},
	{"FROM a\n# hadolint ignore=DL3008\n\n@RUN x\n", NULL},
	{"FROM a\nRUN x # hadolint ignore=DL3008\n@RUN x\n", NULL},
	{"FROM a\nRUN x \\\n# hadolint ignore=DL3008\n @y\n", ""},
	{"FROM a\nRUN x \\\n# hadolint ignore=DL3008\n y \\\n @z\n", NULL},
	{"# hadolint global ignore=DL3003,DL3008\nFROM a\nRUN x\n@RUN y\n", ""},
	{"FROM a\n@RUN x\n# hadolint global ignore=DL3008\n", ""},
	{"FROM a\nRUN <<E\n# hadolint global ignore=DL3008\nE\n@RUN x\n", NULL},
	{"FROM a\nCOPY <<E /x\n# gabion:ignore DL3008\nE\n@RUN x\n", NULL},
	{"FROM a\n# gabion:ignore pinned-packages by a mirror\n@RUN x\n", "by a mirror"},
	{"FROM a\n# gabion:ignore other\n@RUN x\n", NULL},
	{"FROM a\n#trivy:ignore:DS-0029\n@RUN x\n", ""},
	{"FROM a\n# trivy:ignore:DS-0001\n@RUN x\n", NULL},
	{"# checkov:skip=CKV_DOCKER_9: a test image\nFROM a\n@RUN x\n", "a test image"},
	{"# checkov:skip=CKV_DOCKER_2:no\nFROM a\n@RUN x\n", NULL},
	{"FROM a\nRUN echo '# checkov:skip=CKV_DOCKER_9'\n@RUN x\n", NULL},
	{"@# hadolint ignore=DL3008\nFROM a\n", NULL},
};

static void test_dockerfile(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	struct rules rules;
	struct err err;

	(void)state;
	rules_init(&rules);
	assert_int_equal(rules_load_text(&rules, SV("t.yaml"), sv_of(pack), &err), 0);
	struct verdict v = {.rule = rules.all.p[0]};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(buf_done) struct buf text = {0};
		struct sv rest = sv_of(cases[i].text), reason = {0};
		buf_sv(&text, sv_cut(&rest, '@'));
		uint32_t at = (uint32_t)text.n;
		buf_sv(&text, rest);
		struct df_file f = {.a = &a, .bytes = buf_view(&text)};
		df_parse(&f);
		bool found = suppressed(&v, NULL, NULL, NULL, f.bytes, df_tree(&f, 0), at, &reason);
		if (found != (cases[i].reason != NULL))
			fail_msg("%s: %s", found ? "suppressed" : "not suppressed", cases[i].text);
		if (found)
			assert_sv(reason, cases[i].reason);
		df_done(&f);
	}
	rules_done(&rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_dockerfile)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
