/*
 * Plain scalars: YAML 1.2.2 section 10.3.2 for the core schema; for Kubernetes and compose what
 * Go's strconv.ParseInt (base 0) and ParseFloat make of them after underscores are taken out.
 */
#include "base/base.h"
#include "fmt/yaml-int.h"

enum { CORE = 1 << YAML_12_CORE, KUBE = 1 << YAML_KUBERNETES, COMPOSE = 1 << YAML_COMPOSE };

static const struct word {
	const char *lower; /* also as Title and UPPER */
	uint8_t kind, schemas;
	const char *text;
} words[] = {
	{"null", NODE_NULL, CORE | KUBE | COMPOSE, ""},
	{"~", NODE_NULL, CORE | KUBE | COMPOSE, ""},
	{"", NODE_NULL, CORE | KUBE | COMPOSE, ""},
	{"true", NODE_BOOL, CORE | KUBE | COMPOSE, "true"},
	{"false", NODE_BOOL, CORE | KUBE | COMPOSE, "false"},
	{"y", NODE_BOOL, KUBE, "true"},
	{"yes", NODE_BOOL, KUBE, "true"},
	{"on", NODE_BOOL, KUBE, "true"},
	{"n", NODE_BOOL, KUBE, "false"},
	{"no", NODE_BOOL, KUBE, "false"},
	{"off", NODE_BOOL, KUBE, "false"},
	{".inf", NODE_NUMBER, CORE | KUBE | COMPOSE, "inf"},
	{"+.inf", NODE_NUMBER, CORE | KUBE | COMPOSE, "inf"},
	{"-.inf", NODE_NUMBER, CORE | KUBE | COMPOSE, "-inf"},
	{".nan", NODE_NUMBER, CORE | KUBE | COMPOSE, "nan"},
};

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The word as lower, Title (.inf: .Inf; but .nan: .NaN) or UPPER. */
static bool word_matches(struct sv text, const char *lower)
{
	size_t n = text.n, letters = 0, upper = 0;

	if (!sv_ieq(text, sv_of(lower)))
		return false;
	size_t first = 0;
	while (first < n && !is_upper(text.p[first]) &&
	       !(text.p[first] >= 'a' && text.p[first] <= 'z'))
		first++;
	for (size_t i = first; i < n; i++) {
		letters++;
		upper += is_upper(text.p[i]);
	}
	if (upper == 0 || upper == letters)
		return true;
	if (sv_is(text, ".NaN"))
		return true;
	return upper == 1 && is_upper(text.p[first]) && !sv_ieq(text, SV(".nan"));
}

static const struct word *find_word(enum yaml_schema schema, struct sv text)
{
	char first = text.n ? (char)(text.p[0] | 0x20) : '\0';

	if (text.n > 5)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].lower[0] == first && words[i].schemas & 1U << schema &&
		    word_matches(text, words[i].lower))
			return &words[i];
	return NULL;
}

static size_t count_digits(struct sv v)
{
	size_t n = 0;

	while (n < v.n && is_digit(v.p[n]))
		n++;
	return n;
}

/* [-+]? (\. [0-9]+ | [0-9]+ (\. [0-9]*)?) ([eE] [-+]? [0-9]+)? into JSON's form; false: not of that
 * form */
static bool decimal(struct sv v, struct arena *a, struct sv *out)
{
	bool minus = v.n && v.p[0] == '-';

	v = sv_from(v, v.n && (v.p[0] == '-' || v.p[0] == '+'));
	struct sv whole = sv_head(v, count_digits(v)), fraction = {0}, exponent = {0};
	v = sv_from(v, whole.n);
	if (v.n && v.p[0] == '.') {
		v = sv_from(v, 1);
		fraction = sv_head(v, count_digits(v));
		v = sv_from(v, fraction.n);
	}
	if (whole.n + fraction.n == 0)
		return false;
	if (v.n && (v.p[0] == 'e' || v.p[0] == 'E')) {
		size_t sign = v.n > 1 && (v.p[1] == '-' || v.p[1] == '+');
		size_t n = count_digits(sv_from(v, 1 + sign));
		if (n == 0)
			return false;
		exponent = sv_head(v, 1 + sign + n);
		v = sv_from(v, exponent.n);
	}
	if (v.n)
		return false;
	while (whole.n > 1 && whole.p[0] == '0')
		whole = sv_from(whole, 1);
	*out = arena_fmt(a, "%s%.*s%s%.*s%.*s", minus ? "-" : "", SV_ARG(whole.n ? whole : SV("0")),
			 fraction.n ? "." : "", SV_ARG(fraction), SV_ARG(exponent));
	return true;
}

static unsigned digit_of(char c)
{
	if (is_digit(c))
		return (unsigned)c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'z' ? (unsigned)c - 'a' + 10 : 99;
}

/* Digits of a base; false: others, none, or more than 64 bits. */
static bool based(struct sv v, unsigned base, uint64_t *out)
{
	uint64_t x = 0;

	for (size_t i = 0; i < v.n; i++) {
		unsigned digit = digit_of(v.p[i]);
		if (digit >= base || __builtin_mul_overflow(x, (uint64_t)base, &x) ||
		    __builtin_add_overflow(x, (uint64_t)digit, &x))
			return false;
	}
	*out = x;
	return v.n > 0;
}

/* 0x, 0o, 0b and, for Go, a leading 0. *skip = bytes before the digits; 10: none of them */
static unsigned base_of(struct sv v, bool go, size_t *skip)
{
	*skip = 2;
	if (v.n < 2 || v.p[0] != '0')
		return 10;
	char c = v.p[1];
	if (c == 'x' || (go && c == 'X'))
		return 16;
	if (c == 'o' || (go && c == 'O'))
		return 8;
	if (go && (c == 'b' || c == 'B'))
		return 2;
	*skip = 1;
	return go ? 8 : 10;
}

static bool number(enum yaml_schema schema, struct sv v, struct arena *a, struct sv *out)
{
	bool go = schema != YAML_12_CORE;
	bool minus = v.n && v.p[0] == '-', sign = v.n && (minus || v.p[0] == '+');
	struct sv rest = sv_from(v, go && sign);
	size_t skip;
	uint64_t u;
	unsigned base = base_of(rest, go, &skip);

	if (base != 10 && based(sv_from(rest, skip), base, &u) &&
	    (!minus || u <= (uint64_t)INT64_MAX + 1) && (!go || !sign || minus || u <= INT64_MAX)) {
		*out = arena_fmt(a, "%s%llu", minus && u ? "-" : "", (unsigned long long)u);
		return true;
	}
	/* an integer as it is needs no copy */
	size_t digits = count_digits(sv_from(v, minus));
	if (digits && digits + minus == v.n && (digits == 1 || v.p[minus] != '0')) {
		*out = v;
		return true;
	}
	return decimal(v, a, out);
}

/* Go's resolver takes underscores out of what starts with a sign or a digit. */
static struct sv without_underscores(struct sv text, struct arena *a)
{
	if (sv_find_char(text, '_') == SIZE_MAX)
		return text;
	char *to = arena_alloc(a, text.n);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '_')
			to[n++] = text.p[i];
	return sv_make(to, n);
}

enum node_kind yaml_plain(enum yaml_schema schema, struct sv text, struct arena *a, struct sv *out)
{
	const struct word *w = find_word(schema, text);

	if (w) {
		*out = sv_of(w->text);
		return (enum node_kind)w->kind;
	}
	*out = text;
	char c = text.p[0];
	/* what is no number at first sight, or longer than any number that means something */
	if (!(is_digit(c) || c == '-' || c == '+' || c == '.') || text.n > 512)
		return NODE_STRING;
	bool go = schema != YAML_12_CORE;
	struct sv plain = go && c != '.' ? without_underscores(text, a) : text;
	if (!number(schema, plain, a, out))
		return NODE_STRING;
	double v;
	struct node n = {.kind = NODE_NUMBER, .text = *out};
	if (go && !node_f64(&n, &v)) {
		*out = text;
		return NODE_STRING;
	}
	return NODE_NUMBER;
}
