/* Trees that are changed and written down in other forms, for tests that want the same answer. */
#pragma once

#include "base/map.h"
#include "fmt/node.h"

/* A copy down to the leaves, whose parts may be changed. */
struct node *form_copy(struct arena *a, const struct node *n);
struct node *form_object(struct arena *a);
struct node *form_text(struct arena *a, const char *text);
struct node *form_list(struct arena *a, const struct node *const *items, size_t n);
/* Sets, replaces, or (value NULL) removes a key. */
void form_put(struct arena *a, struct node *object, const char *key, const struct node *value);
struct node *form_get(struct node *object, const char *key);
/* The value of the key, which is made an empty object when it is none. */
struct node *form_make(struct arena *a, struct node *object, const char *key);
/* Every object's keys in another order, the same for the same seed. */
void form_shuffle(struct node *n, uint32_t *seed);

enum form_style {
	FORM_JSON,
	FORM_BLOCK,    /* YAML with a line for each key */
	FORM_CRLF,     /* the same with the other line ends */
	FORM_COMMENTS, /* flow collections, a comment behind each line and between them */
	FORM_ANCHORS,  /* flow collections, equal parts once and then by alias */
	FORM_STYLES
};
void form_write(struct buf *out, const struct node *n, enum form_style style);
