/* gabion rules facts: what a rule can ask about. */
#include "cmd/records.h"
#include "cmd/rules.h"
#include "fmt/json-out.h"

/* Schemas that are printed, each once. */
struct seen {
	const struct fact_schema **p;
	size_t n, cap;
};

static void see(struct seen *seen, const struct fact_schema *s)
{
	for (size_t i = 0; i < seen->n; i++)
		if (seen->p[i] == s)
			return;
	*VEC_PUSH(seen) = s;
}

static void type_text(struct arena *a, const struct fact_field *f, struct buf *out)
{
	if (f->kind == FACT_RECORD)
		buf_str(out, f->record->name);
	else if (f->kind == FACT_LIST && f->record)
		buf_fmt(out, "list(%s)", f->record->name);
	else
		cel_type_text(out, cel_type_field(a, f));
}

static void print_schema(struct arena *a, const struct fact_schema *s, struct seen *seen)
{
	for (unsigned i = 0; i < s->n; i++) {
		const struct fact_field *f = &s->fields[i];
		auto_done(buf_done) struct buf type = {0};
		type_text(a, f, &type);
		(void)printf("    %-24s %-18s %s\n", f->name, buf_cstr(&type),
			     f->about ? f->about : "");
		if (f->record)
			see(seen, f->record);
	}
}

static void print_fact(const struct fact_row *row)
{
	(void)printf("%.*s: variable %.*s%s\n", SV_ARG(row->name), SV_ARG(row->variable),
		     row->set ? ", with a whole set of objects" : "");
	for (unsigned i = 0; i < row->scopes_n; i++) {
		const struct fact_scope *s = &row->scopes[i];
		const struct fact_scope *around = s->around < 0 ? NULL : &row->scopes[s->around];
		const struct fact_schema *of = around ? around->schema : row->schema;
		(void)printf("  each: %-10.*s %.*s.%s\n", SV_ARG(s->name),
			     SV_ARG(around ? around->name : row->variable),
			     of->fields[s->list].name);
	}
}

static void facts_table(struct rules *r)
{
	struct seen seen = {0};

	for (size_t i = 0; i < r->facts.n; i++) {
		print_fact(&r->facts.p[i]);
		see(&seen, r->facts.p[i].schema);
	}
	for (size_t i = 0; i < seen.n; i++) {
		(void)printf("\n%s\n", seen.p[i]->name);
		print_schema(&r->arena, seen.p[i], &seen);
	}
	vec_done(&seen);
}

static void json_schema(struct json_out *w, struct arena *a, const struct fact_schema *s,
			struct seen *seen)
{
	json_out_key(w, s->name);
	json_out_array(w);
	for (unsigned i = 0; i < s->n; i++) {
		const struct fact_field *f = &s->fields[i];
		auto_done(buf_done) struct buf type = {0};
		type_text(a, f, &type);
		json_out_object(w);
		json_out_kv(w, "name", sv_of(f->name));
		json_out_kv(w, "type", buf_view(&type));
		json_out_kv_opt(w, "about", sv_of(f->about));
		json_out_end(w);
		if (f->record)
			see(seen, f->record);
	}
	json_out_end(w);
}

static void json_fact(struct json_out *w, const struct fact_row *row)
{
	json_out_object(w);
	json_out_kv(w, "name", row->name);
	json_out_kv(w, "variable", row->variable);
	json_out_kv(w, "record", sv_of(row->schema->name));
	json_out_key(w, "needs_set");
	json_out_bool(w, row->set);
	json_out_key(w, "each");
	json_out_array(w);
	for (unsigned i = 0; i < row->scopes_n; i++)
		json_out_str(w, row->scopes[i].name);
	json_out_end(w);
	json_out_end(w);
}

static int facts_json(struct rules *r, struct err *err)
{
	struct seen seen = {0};
	struct json_out w;

	json_out_init(&w, stdout, NULL, 2);
	json_out_object(&w);
	json_out_key(&w, "facts");
	json_out_array(&w);
	for (size_t i = 0; i < r->facts.n; i++) {
		json_fact(&w, &r->facts.p[i]);
		see(&seen, r->facts.p[i].schema);
	}
	json_out_end(&w);
	json_out_key(&w, "records");
	json_out_object(&w);
	for (size_t i = 0; i < seen.n; i++)
		json_schema(&w, &r->arena, seen.p[i], &seen);
	json_out_end(&w);
	json_out_end(&w);
	vec_done(&seen);
	return json_out_done(&w, err);
}

static int run_facts(struct invocation *in, struct err *err)
{
	auto_done(rules_done) struct rules r;
	bool json;

	rules_init(&r);
	int rc = wants_json(in, &json, err);
	if (rc == 0 && json)
		rc = facts_json(&r, err);
	else if (rc == 0)
		facts_table(&r);
	return rc;
}

static const struct option_group *const facts_groups[] = {&record_options, NULL};
static const char *const facts_examples[] = {
	"gabion rules facts",
	"types of facts, and every field of them with its type",
	NULL,
};

const struct command cmd_rules_facts = {
	.name = "rules facts",
	.group = "Rules",
	.summary = "list what a rule can ask about",
	.usage = "[-o json]",
	.examples = facts_examples,
	.groups = facts_groups,
	.run = run_facts,
};
