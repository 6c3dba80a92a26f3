/* The source "engine": container engines, the host, its files and the programs. Roles of parts:
 * audit/read/engine.h. */
#pragma once

#include "fact/source.h"

extern const struct fact_source source_engine;
