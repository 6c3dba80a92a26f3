/* The tables of the records: fact/workload.def as data. */
#include "fact/workload.h"

#define FACT_DEF "fact/workload.def"
#include "fact/schema-tables.inc"

const char *const platform_names[PLATFORMS] = {
	[PLATFORM_KUBERNETES] = "kubernetes",
	[PLATFORM_COMPOSE] = "compose",
	[PLATFORM_DOCKER] = "docker",
	[PLATFORM_PODMAN] = "podman",
	[PLATFORM_OCI] = "oci",
	[PLATFORM_PROCESS] = "process",
	[PLATFORM_IMAGE] = "image",
	[PLATFORM_DOCKERFILE] = "dockerfile",
};

enum platform_id platform_find(struct sv name)
{
	size_t i = 0;

	while (i < PLATFORMS && !sv_is(name, platform_names[i]))
		i++;
	return (enum platform_id)i;
}
