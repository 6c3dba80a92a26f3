/* The functions of an environment by name (env.c), as the checker reads them. */
#pragma once

#include "rule/cel/env.h"

struct cel_function {
	struct sv name;
	struct cel_rows {
		const struct cel_overload_row *row;
		struct cel_rows *next;
	} * rows, *last;
	/* of the rows in their order; NULL until the name is first used */
	const struct cel_overload **overloads;
	size_t n;
};

/* The function of this name with its signatures parsed, or NULL. A row of a library whose signature
 * is wrong is a fault of the program: ERR_BUG, *out untouched. */
int function_find(struct cel_env *e, struct sv name, const struct cel_function **out,
		  struct err *err) must_check;
/* Does a signature name the type of a library so ("net.IP")? */
bool function_names_type(const struct cel_env *e, struct sv name);
