/*
 * Quantities of Kubernetes as exact numbers of billionths (its smallest unit, n). What is larger
 * than 2^127 - 1 of them (about 1.7 x 10^29 units) is kept as that bound, as Kubernetes caps
 * amounts too; such a quantity is not an integer and takes no part in arithmetic.
 */
#pragma once

#include "base/base.h"

__extension__ typedef __int128 quantity_int;

enum quantity_format { QUANTITY_DECIMAL, QUANTITY_BINARY, QUANTITY_EXPONENT };

struct quantity {
	quantity_int nano;
	bool capped;
	enum quantity_format format; /* how it is written back */
};

bool quantity_parse(struct sv text, struct quantity *out);
void quantity_text(const struct quantity *q, struct buf *out);
/* -1, 0, 1 */
int quantity_compare(const struct quantity *a, const struct quantity *b);
bool quantity_as_int(const struct quantity *q, int64_t *out);
double quantity_as_double(const struct quantity *q);
/* a + sign * b; false on overflow. */
bool quantity_add(const struct quantity *a, const struct quantity *b, int sign,
		  struct quantity *out);
bool quantity_mul(const struct quantity *a, int64_t by, struct quantity *out);
