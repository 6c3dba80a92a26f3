/* What engines say about images and containers: the fields that gabion needs, each checked. */
#include "base/base.h"

#include "oci/digest.h"
#include "oci/engine.h"

static int broken(struct err *err, const char *what)
{
	return err_set(err, ERR_PROTO, "the engine's answer has no usable '%s'", what);
}

/* "sha256:<hex>" as docker writes ids, or the digits alone as podman does. */
static bool id_of(struct arena *a, struct sv text, struct sv *out)
{
	struct digest d;

	if (sv_starts(text, SV("sha256:")))
		text = sv_from(text, 7);
	if (!digest_parse_hex(text, &d))
		return false;
	*out = arena_sv(a, text);
	return true;
}

/* From ".../overlay2/<id>/diff" to what stands in front of "/overlay2/". */
static struct sv root_of(struct arena *a, struct sv driver, struct sv upper)
{
	struct sv dir, id, store, root, name;

	if (upper.n == 0 || upper.p[0] != '/' || sv_find_char(upper, '\0') != SIZE_MAX ||
	    sv_find(upper, SV("/../")) != SIZE_MAX)
		return (struct sv){0};
	if (!sv_rcut(upper, '/', &dir, &name) || !sv_is(name, "diff") ||
	    !sv_rcut(dir, '/', &store, &id) || id.n == 0 || !sv_rcut(store, '/', &root, &name) ||
	    root.n == 0 || !sv_eq(name, driver))
		return (struct sv){0};
	return arena_sv(a, root);
}

static void store_of(struct arena *a, const struct node *doc, struct sv *driver, struct sv *root)
{
	const struct node *graph = node_get(doc, "GraphDriver");

	*driver = arena_sv(a, node_get_str(graph, "Name"));
	*root = root_of(a, *driver, node_get_str(node_get(graph, "Data"), "UpperDir"));
}

int engine_image_parse(struct arena *a, const struct node *doc, struct engine_image *out,
		       struct err *err)
{
	struct engine_image img = {0};
	const struct node *tags = node_get(doc, "RepoTags");

	if (!id_of(a, node_get_str(doc, "Id"), &img.id))
		return broken(err, "Id");
	if (node_is(tags, NODE_ARRAY) && tags->n > 0)
		img.tagged = arena_sv(a, node_str(&tags->items[0]));
	img.platform = platform_make(a, node_get_str(doc, "Os"), node_get_str(doc, "Architecture"),
				     node_get_str(doc, "Variant"));
	store_of(a, doc, &img.driver, &img.root);
	*out = img;
	return 0;
}

int engine_container_parse(struct arena *a, const struct node *doc, struct engine_container *out,
			   struct err *err)
{
	struct engine_container c = {0};
	struct sv name = node_get_str(doc, "Name");

	if (!id_of(a, node_get_str(doc, "Id"), &c.id))
		return broken(err, "Id");
	if (!id_of(a, node_get_str(doc, "Image"), &c.image))
		c.image = (struct sv){0};
	c.name = arena_sv(a, sv_starts(name, SV("/")) ? sv_from(name, 1) : name);
	store_of(a, doc, &c.driver, &c.root);
	*out = c;
	return 0;
}
