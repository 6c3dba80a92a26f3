/* What rules see of an engine, of its host, and of a container that differs from its
 * configuration. Fields: fact/engine/schema.def. */
#pragma once

#include "fact/workload.h"

extern const struct fact_schema schema_listener, schema_registry, schema_oci_runtime,
	schema_conflict, schema_engine, schema_reach, schema_host_file, schema_component,
	schema_host, schema_difference, schema_drift;

#define F(schema, FIELD, name, kind, of, record, about) FIELD,
#define RECORD(schema)      \
	enum schema##_field \
	{
#define END(schema) \
	}           \
	;
#include "fact/engine/schema.def"
