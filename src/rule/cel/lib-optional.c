/* Optional values: optional.of(x), x.orValue(y), [?x], a.?b. */
#include "rule/cel/eval-int.h"

static struct cel_value none(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)a, (void)n;
	return cel_none;
}

static struct cel_value of(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return cel_optional_of(e, &a[0]);
}

/* The value that a type starts with. */
static bool is_zero(const struct cel_value *v)
{
	struct cel_value key, value;
	size_t at = 0;

	switch ((enum cel_kind)v->kind) {
	case CEL_NULL:
		return true;
	case CEL_BOOL:
		return !v->b;
	case CEL_INT:
	case CEL_UINT:
		return v->u == 0;
	case CEL_DOUBLE:
		return v->d == 0;
	case CEL_STRING:
	case CEL_BYTES:
		return v->s.n == 0;
	case CEL_LIST:
		return cel_size(v) == 0;
	case CEL_MAP:
		return !cel_entry_next(v, &at, &key, &value);
	case CEL_DURATION:
		return v->i == 0 && v->nanos == 0;
	case CEL_OPTIONAL:
		return !v->inner;
	default:
		return false;
	}
}

static struct cel_value of_non_zero(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return is_zero(&a[0]) ? cel_none : cel_optional_of(e, &a[0]);
}

static struct cel_value has_value(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_bool(a[0].inner);
}

static struct cel_value value(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return a[0].inner ? *a[0].inner
			  : cel_fault(e, "optional.none() dereference", (struct sv){0});
}

static struct cel_value or_optional(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return a[a[0].inner == NULL];
}

static struct cel_value or_value(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return a[0].inner ? *a[0].inner : a[1];
}

static struct cel_value first(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	struct cel_value v;

	(void)n;
	if (!cel_size(&a[0]))
		return cel_none;
	v = cel_at(&a[0], 0);
	return v.kind == CEL_ERROR ? v : cel_optional_of(e, &v);
}

static struct cel_value last(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	struct cel_value v;
	size_t size = cel_size(&a[0]);

	(void)n;
	if (!size)
		return cel_none;
	v = cel_at(&a[0], size - 1);
	return v.kind == CEL_ERROR ? v : cel_optional_of(e, &v);
}

/* The values of the optionals of a list that have one. */
static struct cel_value unwrap(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	size_t size = cel_size(&a[0]), filled = 0;
	struct cel_value *p = cel_new_values(e, size);

	(void)n;
	if (!p)
		return cel_fault(e, NULL, (struct sv){0});
	for (size_t i = 0; i < size; i++) {
		struct cel_value v = cel_at(&a[0], i);
		if (v.kind != CEL_OPTIONAL)
			return cel_no_overload(e, SV("optional.unwrap"));
		if (v.inner)
			p[filled++] = *v.inner;
	}
	return cel_items(p, filled);
}

static const struct cel_overload_row rows[] = {
	{"optional.none", "()->optional_type(A)", none},
	{"optional.of", "(A)->optional_type(A)", of},
	{"optional.ofNonZeroValue", "(A)->optional_type(A)", of_non_zero},
	{"optional.unwrap", "(list(optional_type(A)))->list(A)", unwrap},
	{"unwrapOpt", "list(optional_type(A)).()->list(A)", unwrap},
	{"hasValue", "optional_type(A).()->bool", has_value},
	{"value", "optional_type(A).()->A", value},
	{"or", "optional_type(A).(optional_type(A))->optional_type(A)", or_optional},
	{"orValue", "optional_type(A).(A)->A", or_value},
	{"first", "list(A).()->optional_type(A)", first},
	{"last", "list(A).()->optional_type(A)", last},
	{"_[_]", "(optional_type(list(A)),int)->optional_type(A)", cel_fn_index},
	{"_[_]", "(optional_type(map(A,B)),A)->optional_type(B)", cel_fn_index},
	{"_[?_]", "(list(A),int)->optional_type(A)", cel_fn_optional_index},
	{"_[?_]", "(map(A,B),A)->optional_type(B)", cel_fn_optional_index},
	{"_[?_]", "(optional_type(list(A)),int)->optional_type(A)", cel_fn_optional_index},
	{"_[?_]", "(optional_type(map(A,B)),A)->optional_type(B)", cel_fn_optional_index},
};

const struct cel_library cel_library_optional = {"optional", rows, ARRAY_LEN(rows)};
