/* A source of facts over parts made of bytes: its records hold what their schemas say. */
#pragma once

#include <stdlib.h>

#include "fact/source.h"

static void fact_check_record(const struct node *n, const struct fact_schema *s);

static inline void fact_check(bool ok)
{
	if (!ok)
		abort();
}

static void fact_check_kind(const struct node *n, unsigned kind, const struct fact_field *f)
{
	static const uint8_t kinds[] = {
		[FACT_BOOL] = NODE_BOOL,  [FACT_INT] = NODE_NUMBER, [FACT_STRING] = NODE_STRING,
		[FACT_LIST] = NODE_ARRAY, [FACT_MAP] = NODE_OBJECT, [FACT_RECORD] = NODE_OBJECT,
	};
	int64_t number;

	if (kind == FACT_ANY)
		return;
	fact_check(n->kind == kinds[kind]);
	if (kind == FACT_INT)
		fact_check(node_i64(n, &number));
	if (kind == FACT_RECORD)
		fact_check_record(n, f->record);
}

static void fact_check_record(const struct node *n, const struct fact_schema *s)
{
	fact_check(n->n == s->n);
	for (unsigned i = 0; i < s->n; i++) {
		const struct fact_field *f = &s->fields[i];
		const struct node *value = &n->items[i];
		fact_check(value->start <= value->end && sv_is(value->key, f->name));
		if (value->flags & NODE_ABSENT) {
			fact_check(value->kind == NODE_NULL);
			continue;
		}
		fact_check_kind(value, f->kind, f);
		if (f->kind == FACT_LIST || f->kind == FACT_MAP)
			NODE_EACH (it, value)
				fact_check_kind(it, f->of, f);
	}
}

static void fact_check_object(void *arg, const struct fact_object *o)
{
	(void)arg;
	fact_check(o->doc && o->object && o->object->end <= o->doc->bytes.n);
	if (o->workload)
		fact_check_record(o->workload, &schema_workload);
}

static void fact_check_fault(void *arg, const struct fact_fault *f)
{
	(void)arg;
	fact_check(f->at && (f->why || f->expected));
	fact_check(f->path.n == 0 || f->path.p[0] == '/');
}

static void fact_check_want(void *arg, struct sv path, const struct node *at)
{
	(void)arg;
	fact_check(path.n > 0 && at);
}

/* Parts stand between lines "=== ROLE NAME"; what comes first has the role "" and the name "f". */
static void fact_check_parts(struct parts *p, struct sv bytes)
{
	struct sv rest = bytes, line, role = {0}, name = SV("f");
	const char *start = bytes.p;

	while (sv_line(&rest, &line)) {
		if (!sv_starts(line, SV("=== ")))
			continue;
		(void)parts_add(p, role, name, sv_make(start, (size_t)(line.p - start)));
		name = sv_from(line, 4);
		role = sv_cut(&name, ' ');
		start = rest.n ? rest.p : bytes.p + bytes.n;
	}
	(void)parts_add(p, role, name, sv_make(start, (size_t)(bytes.p + bytes.n - start)));
}

static inline void fact_check_source(const char *source, struct sv bytes, bool wants)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(parts_done) struct parts p = {.arena = &a};
	const struct fact_sink sink = {.object = fact_check_object,
				       .fault = fact_check_fault,
				       .want = wants ? fact_check_want : NULL};

	if (bytes.n == 0)
		return;
	fact_check_parts(&p, bytes);
	fact_source_find(sv_of(source))->objects(&p, &sink);
}
