/*
 * string.format(list): %s %d %f %e %b %o %x %X, a precision for %f and %e. Decimal point and digits
 * are those of en_US whatever the locale of the machine; the specification no longer localises
 * numbers.
 */
#include "rule/cel/lib-strings.h"

#include <math.h>
#include <stdlib.h>

#include "base/limits.h"

enum { PRECISION_DEFAULT = 6, PRECISION_MAX = 1000 };

struct formatter {
	struct lib_text out;
	unsigned depth;
	bool failed;
	struct cel_value fault; /* when failed */
};

typedef void clause_fn(struct formatter *f, const struct cel_value *v, int precision);

static void fail(struct formatter *f, const char *what, struct sv detail)
{
	if (!f->failed)
		f->fault = cel_fault(f->out.e, what, detail);
	f->failed = true;
}

/* "only integers can be formatted as octal: string" */
static void fail_kind(struct formatter *f, const char *what, const struct cel_value *v)
{
	fail(f, what, cel_type_name_of(v));
}

/* NaN and infinities as text; false: a number. */
static bool not_finite(struct lib_text *out, double d)
{
	if (isfinite(d))
		return false;
	lib_text_add(out, isnan(d) ? SV("NaN") : d < 0 ? SV("-Infinity") : SV("Infinity"));
	return true;
}

/* The fewest digits that read back equal, never with an exponent. */
static void shortest(struct lib_text *out, double d)
{
	char text[32], digits[24];
	int n = 0, exponent = 0, precision = 0;

	if (not_finite(out, d))
		return;
	do
		snprintf(text, sizeof text, "%.*e", precision, d);
	while (strtod(text, NULL) != d && ++precision < 17);
	if (text[0] == '-')
		lib_text_char(out, '-');
	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	/* The exponent of d = 0.digits x 10^exponent. */
	for (const char *p = strchr(text, 'e') + 2; *p; p++)
		exponent = exponent * 10 + (*p - '0');
	exponent = strchr(text, 'e')[1] == '-' ? 1 - exponent : 1 + exponent;
	if (exponent <= 0)
		lib_text_add(out, SV("0."));
	for (int i = exponent; i < 0; i++)
		lib_text_char(out, '0');
	for (int i = 0; i < n || i < exponent; i++) {
		if (i == exponent && i > 0)
			lib_text_char(out, '.');
		lib_text_char(out, i < n ? digits[i] : '0');
	}
}

static void duration(struct lib_text *out, const struct cel_value *v)
{
	bool negative = v->i < 0 || v->nanos < 0;
	uint64_t seconds = v->i < 0 ? -(uint64_t)v->i : (uint64_t)v->i;
	uint32_t nanos = v->nanos < 0 ? (uint32_t)-v->nanos : (uint32_t)v->nanos;
	int digits = 9;

	lib_text_fmt(out, "%s%llu", negative ? "-" : "", (unsigned long long)seconds);
	for (; nanos && nanos % 10 == 0; digits--)
		nanos /= 10;
	if (nanos)
		lib_text_fmt(out, ".%0*u", digits, nanos);
	lib_text_char(out, 's');
}

static void format_value(struct formatter *f, const struct cel_value *v);

static void format_list(struct formatter *f, const struct cel_value *v)
{
	size_t n = cel_size(v);

	lib_text_char(&f->out, '[');
	for (size_t i = 0; i < n && !f->failed && !f->out.over; i++) {
		struct cel_value item = cel_at(v, i);

		if (i)
			lib_text_add(&f->out, SV(", "));
		format_value(f, &item);
	}
	lib_text_char(&f->out, ']');
}

struct entry {
	struct sv key;
	struct cel_value value;
};

static int entry_order(const void *a, const void *b)
{
	return sv_cmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

/* Entries in the order of their keys' text. */
static void format_map(struct formatter *f, const struct cel_value *v)
{
	size_t n = cel_size(v);
	struct entry *entries = NULL;

	if (!cel_spend(f->out.e, n * 8)) {
		f->out.over = true;
		return;
	}
	entries = ARENA_ARRAY(f->out.e->arena, n, struct entry);
	for (size_t i = 0; i < n && !f->failed && !f->out.over; i++) {
		struct formatter key = {.out = {.e = f->out.e}, .depth = f->depth};
		struct cel_value k = {0};

		cel_entry_at(v, i, &k, &entries[i].value);
		format_value(&key, &k);
		entries[i].key = lib_text_view(&key.out);
		f->out.over = key.out.over;
		f->failed = key.failed;
		f->fault = key.fault;
	}
	if (n)
		qsort(entries, n, sizeof *entries, entry_order);
	lib_text_char(&f->out, '{');
	for (size_t i = 0; i < n && !f->failed && !f->out.over; i++) {
		if (i)
			lib_text_add(&f->out, SV(", "));
		lib_text_add(&f->out, entries[i].key);
		lib_text_add(&f->out, SV(": "));
		format_value(f, &entries[i].value);
	}
	lib_text_char(&f->out, '}');
}

/* Timestamps, types and the types of libraries: as everywhere else. */
static void format_other(struct formatter *f, const struct cel_value *v)
{
	auto_done(buf_done) struct buf b = {0};

	if (v->kind == CEL_OPAQUE)
		v->opaque.type->text(v->opaque.data, &b);
	else
		cel_text(&b, v);
	lib_text_add(&f->out, buf_view(&b));
}

static void format_value(struct formatter *f, const struct cel_value *v)
{
	struct lib_text *out = &f->out;

	if (++f->depth > limit_json_depth) {
		fail(f, "string.format: nested too deep", (struct sv){0});
		return;
	}
	switch ((enum cel_kind)v->kind) {
	case CEL_NULL:
		lib_text_add(out, SV("null"));
		break;
	case CEL_BOOL:
		lib_text_add(out, v->b ? SV("true") : SV("false"));
		break;
	case CEL_INT:
		lib_text_fmt(out, "%lld", (long long)v->i);
		break;
	case CEL_UINT:
		lib_text_fmt(out, "%llu", (unsigned long long)v->u);
		break;
	case CEL_DOUBLE:
		shortest(out, v->d);
		break;
	case CEL_STRING:
	case CEL_BYTES:
		lib_text_add(out, v->s);
		break;
	case CEL_DURATION:
		duration(out, v);
		break;
	case CEL_LIST:
		format_list(f, v);
		break;
	case CEL_MAP:
		format_map(f, v);
		break;
	case CEL_TIMESTAMP:
	case CEL_TYPE:
	case CEL_OPAQUE:
		format_other(f, v);
		break;
	case CEL_OPTIONAL:
	case CEL_ERROR:
	case CEL_KINDS:
		fail_kind(f, "string.format: %s does not take", v);
		break;
	}
	f->depth--;
}

static void clause_string(struct formatter *f, const struct cel_value *v, int precision)
{
	(void)precision;
	format_value(f, v);
}

static void clause_decimal(struct formatter *f, const struct cel_value *v, int precision)
{
	(void)precision;
	if (v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE)
		format_value(f, v);
	else
		fail_kind(f, "string.format: %d takes only numbers, not", v);
}

/* The number as a double; false: it is none. */
static bool as_double(const struct cel_value *v, double *d)
{
	if (v->kind == CEL_INT)
		*d = (double)v->i;
	else if (v->kind == CEL_UINT)
		*d = (double)v->u;
	else
		*d = v->d;
	return v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE;
}

static void clause_fixed(struct formatter *f, const struct cel_value *v, int precision)
{
	double d = 0;

	if (!as_double(v, &d))
		fail_kind(f, "string.format: %f takes only numbers, not", v);
	else if (!not_finite(&f->out, d))
		lib_text_fmt(&f->out, "%.*f", precision, d);
}

static void clause_scientific(struct formatter *f, const struct cel_value *v, int precision)
{
	double d = 0;

	if (!as_double(v, &d))
		fail_kind(f, "string.format: %e takes only numbers, not", v);
	else if (!not_finite(&f->out, d))
		lib_text_fmt(&f->out, "%.*e", precision, d);
}

/* An integer in base 2, 8 or 16: sign and digits. */
static void radix(struct lib_text *out, const struct cel_value *v, unsigned bits, const char *set)
{
	uint64_t u = v->kind == CEL_INT && v->i < 0 ? -(uint64_t)v->i : v->u;
	char text[65];
	size_t at = sizeof text;

	do {
		text[--at] = set[u & ((1u << bits) - 1)];
		u >>= bits;
	} while (u);
	if (v->kind == CEL_INT && v->i < 0)
		text[--at] = '-';
	lib_text_add(out, (struct sv){text + at, sizeof text - at});
}

static const char lower_digits[] = "0123456789abcdef", upper_digits[] = "0123456789ABCDEF";

static void clause_binary(struct formatter *f, const struct cel_value *v, int precision)
{
	(void)precision;
	if (v->kind == CEL_BOOL)
		lib_text_char(&f->out, v->b ? '1' : '0');
	else if (v->kind == CEL_INT || v->kind == CEL_UINT)
		radix(&f->out, v, 1, lower_digits);
	else
		fail_kind(f, "string.format: %b takes only integers and bools, not", v);
}

static void clause_octal(struct formatter *f, const struct cel_value *v, int precision)
{
	(void)precision;
	if (v->kind == CEL_INT || v->kind == CEL_UINT)
		radix(&f->out, v, 3, lower_digits);
	else
		fail_kind(f, "string.format: %o takes only integers, not", v);
}

static void hex(struct formatter *f, const struct cel_value *v, const char *set)
{
	if (v->kind == CEL_INT || v->kind == CEL_UINT) {
		radix(&f->out, v, 4, set);
		return;
	}
	if (v->kind != CEL_STRING && v->kind != CEL_BYTES) {
		fail_kind(f, "string.format: %x takes only integers, strings and bytes, not", v);
		return;
	}
	for (size_t i = 0; i < v->s.n && !f->out.over; i++) {
		unsigned char c = (unsigned char)v->s.p[i];
		char two[2] = {set[c >> 4], set[c & 15]};

		lib_text_add(&f->out, (struct sv){two, 2});
	}
}

static void clause_hex(struct formatter *f, const struct cel_value *v, int precision)
{
	(void)precision;
	hex(f, v, lower_digits);
}

static void clause_upper_hex(struct formatter *f, const struct cel_value *v, int precision)
{
	(void)precision;
	hex(f, v, upper_digits);
}

static const struct {
	char letter;
	clause_fn *fn;
} clauses[] = {
	{'s', clause_string}, {'d', clause_decimal}, {'f', clause_fixed}, {'e', clause_scientific},
	{'b', clause_binary}, {'o', clause_octal},   {'x', clause_hex},   {'X', clause_upper_hex},
};

/* Takes ".digits" off *format; the default without it. */
static bool take_precision(struct formatter *f, struct sv *format, int *precision)
{
	struct sv digits = sv_from(*format, 1);
	uint64_t value = 0;
	size_t n = 0;

	*precision = PRECISION_DEFAULT;
	if (!format->n || format->p[0] != '.')
		return true;
	while (n < digits.n && digits.p[n] >= '0' && digits.p[n] <= '9')
		n++;
	if (!sv_u64(sv_head(digits, n), &value) || value > PRECISION_MAX) {
		fail(f, "string.format: no precision between 0 and 1000",
		     arena_sv(f->out.e->arena, sv_head(digits, n)));
		return false;
	}
	*precision = (int)value;
	*format = sv_from(digits, n);
	return true;
}

/* One clause, behind its '%'. */
static void clause(struct formatter *f, struct sv *format, const struct cel_value *list, size_t at)
{
	struct cel_value v = {0};
	int precision = 0;
	size_t i = 0;

	if (!take_precision(f, format, &precision))
		return;
	for (; format->n && i < ARRAY_LEN(clauses) && clauses[i].letter != format->p[0];)
		i++;
	if (!format->n || i == ARRAY_LEN(clauses)) {
		fail(f, "string.format: unknown clause",
		     arena_sv(f->out.e->arena,
			      format->n ? sv_head(*format, lib_char(*format)) : SV("%")));
		return;
	}
	if (at >= cel_size(list)) {
		fail(f, "string.format: more clauses than arguments",
		     arena_fmt(f->out.e->arena, "%zu", cel_size(list)));
		return;
	}
	v = cel_at(list, at);
	clauses[i].fn(f, &v, precision);
	*format = sv_from(*format, 1);
}

struct cel_value cel_string_format(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct formatter f = {.out = {.e = e}};
	struct sv format = args[0].s;
	size_t used = 0;

	(void)n;
	while (format.n && !f.failed && !f.out.over) {
		size_t at = sv_find_char(format, '%');

		lib_text_add(&f.out, sv_head(format, at));
		if (at == SIZE_MAX)
			break;
		format = sv_from(format, at + 1);
		if (format.n && format.p[0] == '%') {
			lib_text_char(&f.out, '%');
			format = sv_from(format, 1);
		} else {
			clause(&f, &format, &args[1], used++);
		}
	}
	return f.failed ? f.fault : lib_text_value(&f.out);
}
