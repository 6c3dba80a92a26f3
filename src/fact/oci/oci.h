/* An OCI runtime's config.json (runtime-spec 1.2): the last word before the kernel's. */
#pragma once

#include "fact/source.h"

bool oci_is(const struct node *root);
/* A workload of platform oci with one container. Fields of a wrong type count as not there and are
 * told as faults (sink may be NULL). */
struct node *oci_workload(struct parts *p, const struct node *root, const struct fact_sink *sink);

extern const struct fact_source source_oci_config;
