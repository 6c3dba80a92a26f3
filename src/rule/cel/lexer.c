/* Lexis: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax */
#include "rule/cel/lexer.h"

#include <stdio.h>

#include "base/text.h"
#include "rule/cel/env.h"

enum class {
	C_OTHER,
	C_SPACE = 1,
	C_LETTER = 2,
	C_DIGIT = 4,
	C_HEX = 8,
	C_FIELD = 16, /* between backquotes, with letters and digits */
};

static const uint8_t classes[256] = {
	['\t'] = C_SPACE,
	['\n'] = C_SPACE,
	['\f'] = C_SPACE,
	['\r'] = C_SPACE,
	[' '] = C_SPACE | C_FIELD,
	['0' ... '9'] = C_DIGIT | C_HEX,
	['A' ... 'F'] = C_LETTER | C_HEX,
	['a' ... 'f'] = C_LETTER | C_HEX,
	['G' ... 'Z'] = C_LETTER,
	['g' ... 'z'] = C_LETTER,
	['_'] = C_LETTER,
	['.'] = C_FIELD,
	['-'] = C_FIELD,
	['/'] = C_FIELD,
};

static const uint8_t single[256] = {
	['('] = CEL_TOK_LPAREN,   [')'] = CEL_TOK_RPAREN, ['['] = CEL_TOK_LBRACKET,
	[']'] = CEL_TOK_RBRACKET, ['{'] = CEL_TOK_LBRACE, ['}'] = CEL_TOK_RBRACE,
	['.'] = CEL_TOK_DOT,      [','] = CEL_TOK_COMMA,  [':'] = CEL_TOK_COLON,
	['?'] = CEL_TOK_QUESTION, ['!'] = CEL_TOK_NOT,    ['-'] = CEL_TOK_MINUS,
	['+'] = CEL_TOK_PLUS,     ['*'] = CEL_TOK_STAR,   ['/'] = CEL_TOK_SLASH,
	['%'] = CEL_TOK_PERCENT,  ['<'] = CEL_TOK_LT,     ['>'] = CEL_TOK_GT,
};

static const struct word {
	const char *text;
	uint8_t n, kind, flags;
} words[] = {
	{"in", 2, CEL_TOK_IN, 0},
	{"true", 4, CEL_TOK_TRUE, 0},
	{"false", 5, CEL_TOK_FALSE, 0},
	{"null", 4, CEL_TOK_NULL, 0},
	{"as", 2, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"if", 2, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"for", 3, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"let", 3, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"var", 3, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"else", 4, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"loop", 4, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"void", 4, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"break", 5, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"const", 5, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"while", 5, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"import", 6, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"return", 6, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"package", 7, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"continue", 8, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"function", 8, CEL_TOK_IDENT, CEL_TOK_RESERVED},
	{"namespace", 9, CEL_TOK_IDENT, CEL_TOK_RESERVED},
};

/* The byte at i, 0 behind the end (a NUL in the source is no part of any token but strings). */
static unsigned char peek(const struct cel_lexer *lx, size_t i)
{
	return i < lx->source.n ? (unsigned char)lx->source.p[i] : 0;
}

static uint8_t class_at(const struct cel_lexer *lx, size_t i)
{
	return classes[peek(lx, i)];
}

struct sv cel_token_text(const struct cel_lexer *lx)
{
	return sv_make(lx->source.p + lx->tok.start, lx->tok.end - lx->tok.start);
}

const char *cel_lex_show(struct sv text, char out[static 64])
{
	auto_done(buf_done) struct buf b = {0};
	struct sv part = text_fit(text, 24);

	text_escape(&b, part);
	/* combining characters have no width: bytes count too, in whole characters */
	struct sv shown = text_fit(buf_view(&b), 28);
	if (shown.n > 56) {
		shown.n = 56;
		while ((shown.p[shown.n] & 0xC0) == 0x80)
			shown.n--;
	}
	bool cut = part.n < text.n || shown.n < b.n;
	(void)snprintf(out, 64, "%.*s%s", SV_ARG(shown), cut ? "..." : "");
	return out;
}

void cel_lex_fail(struct cel_lexer *lx, uint32_t at, enum err_kind kind, const char *fmt, ...)
{
	char msg[sizeof lx->err->msg], where[48];
	va_list ap;

	if (lx->tok.kind == CEL_TOK_BAD)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	cel_where(lx->source, at, where, sizeof where);
	(void)err_set(lx->err, kind, "%s", msg);
	(void)err_where(lx->err, "%s", where);
	lx->tok.kind = CEL_TOK_BAD;
}

void cel_lex_expected(struct cel_lexer *lx, const char *what)
{
	char shown[64];

	if (lx->tok.kind == CEL_TOK_BAD)
		return;
	struct sv text = cel_token_text(lx);
	const char *sign = sv_is(text, "and") ? "&&" : sv_is(text, "or") ? "||" : NULL;
	if (lx->tok.kind == CEL_TOK_END)
		cel_lex_fail(lx, lx->tok.start, ERR_PARSE, "expected %s, found the end", what);
	else
		cel_lex_fail(lx, lx->tok.start, ERR_PARSE, "expected %s, found '%s'", what,
			     cel_lex_show(text, shown));
	if (sign)
		(void)err_hint(lx->err, "did you mean '%s'?", sign);
}

/* White space and comments. */
static void skip_space(struct cel_lexer *lx)
{
	for (;;) {
		while (class_at(lx, lx->at) & C_SPACE)
			lx->at++;
		if (peek(lx, lx->at) != '/' || peek(lx, lx->at + 1) != '/')
			return;
		while (lx->at < lx->source.n && lx->source.p[lx->at] != '\n')
			lx->at++;
	}
}

static void take(struct cel_lexer *lx, enum cel_token_kind kind, size_t end)
{
	lx->tok.kind = (uint8_t)kind;
	lx->tok.end = lx->at = (uint32_t)end;
}

static void lex_word(struct cel_lexer *lx)
{
	size_t i = lx->at + 1U;

	while (class_at(lx, i) & (C_LETTER | C_DIGIT))
		i++;
	take(lx, CEL_TOK_IDENT, i);
	size_t n = i - lx->tok.start;
	const char *p = lx->source.p + lx->tok.start;
	if (n < 2 || n > 9)
		return;
	for (size_t w = 0; w < ARRAY_LEN(words); w++) {
		if (words[w].n == n && words[w].text[0] == *p && memcmp(words[w].text, p, n) == 0) {
			lx->tok.kind = words[w].kind;
			lx->tok.flags = words[w].flags;
			return;
		}
	}
}

static size_t skip_class(const struct cel_lexer *lx, size_t i, uint8_t class)
{
	while (class_at(lx, i) & class)
		i++;
	return i;
}

/* Digits and all that follows them; stands on a digit, or on a point before one. */
static void lex_number(struct cel_lexer *lx)
{
	size_t i = lx->at;
	enum cel_token_kind kind = CEL_TOK_INT;

	if (peek(lx, i) == '0' && peek(lx, i + 1) == 'x' && class_at(lx, i + 2) & C_HEX) {
		i = skip_class(lx, i + 2, C_HEX);
	} else {
		i = skip_class(lx, i, C_DIGIT);
		if (peek(lx, i) == '.' && class_at(lx, i + 1) & C_DIGIT) {
			kind = CEL_TOK_DOUBLE;
			i = skip_class(lx, i + 1, C_DIGIT);
		}
		if ((peek(lx, i) | 0x20) == 'e') {
			size_t e = i + 1;
			e += peek(lx, e) == '+' || peek(lx, e) == '-';
			if (class_at(lx, e) & C_DIGIT) {
				kind = CEL_TOK_DOUBLE;
				i = skip_class(lx, e, C_DIGIT);
			}
		}
	}
	if (kind == CEL_TOK_INT && (peek(lx, i) | 0x20) == 'u') {
		kind = CEL_TOK_UINT;
		i++;
	}
	take(lx, kind, i);
	if (class_at(lx, i) & (C_LETTER | C_DIGIT)) {
		char shown[64];
		struct sv all = sv_make(lx->source.p + lx->tok.start,
					skip_class(lx, i, C_LETTER | C_DIGIT) - lx->tok.start);
		cel_lex_fail(lx, (uint32_t)i, ERR_PARSE, "'%s' is neither a number nor a name",
			     cel_lex_show(all, shown));
	}
}

/* A string from its quote at i; the prefix letters are taken. */
static void lex_string(struct cel_lexer *lx, size_t i, enum cel_token_kind kind)
{
	char quote = lx->source.p[i];
	bool triple =
		peek(lx, i + 1) == (unsigned char)quote && peek(lx, i + 2) == (unsigned char)quote;

	lx->tok.prefix = (uint8_t)(i - lx->at);
	if (triple)
		lx->tok.flags |= CEL_TOK_TRIPLE;
	for (i += triple ? 3 : 1; i < lx->source.n; i++) {
		char c = lx->source.p[i];
		if (c == quote) {
			if (!triple) {
				take(lx, kind, i + 1);
				return;
			}
			if (peek(lx, i + 1) == (unsigned char)quote &&
			    peek(lx, i + 2) == (unsigned char)quote) {
				take(lx, kind, i + 3);
				return;
			}
		} else if (c == '\\' && !(lx->tok.flags & CEL_TOK_RAW)) {
			lx->tok.flags |= CEL_TOK_ESCAPES;
			if (peek(lx, i + 1) != '\n' && peek(lx, i + 1) != '\r')
				i++;
		} else if ((c == '\n' || c == '\r') && !triple) {
			break;
		}
	}
	const char *quotes = triple ? (quote == '"' ? "\"\"\"" : "'''") : quote == '"' ? "\"" : "'";
	cel_lex_fail(lx, lx->tok.start, ERR_PARSE,
		     i < lx->source.n ? "this string has no closing %s in its line%s"
				      : "this string has no closing %s%s",
		     quotes, i < lx->source.n ? "; three quotes hold lines" : "");
}

/* r, b, br or rb and a quote begin a string. */
static bool lex_prefixed(struct cel_lexer *lx)
{
	size_t i = lx->at;
	enum cel_token_kind kind = CEL_TOK_STRING;

	if ((peek(lx, i) | 0x20) == 'b') {
		kind = CEL_TOK_BYTES;
		i++;
	}
	if ((peek(lx, i) | 0x20) == 'r') {
		lx->tok.flags = CEL_TOK_RAW;
		i++;
	}
	if (peek(lx, i) == '"' || peek(lx, i) == '\'') {
		lex_string(lx, i, kind);
		return true;
	}
	lx->tok.flags = 0;
	return false;
}

/* `a.b-c/d`, as cel-go has it: letters, digits, _ . - / and space. */
static void lex_quoted(struct cel_lexer *lx)
{
	size_t i = skip_class(lx, lx->at + 1U, C_LETTER | C_DIGIT | C_FIELD);

	if (peek(lx, i) != '`') {
		char shown[64];
		uint32_t cp;
		size_t n = utf8_decode(sv_from(lx->source, i), &cp);
		if (n == 0)
			cel_lex_fail(lx, lx->tok.start, ERR_PARSE,
				     "this name has no closing backquote");
		else
			cel_lex_fail(lx, (uint32_t)i, ERR_PARSE,
				     "'%s' cannot stand in a name between backquotes",
				     cel_lex_show(sv_make(lx->source.p + i, n), shown));
	} else if (i == lx->at + 1U) {
		cel_lex_fail(lx, lx->tok.start, ERR_PARSE, "an empty name between backquotes");
	} else {
		take(lx, CEL_TOK_QUOTED, i + 1);
	}
}

static void lex_unknown(struct cel_lexer *lx)
{
	unsigned char c = peek(lx, lx->at);
	uint32_t cp;
	char shown[64];
	size_t n = utf8_decode(sv_from(lx->source, lx->at), &cp);

	if (c == '=' || c == '&' || c == '|')
		cel_lex_fail(lx, lx->at, ERR_PARSE, "'%c' is no operator; did you mean '%c%c'?", c,
			     c, c);
	else
		cel_lex_fail(lx, lx->at, ERR_PARSE, "'%s' is not part of the language",
			     cel_lex_show(sv_make(lx->source.p + lx->at, n ? n : 1), shown));
}

static void lex_operator(struct cel_lexer *lx)
{
	unsigned char c = peek(lx, lx->at), d = peek(lx, lx->at + 1U);
	enum cel_token_kind kind = single[c];

	if (d == '=' && (c == '=' || c == '!' || c == '<' || c == '>'))
		take(lx,
		     c == '='   ? CEL_TOK_EQ
		     : c == '!' ? CEL_TOK_NE
		     : c == '<' ? CEL_TOK_LE
				: CEL_TOK_GE,
		     lx->at + 2U);
	else if (c == d && (c == '&' || c == '|'))
		take(lx, c == '&' ? CEL_TOK_AND : CEL_TOK_OR, lx->at + 2U);
	else if (kind != CEL_TOK_END)
		take(lx, kind, lx->at + 1U);
	else
		lex_unknown(lx);
}

void cel_lex(struct cel_lexer *lx)
{
	if (lx->tok.kind == CEL_TOK_BAD)
		return;
	lx->last_end = lx->tok.end;
	skip_space(lx);
	lx->tok = (struct cel_token){.kind = CEL_TOK_END, .start = lx->at, .end = lx->at};
	if (lx->at >= lx->source.n)
		return;
	unsigned char c = (unsigned char)lx->source.p[lx->at];
	if (classes[c] & C_LETTER) {
		unsigned char lower = c | 0x20;
		if ((lower != 'b' && lower != 'r') || !lex_prefixed(lx))
			lex_word(lx);
	} else if (classes[c] & C_DIGIT || (c == '.' && class_at(lx, lx->at + 1U) & C_DIGIT)) {
		lex_number(lx);
	} else if (c == '"' || c == '\'') {
		lex_string(lx, lx->at, CEL_TOK_STRING);
	} else if (c == '`') {
		lex_quoted(lx);
	} else {
		lex_operator(lx);
	}
}
