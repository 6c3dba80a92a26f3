/* The parser's two halves: parse.c (operators, groups), parse-escape.c (escapes, classes). */
#pragma once

#include "rule/regex/regex-int.h"

enum {
	FLAG_FOLD = 1,     /* (?i) */
	FLAG_LINES = 2,    /* (?m) */
	FLAG_DOT_LINE = 4, /* (?s) */
	FLAG_LAZY = 8,     /* (?U) */
};

/* An open group, or the whole pattern. */
struct re_frame {
	size_t at;      /* of its parenthesis */
	uint32_t group; /* 0: it captures nothing */
	unsigned flags; /* those outside, that come back behind it */
	struct re_node *alts, *last_alt;
	struct re_node *items, *last_item;
};

struct re_parser {
	struct arena *arena;
	struct sv s;
	size_t at;
	unsigned flags;
	uint32_t groups;
	struct {
		struct re_frame *p;
		size_t n, cap;
	} frames;
	struct rune_set set;
	struct rune_set part; /* a negated class within a class */
	size_t ranges;        /* in the tree */
	bool no_posix_end;    /* no ":]" from here on */
	struct err *err;
};

/* Sets err with "offset at". */
int re_bad(struct re_parser *p, size_t at, const char *what) must_check;
/* The byte so many ahead, or -1. */
static inline int re_peek(const struct re_parser *p, size_t ahead)
{
	return p->at + ahead < p->s.n ? (uint8_t)p->s.p[p->at + ahead] : -1;
}
/* The character at p->at, which is passed. */
int re_rune(struct re_parser *p, uint32_t *c) must_check;
/* The escape at p->at that stands for one character. */
int re_escape(struct re_parser *p, uint32_t *c) must_check;
/* The escape at p->at that stands for a class (\d, \pL): 1 and it is in p->set; 0: it is none. */
int re_escape_class(struct re_parser *p) must_check;
/* The class from [ to ]. */
int re_bracket(struct re_parser *p) must_check;
/* What p->set holds becomes an item. */
int re_push_set(struct re_parser *p) must_check;
int re_push_rune(struct re_parser *p, uint32_t c) must_check;
