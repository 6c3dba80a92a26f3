/* What rules see of a Dockerfile. Fields: fact/dockerfile/schema.def. */
#pragma once

#include "fact/workload.h"

extern const struct fact_schema schema_pair, schema_heredoc, schema_command, schema_build_mount,
	schema_instruction, schema_stage, schema_dockerfile;

#define F(schema, FIELD, name, kind, of, record, about) FIELD,
#define RECORD(schema)      \
	enum schema##_field \
	{
#define END(schema) \
	}           \
	;
#include "fact/dockerfile/schema.def"
