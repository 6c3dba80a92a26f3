/*
 * Growing bytes. Zero-initialise; free with buf_done(). p is NULL or NUL-terminated at p[n].
 * Growing never fails to the caller (see base/arena.h); sizes from input pass a limit first.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sv.h"

struct buf {
	char *p;
	size_t n, cap;
};

void buf_done(struct buf *b);
/* n = 0, storage kept. */
void buf_clear(struct buf *b);
/* Room for n more bytes; returns where they go. */
char *buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_sv(struct buf *b, struct sv v);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vfmt(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* n copies of c. */
void buf_fill(struct buf *b, char c, size_t n);

static inline struct sv buf_view(const struct buf *b)
{
	return (struct sv){b->p, b->n};
}

/* The contents as a C string, "" when empty. Valid until the next change. */
const char *buf_cstr(const struct buf *b);
