/* What the files of the parser share. */
#pragma once

#include "rule/cel/ast.h"
#include "rule/cel/lexer.h"

/* A part that waits for what it becomes part of. */
struct cel_item {
	struct cel_expr *e;
	uint32_t start, end; /* with parentheses */
	bool optional;       /* ?x */
};

struct cel_parser {
	struct cel_lexer lx;
	struct arena *arena;
	unsigned flags; /* enum cel_parse_flag */
	uint32_t depth, nodes;
	struct {
		struct cel_item *p;
		size_t n, cap;
	} stack;
};

/* A node over a tree of height below. NULL (and the error is set) beyond a limit. */
struct cel_expr *cel_node(struct cel_parser *p, enum cel_expr_kind kind, uint32_t start,
			  uint32_t end, uint32_t below);
/* Value of the number that stands here. False: the error is set. */
bool cel_literal_number(struct cel_lexer *lx, bool minus, struct cel_value *out);
/* The same for strings and bytes: a view of the source where it has no escapes. */
bool cel_literal_string(struct arena *a, struct cel_lexer *lx, struct cel_value *out);

/* A call whose parts stand on the stack from mark (the target of a member call first): what it
 * becomes when it is a macro. False: it is none. *out NULL: the error is set. */
bool cel_macro_expand(struct cel_parser *p, struct sv name, bool member, size_t mark,
		      uint32_t start, uint32_t end, struct cel_expr **out);
