/* The source "dockerfile". */
#pragma once

#include "fact/source.h"

extern const struct fact_source source_dockerfile;
