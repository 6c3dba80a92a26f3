/*
 * One arena per unit of work (layer, document, request), freed whole. Not thread-safe.
 *
 * Budget: an arena refuses to grow beyond its budget. Allocation never returns NULL: when the
 * budget or the system is exhausted, budget_exhausted() ends the process with a clear message (a
 * worker first tells its parent, which reports the layer or file as not judged). So no caller
 * checks. In sanitizer builds every allocation is its own malloc, so that overflows are seen.
 */
#pragma once

#include <stddef.h>

#include "base/sv.h"

struct arena_block;

struct arena {
	struct arena_block *head;
	char *at, *end;
	size_t used;   /* bytes handed out */
	size_t budget; /* bytes, 0 = none */
};

void arena_init(struct arena *a, size_t budget);
/* Frees all; the arena can be used again with the same budget. */
void arena_reset(struct arena *a);
void arena_done(struct arena *a);
/* Forgets all that was handed out but keeps the newest block: an arena that is cleared between
 * equal units of work allocates nothing once it is warm. */
void arena_clear(struct arena *a);
/* n zeroed bytes, aligned for any type. n may be 0. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc, returns_nonnull));
/* count * size with the overflow checked. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, count, type) ((type *)arena_array((a), (count), sizeof(type)))
/* A copy of the bytes, with a NUL behind them that is not counted. */
struct sv arena_sv(struct arena *a, struct sv v);
/* The same as a C string (bytes after an inner NUL are there but not seen by C functions). */
char *arena_str(struct arena *a, struct sv v) __attribute__((returns_nonnull));
struct sv arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Called when a budget or memory is exhausted. The hook (a worker's) may report and _exit;
 * without one the message goes to standard error and the process exits with 3.
 */
extern void (*budget_hook)(const char *what, size_t limit);
_Noreturn void budget_exhausted(const char *what, size_t limit);
/* malloc family that ends the process as above instead of returning NULL. */
void *xmalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t n) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
