#include "base/base.h"

void *vec_grow(void *p, size_t n, size_t *cap, size_t size)
{
	if (n == *cap) {
		size_t bytes;
		size_t more = *cap ? *cap * 2 : 8;
		if (more < *cap || !mul_ok(more, size, &bytes))
			budget_exhausted("memory", SIZE_MAX);
		p = xrealloc(p, bytes);
		*cap = more;
	}
	memset((char *)p + n * size, 0, size);
	return p;
}
