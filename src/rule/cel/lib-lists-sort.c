/* Sorting for the lists library: stable, in the arena, at a bounded cost. */
#include "rule/cel/lib-lists.h"

static bool comparable(const struct cel_value *v)
{
	switch ((enum cel_kind)v->kind) {
	case CEL_BOOL:
	case CEL_INT:
	case CEL_UINT:
	case CEL_DOUBLE:
	case CEL_STRING:
	case CEL_BYTES:
	case CEL_DURATION:
	case CEL_TIMESTAMP:
		return true;
	case CEL_ERROR:
	case CEL_NULL:
	case CEL_LIST:
	case CEL_MAP:
	case CEL_TYPE:
	case CEL_OPTIONAL:
	case CEL_OPAQUE:
	case CEL_KINDS:
		break;
	}
	return false;
}

int cel_lib_order(struct cel_eval *e, const struct cel_value *a, const struct cel_value *b,
		  struct cel_value *fault)
{
	bool text = a->kind == CEL_STRING || a->kind == CEL_BYTES;
	int order = 3;

	if (!cel_spend(e, text ? a->s.n / 10 + 1 : 1)) {
		*fault = lib_over(e);
		return 2;
	}
	if (comparable(a) && comparable(b))
		order = cel_order(a, b);
	if (order == 2)
		*fault = cel_fault(e, "NaN has no order", (struct sv){0});
	else if (order > 2)
		*fault = lib_misfit(e);
	return order > 2 ? 2 : order;
}

struct sorter {
	struct cel_eval *e;
	const struct cel_value *keys;
	size_t *at, *spare; /* indices into keys */
	struct cel_value fault;
	bool failed;
};

/* Merges two sorted neighbours of s->at into s->spare. */
static void merge(struct sorter *s, size_t from, size_t middle, size_t end)
{
	size_t a = from, b = middle;

	for (size_t to = from; to < end && !s->failed; to++) {
		int order = -1;

		if (a < middle && b < end)
			order = cel_lib_order(s->e, &s->keys[s->at[a]], &s->keys[s->at[b]],
					      &s->fault);
		s->failed = order > 1;
		s->spare[to] = a < middle && (b == end || order <= 0) ? s->at[a++] : s->at[b++];
	}
}

static void sort(struct sorter *s, size_t n)
{
	for (size_t width = 1; width < n && !s->failed; width *= 2) {
		size_t *swap = s->at;

		for (size_t from = 0; from < n && !s->failed; from += 2 * width) {
			size_t middle = from + width < n ? from + width : n;
			size_t end = middle + width < n ? middle + width : n;

			merge(s, from, middle, end);
		}
		s->at = s->spare;
		s->spare = swap;
	}
}

/* Keys of one kind that has an order; a single NaN is refused too. */
static bool check_keys(struct sorter *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct cel_value *key = &s->keys[i];

		if (key->kind != s->keys[0].kind || cel_lib_order(s->e, key, key, &s->fault) > 1) {
			if (key->kind != s->keys[0].kind)
				s->fault = cel_fault(s->e, "sort: elements of different types",
						     cel_type_name_of(key));
			return false;
		}
	}
	return true;
}

static struct cel_value sort_by(struct cel_eval *e, const struct cel_value *list,
				const struct cel_value *key_list)
{
	size_t n = cel_size(list);
	struct cel_value *keys = cel_new_values(e, n), *out = cel_new_values(e, n);
	struct sorter s = {.e = e, .keys = keys};

	if (cel_size(key_list) != n)
		return lib_misfit(e);
	if (!keys || !out)
		return lib_over(e);
	for (size_t i = 0; i < n; i++)
		keys[i] = cel_at(key_list, i);
	if (!check_keys(&s, n))
		return s.fault;
	s.at = ARENA_ARRAY(e->arena, n, size_t);
	s.spare = ARENA_ARRAY(e->arena, n, size_t);
	for (size_t i = 0; i < n; i++)
		s.at[i] = i;
	sort(&s, n);
	if (s.failed)
		return s.fault;
	for (size_t i = 0; i < n; i++)
		out[i] = cel_at(list, s.at[i]);
	return cel_items(out, n);
}

struct cel_value cel_list_sort(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return sort_by(e, &args[0], &args[0]);
}

struct cel_value cel_list_sort_by(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return sort_by(e, &args[0], &args[1]);
}
