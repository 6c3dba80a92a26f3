/*
 * Kubernetes objects as facts.
 *
 * kube_objects() takes one document of a manifest apart (List kinds too) and calls back for each
 * object. Nothing is guessed: what is no Kubernetes object (no apiVersion and kind) is told as
 * such.
 */
#pragma once

#include "fact/sink.h"

/* The records of fact/kube/object.def: schema_meta is the common part of every object. */
extern const struct fact_schema schema_meta, schema_role_rule, schema_role, schema_subject,
	schema_binding;

/* META_NAME, ROLE_RULES, BINDING_SUBJECTS ...: the index of each field. */
#define F(schema, FIELD, name, kind, of, record, about) FIELD,
#define RECORD(schema)      \
	enum schema##_field \
	{
#define END(schema) \
	}           \
	;
#include "fact/kube/object.def"

/* Facts go to the arena. Never fails: faults are told to the sink. */
void kube_objects(struct arena *a, struct doc *d, const struct node *root,
		  const struct fact_sink *sink);

/* The JSON pointer (RFC 6901) of the smallest value of root that holds bytes start to end; "" for
 * the root. A field that a schema has and the source has not: the pointer of its object. */
struct sv node_pointer(struct arena *a, const struct node *root, uint32_t start, uint32_t end);
