/* Merge keys: "<<" of YAML 1.1, which Kubernetes' and compose's readers still follow. */
#pragma once

#include "fmt/node.h"

/* A flag on children that are merge keys; none leaves the reader. */
enum { YAML_MERGE = 128 };

/* Makes the children of c in the arena from items: first those that are no merge keys, then those
 * of the merged mappings whose keys are not there yet (the first wins). NULL, or the value that
 * cannot be merged. */
const struct node *yaml_merge(struct arena *a, struct node *c, const struct node *items, size_t n);
