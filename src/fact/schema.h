/*
 * Facts: typed documents, made of nodes.
 *
 * A schema lists the fields of one record type. A record is a NODE_OBJECT that has one child for
 * every field of its schema, in the schema's order: record->items[INDEX] is the field (no search),
 * and node_get() by name works too. Each child is a copy of the source's node (children shared), so
 * it keeps the span of the place that said so:
 *
 *   - said in the source: the node as it stands there;
 *   - inherited (a container's value that its pod sets): the node of the pod's place;
 *   - the platform's default: NODE_DEFAULT, with the span of the nearest object that is there;
 *   - nothing said and no default: NODE_NULL with NODE_ABSENT and such a span. CEL's has() is
 *     false; reading it is an error of the evaluation, never a pass.
 */
#pragma once

#include "fmt/node.h"

enum fact_kind {
	FACT_BOOL,
	FACT_INT,
	FACT_STRING,
	FACT_ANY, /* a node as it stands in the source: dyn in CEL */
	FACT_LIST,
	FACT_MAP, /* string keys */
	FACT_RECORD,
};

struct fact_field {
	const char *name;                 /* snake_case, as rules write it */
	uint8_t kind;                     /* enum fact_kind */
	uint8_t of;                       /* elements of a list, values of a map */
	const struct fact_schema *record; /* of FACT_RECORD, here or as `of` */
	const char *about;                /* one line for the reference */
};

struct fact_schema {
	const char *name; /* "workload", "container" */
	const struct fact_field *fields;
	unsigned n;
	const struct node *blank; /* the fields of a record where nothing is said; NULL: made from
				     their names */
};

/* The index of a field, or -1. */
int fact_field_find(const struct fact_schema *s, struct sv name);
/* A record with all fields absent; their span is that of `at` (NULL: 0..0). Names are views of the
 * schema's. In the arena. */
struct node *fact_record(struct arena *a, const struct fact_schema *s, const struct node *at);
/* The same into a node that is there: an element of a list. */
void fact_fill(struct arena *a, struct node *into, const struct fact_schema *s,
	       const struct node *at);
/* The same as a field of a record, which is returned; at NULL: the span of the record. */
struct node *fact_sub(struct arena *a, struct node *record, unsigned field,
		      const struct fact_schema *s, const struct node *at);
/* Setters by index. The first copies the source's node under the field's name; NULL leaves the
 * field as it is. */
void fact_set(struct node *record, unsigned field, const struct node *value);
/* A value that is concluded from the node `at`, whose span it gets (NULL: the record's). */
void fact_say(struct node *record, unsigned field, enum node_kind kind, struct sv text,
	      const struct node *at);
void fact_default(struct node *record, unsigned field, enum node_kind kind, struct sv text);
/* A list of n zeroed elements as the field's value (the caller fills node->items); span of `at`. */
struct node *fact_list(struct arena *a, struct node *record, unsigned field, size_t n,
		       const struct node *at);
/* What is still absent of lists and maps becomes empty, with NODE_DEFAULT: for sources that say all
 * they have. Not of records below. */
void fact_lists(struct node *record, const struct fact_schema *s);
/* Nobody knows: absent again, whatever was said. */
void fact_unknown(struct node *record, unsigned field);
/* True unless the field is absent. */
static inline bool fact_has(const struct node *record, unsigned field)
{
	return !(record->items[field].flags & NODE_ABSENT);
}
