#include "fact/command/command-int.h"

/* Children stand behind each other: room doubles. */
static struct node *grow(struct command *c, struct node *parent, size_t start, size_t end)
{
	uint32_t n = parent->n;

	/* full at 0 and at powers of two */
	if ((n & (n - 1)) == 0) {
		struct node *items = ARENA_ARRAY(c->a, n ? 2 * (size_t)n : 1, struct node);
		if (n)
			memcpy(items, parent->items, n * sizeof *items);
		parent->items = items;
	}
	struct node *child = &parent->items[parent->n++];
	*child = (struct node){.doc = c->doc};
	child->start = (uint32_t)start;
	child->end = (uint32_t)end;
	return child;
}

struct node *command_child(struct command *c, struct node *object, struct sv key, size_t start,
			   size_t end)
{
	struct node *child = NULL;

	for (uint32_t i = 0; i < object->n && !child; i++)
		if (sv_eq(object->items[i].key, key))
			child = &object->items[i];
	if (!child)
		child = grow(c, object, start, end);
	child->key = key;
	child->start = child->key_start = (uint32_t)start;
	child->end = child->key_end = (uint32_t)end;
	return child;
}

struct node *command_push(struct command *c, struct node *list, size_t start, size_t end)
{
	return grow(c, list, start, end);
}

void command_text(struct node *n, struct sv text)
{
	n->kind = NODE_STRING;
	n->text = text;
}

struct node *command_open(struct command *c, struct node *object, const char *key,
			  enum node_kind kind, size_t start, size_t end)
{
	for (uint32_t i = 0; i < object->n; i++)
		if (sv_is(object->items[i].key, key) && object->items[i].kind == kind)
			return &object->items[i];
	struct node *child = command_child(c, object, sv_of(key), start, end);
	child->kind = (uint8_t)kind;
	return child;
}
