/* Several texts as one item: names of files that name others, and the way between processes. */
#include "unit/test.h"

#include "fact/parts.h"

static void test_names(void **state)
{
	static const struct {
		const char *from, *path, *name;
	} rows[] = {
		{"compose.yaml", "common.yaml", "common.yaml"},
		{"compose.yaml", "./a/../b.yaml", "b.yaml"},
		{"deploy/compose.yaml", "../common.yaml", "common.yaml"},
		{"deploy/compose.yaml", "../../common.yaml", "../common.yaml"},
		{"../x/compose.yaml", "../../y.yaml", "../../y.yaml"},
		{"../x/compose.yaml", "y.yaml", "../x/y.yaml"},
		{"/srv/compose.yaml", "../../../etc/passwd", "/etc/passwd"},
		{"/compose.yaml", "a", "/a"},
		{"deploy/compose.yaml", "/etc/passwd", "/etc/passwd"},
		{"-", "a//b", "a/b"},
		{"a", "..", ".."},
		{"a", ".", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a;
		arena_init(&a, 0);
		struct parts p = {.arena = &a};
		struct node at = {0};
		(void)parts_add(&p, (struct sv){0}, sv_of(rows[i].from), (struct sv){0});
		assert_sv(parts_file_name(&p, sv_of(rows[i].path), &at), rows[i].name);
		assert_null(parts_file(&p, sv_of(rows[i].path), &at));
		(void)parts_add(&p, SV("file"), sv_of(rows[i].name), SV("x"));
		assert_ptr_equal(parts_file(&p, sv_of(rows[i].path), &at), &p.all.p[1]);
		parts_done(&p);
	}
}

static void test_way(void **state)
{
	auto_done(buf_done) struct buf b = {0};
	struct parts p = {0};
	struct err err;

	(void)state;
	parts_write(&b, SV(""), SV("a"), PART_HERE, SV("text\0more"));
	parts_write(&b, SV("file"), SV("b"), PART_UNREADABLE, SV("why"));
	assert_int_equal(parts_read(&p, buf_view(&b), &err), 0);
	assert_int_equal(p.all.n, 2);
	assert_int_equal(p.all.p[0].bytes.n, 9);
	assert_int_equal(p.all.p[1].state, PART_UNREADABLE);
	assert_sv(p.all.p[1].bytes, "why");
	parts_done(&p);
	for (size_t cut = 1; cut < b.n; cut++) {
		struct parts q = {0};
		int rc = parts_read(&q, sv_head(buf_view(&b), cut), &err);
		/* whole parts only */
		assert_true(rc == -ERR_PROTO || q.all.n == 1);
		parts_done(&q);
	}
	b.p[0] = 3;
	assert_int_equal(parts_read(&p, buf_view(&b), &err), -ERR_PROTO);
	parts_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
