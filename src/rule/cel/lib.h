/*
 * What the extension libraries share: room for results that is paid for, text under construction,
 * characters of strings. Nothing here is needed by other floors.
 */
#pragma once

#include "rule/cel/eval-int.h"

/* "no such overload": an argument, or an element of one, is of a kind the function does not take.
 */
struct cel_value lib_misfit(struct cel_eval *e);
/* What a function returns after cel_spend() said no. */
struct cel_value lib_over(struct cel_eval *e);
/* A fault that shows a number or a text: "index out of range: 30". */
struct cel_value lib_fault_int(struct cel_eval *e, const char *what, int64_t i);

struct cel_value lib_opaque(const struct cel_opaque *type, const void *data);
/* Work on so many bytes, for which no room is asked: false beyond the limit. */
bool lib_scan(struct cel_eval *e, size_t bytes);

/* Text under construction in the arena. What is added beyond the cost limit is dropped; the value
 * is then the fault. */
struct lib_text {
	struct cel_eval *e;
	char *p;
	size_t n, cap;
	bool over;
};

void lib_text_add(struct lib_text *t, struct sv v);
void lib_text_char(struct lib_text *t, char c);
void lib_text_fmt(struct lib_text *t, const char *fmt, ...) printf_like(2, 3);
struct cel_value lib_text_value(const struct lib_text *t);
static inline struct sv lib_text_view(const struct lib_text *t)
{
	return (struct sv){t->p, t->n};
}

/* A list under construction. */
struct lib_list {
	struct cel_eval *e;
	struct cel_value *p;
	size_t n, cap;
	bool over;
};

void lib_list_add(struct lib_list *l, struct cel_value v);
struct cel_value lib_list_value(const struct lib_list *l);

/* A value that is compared with many. */
struct lib_needle {
	const struct cel_value *v;
	uint64_t weight;
};

struct lib_needle lib_needle(const struct cel_value *v);
/* CEL's ==, paid for; false beyond the cost limit (e->stopped). */
bool lib_equal(struct cel_eval *e, const struct lib_needle *n, const struct cel_value *v);

/* Bytes of the character at the start of v, which is not empty: 1 for a byte that is not UTF-8. */
size_t lib_char(struct sv v);
/* Characters of v. */
int64_t lib_chars(struct sv v);
/* Where the i-th character of v starts; v.n when i is the number of characters; SIZE_MAX beyond, or
 * when i is negative. */
size_t lib_offset(struct sv v, int64_t i);
