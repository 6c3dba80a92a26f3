/* What the files of the TOML reader share: the growing tree and the reader's state. */
#pragma once

#include "base/map.h"
#include "fmt/toml.h"

enum toml_form {
	TOML_VALUE, /* scalars, arrays and inline tables: closed */
	TOML_TABLE,
	TOML_ARRAY_OF_TABLES,
};

/* A value while tables can still grow; in the scratch arena. */
struct toml_item {
	struct node node; /* without items */
	struct toml_item *parent, *first, *last, *next;
	uint8_t form; /* enum toml_form */
	uint8_t depth;
	bool explicit;    /* a table with a header, or made or entered by dotted keys */
	uint32_t section; /* the section whose dotted keys may go on with it; 0 = none */
	struct map *keys; /* of a table with many children */
};

struct toml {
	struct doc *d;
	const char *start, *p, *end;
	struct err *err;
	struct arena scratch;
	size_t nodes;
	uint32_t sections; /* headers and inline tables so far */
	struct {
		struct map **p;
		size_t n, cap;
	} maps;
};

/* At a place of the text; returns -kind. */
int toml_fail(struct toml *t, const char *at, enum err_kind kind, const char *msg)
	__attribute__((cold));
uint32_t toml_offset(const struct toml *t, const char *at);

/* toml-tree.c */
/* A child of parent (NULL: the root) at key; ERR_LIMIT when too deep or too many. */
int toml_add(struct toml *t, struct toml_item *parent, const struct node *key,
	     struct toml_item **out) must_check;
struct toml_item *toml_find(const struct toml_item *table, struct sv key);
/* The finished tree in the document's arena. */
struct node *toml_finish(struct toml *t, const struct toml_item *root);
void toml_tree_done(struct toml *t);

/* toml-string.c: at an opening quote; keys take the one-line forms only. */
int toml_string(struct toml *t, bool multiline, struct sv *out) must_check;

/* toml-number.c: the token of a number, date or time at t->p. */
int toml_number(struct toml *t, struct node *out) must_check;

/* toml-value.c */
/* Passes over spaces and tabs; with lines also over comments and line ends. */
int toml_space(struct toml *t, bool lines) must_check;
/* Reads a value into item, which stands in the tree. */
int toml_value(struct toml *t, struct toml_item *item) must_check;
/* "a.b = value" into a table. */
int toml_key_value(struct toml *t, struct toml_item *table, uint32_t section) must_check;
/* One part of a key: text and span in *key. */
int toml_key_part(struct toml *t, struct node *key) must_check;
