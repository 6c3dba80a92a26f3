/*
 * The source `image`: what an image is made of, and what a container of it would run with by
 * default. Roles: config (the OCI configuration) or inspect (what an engine answers of one image),
 * about (reference, digest, layers), layers (what they hold); or with the role "" a configuration,
 * or the output of `docker image inspect`, alone.
 */
#pragma once

#include "fact/source.h"

extern const struct fact_source source_image;
