/* RE2 behind C functions, for regex-re2.c. */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NULL: refused; why gets the reason. */
void *glue_compile(const char *p, size_t n, char *why, size_t why_size);
void glue_free(void *re);
int glue_groups(const void *re);
/* Start and end of n spans; -1: took no part. */
int glue_search(const void *re, const char *text, size_t len, size_t from, long *spans, int n);

#ifdef __cplusplus
}
#endif
