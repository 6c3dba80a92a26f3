/*
 * Types of facts, from rule/facts.def: the schema of each, the variables that expressions see, and
 * the scopes that `each` can name.
 *
 * Slots of the variables: `params`, `version`, the fact (under its own name; `meta` for objects),
 * then one for each scope. A rule may use the variable of its own scope and of those around it.
 */
#pragma once

#include "fact/schema.h"
#include "rule/cel/env.h"

enum { FACT_SCOPES = 12, SLOT_PARAMS = 0, SLOT_VERSION, SLOT_FACT, SLOT_SCOPES };

struct fact_scope {
	struct sv name;
	int around;    /* scope that it is a part of, or -1 */
	unsigned list; /* field of the fact's record, or of the scope's around it */
	const struct fact_schema *schema;
	int kind, label; /* fields that make the text of an element; -1 = none, its index */
};

struct fact_row {
	struct sv name, variable;
	const struct fact_schema *schema;
	bool set; /* only seen with a whole set */
	struct fact_scope scopes[FACT_SCOPES];
	unsigned scopes_n;
};

struct facts {
	struct fact_row *p;
	size_t n, cap;
};

/* Looks up the fields that the rows name. */
void facts_init(struct facts *f);
void facts_done(struct facts *f);
const struct fact_row *facts_find(const struct facts *f, struct sv name);
/* The scope of this name, or -1. */
int fact_scope_find(const struct fact_row *row, struct sv name);
/* Declares all variables of the fact, in the order of their slots. */
void fact_declare(const struct fact_row *row, struct cel_env *env);
/* "container/web", "container/web/port/80", "rule/3": the text of an element whose scope around it
 * has the text `around`. */
void fact_scope_text(const struct fact_scope *s, struct sv around, const struct node *element,
		     size_t index, struct buf *out);
/* The nearest value that is there on the way to a field that is absent or a default, and what of
 * the way is missing ("/securityContext/privileged"). element: the record in whose source it would
 * stand; schema: of the record that has the field. */
const struct node *fact_missing(const struct fact_schema *of, const struct node *element,
				const struct fact_schema *schema, struct sv field, struct arena *a,
				struct sv *missing);
