/*
 * TOML 1.0.0 into the node tree: tables are objects, arrays of tables arrays. Duplicate keys and
 * tables defined twice are errors whatever doc->dup says. Strings have NODE_QUOTED; dates and times
 * are strings without it, their text as written. Integers are plain decimal (0x1F is 31), floats
 * JSON's form or inf, -inf, nan. The span of a table that has a header begins at the header and
 * ends with its last value; that of a key in a table is the key part. A byte order mark at the
 * start is passed over.
 */
#pragma once

#include "fmt/node.h"

/* Reads d->bytes (arena, name set by the caller) into d->root. On failure err->where is
 * "name:line:column". Nested at most limit_toml_depth. */
int toml_parse(struct doc *d, struct err *err) must_check;
/* Short form: sets up a doc in the arena. */
int toml_read(struct arena *a, struct sv name, struct sv bytes, const struct node **out,
	      struct err *err) must_check;
