/* Dockerfiles to facts: every field has the kind that its schema says, places lie in the file, the
 * tree for comments is whole. The bytes are taken as a script of the shell too. */
#include <stdlib.h>

#include "fact/dockerfile/shell.h"
#include "fact/dockerfile/tree.h"
#include "fact/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_record(const struct node *n, const struct fact_schema *s, size_t size);

static void check_kind(const struct node *n, unsigned kind, const struct fact_field *f, size_t size)
{
	static const uint8_t kinds[] = {
		[FACT_BOOL] = NODE_BOOL,  [FACT_INT] = NODE_NUMBER, [FACT_STRING] = NODE_STRING,
		[FACT_LIST] = NODE_ARRAY, [FACT_MAP] = NODE_OBJECT, [FACT_RECORD] = NODE_OBJECT,
	};

	check(n->start <= n->end && n->end <= size);
	if (kind == FACT_ANY)
		return;
	check(n->kind == kinds[kind]);
	if (kind == FACT_RECORD)
		check_record(n, f->record, size);
}

static void check_record(const struct node *n, const struct fact_schema *s, size_t size)
{
	check(n->n == s->n);
	for (unsigned i = 0; i < s->n; i++) {
		const struct fact_field *f = &s->fields[i];
		const struct node *value = &n->items[i];
		check(value->start <= value->end && value->end <= size &&
		      sv_is(value->key, f->name));
		if (value->flags & NODE_ABSENT) {
			check(value->kind == NODE_NULL);
			continue;
		}
		check_kind(value, f->kind, f, size);
		if (f->kind == FACT_LIST || f->kind == FACT_MAP)
			NODE_EACH (it, value)
				check_kind(it, f->of, f, size);
	}
}

static void on_object(void *arg, const struct fact_object *o)
{
	size_t size = *(const size_t *)arg;

	check(dockerfile_is_tree(o->object));
	check_record(o->more[0].record, &schema_dockerfile, size);
	if (o->workload)
		check_record(o->workload, &schema_workload, size);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	check(f->why && f->who && f->at->end <= *(const size_t *)arg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_done(arena_done) struct arena a = {0};
	struct parts p = {.arena = &a};
	const struct fact_sink sink = {.arg = &size, .object = on_object, .fault = on_fault};
	const struct node at = {0};

	parts_add(&p, (struct sv){0}, SV("Dockerfile"), sv_make(data, size));
	parts_add(&p, SV("ignore"), SV(".dockerignore"), sv_make(data, size));
	fact_source_find(SV("dockerfile"))->objects(&p, &sink);
	parts_done(&p);
	struct node *r = fact_record(&a, &schema_instruction, NULL);
	shell_commands(&a, sv_make(data, size), r, INSTRUCTION_COMMANDS, &at);
	NODE_EACH (it, &r->items[INSTRUCTION_COMMANDS])
		check_record(it, &schema_command, 0);
	return 0;
}
