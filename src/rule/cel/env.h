/*
 * What an expression may use: variables, functions, libraries. An environment is made once, holds
 * the standard library and every extension (rule/cel/libraries.def), and is shared by the
 * expressions that are compiled against it.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "rule/cel/ast.h"
#include "rule/cel/eval.h"

/*
 * An overload as a row. Signature: "string.(int,int)->string" is a member, "(list(A))->A" is not,
 * "(int...)->int" takes one or more.
 * Libraries are tables of rows: one file rule/cel/lib-<name>.c and one row in libraries.def each.
 */
struct cel_overload_row {
	const char *name; /* "substring", "math.greatest", "_+_" */
	const char *signature;
	cel_fn *fn;
	/* Called by the checker when all arguments named in prepare_args are literals: compiles a
	 * pattern, parses a quantity. *out goes to e->prepared at the call. The other arguments are
	 * null. May be NULL. */
	cel_prepare_fn *prepare;
	unsigned prepare_args; /* bit i: argument i (0 is the target of a member) */
};

struct cel_library {
	const char *name;
	const struct cel_overload_row *rows;
	size_t n;
};

/* A row with its signature parsed. */
struct cel_overload {
	const struct cel_overload_row *row;
	bool member;
	uint8_t n; /* parameters, the target included; rows with "..." repeat the last */
	bool variadic;
	bool generic; /* has type parameters */
	const struct cel_type **params;
	const struct cel_type *result;
};

struct cel_variable {
	struct sv name; /* may be qualified: "a.b" */
	const struct cel_type *type;
};

struct cel_env {
	struct arena *arena;
	struct sv container; /* name resolution as in C++: a.b.c, then a.b, a, none */
	unsigned parse_flags;
	bool unchecked; /* all types are dyn; names are resolved all the same */
	struct {
		struct cel_variable *p;
		size_t n, cap;
	} variables;          /* index = slot */
	struct map functions; /* name -> struct cel_function (env.c) */
};

/* The arena outlives everything compiled against the environment. Signatures are parsed when a name
 * is first used. */
void cel_env_init(struct cel_env *e, struct arena *a);
void cel_env_done(struct cel_env *e);
/* Returns the slot. */
uint32_t cel_env_variable(struct cel_env *e, struct sv name, const struct cel_type *type);
/* Adds a function that has no body (only for checks), or one with. */
int cel_env_function(struct cel_env *e, const struct cel_overload_row *row,
		     struct err *err) must_check;

struct cel_program {
	struct sv source;
	const struct cel_expr *root; /* root->type: what the checker found */
	uint32_t locals;             /* slots of fold variables */
};

/* Parse, check, resolve. Errors: ERR_PARSE, where "line:column". The program lives in the arena a.
 */
int cel_compile(struct cel_env *e, struct arena *a, struct sv source, struct cel_program *out,
		struct err *err) must_check;
/* The checker alone: annotates the tree. *locals: slots that its folds need. */
int cel_check(struct cel_env *e, struct arena *a, struct sv source, struct cel_expr *root,
	      uint32_t *locals, struct err *err) must_check;
/* line:column of a byte of the source, into where. */
void cel_where(struct sv source, uint32_t at, char *where, size_t cap);
