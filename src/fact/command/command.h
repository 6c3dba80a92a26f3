/* Command lines that make a container: docker run, docker create, podman run ... One part, "". */
#pragma once

#include "fact/source.h"

extern const struct fact_source source_command;
