/* What rules see of an image. Fields: fact/image/schema.def. */
#pragma once

#include "fact/dockerfile/schema.h"

extern const struct fact_schema schema_history_entry, schema_image_file, schema_account,
	schema_secret, schema_image_report;

#define F(schema, FIELD, name, kind, of, record, about) FIELD,
#define RECORD(schema)      \
	enum schema##_field \
	{
#define END(schema) \
	}           \
	;
#include "fact/image/schema.def"
