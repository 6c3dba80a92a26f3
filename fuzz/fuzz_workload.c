/* Manifests to facts: every field has the kind that its schema says, every pointer leads somewhere,
 * entries of the set survive their way, and the set is related. The bytes are taken as an entry of
 * a set too. */
#include "fact/set/set.h"
#include "fmt/yaml.h"
#include "fact_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct target {
	struct arena facts;
	struct set *set;
};

static void on_object(void *arg, const struct fact_object *o)
{
	struct target *t = arg;

	fact_check_record(o->meta, &schema_meta);
	if (o->workload)
		fact_check_record(o->workload, &schema_workload);
	if (o->role)
		fact_check_record(o->role, &schema_role);
	if (o->binding)
		fact_check_record(o->binding, &schema_binding);
	set_add(t->set, o, SV("f"), 1);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	(void)arg;
	fact_check(f->path.n == 0 || f->path.p[0] == '/');
	fact_check((f->expected && *f->expected) || f->why);
}

static void on_other(void *arg, const struct node *at, const char *why)
{
	(void)arg;
	fact_check(at && why);
}

static void on_fact(void *arg, const struct set_fact *f)
{
	struct target *t = arg;

	fact_check_record(f->record, f->schema);
	arena_clear(&t->facts);
}

static void relate(struct set *from)
{
	struct target t = {.set = set_new()};
	struct err err;

	for (size_t i = 0; i < set_size(from); i++) {
		auto_done(buf_done) struct buf bytes = {0};
		set_write(from, i, &bytes);
		fact_check(set_read(t.set, buf_view(&bytes), &err) == 0);
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
