#include "fact/image/image.h"

#include "fact/image/image-int.h"

const struct node *image_get(const struct node *object, const char *key)
{
	const struct node *found = NULL;

	if (!node_is(object, NODE_OBJECT))
		return NULL;
	NODE_EACH (it, object)
		if (sv_ieq(it->key, sv_of(key)))
			found = it;
	return found && found->kind != NODE_NULL ? found : NULL;
}

const struct node *image_text(const struct node *object, const char *key)
{
	const struct node *n = image_get(object, key);

	return node_str(n).n ? n : NULL;
}

void image_strings(struct image_reader *r, struct node *record, unsigned field,
		   const struct node *from)
{
	bool keys = node_is(from, NODE_OBJECT);

	if (!keys && !node_is(from, NODE_ARRAY))
		return;
	struct node *out = fact_list(r->a, record, field, from->n, from);
	out->n = 0;
	NODE_EACH (it, from) {
		if (!keys && !node_is(it, NODE_STRING))
			continue;
		struct node *n = &out->items[out->n++];
		*n = *it;
		n->key = (struct sv){0};
		if (keys) {
			*n = (struct node){.kind = NODE_STRING, .doc = it->doc, .text = it->key};
			n->start = it->key_start;
			n->end = it->key_end;
		}
	}
}

const struct node *image_healthcheck(const struct image_reader *r)
{
	const struct node *h = image_get(r->config, "Healthcheck");
	const struct node *test = image_get(h, "Test");

	if (!node_is(test, NODE_ARRAY) || test->n == 0 || sv_is(node_str(&test->items[0]), "NONE"))
		return NULL;
	return h;
}

/* The configuration of the OCI specification: rootfs, config and architecture together. */
static bool is_config(const struct node *root)
{
	return node_is(node_get(root, "rootfs"), NODE_OBJECT) &&
	       node_is(node_get(root, "architecture"), NODE_STRING) &&
	       node_is(node_get(root, "config"), NODE_OBJECT);
}

/* A container has State and HostConfig, an image has neither. */
static bool is_inspect(const struct node *root)
{
	return node_is(root, NODE_OBJECT) && node_is(node_get(root, "RootFS"), NODE_OBJECT) &&
	       node_get(root, "RepoTags") && !node_get(root, "State") &&
	       !node_get(root, "HostConfig");
}

static bool is_image(const struct node *root)
{
	if (node_is(root, NODE_ARRAY) && root->n)
		return is_inspect(&root->items[0]);
	return is_config(root) || is_inspect(root);
}

/* By what it is called: as it was asked for, its first tag. */
static void find_reference(struct image_reader *r)
{
	const struct node *tags = image_get(r->root, "RepoTags");
	const struct node *said = image_text(r->about, "reference");

	if (!said && r->inspect && node_is(tags, NODE_ARRAY) && tags->n &&
	    node_str(&tags->items[0]).n)
		said = &tags->items[0];
	r->reference_at = said;
	r->reference = node_str(said);
}

static void tell(struct image_reader *r)
{
	struct part *own = part_of_node(r->parts, r->root);

	r->config = image_get(r->root, "config");
	find_reference(r);
	image_record(r);
	struct fact_object o = {
		.doc = own ? own->doc : NULL, .object = r->root, .kind = SV("Image")};
	o.name = r->reference.n ? r->reference : node_get_str(r->root, r->inspect ? "Id" : "");
	o.workload = image_workload(r);
	o.more[o.more_n++] = (struct fact_more){"image", r->record};
	r->sink->object(r->sink->arg, &o);
}

static void refuse(const struct fact_sink *sink, const struct node *at, const char *why)
{
	const struct fact_fault f = {.at = at, .why = why, .who = "gabion"};

	if (sink->fault)
		sink->fault(sink->arg, &f);
}

/* NULL when the part is not there or is no JSON. */
static const struct node *read_part(struct parts *p, struct sv role, const struct fact_sink *sink)
{
	static const struct node nowhere;
	struct part *part = parts_find(p, role);
	const struct node *root;
	struct err err;

	if (!part || part->state != PART_HERE)
		return NULL;
	if (parts_json(p, part, &root, &err) == 0)
		return root;
	refuse(sink, &nowhere, arena_fmt(p->arena, "%s: %s", err.where, err.msg).p);
	return NULL;
}

static void objects(struct parts *p, const struct fact_sink *sink)
{
	struct image_reader r = {.parts = p, .a = p->arena, .sink = sink};
	const struct node *own = read_part(p, SV(""), sink);

	r.about = read_part(p, SV("about"), sink);
	r.layers = read_part(p, SV("layers"), sink);
	r.root = own ? own : read_part(p, SV("image_config"), sink);
	if (!r.root)
		r.root = read_part(p, SV("config"), sink);
	if (!r.root)
		r.inspect = (r.root = read_part(p, SV("inspect"), sink)) != NULL;
	if (!r.root)
		r.root = r.about; /* without a configuration: an exported container */
	if (node_is(r.root, NODE_ARRAY)) {
		NODE_EACH (it, r.root) {
			struct image_reader one = r;
			one.root = it;
			one.inspect = true;
			if (is_inspect(it))
				tell(&one);
		}
	} else if (node_is(r.root, NODE_OBJECT)) {
		r.inspect |= is_inspect(r.root);
		tell(&r);
	} else if (r.root) {
		refuse(sink, r.root, "no image configuration: it is no JSON object");
	}
}

const struct fact_source source_image = {
	.name = "image",
	.about = "an image: its configuration, history and what its layers hold",
	.is = is_image,
	.objects = objects,
};
