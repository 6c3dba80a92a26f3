/* A container's configuration against the kernel's view of it. */
#pragma once

#include "fact/workload.h"
#include "fact/engine/schema.h"

/*
 * Both are workloads with one container; kernel is of platform process. A record of schema_drift,
 * its differences empty where both agree. Only what both know is compared; what a program does to
 * itself (drops rights, changes its user) is no difference.
 */
struct node *drift_find(struct arena *a, const struct node *configured, const struct node *kernel);
