/* What the matching worker says, against everything that one that was taken over could send. */
#include "unit/test.h"

#include "scan/finding-frames.h"

static struct arena arena;

static void init(struct report *r)
{
	report_init(r, &arena, "scan");
	for (size_t i = 0; i < 2; i++) {
		struct package *p = VEC_PUSH(&r->packages);
		(void)VEC_PUSH(&r->subjects);
		p->name = SV("x");
		p->subject = i;
		for (size_t k = 0; k < 300; k++)
			*VEC_PUSH(&p->locations) = (struct location){.path = SV("a"), .layer = k};
	}
}

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void write_finding(struct frame_writer *w, size_t package)
{
	struct sv alias = SV("GHSA-1");
	struct vulnerability v = {.package = package,
				  .has_cvss = true,
				  .cvss = {.score = 9.8},
				  .fix_state = FIX_FIXED,
				  .record_id = SV("DSA-1")};
	struct finding f = {
		.id = SV("CVE-1"), .severity = SEV_HIGH, .vuln = &v, .message = SV("m")};

	v.aliases.p = &alias;
	v.aliases.n = 1;
	finding_frame(w, &f);
}

static void write_all(struct frame_writer *w)
{
	struct rule_text t = {.id = SV("CVE-1"), .title = SV("t"), .severity = SEV_HIGH};
	struct count c = {SV("npm"), 3};
	struct filter filter = {SV("--fixable"), SV(""), 2};
	struct feed feed = {.ecosystem = SV("Debian"), .sha256 = SV("ab"), .records = 5};
	struct err err;

	write_finding(w, 1);
	finding_frame_rule(w, &t);
	(void)err_set(&err, ERR_PARSE, "odd version");
	finding_frame_error(w, WEIGHT_NOTE, &err);
	finding_frame_uncovered(w, &c);
	finding_frame_filter(w, &filter);
	finding_frame_feed(w, &feed);
	finding_frame_age(w, 12);
	finding_frame_end(w, 1, true);
}

static int decode(struct sv bytes, struct report *r, bool *complete)
{
	bool os_uncovered = false;
	struct err err;

	*complete = false;
	return findings_decode(bytes, r, 1, &os_uncovered, complete, &err);
}

static void test_round(void **state)
{
	(void)state;
	struct frame_writer w = {.fd = -1};
	struct report r;
	bool complete;

	init(&r);
	write_all(&w);
	assert_int_equal(decode(buf_view(&w.buf), &r, &complete), 0);
	assert_true(complete);
	assert_int_equal(r.findings.n, 1);
	const struct finding *f = &r.findings.p[0];
	assert_sv(f->id, "CVE-1");
	assert_int_equal(f->severity, SEV_HIGH);
	assert_int_equal(f->vuln->package, 1);
	assert_true(f->vuln->cvss.score > 9.79 && f->vuln->cvss.score < 9.81);
	assert_sv(f->vuln->aliases.p[0], "GHSA-1");
	assert_int_equal(f->evidence.n,
			 100); /* not every place of a package stands in each finding */
	assert_int_equal(r.rules.n, 1);
	assert_int_equal(r.errors.n, 1);
	assert_int_equal(r.summary.uncovered.p[0].n, 3);
	assert_int_equal(r.summary.hidden, 2);
	assert_int_equal(r.feeds.p[0].records, 5);
	assert_int_equal(r.db_age_days, 12);
	report_done(&r);
	buf_done(&w.buf);
}

/* Another subject's package is none of this worker's business. */
static void test_foreign_package(void **state)
{
	(void)state;
	const size_t others[] = {0, 2, SIZE_MAX};

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct frame_writer w = {.fd = -1};
		struct report r;
		bool complete;
		init(&r);
		write_finding(&w, others[i]);
		finding_frame_end(&w, 1, false);
		assert_true(decode(buf_view(&w.buf), &r, &complete) < 0);
		assert_false(complete);
		assert_int_equal(r.findings.n, 0);
		report_done(&r);
		buf_done(&w.buf);
	}
}

static void check(struct sv bytes, bool may_be_whole)
{
	struct report r;
	bool complete;
	char *copy = xmalloc(bytes.n);

	memcpy(copy, bytes.p, bytes.n);
	init(&r);
	(void)decode(sv_make(copy, bytes.n), &r, &complete);
	if (!may_be_whole)
		assert_false(complete);
	for (size_t i = 0; i < r.findings.n; i++) {
		assert_int_equal(r.findings.p[i].vuln->package, 1);
		assert_true(r.findings.p[i].id.n > 0);
		assert_true(r.findings.p[i].severity < SEVERITIES);
	}
	if (complete)
		assert_int_equal(r.findings.n, 1);
	report_done(&r);
	free(copy);
}

static void test_truncated(void **state)
{
	(void)state;
	struct frame_writer w = {.fd = -1};

	write_all(&w);
	for (size_t cut = 0; cut < w.buf.n; cut++)
		check(sv_make(w.buf.p, cut), false);
	buf_done(&w.buf);
}

static void test_bit_flips(void **state)
{
	(void)state;
	struct frame_writer w = {.fd = -1};

	write_all(&w);
	for (size_t bit = 0; bit < w.buf.n * 8; bit++) {
		w.buf.p[bit / 8] = (char)(w.buf.p[bit / 8] ^ 1 << bit % 8);
		check(buf_view(&w.buf), true);
		w.buf.p[bit / 8] = (char)(w.buf.p[bit / 8] ^ 1 << bit % 8);
	}
	buf_done(&w.buf);
}

/* Names that nobody has: each would be compared with all before. */
static void test_floods(void **state)
{
	(void)state;
	struct frame_writer w = {.fd = -1};
	struct report r;
	bool complete;
	char name[16];

	init(&r);
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof name, "t%d", i);
		finding_frame_uncovered(&w, &(struct count){sv_of(name), 1});
	}
	finding_frame_end(&w, 0, false);
	assert_int_equal(decode(buf_view(&w.buf), &r, &complete), 0);
	assert_true(r.summary.uncovered.n < 300);
	buf_clear(&w.buf);
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof name, "f%d", i);
		finding_frame_feed(&w, &(struct feed){.ecosystem = sv_of(name)});
	}
	assert_true(decode(buf_view(&w.buf), &r, &complete) < 0);
	report_done(&r);
	buf_done(&w.buf);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_round),     CASE(test_foreign_package), CASE(test_truncated),
		CASE(test_bit_flips), CASE(test_floods),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
