/* Facts of the set as records of their schemas: fact/set/record.c. */
#pragma once

#include "fact/set/set-int.h"

/* An empty record; texts are views of the set. */
struct node *record_of(struct relate *r, const struct fact_schema *s);
void say_text(struct node *record, unsigned field, struct sv text); /* empty: absent */
void say_bool(struct node *record, unsigned field, bool value);
void say_int(struct relate *r, struct node *record, unsigned field, int64_t value);
/* A number in text; nothing when it is none. */
void say_number(struct node *record, unsigned field, struct sv text);
/* All texts of the tag as a list of strings. */
void say_texts(struct relate *r, struct node *record, unsigned field, struct sv items,
	       enum set_tag tag);
void say_labels(struct relate *r, struct node *record, unsigned field, struct sv labels);
/* A list with room for n records; the caller fills and counts. */
struct node *say_records(struct relate *r, struct node *record, unsigned field, size_t n);
void say_name(struct node *record, unsigned name, unsigned ns, const struct set_object *o);
struct node *list_text(struct node *list, struct sv text);
void tell_fact(struct relate *r, const struct fact_schema *s, const struct node *record,
	       const struct set_object *o);
size_t count_items(struct sv items, enum set_tag tag);
