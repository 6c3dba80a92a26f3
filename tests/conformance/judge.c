#include "judge.h"

void judge_init(struct judge *j, struct engine *e, verdict_fn *tell, void *arg)
{
	*j = (struct judge){.e = e, .tell = tell, .arg = arg};
	arena_init(&j->a, 0);
}

void judge_done(struct judge *j)
{
	set_free(j->set);
	arena_done(&j->a);
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct judge *j = arg;

	j->objects++;
	j->now = o;
	if (j->set)
		set_add(j->set, o, o->doc->name, 1);
	engine_object(j->e, o, j->tell, j->arg);
	j->now = NULL;
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	struct judge *j = arg;

	(void)f;
	j->faults++;
}

static void on_other(void *arg, const struct node *at, const char *why)
{
	(void)arg;
	(void)at;
	(void)why;
}

bool judge_text(struct judge *j, struct sv name, struct sv text, struct err *err)
{
	struct fact_sink sink = {
		.arg = j, .object = on_object, .fault = on_fault, .other = on_other};
	struct doc d = {.arena = &j->a, .name = name, .bytes = text, .dup = DUP_LAST};
	struct yaml_docs docs = {0};

	if (yaml_parse_all(&d, YAML_KUBERNETES, &docs, err) < 0)
		return false;
	for (size_t i = 0; i < docs.n; i++) {
		if (!docs.p[i].root) {
			if (docs.p[i].err)
				*err = *docs.p[i].err;
			return false;
		}
		if (docs.p[i].root->kind != NODE_NULL)
			kube_objects(&j->a, &d, docs.p[i].root, &sink);
	}
	return true;
}

static void on_fact(void *arg, const struct set_fact *f)
{
	struct judge *j = arg;

	j->fact = f;
	engine_judge(j->e, f->schema->name, f->record, j->tell, j->arg);
	j->fact = NULL;
}

void judge_set(struct judge *j)
{
	if (j->set)
		set_facts(j->set, &j->a, on_fact, j);
}
