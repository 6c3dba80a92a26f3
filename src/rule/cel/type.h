/*
 * CEL types as the checker sees them. Simple types are constants; the others live in the
 * environment's arena. Text form: int, list(string), map(string, dyn), optional_type(int), A
 * (a type parameter: one capital letter), net.IP (the type of a library), a schema's name.
 */
#pragma once

#include "fact/schema.h"

enum cel_type_kind {
	CEL_T_DYN,
	CEL_T_ERROR,
	CEL_T_NULL,
	CEL_T_BOOL,
	CEL_T_INT,
	CEL_T_UINT,
	CEL_T_DOUBLE,
	CEL_T_STRING,
	CEL_T_BYTES,
	CEL_T_DURATION,
	CEL_T_TIMESTAMP,
	CEL_T_LIST,
	CEL_T_MAP,
	CEL_T_TYPE,
	CEL_T_OPTIONAL,
	CEL_T_OPAQUE, /* by name; may have parameters */
	CEL_T_PARAM,  /* a type parameter */
	CEL_T_RECORD, /* a fact with a schema: unknown fields are errors of the check */
	CEL_T_KINDS,
};

struct cel_type {
	uint8_t kind; /* enum cel_type_kind */
	uint8_t n;    /* parameters */
	bool closed;  /* the checker's: made for one expression, and without variables by now */
	const struct cel_type *params[3];
	struct sv
		name; /* of opaque types and parameters; a parameter without one is the checker's */
	const struct fact_schema *schema;
};

/* By kind, for the kinds without parameters. */
extern const struct cel_type cel_types[CEL_T_KINDS];

const struct cel_type *cel_type_list(struct arena *a, const struct cel_type *of);
const struct cel_type *cel_type_map(struct arena *a, const struct cel_type *key,
				    const struct cel_type *value);
const struct cel_type *cel_type_optional(struct arena *a, const struct cel_type *of);
const struct cel_type *cel_type_record(struct arena *a, const struct fact_schema *s);
/* The type of a field of a schema. */
const struct cel_type *cel_type_field(struct arena *a, const struct fact_field *f);
/* "list(A)" and so on, also the $T of the conformance set. Takes what it understands off *text. */
int cel_type_parse(struct arena *a, struct sv *text, const struct cel_type **out,
		   struct err *err) must_check;
void cel_type_text(struct buf *out, const struct cel_type *t);
bool cel_type_equal(const struct cel_type *a, const struct cel_type *b);
