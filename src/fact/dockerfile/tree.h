/* The root of a Dockerfile's document, as its source leaves it: an array with an element for each
 * instruction in order, whose children are its heredocs. */
#pragma once

#include "fmt/node.h"

static inline bool dockerfile_is_tree(const struct node *root)
{
	return node_is(root, NODE_ARRAY) && sv_is(root->text, "Dockerfile");
}
