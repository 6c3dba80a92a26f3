/* Fields of Kubernetes objects with their types: what is of another type is told, then read as far
 * as it says something dangerous. */
#include "fact/kube/kube-int.h"

#include "base/limits.h"

static void tell(struct kube *k, const struct node *at, const char *expected, const char *why)
{
	if (!k->sink->fault || k->quiet || k->faults++ >= limit_kube_faults)
		return;
	struct fact_fault f = {
		.at = at,
		.path = node_pointer(k->a, k->root, at->start, at->end),
		.expected = expected,
		.why = why,
	};
	k->sink->fault(k->sink->arg, &f);
}

void kube_tell(struct kube *k, const struct node *at, const char *expected)
{
	tell(k, at, expected, NULL);
}

void kube_refuse(struct kube *k, const struct node *at, const char *why)
{
	tell(k, at, NULL, why);
}

static void gather_one(const struct node *child, const struct sv *keys, size_t n, bool last,
		       const struct node **out)
{
	for (size_t i = 0; i < n; i++) {
		if (child->key.n != keys[i].n || child->key.p[0] != keys[i].p[0] ||
		    memcmp(child->key.p, keys[i].p, keys[i].n) != 0)
			continue;
		if (!out[i] || last)
			out[i] = child;
		return;
	}
}

void kube_gather(const struct node *object, const struct sv *keys, size_t n,
		 const struct node **out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = NULL;
	if (!node_is(object, NODE_OBJECT))
		return;
	NODE_EACH (child, object)
		gather_one(child, keys, n, object->flags & NODE_DUP_LAST, out);
	for (size_t i = 0; i < n; i++)
		if (node_is(out[i], NODE_NULL))
			out[i] = NULL;
}

const struct node *kube_get(const struct node *object, const char *key)
{
	const struct node *n = node_get(object, key);

	return node_is(n, NODE_NULL) ? NULL : n;
}

static const struct node *as(struct kube *k, const struct node *n, enum node_kind kind,
			     struct sv text)
{
	struct node *copy = ARENA_NEW(k->a, struct node);

	*copy = *n;
	copy->kind = (uint8_t)kind;
	copy->n = 0;
	copy->items = NULL;
	copy->text = text;
	return copy;
}

static bool says_true(const struct node *n)
{
	static const char *const words[] = {"true", "yes", "on", "1", "y", "t"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_ieq(n->text, sv_of(words[i])))
			return true;
	return false;
}

static bool says_false(const struct node *n)
{
	static const char *const words[] = {"false", "no", "off", "0", "n", "f"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_ieq(n->text, sv_of(words[i])))
			return true;
	return false;
}

const struct node *kube_bool(struct kube *k, const struct node *n, bool danger)
{
	if (!n || n->kind == NODE_BOOL)
		return n;
	kube_tell(k, n, "boolean");
	if (n->kind != NODE_STRING && n->kind != NODE_NUMBER)
		return NULL;
	if (danger ? !says_true(n) : !says_false(n))
		return NULL;
	return as(k, n, NODE_BOOL, danger ? SV("true") : SV("false"));
}

const struct node *kube_int(struct kube *k, const struct node *n)
{
	int64_t value;
	double real;

	if (!n || node_i64(n, &value))
		return n;
	kube_tell(k, n, "integer");
	/* 0.0 and 0e0: what makes JSON of YAML writes them as 0 */
	if (n->kind == NODE_NUMBER && node_f64(n, &real) && real == 0)
		return as(k, n, NODE_NUMBER, SV("0"));
	if (n->kind != NODE_STRING)
		return NULL;
	const struct node *number = as(k, n, NODE_NUMBER, n->text);
	return node_i64(number, &value) ? number : NULL;
}

const struct node *kube_str(struct kube *k, const struct node *n)
{
	if (!n || n->kind == NODE_STRING)
		return n;
	kube_tell(k, n, "string");
	if (n->kind != NODE_BOOL && n->kind != NODE_NUMBER)
		return NULL;
	return as(k, n, NODE_STRING, n->text);
}

const struct node *kube_quantity(struct kube *k, const struct node *n)
{
	if (node_is(n, NODE_NUMBER))
		return as(k, n, NODE_STRING, n->text);
	return kube_str(k, n);
}

static const struct node *expect(struct kube *k, const struct node *n, enum node_kind kind,
				 const char *expected)
{
	if (!n || n->kind == kind)
		return n;
	kube_tell(k, n, expected);
	return NULL;
}

const struct node *kube_map(struct kube *k, const struct node *n)
{
	return expect(k, n, NODE_OBJECT, "object");
}

const struct node *kube_array(struct kube *k, const struct node *n)
{
	return expect(k, n, NODE_ARRAY, "list");
}

const struct node *kube_element(struct kube *k, const struct node *n)
{
	return n->kind == NODE_NULL ? NULL : kube_map(k, n);
}

static bool all_of(const struct node *n, enum node_kind kind)
{
	NODE_EACH (it, n)
		if (it->kind != kind)
			return false;
	return true;
}

typedef const struct node *read_fn(struct kube *k, const struct node *n);

/* A copy of the list or map with each element read; those that cannot be are left out. */
static void read_each(struct kube *k, struct node *record, unsigned field, const struct node *n,
		      read_fn *read)
{
	fact_set(record, field, n);
	struct node *into = &record->items[field];
	into->items = ARENA_ARRAY(k->a, n->n, struct node);
	into->n = 0;
	NODE_EACH (it, n) {
		/* null as the value of a map of strings is an empty text, in a list of strings too
		 */
		const struct node *value = it->kind != NODE_NULL ? read(k, it)
					   : read == kube_str
						   ? as(k, it, NODE_STRING, (struct sv){0})
						   : NULL;
		if (value)
			into->items[into->n++] = *value;
	}
}

static void read_all(struct kube *k, struct node *record, unsigned field, const struct node *n,
		     enum node_kind kind, read_fn *read)
{
	if (all_of(n, kind))
		fact_set(record, field, n);
	else
		read_each(k, record, field, n, read);
}

void kube_strings(struct kube *k, struct node *record, unsigned field, const struct node *n)
{
	const struct node *list = kube_array(k, n);

	if (list)
		read_all(k, record, field, list, NODE_STRING, kube_str);
	else
		fact_default(record, field, NODE_ARRAY, (struct sv){0});
}

void kube_string_map(struct kube *k, struct node *record, unsigned field, const struct node *n)
{
	const struct node *map = kube_map(k, n);

	if (map)
		read_all(k, record, field, map, NODE_STRING, kube_str);
	else
		fact_default(record, field, NODE_OBJECT, (struct sv){0});
}

void kube_ints(struct kube *k, struct node *record, unsigned field, const struct node *n)
{
	const struct node *list = kube_array(k, n);

	if (list)
		read_each(k, record, field, list, kube_int);
	else
		fact_default(record, field, NODE_ARRAY, (struct sv){0});
}
