/*
 * Docker's ways to say what a container may do: the body of POST /containers/create, the answer to
 * GET /containers/ID/json (`docker inspect`), and what `podman inspect` prints.
 */
#pragma once

#include "fact/source.h"

/*
 * The workload of one inspect document (of Docker or Podman: told by its content). info: the answer
 * of GET /info, which says the engine's defaults; image: the inspect document of its image; both
 * may be NULL. Faults go to the sink, no object is told. NULL: it is no inspect document.
 */
struct node *docker_workload(struct parts *p, const struct node *inspect, const struct node *info,
			     const struct node *image, const struct fact_sink *sink);

extern const struct fact_source source_docker_create, source_docker_inspect, source_podman_inspect;
