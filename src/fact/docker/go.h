/*
 * What Go's encoding/json makes of a document: the reading of dockerd, which is not the one of
 * other readers (guard-runtime.md 6.1).
 *
 *   - A key is a field's by its exact name, else without regard to case as Unicode folds it: the
 *     long s (U+017F) is an s, the Kelvin sign (U+212A) a k. Others are passed over.
 *   - A field that comes again: scalars are overwritten; objects are merged field by field; an
 * array is written over the elements that are there, so that what an element said before and does
 *     not say now stays, also that of elements which an array between was too short for; an empty
 *     array forgets them; a map's value is replaced as a whole, by the exact key.
 *   - null forgets pointers, maps and arrays, and leaves everything else as it is.
 *
 * A view is a tree of new nodes: a struct is an object that has all fields of its type in their
 * order, those that nobody said with NODE_ABSENT and kind NODE_NULL. Spans and keys' places are
 * those of the value that counts.
 */
#pragma once

#include "fact/sink.h"

enum go_kind {
	GO_BOOL,
	GO_INT,
	GO_STRING,
	GO_STRUCT,
	GO_SLICE,
	GO_MAP,   /* keys are strings */
	GO_WORDS, /* a list of strings, or one string (Docker's StrSlice) */
	GO_ANY,   /* as it stands; the last counts */
};

struct go_field;

struct go_type {
	uint8_t kind; /* enum go_kind */
	bool pointer; /* null makes it nil */
	uint8_t bits; /* of a GO_INT; 0: 64 */
	bool is_unsigned;
	const struct go_type *of; /* elements of a slice, values of a map */
	const struct go_field *fields;
	unsigned n;
};

struct go_field {
	const char *name;
	const struct go_type *type;
};

struct go {
	struct arena *a;
	const struct node *root;      /* of the document: for the paths of faults */
	const struct fact_sink *sink; /* NULL: faults are not told */
	const char *who;              /* that refuses what has a wrong type: "docker" */
	unsigned faults;
	const struct node *merged; /* the first key that stands twice or is written in another case;
				      NULL: none */
};

/* The view of `n` (NULL: of nothing). Types do not contain themselves, so depth is that of the
 * type.
 */
const struct node *go_view(struct go *g, const struct go_type *type, const struct node *n);
/* A fault of the document: what was expected there, or why it is refused. */
void go_tell(struct go *g, const struct node *at, const char *expected, const char *why);
/* The field's name: exactly (2), folded (1), or not at all (0). */
int go_key_is(struct sv key, const char *name);
