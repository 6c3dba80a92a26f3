/* Frames of a worker that was taken over: nothing but an error, whatever they say. */
#include "unit/test.h"

#include "audit/collect.h"

struct fixture {
	struct arena arena;
	struct report r;
	struct rules rules;
	struct audit_plan plan;
	struct audit_targets t;
	struct collector c;
	struct speaker s;
	struct frame_writer w;
};

static void setup(struct fixture *f)
{
	struct err err;

	*f = (struct fixture){.w = {.fd = -1}, .s = {.file = INDEX_NONE}};
	arena_init(&f->arena, 0);
	report_init(&f->r, &f->arena, "audit");
	rules_init(&f->rules);
	assert_int_equal(rules_load_builtin(&f->rules, &err), 0);
	f->plan = (struct audit_plan){.rules = &f->rules};
	*VEC_PUSH(&f->t.items) = (struct audit_item){.path = SV("a.yaml")};
	*VEC_PUSH(&f->t.items) = (struct audit_item){.path = SV("b.yaml")};
	collector_init(&f->c, &f->r, &f->plan, &f->t);
}

static void teardown(struct fixture *f)
{
	collector_done(&f->c);
	speaker_done(&f->s);
	buf_done(&f->w.buf);
	targets_done(&f->t);
	rules_done(&f->rules);
	report_done(&f->r);
	arena_done(&f->arena);
}

static void put_file(struct fixture *f, uint64_t number)
{
	frame_begin(&f->w, AUDIT_FILE);
	frame_u64(&f->w, number);
	frame_end(&f->w);
}

static void put_finding(struct fixture *f, uint64_t rule, uint64_t state, uint64_t places)
{
	frame_begin(&f->w, AUDIT_FINDING);
	frame_u64(&f->w, rule);
	frame_u64(&f->w, state);
	frame_u64(&f->w, 0);
	for (size_t i = 0; i < 6; i++)
		frame_sv(&f->w, SV("text"));
	frame_u64(&f->w, 0);
	frame_u64(&f->w, 0);
	frame_u64(&f->w, places);
	for (uint64_t i = 0; i < places && i < 20; i++) {
		frame_sv(&f->w, SV(""));
		frame_sv(&f->w, SV("/a"));
		frame_sv(&f->w, SV("v"));
		for (size_t k = 0; k < 4; k++)
			frame_u64(&f->w, 1);
	}
	frame_end(&f->w);
}

static void put_end(struct fixture *f, uint64_t findings)
{
	const struct audit_counts c = {.objects = 1, .findings = findings};

	frame_begin(&f->w, AUDIT_FILE_END);
	frame_counts(&f->w, &c);
	frame_end(&f->w);
}

static int take(struct fixture *f)
{
	struct err err;

	buf_sv(&f->s.bytes, buf_view(&f->w.buf));
	buf_clear(&f->w.buf);
	return collect(&f->c, &f->s, &err);
}

static void test_good(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f);
	put_file(&f, 1);
	put_finding(&f, 0, STATE_FAIL, 2);
	put_end(&f, 1);
	put_file(&f, 0);
	put_end(&f, 0);
	assert_int_equal(take(&f), 0);
	collect_end(&f.c);
	assert_int_equal(f.r.subjects.n, 2);
	assert_int_equal(f.r.findings.n, 1);
	assert_sv(f.r.subjects.p[f.r.findings.p[0].subject].name, "b.yaml");
	assert_int_equal(f.r.findings.p[0].evidence.n, 2);
	assert_int_equal(f.r.rules.n, 1);
	assert_int_equal(f.r.summary.objects, 2);
	teardown(&f);
}

enum { BAD_FILE, BAD_RULE, BAD_STATE, BAD_PLACES, BAD_COUNT, BAD_TWICE, BAD_LOST, BAD_NAME, BADS };

static void put_bad(struct fixture *f, unsigned kind)
{
	put_file(f, kind == BAD_FILE ? 2 : 0);
	if (kind == BAD_RULE)
		put_finding(f, f->rules.all.n, STATE_FAIL, 1);
	else if (kind == BAD_STATE)
		put_finding(f, 0, STATES, 1);
	else if (kind == BAD_PLACES)
		put_finding(f, 0, STATE_FAIL, 17);
	put_end(f, kind == BAD_COUNT ? 1 : 0);
	if (kind == BAD_TWICE)
		put_file(f, 0);
	if (kind == BAD_LOST)
		put_finding(f, 0, STATE_FAIL, 1);
	if (kind == BAD_NAME) {
		frame_begin(&f->w, AUDIT_NAMED);
		frame_sv(&f->w, SV("/etc/passwd"));
		frame_end(&f->w);
	}
}

static void test_bad(void **state)
{
	(void)state;
	for (unsigned i = 0; i < BADS; i++) {
		struct fixture f;
		setup(&f);
		put_bad(&f, i);
		assert_true(take(&f) < 0);
		teardown(&f);
	}
}

/* Every frame cut short, and every byte of one changed. */
static void test_damage(void **state)
{
	struct fixture f;
	auto_done(buf_done) struct buf whole = {0};

	(void)state;
	setup(&f);
	put_file(&f, 1);
	put_finding(&f, 0, STATE_FAIL, 1);
	put_end(&f, 1);
	buf_sv(&whole, buf_view(&f.w.buf));
	teardown(&f);
	for (size_t i = 0; i < whole.n; i++) {
		setup(&f);
		buf_add(&f.w.buf, whole.p, i);
		assert_true(take(&f) <= 0);
		assert_false(f.c.results[1].done);
		teardown(&f);
		setup(&f);
		buf_sv(&f.w.buf, buf_view(&whole));
		f.w.buf.p[i] = (char)(f.w.buf.p[i] ^ 0x81);
		(void)!take(&f);
		collect_end(&f.c);
		teardown(&f);
	}
}

static void put_part(struct fixture *f, uint64_t flags, uint64_t line)
{
	frame_begin(&f->w, AUDIT_PART);
	frame_sv(&f->w, SV("a.b"));
	frame_sv(&f->w, SV("1"));
	frame_u64(&f->w, flags);
	frame_sv(&f->w, SV("/a/b"));
	frame_u64(&f->w, line);
	frame_u64(&f->w, 1);
	frame_end(&f->w);
}

/* Parts belong to the finding behind them; what no finding follows is nobody's. */
static void test_parts(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f);
	f.plan.trace = true;
	put_file(&f, 0);
	for (unsigned i = 0; i < 64; i++)
		put_part(&f, 4, i);
	put_finding(&f, 0, STATE_FAIL, 1);
	put_finding(&f, 1, STATE_PASS, 1);
	put_part(&f, 0, 7);
	put_end(&f, 2);
	put_file(&f, 1);
	put_finding(&f, 0, STATE_FAIL, 1);
	put_end(&f, 1);
	assert_int_equal(take(&f), 0);
	assert_int_equal(f.r.findings.n, 3);
	assert_int_equal(f.r.findings.p[0].parts_n, 64);
	assert_int_equal(f.r.findings.p[0].parts[63].line, 63);
	assert_true(f.r.findings.p[0].parts[0].decides && !f.r.findings.p[0].parts[0].fault);
	assert_sv(f.r.findings.p[0].parts[0].path, "/a/b");
	assert_int_equal(f.r.findings.p[1].parts_n, 0);
	assert_int_equal(f.r.findings.p[2].parts_n, 0);
	teardown(&f);
}

static void test_bad_parts(void **state)
{
	static const struct {
		bool trace, file;
		unsigned parts;
		uint64_t line;
	} cases[] = {
		{false, true, 1, 1},
		{true, false, 1, 1},
		{true, true, 65, 1},
		{true, true, 1, (uint64_t)UINT32_MAX + 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f;
		setup(&f);
		f.plan.trace = cases[i].trace;
		if (cases[i].file)
			put_file(&f, 0);
		for (unsigned k = 0; k < cases[i].parts; k++)
			put_part(&f, 0, cases[i].line);
		assert_true(take(&f) < 0);
		teardown(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),      cmocka_unit_test(test_bad),
		cmocka_unit_test(test_damage),    cmocka_unit_test(test_parts),
		cmocka_unit_test(test_bad_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
