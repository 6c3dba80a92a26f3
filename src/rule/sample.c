#include "rule/sample.h"

#include "fact/set/set.h"
#include "fact/source.h"
#include "fmt/yaml.h"

struct sample_run {
	struct engine *e;
	struct set *set;
	struct arena *a;
	size_t objects, verdicts, fails;
	struct sv first_fail, unseen; /* messages */
};

static void on_verdict(void *arg, const struct verdict *v)
{
	struct sample_run *s = arg;

	s->verdicts++;
	if (v->state == STATE_FAIL && s->fails++ == 0)
		s->first_fail = arena_sv(s->a, v->message);
	if (v->state == STATE_NOT_OBSERVED && !s->unseen.n)
		s->unseen = arena_sv(s->a, v->message);
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct sample_run *s = arg;

	s->objects++;
	engine_object(s->e, o, on_verdict, s);
	if (o->meta)
		set_add(s->set, o, SV("sample"), 1);
}

static void on_set_fact(void *arg, const struct set_fact *f)
{
	struct sample_run *s = arg;

	engine_judge(s->e, f->schema->name, f->record, on_verdict, s);
}

static bool run_documents(struct sample_run *s, const struct rule_sample *sample, struct sv *why)
{
	/* faults are not asked for: samples may show what the platform refuses */
	struct fact_sink sink = {.arg = s, .object = on_object};
	struct doc d = {
		.arena = s->a, .name = SV("sample"), .bytes = sample->text, .dup = DUP_LAST};
	struct yaml_docs docs = {0};
	struct err err = {0};

	if (yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err) < 0) {
		*why = arena_fmt(s->a, "the sample cannot be read: %s", err.msg);
		return false;
	}
	for (size_t i = 0; i < docs.n; i++) {
		if (!docs.p[i].root) {
			*why = arena_fmt(s->a, "the sample cannot be read: %s",
					 docs.p[i].err ? docs.p[i].err->msg : "broken");
			return false;
		}
		if (docs.p[i].root->kind != NODE_NULL)
			kube_objects(s->a, &d, docs.p[i].root, &sink);
	}
	if (s->objects == 0)
		*why = SV("there is no object in the sample");
	return s->objects > 0;
}

/* "role name" of a part: the name is shown, and other parts may ask for it. */
static void add_parts(struct parts *b, const struct rule_sample *sample)
{
	if (!sample->parts)
		(void)parts_add(b, (struct sv){0}, SV("sample"), sample->text);
	NODE_EACH (part, sample->parts) {
		struct sv name = part->key, role = sv_cut(&name, ' ');
		(void)parts_add(b, role, name.n ? name : role, part->text);
	}
}

static bool run_source(struct sample_run *s, const struct rule_sample *sample, struct sv *why)
{
	const struct fact_sink sink = {.arg = s, .object = on_object};
	auto_done(parts_done) struct parts b = {.arena = s->a};

	add_parts(&b, sample);
	fact_source_find(sample->source)->objects(&b, &sink);
	if (s->objects == 0)
		*why = SV("there is no object in the sample");
	return s->objects > 0;
}

bool sample_holds(struct engine *e, size_t rule, const struct rule_sample *sample, struct arena *a,
		  struct sv *why)
{
	bool *selected = ARENA_ARRAY(a, e->rules->all.n, bool);
	struct sample_run s = {.e = e, .a = a, .set = set_new()};

	selected[rule] = true;
	e->selected = selected;
	e->all = true;
	e->whole_set = true;
	bool ok = sv_is(sample->source, "kubernetes") ? run_documents(&s, sample, why)
						      : run_source(&s, sample, why);
	if (ok) {
		struct arena facts;
		arena_init(&facts, 0);
		set_facts(s.set, &facts, on_set_fact, &s);
		arena_done(&facts);
	}
	set_free(s.set);
	if (!ok)
		return false;
	/* of some facts of a set a good sample has none */
	if (s.verdicts == 0 && !(sample->good && e->rules->all.p[rule]->fact->set))
		*why = SV("the rule looks at nothing in the sample");
	else if (sample->good && s.fails)
		*why = arena_fmt(a, "a good sample fails: %.*s", SV_ARG(s.first_fail));
	else if (sample->good && s.unseen.n)
		*why = arena_fmt(a, "a good sample is %.*s", SV_ARG(s.unseen));
	else if (!sample->good && s.fails == 0)
		*why = s.unseen.n ? arena_fmt(a, "a bad sample is %.*s", SV_ARG(s.unseen))
				  : SV("a bad sample does not fail");
	else
		return true;
	return false;
}
