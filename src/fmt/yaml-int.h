/* What the files of the YAML reader share. */
#pragma once

#include "fmt/yaml.h"

struct yaml_span {
	uint32_t start, end;
	uint32_t directives; /* lines with % before the document */
};

/* The documents of a file: from markers and directives, without looking into them. *n of them
 * (malloc), or more than limit_yaml_documents: false. */
bool yaml_split(struct sv bytes, struct yaml_span **out, size_t *n);

/* The kind of a plain scalar, and its text in the form of node.h (in the arena when that differs).
 */
enum node_kind yaml_plain(enum yaml_schema schema, struct sv text, struct arena *a, struct sv *out);

/* One document: the bytes of span into *root. */
struct yaml_budget {
	uint64_t nodes, bytes; /* so far, of all documents of the file */
};
int yaml_document(struct doc *d, struct yaml_span span, uint16_t number, enum yaml_schema schema,
		  struct yaml_budget *budget, struct node **root, struct err *err) must_check;
