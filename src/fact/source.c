#include "fact/source.h"

#include "fact/command/command.h"
#include "fact/compose/compose.h"
#include "fact/container/container.h"
#include "fact/docker/docker.h"
#include "fact/dockerfile/source.h"
#include "fact/engine/engine.h"
#include "fact/image/image.h"
#include "fact/oci/oci.h"
#include "fact/process/process.h"

/* A document is what the first row says that it is. */
const struct fact_source *const fact_sources[] = {
	&source_image,          &source_dockerfile, &source_compose,       &source_oci_config,
	&source_process,        &source_engine,     &source_docker_create, &source_docker_inspect,
	&source_podman_inspect, &source_container,  &source_command,       NULL,
};

const struct fact_source *fact_source_find(struct sv name)
{
	for (size_t i = 0; fact_sources[i]; i++)
		if (sv_is(name, fact_sources[i]->name))
			return fact_sources[i];
	return NULL;
}

const struct fact_source *fact_source_guess(const struct node *root)
{
	for (size_t i = 0; fact_sources[i]; i++)
		if (fact_sources[i]->is && fact_sources[i]->is(root))
			return fact_sources[i];
	return NULL;
}
