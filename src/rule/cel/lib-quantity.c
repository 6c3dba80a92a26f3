/* The quantity library of Kubernetes. */
#include "rule/cel/lib-quantity.h"

#include "rule/cel/lib.h"

static bool same(const void *a, const void *b)
{
	return quantity_compare(a, b) == 0;
}

static void show(const void *data, struct buf *out)
{
	quantity_text(data, out);
}

static const struct cel_opaque quantity_type = {"kubernetes.Quantity", same, show};

static const struct quantity *quantity_of(const struct cel_value *v)
{
	return v->opaque.data;
}

static struct cel_value new_quantity(struct cel_eval *e, const struct quantity *q)
{
	struct quantity *data = cel_new_bytes(e, sizeof *data);

	if (!data)
		return lib_over(e);
	*data = *q;
	return lib_opaque(&quantity_type, data);
}

static int prepare(struct arena *a, const struct cel_value *args, size_t n, const void **out,
		   struct err *err)
{
	struct quantity *q = ARENA_NEW(a, struct quantity);

	(void)n;
	if (!quantity_parse(args[0].s, q))
		return err_set(err, ERR_PARSE, "not a quantity: %.*s", SV_ARG(args[0].s));
	*out = q;
	return 0;
}

static struct cel_value from_string(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct quantity q = {0};

	(void)n;
	if (e->prepared)
		return lib_opaque(&quantity_type, e->prepared);
	if (!lib_scan(e, args[0].s.n))
		return lib_over(e);
	if (!quantity_parse(args[0].s, &q))
		return cel_fault(e, "not a quantity", args[0].s);
	return new_quantity(e, &q);
}

static struct cel_value is_quantity(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct quantity q = {0};

	(void)n;
	if (!lib_scan(e, args[0].s.n))
		return lib_over(e);
	return cel_bool(quantity_parse(args[0].s, &q));
}

static struct cel_value is_integer(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	int64_t i = 0;

	(void)e;
	(void)n;
	return cel_bool(quantity_as_int(quantity_of(&args[0]), &i));
}

static struct cel_value as_integer(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	int64_t i = 0;

	(void)n;
	if (!quantity_as_int(quantity_of(&args[0]), &i))
		return cel_fault(e, "the quantity is no integer of 64 bits", (struct sv){0});
	return cel_int(i);
}

static struct cel_value as_float(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_double(quantity_as_double(quantity_of(&args[0])));
}

static struct cel_value sign_of(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	const struct quantity *q = quantity_of(&args[0]);

	(void)e;
	(void)n;
	return cel_int((q->nano > 0) - (q->nano < 0));
}

static struct cel_value sum(struct cel_eval *e, const struct cel_value *args, int sign)
{
	struct quantity whole = {0}, out = {0};
	const struct quantity *b = &whole;

	if (args[1].kind == CEL_INT)
		whole.nano = (quantity_int)args[1].i * 1000000000;
	else
		b = quantity_of(&args[1]);
	if (!quantity_add(quantity_of(&args[0]), b, sign, &out))
		return cel_fault(e, "overflow", SV("quantity"));
	return new_quantity(e, &out);
}

static struct cel_value add(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return sum(e, args, 1);
}

static struct cel_value sub(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return sum(e, args, -1);
}

static struct cel_value mul(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct quantity out = {0};

	(void)n;
	if (!quantity_mul(quantity_of(&args[0]), args[1].i, &out))
		return cel_fault(e, "overflow", SV("quantity"));
	return new_quantity(e, &out);
}

static struct cel_value compare_to(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_int(quantity_compare(quantity_of(&args[0]), quantity_of(&args[1])));
}

static struct cel_value is_less(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(quantity_compare(quantity_of(&args[0]), quantity_of(&args[1])) < 0);
}

static struct cel_value is_greater(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(quantity_compare(quantity_of(&args[0]), quantity_of(&args[1])) > 0);
}

static struct cel_value to_string(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	auto_done(buf_done) struct buf b = {0};
	struct lib_text out = {.e = e};

	(void)n;
	quantity_text(quantity_of(&args[0]), &b);
	lib_text_add(&out, buf_view(&b));
	return lib_text_value(&out);
}

static const struct cel_overload_row rows[] = {
	{"add", "kubernetes.Quantity.(kubernetes.Quantity)->kubernetes.Quantity", add, NULL, 0},
	{"add", "kubernetes.Quantity.(int)->kubernetes.Quantity", add, NULL, 0},
	{"asApproximateFloat", "kubernetes.Quantity.()->double", as_float, NULL, 0},
	{"asInteger", "kubernetes.Quantity.()->int", as_integer, NULL, 0},
	{"compareTo", "kubernetes.Quantity.(kubernetes.Quantity)->int", compare_to, NULL, 0},
	{"isGreaterThan", "kubernetes.Quantity.(kubernetes.Quantity)->bool", is_greater, NULL, 0},
	{"isInteger", "kubernetes.Quantity.()->bool", is_integer, NULL, 0},
	{"isLessThan", "kubernetes.Quantity.(kubernetes.Quantity)->bool", is_less, NULL, 0},
	{"isQuantity", "(string)->bool", is_quantity, NULL, 0},
	{"mul", "kubernetes.Quantity.(int)->kubernetes.Quantity", mul, NULL, 0},
	{"quantity", "(string)->kubernetes.Quantity", from_string, prepare, 1},
	{"sign", "kubernetes.Quantity.()->int", sign_of, NULL, 0},
	{"sign", "(kubernetes.Quantity)->int", sign_of, NULL, 0},
	{"string", "(kubernetes.Quantity)->string", to_string, NULL, 0},
	{"sub", "kubernetes.Quantity.(kubernetes.Quantity)->kubernetes.Quantity", sub, NULL, 0},
	{"sub", "kubernetes.Quantity.(int)->kubernetes.Quantity", sub, NULL, 0},
};

const struct cel_library cel_library_quantity = {"quantity", rows, ARRAY_LEN(rows)};
