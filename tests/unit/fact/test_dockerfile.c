#include "unit/test.h"

#include "fact/dockerfile-record.h"
#include "fact/source.h"

struct seen {
	struct node stages[8];
	size_t n, faults;
};

static void on_object(void *arg, const struct fact_object *o)
{
	struct seen *s = arg;

	assert_string_equal(o->more[0].type, "dockerfile");
	const struct node *list = &o->more[0].record->items[DOCKERFILE_STAGES];
	assert_true(list->n <= ARRAY_LEN(s->stages));
	s->n = list->n;
	memcpy(s->stages, list->items, s->n * sizeof *s->stages);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	struct seen *s = arg;

	assert_non_null(f->why);
	s->faults++;
}

static void read_text(struct arena *a, const char *text, struct seen *s)
{
	struct parts p = {.arena = a};
	const struct fact_sink sink = {.arg = s, .object = on_object, .fault = on_fault};

	*s = (struct seen){0};
	parts_add(&p, (struct sv){0}, SV("Dockerfile"), sv_of(text));
	fact_source_find(SV("dockerfile"))->objects(&p, &sink);
	parts_done(&p);
}

static void test_stages(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	struct seen s;

	(void)state;
	read_text(&a,
		  "FROM a:1 AS Base\nUSER 5\nFROM base AS two\nFROM scratch\n"
		  "COPY --from=0 /x /y\n",
		  &s);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.faults, 0);
	assert_sv(s.stages[0].items[STAGE_NAME].text, "base");
	assert_sv(s.stages[1].items[STAGE_BASE_STAGE].text, "base");
	assert_sv(s.stages[1].items[STAGE_USER].text, "5");
	assert_sv(s.stages[0].items[STAGE_USED].text, "true");
	assert_sv(s.stages[1].items[STAGE_USED].text, "false");
	assert_sv(s.stages[2].items[STAGE_SCRATCH].text, "true");
	assert_sv(s.stages[2].items[STAGE_FINAL].text, "true");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_stages)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
