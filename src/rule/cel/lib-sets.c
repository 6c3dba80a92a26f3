/* The sets library: lists seen as sets, CEL's == between elements. */
#include "rule/cel/lib.h"

static bool has(struct cel_eval *e, const struct cel_value *list, const struct cel_value *item)
{
	struct lib_needle needle = lib_needle(item);
	size_t n = cel_size(list);

	for (size_t i = 0; i < n && !e->stopped; i++) {
		struct cel_value v = cel_at(list, i);

		if (lib_equal(e, &needle, &v))
			return true;
	}
	return false;
}

/* Is every element (want true) or no element (want false) of few in many? */
static bool each_in(struct cel_eval *e, const struct cel_value *few, const struct cel_value *many,
		    bool want)
{
	size_t n = cel_size(few);

	for (size_t i = 0; i < n; i++) {
		struct cel_value v = cel_at(few, i);

		if (!lib_scan(e, 1) || has(e, many, &v) != want)
			return false;
	}
	return true;
}

static struct cel_value answer(struct cel_eval *e, bool b)
{
	return e->stopped ? lib_over(e) : cel_bool(b);
}

static struct cel_value contains(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return answer(e, each_in(e, &args[1], &args[0], true));
}

static struct cel_value equivalent(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return answer(e,
		      each_in(e, &args[0], &args[1], true) && each_in(e, &args[1], &args[0], true));
}

static struct cel_value intersects(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return answer(e, !each_in(e, &args[0], &args[1], false));
}

static const struct cel_overload_row rows[] = {
	{"sets.contains", "(list(A),list(A))->bool", contains, NULL, 0},
	{"sets.equivalent", "(list(A),list(A))->bool", equivalent, NULL, 0},
	{"sets.intersects", "(list(A),list(A))->bool", intersects, NULL, 0},
};

const struct cel_library cel_library_sets = {"sets", rows, ARRAY_LEN(rows)};
