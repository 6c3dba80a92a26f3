/* The checker's inside: one struct for one run, one file for each sort of expression. */
#pragma once

#include "rule/cel/env.h"
#include "rule/cel/function.h"
#include "rule/cel/unify.h"

/* A variable of a fold; the scopes lie on the stack of the checker's recursion. */
struct scope {
	struct scope *up;
	struct sv name;
	const struct cel_type *type;
	uint32_t slot;
};

struct check {
	struct cel_env *env;
	struct arena *arena;
	struct sv source;
	struct err *err;
	struct unify unify;
	struct scope *scope;
	uint32_t slots, slots_max;
	/* expressions whose type has variables, until all is known */
	struct check_open {
		struct cel_expr *e;
		struct check_open *next;
	} * open;
};

/* Annotates e and all below it. The recursion is as deep as e is high: limit_cel_depth. */
int check_expr(struct check *c, struct cel_expr *e);
int check_name(struct check *c, struct cel_expr *e);
int check_call(struct check *c, struct cel_expr *e);
int check_fold(struct check *c, struct cel_expr *e);

/* dyn in an unchecked environment. Returns 0. */
int check_type(struct check *c, struct cel_expr *e, const struct cel_type *t);
/* An error at e. */
int check_fail(struct check *c, const struct cel_expr *e, const char *fmt, ...) printf_like(3, 4);
/* A type in a message. */
const char *check_text(struct check *c, const struct cel_type *t);
/* What the type stands for; list and map without parameters give dyn for them. */
const struct cel_type *check_head(const struct cel_expr *e);
const struct cel_type *check_param(const struct cel_type *t, unsigned i);
/* Fails unless e may be of this type. */
int check_wants(struct check *c, const struct cel_expr *e, const struct cel_type *t,
		const char *what);
/* The type of values that may be of either; NULL previous = the first. */
const struct cel_type *check_join(struct check *c, const struct cel_type *previous,
				  const struct cel_type *current);

/* Names. Finds a fold's variable; NULL. */
const struct scope *check_local(const struct check *c, struct sv name);
/* The parts of a.b.c, in order, when e is nothing else; 0 = it is not, or a is a fold's. */
size_t check_chain(struct check *c, const struct cel_expr *e, struct sv **parts, bool *absolute);
/* Steps through the container's prefixes: "a.b", "a", "". Start with the container. */
bool check_outer(struct sv *prefix);
/* The function that a call of these parts names, container and all; NULL in *out. */
int check_function(struct check *c, const struct sv *parts, size_t n, bool absolute,
		   const struct cel_function **out);

/* Of a tree that is checked; as deep as limit_cel_depth lets the parser go. */
void cel_constants(struct arena *a, struct cel_expr *x);
