/*
 * Changes to the text of a YAML or JSON document that leave comments and layout as they are.
 *
 * An edit is a piece of text to replace; the caller applies edits of one reading of a file from the
 * last to the first, and reads the result again before it trusts it.
 */
#pragma once

#include "fmt/node.h"

struct yaml_edit {
	uint32_t at, remove; /* bytes of d->bytes */
	struct sv text;      /* in d->arena */
};

/*
 * The edit that gives the place of a JSON pointer (below root) this value: objects on the way that
 * are missing are made. Nothing to do (the value stands there): 0, otherwise 1.
 * ERR_UNSUPPORTED: the text is written in a way that is not edited (an alias, a block scalar, a
 * list that would grow).
 */
int yaml_edit_set(struct doc *d, const struct node *root, struct sv pointer,
		  const struct node *value, struct yaml_edit *out, struct err *err) must_check;
/* The edit that takes a key and its value away. */
int yaml_edit_remove(struct doc *d, const struct node *root, struct sv pointer,
		     struct yaml_edit *out, struct err *err) must_check;
/* Applies edits (in any order) to text; of two at one place or that overlap only the first stays.
 * Returns how many were applied. */
size_t yaml_edit_apply(struct sv text, struct yaml_edit *edits, size_t n, struct buf *out);
