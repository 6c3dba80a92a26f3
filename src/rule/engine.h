/*
 * Judging: a fact and the rules about it, to verdicts. One engine per process or thread; the rules
 * are shared and never change, but for those that nobody compiled: an engine does when it first
 * asks them (rules_compile() comes before the first thread).
 *
 * States: pass; fail; not-applicable (the rule's `when` is false, or its scope has no elements);
 * not-observed (an expression failed, or the rule needs a whole set). What was not observed never
 * passes.
 */
#pragma once

#include "fact/kube/kube.h"
#include "rule/pack.h"

/* Evidence of a verdict: the node that an evidence expression gave, or the nearest one. */
struct verdict_place {
	const struct node *node; /* its span is the place in the source; NULL: none */
	struct sv value;         /* as text, secrets are the rule's business; empty when absent */
	struct sv
		field; /* what is absent below the place: "/securityContext/privileged" or empty */
};

/* A field, call or fold of the rule's conditions with its value (engine->trace). */
struct verdict_part {
	struct sv expression; /* as the rule has it, on one line; of an element its variable */
	struct sv value;      /* as JSON, cut; of a fault what it is */
	struct verdict_place place; /* node NULL: none */
	bool fault;                 /* it has no value */
	bool standard;              /* not written: the value is the platform's default */
	bool decides;               /* an element for which all() does not hold, or exists() does */
};

struct verdict {
	const struct rule *rule;
	enum finding_state state;
	struct sv scope;            /* "", "container/web", "init/setup", "volume/data" */
	const struct node *element; /* of the scope: its record; NULL without `each` */
	struct sv message;          /* one line; the fault for not-observed */
	struct verdict_place places[8];
	unsigned places_n;
	const struct verdict_part *parts; /* engine->trace */
	size_t parts_n;
	bool over; /* not observed since the evaluation came to its cost limit */
};

struct engine {
	const struct rules *rules;
	struct cel_eval eval;
	struct arena arena;   /* cleared for each fact: verdicts borrow from it */
	const bool *selected; /* by index in rules->all; NULL: those that are not opt-in */
	bool all;             /* tell every state; otherwise only fail and not-observed */
	bool uncovered;       /* a rule's `covers` hides nothing: for benchmarks */
	bool trace;           /* verdicts have parts */
	bool foreign;         /* the object is none of Kubernetes: what is missing has no pointer;
				 set by engine_object() */
	bool whole_set;       /* rules->set rules are judged; otherwise not-observed */
	unsigned minor;       /* of Kubernetes, for rules that ask; 0: the newest known */
	unsigned platform;    /* bit of the workload's platform; set by engine_judge() */
	struct cel_value vars[SLOT_SCOPES + FACT_SCOPES];
	struct engine_plan *plan; /* the engine's own: rules by fact and scope */
};

void engine_init(struct engine *e, const struct rules *rules);
void engine_done(struct engine *e);
typedef void verdict_fn(void *arg, const struct verdict *v);
/* type: "workload", "object", "service" ... (rule/facts.def); record: made with that schema. The
 * verdict and all it shows are valid during the call. */
void engine_judge(struct engine *e, const char *type, const struct node *record, verdict_fn *tell,
		  void *arg);
/* All facts of an object, one after the other. */
void engine_object(struct engine *e, const struct fact_object *o, verdict_fn *tell, void *arg);
