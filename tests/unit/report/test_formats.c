/*
 * Every format against its golden output for the sample report, and what holds for all of them: no
 * control character, valid UTF-8, equal bytes for equal reports, a full disk is an error.
 * GABION_UPDATE_GOLDEN=1 writes the golden files anew: read the difference before committing it.
 */
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "report/format.h"
#include "report/judge.h"
#include "unit/report/sample.h"

struct sample {
	struct arena arena;
	struct report r;
	struct judge judge;
};

static struct judge_options no_options = {.max_db_age = 30};

static void sample_init(struct sample *s)
{
	struct err err = {0};

	arena_init(&s->arena, 0);
	sample_fill(&s->r, &s->arena);
	assert_int_equal(judge_init(&s->judge, &no_options, &err), 0);
	judge_apply(&s->judge, &s->r);
}

static void sample_done(struct sample *s)
{
	judge_done(&s->judge);
	report_done(&s->r);
	arena_done(&s->arena);
}

static void write_with(const struct format_row *f, const struct report *r,
		       const struct report_style *style, struct buf *out)
{
	struct err err = {0};
	char *bytes = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&bytes, &n);

	assert_non_null(to);
	if (f->write(r, to, style, &err) != 0)
		fail_msg("%s: %s", f->name, err.msg);
	assert_int_equal(fclose(to), 0);
	buf_add(out, bytes, n);
	free(bytes);
}

static void golden_path(struct buf *path, const char *name)
{
	buf_fmt(path, "%s/tests/golden/report/%s", GABION_SOURCE_ROOT, name);
}

static void compare_golden(const char *name, struct sv got)
{
	auto_done(buf_done) struct buf path = {0}, want = {0};

	golden_path(&path, name);
	if (getenv("GABION_UPDATE_GOLDEN")) {
		FILE *f = fopen(buf_cstr(&path), "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(got.p, 1, got.n, f), got.n);
		assert_int_equal(fclose(f), 0);
		return;
	}
	FILE *f = fopen(buf_cstr(&path), "rb");
	if (!f)
		fail_msg("no golden file %s", buf_cstr(&path));
	for (size_t n; (n = fread(buf_reserve(&want, 65536), 1, 65536, f)) > 0;)
		want.n += n;
	assert_int_equal(fclose(f), 0);
	if (!sv_eq(buf_view(&want), got)) {
		size_t at = 0, line = 1;
		while (at < want.n && at < got.n && want.p[at] == got.p[at])
			line += want.p[at++] == '\n';
		fail_msg("%s differs in line %zu", name, line);
	}
}

static void test_golden(void **state)
{
	static const struct report_style style = {.color = false, .width = 80};
	struct sample s;

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < formats_n; i++) {
		auto_done(buf_done) struct buf out = {0}, name = {0};
		write_with(&formats[i], &s.r, &style, &out);
		buf_fmt(&name, "sample%s", formats[i].suffix);
		compare_golden(buf_cstr(&name), buf_view(&out));
	}
	sample_done(&s);
}

static void test_golden_color(void **state)
{
	static const struct report_style style = {.color = true, .width = 120};
	auto_done(buf_done) struct buf out = {0};
	struct sample s;

	(void)state;
	sample_init(&s);
	write_with(format_find(SV("table")), &s.r, &style, &out);
	compare_golden("sample-color-120.txt", buf_view(&out));
	sample_done(&s);
}

static void test_golden_sbom(void **state)
{
	static const struct report_style style = {.color = false, .width = 80};
	static const char *const names[] = {"table", "json", "cyclonedx", "spdx"};
	struct sample s;

	(void)state;
	sample_init(&s);
	s.r.command = SV("sbom");
	size_t n = s.r.findings.n;
	s.r.findings.n = 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		auto_done(buf_done) struct buf out = {0}, name = {0};
		const struct format_row *f = format_find(sv_of(names[i]));
		if (!f)
			continue;
		write_with(f, &s.r, &style, &out);
		buf_fmt(&name, "sbom%s", f->suffix);
		compare_golden(buf_cstr(&name), buf_view(&out));
	}
	s.r.findings.n = n;
	sample_done(&s);
}

static void check_clean(const char *name, struct sv v, size_t columns)
{
	struct sv line, rest = v;

	assert_int_equal(utf8_valid(v), v.n);
	while (sv_line(&rest, &line)) {
		for (struct sv at = line; at.n;) {
			uint32_t cp;
			size_t n = utf8_decode(at, &cp);
			if (text_is_control(cp))
				fail_msg("%s: U+%04X in '%.*s'", name, cp, SV_ARG(line));
			at = sv_from(at, n);
		}
		if (columns && text_width(line) > columns)
			fail_msg("%s: wider than %zu: %.*s", name, columns, SV_ARG(line));
		bool command = sv_starts(sv_trim(line), SV("::"));
		if (command != sv_is(sv_of(name), "github"))
			fail_msg("%s: a command, or none: %.*s", name, SV_ARG(line));
	}
}

static void test_clean(void **state)
{
	static const unsigned widths[] = {40, 80, 133};
	struct sample s;

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < formats_n; i++) {
		for (size_t w = 0; w < ARRAY_LEN(widths); w++) {
			struct report_style style = {.width = widths[w]};
			auto_done(buf_done) struct buf out = {0}, again = {0};
			write_with(&formats[i], &s.r, &style, &out);
			write_with(&formats[i], &s.r, &style, &again);
			assert_true(sv_eq(buf_view(&out), buf_view(&again)));
			check_clean(formats[i].name, buf_view(&out),
				    strcmp(formats[i].name, "table") == 0 ? widths[w] : 0);
		}
	}
	sample_done(&s);
}

/* A report of nothing: no subject, no package. */
static void test_empty(void **state)
{
	static const struct report_style style = {.width = 80};
	struct arena a;
	struct report r;

	(void)state;
	arena_init(&a, 0);
	report_init(&r, &a, "scan");
	for (size_t i = 0; i < formats_n; i++) {
		auto_done(buf_done) struct buf out = {0};
		write_with(&formats[i], &r, &style, &out);
		if (strcmp(formats[i].name, "github") != 0)
			assert_true(out.n > 0);
		if (strcmp(formats[i].name, "table") == 0)
			assert_true(sv_find(buf_view(&out), SV("Nothing was judged")) != SIZE_MAX);
	}
	report_done(&r);
	arena_done(&a);
}

static void test_full_disk(void **state)
{
	static const struct report_style style = {.width = 80};
	struct sample s;

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < formats_n; i++) {
		struct outputs o = {0};
		struct err err = {0};
		*VEC_PUSH(&o) = (struct output){.format = &formats[i], .file = SV("/dev/full")};
		assert_true(outputs_write(&o, &s.r, &style, &err) < 0);
		assert_int_equal(err.scope, SCOPE_OUTPUT);
		assert_int_equal(err_exit_code(&err), 3);
		outputs_done(&o);
	}
	sample_done(&s);
}

static void test_parse(void **state)
{
	static const struct {
		const char *value, *msg, *hint; /* msg NULL: good */
	} cases[] = {
		{"json", NULL, NULL},
		{"JSON=-", NULL, NULL},
		{"json=a=b.json", NULL, NULL},
		{"report.json", "-o report.json: a file needs its format", "-o json=report.json"},
		{"out/x.unknown", "-o out/x.unknown: a file needs its format",
		 "-o FORMAT=out/x.unknown"},
		{"jsn", "there is no output format 'jsn'", "did you mean 'json'?"},
		{"json=", "-o json=: the file has no name", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sv value = sv_of(cases[i].value);
		struct sv_vec values = {.p = &value, .n = 1};
		struct outputs o = {0};
		struct err err = {0};
		int rc = outputs_parse(&values, "table", &o, &err);
		assert_int_equal(rc < 0, cases[i].msg != NULL);
		if (cases[i].msg) {
			assert_string_equal(err.msg, cases[i].msg);
			assert_string_equal(err.hint, cases[i].hint);
			assert_int_equal(err_exit_code(&err), 2);
		} else {
			assert_string_equal(o.p[0].format->name, "json");
		}
		outputs_done(&o);
	}
	struct sv two[] = {SV("table"), SV("json")};
	struct outputs o = {0};
	struct err err = {0};
	assert_true(outputs_parse(&(struct sv_vec){two, 2, 2}, "table", &o, &err) < 0);
	assert_string_equal(err.msg, "two formats for standard output: table and json");
	outputs_done(&o);
}

static void test_file(void **state)
{
	static const struct report_style style = {.width = 80};
	char dir[] = "/tmp/gabion-test-XXXXXX";
	auto_done(buf_done) struct buf path = {0};
	struct sample s;
	struct outputs o = {0};
	struct err err = {0};

	(void)state;
	sample_init(&s);
	assert_non_null(mkdtemp(dir));
	buf_fmt(&path, "%s/r.json", dir);
	*VEC_PUSH(&o) = (struct output){.format = format_find(SV("json")), .file = buf_view(&path)};
	assert_int_equal(outputs_write(&o, &s.r, &style, &err), 0);
	assert_int_equal(access(buf_cstr(&path), R_OK), 0);
	assert_int_equal(unlink(buf_cstr(&path)), 0);
	assert_int_equal(rmdir(dir), 0); /* nothing else was left there */
	assert_true(outputs_write(&o, &s.r, &style, &err) < 0);
	assert_int_equal(err.scope, SCOPE_OUTPUT);
	outputs_done(&o);
	sample_done(&s);
}

static void test_uuid(void **state)
{
	char a[37], b[37];

	(void)state;
	uuid_of(SV("x"), a);
	uuid_of(SV("x"), b);
	assert_string_equal(a, b);
	assert_int_equal(a[14], '5');
	assert_non_null(strchr("89ab", a[19]));
	uuid_of(SV("y"), b);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),      cmocka_unit_test(test_golden_color),
		cmocka_unit_test(test_golden_sbom), cmocka_unit_test(test_clean),
		cmocka_unit_test(test_empty),       cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_parse),       cmocka_unit_test(test_file),
		cmocka_unit_test(test_uuid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
