/* The tables of the records: fact/set.def as data. */
#include "fact/set.h"

#define RECORD(schema) static const struct fact_field schema##_fields[] = {
#define F(schema, FIELD, name, kind, of, record, about) {#name, kind, of, record, about},
#define END(schema)                                              \
	}                                                        \
	;                                                        \
	const struct fact_schema schema_##schema = {#schema, schema##_fields, \
						    ARRAY_LEN(schema##_fields)};
#include "fact/set.def"
