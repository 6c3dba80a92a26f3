/* What literals mean: numbers, and the escapes of strings and bytes. */
#include "base/base.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "rule/cel/parse-int.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decimal, or hexadecimal behind 0x. The lexer has checked the digits. */
static bool number(struct sv v, uint64_t *out)
{
	if (v.n < 3 || v.p[1] != 'x')
		return sv_u64(v, out);
	uint64_t x = 0;
	for (size_t i = 2; i < v.n; i++) {
		if (x >> 60)
			return false;
		x = x << 4 | (uint64_t)hex_digit(v.p[i]);
	}
	*out = x;
	return true;
}

static bool parse_double(struct sv v, bool minus, double *out)
{
	char small[64];
	auto_free char *big = NULL;
	char *s = v.n < sizeof small ? small : (big = xmalloc(v.n + 1));

	memcpy(s, v.p, v.n);
	s[v.n] = '\0';
	double d = strtod(s, NULL);
	*out = minus ? -d : d;
	return isfinite(d);
}

static bool parse_int(struct sv v, bool minus, int64_t *out)
{
	uint64_t u;

	if (!number(v, &u) || u > (uint64_t)INT64_MAX + minus)
		return false;
	*out = minus ? (int64_t)(0 - u) : (int64_t)u;
	return true;
}

bool cel_literal_number(struct cel_lexer *lx, bool minus, struct cel_value *out)
{
	struct sv text = cel_token_text(lx);
	char shown[64];
	const char *type = "int";
	bool ok;

	if (lx->tok.kind == CEL_TOK_DOUBLE) {
		*out = (struct cel_value){.kind = CEL_DOUBLE};
		type = "double";
		ok = parse_double(text, minus, &out->d);
	} else if (lx->tok.kind == CEL_TOK_UINT) {
		*out = (struct cel_value){.kind = CEL_UINT};
		type = "uint";
		ok = number(sv_head(text, text.n - 1), &out->u);
	} else {
		*out = (struct cel_value){.kind = CEL_INT};
		ok = parse_int(text, minus, &out->i);
	}
	if (!ok)
		cel_lex_fail(lx, lx->tok.start, ERR_PARSE, "%s%s does not fit into %s",
			     minus ? "-" : "", cel_lex_show(text, shown), type);
	return ok;
}

/* n hexadecimal digits. */
static bool hex(const char *p, const char *end, size_t n, uint32_t *out)
{
	uint32_t x = 0;

	if ((size_t)(end - p) < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int d = hex_digit(p[i]);
		if (d < 0)
			return false;
		x = x << 4 | (uint32_t)d;
	}
	*out = x;
	return true;
}

static char *put_char(char *to, uint32_t cp)
{
	if (cp < 0x80) {
		*to++ = (char)cp;
		return to;
	}
	if (cp < 0x800) {
		*to++ = (char)(0xC0 | cp >> 6);
	} else {
		if (cp < 0x10000) {
			*to++ = (char)(0xE0 | cp >> 12);
		} else {
			*to++ = (char)(0xF0 | cp >> 18);
			*to++ = (char)(0x80 | (cp >> 12 & 0x3F));
		}
		*to++ = (char)(0x80 | (cp >> 6 & 0x3F));
	}
	*to++ = (char)(0x80 | (cp & 0x3F));
	return to;
}

/* \u and \U behind their letter: the character; two \u of a surrogate pair are one. Returns what
 * stands wrong, or NULL. */
static const char *unicode(const char **pp, const char *end, size_t digits, uint32_t *cp)
{
	const char *p = *pp;
	uint32_t low;

	if (!hex(p, end, digits, cp))
		return digits == 4 ? "\\u needs four hexadecimal digits"
				   : "\\U needs eight hexadecimal digits";
	p += digits;
	if (*cp >= 0xD800 && *cp <= 0xDBFF && digits == 4 && end - p >= 6 && p[0] == '\\' &&
	    p[1] == 'u' && hex(p + 2, end, 4, &low) && low >= 0xDC00 && low <= 0xDFFF) {
		*cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
		p += 6;
	}
	if (*cp >= 0xD800 && *cp <= 0xDFFF)
		return "half of a surrogate pair is no character";
	if (*cp > 0x10FFFF)
		return "there are no characters beyond \\U0010FFFF";
	*pp = p;
	return NULL;
}

/* One escape; *pp stands behind the backslash. No escape is shorter than what it means. */
static const char *escape(const char **pp, const char *end, bool bytes, char **to)
{
	static const char plain[128] = {
		['\\'] = '\\', ['?'] = '?',  ['"'] = '"',  ['\''] = '\'',
		['`'] = '`',   ['a'] = '\a', ['b'] = '\b', ['f'] = '\f',
		['n'] = '\n',  ['r'] = '\r', ['t'] = '\t', ['v'] = '\v',
	};
	const char *p = *pp;
	unsigned char c = (unsigned char)*p++;
	uint32_t cp = 0;
	const char *wrong = NULL;

	if (c < 128 && plain[c]) {
		*(*to)++ = plain[c];
		*pp = p;
		return NULL;
	}
	if (c == 'x' || c == 'X') {
		if (!hex(p, end, 2, &cp))
			return "\\x needs two hexadecimal digits";
		p += 2;
	} else if (c >= '0' && c <= '3') {
		if (end - p < 2 || (p[0] & ~7) != '0' || (p[1] & ~7) != '0')
			return "an octal escape needs three digits, \\000 to \\377";
		cp = (uint32_t)(c - '0') << 6 | (uint32_t)(p[0] - '0') << 3 |
		     (uint32_t)(p[1] - '0');
		p += 2;
	} else if ((c == 'u' || c == 'U') && bytes) {
		return "\\u and \\U are not for bytes; write \\x";
	} else if (c == 'u' || c == 'U') {
		wrong = unicode(&p, end, c == 'u' ? 4 : 8, &cp);
		if (wrong)
			return wrong;
	} else {
		return "no such escape; a backslash is written \\\\, or the string raw: r\"...\"";
	}
	if (bytes)
		*(*to)++ = (char)cp;
	else
		*to = put_char(*to, cp);
	*pp = p;
	return NULL;
}

bool cel_literal_string(struct arena *a, struct cel_lexer *lx, struct cel_value *out)
{
	struct sv text = sv_from(cel_token_text(lx), lx->tok.prefix);
	size_t quotes = lx->tok.flags & CEL_TOK_TRIPLE ? 3 : 1;
	bool bytes = lx->tok.kind == CEL_TOK_BYTES;

	text = sv_make(text.p + quotes, text.n - 2 * quotes);
	*out = (struct cel_value){.kind = bytes ? CEL_BYTES : CEL_STRING, .s = text};
	if (!(lx->tok.flags & CEL_TOK_ESCAPES))
		return true;
	char *start = arena_alloc(a, text.n), *to = start;
	for (const char *p = text.p, *end = text.p + text.n; p < end;) {
		const char *from = p++;
		if (*from != '\\') {
			*to++ = *from;
			continue;
		}
		/* a backslash is never the last byte: it would have taken the quote */
		const char *wrong = escape(&p, end, bytes, &to);
		if (wrong) {
			cel_lex_fail(lx, (uint32_t)(from - lx->source.p), ERR_PARSE, "%s", wrong);
			return false;
		}
	}
	out->s = sv_make(start, (size_t)(to - start));
	return true;
}
