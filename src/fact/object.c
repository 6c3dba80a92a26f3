/* The tables of the records: fact/object.def as data. */
#include "fact/kube.h"

#define RECORD(schema) static const struct fact_field schema##_fields[] = {
#define F(schema, FIELD, name, kind, of, record, about) {#name, kind, of, record, about},
#define END(schema)                                              \
	}                                                        \
	;                                                        \
	const struct fact_schema schema_##schema = {#schema, schema##_fields, \
						    ARRAY_LEN(schema##_fields)};
#include "fact/object.def"
