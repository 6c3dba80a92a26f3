/* A manifest through the functions of the program: documents, objects, rules, verdicts. */
#pragma once

#include "fact/set/set.h"
#include "fmt/yaml.h"
#include "rule/engine.h"

struct judge {
	struct engine *e;
	verdict_fn *tell; /* for each verdict of each object, in their order */
	void *arg;
	struct set *set; /* NULL: rules over the whole set are not asked */
	const struct fact_object
		*now; /* the object whose verdicts are told; NULL: a fact of the set */
	const struct set_fact *fact; /* that fact, or NULL */
	size_t objects, faults;
	struct arena a;
};

void judge_init(struct judge *j, struct engine *e, verdict_fn *tell, void *arg);
void judge_done(struct judge *j);
/* Every document of the text. False: one cannot be read, and why. With set: objects are added. */
bool judge_text(struct judge *j, struct sv name, struct sv text, struct err *err);
/* The facts of the set. */
void judge_set(struct judge *j);
