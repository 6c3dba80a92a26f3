/* The math library. Doubles behave as IEEE 754 says, integers overflow to an error. */
#include <math.h>

#include "rule/cel/lib.h"

/* Is the value a number? */
static bool number(const struct cel_value *v)
{
	return v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE;
}

/* The number that none is above (sign -1) or below (sign 1); of equals the first. */
static struct cel_value extreme(struct cel_eval *e, const struct cel_value *args, size_t n,
				int sign)
{
	bool list = n == 1 && args[0].kind == CEL_LIST;
	size_t count = list ? cel_size(&args[0]) : n;
	struct cel_value best = {0};

	if (!cel_spend(e, count))
		return lib_over(e);
	if (!count)
		return cel_fault(e, "no numbers in the list", (struct sv){0});
	for (size_t i = 0; i < count; i++) {
		struct cel_value v = list ? cel_at(&args[0], i) : args[i];
		int order = 0;

		if (!number(&v))
			return lib_misfit(e);
		order = i ? cel_order(&best, &v) : sign;
		if (order > 1)
			return cel_fault(e, "NaN has no order", (struct sv){0});
		if (order == sign)
			best = v;
	}
	return best;
}

static struct cel_value greatest(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	return extreme(e, args, n, -1);
}

static struct cel_value least(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	return extreme(e, args, n, 1);
}

static struct cel_value math_abs(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	if (args[0].kind == CEL_DOUBLE)
		return cel_double(fabs(args[0].d));
	if (args[0].kind == CEL_UINT)
		return cel_uint(args[0].u);
	if (args[0].i == INT64_MIN)
		return cel_fault(e, "overflow", SV("math.abs"));
	return cel_int(args[0].i < 0 ? -args[0].i : args[0].i);
}

static struct cel_value math_sign(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	const struct cel_value *v = &args[0];

	(void)e;
	(void)n;
	if (v->kind == CEL_UINT)
		return cel_uint(v->u > 0);
	if (v->kind == CEL_INT)
		return cel_int((v->i > 0) - (v->i < 0));
	return isnan(v->d) ? *v : cel_double((v->d > 0) - (v->d < 0));
}

static struct cel_value math_ceil(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_double(ceil(args[0].d));
}

static struct cel_value math_floor(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_double(floor(args[0].d));
}

/* Halves away from zero. */
static struct cel_value math_round(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_double(round(args[0].d));
}

static struct cel_value math_trunc(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_double(trunc(args[0].d));
}

static struct cel_value math_sqrt(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	const struct cel_value *v = &args[0];

	(void)e;
	(void)n;
	if (v->kind == CEL_DOUBLE)
		return cel_double(sqrt(v->d));
	return cel_double(sqrt(v->kind == CEL_INT ? (double)v->i : (double)v->u));
}

static struct cel_value is_nan(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(isnan(args[0].d));
}

static struct cel_value is_inf(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(isinf(args[0].d));
}

static struct cel_value is_finite(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(isfinite(args[0].d));
}

/* 64 bits as a value of the kind of v. */
static struct cel_value bits_like(const struct cel_value *v, uint64_t bits)
{
	return v->kind == CEL_INT ? cel_int((int64_t)bits) : cel_uint(bits);
}

static uint64_t bits_of(const struct cel_value *v)
{
	return v->kind == CEL_INT ? (uint64_t)v->i : v->u;
}

static struct cel_value bit_and(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return bits_like(&args[0], bits_of(&args[0]) & bits_of(&args[1]));
}

static struct cel_value bit_or(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return bits_like(&args[0], bits_of(&args[0]) | bits_of(&args[1]));
}

static struct cel_value bit_xor(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return bits_like(&args[0], bits_of(&args[0]) ^ bits_of(&args[1]));
}

static struct cel_value bit_not(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return bits_like(&args[0], ~bits_of(&args[0]));
}

static struct cel_value shift_left(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	if (args[1].i < 0)
		return lib_fault_int(e, "negative offset", args[1].i);
	return bits_like(&args[0], args[1].i > 63 ? 0 : bits_of(&args[0]) << args[1].i);
}

/* Zeros come in from the left, also for a negative int. */
static struct cel_value shift_right(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	if (args[1].i < 0)
		return lib_fault_int(e, "negative offset", args[1].i);
	return bits_like(&args[0], args[1].i > 63 ? 0 : bits_of(&args[0]) >> args[1].i);
}

static const struct cel_overload_row rows[] = {
	{"math.abs", "(int)->int", math_abs, NULL, 0},
	{"math.abs", "(uint)->uint", math_abs, NULL, 0},
	{"math.abs", "(double)->double", math_abs, NULL, 0},
	{"math.bitAnd", "(int,int)->int", bit_and, NULL, 0},
	{"math.bitAnd", "(uint,uint)->uint", bit_and, NULL, 0},
	{"math.bitNot", "(int)->int", bit_not, NULL, 0},
	{"math.bitNot", "(uint)->uint", bit_not, NULL, 0},
	{"math.bitOr", "(int,int)->int", bit_or, NULL, 0},
	{"math.bitOr", "(uint,uint)->uint", bit_or, NULL, 0},
	{"math.bitShiftLeft", "(int,int)->int", shift_left, NULL, 0},
	{"math.bitShiftLeft", "(uint,int)->uint", shift_left, NULL, 0},
	{"math.bitShiftRight", "(int,int)->int", shift_right, NULL, 0},
	{"math.bitShiftRight", "(uint,int)->uint", shift_right, NULL, 0},
	{"math.bitXor", "(int,int)->int", bit_xor, NULL, 0},
	{"math.bitXor", "(uint,uint)->uint", bit_xor, NULL, 0},
	{"math.ceil", "(double)->double", math_ceil, NULL, 0},
	{"math.floor", "(double)->double", math_floor, NULL, 0},
	{"math.greatest", "(int)->int", greatest, NULL, 0},
	{"math.greatest", "(uint)->uint", greatest, NULL, 0},
	{"math.greatest", "(double)->double", greatest, NULL, 0},
	{"math.greatest", "(list(int))->int", greatest, NULL, 0},
	{"math.greatest", "(list(uint))->uint", greatest, NULL, 0},
	{"math.greatest", "(list(double))->double", greatest, NULL, 0},
	{"math.greatest", "(int,int)->int", greatest, NULL, 0},
	{"math.greatest", "(int,uint)->dyn", greatest, NULL, 0},
	{"math.greatest", "(int,double)->dyn", greatest, NULL, 0},
	{"math.greatest", "(uint,int)->dyn", greatest, NULL, 0},
	{"math.greatest", "(uint,uint)->uint", greatest, NULL, 0},
	{"math.greatest", "(uint,double)->dyn", greatest, NULL, 0},
	{"math.greatest", "(double,int)->dyn", greatest, NULL, 0},
	{"math.greatest", "(double,uint)->dyn", greatest, NULL, 0},
	{"math.greatest", "(double,double)->double", greatest, NULL, 0},
	{"math.greatest", "(dyn,dyn,dyn...)->dyn", greatest, NULL, 0},
	{"math.isFinite", "(double)->bool", is_finite, NULL, 0},
	{"math.isInf", "(double)->bool", is_inf, NULL, 0},
	{"math.isNaN", "(double)->bool", is_nan, NULL, 0},
	{"math.least", "(int)->int", least, NULL, 0},
	{"math.least", "(uint)->uint", least, NULL, 0},
	{"math.least", "(double)->double", least, NULL, 0},
	{"math.least", "(list(int))->int", least, NULL, 0},
	{"math.least", "(list(uint))->uint", least, NULL, 0},
	{"math.least", "(list(double))->double", least, NULL, 0},
	{"math.least", "(int,int)->int", least, NULL, 0},
	{"math.least", "(int,uint)->dyn", least, NULL, 0},
	{"math.least", "(int,double)->dyn", least, NULL, 0},
	{"math.least", "(uint,int)->dyn", least, NULL, 0},
	{"math.least", "(uint,uint)->uint", least, NULL, 0},
	{"math.least", "(uint,double)->dyn", least, NULL, 0},
	{"math.least", "(double,int)->dyn", least, NULL, 0},
	{"math.least", "(double,uint)->dyn", least, NULL, 0},
	{"math.least", "(double,double)->double", least, NULL, 0},
	{"math.least", "(dyn,dyn,dyn...)->dyn", least, NULL, 0},
	{"math.round", "(double)->double", math_round, NULL, 0},
	{"math.sign", "(int)->int", math_sign, NULL, 0},
	{"math.sign", "(uint)->uint", math_sign, NULL, 0},
	{"math.sign", "(double)->double", math_sign, NULL, 0},
	{"math.sqrt", "(double)->double", math_sqrt, NULL, 0},
	{"math.sqrt", "(int)->double", math_sqrt, NULL, 0},
	{"math.sqrt", "(uint)->double", math_sqrt, NULL, 0},
	{"math.trunc", "(double)->double", math_trunc, NULL, 0},
};

const struct cel_library cel_library_math = {"math", rows, ARRAY_LEN(rows)};
