#include "rule/cel/value.h"

#include "base/limits.h"
#include "rule/cel/type.h"

const struct cel_value cel_null = {.kind = CEL_NULL};
const struct cel_value cel_none = {.kind = CEL_OPTIONAL};

/* A number of a document that is no double either. */
static const struct cel_fault too_large = {.what = "number out of range"};

struct cel_value cel_bool(bool b)
{
	return (struct cel_value){.kind = CEL_BOOL, .b = b};
}

struct cel_value cel_int(int64_t i)
{
	return (struct cel_value){.kind = CEL_INT, .i = i};
}

struct cel_value cel_uint(uint64_t u)
{
	return (struct cel_value){.kind = CEL_UINT, .u = u};
}

struct cel_value cel_double(double d)
{
	return (struct cel_value){.kind = CEL_DOUBLE, .d = d};
}

struct cel_value cel_string(struct sv s)
{
	return (struct cel_value){.kind = CEL_STRING, .s = s};
}

struct cel_value cel_items(const struct cel_value *p, size_t n)
{
	return (struct cel_value){
		.kind = CEL_LIST, .form = CEL_FORM_ITEMS, .items.p = p, .items.n = n};
}

static struct cel_value of_number(const struct node *n)
{
	struct cel_value v = {.node = n};

	if (node_i64(n, &v.i))
		v.kind = CEL_INT;
	else if (node_u64(n, &v.u))
		v.kind = CEL_UINT;
	else if (node_f64(n, &v.d))
		v.kind = CEL_DOUBLE;
	else
		v.fault = &too_large;
	return v;
}

struct cel_value cel_of_node(const struct node *n)
{
	struct cel_value v = {.kind = CEL_NULL, .node = n};

	switch (n ? n->kind : NODE_NULL) {
	case NODE_BOOL:
		v.kind = CEL_BOOL;
		v.b = n->text.n == 4; /* "true" */
		return v;
	case NODE_NUMBER:
		return of_number(n);
	case NODE_STRING:
		v.kind = CEL_STRING;
		v.s = n->text;
		return v;
	case NODE_ARRAY:
		v.kind = CEL_LIST;
		return v;
	case NODE_OBJECT:
		v.kind = CEL_MAP;
		return v;
	default:
		return v;
	}
}

/* A member that stands for an entry: set, and the first of its key. */
static bool counts(const struct node *member)
{
	return !(member->flags & (NODE_ABSENT | NODE_DUPLICATE));
}

static size_t members(const struct node *object)
{
	size_t n = 0;

	NODE_EACH (it, object)
		n += counts(it);
	return n;
}

size_t cel_size(const struct cel_value *v)
{
	if (v->kind == CEL_LIST)
		return v->form == CEL_FORM_NODE ? v->node->n : v->items.n;
	if (v->kind != CEL_MAP)
		return 0;
	return v->form == CEL_FORM_NODE ? members(v->node) : v->map->n;
}

struct cel_value cel_at(const struct cel_value *list, size_t i)
{
	if (list->form == CEL_FORM_NODE)
		return cel_of_node(&list->node->items[i]);
	return list->items.p[i];
}

static void node_entry(const struct node *object, const struct node *member, struct cel_value *key,
		       struct cel_value *value)
{
	/* the last of its keys holds: only then is a search needed */
	const struct node *held =
		object->flags & NODE_DUP_LAST ? node_get_sv(object, member->key) : member;

	*key = cel_string(member->key);
	key->node = member;
	*value = cel_of_node(held);
}

bool cel_entry_next(const struct cel_value *map, size_t *at, struct cel_value *key,
		    struct cel_value *value)
{
	if (map->form == CEL_FORM_ITEMS) {
		if (*at >= map->map->n)
			return false;
		*key = map->map->p[*at].key;
		*value = map->map->p[(*at)++].value;
		return true;
	}
	const struct node *object = map->node;
	while (*at < object->n && !counts(&object->items[*at]))
		++*at;
	if (*at >= object->n)
		return false;
	node_entry(object, &object->items[(*at)++], key, value);
	return true;
}

void cel_entry_at(const struct cel_value *map, size_t i, struct cel_value *key,
		  struct cel_value *value)
{
	size_t at = 0;

	if (map->form == CEL_FORM_ITEMS)
		at = i;
	else
		while (i > 0)
			i -= counts(&map->node->items[at++]);
	(void)cel_entry_next(map, &at, key, value);
}

struct weighing {
	uint64_t sum, most;
};

static void weigh(struct weighing *w, const struct cel_value *v, unsigned depth)
{
	struct cel_value key, value;

	w->sum++;
	if (w->sum >= w->most || depth > limit_json_depth + limit_cel_depth)
		return;
	switch ((enum cel_kind)v->kind) {
	case CEL_STRING:
	case CEL_BYTES:
		w->sum += v->s.n / 10;
		return;
	case CEL_LIST:
		for (size_t i = 0, n = cel_size(v); i < n && w->sum < w->most; i++)
			weigh(w, (value = cel_at(v, i), &value), depth + 1);
		return;
	case CEL_MAP:
		if (v->form == CEL_FORM_NODE && v->node->flags & NODE_DUP_LAST)
			w->sum += (uint64_t)v->node->n * v->node->n / 16;
		for (size_t at = 0; w->sum < w->most && cel_entry_next(v, &at, &key, &value);) {
			w->sum += 1 + key.s.n * (key.kind == CEL_STRING) / 10;
			weigh(w, &value, depth + 1);
		}
		return;
	case CEL_OPTIONAL:
		if (v->inner)
			weigh(w, v->inner, depth + 1);
		return;
	default:
		return;
	}
}

uint64_t cel_weight(const struct cel_value *v, uint64_t most)
{
	struct weighing w = {.most = most};

	weigh(&w, v, 0);
	return w.sum;
}

static const struct sv kind_names[CEL_KINDS] = {
	[CEL_ERROR] = {"error", 5},
	[CEL_NULL] = {"null_type", 9},
	[CEL_BOOL] = {"bool", 4},
	[CEL_INT] = {"int", 3},
	[CEL_UINT] = {"uint", 4},
	[CEL_DOUBLE] = {"double", 6},
	[CEL_STRING] = {"string", 6},
	[CEL_BYTES] = {"bytes", 5},
	[CEL_LIST] = {"list", 4},
	[CEL_MAP] = {"map", 3},
	[CEL_DURATION] = {"google.protobuf.Duration", 24},
	[CEL_TIMESTAMP] = {"google.protobuf.Timestamp", 25},
	[CEL_TYPE] = {"type", 4},
	[CEL_OPTIONAL] = {"optional_type", 13},
};

struct sv cel_type_name_of(const struct cel_value *v)
{
	if (v->kind == CEL_OPAQUE)
		return sv_of(v->opaque.type->name);
	return v->kind < CEL_KINDS ? kind_names[v->kind] : (struct sv){0};
}
