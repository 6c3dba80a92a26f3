/* A container that stands, of Docker or Podman: what its engine says and, where it runs on this
 * host, what the kernel says, with the difference. Roles: audit/live.h. */
#pragma once

#include "fact/source.h"

extern const struct fact_source source_container;
