#include "rule/facts.h"

#include "fact/engine/schema.h"
#include "fact/image/schema.h"
#include "fact/set/set.h"

struct fact_spec {
	const char *name, *variable;
	const struct fact_schema *schema;
	bool set;
};

struct scope_spec {
	const char *fact, *name, *around, *list, *label;
};

static const struct fact_spec fact_specs[] = {
#define FACT(name, variable, schema, set) {name, variable, &schema, set},
#include "rule/facts.def"
};

static const struct scope_spec scope_specs[] = {
#define SCOPE(fact, name, around, list, label) {fact, name, around, list, label},
#include "rule/facts.def"
};

static const struct source_spec {
	const char *schema, *field, *pointer;
} source_specs[] = {
#define SOURCE(schema, field, pointer) {schema, field, pointer},
#include "rule/facts.def"
};

/* The field that "name" or the half of "type/name" stands for. */
static int label_field(const struct fact_schema *s, const char *label, bool kind)
{
	struct sv second = sv_of(label), first = sv_cut(&second, '/');

	if (!first.n)
		return -1;
	if (!second.n)
		return kind ? -1 : fact_field_find(s, first);
	return fact_field_find(s, kind ? first : second);
}

static void add_scope(struct fact_row *row, const struct scope_spec *spec)
{
	int around = fact_scope_find(row, sv_of(spec->around));
	const struct fact_schema *s = around < 0 ? row->schema : row->scopes[around].schema;
	int list = fact_field_find(s, sv_of(spec->list));

	/* a row that names a field that is not there is caught by the unit test */
	if (list < 0 || row->scopes_n == FACT_SCOPES)
		return;
	struct fact_scope *out = &row->scopes[row->scopes_n++];
	*out = (struct fact_scope){
		.name = sv_of(spec->name),
		.around = around,
		.list = (unsigned)list,
		.schema = s->fields[list].record,
		.kind = -1,
		.label = -1,
	};
	if (out->schema) {
		out->kind = label_field(out->schema, spec->label, true);
		out->label = label_field(out->schema, spec->label, false);
	}
}

void facts_init(struct facts *f)
{
	*f = (struct facts){0};
	for (size_t i = 0; i < ARRAY_LEN(fact_specs); i++) {
		const struct fact_spec *spec = &fact_specs[i];
		struct fact_row *row = VEC_PUSH(f);
		row->name = sv_of(spec->name);
		row->variable = sv_of(spec->variable);
		row->schema = spec->schema;
		row->set = spec->set;
		for (size_t k = 0; k < ARRAY_LEN(scope_specs); k++)
			if (strcmp(scope_specs[k].fact, spec->name) == 0)
				add_scope(row, &scope_specs[k]);
	}
}

void facts_done(struct facts *f)
{
	vec_done(f);
}

const struct fact_row *facts_find(const struct facts *f, struct sv name)
{
	for (size_t i = 0; i < f->n; i++)
		if (sv_eq(f->p[i].name, name))
			return &f->p[i];
	return NULL;
}

int fact_scope_find(const struct fact_row *row, struct sv name)
{
	for (unsigned i = 0; i < row->scopes_n; i++)
		if (sv_eq(row->scopes[i].name, name))
			return (int)i;
	return -1;
}

void fact_declare(const struct fact_row *row, struct cel_env *env)
{
	cel_env_variable(env, SV("params"),
			 cel_type_map(env->arena, &cel_types[CEL_T_STRING], &cel_types[CEL_T_DYN]));
	cel_env_variable(env, SV("version"), &cel_types[CEL_T_INT]);
	cel_env_variable(env, row->variable, cel_type_record(env->arena, row->schema));
	for (unsigned i = 0; i < row->scopes_n; i++) {
		const struct fact_scope *s = &row->scopes[i];
		cel_env_variable(env, s->name,
				 s->schema ? cel_type_record(env->arena, s->schema)
					   : &cel_types[CEL_T_DYN]);
	}
}

static struct sv field_text(const struct node *element, int field)
{
	if (field < 0 || !node_is(element, NODE_OBJECT) || (uint32_t)field >= element->n)
		return (struct sv){0};
	return element->items[field].text;
}

void fact_scope_text(const struct fact_scope *s, struct sv around, const struct node *element,
		     size_t index, struct buf *out)
{
	struct sv kind = field_text(element, s->kind), name = field_text(element, s->label);

	buf_sv(out, around);
	if (around.n)
		buf_char(out, '/');
	buf_sv(out, kind.n ? kind : s->name);
	if (!name.n) {
		buf_fmt(out, "/%zu", index);
		return;
	}
	/* a path begins with its own slash */
	if (name.p[0] != '/')
		buf_char(out, '/');
	buf_sv(out, name);
}

/* What stands in the source for the record: of a workload its pod. */
static const struct node *source_of(const struct fact_schema *s, const struct node *record)
{
	static const char *const names[] = {"source", "pod", "object"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		int at = fact_field_find(s, sv_of(names[i]));
		if (at >= 0 && (uint32_t)at < record->n && fact_has(record, (unsigned)at))
			return &record->items[at];
	}
	return NULL;
}

const struct node *fact_missing(const struct fact_schema *of, const struct node *element,
				const struct fact_schema *schema, struct sv field, struct arena *a,
				struct sv *missing)
{
	const struct node *at = of ? source_of(of, element) : NULL;
	struct sv rest = {0};

	for (size_t i = 0; schema && i < ARRAY_LEN(source_specs); i++)
		if (strcmp(source_specs[i].schema, schema->name) == 0 &&
		    sv_is(field, source_specs[i].field))
			rest = sv_of(source_specs[i].pointer);
	if (!at || !rest.n) {
		*missing = arena_fmt(a, "/%.*s", SV_ARG(field));
		return NULL;
	}
	while (rest.n) {
		struct sv next = sv_from(rest, 1);
		const struct node *child = node_get_sv(at, sv_cut(&next, '/'));
		if (!child)
			break;
		at = child;
		rest = next.n ? sv_make(next.p - 1, next.n + 1) : (struct sv){0};
	}
	*missing = rest;
	return at;
}
