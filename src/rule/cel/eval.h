/*
 * Evaluation: walks the checked tree. No allocation once the arena is warm (arena_clear() between
 * evaluations). Work is counted: cost beyond the limit ends the evaluation with an error that
 * nothing absorbs.
 */
#pragma once

#include "base/base.h"
#include "rule/cel/value.h"

struct regex_scratch;
struct cel_patterns;
struct cel_program;

struct cel_eval {
	struct arena *arena;           /* results live here */
	const struct cel_value *vars;  /* by the environment's slots */
	uint64_t cost, cost_limit;     /* 0 = limit_cel_cost */
	struct regex_scratch *regex;   /* made when first needed; cel_eval_done() frees it */
	struct cel_patterns *patterns; /* compiled at calls; the same */
	/* the evaluator's own */
	struct cel_value *locals;
	size_t locals_cap;
	uint64_t runs;        /* evaluations so far */
	uint32_t at;          /* where we are, for faults */
	const void *prepared; /* of the call that runs */
	bool stopped;         /* over the cost limit: no operator absorbs this error */
};

/* A function gets values that are no errors (the evaluator passes errors on). */
typedef struct cel_value cel_fn(struct cel_eval *e, const struct cel_value *args, size_t n);
typedef int cel_prepare_fn(struct arena *a, const struct cel_value *args, size_t n,
			   const void **out, struct err *err);

/* The value; CEL_ERROR when it failed. Clears cost and stopped first. */
struct cel_value cel_run(const struct cel_program *p, struct cel_eval *e);
void cel_eval_done(struct cel_eval *e);

/* For functions. An error value; what is static. */
struct cel_value cel_fault(struct cel_eval *e, const char *what, struct sv detail);
/* Counts work: false (and the evaluation is stopped) beyond the limit; the caller then returns
 * cel_fault(). Call it before allocating: a unit for every ten bytes. */
bool cel_spend(struct cel_eval *e, uint64_t units);
/* The fault of an error value with its place: "no such key: x", where "1:7". */
int cel_fault_err(const struct cel_program *p, const struct cel_value *v,
		  struct err *err) must_check;
