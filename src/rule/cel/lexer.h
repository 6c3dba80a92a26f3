/*
 * Tokens of CEL, one at a time: views of the source, nothing is copied or kept. A fault is the
 * token CEL_TOK_BAD with the error set; nothing follows it.
 */
#pragma once

#include "base/base.h"

enum cel_token_kind {
	CEL_TOK_END,
	CEL_TOK_BAD,
	CEL_TOK_IDENT,
	CEL_TOK_QUOTED, /* `a.b-c`: the name of a field */
	CEL_TOK_INT,
	CEL_TOK_UINT,
	CEL_TOK_DOUBLE,
	CEL_TOK_STRING,
	CEL_TOK_BYTES,
	CEL_TOK_TRUE,
	CEL_TOK_FALSE,
	CEL_TOK_NULL,
	CEL_TOK_IN,
	CEL_TOK_LPAREN,
	CEL_TOK_RPAREN,
	CEL_TOK_LBRACKET,
	CEL_TOK_RBRACKET,
	CEL_TOK_LBRACE,
	CEL_TOK_RBRACE,
	CEL_TOK_DOT,
	CEL_TOK_COMMA,
	CEL_TOK_COLON,
	CEL_TOK_QUESTION,
	CEL_TOK_NOT,
	CEL_TOK_MINUS,
	CEL_TOK_PLUS,
	CEL_TOK_STAR,
	CEL_TOK_SLASH,
	CEL_TOK_PERCENT,
	CEL_TOK_EQ,
	CEL_TOK_NE,
	CEL_TOK_LT,
	CEL_TOK_LE,
	CEL_TOK_GT,
	CEL_TOK_GE,
	CEL_TOK_AND,
	CEL_TOK_OR,
	CEL_TOK_KINDS,
};

enum cel_token_flag {
	CEL_TOK_RAW = 1,      /* r"..." */
	CEL_TOK_TRIPLE = 2,   /* three quotes */
	CEL_TOK_ESCAPES = 4,  /* has a backslash that counts */
	CEL_TOK_RESERVED = 8, /* a word that may name a field but no variable */
};

struct cel_token {
	uint8_t kind;        /* enum cel_token_kind */
	uint8_t flags;       /* enum cel_token_flag */
	uint8_t prefix;      /* string: letters before the quotes */
	uint32_t start, end; /* bytes in the source */
};

struct cel_lexer {
	struct sv source; /* UTF-8, shorter than 4 GiB: the caller has checked */
	uint32_t at;
	struct cel_token tok; /* what stands here */
	uint32_t last_end;    /* where the token before it ended */
	struct err *err;
};

/* Takes the next token. */
void cel_lex(struct cel_lexer *lx);
struct sv cel_token_text(const struct cel_lexer *lx);
/* Sets the error with its place, and the token to CEL_TOK_BAD; an error that is set stays. */
void cel_lex_fail(struct cel_lexer *lx, uint32_t at, enum err_kind kind, const char *fmt, ...)
	printf_like(4, 5);
/* "expected <what>, found <the token>". */
void cel_lex_expected(struct cel_lexer *lx, const char *what);
/* Text of the source as messages show it: escaped and cut; a string of at most 63 bytes. */
const char *cel_lex_show(struct sv text, char out[static 64]);
