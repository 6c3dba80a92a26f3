/* The parts of the engine. */
#pragma once

#include "rule/engine.h"

/* Rules of one fact and scope, those that cover others in front. */
struct engine_group {
	uint32_t *rules; /* indices in rules->all */
	uint32_t n;
	bool below; /* rules here or in a scope inside */
};

struct engine_plan {
	struct arena arena;
	struct engine_group *groups; /* facts.n * (1 + FACT_SCOPES) */
	struct engine_covers {
		const uint32_t *p;
		uint32_t n;
	} * covers;     /* by rule */
	bool *covered;  /* by rule: not told for the element at hand and what is inside */
	uint32_t *undo; /* rules covered, to be freed when the element is left */
	size_t undo_n;
	struct buf text; /* grows once */
	bool *selected;  /* a copy of what it is for; NULL: by default */
	size_t rules;
};

/* Where an element stands. */
struct engine_frame {
	const struct engine_frame *around; /* NULL: the fact itself */
	int scope;                         /* -1: the fact */
	const struct node *element;
	const struct fact_schema *schema;
	size_t index;
};

/* By fact and scope + 1. */
struct engine_plan *engine_plan_new(const struct rules *rules, const bool *selected)
	__attribute__((returns_nonnull));
bool engine_plan_fits(const struct engine_plan *p, const struct rules *rules, const bool *selected);
void engine_plan_free(struct engine_plan *p);
struct engine_group *engine_group(const struct engine_plan *p, const struct rules *rules,
				  const struct fact_row *row, int scope);
/* Message and places of a verdict that failed (engine-tell.c). */
void engine_message(struct engine *e, const struct rule *rule, struct verdict *v);
/* Adds the places of one expression; *v counts them. */
void engine_evidence(struct engine *e, const struct engine_frame *at, const struct cel_program *p,
		     struct verdict *v);
/* A value as JSON on one line, cut. */
struct sv engine_value(struct engine *e, const struct cel_value *v);
/* Text on one line: blanks for all white space, no control characters. */
void engine_line(struct buf *out, struct sv text);
/* The parts of a verdict (engine-trace.c). */
void engine_trace(struct engine *e, const struct rule *rule, const struct engine_frame *at,
		  struct verdict *v);
void engine_places(struct engine *e, const struct rule *rule, const struct engine_frame *at,
		   struct verdict *v);
