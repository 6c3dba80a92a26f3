/* Order and sorting of the lists library. */
#pragma once

#include "rule/cel/lib.h"

/* -1, 0, 1; 2 and *fault: not both of kinds that have an order with each other, NaN, or beyond the
 * cost limit. */
int cel_lib_order(struct cel_eval *e, const struct cel_value *a, const struct cel_value *b,
		  struct cel_value *fault);
/* list.sort() */
cel_fn cel_list_sort;
/* What list.sortBy(x, key) becomes: the list in the order of a list of keys. */
cel_fn cel_list_sort_by;
