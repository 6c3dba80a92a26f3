/*
 * Compose files. Parts: one or several with the role "" (later ones go on top of earlier ones); a
 * file that one of them refers to is found by its name, which is the path as written joined to the
 * folder of the part that refers to it; ".env" beside the first, or a part with the role "env".
 */
#pragma once

#include "fact/source.h"

extern const struct fact_source source_compose;
