/* Escapes and classes in brackets. */
#include "rule/regex/parse-int.h"

#include "base/limits.h"
#include "base/text.h"

int re_rune(struct re_parser *p, uint32_t *c)
{
	size_t n = utf8_decode(sv_from(p->s, p->at), c);

	if (n == 0)
		return re_bad(p, p->at, "the pattern is not UTF-8");
	p->at += n;
	return 0;
}

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind \x: two digits, or any number of them in braces. */
static int parse_hex(struct re_parser *p, size_t start, uint32_t *c)
{
	bool braces = re_peek(p, 0) == '{';
	uint32_t v = 0;
	size_t n = 0;

	p->at += braces;
	for (int d; (braces || n < 2) && (d = hex_digit(re_peek(p, 0))) >= 0; n++, p->at++) {
		v = v * 16 + (uint32_t)d;
		if (v > RUNE_MAX)
			return re_bad(p, start, "a character above \\x{10FFFF}");
	}
	if (braces ? n == 0 || re_peek(p, 0) != '}' : n != 2)
		return re_bad(p, start, "\\x takes two hexadecimal digits, or some in braces");
	p->at += braces;
	*c = v;
	return 0;
}

/* At an octal digit: up to three of them. */
static uint32_t parse_octal(struct re_parser *p)
{
	uint32_t v = 0;

	for (int i = 0, d; i < 3 && (d = re_peek(p, 0)) >= '0' && d <= '7'; i++, p->at++)
		v = v * 8 + (uint32_t)(d - '0');
	return v;
}

static bool is_alnum(uint32_t c)
{
	return c < 0x80 && is_word((uint8_t)c) && c != '_';
}

int re_escape(struct re_parser *p, uint32_t *c)
{
	static const char letters[] = "afnrtv", values[] = "\a\f\n\r\t\v";
	size_t start = p->at++;

	if (p->at == p->s.n)
		return re_bad(p, start, "a backslash at the end");
	int d = re_peek(p, 0);
	if (d == '0' || (d >= '1' && d <= '7' && re_peek(p, 1) >= '0' && re_peek(p, 1) <= '7')) {
		*c = parse_octal(p);
		return 0;
	}
	if (d >= '1' && d <= '9')
		return re_bad(p, start, "back-references are not part of this syntax");
	if (re_rune(p, c) != 0)
		return -ERR_PARSE;
	if (*c == 'x')
		return parse_hex(p, start, c);
	const char *letter = *c < 0x80 && *c ? strchr(letters, (int)*c) : NULL;
	if (letter)
		*c = (uint8_t)values[letter - letters];
	else if (*c == 'C')
		return re_bad(p, start, "\\C is not supported: text is matched by character");
	else if (*c >= 0x80 || is_alnum(*c))
		return re_bad(p, start, "unknown escape");
	return 0;
}

/* p->part, negated or not, into p->set. */
static void add_part(struct re_parser *p, bool negated)
{
	rune_tidy(&p->part);
	if (negated)
		rune_negate(&p->part);
	for (size_t i = 0; i < p->part.n; i++)
		rune_add(&p->set, p->part.p[i].lo, p->part.p[i].hi);
	p->part.n = 0;
}

/* Behind \p or \P: a letter, or a name in braces. */
static int parse_property(struct re_parser *p, size_t start, bool negated)
{
	struct sv rest = sv_from(p->s, p->at), name;
	uint32_t c;

	if (re_peek(p, 0) == '{') {
		size_t end = sv_find_char(rest, '}');
		if (end == SIZE_MAX)
			return re_bad(p, start, "\\p{ without }");
		name = sv_head(sv_from(rest, 1), end - 1);
		p->at += end + 1;
	} else {
		size_t from = p->at;
		if (p->at == p->s.n)
			return re_bad(p, start, "\\p needs the name of a class");
		if (re_rune(p, &c) != 0)
			return -ERR_PARSE;
		name = sv_head(rest, p->at - from);
	}
	if (name.n && name.p[0] == '^') {
		negated = !negated;
		name = sv_from(name, 1);
	}
	if (!rune_add_unicode(&p->part, name, p->flags & FLAG_FOLD))
		return re_bad(p, start, "no Unicode class or script of this name");
	add_part(p, negated);
	return 1;
}

int re_escape_class(struct re_parser *p)
{
	int c = re_peek(p, 1);
	size_t start = p->at;

	if (re_peek(p, 0) != '\\' || c <= 0 || !strchr("dswDSWpP", c))
		return 0;
	p->at += 2;
	if ((c | 0x20) == 'p')
		return parse_property(p, start, c == 'P');
	rune_add_perl(&p->part, (char)(c | 0x20), p->flags & FLAG_FOLD);
	add_part(p, c < 'a');
	return 1;
}

/* [:alpha:] or [:^alpha:] at p->at: 1; 0: it is none. */
static int parse_posix(struct re_parser *p)
{
	if (re_peek(p, 0) != '[' || re_peek(p, 1) != ':' || p->no_posix_end)
		return 0;
	struct sv name = sv_from(p->s, p->at + 2);
	size_t end = sv_find(name, SV(":]"));
	if (end == SIZE_MAX) {
		p->no_posix_end = true;
		return 0;
	}
	name = sv_head(name, end);
	bool negated = name.n && name.p[0] == '^';
	if (!rune_add_posix(&p->part, sv_from(name, negated), p->flags & FLAG_FOLD))
		return re_bad(p, p->at, "no class of this name in [: :]");
	add_part(p, negated);
	p->at += end + 4;
	return 1;
}

static int parse_member(struct re_parser *p, uint32_t *c)
{
	if (p->at == p->s.n)
		return re_bad(p, p->at, "missing ]");
	return re_peek(p, 0) == '\\' ? re_escape(p, c) : re_rune(p, c);
}

/* a or a-b. */
static int parse_range(struct re_parser *p)
{
	size_t start = p->at;
	uint32_t lo, hi;

	if (parse_member(p, &lo) != 0)
		return -ERR_PARSE;
	hi = lo;
	/* before the closing bracket a dash stands for itself */
	if (re_peek(p, 0) == '-' && re_peek(p, 1) >= 0 && re_peek(p, 1) != ']') {
		p->at++;
		if (parse_member(p, &hi) != 0)
			return -ERR_PARSE;
		if (hi < lo)
			return re_bad(p, start, "a range whose end is before its start");
	}
	if (p->flags & FLAG_FOLD)
		rune_add_folded(&p->set, lo, hi);
	else
		rune_add(&p->set, lo, hi);
	return 0;
}

int re_bracket(struct re_parser *p)
{
	size_t start = p->at++;
	bool negated = re_peek(p, 0) == '^';

	p->at += negated;
	/* as the first member ] stands for itself */
	for (bool first = true; first || re_peek(p, 0) != ']'; first = false) {
		if (p->at == p->s.n)
			return re_bad(p, start, "missing ]");
		int r = parse_posix(p);
		if (r == 0)
			r = re_escape_class(p);
		if (r == 0)
			r = parse_range(p);
		if (r < 0)
			return r;
		if (p->set.work + p->part.work > 20 * limit_regex_program)
			return re_too_big(p->err);
	}
	p->at++;
	rune_tidy(&p->set);
	if (negated)
		rune_negate(&p->set);
	return re_push_set(p);
}
