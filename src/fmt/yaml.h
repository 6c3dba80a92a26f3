/*
 * YAML through libyaml's events into the node tree. A file is split at its document markers first,
 * so that one broken document does not hide the others. Refused: bytes that are not UTF-8, keys
 * that are not scalars, tags outside the core schema, an alias inside its own anchor; and, because
 * libyaml does, a plain scalar in a flow list that ends with a colon ([2001:db8::]).
 *
 * Aliases share the children of their anchor; what they would be when written out counts against
 * limit_yaml_nodes, limit_yaml_bytes and limit_yaml_depth. An alias's own span is that of the
 * alias.
 */
#pragma once

#include "fmt/node.h"

/* What a plain scalar means. */
enum yaml_schema {
	YAML_12_CORE,    /* YAML 1.2.2, section 10.3 */
	YAML_KUBERNETES, /* as sigs.k8s.io/yaml: yes, no, on, off are booleans, 0777 is octal,
			  * 1_000; merge keys; keys become strings: on: is "true" */
	YAML_COMPOSE,    /* as go-yaml 3: integers as above, true and false only; merge keys; the
			  * tags !override and !reset (NODE_OVERRIDE) */
};

struct yaml_doc {
	const struct node *root; /* NODE_NULL for an empty document; NULL when it is broken */
	const struct err *err;   /* why it is broken, with "name:line:column"; else NULL */
	uint32_t start, end;     /* its bytes in the file */
};

struct yaml_docs {
	struct yaml_doc *p;
	size_t n;
};

/* Reads d->bytes (arena, name, dup set by the caller); *out and all in it live in the arena. A file
 * of comments has no documents. d->root is the root of the first. 0 also when documents are broken;
 * negative when the file as a whole is refused (limits). node->doc is the index in out->p. */
int yaml_parse_all(struct doc *d, enum yaml_schema schema, struct yaml_docs *out,
		   struct err *err) must_check;
/* For files that are one document: its root (NODE_NULL when there is none); more than one is an
 * error. */
int yaml_read(struct arena *a, struct sv name, struct sv bytes, enum yaml_schema schema,
	      enum dup_keys dup, const struct node **out, struct err *err) must_check;
/* The same with the document at hand, for doc_line_col(): d as for yaml_parse_all(), its root in
 * d->root. */
int yaml_parse(struct doc *d, enum yaml_schema schema, struct err *err) must_check;
