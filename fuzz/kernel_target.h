/* Records of the kernel's view and of config.json: every field has the kind that its schema says.
 */
#pragma once

#include <stdlib.h>

#include "fact/engine/schema.h"
#include "fact/container/isolation.h"
#include "fact/sink.h"

static void check_record(const struct node *n, const struct fact_schema *s);

static void check_kind(const struct node *n, unsigned kind, const struct fact_field *f)
{
	static const uint8_t kinds[] = {
		[FACT_BOOL] = NODE_BOOL,  [FACT_INT] = NODE_NUMBER, [FACT_STRING] = NODE_STRING,
		[FACT_LIST] = NODE_ARRAY, [FACT_MAP] = NODE_OBJECT, [FACT_RECORD] = NODE_OBJECT,
	};

	if (kind == FACT_ANY)
		return;
	if (n->kind != kinds[kind])
		abort();
	if (kind == FACT_RECORD)
		check_record(n, f->record);
}

static void check_record(const struct node *n, const struct fact_schema *s)
{
	if (n->n != s->n)
		abort();
	for (unsigned i = 0; i < s->n; i++) {
		const struct fact_field *f = &s->fields[i];
		const struct node *value = &n->items[i];
		if (value->flags & NODE_ABSENT)
			continue;
		if (value->start > value->end)
			abort();
		check_kind(value, f->kind, f);
		if (f->kind == FACT_LIST)
			NODE_EACH (it, value)
				check_kind(it, f->of, f);
	}
}

static void on_object(void *arg, const struct fact_object *o)
{
	(void)arg;
	check_record(o->workload, &schema_workload);
	for (unsigned i = 0; i < o->more_n; i++)
		check_record(o->more[i].record, &schema_drift);
	if (o->isolation.n > ISOLATION_MAX)
		abort();
}
