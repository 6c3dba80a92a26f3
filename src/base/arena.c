#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sanitize.h"

struct arena_block {
	struct arena_block *next;
	size_t size;
	max_align_t data[];
};

void (*budget_hook)(const char *what, size_t limit);

_Noreturn void budget_exhausted(const char *what, size_t limit)
{
	void (*hook)(const char *what, size_t limit) = budget_hook;

	budget_hook = NULL; /* what the hook allocates may be refused too */
	if (hook)
		hook(what, limit);
	fprintf(stderr, "gabion: %s: the budget of %zu MiB is used up; raise --max-memory\n", what,
		limit >> 20);
	_exit(3);
}

void *xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		budget_exhausted("memory", n);
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		budget_exhausted("memory", count);
	return p;
}

void *xrealloc(void *p, size_t n)
{
	void *q = realloc(p, n ? n : 1);

	if (!q)
		budget_exhausted("memory", n);
	return q;
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}

void arena_init(struct arena *a, size_t budget)
{
	*a = (struct arena){.budget = budget};
}

void arena_reset(struct arena *a)
{
	while (a->head) {
		struct arena_block *next = a->head->next;

		free(a->head);
		a->head = next;
	}
	a->at = a->end = NULL;
	a->used = 0;
}

void arena_clear(struct arena *a)
{
	struct arena_block *keep = a->head;

	if (!keep || SANITIZED) {
		arena_reset(a);
		return;
	}
	/* blocks are handed out zeroed: only what was used needs it again */
	size_t used = (size_t)(a->at - (char *)keep->data);
	a->head = keep->next;
	arena_reset(a);
	memset(keep->data, 0, used);
	keep->next = NULL;
	a->head = keep;
	a->at = (char *)keep->data;
	a->end = a->at + keep->size;
}

void arena_done(struct arena *a)
{
	arena_reset(a);
}

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 256 * 1024, ALIGN = _Alignof(max_align_t) };

/* Blocks double with the arena, so that small documents stay small and big ones need few mallocs.
 */
static void arena_grow(struct arena *a, size_t n)
{
	size_t size = a->used < FIRST_BLOCK ? FIRST_BLOCK : a->used;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < n || SANITIZED)
		size = n;
	struct arena_block *b = calloc(1, sizeof *b + size);
	if (!b)
		budget_exhausted("memory", size);
	b->size = size;
	b->next = a->head;
	a->head = b;
	a->at = (char *)b->data;
	a->end = a->at + size;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t want;

	if (!add_ok(n ? n : 1, ALIGN - 1, &want))
		budget_exhausted("memory", SIZE_MAX);
	want &= ~(size_t)(ALIGN - 1);
	if (a->budget && (want > a->budget || a->used > a->budget - want))
		budget_exhausted("memory of one document or layer", a->budget);
	size_t left = (size_t)(a->end - a->at);
	if (SANITIZED || want > left)
		arena_grow(a, SANITIZED ? (n ? n : 1) : want);
	char *p = a->at;
	a->at = SANITIZED ? a->end : a->at + want;
	a->used += want;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (!mul_ok(count, size, &n))
		budget_exhausted("memory", SIZE_MAX);
	return arena_alloc(a, n);
}

char *arena_str(struct arena *a, struct sv v)
{
	char *p = arena_alloc(a, v.n + 1);

	if (v.n)
		memcpy(p, v.p, v.n);
	return p;
}

struct sv arena_sv(struct arena *a, struct sv v)
{
	return (struct sv){arena_str(a, v), v.n};
}

struct sv arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char few[256];

	va_start(ap, fmt);
	int n = vsnprintf(few, sizeof few, fmt, ap);
	va_end(ap);
	if (n < 0)
		budget_exhausted("memory", 0);
	if ((size_t)n < sizeof few)
		return arena_sv(a, (struct sv){few, (size_t)n});
	char *s = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	(void)vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct sv){s, (size_t)n};
}
