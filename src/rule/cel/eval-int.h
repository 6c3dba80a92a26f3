/* What the files of the evaluator share. */
#pragma once

#include "rule/cel/env.h"

/* The value of an expression; counts its cost. */
struct cel_value cel_eval_expr(struct cel_eval *e, const struct cel_expr *x);
/* The same where only a bool will do, without making a value: 0, 1, or -1 and *fault an error. */
int cel_eval_bool(struct cel_eval *e, const struct cel_expr *x, struct cel_value *fault);
struct cel_value cel_eval_select(struct cel_eval *e, const struct cel_expr *x);
/* A select (no has(), no .?) that leads to a bool of a document: 0 or 1; -1: evaluate it in full.
 */
int cel_eval_flag(struct cel_eval *e, const struct cel_expr *x);
/* has(): 0, 1 or -1. */
int cel_eval_has(struct cel_eval *e, const struct cel_expr *x, struct cel_value *fault);
struct cel_value cel_eval_fold(struct cel_eval *e, const struct cel_expr *x);
/* The folds whose value is a bool. */
bool cel_fold_is_bool(const struct cel_expr *x);
int cel_eval_fold_bool(struct cel_eval *e, const struct cel_expr *x, struct cel_value *fault);

/* Functions of the libraries that the evaluator knows. */
cel_fn cel_fn_not;
/* container[key]: list, map, optional; checks its arguments itself. */
cel_fn cel_fn_index, cel_fn_optional_index;

struct cel_value cel_no_overload(struct cel_eval *e, struct sv name);
/* optional.of(v), in the arena. */
struct cel_value cel_optional_of(struct cel_eval *e, const struct cel_value *v);
/* Zeroed values or bytes of the arena; NULL, the evaluation stopped, when they cost too much. */
struct cel_value *cel_new_values(struct cel_eval *e, size_t n);
void *cel_new_bytes(struct cel_eval *e, size_t n);
/* A map of entries whose keys are set: checks keys, makes the index. */
struct cel_value cel_make_map(struct cel_eval *e, struct cel_entry *p, size_t n);
