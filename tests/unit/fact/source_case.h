/* Parts to the objects of a source, for the tests of this folder: what is asked of each object is
 * kept as JSON, since its records are gone when the next one comes. */
#pragma once

#include "unit/test.h"

#include "fact/source.h"
#include "fmt/json-out.h"

struct source_case {
	struct arena a;
	struct parts parts;
	/* asked for */
	const char *of; /* the workload's name; NULL: the first */
	bool of_container;
	unsigned field;
	/* answers */
	struct sv json; /* empty: no such object */
	uint32_t line;  /* of the value */
	struct sv file;
	size_t objects, faults, notes, wants;
	struct sv fault, path, want; /* the first */
};

static inline struct sv source_json(struct source_case *c, const struct node *n)
{
	auto_done(buf_done) struct buf b = {0};
	struct json_out w;
	struct err err;

	json_out_init(&w, NULL, &b, 0);
	json_out_node(&w, n);
	assert_int_equal(json_out_done(&w, &err), 0);
	return arena_sv(&c->a, buf_view(&b));
}

static void source_object(void *arg, const struct fact_object *o)
{
	struct source_case *c = arg;
	const struct node *w = o->workload;

	assert_non_null(o->doc);
	assert_non_null(o->object);
	assert_non_null(w);
	c->objects++;
	if (c->json.n || (c->of && !sv_is(o->name, c->of)))
		return;
	const struct node *from = c->of_container ? &w->items[WORKLOAD_CONTAINERS].items[0] : w;
	const struct node *value = &from->items[c->field];
	const struct part *part = part_of_node(&c->parts, value);
	c->json = source_json(c, value);
	if (part && part->doc) {
		uint32_t column;
		c->file = part->name;
		doc_line_col(part->doc, value->start, &c->line, &column);
	}
}

static void source_fault(void *arg, const struct fact_fault *f)
{
	struct source_case *c = arg;

	if (f->note) {
		c->notes++;
		return;
	}
	if (c->faults++)
		return;
	c->fault = arena_sv(&c->a, sv_of(f->why ? f->why : f->expected));
	c->path = arena_sv(&c->a, f->path);
}

static void source_want(void *arg, struct sv path, const struct node *at)
{
	struct source_case *c = arg;

	assert_non_null(at);
	if (c->wants++ == 0)
		c->want = arena_sv(&c->a, path);
}

static void source_done(struct source_case *c)
{
	parts_done(&c->parts);
	arena_done(&c->a);
}

#define auto_source auto_done(source_done) struct source_case

static inline void source_add(struct source_case *c, const char *role, const char *name,
			      const char *text)
{
	c->parts.arena = &c->a;
	(void)parts_add(&c->parts, sv_of(role), sv_of(name), sv_of(text));
}

/* wants: whether files can be asked for. */
static inline void source_run(struct source_case *c, const char *source, bool wants)
{
	const struct fact_sink sink = {.arg = c,
				       .object = source_object,
				       .fault = source_fault,
				       .want = wants ? source_want : NULL};

	fact_source_find(sv_of(source))->objects(&c->parts, &sink);
}
