/*
 * Assignability of types with type variables. A variable is a CEL_T_PARAM without a name; what it
 * stands for is found while expressions are checked, and becomes more general when uses differ
 * (an int, then dyn). Attempts can be taken back: unify_mark(), unify_undo().
 */
#pragma once

#include "base/base.h"
#include "rule/cel/type.h"

struct unify_var {
	struct cel_type type; /* first: a variable is its type */
	const struct cel_type *bound;
};

struct unify {
	struct arena *arena;
	struct {
		struct unify_change {
			struct unify_var *var;
			const struct cel_type *old;
		} * p;
		size_t n, cap;
	} trail;
	bool any; /* a variable was made */
};

void unify_done(struct unify *u);
const struct cel_type *unify_fresh(struct unify *u);
static inline size_t unify_mark(const struct unify *u)
{
	return u->trail.n;
}
void unify_undo(struct unify *u, size_t mark);

static inline bool unify_is_var(const struct cel_type *t)
{
	return t->kind == CEL_T_PARAM && t->name.n == 0;
}

/* May a value of type a stand where b is wanted? Binds variables of both; a failed attempt leaves
 * bindings behind. */
bool unify_assignable(struct unify *u, const struct cel_type *a, const struct cel_type *b);
/* The same, but a failed attempt changes nothing. */
bool unify_try(struct unify *u, const struct cel_type *a, const struct cel_type *b);
/* The less specific of two types that are assignable. */
const struct cel_type *unify_general(const struct cel_type *a, const struct cel_type *b);
/* What t stands for at its top: a variable followed, its parameters left as they are. */
const struct cel_type *unify_head(const struct cel_type *t);
/* Variables replaced; those that stand for nothing stay, or become dyn. */
const struct cel_type *unify_resolve(struct unify *u, const struct cel_type *t, bool to_dyn);
/* When all is known: t with its variables replaced, dyn for those that stand for nothing. In place:
 * types with variables belong to one expression, and share their parts. */
const struct cel_type *unify_close(const struct cel_type *t);
/* Has t variables, bound or not? */
bool unify_has_vars(const struct cel_type *t);

/* Named parameters of a signature ("A") and the variables that stand for them in one call. */
struct unify_frame {
	struct sv names[6];
	const struct cel_type *vars[6];
	size_t n;
};
/* t with fresh variables for its named parameters. Signatures have at most six (env.c). */
const struct cel_type *unify_instance(struct unify *u, struct unify_frame *f,
				      const struct cel_type *t);
