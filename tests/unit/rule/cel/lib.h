/*
 * Tables for the tests of CEL libraries: an expression and its value as JSON, or "!" and a part of
 * the message of the error, be it of the check or of the evaluation.
 */
#pragma once

#include "unit/test.h"

#include <stdio.h>

#include "fmt/json-out.h"
#include "rule/cel/env.h"

struct lib_case {
	const char *expr, *expected;
};

/* The value as JSON, or "!message". */
static inline void lib_answer(struct cel_env *env, struct arena *a, const char *expr,
			      uint64_t limit, struct buf *out)
{
	struct cel_eval e = {.arena = a, .cost_limit = limit};
	struct cel_program p = {0};
	struct cel_value v = {0};
	struct err err = {0};
	struct json_out w;

	if (cel_compile(env, a, sv_of(expr), &p, &err) < 0) {
		buf_fmt(out, "!%s", err.msg);
		return;
	}
	v = cel_run(&p, &e);
	if (v.kind == CEL_ERROR) {
		assert_true(cel_fault_err(&p, &v, &err) < 0);
		buf_fmt(out, "!%s", err.msg);
	} else {
		json_out_init(&w, NULL, out, 0);
		cel_json(&w, &v);
		assert_int_equal(json_out_done(&w, &err), 0);
	}
	cel_eval_done(&e);
}

static inline bool lib_agrees(const char *got, const char *expected)
{
	if (expected[0] != '!')
		return strcmp(got, expected) == 0;
	return got[0] == '!' && strstr(got, expected + 1);
}

/* All cases; the wrong ones are printed, then the test fails. */
static inline void lib_cases(const struct lib_case *cases, size_t n)
{
	struct arena kept = {0}, a = {0};
	struct cel_env env;
	size_t wrong = 0;

	arena_init(&kept, 0);
	arena_init(&a, 0);
	cel_env_init(&env, &kept);
	for (size_t i = 0; i < n; i++) {
		struct buf out = {0};

		lib_answer(&env, &a, cases[i].expr, 0, &out);
		if (!lib_agrees(buf_cstr(&out), cases[i].expected)) {
			fprintf(stderr, "%s\n\texpected %s\n\tgot      %s\n", cases[i].expr,
				cases[i].expected, buf_cstr(&out));
			wrong++;
		}
		buf_done(&out);
		arena_reset(&a);
	}
	cel_env_done(&env);
	arena_done(&a);
	arena_done(&kept);
	assert_int_equal(wrong, 0);
}
