/* Which layers count as the base's. */
#include "unit/test.h"

#include "scan/base.h"

static struct arena arena;
static struct report report;

static void add_layers(struct image *img, const char *ids)
{
	for (; *ids; ids++) {
		struct image_layer *l = VEC_PUSH(&img->layers);
		l->diff_id.set = true;
		l->diff_id.bytes[0] = (uint8_t)*ids;
	}
}

static void mark(const char *base, const char *image)
{
	static struct image b, i;
	struct base_image opened = {NULL, &b};

	b = (struct image){.name = SV("base:1")};
	i = (struct image){.name = SV("web:1")};
	add_layers(&b, base);
	add_layers(&i, image);
	arena_init(&arena, 0);
	report_init(&report, &arena, "scan");
	struct subject *s = VEC_PUSH(&report.subjects);
	for (size_t k = 0; k < i.layers.n; k++)
		(void)VEC_PUSH(&s->layers);
	base_mark(&opened, &i, &report, 0);
	vec_done(&b.layers);
	vec_done(&i.layers);
}

static void end(void)
{
	report_done(&report);
	arena_done(&arena);
}

static void test_prefix(void **state)
{
	(void)state;
	mark("ab", "abc");
	const struct subject *s = &report.subjects.p[0];
	assert_int_equal(s->layers.p[0].from_base, TRI_TRUE);
	assert_int_equal(s->layers.p[1].from_base, TRI_TRUE);
	assert_int_equal(s->layers.p[2].from_base, TRI_FALSE);
	assert_sv(s->base_how, "flag");
	assert_sv(s->base_name, "base:1");
	assert_int_equal(report.errors.n, 0);
	end();
}

static void test_other_base(void **state)
{
	(void)state;
	const char *const bases[] = {"ax", "x", "abcd", "b"};
	for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
		mark(bases[i], "abc");
		for (size_t k = 0; k < 3; k++)
			assert_int_equal(report.subjects.p[0].layers.p[k].from_base, TRI_UNKNOWN);
		assert_int_equal(report.errors.n, 1);
		assert_sv(report.errors.p[0].code, "base-mismatch");
		assert_int_equal(report.subjects.p[0].base_how.n, 0);
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_other_base),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
