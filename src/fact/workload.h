/* The workload: the one document that rules about containers see. Its fields: fact/workload.def. */
#pragma once

#include "fact/schema.h"

extern const struct fact_schema schema_profile, schema_selinux, schema_image, schema_env,
	schema_port, schema_mount, schema_volume, schema_resources, schema_sysctl, schema_device,
	schema_ulimit, schema_kernel, schema_container, schema_workload;

/* workload.platform */
enum platform_id {
	PLATFORM_KUBERNETES,
	PLATFORM_COMPOSE,
	PLATFORM_DOCKER, /* create bodies, inspect documents, command lines */
	PLATFORM_PODMAN,
	PLATFORM_OCI,
	PLATFORM_PROCESS,
	PLATFORM_IMAGE,
	PLATFORM_DOCKERFILE,
	PLATFORMS
};
/* "kubernetes" ... */
extern const char *const platform_names[PLATFORMS];
/* PLATFORMS: unknown. */
enum platform_id platform_find(struct sv name);

/* WORKLOAD_HOST_PID, CONTAINER_IMAGE ...: the index of each field. */
#define F(schema, FIELD, name, kind, of, record, about) FIELD,
#define RECORD(schema)      \
	enum schema##_field \
	{
#define END(schema) \
	}           \
	;
#include "fact/workload.def"
