/*
 * CEL values. A value wraps a node of a document where it can: lists and maps of documents are read
 * in place, and a value that came from a document keeps its node, so that a failed rule can point
 * at the line. Errors are values. All texts and arrays live in a document's arena or in that of the
 * evaluation.
 *
 * Language: https://github.com/google/cel-spec/blob/master/doc/langdef.md
 */
#pragma once

#include "fmt/json-out.h"
#include "fmt/node.h"

enum cel_kind {
	CEL_ERROR,
	CEL_NULL,
	CEL_BOOL,
	CEL_INT,
	CEL_UINT,
	CEL_DOUBLE,
	CEL_STRING,
	CEL_BYTES,
	CEL_LIST,
	CEL_MAP,
	CEL_DURATION,
	CEL_TIMESTAMP,
	CEL_TYPE,
	CEL_OPTIONAL,
	CEL_OPAQUE, /* a type of an extension library: ip, cidr, url, quantity, semver, format */
	CEL_KINDS,
};

/* How lists and maps are stored. */
enum cel_form {
	CEL_FORM_NODE,  /* the node's items; members with NODE_ABSENT do not count, a key that an
			   object has twice counts once (elements of arrays are always there) */
	CEL_FORM_ITEMS, /* items (list) or map */
};

struct cel_type;
struct cel_map;
struct cel_fault;

struct cel_value {
	uint8_t kind;  /* enum cel_kind */
	uint8_t form;  /* enum cel_form */
	int32_t nanos; /* of a duration (sign of the seconds) or timestamp (0 to 999,999,999) */
	const struct node *node; /* where it came from, or NULL */
	union {
		bool b;
		int64_t i; /* also seconds of durations and timestamps */
		uint64_t u;
		double d;
		struct sv s; /* string, bytes */
		struct {
			const struct cel_value *p;
			size_t n;
		} items; /* list */
		const struct cel_map *map;
		const struct cel_type *type;   /* CEL_TYPE */
		const struct cel_value *inner; /* optional: NULL is none */
		const struct cel_fault *fault; /* error */
		struct {
			const struct cel_opaque *type;
			const void *data;
		} opaque;
	};
};

/* Why an evaluation failed. */
struct cel_fault {
	const char *what; /* static: "no such key" */
	struct sv detail; /* "privileged", or empty */
	uint32_t at;      /* byte in the source of the expression */
};

/* A map that an expression or a binding made: entries in order of making; a hash index above eight.
 */
struct cel_map {
	struct cel_entry {
		struct cel_value key, value;
	} * p;
	size_t n;
	uint32_t *index; /* 0 = free, else entry + 1; mask + 1 places; NULL for small maps */
	uint32_t mask;
};

/* The type of a library: one row for each. */
struct cel_opaque {
	const char *name; /* "net.IP" */
	bool (*equal)(const void *a, const void *b);
	/* What `gabion rules eval` and messages show. */
	void (*text)(const void *data, struct buf *out);
};

/* Scalars, lists and maps of a document. Numbers written as integers are int (uint when they do not
 * fit and are positive), others double. */
struct cel_value cel_of_node(const struct node *n);
struct cel_value cel_bool(bool b);
struct cel_value cel_int(int64_t i);
struct cel_value cel_uint(uint64_t u);
struct cel_value cel_double(double d);
struct cel_value cel_string(struct sv s);
struct cel_value cel_items(const struct cel_value *p, size_t n);
extern const struct cel_value cel_null, cel_none; /* cel_none: optional.none() */

size_t cel_size(const struct cel_value *v);                      /* elements of a list or map */
struct cel_value cel_at(const struct cel_value *list, size_t i); /* i < cel_size() */
/* The i-th entry of a map. */
void cel_entry_at(const struct cel_value *map, size_t i, struct cel_value *key,
		  struct cel_value *value);
/* Goes through a map in linear time: start with *at = 0; false at the end. */
bool cel_entry_next(const struct cel_value *map, size_t *at, struct cel_value *key,
		    struct cel_value *value);
/* Numeric keys are equal across int, uint and double. False when it is not there. */
bool cel_find(const struct cel_value *map, const struct cel_value *key, struct cel_value *out);
bool cel_find_sv(const struct cel_value *map, struct sv key, struct cel_value *out);
/* Builds the index of a map whose entries are set; false and *twice = the second entry of an equal
 * key. Keys are bool, int, uint or string. */
struct arena;
bool cel_map_index(struct arena *a, struct cel_map *m, size_t *twice);

/* CEL's ==: numbers across kinds by value, NaN never equal, other kinds unequal. Without recursion
 * on depth beyond limit_json_depth. */
bool cel_equal(const struct cel_value *a, const struct cel_value *b);
/* -1, 0, 1; 2: not ordered (NaN); 3: kinds that have no order with each other. */
int cel_order(const struct cel_value *a, const struct cel_value *b);

/* Rough work of looking at all of a value, in units of cel_spend(); stops counting at most. */
uint64_t cel_weight(const struct cel_value *v, uint64_t most);

/* As JSON: int and uint as numbers, bytes as base64, durations and timestamps as text, types as
 * their names, optional none as null. Ends early (lists and maps lose what is left) beyond
 * limit_cel_cost values or ten bytes of text. */
void cel_json(struct json_out *w, const struct cel_value *v);
/* As a person reads it in a message: strings without quotes at the top level. */
void cel_text(struct buf *out, const struct cel_value *v);
/* "int", "list", "google.protobuf.Timestamp". */
struct sv cel_type_name_of(const struct cel_value *v);
