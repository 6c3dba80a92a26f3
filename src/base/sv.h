/*
 * A view of bytes that somebody else owns. Not terminated, may hold NUL; p may be NULL when n is 0.
 * Every function takes views by value and returns views into its argument.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sv {
	const char *p;
	size_t n;
};

/* For printf: printf("%.*s", SV_ARG(v)). Raw bytes: outside text goes through base/text.h first. */
#define SV_ARG(v) (int)((v).n > INT32_MAX ? INT32_MAX : (v).n), (v).p ? (v).p : ""
/* A view of a string literal. */
#define SV(lit) ((struct sv){"" lit, sizeof(lit) - 1})

static inline struct sv sv_of(const char *s)
{
	return (struct sv){s, s ? strlen(s) : 0};
}

static inline struct sv sv_make(const void *p, size_t n)
{
	return (struct sv){p, n};
}

static inline bool sv_eq(struct sv a, struct sv b)
{
	/* most of what is compared differs in its first byte: no call for that */
	return a.n == b.n && (a.n == 0 || (*a.p == *b.p && memcmp(a.p, b.p, a.n) == 0));
}

static inline bool sv_is(struct sv a, const char *s)
{
	return sv_eq(a, sv_of(s));
}

/* Byte order; a prefix sorts before what it starts. -1, 0 or 1. */
int sv_cmp(struct sv a, struct sv b);
/* The same for qsort over arrays of struct sv. */
int sv_cmp_qsort(const void *a, const void *b);
/* ASCII letters without regard to case. */
bool sv_ieq(struct sv a, struct sv b);
bool sv_starts(struct sv v, struct sv prefix);
bool sv_ends(struct sv v, struct sv suffix);
/* Index of the byte or the sub-string, or SIZE_MAX. */
size_t sv_find_char(struct sv v, char c);
size_t sv_rfind_char(struct sv v, char c);
size_t sv_find(struct sv v, struct sv needle);
/* The view without its first n bytes (all of it when n is larger). */
static inline struct sv sv_from(struct sv v, size_t n)
{
	if (n > v.n)
		n = v.n;
	return (struct sv){v.p ? v.p + n : NULL, v.n - n};
}

/* The first n bytes at most. */
static inline struct sv sv_head(struct sv v, size_t n)
{
	return (struct sv){v.p, n < v.n ? n : v.n};
}

/* Without ASCII space, tab, CR, LF, VT, FF at both ends. */
struct sv sv_trim(struct sv v);
/* Cuts *rest at the first c: returns what stands before, leaves what follows in *rest (empty at the
 * end). */
struct sv sv_cut(struct sv *rest, char c);
/* Cuts at the last c: *head gets what stands before, *tail what follows. False, both untouched,
 * without one. */
bool sv_rcut(struct sv v, char c, struct sv *head, struct sv *tail);
/* The next line without its LF or CRLF; false at the end. */
bool sv_line(struct sv *rest, struct sv *line);
/* Only digits, no sign, fits: true and *out. */
bool sv_u64(struct sv v, uint64_t *out);
/* After the last '/'. */
struct sv sv_basename(struct sv path);
