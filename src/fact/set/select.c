/* Label selectors (k8s.io/apimachinery/pkg/labels): all pairs and all expressions hold. */
#include "fact/set/set-int.h"

void relate_index(struct relate *r, struct set_table *in, uint32_t object, struct sv labels)
{
	struct sv parts[3] = {set_space_of(r->objects[object].ns)};
	struct set_item item;

	table_add(in, relate_hash(r, parts, 1), object);
	while (set_next(&labels, &item)) {
		parts[1] = item.text;
		if (item.tag != SET_KEY || !set_next(&labels, &item))
			return;
		parts[2] = item.text;
		table_add(in, relate_hash(r, parts, 3), object);
	}
}

/* The label's value; false when it is not there. */
static bool label(struct relate *r, struct sv labels, struct sv key, struct sv *value)
{
	struct set_item item, next;
	size_t n = 0;
	bool found = false;

	while (!found && set_next(&labels, &item) && set_next(&labels, &next)) {
		n++;
		found = sv_eq(item.text, key);
	}
	(void)relate_work(r, n);
	if (found)
		*value = next.text;
	return found;
}

static bool one_of(struct relate *r, struct sv expression, struct sv value)
{
	struct set_item item;
	size_t n = 0;
	bool found = false;

	while (!found && set_next(&expression, &item)) {
		n++;
		found = item.tag == SET_VALUE && sv_eq(item.text, value);
	}
	(void)relate_work(r, n);
	return found;
}

static bool expression_holds(struct relate *r, struct sv expression, struct sv labels)
{
	struct sv operator= set_find(expression, SET_OPERATOR), value = {0};
	bool there = label(r, labels, set_find(expression, SET_KEY), &value);

	if (sv_is(operator, "Exists"))
		return there;
	if (sv_is(operator, "DoesNotExist"))
		return !there;
	if (sv_is(operator, "In"))
		return there && one_of(r, expression, value);
	if (sv_is(operator, "NotIn"))
		return !there || !one_of(r, expression, value);
	return false;
}

bool relate_matches(struct relate *r, struct sv selector, struct sv labels)
{
	struct set_item item, value;
	struct sv has;

	while (!r->cut && set_next(&selector, &item)) {
		if (item.tag == SET_EXPRESSION) {
			if (!expression_holds(r, item.text, labels))
				return false;
		} else if (item.tag == SET_KEY && set_next(&selector, &value)) {
			if (!label(r, labels, item.text, &has) || !sv_eq(has, value.text))
				return false;
		}
	}
	return !r->cut;
}

/* The pair that the fewest objects have; without pairs all objects of the namespace. */
static struct set_range candidates(struct relate *r, const struct set_table *in, struct sv ns,
				   struct sv selector)
{
	struct sv parts[3] = {set_space_of(ns)};
	struct set_range best = table_find(in, relate_hash(r, parts, 1));
	struct set_item item, value;

	while (best.n > 0 && set_next(&selector, &item)) {
		if (item.tag != SET_KEY || !set_next(&selector, &value))
			continue;
		parts[1] = item.text;
		parts[2] = value.text;
		struct set_range with = table_find(in, relate_hash(r, parts, 3));
		if (with.n < best.n)
			best = with;
	}
	return best;
}

static struct sv labels_of(const struct relate *r, const struct set_table *in,
			   const struct set_object *o)
{
	return set_find(in == &r->pods ? o->pod : o->body, SET_LABELS);
}

void relate_select(struct relate *r, const struct set_table *in, struct sv ns, struct sv selector,
		   relate_fn *tell, void *arg)
{
	struct set_range found = candidates(r, in, ns, selector);

	for (size_t i = 0; i < found.n && relate_work(r, 1); i++) {
		struct set_object *o = &r->objects[found.p[i].object];
		/* one label can stand twice in an object, and hashes can be equal */
		if (i > 0 && found.p[i].object == found.p[i - 1].object)
			continue;
		if (sv_eq(set_space_of(o->ns), set_space_of(ns)) &&
		    relate_matches(r, selector, labels_of(r, in, o)))
			tell(arg, o);
	}
}
