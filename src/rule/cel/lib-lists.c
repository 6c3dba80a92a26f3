/*
 * The lists library: cel-go's (slice, flatten, distinct, reverse, sort, range) and
 * Kubernetes' (isSorted, sum, min, max, indexOf, lastIndexOf, includes). first() and last() stand
 * in lib-optional.c.
 */
#include "rule/cel/lib-lists.h"

#include "base/limits.h"
#include "rule/cel/civil.h"

static struct cel_value slice(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	int64_t from = args[1].i, to = args[2].i, size = (int64_t)cel_size(&args[0]);
	struct cel_value *p = NULL;

	(void)n;
	if (from < 0 || from > to || to > size)
		return cel_fault(e, "slice: no such range",
				 arena_fmt(e->arena, "(%lld, %lld) of %lld elements",
					   (long long)from, (long long)to, (long long)size));
	p = cel_new_values(e, (size_t)(to - from));
	if (!p)
		return lib_over(e);
	for (int64_t i = from; i < to; i++)
		p[i - from] = cel_at(&args[0], (size_t)i);
	return cel_items(p, (size_t)(to - from));
}

static void flatten_into(struct lib_list *out, const struct cel_value *list, int64_t levels,
			 unsigned depth)
{
	size_t n = cel_size(list);

	for (size_t i = 0; i < n && !out->over; i++) {
		struct cel_value v = cel_at(list, i);

		if (v.kind == CEL_LIST && levels > 0 && depth < limit_json_depth)
			flatten_into(out, &v, levels - 1, depth + 1);
		else
			lib_list_add(out, v);
		/* Empty lists cost as well. */
		out->over = out->over || !cel_spend(out->e, 1);
	}
}

static struct cel_value flatten(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	int64_t levels = n > 1 ? args[1].i : 1;
	struct lib_list out = {.e = e};

	if (levels < 0)
		return lib_fault_int(e, "flatten: negative level", levels);
	flatten_into(&out, &args[0], levels, 0);
	return lib_list_value(&out);
}

static struct cel_value distinct(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	size_t size = cel_size(&args[0]);
	struct lib_list out = {.e = e};

	(void)n;
	for (size_t i = 0; i < size && !out.over && !e->stopped; i++) {
		struct cel_value v = cel_at(&args[0], i);
		struct lib_needle needle = lib_needle(&v);
		size_t at = 0;

		while (at < out.n && !lib_equal(e, &needle, &out.p[at]) && !e->stopped)
			at++;
		if (at == out.n)
			lib_list_add(&out, v);
	}
	return e->stopped ? lib_over(e) : lib_list_value(&out);
}

static struct cel_value reverse(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	size_t size = cel_size(&args[0]);
	struct cel_value *p = cel_new_values(e, size);

	(void)n;
	if (!p)
		return lib_over(e);
	for (size_t i = 0; i < size; i++)
		p[size - 1 - i] = cel_at(&args[0], i);
	return cel_items(p, size);
}

static struct cel_value range(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct cel_value *p = NULL;

	(void)n;
	if (args[0].i < 0)
		return lib_fault_int(e, "lists.range: negative size", args[0].i);
	p = cel_new_values(e, (size_t)args[0].i);
	if (!p)
		return lib_over(e);
	for (int64_t i = 0; i < args[0].i; i++)
		p[i] = cel_int(i);
	return cel_items(p, (size_t)args[0].i);
}

/* Sums of two values of one kind; the fault on overflow or when they cannot be added. */
static struct cel_value add(struct cel_eval *e, const struct cel_value *a,
			    const struct cel_value *b)
{
	struct cel_value sum = *a;
	int64_t nanos = 0;

	sum.node = NULL;
	if (a->kind != b->kind)
		return lib_misfit(e);
	if (a->kind == CEL_INT && !__builtin_add_overflow(a->i, b->i, &sum.i))
		return sum;
	if (a->kind == CEL_UINT && !__builtin_add_overflow(a->u, b->u, &sum.u))
		return sum;
	if (a->kind == CEL_DOUBLE)
		return cel_double(a->d + b->d);
	if (a->kind == CEL_DURATION && !__builtin_add_overflow(a->i, b->i, &sum.i)) {
		/* Both parts of a duration have one sign. */
		nanos = (int64_t)a->nanos + b->nanos;
		sum.i += nanos / 1000000000;
		nanos %= 1000000000;
		if (sum.i > 0 && nanos < 0) {
			sum.i--;
			nanos += 1000000000;
		} else if (sum.i < 0 && nanos > 0) {
			sum.i++;
			nanos -= 1000000000;
		}
		sum.nanos = (int32_t)nanos;
		if (sum.i >= -CEL_DURATION_MAX && sum.i <= CEL_DURATION_MAX)
			return sum;
	}
	if (a->kind != CEL_INT && a->kind != CEL_UINT && a->kind != CEL_DURATION)
		return lib_misfit(e);
	return cel_fault(e, "overflow", SV("sum"));
}

/* The sum; zero when there is nothing. */
static struct cel_value sum(struct cel_eval *e, const struct cel_value *list, struct cel_value zero)
{
	size_t n = cel_size(list);
	struct cel_value acc = n ? cel_at(list, 0) : zero, none = zero;

	if (!cel_spend(e, n))
		return lib_over(e);
	if (n) {
		/* Alone it is checked all the same. */
		none = (struct cel_value){.kind = acc.kind};
		acc = add(e, &none, &acc);
	}
	for (size_t i = 1; i < n && acc.kind != CEL_ERROR; i++) {
		struct cel_value v = cel_at(list, i);

		acc = add(e, &acc, &v);
	}
	return acc;
}

static struct cel_value sum_int(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return sum(e, args, cel_int(0));
}

static struct cel_value sum_uint(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return sum(e, args, cel_uint(0));
}

static struct cel_value sum_double(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return sum(e, args, cel_double(0));
}

static struct cel_value sum_duration(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return sum(e, args, (struct cel_value){.kind = CEL_DURATION});
}

/* The element that no other comes before (sign 1) or behind (sign -1); of equals the first. */
static struct cel_value extreme(struct cel_eval *e, const struct cel_value *list, int sign,
				const char *empty)
{
	size_t n = cel_size(list);
	struct cel_value best = {0}, fault = {0};

	if (!n)
		return cel_fault(e, empty, (struct sv){0});
	for (size_t i = 0; i < n; i++) {
		struct cel_value v = cel_at(list, i);
		int order = cel_lib_order(e, i ? &best : &v, &v, &fault);

		if (order > 1)
			return fault;
		if (!i || order == sign)
			best = v;
	}
	return best;
}

static struct cel_value list_min(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return extreme(e, &args[0], 1, "min of an empty list");
}

static struct cel_value list_max(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return extreme(e, &args[0], -1, "max of an empty list");
}

static struct cel_value is_sorted(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	size_t size = cel_size(&args[0]);
	struct cel_value prev = {0}, fault = {0};

	(void)n;
	for (size_t i = 0; i < size; i++) {
		struct cel_value v = cel_at(&args[0], i);
		int order = cel_lib_order(e, i ? &prev : &v, &v, &fault);

		if (order > 1)
			return fault;
		if (order == 1)
			return cel_bool(false);
		prev = v;
	}
	return cel_bool(true);
}

static struct cel_value index_of(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct lib_needle needle = lib_needle(&args[1]);
	size_t size = cel_size(&args[0]);

	(void)n;
	for (size_t i = 0; i < size && !e->stopped; i++) {
		struct cel_value v = cel_at(&args[0], i);

		if (lib_equal(e, &needle, &v))
			return cel_int((int64_t)i);
	}
	return e->stopped ? lib_over(e) : cel_int(-1);
}

static struct cel_value last_index_of(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct lib_needle needle = lib_needle(&args[1]);

	(void)n;
	for (size_t i = cel_size(&args[0]); i-- > 0 && !e->stopped;) {
		struct cel_value v = cel_at(&args[0], i);

		if (lib_equal(e, &needle, &v))
			return cel_int((int64_t)i);
	}
	return e->stopped ? lib_over(e) : cel_int(-1);
}

/* In the list, or equal to what is no list. */
static struct cel_value includes(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct cel_value at = {0};

	if (args[0].kind != CEL_LIST)
		return cel_bool(cel_equal(&args[0], &args[1]));
	at = index_of(e, args, n);
	return at.kind == CEL_INT ? cel_bool(at.i >= 0) : at;
}

static const struct cel_overload_row rows[] = {
	{"distinct", "list(A).()->list(A)", distinct, NULL, 0},
	{"flatten", "list(list(A)).()->list(A)", flatten, NULL, 0},
	{"flatten", "list(dyn).(int)->list(dyn)", flatten, NULL, 0},
	{"includes", "dyn.(dyn)->bool", includes, NULL, 0},
	{"indexOf", "list(A).(A)->int", index_of, NULL, 0},
	{"isSorted", "list(int).()->bool", is_sorted, NULL, 0},
	{"isSorted", "list(uint).()->bool", is_sorted, NULL, 0},
	{"isSorted", "list(double).()->bool", is_sorted, NULL, 0},
	{"isSorted", "list(bool).()->bool", is_sorted, NULL, 0},
	{"isSorted", "list(duration).()->bool", is_sorted, NULL, 0},
	{"isSorted", "list(timestamp).()->bool", is_sorted, NULL, 0},
	{"isSorted", "list(string).()->bool", is_sorted, NULL, 0},
	{"isSorted", "list(bytes).()->bool", is_sorted, NULL, 0},
	{"lastIndexOf", "list(A).(A)->int", last_index_of, NULL, 0},
	{"lists.range", "(int)->list(int)", range, NULL, 0},
	{"max", "list(int).()->int", list_max, NULL, 0},
	{"max", "list(uint).()->uint", list_max, NULL, 0},
	{"max", "list(double).()->double", list_max, NULL, 0},
	{"max", "list(bool).()->bool", list_max, NULL, 0},
	{"max", "list(duration).()->duration", list_max, NULL, 0},
	{"max", "list(timestamp).()->timestamp", list_max, NULL, 0},
	{"max", "list(string).()->string", list_max, NULL, 0},
	{"max", "list(bytes).()->bytes", list_max, NULL, 0},
	{"min", "list(int).()->int", list_min, NULL, 0},
	{"min", "list(uint).()->uint", list_min, NULL, 0},
	{"min", "list(double).()->double", list_min, NULL, 0},
	{"min", "list(bool).()->bool", list_min, NULL, 0},
	{"min", "list(duration).()->duration", list_min, NULL, 0},
	{"min", "list(timestamp).()->timestamp", list_min, NULL, 0},
	{"min", "list(string).()->string", list_min, NULL, 0},
	{"min", "list(bytes).()->bytes", list_min, NULL, 0},
	{"reverse", "list(A).()->list(A)", reverse, NULL, 0},
	{"slice", "list(A).(int,int)->list(A)", slice, NULL, 0},
	{"sort", "list(int).()->list(int)", cel_list_sort, NULL, 0},
	{"sort", "list(uint).()->list(uint)", cel_list_sort, NULL, 0},
	{"sort", "list(double).()->list(double)", cel_list_sort, NULL, 0},
	{"sort", "list(bool).()->list(bool)", cel_list_sort, NULL, 0},
	{"sort", "list(duration).()->list(duration)", cel_list_sort, NULL, 0},
	{"sort", "list(timestamp).()->list(timestamp)", cel_list_sort, NULL, 0},
	{"sort", "list(string).()->list(string)", cel_list_sort, NULL, 0},
	{"sort", "list(bytes).()->list(bytes)", cel_list_sort, NULL, 0},
	{"@sortByAssociatedKeys", "list(A).(list(B))->list(A)", cel_list_sort_by, NULL, 0},
	{"sum", "list(int).()->int", sum_int, NULL, 0},
	{"sum", "list(uint).()->uint", sum_uint, NULL, 0},
	{"sum", "list(double).()->double", sum_double, NULL, 0},
	{"sum", "list(duration).()->duration", sum_duration, NULL, 0},
};

const struct cel_library cel_library_lists = {"lists", rows, ARRAY_LEN(rows)};
