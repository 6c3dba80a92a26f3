/*
 * Inside the engine: pattern → tree (parse.c) → program over bytes (compile.c, utf8.c) → matching
 * by an automaton whose states are made when first needed (dfa.c), or by threads with captures
 * (pike.c).
 */
#pragma once

#include "base/base.h"
#include "rule/regex/regex.h"

enum { RUNE_MAX = 0x10FFFF, RUNE_BAD = 0xFFFD };

/* A set of characters under construction, and the ranges it ends up as. */
struct rune_range {
	uint32_t lo, hi;
};

struct rune_set {
	struct rune_range *p;
	size_t n, cap;
	size_t work; /* ranges ever added: what a pattern costs before it has a program */
};

void rune_add(struct rune_set *s, uint32_t lo, uint32_t hi);
/* With all that simple case folding makes equal. */
void rune_add_folded(struct rune_set *s, uint32_t lo, uint32_t hi);
/* Sorts and joins. */
void rune_tidy(struct rune_set *s);
/* Tidy, then the complement. */
void rune_negate(struct rune_set *s);
/* Adds the named class of Perl ('d', 's', 'w'), POSIX ("alpha") or Unicode ("Lu", "L", "Greek",
 * "Any"); false: there is none of that name. */
bool rune_add_perl(struct rune_set *s, char name, bool fold);
bool rune_add_posix(struct rune_set *s, struct sv name, bool fold);
bool rune_add_unicode(struct rune_set *s, struct sv name, bool fold);
/* The next character of the same folding orbit; c itself when it stands alone. */
uint32_t rune_fold(uint32_t c);

/* What holds between two characters. */
enum {
	AT_TEXT_START = 1,
	AT_TEXT_END = 2,
	AT_LINE_START = 4,
	AT_LINE_END = 8,
	AT_WORD_EDGE = 16,
	AT_NO_WORD_EDGE = 32,
};

enum re_kind {
	RE_EMPTY,
	RE_CHAR,   /* a: the character */
	RE_SET,    /* ranges */
	RE_AT,     /* a: one of AT_... */
	RE_GROUP,  /* a: its number from 1 */
	RE_CONCAT, /* children */
	RE_ALT,    /* children, first preferred */
	RE_REPEAT, /* a to b times, b RE_NO_MAX: without end */
};

#define RE_NO_MAX UINT32_MAX

struct re_node {
	enum re_kind kind;
	bool greedy, braces;
	uint32_t a, b;
	uint32_t height;  /* levels below and this one */
	uint32_t product; /* largest product of counts on a way down */
	struct re_node *child, *next;
	const struct rune_range *ranges;
	size_t n_ranges;
};

/* Into the arena; *groups gets the number of groups. */
int re_parse(struct arena *a, struct sv pattern, unsigned flags, struct re_node **out,
	     uint32_t *groups, struct err *err) must_check;

enum re_op {
	OP_BYTES, /* lo to hi → out, else the next instruction, until one is last: disjoint, sorted
		   */
	OP_SPLIT, /* out preferred, or arg */
	OP_JUMP,
	OP_SAVE, /* position into slot arg, → out */
	OP_AT,   /* → out if arg holds here */
	OP_MATCH,
};

struct re_inst {
	uint8_t op, lo, hi, last;
	uint32_t out, arg;
};

struct re_code {
	struct re_inst *p;
	size_t n, cap;
};

struct regex {
	const struct re_inst *code;
	uint32_t n;
	uint32_t body; /* behind the loop over any characters in front, which is at 0 */
	uint32_t groups;
	uint32_t leaves; /* instructions that a thread can rest at */
	unsigned at;     /* AT_... in use */
	bool anchored;   /* only at the start of the text */
	/* A literal that every match starts with; literal: and that is all of it. */
	bool literal, literal_ends;
	struct sv prefix;
	/* Bytes that the program does not tell apart share a class; the class behind the last is
	 * the end of the text. */
	unsigned n_classes;
	uint8_t class_of[256];
	uint8_t byte_of[256];
	/* what an automaton is found by */
	uint64_t hash;
	struct sv pattern;
	unsigned flags;
};

int re_compile_tree(struct arena *a, const struct re_node *tree, struct regex *re,
		    struct err *err) must_check;
/* Room for one more instruction; NULL when there are too many. */
struct re_inst *re_emit(struct re_code *c);
int re_too_big(struct err *err);
/* The bytes of any character in the ranges, going on behind the fragment. False: too big. */
bool re_emit_set(struct re_code *c, const struct rune_range *r, size_t n) must_check;

/* Position of the prefix in text at or after from, or SIZE_MAX. */
size_t re_find(struct sv text, size_t from, struct sv prefix);

/* All that holds before the character at pos; 0 when the program does not ask. */
unsigned re_holds(const struct regex *re, struct sv text, size_t pos);
/* Positions to save for n spans, and the spans they are. */
size_t re_slots(const struct regex *re, unsigned n);
void re_spans(const size_t *slots, size_t n_slots, struct regex_span *spans, unsigned n);
void re_reserve_slots(struct regex_scratch *s, size_t n);

/* The scratch of a thread: what both matchers need, sized for the largest program so far. */
struct re_thread_list {
	uint32_t *pc;
	size_t n;
	size_t *saved; /* slots of each thread in a row */
	uint64_t *mark;
	uint64_t round;
	size_t cap, saved_cap;
};

struct re_stack_item {
	uint32_t pc;
	uint32_t slot; /* UINT32_MAX: go on at pc; otherwise slot gets old back */
	size_t old;
};

struct dfa;

struct regex_scratch {
	struct re_thread_list lists[2];
	struct re_stack_item *stack;
	size_t stack_cap;
	size_t *slots, *best;
	size_t slots_cap;
	uint64_t round;
	/* backtrack.c */
	uint64_t *tried;
	size_t tried_cap;
	struct re_stack_item *ways; /* old: the position to go on from */
	size_t ways_cap;
	/* dfa.c */
	struct dfa **dfas; /* open addressing */
	size_t dfas_n, dfas_cap, dfas_bytes;
	uint64_t *seen[2];
	uint32_t *todo, *set;
	size_t seen_cap;
};

void dfa_done(struct regex_scratch *s);
enum dfa_answer {
	DFA_NO,
	DFA_YES,
	DFA_UNSURE, /* too many states: ask the threads */
};
/* Is there a match at or after from? */
enum dfa_answer dfa_match(const struct regex *re, struct regex_scratch *s, struct sv text,
			  size_t from);

void pike_done(struct regex_scratch *s);
/* The leftmost match with n spans; n 0: only whether there is one. */
bool pike_search(const struct regex *re, struct regex_scratch *s, struct sv text, size_t from,
		 struct regex_span *spans, unsigned n);

void backtrack_done(struct regex_scratch *s);
/* The same, for texts (UTF-8 from from on) for which backtrack_fits(); n at least 1. */
bool backtrack_search(const struct regex *re, struct regex_scratch *s, struct sv text, size_t from,
		      struct regex_span *spans, unsigned n);
bool backtrack_fits(const struct regex *re, struct sv text, size_t from);

static inline bool is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}
