/*
 * Growing arrays: any struct with the members { T *p; size_t n, cap; }, zero-initialised.
 *
 *     struct { struct sv *p; size_t n, cap; } names = {0};
 *     *VEC_PUSH(&names) = SV("x");
 *     vec_done(&names);
 *
 * The pushed element is zeroed. Pointers into the array die at the next push.
 */
#pragma once

#include <stddef.h>
#include <stdlib.h>

/* Makes room for one more element; called by VEC_PUSH only. */
void *vec_grow(void *p, size_t n, size_t *cap, size_t size);

#define VEC_PUSH(v) \
	((v)->p = vec_grow((v)->p, (v)->n, &(v)->cap, sizeof *(v)->p), &(v)->p[(v)->n++])

#define vec_done(v) (free((v)->p), (v)->p = NULL, (v)->n = (v)->cap = 0)

struct sv;
/* The vector of views that many functions share. */
struct sv_vec {
	struct sv *p;
	size_t n, cap;
};
