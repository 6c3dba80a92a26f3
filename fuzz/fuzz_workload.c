/* Manifests to facts: every field has the kind that its schema says, every pointer leads somewhere,
 * entries of the set survive their way, and the set is related. The bytes are taken as an entry of
 * a set too. */
#include <stdlib.h>

#include "fact/set/set.h"
#include "fmt/yaml.h"

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

struct target {
	struct arena facts;
	struct set *set;
};

static void on_object(void *arg, const struct fact_object *o)
{
	struct target *t = arg;

	check_record(o->meta, &schema_meta);
	if (o->workload)
		check_record(o->workload, &schema_workload);
	if (o->role)
		check_record(o->role, &schema_role);
	if (o->binding)
		check_record(o->binding, &schema_binding);
	set_add(t->set, o, SV("f"), 1);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	(void)arg;
	check(f->path.n == 0 || f->path.p[0] == '/');
	check((f->expected && *f->expected) || f->why);
}

static void on_other(void *arg, const struct node *at, const char *why)
{
	(void)arg;
	check(at && why);
}

static void on_fact(void *arg, const struct set_fact *f)
{
	struct target *t = arg;

	check_record(f->record, f->schema);
	arena_clear(&t->facts);
}

static void relate(struct set *from)
{
	struct target t = {.set = set_new()};
	struct err err;

	for (size_t i = 0; i < set_size(from); i++) {
		auto_done(buf_done) struct buf bytes = {0};
		set_write(from, i, &bytes);
		check(set_read(t.set, buf_view(&bytes), &err) == 0);
	}
	set_facts(t.set, &t.facts, on_fact, &t);
	arena_done(&t.facts);
	set_free(t.set);
}

static void as_entry(struct sv bytes)
{
	struct set *s = set_new();
	struct err err;

	if (set_read(s, bytes, &err) == 0)
		relate(s);
	set_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_done(arena_done) struct arena a = {0};
	struct doc d = {
		.arena = &a, .name = SV("fuzz"), .bytes = sv_make(data, size), .dup = DUP_LAST};
	struct target t = {.set = set_new()};
	const struct fact_sink sink = {&t, on_object, on_fault, on_other};
	struct yaml_docs docs = {0};
	struct err err;

	as_entry(d.bytes);
	if (yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err) == 0)
		for (size_t i = 0; i < docs.n; i++)
			if (docs.p[i].root)
				kube_objects(&a, &d, docs.p[i].root, &sink);
	relate(t.set);
	set_free(t.set);
	return 0;
}
