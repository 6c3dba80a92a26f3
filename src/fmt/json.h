/*
 * Strict JSON (RFC 8259) into the node tree; UTF-8 checked; raw numbers kept; limits of
 * base/limits.def. Refused although some readers take them: a byte order mark, lone surrogate
 * escapes, control characters in strings, anything but white space after the value.
 */
#pragma once

#include "fmt/node.h"

/* Reads d->bytes (d->arena, d->name, d->dup set by the caller) into d->root. On failure err->where
 * is "name:line:column". Free of recursion; nested at most limit_json_depth. */
int json_parse(struct doc *d, struct err *err) must_check;
/* Short form for one-off documents: sets up a doc in the arena. *out is its root. */
int json_read(struct arena *a, struct sv name, struct sv bytes, enum dup_keys dup,
	      const struct node **out, struct err *err) must_check;

/* Calls fn for each element of the array at the top level (key empty) or under a key of the
 * top-level object, each in an arena that is reset between calls: for feeds larger than memory.
 * Elements are read as by json_parse with DUP_REFUSE; of the other members only brackets and quotes
 * are checked. fn != 0 stops and is returned. No member of that key: ERR_NOTFOUND. Borrows in. */
struct stream;
int json_each(struct stream *in, struct sv name, struct sv key,
	      int (*fn)(void *arg, const struct node *element, struct err *err), void *arg,
	      struct err *err) must_check;

/* A document whose bytes arrive in pieces is read whole first: stream_all(). */
