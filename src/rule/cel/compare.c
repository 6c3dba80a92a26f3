/* Equality and order. Numbers compare by value, whatever their kinds. */
#include "rule/cel/value.h"

#include "base/limits.h"
#include "base/map.h"
#include "rule/cel/type.h"

enum {
	UNORDERED = 2,
	NO_ORDER = 3,
	/* below that, looking at each key of the other object is cheaper than a table */
	FEW_MEMBERS = 16,
};

static bool equal(const struct cel_value *a, const struct cel_value *b, unsigned depth);

static int order_i64(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int order_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int order_double(double a, double b)
{
	if (a < b)
		return -1;
	if (a > b)
		return 1;
	return a == b ? 0 : UNORDERED; /* NaN */
}

/* The specification's order rounds the integer: 2^63 - 1 is equal to the double 2^63. */
static int order_int_double(int64_t a, double b)
{
	return order_double((double)a, b);
}

static int order_uint_double(uint64_t a, double b)
{
	return order_double((double)a, b);
}

static int order_int_uint(int64_t a, uint64_t b)
{
	return a < 0 ? -1 : order_u64((uint64_t)a, b);
}

static int reversed(int order)
{
	return order == UNORDERED ? order : -order;
}

static bool is_number(const struct cel_value *v)
{
	return v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE;
}

static int order_numbers(const struct cel_value *a, const struct cel_value *b)
{
	if (a->kind > b->kind)
		return reversed(order_numbers(b, a));
	if (a->kind == CEL_INT) {
		if (b->kind == CEL_INT)
			return order_i64(a->i, b->i);
		return b->kind == CEL_UINT ? order_int_uint(a->i, b->u)
					   : order_int_double(a->i, b->d);
	}
	if (a->kind == CEL_UINT)
		return b->kind == CEL_UINT ? order_u64(a->u, b->u) : order_uint_double(a->u, b->d);
	return order_double(a->d, b->d);
}

int cel_order(const struct cel_value *a, const struct cel_value *b)
{
	if (is_number(a) && is_number(b))
		return order_numbers(a, b);
	if (a->kind != b->kind)
		return NO_ORDER;
	switch ((enum cel_kind)a->kind) {
	case CEL_BOOL:
		return a->b - b->b;
	case CEL_STRING:
	case CEL_BYTES:
		return sv_cmp(a->s, b->s);
	case CEL_DURATION:
	case CEL_TIMESTAMP:
		return a->i != b->i ? order_i64(a->i, b->i) : order_i64(a->nanos, b->nanos);
	default:
		return NO_ORDER;
	}
}

static bool equal_lists(const struct cel_value *a, const struct cel_value *b, unsigned depth)
{
	size_t n = cel_size(a);

	if (n != cel_size(b))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct cel_value x = cel_at(a, i), y = cel_at(b, i);
		if (!equal(&x, &y, depth + 1))
			return false;
	}
	return true;
}

/* Big objects of documents have no index: one for this comparison. */
static bool equal_by_table(const struct cel_value *a, const struct cel_value *b, unsigned depth)
{
	auto_done(map_done) struct map table = {0};
	struct cel_value key, x;

	for (size_t at = 0; cel_entry_next(b, &at, &key, &x);)
		map_put(&table, key.s, &(bool){false})->ptr = (void *)(uintptr_t)(x.node);
	for (size_t at = 0; cel_entry_next(a, &at, &key, &x);) {
		const struct map_entry *e = key.kind == CEL_STRING ? map_find(&table, key.s) : NULL;
		if (!e)
			return false;
		struct cel_value y = cel_of_node(e->ptr);
		if (!equal(&x, &y, depth + 1))
			return false;
	}
	return true;
}

static bool equal_maps(const struct cel_value *a, const struct cel_value *b, unsigned depth)
{
	struct cel_value key, x, y;
	size_t n = cel_size(a);

	if (n != cel_size(b))
		return false;
	if (b->form == CEL_FORM_NODE && n > FEW_MEMBERS)
		return equal_by_table(a, b, depth);
	for (size_t at = 0; cel_entry_next(a, &at, &key, &x);)
		if (!cel_find(b, &key, &y) || !equal(&x, &y, depth + 1))
			return false;
	return true;
}

static bool equal_optionals(const struct cel_value *a, const struct cel_value *b, unsigned depth)
{
	if (!a->inner || !b->inner)
		return a->inner == b->inner;
	return equal(a->inner, b->inner, depth + 1);
}

/* Types as values have no parameters: list(int) and list(string) are one. */
static bool equal_types(const struct cel_type *a, const struct cel_type *b)
{
	return a == b || (a->kind == b->kind && sv_eq(a->name, b->name));
}

static bool equal(const struct cel_value *a, const struct cel_value *b, unsigned depth)
{
	if (depth > limit_json_depth + limit_cel_depth)
		return false;
	if (is_number(a) && is_number(b))
		return order_numbers(a, b) == 0;
	if (a->kind != b->kind)
		return false;
	switch ((enum cel_kind)a->kind) {
	case CEL_NULL:
		return true;
	case CEL_LIST:
		return equal_lists(a, b, depth);
	case CEL_MAP:
		return equal_maps(a, b, depth);
	case CEL_TYPE:
		return equal_types(a->type, b->type);
	case CEL_OPTIONAL:
		return equal_optionals(a, b, depth);
	case CEL_OPAQUE:
		return a->opaque.type == b->opaque.type &&
		       a->opaque.type->equal(a->opaque.data, b->opaque.data);
	case CEL_STRING:
		return sv_eq(a->s, b->s);
	case CEL_ERROR:
		return false;
	default:
		return cel_order(a, b) == 0;
	}
}

bool cel_equal(const struct cel_value *a, const struct cel_value *b)
{
	return equal(a, b, 0);
}
