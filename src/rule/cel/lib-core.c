/* The operators of the standard library. Section names are those of the language definition. */
#include "rule/cel/eval-int.h"

#include <math.h>

#include "base/text.h"

enum { UNIT_BYTES = 10 };

static struct cel_value overflow(struct cel_eval *e, const char *op)
{
	return cel_fault(e, "overflow", sv_of(op));
}

static struct cel_value add_int(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	int64_t r;

	(void)n;
	return __builtin_add_overflow(a[0].i, a[1].i, &r) ? overflow(e, "+") : cel_int(r);
}

static struct cel_value subtract_int(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	int64_t r;

	(void)n;
	return __builtin_sub_overflow(a[0].i, a[1].i, &r) ? overflow(e, "-") : cel_int(r);
}

static struct cel_value multiply_int(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	int64_t r;

	(void)n;
	return __builtin_mul_overflow(a[0].i, a[1].i, &r) ? overflow(e, "*") : cel_int(r);
}

static struct cel_value divide_int(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	if (a[1].i == 0)
		return cel_fault(e, "divide by zero", (struct sv){0});
	if (a[0].i == INT64_MIN && a[1].i == -1)
		return overflow(e, "/");
	return cel_int(a[0].i / a[1].i);
}

static struct cel_value modulo_int(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	if (a[1].i == 0)
		return cel_fault(e, "modulus by zero", (struct sv){0});
	if (a[0].i == INT64_MIN && a[1].i == -1)
		return overflow(e, "%");
	return cel_int(a[0].i % a[1].i);
}

static struct cel_value negate_int(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return a[0].i == INT64_MIN ? overflow(e, "-") : cel_int(-a[0].i);
}

static struct cel_value add_uint(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	uint64_t r;

	(void)n;
	return __builtin_add_overflow(a[0].u, a[1].u, &r) ? overflow(e, "+") : cel_uint(r);
}

static struct cel_value subtract_uint(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	uint64_t r;

	(void)n;
	return __builtin_sub_overflow(a[0].u, a[1].u, &r) ? overflow(e, "-") : cel_uint(r);
}

static struct cel_value multiply_uint(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	uint64_t r;

	(void)n;
	return __builtin_mul_overflow(a[0].u, a[1].u, &r) ? overflow(e, "*") : cel_uint(r);
}

static struct cel_value divide_uint(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return a[1].u ? cel_uint(a[0].u / a[1].u) : cel_fault(e, "divide by zero", (struct sv){0});
}

static struct cel_value modulo_uint(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return a[1].u ? cel_uint(a[0].u % a[1].u) : cel_fault(e, "modulus by zero", (struct sv){0});
}

static struct cel_value add_double(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_double(a[0].d + a[1].d);
}

static struct cel_value subtract_double(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_double(a[0].d - a[1].d);
}

static struct cel_value multiply_double(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_double(a[0].d * a[1].d);
}

/* IEEE 754 has a quotient by zero. */
__attribute__((no_sanitize("float-divide-by-zero"))) static struct cel_value
divide_double(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_double(a[0].d / a[1].d);
}

static struct cel_value negate_double(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_double(-a[0].d);
}

/* Strings and bytes. */
static struct cel_value join_text(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	size_t total = a[0].s.n + a[1].s.n;
	char *p;

	(void)n;
	if (!a[0].s.n || !a[1].s.n)
		return a[a[0].s.n == 0];
	p = cel_new_bytes(e, total);
	if (!p)
		return cel_fault(e, NULL, (struct sv){0});
	memcpy(p, a[0].s.p, a[0].s.n);
	memcpy(p + a[0].s.n, a[1].s.p, a[1].s.n);
	return (struct cel_value){.kind = a[0].kind, .s = {p, total}};
}

static struct cel_value join_lists(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	size_t left = cel_size(&a[0]), right = cel_size(&a[1]);

	(void)n;
	if (!left || !right)
		return a[left == 0];
	struct cel_value *p = cel_new_values(e, left + right);
	if (!p)
		return cel_fault(e, NULL, (struct sv){0});
	for (size_t i = 0; i < left; i++)
		p[i] = cel_at(&a[0], i);
	for (size_t i = 0; i < right; i++)
		p[left + i] = cel_at(&a[1], i);
	return cel_items(p, left + right);
}

/* The work of comparing two values; scalars of fixed size are free. */
static bool spend_compare(struct cel_eval *e, const struct cel_value *a, const struct cel_value *b)
{
	if (a->kind != b->kind || a->kind < CEL_STRING)
		return true;
	if (a->kind <= CEL_BYTES)
		return cel_spend(e, (a->s.n < b->s.n ? a->s.n : b->s.n) / UNIT_BYTES);
	uint64_t most = e->cost_limit - (e->cost < e->cost_limit ? e->cost : e->cost_limit) + 1;
	return cel_spend(e, cel_weight(a, most)) && cel_spend(e, cel_weight(b, most));
}

static struct cel_value equal(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	if (!spend_compare(e, &a[0], &a[1]))
		return cel_fault(e, NULL, (struct sv){0});
	return cel_bool(cel_equal(&a[0], &a[1]));
}

static struct cel_value not_equal(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	struct cel_value v = equal(e, a, n);

	return v.kind == CEL_BOOL ? cel_bool(!v.b) : v;
}

/* Bits of the orders that make a comparison true. NaN (2) makes none true. */
enum { LESS = 1, SAME = 2, GREATER = 4 };

static struct cel_value compare(struct cel_eval *e, const struct cel_value *a, unsigned wanted)
{
	if (!spend_compare(e, &a[0], &a[1]))
		return cel_fault(e, NULL, (struct sv){0});
	int order = cel_order(&a[0], &a[1]);
	if (order > 2)
		return cel_no_overload(e, SV("comparison"));
	return cel_bool(order < 2 && wanted & 1u << (order + 1));
}

static struct cel_value less(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return compare(e, a, LESS);
}

static struct cel_value less_equal(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return compare(e, a, LESS | SAME);
}

static struct cel_value greater(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return compare(e, a, GREATER);
}

static struct cel_value greater_equal(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return compare(e, a, GREATER | SAME);
}

struct cel_value cel_fn_not(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return a[0].kind == CEL_BOOL ? cel_bool(!a[0].b) : cel_no_overload(e, SV("!_"));
}

static struct cel_value in_list(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	for (size_t i = 0, size = cel_size(&a[1]); i < size; i++) {
		struct cel_value v = cel_at(&a[1], i);
		if (!cel_spend(e, 1) || !spend_compare(e, &a[0], &v))
			return cel_fault(e, NULL, (struct sv){0});
		if (cel_equal(&a[0], &v))
			return cel_bool(true);
	}
	return cel_bool(false);
}

static struct cel_value in_map(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	struct cel_value v;

	(void)n;
	if (a[1].form == CEL_FORM_NODE && !cel_spend(e, a[1].node->n / 16))
		return cel_fault(e, NULL, (struct sv){0});
	return cel_bool(cel_find(&a[1], &a[0], &v));
}

/* In characters. */
static struct cel_value size_string(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	size_t count = 0;

	(void)n;
	if (!cel_spend(e, a[0].s.n / UNIT_BYTES))
		return cel_fault(e, NULL, (struct sv){0});
	for (struct sv rest = a[0].s; rest.n; count++) {
		uint32_t cp;
		size_t len = utf8_decode(rest, &cp);
		rest = sv_from(rest, len ? len : 1);
	}
	return cel_int((int64_t)count);
}

static struct cel_value size_bytes(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_int((int64_t)a[0].s.n);
}

static struct cel_value size_container(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	if (a[0].form == CEL_FORM_NODE && a[0].kind == CEL_MAP)
		e->cost += a[0].node->n / 16;
	return cel_int((int64_t)cel_size(&a[0]));
}

#define ORDER_ROWS(op, fn)                                                                         \
	{op, "(bool,bool)->bool", fn}, {op, "(int,int)->bool", fn}, {op, "(uint,uint)->bool", fn}, \
		{op, "(double,double)->bool", fn}, {op, "(string,string)->bool", fn},              \
		{op, "(bytes,bytes)->bool", fn}, {op, "(timestamp,timestamp)->bool", fn},          \
		{op, "(duration,duration)->bool", fn}, {op, "(int,uint)->bool", fn},               \
		{op, "(int,double)->bool", fn}, {op, "(uint,int)->bool", fn},                      \
		{op, "(uint,double)->bool", fn}, {op, "(double,int)->bool", fn},                   \
	{                                                                                          \
		op, "(double,uint)->bool", fn                                                      \
	}

#define SIZE_ROWS(type, fn)                 \
	{"size", "(" type ")->int", fn},    \
	{                                   \
		"size", type ".()->int", fn \
	}

static const struct cel_overload_row rows[] = {
	/* the evaluator has these three itself; the checker needs their types */
	{"_&&_", "(bool,bool)->bool", NULL},
	{"_||_", "(bool,bool)->bool", NULL},
	{"_?_:_", "(bool,A,A)->A", NULL},
	{"_==_", "(A,A)->bool", equal},
	{"_!=_", "(A,A)->bool", not_equal},
	{"!_", "(bool)->bool", cel_fn_not},
	{"_+_", "(int,int)->int", add_int},
	{"_+_", "(uint,uint)->uint", add_uint},
	{"_+_", "(double,double)->double", add_double},
	{"_+_", "(string,string)->string", join_text},
	{"_+_", "(bytes,bytes)->bytes", join_text},
	{"_+_", "(list(A),list(A))->list(A)", join_lists},
	{"_-_", "(int,int)->int", subtract_int},
	{"_-_", "(uint,uint)->uint", subtract_uint},
	{"_-_", "(double,double)->double", subtract_double},
	{"_*_", "(int,int)->int", multiply_int},
	{"_*_", "(uint,uint)->uint", multiply_uint},
	{"_*_", "(double,double)->double", multiply_double},
	{"_/_", "(int,int)->int", divide_int},
	{"_/_", "(uint,uint)->uint", divide_uint},
	{"_/_", "(double,double)->double", divide_double},
	{"_%_", "(int,int)->int", modulo_int},
	{"_%_", "(uint,uint)->uint", modulo_uint},
	{"-_", "(int)->int", negate_int},
	{"-_", "(double)->double", negate_double},
	ORDER_ROWS("_<_", less),
	ORDER_ROWS("_<=_", less_equal),
	ORDER_ROWS("_>_", greater),
	ORDER_ROWS("_>=_", greater_equal),
	{"@in", "(A,list(A))->bool", in_list},
	{"@in", "(A,map(A,B))->bool", in_map},
	{"_[_]", "(list(A),int)->A", cel_fn_index},
	{"_[_]", "(map(A,B),A)->B", cel_fn_index},
	SIZE_ROWS("string", size_string),
	SIZE_ROWS("bytes", size_bytes),
	SIZE_ROWS("list(A)", size_container),
	SIZE_ROWS("map(A,B)", size_container),
};

const struct cel_library cel_library_core = {"core", rows, ARRAY_LEN(rows)};
