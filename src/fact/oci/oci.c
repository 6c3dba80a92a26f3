#include "fact/oci/oci.h"

#include "fact/effective.h"
#include "fact/image-name.h"
#include "fact/oci/oci-int.h"

static const char *const kind_words[] = {"null", "boolean", "number", "string", "array", "object"};

const struct node *oci_get(const struct oci *o, const struct node *object, const char *key,
			   enum node_kind kind)
{
	const struct node *n = node_get(object, key);

	if (!n || n->kind == kind)
		return n;
	if (n->kind != NODE_NULL && o->sink && o->sink->fault) {
		struct fact_fault f = {
			.at = n,
			.path = arena_fmt(o->a, "/%s", key),
			.expected = kind_words[kind],
			.who = "the runtime",
		};
		o->sink->fault(o->sink->arg, &f);
	}
	return NULL;
}

void oci_strings(const struct oci *o, struct node *record, unsigned field,
		 const struct node *object, const char *key)
{
	const struct node *list = oci_get(o, object, key, NODE_ARRAY);

	if (!list)
		return;
	struct node *out = fact_list(o->a, record, field, list->n, list);
	out->n = 0;
	NODE_EACH (it, list)
		if (it->kind == NODE_STRING)
			out->items[out->n++] = *it;
}

bool oci_is(const struct node *root)
{
	return node_is(node_get(root, "ociVersion"), NODE_STRING) && !node_get(root, "status") &&
	       (node_is(node_get(root, "process"), NODE_OBJECT) ||
		node_is(node_get(root, "linux"), NODE_OBJECT) ||
		node_is(node_get(root, "root"), NODE_OBJECT));
}

/* What engines write into annotations, the nearest to a person's name first. */
static const char *const names[] = {
	"io.kubernetes.cri.container-name",  "io.kubernetes.container.name",
	"io.kubernetes.cri-o.ContainerName", "nerdctl/name",
	"io.kubernetes.cri.sandbox-name",    "io.kubernetes.pod.name"};
static const char *const spaces[] = {"io.kubernetes.cri.sandbox-namespace",
				     "io.kubernetes.pod.namespace", "nerdctl/namespace"};
static const char *const images[] = {"io.kubernetes.cri.image-name",
				     "io.kubernetes.cri-o.ImageName", "io.kubernetes.cri-o.Image",
				     "nerdctl/image-ref"};

static const struct node *first_of(const struct node *annotations, const char *const *keys,
				   size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct node *v = node_get(annotations, keys[i]);
		if (node_is(v, NODE_STRING) && v->text.n)
			return v;
	}
	return NULL;
}

static void identity(struct oci *o)
{
	const struct node *annotations = oci_get(o, o->root, "annotations", NODE_OBJECT);
	const struct node *name = first_of(annotations, names, ARRAY_LEN(names));

	if (!name)
		name = oci_get(o, o->root, "hostname", NODE_STRING);
	fact_set(o->w, WORKLOAD_NAME, name);
	fact_set(o->c, CONTAINER_NAME, name);
	fact_set(o->w, WORKLOAD_ANNOTATIONS, annotations);
	fact_set(o->w, WORKLOAD_NAMESPACE, first_of(annotations, spaces, ARRAY_LEN(spaces)));
	const struct node *image = first_of(annotations, images, ARRAY_LEN(images));
	if (node_str(image).n)
		image_name(o->a, o->c, CONTAINER_IMAGE, image);
}

struct node *oci_workload(struct parts *p, const struct node *root, const struct fact_sink *sink)
{
	struct oci o = {.a = p->arena, .sink = sink, .root = root};

	if (!node_is(root, NODE_OBJECT))
		return NULL;
	o.w = fact_record(o.a, &schema_workload, root);
	struct node *list = fact_list(o.a, o.w, WORKLOAD_CONTAINERS, 1, root);
	o.c = list->items;
	fact_fill(o.a, o.c, &schema_container, root);
	fact_say(o.w, WORKLOAD_PLATFORM, NODE_STRING, sv_of(platform_names[PLATFORM_OCI]), NULL);
	fact_say(o.w, WORKLOAD_KIND, NODE_STRING, SV("container"), NULL);
	fact_set(o.w, WORKLOAD_API_VERSION, oci_get(&o, root, "ociVersion", NODE_STRING));
	fact_say(o.w, WORKLOAD_OS, NODE_STRING,
		 node_get(root, "windows") ? SV("windows") : SV("linux"),
		 node_get(root, "windows"));
	fact_say(o.c, CONTAINER_TYPE, NODE_STRING, SV("container"), NULL);
	identity(&o);
	o.process = oci_get(&o, root, "process", NODE_OBJECT);
	o.linux_ = oci_get(&o, root, "linux", NODE_OBJECT);
	oci_process(&o);
	oci_mounts(&o);
	oci_linux(&o);
	effective_changes(o.a, o.c);
	effective_privileged(o.c);
	fact_set(o.c, CONTAINER_SOURCE, root);
	fact_set(o.w, WORKLOAD_OBJECT, root);
	fact_lists(o.c, &schema_container);
	fact_lists(o.w, &schema_workload);
	return o.w;
}

static void objects(struct parts *p, const struct fact_sink *sink)
{
	struct part *part = parts_find(p, SV(""));
	const struct node *root;
	struct err err;

	if (!part || part->state != PART_HERE)
		return;
	if (parts_json(p, part, &root, &err) < 0) {
		struct node at = {.doc = (uint16_t)(part - p->all.p)};
		struct sv why = arena_fmt(p->arena, "%s: %s", err.where, err.msg);
		if (sink->fault)
			sink->fault(sink->arg, &(struct fact_fault){.at = &at,
								    .why = arena_str(p->arena, why),
								    .who = "the runtime"});
		return;
	}
	struct node *w = oci_workload(p, root, sink);
	if (!w)
		return;
	struct fact_object o = {
		.doc = part->doc,
		.object = root,
		.api_version = node_str(&w->items[WORKLOAD_API_VERSION]),
		.kind = SV("Container"),
		.name = node_str(&w->items[WORKLOAD_NAME]),
		.ns = node_str(&w->items[WORKLOAD_NAMESPACE]),
		.workload = w,
	};
	sink->object(sink->arg, &o);
}

const struct fact_source source_oci_config = {
	.name = "oci",
	.about = "an OCI runtime's config.json",
	.is = oci_is,
	.objects = objects,
};
