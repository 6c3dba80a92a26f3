/* The tables of the records: fact/object.def as data. */
#include "fact/kube.h"

#define RECORD(schema)                                  static const struct fact_field schema##_fields[] = {
#define F(schema, FIELD, name, kind, of, record, about) {#name, kind, of, record, about},
#define END(schema) \
	}           \
	;
#include "fact/object.def"

#define RECORD(schema) static const struct node schema##_blank[] = {
#define F(schema, FIELD, name, kind, of, record, about) \
	{.flags = NODE_ABSENT, .key = {#name, sizeof #name - 1}},
#define END(schema) \
	}           \
	;
#include "fact/object.def"

#define RECORD(schema)
#define F(schema, FIELD, name, kind, of, record, about)
#define END(schema)                                                           \
	const struct fact_schema schema_##schema = {#schema, schema##_fields, \
						    ARRAY_LEN(schema##_fields), schema##_blank};
#include "fact/object.def"
