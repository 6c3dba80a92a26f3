/* Faults of what consists of several parts: told once each, so many at most. */
#pragma once

#include "fact/parts.h"
#include "fact/sink.h"

enum { TELLER_LAST = 16 };

struct teller {
	struct parts *parts;
	const struct fact_sink *sink;
	const char *who; /* that refuses it */
	unsigned told;
	uint64_t wrong[TELLER_LAST]; /* where the last values of a wrong type stand */
};

/* What `at` must be: "boolean". */
void tell_type(struct teller *t, const struct node *at, const char *expected);
/* Refused because of what the text says. */
void tell_fault(struct teller *t, const struct node *at, const char *fmt, ...) printf_like(3, 4);
/* Worth knowing only. */
void tell_note(struct teller *t, const struct node *at, const char *fmt, ...) printf_like(3, 4);
