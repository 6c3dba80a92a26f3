#include "forms.h"

#include "fmt/json-out.h"

struct node *form_copy(struct arena *a, const struct node *n)
{
	struct node *copy = ARENA_NEW(a, struct node);

	*copy = *n;
	copy->items = ARENA_ARRAY(a, n->n + 1, struct node);
	for (uint32_t i = 0; i < n->n; i++)
		copy->items[i] = *form_copy(a, &n->items[i]);
	return copy;
}

struct node *form_object(struct arena *a)
{
	struct node *n = ARENA_NEW(a, struct node);

	n->kind = NODE_OBJECT;
	return n;
}

struct node *form_text(struct arena *a, const char *text)
{
	struct node *n = ARENA_NEW(a, struct node);

	*n = (struct node){.kind = NODE_STRING, .text = sv_of(text)};
	return n;
}

struct node *form_list(struct arena *a, const struct node *const *items, size_t n)
{
	struct node *list = ARENA_NEW(a, struct node);

	list->kind = NODE_ARRAY;
	list->items = ARENA_ARRAY(a, n + 1, struct node);
	for (size_t i = 0; i < n; i++) {
		list->items[i] = *items[i];
		list->items[i].key = (struct sv){0};
	}
	list->n = (uint32_t)n;
	return list;
}

struct node *form_get(struct node *object, const char *key)
{
	for (uint32_t i = 0; object && object->kind == NODE_OBJECT && i < object->n; i++)
		if (sv_is(object->items[i].key, key))
			return &object->items[i];
	return NULL;
}

void form_put(struct arena *a, struct node *object, const char *key, const struct node *value)
{
	struct node *items = ARENA_ARRAY(a, object->n + 1, struct node);
	uint32_t n = 0;
	bool found = false;

	for (uint32_t i = 0; i < object->n; i++) {
		bool same = sv_is(object->items[i].key, key);
		if (same && (!value || found))
			continue;
		items[n] = same ? *value : object->items[i];
		items[n++].key = object->items[i].key;
		found |= same;
	}
	if (!found && value) {
		items[n] = *value;
		items[n++].key = sv_of(key);
	}
	object->items = items;
	object->n = n;
}

struct node *form_make(struct arena *a, struct node *object, const char *key)
{
	struct node *n = form_get(object, key);

	if (!node_is(n, NODE_OBJECT))
		form_put(a, object, key, form_object(a));
	return form_get(object, key);
}

void form_shuffle(struct node *n, uint32_t *seed)
{
	for (uint32_t i = 0; i < n->n; i++)
		form_shuffle(&n->items[i], seed);
	for (uint32_t i = n->n; n->kind == NODE_OBJECT && i > 1; i--) {
		*seed = *seed * 1664525 + 1013904223;
		uint32_t other = (*seed >> 8) % i;
		struct node swap = n->items[i - 1];
		n->items[i - 1] = n->items[other];
		n->items[other] = swap;
	}
}

static void write_json(struct buf *out, const struct node *n)
{
	struct json_out w;

	json_out_init(&w, NULL, out, 0);
	json_out_node(&w, n);
}

static void write_key(struct buf *out, struct sv key)
{
	struct json_out w;

	json_out_init(&w, NULL, out, 0);
	json_out_str(&w, key);
	buf_str(out, ": ");
}

static void write_indent(struct buf *out, unsigned depth, const char *end)
{
	buf_str(out, end);
	for (unsigned i = 0; i < depth; i++)
		buf_str(out, "  ");
}

static void write_block(struct buf *out, const struct node *n, unsigned depth, const char *end)
{
	for (uint32_t i = 0; i < n->n; i++) {
		const struct node *it = &n->items[i];
		write_indent(out, depth, end);
		if (n->kind == NODE_ARRAY)
			buf_str(out, "- ");
		else
			write_key(out, it->key);
		if (it->n == 0)
			write_json(out, it);
		else
			write_block(out, it, depth + 1, end);
	}
}

struct flow {
	struct buf *out;
	const char *end;  /* between values */
	struct map *seen; /* text of a collection → its anchor; NULL: no anchors */
	struct arena *a;
};

/* True when the collection stood before and its alias is written. */
static bool write_alias(struct flow *f, const struct node *n)
{
	auto_done(buf_done) struct buf text = {0};
	bool made;

	write_json(&text, n);
	struct map_entry *e = map_put(f->seen, arena_sv(f->a, buf_view(&text)), &made);
	if (made)
		e->num = f->seen->n;
	buf_fmt(f->out, "%ca%zu ", made ? '&' : '*', (size_t)e->num);
	return !made;
}

static void write_flow(struct flow *f, const struct node *n)
{
	bool object = n->kind == NODE_OBJECT;

	if (n->n == 0) {
		write_json(f->out, n);
		return;
	}
	if (f->seen && write_alias(f, n))
		return;
	buf_str(f->out, object ? "{" : "[");
	for (uint32_t i = 0; i < n->n; i++) {
		buf_str(f->out, i ? "," : "");
		buf_str(f->out, f->end);
		if (object)
			write_key(f->out, n->items[i].key);
		write_flow(f, &n->items[i]);
	}
	buf_str(f->out, f->end);
	buf_str(f->out, object ? "}" : "]");
}

void form_write(struct buf *out, const struct node *n, enum form_style style)
{
	auto_done(map_done) struct map seen = {0};
	struct arena a;
	struct flow f = {.out = out, .end = " ", .a = &a};

	arena_init(&a, 0);
	switch (style) {
	case FORM_BLOCK:
	case FORM_CRLF:
		write_block(out, n, 0, style == FORM_CRLF ? "\r\n" : "\n");
		break;
	case FORM_COMMENTS:
		buf_str(out, "# a comment: {\n---\n");
		f.end = " # it's \"{\"\n# another\n ";
		write_flow(&f, n);
		break;
	case FORM_ANCHORS:
		f.seen = &seen;
		write_flow(&f, n);
		break;
	default:
		write_json(out, n);
	}
	buf_str(out, "\n");
	arena_done(&a);
}
