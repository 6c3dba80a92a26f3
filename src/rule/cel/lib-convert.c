/* Conversions between types, and type(). */
#include "rule/cel/eval-int.h"

#include <math.h>

#include "base/text.h"

static struct cel_value range_error(struct cel_eval *e, const char *type)
{
	return cel_fault(e, "range error: value does not fit", sv_of(type));
}

static struct cel_value bad_text(struct cel_eval *e, const char *what, struct sv text)
{
	return cel_fault(e, what, text);
}

static struct cel_value same(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return a[0];
}

static struct cel_value int_of_uint(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return a[0].u > INT64_MAX ? range_error(e, "int") : cel_int((int64_t)a[0].u);
}

/* Towards zero. Both ends are open: -2^63 may stand for any double beyond it. */
static struct cel_value int_of_double(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return a[0].d > -0x1p63 && a[0].d < 0x1p63 ? cel_int((int64_t)a[0].d)
						   : range_error(e, "int");
}

/* Sign, digits, nothing else. */
static bool parse_int(struct sv text, int64_t *out)
{
	bool minus = text.n && text.p[0] == '-';
	uint64_t u;

	if (minus || (text.n && text.p[0] == '+'))
		text = sv_from(text, 1);
	if (!sv_u64(text, &u) || u > (uint64_t)INT64_MAX + minus)
		return false;
	*out = minus ? (int64_t)(0 - u) : (int64_t)u;
	return true;
}

static struct cel_value int_of_string(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	int64_t i;

	(void)n;
	return parse_int(a[0].s, &i) ? cel_int(i) : bad_text(e, "no int", a[0].s);
}

static struct cel_value int_of_time(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_int(a[0].i);
}

static struct cel_value uint_of_int(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return a[0].i < 0 ? range_error(e, "uint") : cel_uint((uint64_t)a[0].i);
}

static struct cel_value uint_of_double(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return a[0].d >= 0 && a[0].d < 0x1p64 ? cel_uint((uint64_t)a[0].d) : range_error(e, "uint");
}

static struct cel_value uint_of_string(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	uint64_t u;

	(void)n;
	return sv_u64(a[0].s, &u) ? cel_uint(u) : bad_text(e, "no uint", a[0].s);
}

static struct cel_value double_of_int(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_double((double)a[0].i);
}

static struct cel_value double_of_uint(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_double((double)a[0].u);
}

/* Infinity and NaN as words, else digits with a point and an exponent: what strtod() takes beyond
 * that (hexadecimal, white space, nan(x)) is refused. */
static bool is_double_text(struct sv text)
{
	static const char *const words[] = {"inf", "infinity", "nan"};
	bool digits = false;

	if (text.n && (text.p[0] == '-' || text.p[0] == '+'))
		text = sv_from(text, 1);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_ieq(text, sv_of(words[i])))
			return true;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c >= '0' && c <= '9')
			digits = true;
		else if (!memchr(".eE+-", c, 5) || (memchr("eE", c, 2) && !digits))
			return false;
	}
	return digits;
}

static struct cel_value double_of_string(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	struct sv text = a[0].s;
	char *end;

	(void)n;
	if (!is_double_text(text))
		return bad_text(e, "no double", text);
	char *copy = cel_new_bytes(e, text.n + 1);
	if (!copy)
		return cel_fault(e, NULL, (struct sv){0});
	memcpy(copy, text.p, text.n);
	double d = strtod(copy, &end);
	if (*end)
		return bad_text(e, "no double", text);
	if (isinf(d) && !memchr("iI", text.p[text.n > 1 && (*copy == '-' || *copy == '+')], 2))
		return range_error(e, "double");
	return cel_double(d);
}

static struct cel_value bool_of_string(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = {{"1", true},    {"t", true},      {"T", true},      {"true", true},
		     {"True", true}, {"TRUE", true},   {"0", false},     {"f", false},
		     {"F", false},   {"false", false}, {"False", false}, {"FALSE", false}};

	(void)n;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_is(a[0].s, words[i].text))
			return cel_bool(words[i].value);
	return bad_text(e, "no bool", a[0].s);
}

/* Text of a number, bool, timestamp or duration. */
static struct cel_value string_of(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	struct buf text = {0};

	(void)n;
	cel_text(&text, &a[0]);
	struct sv v =
		cel_spend(e, text.n / 10) ? arena_sv(e->arena, buf_view(&text)) : (struct sv){0};
	buf_done(&text);
	return v.p ? cel_string(v) : cel_fault(e, NULL, v);
}

static struct cel_value string_of_bytes(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	if (!cel_spend(e, a[0].s.n / 10))
		return cel_fault(e, NULL, (struct sv){0});
	return utf8_valid(a[0].s) == a[0].s.n
		       ? cel_string(a[0].s)
		       : cel_fault(e, "invalid UTF-8 in bytes", (struct sv){0});
}

static struct cel_value bytes_of_string(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return (struct cel_value){.kind = CEL_BYTES, .s = a[0].s};
}

/* Types as values have no parameters. */
static const struct cel_type value_types[CEL_KINDS] = {
	[CEL_ERROR] = {.kind = CEL_T_ERROR},       [CEL_NULL] = {.kind = CEL_T_NULL},
	[CEL_BOOL] = {.kind = CEL_T_BOOL},         [CEL_INT] = {.kind = CEL_T_INT},
	[CEL_UINT] = {.kind = CEL_T_UINT},         [CEL_DOUBLE] = {.kind = CEL_T_DOUBLE},
	[CEL_STRING] = {.kind = CEL_T_STRING},     [CEL_BYTES] = {.kind = CEL_T_BYTES},
	[CEL_LIST] = {.kind = CEL_T_LIST},         [CEL_MAP] = {.kind = CEL_T_MAP},
	[CEL_DURATION] = {.kind = CEL_T_DURATION}, [CEL_TIMESTAMP] = {.kind = CEL_T_TIMESTAMP},
	[CEL_TYPE] = {.kind = CEL_T_TYPE},         [CEL_OPTIONAL] = {.kind = CEL_T_OPTIONAL},
};

static struct cel_value type_of(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	if (a[0].kind != CEL_OPAQUE)
		return (struct cel_value){.kind = CEL_TYPE, .type = &value_types[a[0].kind]};
	struct cel_type *t = cel_new_bytes(e, sizeof *t);
	if (!t)
		return cel_fault(e, NULL, (struct sv){0});
	t->kind = CEL_T_OPAQUE;
	t->name = sv_of(a[0].opaque.type->name);
	return (struct cel_value){.kind = CEL_TYPE, .type = t};
}

static const struct cel_overload_row rows[] = {
	{"int", "(int)->int", same},
	{"int", "(uint)->int", int_of_uint},
	{"int", "(double)->int", int_of_double},
	{"int", "(string)->int", int_of_string},
	{"int", "(timestamp)->int", int_of_time},
	{"uint", "(uint)->uint", same},
	{"uint", "(int)->uint", uint_of_int},
	{"uint", "(double)->uint", uint_of_double},
	{"uint", "(string)->uint", uint_of_string},
	{"double", "(double)->double", same},
	{"double", "(int)->double", double_of_int},
	{"double", "(uint)->double", double_of_uint},
	{"double", "(string)->double", double_of_string},
	{"bool", "(bool)->bool", same},
	{"bool", "(string)->bool", bool_of_string},
	{"string", "(string)->string", same},
	{"string", "(bool)->string", string_of},
	{"string", "(int)->string", string_of},
	{"string", "(uint)->string", string_of},
	{"string", "(double)->string", string_of},
	{"string", "(bytes)->string", string_of_bytes},
	{"string", "(timestamp)->string", string_of},
	{"string", "(duration)->string", string_of},
	{"bytes", "(bytes)->bytes", same},
	{"bytes", "(string)->bytes", bytes_of_string},
	{"duration", "(duration)->duration", same},
	{"timestamp", "(timestamp)->timestamp", same},
	{"dyn", "(A)->dyn", same},
	{"type", "(A)->type(A)", type_of},
};

const struct cel_library cel_library_convert = {"convert", rows, ARRAY_LEN(rows)};
