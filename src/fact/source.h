/*
 * The ways to say what a container may do, and what else is judged: one row each, one file (or
 * folder) each. Kubernetes objects have their own entrance (fact/kube/kube.h), since a file holds
 * many.
 */
#pragma once

#include "fact/parts.h"
#include "fact/sink.h"

struct fact_source {
	const char *name;  /* "compose": in samples, tests and the matrix of docs/ */
	const char *about; /* one line */
	/* Does the document look like one? NULL: never guessed, only by name. */
	bool (*is)(const struct node *root);
	/* Facts of the parts to the sink. Never fails: faults are told. The part with the role ""
	 * is the thing itself, if there is just one text. */
	void (*objects)(struct parts *p, const struct fact_sink *sink);
};

/* NULL at the end. */
extern const struct fact_source *const fact_sources[];
const struct fact_source *fact_source_find(struct sv name);
/* By its content: a document that somebody gave without saying what it is. NULL: none of these. */
const struct fact_source *fact_source_guess(const struct node *root);
