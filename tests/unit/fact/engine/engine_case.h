/* Parts of an engine to the JSON of a fact's field. */
#pragma once

#include "fact/engine/schema.h"
#include "fact/engine/engine.h"
#include "fact/engine/work.h"
#include "fmt/json-out.h"
#include "unit/test.h"

struct engine_case {
	struct arena arena;
	struct parts parts;
	const char *kind, *name; /* of the object that is looked for */
	const struct node *found;
	size_t objects, faults;
};

static inline void engine_case_object(void *arg, const struct fact_object *o)
{
	struct engine_case *c = arg;

	c->objects++;
	assert_int_equal(o->more_n, 1);
	assert_non_null(o->object);
	if (sv_is(o->kind, c->kind) && (!c->name || sv_is(o->name, c->name)))
		c->found = o->more[0].record;
}

static inline void engine_case_fault(void *arg, const struct fact_fault *f)
{
	struct engine_case *c = arg;

	assert_non_null(f->at);
	c->faults++;
}

static inline void engine_case_part(struct engine_case *c, const char *role_and_name,
				    const char *text)
{
	struct sv name = sv_of(role_and_name), role = sv_cut(&name, ' ');

	c->parts.arena = &c->arena;
	(void)parts_add(&c->parts, role, name.n ? name : role, sv_of(text));
}

static inline const struct node *engine_case_run(struct engine_case *c, const char *kind,
						 const char *name)
{
	const struct fact_sink sink = {
		.arg = c, .object = engine_case_object, .fault = engine_case_fault};

	c->parts.arena = &c->arena;
	c->kind = kind;
	c->name = name;
	source_engine.objects(&c->parts, &sink);
	return c->found;
}

static inline void engine_case_done(struct engine_case *c)
{
	parts_done(&c->parts);
	arena_done(&c->arena);
}

static inline const char *engine_case_json(struct engine_case *c, const struct node *n)
{
	struct buf b = {0};
	struct json_out w;
	struct err err;

	if (!n)
		return "(none)";
	if (n->flags & NODE_ABSENT)
		return "(absent)";
	json_out_init(&w, NULL, &b, 0);
	json_out_node(&w, n);
	assert_int_equal(json_out_done(&w, &err), 0);
	const char *text = arena_str(&c->arena, buf_view(&b));
	buf_done(&b);
	return text;
}
