/* A service that extends another one: of the same file or of another one. */
#include "fact/compose/compose-int.h"

enum { CHAIN_MAX = 32, NAME_SHOWN = 100 };

/* Stands in the table while its own base is looked for. */
static const struct node busy = {.kind = NODE_NULL};

static const struct node *without_extends(struct compose *c, const struct node *service)
{
	struct node *out = ARENA_NEW(c->a, struct node);

	*out = *service;
	if (!compose_spend(c, service, service->n, 0))
		return out;
	out->items = ARENA_ARRAY(c->a, service->n, struct node);
	out->n = 0;
	NODE_EACH (it, service)
		if (!sv_is(it->key, "extends"))
			out->items[out->n++] = *it;
	return out;
}

static const struct node *base_of(struct compose *c, struct compose_file *f,
				  const struct node *extends)
{
	const struct node *name = extends, *file = NULL;

	if (extends->kind == NODE_OBJECT) {
		name = node_get(extends, "service");
		file = node_get(extends, "file");
	}
	if (!node_is(name, NODE_STRING)) {
		tell_fault(&c->tell, extends, "extends must name a service");
		return NULL;
	}
	if (!node_is(file, NODE_STRING))
		return extended_service(c, f, name->text, name);
	struct part *part = compose_part(c, file->text, file, true);
	if (!part)
		return NULL;
	struct compose_file *other = compose_open(c, part, f->variables);
	return other->root ? extended_service(c, other, name->text, name) : NULL;
}

const struct node *extended_service(struct compose *c, struct compose_file *f, struct sv name,
				    const struct node *at)
{
	const struct map_entry *found = map_find(&f->index, name);
	const struct node *own = found ? found->ptr : NULL;
	bool made;

	if (!node_is(own, NODE_OBJECT)) {
		tell_fault(&c->tell, at, "there is no service '%.*s'",
			   SV_ARG(sv_head(name, NAME_SHOWN)));
		return NULL;
	}
	struct map_entry *e = map_put(&f->services, name, &made);
	if (!made && e->ptr == &busy) {
		tell_fault(&c->tell, at, "the service '%.*s' extends itself",
			   SV_ARG(sv_head(name, NAME_SHOWN)));
		return NULL;
	}
	if (!made)
		return e->ptr;
	e->ptr = (void *)(uintptr_t)own;
	const struct node *extends = node_get(own, "extends");
	if (!extends || extends->kind == NODE_NULL)
		return own;
	if (c->chain == CHAIN_MAX) {
		tell_fault(&c->tell, at, "more than %d services that extend each other", CHAIN_MAX);
		return own;
	}
	e->ptr = (void *)(uintptr_t)&busy;
	c->chain++;
	const struct node *base = base_of(c, f, extends);
	c->chain--;
	const struct node *whole = without_extends(c, own);
	if (base)
		whole = merge_service(c, base, whole);
	struct node *out = ARENA_NEW(c->a, struct node);
	*out = *whole;
	out->key = own->key;
	out->doc = own->doc;
	out->start = own->start;
	out->end = own->end;
	map_put(&f->services, name, &made)->ptr = out;
	return out;
}
