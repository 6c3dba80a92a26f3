/* Configurations of images and what is said of their layers to facts: every field has the kind that
 * its schema says. The bytes are the document alone, and cut in two, configuration and layers. */
#include <stdlib.h>

#include "fact/image/schema.h"
#include "fact/image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_record(const struct node *n, const struct fact_schema *s);

static void check_kind(const struct node *n, unsigned kind, const struct fact_field *f)
{
	static const uint8_t kinds[] = {
		[FACT_BOOL] = NODE_BOOL,  [FACT_INT] = NODE_NUMBER, [FACT_STRING] = NODE_STRING,
		[FACT_LIST] = NODE_ARRAY, [FACT_MAP] = NODE_OBJECT, [FACT_RECORD] = NODE_OBJECT,
	};

	if (kind == FACT_ANY)
		return;
	check(n->kind == kinds[kind]);
	if (kind == FACT_RECORD)
		check_record(n, f->record);
}

static void check_record(const struct node *n, const struct fact_schema *s)
{
	check(n->n == s->n);
	for (unsigned i = 0; i < s->n; i++) {
		const struct fact_field *f = &s->fields[i];
		const struct node *value = &n->items[i];
		check(value->start <= value->end && sv_is(value->key, f->name));
		if (value->flags & NODE_ABSENT) {
			check(value->kind == NODE_NULL);
			continue;
		}
		check_kind(value, f->kind, f);
		if (f->kind == FACT_LIST || f->kind == FACT_MAP)
			NODE_EACH (it, value)
				check_kind(it, f->of, f);
	}
}

static void on_object(void *arg, const struct fact_object *o)
{
	(void)arg;
	check_record(o->workload, &schema_workload);
	check(o->more_n == 1);
	check_record(o->more[0].record, &schema_image_report);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	(void)arg;
	check(f->at && f->why);
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
