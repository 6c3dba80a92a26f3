/* Rules over manifests, both as text: what test_engine and test_suppress share. */
#pragma once

#include "fmt/yaml.h"
#include "rule/engine.h"

struct judged {
	struct rules rules;
	struct engine e;
	struct arena arena;
	struct doc doc;
	struct buf out; /* "fail id scope: message @ value field" a line */
	const struct node *annotations, *pod_annotations;
	void (*each)(struct judged *j, const struct verdict *v); /* or NULL */
};

static void judged_done(struct judged *j)
{
	engine_done(&j->e);
	rules_done(&j->rules);
	buf_done(&j->out);
	arena_done(&j->arena);
}

static void judged_init(struct judged *j, const char *pack)
{
	struct err err = {0};

	*j = (struct judged){0};
	arena_init(&j->arena, 0);
	rules_init(&j->rules);
	if (rules_load_text(&j->rules, SV("t.yaml"), sv_of(pack), &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
	engine_init(&j->e, &j->rules);
}

static void put_verdict(void *arg, const struct verdict *v)
{
	struct judged *j = arg;

	buf_fmt(&j->out, "%s %.*s", finding_state_name(v->state), SV_ARG(v->rule->text.id));
	if (v->scope.n)
		buf_fmt(&j->out, " %.*s", SV_ARG(v->scope));
	if (v->message.n)
		buf_fmt(&j->out, ": %.*s", SV_ARG(v->message));
	for (unsigned i = 0; v->state == STATE_FAIL && i < v->places_n; i++) {
		const struct verdict_place *p = &v->places[i];
		uint32_t line = 0, column = 0;
		if (p->node)
			doc_line_col(&j->doc, p->node->start, &line, &column);
		buf_fmt(&j->out, " @%u", line);
		if (p->value.n)
			buf_fmt(&j->out, "=%.*s", SV_ARG(p->value));
		if (p->field.n)
			buf_fmt(&j->out, " -%.*s", SV_ARG(p->field));
	}
	buf_char(&j->out, '\n');
	if (j->each)
		j->each(j, v);
}

static void judge_object(void *arg, const struct fact_object *o)
{
	struct judged *j = arg;

	j->annotations = &o->meta->items[META_ANNOTATIONS];
	j->pod_annotations = o->workload ? &o->workload->items[WORKLOAD_POD_ANNOTATIONS] : NULL;
	engine_object(&j->e, o, put_verdict, j);
}

/* All verdicts of a manifest as text, valid until the next call. */
static const char *judge(struct judged *j, const char *manifest)
{
	struct fact_sink sink = {.arg = j, .object = judge_object};
	struct err err = {0};

	buf_clear(&j->out);
	j->doc = (struct doc){.arena = &j->arena,
			      .name = SV("m.yaml"),
			      .bytes = sv_of(manifest),
			      .dup = DUP_LAST};
	if (yaml_parse(&j->doc, YAML_KUBERNETES, &err) < 0)
		fail_msg("%s: %s", err.where, err.msg);
	kube_objects(&j->arena, &j->doc, j->doc.root, &sink);
	return buf_cstr(&j->out);
}
