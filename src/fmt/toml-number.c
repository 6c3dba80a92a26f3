/* Integers, floats, dates and times: one token each. */
#include "base/base.h"
#include "fmt/toml-int.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_token(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
	       c == '-' || c == '.' || c == '_' || c == ':';
}

/* Digits of v with single underscores between them into to; how many bytes of v that took, 0: none.
 */
static size_t take_digits(struct sv v, unsigned base, struct buf *to)
{
	size_t i = 0;
	bool digit = false;

	for (; i < v.n; i++) {
		char c = (char)(v.p[i] | 0x20);
		unsigned value = is_digit(v.p[i])       ? (unsigned)v.p[i] - '0'
				 : c >= 'a' && c <= 'f' ? (unsigned)c - 'a' + 10
							: 99;
		if (v.p[i] == '_' && digit && i + 1 < v.n) {
			digit = false;
			continue;
		}
		if (value >= base)
			break;
		buf_char(to, v.p[i]);
		digit = true;
	}
	return digit ? i : 0;
}

/* 0x, 0o, 0b: without a sign, at most 63 bits. */
static bool based(struct sv v, unsigned base, struct buf *to)
{
	auto_done(buf_done) struct buf digits = {0};
	uint64_t x = 0;

	if (take_digits(v, base, &digits) != v.n || v.n == 0)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		unsigned value = is_digit(c) ? (unsigned)c - '0' : ((unsigned)c | 0x20) - 'a' + 10;
		if (x > ((uint64_t)INT64_MAX - value) / base)
			return false;
		x = x * base + value;
	}
	buf_fmt(to, "%llu", (unsigned long long)x);
	return true;
}

static bool fraction_and_exponent(struct sv v, struct buf *to)
{
	size_t n;

	if (v.n && v.p[0] == '.') {
		buf_char(to, '.');
		n = take_digits(sv_from(v, 1), 10, to);
		if (n == 0)
			return false;
		v = sv_from(v, 1 + n);
	}
	if (v.n && (v.p[0] == 'e' || v.p[0] == 'E')) {
		size_t sign = v.n > 1 && (v.p[1] == '+' || v.p[1] == '-');
		buf_add(to, v.p, 1 + sign);
		n = take_digits(sv_from(v, 1 + sign), 10, to);
		if (n == 0)
			return false;
		v = sv_from(v, 1 + sign + n);
	}
	return v.n == 0;
}

/* A number in JSON's form into to; false: it is none. */
static bool number(struct sv v, struct buf *to)
{
	bool sign = v.n && (v.p[0] == '+' || v.p[0] == '-');
	bool minus = sign && v.p[0] == '-';
	struct sv rest = sv_from(v, sign);

	if (sv_is(rest, "inf") || sv_is(rest, "nan")) {
		buf_str(to, minus && sv_is(rest, "inf") ? "-" : "");
		buf_sv(to, rest);
		return true;
	}
	if (sv_starts(v, SV("0x")))
		return based(sv_from(v, 2), 16, to);
	if (sv_starts(v, SV("0o")))
		return based(sv_from(v, 2), 8, to);
	if (sv_starts(v, SV("0b")))
		return based(sv_from(v, 2), 2, to);
	if (minus)
		buf_char(to, '-');
	size_t from = to->n, n = take_digits(rest, 10, to);
	/* no leading zeros */
	if (n == 0 || (n > 1 && to->p[from] == '0'))
		return false;
	rest = sv_from(rest, n);
	if (rest.n)
		return fraction_and_exponent(rest, to);
	struct node integer = {.kind = NODE_NUMBER, .text = buf_view(to)};
	int64_t i;
	return node_i64(&integer, &i);
}

/* Two digits at v.p[at], at most max; false: none. */
static bool two(struct sv v, size_t at, unsigned min, unsigned max)
{
	if (v.n < at + 2 || !is_digit(v.p[at]) || !is_digit(v.p[at + 1]))
		return false;
	unsigned x = (unsigned)(v.p[at] - '0') * 10 + (unsigned)(v.p[at + 1] - '0');
	return x >= min && x <= max;
}

static bool is_date(struct sv v)
{
	static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	uint64_t year, month, day;

	if (v.n < 10 || v.p[4] != '-' || v.p[7] != '-' || !two(v, 5, 1, 12) ||
	    !sv_u64(sv_head(v, 4), &year) || !sv_u64(sv_make(v.p + 5, 2), &month) ||
	    !sv_u64(sv_make(v.p + 8, 2), &day))
		return false;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return day >= 1 && day <= days[month - 1] && (month != 2 || day < 29 || leap);
}

/* HH:MM:SS and a fraction: its length, or 0. */
static size_t time_length(struct sv v)
{
	size_t n = 8;

	if (v.n < 8 || v.p[2] != ':' || v.p[5] != ':' || !two(v, 0, 0, 23) || !two(v, 3, 0, 59) ||
	    !two(v, 6, 0, 60))
		return 0;
	if (v.n > 8 && v.p[8] == '.') {
		n = 9;
		while (n < v.n && is_digit(v.p[n]))
			n++;
		if (n == 9)
			return 0;
	}
	return n;
}

static bool is_offset(struct sv v)
{
	if (sv_is(v, "Z") || sv_is(v, "z"))
		return true;
	return v.n == 6 && (v.p[0] == '+' || v.p[0] == '-') && v.p[3] == ':' && two(v, 1, 0, 23) &&
	       two(v, 4, 0, 59);
}

static bool is_date_or_time(struct sv v)
{
	size_t n = time_length(v);

	if (n)
		return n == v.n;
	if (!is_date(v))
		return false;
	if (v.n == 10)
		return true;
	char c = v.p[10];
	struct sv clock = sv_from(v, 11);
	n = time_length(clock);
	if ((c != 'T' && c != 't' && c != ' ') || n == 0)
		return false;
	return n == clock.n || is_offset(sv_from(clock, n));
}

/* The token; a date takes a time behind one space with it. */
static struct sv take_token(struct toml *t)
{
	const char *p = t->p;

	while (p < t->end && is_token(*p))
		p++;
	if (p - t->p == 10 && t->p[4] == '-' && t->end - p >= 4 && p[0] == ' ' && is_digit(p[1]) &&
	    is_digit(p[2]) && p[3] == ':') {
		p++;
		while (p < t->end && is_token(*p))
			p++;
	}
	return sv_make(t->p, (size_t)(p - t->p));
}

static bool looks_like_date(struct sv v)
{
	size_t n = 0;

	while (n < v.n && is_digit(v.p[n]))
		n++;
	return n < v.n && ((n == 4 && v.p[n] == '-') || (n == 2 && v.p[n] == ':'));
}

int toml_number(struct toml *t, struct node *out)
{
	auto_done(buf_done) struct buf text = {0};
	struct sv token = take_token(t);
	bool date = looks_like_date(token);

	if (token.n == 0)
		return toml_fail(t, t->p, ERR_PARSE, "not TOML: a value is missing");
	if (date && !is_date_or_time(token))
		return toml_fail(t, t->p, ERR_PARSE, "not TOML: a wrong date or time");
	if (!date && !number(token, &text))
		return toml_fail(t, t->p, ERR_PARSE,
				 "not TOML: neither a value nor an integer of 64 bits");
	t->p += token.n;
	out->kind = date ? NODE_STRING : NODE_NUMBER;
	if (date || sv_eq(token, buf_view(&text)))
		out->text = token;
	else
		out->text = arena_sv(t->d->arena, buf_view(&text));
	return 0;
}
