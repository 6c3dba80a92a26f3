/* Fields and elements: a.b, has(a.b), a.?b, a[b], a[?b]. */
#include "rule/cel/eval-int.h"

/* Looking through so many members of an object is one unit of work. */
enum { MEMBERS_PER_UNIT = 16 };

/* As node_get_sv(); most keys differ in length or in the first byte. */
static const struct node *find_key(const struct node *object, struct sv name)
{
	if (object->flags & NODE_DUP_LAST || !name.n)
		return node_get_sv(object, name);
	NODE_EACH (it, object)
		if (it->key.n == name.n && it->key.p[0] == name.p[0] &&
		    memcmp(it->key.p, name.p, name.n) == 0)
			return it;
	return NULL;
}

/* The member of an object, NULL when nobody set it. By index where the checker knows it: the name
 * is compared still, for a value need not be what the checker was told. */
static const struct node *member_of(struct cel_eval *e, const struct node *object,
				    const struct cel_expr *x)
{
	uint32_t index = (uint32_t)x->select.index;
	const struct node *n;

	if (index < object->n && sv_eq(object->items[index].key, x->select.field)) {
		n = &object->items[index];
	} else {
		e->cost += object->n / MEMBERS_PER_UNIT;
		n = find_key(object, x->select.field);
	}
	return n && !(n->flags & NODE_ABSENT) ? n : NULL;
}

/* The object of a document that a chain of names leads to, without a value for every step; NULL
 * where the expression is something else: then it is evaluated in full. */
static const struct node *object_of(struct cel_eval *e, const struct cel_expr *x)
{
	e->cost++;
	if (x->kind == CEL_X_IDENT) {
		if (!x->ident.local && x->ident.slot == CEL_NO_SLOT)
			return NULL;
		const struct cel_value *v =
			x->ident.local ? &e->locals[x->ident.slot] : &e->vars[x->ident.slot];
		return v->kind == CEL_MAP && v->form == CEL_FORM_NODE ? v->node : NULL;
	}
	if (x->kind != CEL_X_SELECT || x->flags & (CEL_X_HAS | CEL_X_OPTIONAL))
		return NULL;
	const struct node *object = object_of(e, x->select.operand);
	const struct node *n = object ? member_of(e, object, x) : NULL;
	return node_is(n, NODE_OBJECT) ? n : NULL;
}

static bool find_member(struct cel_eval *e, const struct cel_expr *x, const struct cel_value *map,
			struct cel_value *out)
{
	if (map->form != CEL_FORM_NODE)
		return cel_find_sv(map, x->select.field, out);
	const struct node *n = member_of(e, map->node, x);
	if (n)
		*out = cel_of_node(n);
	return n;
}

/* Whether null, a number or a text has a field is a question with an answer, as in cel-go: a
 * manifest says "securityContext: null". */
static bool has_no_fields(const struct cel_value *v)
{
	return v->kind != CEL_MAP && v->kind != CEL_LIST && v->kind != CEL_TYPE;
}

/* A field of an optional is optional. */
static struct cel_value select_optional(struct cel_eval *e, const struct cel_expr *x,
					const struct cel_value *object)
{
	struct cel_value v;

	if (object->kind == CEL_OPTIONAL) {
		if (!object->inner)
			return cel_none;
		object = object->inner;
	}
	if ((x->flags & CEL_X_OPTIONAL) && has_no_fields(object))
		return cel_none;
	if (object->kind != CEL_MAP)
		return cel_fault(e, "no such field", x->select.field);
	if (!find_member(e, x, object, &v))
		return cel_none;
	return v.kind == CEL_ERROR ? cel_fault(e, v.fault->what, x->select.field)
				   : cel_optional_of(e, &v);
}

struct cel_value cel_eval_select(struct cel_eval *e, const struct cel_expr *x)
{
	struct cel_value fault, v;

	if (x->flags & CEL_X_HAS) {
		int b = cel_eval_has(e, x, &fault);
		return b < 0 ? fault : cel_bool(b);
	}
	const struct node *from =
		x->flags & CEL_X_OPTIONAL ? NULL : object_of(e, x->select.operand);
	struct cel_value object =
		from ? (struct cel_value){.kind = CEL_MAP, .form = CEL_FORM_NODE, .node = from}
		     : cel_eval_expr(e, x->select.operand);
	if (object.kind == CEL_ERROR)
		return object;
	e->at = x->start;
	if (x->flags & CEL_X_OPTIONAL || object.kind == CEL_OPTIONAL)
		return select_optional(e, x, &object);
	if (object.kind != CEL_MAP)
		return cel_fault(e, "no such field", x->select.field);
	if (!find_member(e, x, &object, &v))
		return cel_fault(e, "no such key", x->select.field);
	return v.kind == CEL_ERROR ? cel_fault(e, v.fault->what, x->select.field) : v;
}

int cel_eval_flag(struct cel_eval *e, const struct cel_expr *x)
{
	const struct node *object = object_of(e, x->select.operand);
	const struct node *n = object ? member_of(e, object, x) : NULL;

	return node_is(n, NODE_BOOL) ? node_true(n) : -1;
}

static __attribute__((noinline)) int has_in_value(struct cel_eval *e, const struct cel_expr *x,
						  struct cel_value *fault)
{
	struct cel_value object = cel_eval_expr(e, x->select.operand), v;
	const struct cel_value *in = &object;

	if (in->kind == CEL_ERROR) {
		*fault = object;
		return -1;
	}
	if (in->kind == CEL_OPTIONAL) {
		if (!in->inner)
			return 0;
		in = in->inner;
	}
	if (in->kind == CEL_MAP) {
		if (in->form == CEL_FORM_NODE)
			return member_of(e, in->node, x) != NULL;
		return cel_find_sv(in, x->select.field, &v);
	}
	if (has_no_fields(in))
		return 0;
	e->at = x->start;
	*fault = cel_fault(e, "no such field", x->select.field);
	return -1;
}

int cel_eval_has(struct cel_eval *e, const struct cel_expr *x, struct cel_value *fault)
{
	const struct node *object = object_of(e, x->select.operand);

	return object ? member_of(e, object, x) != NULL : has_in_value(e, x, fault);
}

/* The index as a number: doubles and uints where they are whole. */
static bool list_index(const struct cel_value *key, size_t n, size_t *out)
{
	struct cel_value zero = cel_int(0), end = cel_uint(n);

	if (cel_order(key, &zero) < 0 || cel_order(key, &end) >= 0)
		return false;
	if (key->kind == CEL_DOUBLE) {
		*out = (size_t)key->d;
		return (double)*out == key->d;
	}
	*out = (size_t)key->u;
	return true;
}

static struct cel_value missing(struct cel_eval *e, const struct cel_value *key, const char *what)
{
	struct buf text = {0};

	if (key->kind == CEL_STRING)
		return cel_fault(e, what, key->s);
	cel_text(&text, key);
	struct sv detail = arena_sv(e->arena, buf_view(&text));
	buf_done(&text);
	return cel_fault(e, what, detail);
}

/* 1 and *out, 0 when it is not there, -1 when such a container has no such index. */
static int find_index(struct cel_eval *e, const struct cel_value *in, const struct cel_value *key,
		      struct cel_value *out)
{
	bool number = key->kind == CEL_INT || key->kind == CEL_UINT || key->kind == CEL_DOUBLE;
	size_t i;

	if (in->kind == CEL_MAP) {
		if (in->form == CEL_FORM_NODE)
			e->cost += in->node->n / MEMBERS_PER_UNIT;
		return cel_find(in, key, out);
	}
	if (in->kind != CEL_LIST || !number)
		return -1;
	if (!list_index(key, cel_size(in), &i))
		return 0;
	*out = cel_at(in, i);
	return 1;
}

struct cel_value cel_fn_optional_index(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	const struct cel_value *in = &args[0];
	struct cel_value v;

	(void)n;
	if (in->kind == CEL_OPTIONAL) {
		if (!in->inner)
			return cel_none;
		in = in->inner;
	}
	if (has_no_fields(in))
		return cel_none;
	int found = find_index(e, in, &args[1], &v);
	if (found < 0)
		return cel_no_overload(e, SV("_[?_]"));
	if (!found)
		return cel_none;
	return v.kind == CEL_ERROR ? cel_fault(e, v.fault->what, (struct sv){0})
				   : cel_optional_of(e, &v);
}

struct cel_value cel_fn_index(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct cel_value v;

	if (args[0].kind == CEL_OPTIONAL)
		return cel_fn_optional_index(e, args, n);
	int found = find_index(e, &args[0], &args[1], &v);
	if (found < 0)
		return cel_no_overload(e, SV("_[_]"));
	if (!found)
		return missing(e, &args[1],
			       args[0].kind == CEL_MAP ? "no such key" : "index out of bounds");
	return v.kind == CEL_ERROR ? cel_fault(e, v.fault->what, (struct sv){0}) : v;
}
