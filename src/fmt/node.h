/*
 * One tree for JSON, YAML and TOML, with the way back to the source.
 *
 * All nodes and decoded texts live in the document's arena; texts that need no decoding are views
 * into doc->bytes, which the caller keeps alive. Children of a container are contiguous. Objects
 * keep order and duplicates; readers take a flag that says what a duplicate key means.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

enum node_kind { NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_STRING, NODE_ARRAY, NODE_OBJECT };

enum node_flag {
	NODE_QUOTED = 1,    /* YAML: quoted or block scalar, so never re-typed */
	NODE_ALIAS = 2,     /* YAML: reached through an alias */
	NODE_DEFAULT = 4,   /* not in the source: a default of the platform */
	NODE_DUPLICATE = 8, /* its key stands earlier in the same object */
	NODE_DUP_LAST = 16, /* an object with such children, read with DUP_LAST */
	NODE_ABSENT = 32,   /* a field of a schema that nobody set and that has no default */
	NODE_OVERRIDE = 64, /* YAML of compose: !override; a null with it is !reset */
};

struct node {
	uint8_t kind; /* enum node_kind */
	uint8_t flags;
	uint16_t doc;        /* number of the document in its file, from 0 */
	uint32_t n;          /* children */
	uint32_t start, end; /* bytes of the value in doc->bytes */
	uint32_t key_start, key_end;
	struct sv key;  /* decoded; only inside objects */
	struct sv text; /* string: decoded; bool: "true", "false"; number: JSON as written, YAML and
			 * TOML in JSON's form (0x1F is 31), or inf, -inf, nan */
	struct node *items;
};

enum dup_keys {
	DUP_REFUSE, /* an error at the second key */
	DUP_LAST,   /* node_get finds the last */
	DUP_FIRST,
};

struct doc {
	struct arena *arena;
	struct sv name;  /* file name for messages */
	struct sv bytes; /* the whole file */
	enum dup_keys dup;
	struct node *root;
	uint32_t *lines; /* offset of each line's first byte; made by the first doc_line_col() */
	uint32_t lines_n;
	uint32_t *chars; /* characters before every 4096th byte, so that long lines cost no more
			    than short ones; made when a long line is asked for */
};

/* Line and column from 1; the column counts characters (code points). */
void doc_line_col(struct doc *d, uint32_t offset, uint32_t *line, uint32_t *column);

/* All accept NULL and a node of another kind: NULL, empty, false. A look-up walks the object:
 * whoever looks up many keys in one big object makes a map of it. */
const struct node *node_get_sv(const struct node *object, struct sv key);
static inline const struct node *node_get(const struct node *object, const char *key)
{
	return node_get_sv(object, sv_of(key));
}
/* Path of keys, e.g. node_path(n, "config", "Labels", NULL). */
const struct node *node_path(const struct node *n, ...) __attribute__((sentinel));
/* The text of a string; empty view otherwise. */
struct sv node_str(const struct node *n);
struct sv node_get_str(const struct node *object, const char *key);
bool node_is(const struct node *n, enum node_kind kind);
bool node_true(const struct node *n);
/* True and *out when the number is written as an integer (no point, no exponent) that fits. */
bool node_i64(const struct node *n, int64_t *out);
bool node_u64(const struct node *n, uint64_t *out);
bool node_f64(const struct node *n, double *out);

#define NODE_EACH(it, container)                                              \
	for (const struct node *it = (container) ? (container)->items : NULL, \
			       *it##_end = it ? it + (container)->n : NULL;   \
	     it != it##_end; it++)
