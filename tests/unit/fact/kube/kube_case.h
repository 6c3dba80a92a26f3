/* YAML text to the objects in it, for the tests of this folder. */
#pragma once

#include "unit/test.h"

#include "fact/kube/kube.h"
#include "fmt/json-out.h"
#include "fmt/yaml.h"

struct kube_case {
	struct arena a;
	struct doc d;
	struct fact_object objects[64];
	size_t n, faults, others;
	struct fact_fault fault; /* the first */
	const char *why;
};

static void case_object(void *arg, const struct fact_object *o)
{
	struct kube_case *c = arg;

	assert_true(c->n < ARRAY_LEN(c->objects));
	c->objects[c->n++] = *o;
}

static void case_fault(void *arg, const struct fact_fault *f)
{
	struct kube_case *c = arg;

	if (c->faults++ == 0)
		c->fault = *f;
}

static void case_other(void *arg, const struct node *at, const char *why)
{
	struct kube_case *c = arg;

	(void)at;
	c->others++;
	c->why = why;
}

static const struct fact_sink *case_sink(struct kube_case *c, struct fact_sink *sink)
{
	*sink = (struct fact_sink){c, case_object, case_fault, case_other};
	return sink;
}

static void case_done(struct kube_case *c)
{
	arena_done(&c->a);
}

static void case_read(struct kube_case *c, struct sv text)
{
	struct yaml_docs docs = {0};
	struct fact_sink sink;
	struct err err = {0};

	memset(c, 0, sizeof *c);
	c->d = (struct doc){.arena = &c->a, .name = SV("test"), .bytes = text, .dup = DUP_LAST};
	if (yaml_parse_all(&c->d, YAML_KUBERNETES, &docs, &err) != 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < docs.n; i++) {
		if (!docs.p[i].root)
			fail_msg("%s", docs.p[i].err->msg);
		kube_objects(&c->a, &c->d, docs.p[i].root, case_sink(c, &sink));
	}
}

#define auto_case auto_done(case_done) struct kube_case

static inline struct sv case_json(struct kube_case *c, const struct node *n)
{
	auto_done(buf_done) struct buf b = {0};
	struct json_out w;
	struct err err;

	json_out_init(&w, NULL, &b, 0);
	json_out_node(&w, n);
	assert_int_equal(json_out_done(&w, &err), 0);
	return arena_sv(&c->a, buf_view(&b));
}
