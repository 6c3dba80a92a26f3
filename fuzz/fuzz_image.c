/* Configurations of images and what is said of their layers to facts: every field has the kind that
 * its schema says. The bytes are the document alone, and cut in two, configuration and layers. */
#include "fact/image/image.h"
#include "fact/image/schema.h"
#include "fact_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_object(void *arg, const struct fact_object *o)
{
	(void)arg;
	fact_check_record(o->workload, &schema_workload);
	fact_check(o->more_n == 1);
	fact_check_record(o->more[0].record, &schema_image_report);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	(void)arg;
	fact_check(f->at && f->why);
}

static void run(struct sv config, struct sv layers, const char *role)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(parts_done) struct parts parts = {.arena = &a};
	const struct fact_sink sink = {NULL, on_object, on_fault, NULL, NULL};

	(void)parts_add(&parts, sv_of(role), SV("x"), config);
	if (layers.n)
		(void)parts_add(&parts, SV("layers"), SV("x"), layers);
	source_image.objects(&parts, &sink);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv all = sv_make(data, size), rest = all, first = sv_cut(&rest, '\n');

	run(all, (struct sv){0}, "");
	run(first, rest, "config");
	return 0;
}
