/* Values as JSON and as text. */
#include "rule/cel/value.h"

#include <math.h>

#include "base/limits.h"
#include "net/base64.h"
#include "rule/cel/civil.h"
#include "rule/cel/type.h"

enum { LARGEST_PLAIN = 6 };

/* The digits of a double and its decimal exponent: d.ddd * 10^exponent. */
struct decimal {
	char digits[20];
	int n, exponent;
};

static struct decimal shortest(double d)
{
	struct decimal out = {0};
	char text[40];

	for (int digits = isnormal(d) ? 15 : 1; digits <= 17; digits++) {
		(void)snprintf(text, sizeof text, "%.*e", digits - 1, d);
		if (strtod(text, NULL) == d)
			break;
	}
	char *e = strchr(text, 'e');
	bool minus = e[1] == '-';
	for (const char *p = e + 2; *p; p++)
		out.exponent = out.exponent * 10 + (*p - '0');
	if (minus)
		out.exponent = -out.exponent;
	for (const char *p = text; p < e; p++)
		if (*p != '.')
			out.digits[out.n++] = *p;
	while (out.n > 1 && out.digits[out.n - 1] == '0')
		out.n--;
	return out;
}

static void put_plain(struct buf *out, const struct decimal *x)
{
	if (x->exponent < 0) {
		buf_str(out, "0.");
		buf_fill(out, '0', (size_t)(-x->exponent - 1));
		buf_add(out, x->digits, (size_t)x->n);
		return;
	}
	int whole = x->exponent + 1;
	buf_add(out, x->digits, (size_t)(whole < x->n ? whole : x->n));
	if (whole > x->n)
		buf_fill(out, '0', (size_t)(whole - x->n));
	if (whole < x->n) {
		buf_char(out, '.');
		buf_add(out, x->digits + whole, (size_t)(x->n - whole));
	}
}

/* The fewest digits that read back equal, as the reference implementation: with an exponent below
 * 10^-4 and from 10^6 on; +Inf, NaN. */
static void put_double(struct buf *out, double d)
{
	if (isnan(d)) {
		buf_str(out, "NaN");
		return;
	}
	if (isinf(d)) {
		buf_str(out, d > 0 ? "+Inf" : "-Inf");
		return;
	}
	if (signbit(d))
		buf_char(out, '-');
	struct decimal x = shortest(fabs(d));
	if (d == 0 || (x.exponent >= -4 && x.exponent < LARGEST_PLAIN)) {
		put_plain(out, &x);
		return;
	}
	buf_add(out, x.digits, 1);
	if (x.n > 1) {
		buf_char(out, '.');
		buf_add(out, x.digits + 1, (size_t)x.n - 1);
	}
	buf_fmt(out, "e%c%02d", x.exponent < 0 ? '-' : '+', abs(x.exponent));
}

/* Nine digits without the zeros at the end. */
static void put_fraction(struct buf *out, int32_t nanos)
{
	char text[12];

	if (!nanos)
		return;
	int n = snprintf(text, sizeof text, ".%09d", abs(nanos));
	while (text[n - 1] == '0')
		n--;
	buf_add(out, text, (size_t)n);
}

/* "3.5s" */
static void put_duration(struct buf *out, const struct cel_value *v)
{
	uint64_t seconds = v->i < 0 ? 0 - (uint64_t)v->i : (uint64_t)v->i;

	if (v->i < 0 || v->nanos < 0)
		buf_char(out, '-');
	buf_fmt(out, "%llu", (unsigned long long)seconds);
	put_fraction(out, v->nanos);
	buf_char(out, 's');
}

/* "2009-02-13T23:31:30.5Z" */
static void put_timestamp(struct buf *out, const struct cel_value *v)
{
	struct civil c = civil_of(v->i);

	buf_fmt(out, "%04lld-%02u-%02uT%02u:%02u:%02u", (long long)c.year, c.month, c.day, c.hour,
		c.minute, c.second);
	put_fraction(out, v->nanos);
	buf_char(out, 'Z');
}

/* Names of types as values, by kind of type. */
static const char *const type_names[CEL_T_KINDS] = {
	[CEL_T_DYN] = "dyn",
	[CEL_T_ERROR] = "error",
	[CEL_T_NULL] = "null_type",
	[CEL_T_BOOL] = "bool",
	[CEL_T_INT] = "int",
	[CEL_T_UINT] = "uint",
	[CEL_T_DOUBLE] = "double",
	[CEL_T_STRING] = "string",
	[CEL_T_BYTES] = "bytes",
	[CEL_T_DURATION] = "google.protobuf.Duration",
	[CEL_T_TIMESTAMP] = "google.protobuf.Timestamp",
	[CEL_T_LIST] = "list",
	[CEL_T_MAP] = "map",
	[CEL_T_TYPE] = "type",
	[CEL_T_OPTIONAL] = "optional_type",
};

/* Text of a scalar that is no number, bool or null. */
static void put_scalar(struct buf *out, const struct cel_value *v)
{
	const struct cel_type *t = v->type;

	switch ((enum cel_kind)v->kind) {
	case CEL_STRING:
		buf_sv(out, v->s);
		return;
	case CEL_BYTES:
		base64_encode(out, v->s);
		return;
	case CEL_DURATION:
		put_duration(out, v);
		return;
	case CEL_TIMESTAMP:
		put_timestamp(out, v);
		return;
	case CEL_TYPE:
		buf_sv(out, type_names[t->kind] ? sv_of(type_names[t->kind]) : t->name);
		return;
	case CEL_OPAQUE:
		v->opaque.type->text(v->opaque.data, out);
		return;
	case CEL_ERROR:
		buf_str(out, v->fault ? v->fault->what : "error");
		return;
	default:
		return;
	}
}

/* A value can hold another a hundred times, and that one so too: what is written is bounded by the
 * work of writing it, as an evaluation is. */
struct writer {
	struct json_out *w;
	uint64_t left;
	unsigned depth;
};

static void put_json(struct writer *w, const struct cel_value *v);

static void put_key(struct json_out *w, const struct cel_value *key)
{
	auto_done(buf_done) struct buf text = {0};

	if (key->kind == CEL_STRING) {
		json_out_key_sv(w, key->s);
		return;
	}
	cel_text(&text, key);
	json_out_key_sv(w, buf_view(&text));
}

static void put_container(struct writer *w, const struct cel_value *v)
{
	struct cel_value key, value;

	if (v->kind == CEL_LIST) {
		json_out_array(w->w);
		for (size_t i = 0, n = cel_size(v); i < n && w->left; i++)
			put_json(w, (value = cel_at(v, i), &value));
	} else {
		json_out_object(w->w);
		for (size_t at = 0; w->left && cel_entry_next(v, &at, &key, &value);) {
			put_key(w->w, &key);
			put_json(w, &value);
		}
	}
	json_out_end(w->w);
}

static void put_nested(struct writer *w, const struct cel_value *v)
{
	if (w->depth > limit_json_depth + limit_cel_depth) {
		json_out_null(w->w);
		return;
	}
	w->depth++;
	if (v->kind == CEL_OPTIONAL)
		put_json(w, v->inner);
	else
		put_container(w, v);
	w->depth--;
}

static void put_json(struct writer *w, const struct cel_value *v)
{
	auto_done(buf_done) struct buf text = {0};

	w->left -= w->left > 0;
	switch ((enum cel_kind)v->kind) {
	case CEL_NULL:
		json_out_null(w->w);
		return;
	case CEL_BOOL:
		json_out_bool(w->w, v->b);
		return;
	case CEL_INT:
		json_out_i64(w->w, v->i);
		return;
	case CEL_UINT:
		json_out_u64(w->w, v->u);
		return;
	case CEL_DOUBLE:
		json_out_f64(w->w, v->d);
		return;
	case CEL_OPTIONAL:
		if (!v->inner) {
			json_out_null(w->w);
			return;
		}
		put_nested(w, v);
		return;
	case CEL_LIST:
	case CEL_MAP:
		put_nested(w, v);
		return;
	default:
		put_scalar(&text, v);
		w->left -= text.n / 10 < w->left ? text.n / 10 : w->left;
		json_out_str(w->w, buf_view(&text));
		return;
	}
}

void cel_json(struct json_out *out, const struct cel_value *v)
{
	struct writer w = {.w = out, .left = limit_cel_cost};

	put_json(&w, v);
}

void cel_text(struct buf *out, const struct cel_value *v)
{
	struct json_out w;

	switch ((enum cel_kind)v->kind) {
	case CEL_DOUBLE:
		put_double(out, v->d);
		return;
	case CEL_NULL:
	case CEL_BOOL:
	case CEL_INT:
	case CEL_UINT:
	case CEL_LIST:
	case CEL_MAP:
	case CEL_OPTIONAL:
		json_out_init(&w, NULL, out, 0);
		cel_json(&w, v);
		return;
	default:
		put_scalar(out, v);
		return;
	}
}
