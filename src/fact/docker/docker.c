#include "fact/docker/docker-int.h"
#include "fact/kube/kube.h"

const struct node *docker_get(const struct node *view, const char *key)
{
	const struct node *n = node_get(view, key);

	return n && !(n->flags & NODE_ABSENT) ? n : NULL;
}

const struct node *docker_text(const struct node *view, const char *key)
{
	const struct node *n = docker_get(view, key);

	return node_str(n).n ? n : NULL;
}

int64_t docker_int(const struct node *view, const char *key)
{
	int64_t value = 0;

	return node_i64(docker_get(view, key), &value) ? value : 0;
}

/* Views are as deep as their types. */
const struct node *docker_said(struct arena *a, const struct node *view)
{
	struct node *out;

	if (!view || (view->kind != NODE_OBJECT && view->kind != NODE_ARRAY))
		return view;
	out = ARENA_NEW(a, struct node);
	*out = *view;
	out->items = ARENA_ARRAY(a, view->n, struct node);
	out->n = 0;
	NODE_EACH (it, view)
		if (view->kind == NODE_ARRAY || !(it->flags & NODE_ABSENT))
			out->items[out->n++] = *docker_said(a, it);
	return out;
}

void docker_words(struct arena *a, struct node *record, unsigned field, struct sv text,
		  const struct node *at)
{
	size_t n = 1;

	if (text.n == 0)
		return;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',';
	struct node *out = fact_list(a, record, field, n, at);
	out->n = 0;
	while (text.n) {
		struct node *it = &out->items[out->n++];
		*it = (struct node){.kind = NODE_STRING, .doc = at->doc};
		it->start = at->start;
		it->end = at->end;
		it->text = sv_cut(&text, ',');
	}
}

const struct node *docker_option(const struct docker *d, const char *name)
{
	NODE_EACH (it, d->options) {
		struct sv rest = it->text, first = sv_cut(&rest, ',');
		if (sv_starts(first, SV("name=")) && sv_is(sv_from(first, 5), name))
			return it;
	}
	return NULL;
}

uint64_t docker_major(const struct docker *d)
{
	struct sv text = node_str(docker_text(d->info, "ServerVersion"));
	uint64_t major = 0;

	return !d->podman && sv_u64(sv_cut(&text, '.'), &major) ? major : 0;
}

static const struct node *info_view(struct docker *d, const struct node *info)
{
	return info ? go_view(d->go, &docker_info_type, info) : NULL;
}

static const struct node *image_view(struct docker *d, const struct node *image)
{
	if (node_is(image, NODE_ARRAY))
		image = image->n ? &image->items[0] : NULL;
	return image ? go_view(d->go, &docker_image_type, image) : NULL;
}

/* What the engine and the image say is read quietly: faults are those of the document. */
static void around(struct docker *d, const struct node *info, const struct node *image)
{
	const struct fact_sink *sink = d->go->sink;
	const struct node *merged = d->go->merged;

	d->go->sink = NULL;
	d->info = info_view(d, info);
	d->image = image_view(d, image);
	d->options = docker_get(d->info, "SecurityOptions");
	d->go->sink = sink;
	d->go->merged = merged;
}

static void os(struct docker *d)
{
	const struct node *at = docker_text(d->inspect, "Platform");

	at = at ? at : docker_text(d->image, "Os");
	at = at ? at : docker_text(d->info, "OSType");
	fact_default(d->w, WORKLOAD_OS, NODE_STRING, SV("linux"));
	if (sv_is(node_str(at), "linux") || sv_is(node_str(at), "windows"))
		fact_set(d->w, WORKLOAD_OS, at);
}

static void name(struct docker *d)
{
	const struct node *at = docker_text(d->inspect, "Name");
	struct sv text = node_str(at);

	if (!at)
		return;
	if (text.p[0] == '/')
		text = sv_from(text, 1);
	fact_say(d->w, WORKLOAD_NAME, NODE_STRING, text, at);
	fact_say(d->c, CONTAINER_NAME, NODE_STRING, text, at);
}

/* The views are set; `at` is the document. */
static struct node *workload(struct docker *d, const struct node *at)
{
	const struct node *privileged = docker_get(d->host, "Privileged");

	d->privileged = node_true(privileged) ? privileged : NULL;
	d->w = fact_record(d->a, &schema_workload, at);
	struct node *list = fact_list(d->a, d->w, WORKLOAD_CONTAINERS, 1, at);
	d->c = &list->items[0];
	fact_fill(d->a, d->c, &schema_container, at);
	fact_say(d->w, WORKLOAD_PLATFORM, NODE_STRING,
		 sv_of(platform_names[d->podman ? PLATFORM_PODMAN : PLATFORM_DOCKER]), NULL);
	fact_say(d->w, WORKLOAD_KIND, NODE_STRING, SV("container"), NULL);
	fact_say(d->c, CONTAINER_TYPE, NODE_STRING, SV("container"), NULL);
	name(d);
	os(d);
	docker_security(d);
	docker_capabilities(d);
	docker_modes(d);
	docker_mounts(d);
	docker_process(d);
	docker_limits(d);
	docker_ports(d);
	fact_set(d->w, WORKLOAD_STATE, docker_text(docker_get(d->inspect, "State"), "Status"));
	fact_set(d->w, WORKLOAD_OBJECT, at);
	fact_set(d->c, CONTAINER_SOURCE, at);
	fact_lists(d->c, &schema_container);
	fact_lists(d->w, &schema_workload);
	return d->w;
}

static bool has(const struct node *n, const char *key)
{
	return node_get(n, key) != NULL;
}

static bool is_inspect(const struct node *n)
{
	return node_is(node_get(n, "Id"), NODE_STRING) &&
	       node_is(node_get(n, "HostConfig"), NODE_OBJECT) &&
	       node_is(node_get(n, "Config"), NODE_OBJECT);
}

static bool is_podman(const struct node *n)
{
	return is_inspect(n) &&
	       (has(n, "OCIRuntime") || has(n, "ConmonPidFile") || has(n, "EffectiveCaps") ||
		has(n, "BoundingCaps") || has(node_get(n, "State"), "OciVersion"));
}

struct node *docker_workload(struct parts *p, const struct node *inspect, const struct node *info,
			     const struct node *image, const struct fact_sink *sink)
{
	struct part *part = part_of_node(p, inspect);
	struct go go = {
		.a = p->arena,
		.root = part && part->doc ? part->doc->root : inspect,
		.sink = sink,
	};
	struct docker d = {.a = p->arena, .go = &go, .podman = is_podman(inspect)};

	if (!is_inspect(inspect))
		return NULL;
	go.who = d.podman ? "podman" : "docker";
	d.inspect = go_view(&go, &docker_inspect_type, inspect);
	d.config = docker_get(d.inspect, "Config");
	d.host = docker_get(d.inspect, "HostConfig");
	d.endpoints = docker_get(docker_get(d.inspect, "NetworkSettings"), "Networks");
	around(&d, info, image);
	return workload(&d, inspect);
}

/* Settings of HostConfig that stand beside it: engines up to 20.10 (in truth: until they dropped
 * API 1.17) take them all where HostConfig is missing or null. */
static const struct node *outside(struct docker *d, const struct node *root)
{
	const struct node *view = go_view(d->go, &docker_host_type, root), *first = NULL;

	NODE_EACH (it, view)
		if (!(it->flags & NODE_ABSENT) && !first)
			first = it;
	if (!first)
		return NULL;
	if (d->go->sink && d->go->sink->fault) {
		struct fact_fault f = {
			.at = first,
			.path = node_pointer(d->a, root, first->start, first->end),
			.why = "a setting of HostConfig outside of it: old engines take it",
			.who = "docker",
			.note = true,
		};
		d->go->sink->fault(d->go->sink->arg, &f);
	}
	return view;
}

static struct node *create(struct parts *p, const struct node *root, const struct node *info,
			   const struct node *image, const struct fact_sink *sink)
{
	struct go go = {.a = p->arena, .root = root, .sink = sink, .who = "docker"};
	struct docker d = {.a = p->arena, .go = &go};

	d.config = go_view(&go, &docker_create_type, root);
	d.host = docker_get(d.config, "HostConfig");
	d.endpoints = docker_get(docker_get(d.config, "NetworkingConfig"), "EndpointsConfig");
	if (!d.host)
		d.host = outside(&d, root);
	around(&d, info, image);
	struct node *w = workload(&d, root);
	if (go.merged)
		fact_say(w, WORKLOAD_MERGES, NODE_BOOL, SV("true"), go.merged);
	else
		fact_default(w, WORKLOAD_MERGES, NODE_BOOL, SV("false"));
	return w;
}

static const struct node *tree(struct parts *p, struct part *part, const struct fact_sink *sink)
{
	const struct node *root = NULL;
	struct err err = {0};

	if (!part || part->state != PART_HERE)
		return NULL;
	if (parts_json(p, part, &root, &err) == 0)
		return root;
	if (sink && sink->fault) {
		struct node *at = ARENA_NEW(p->arena, struct node);
		at->doc = (uint16_t)(part - p->all.p);
		struct fact_fault f = {.at = at, .why = arena_str(p->arena, sv_of(err.msg))};
		sink->fault(sink->arg, &f);
	}
	return NULL;
}

static void tell(struct parts *p, struct node *w, const struct node *at,
		 const struct fact_sink *sink)
{
	struct part *part = part_of_node(p, at);
	struct fact_object o = {
		.doc = part ? part->doc : NULL,
		.object = at,
		.kind = SV("Container"),
		.name = w->items[WORKLOAD_NAME].text,
		.workload = w,
	};

	sink->object(sink->arg, &o);
}

static void create_objects(struct parts *p, const struct fact_sink *sink)
{
	const struct node *root = tree(p, parts_find(p, SV("")), sink);

	if (!root)
		return;
	if (root->kind != NODE_OBJECT) {
		if (sink->other)
			sink->other(sink->arg, root, "no create body: not an object");
		return;
	}
	tell(p,
	     create(p, root, tree(p, parts_find(p, SV("info")), NULL),
		    tree(p, parts_find(p, SV("image")), NULL), sink),
	     root, sink);
}

static void inspect_one(struct parts *p, const struct node *n, const struct node *info,
			const struct node *image, const struct fact_sink *sink)
{
	struct node *w = docker_workload(p, n, info, image, sink);

	if (w)
		tell(p, w, n, sink);
	else if (sink->other)
		sink->other(sink->arg, n, "no inspect document of a container");
}

static void inspect_objects(struct parts *p, const struct fact_sink *sink)
{
	const struct node *root = tree(p, parts_find(p, SV("")), sink);
	const struct node *info = tree(p, parts_find(p, SV("info")), NULL);
	const struct node *image = tree(p, parts_find(p, SV("image")), NULL);

	if (!root)
		return;
	if (root->kind != NODE_ARRAY) {
		inspect_one(p, root, info, image, sink);
		return;
	}
	NODE_EACH (it, root)
		inspect_one(p, it, info, image, sink);
}

static bool is_list_of(const struct node *root, bool (*is)(const struct node *n))
{
	if (node_is(root, NODE_ARRAY))
		return root->n > 0 && is(&root->items[0]);
	return is(root);
}

static bool is_docker(const struct node *n)
{
	return is_inspect(n) && !is_podman(n);
}

static bool is_docker_document(const struct node *root)
{
	return is_list_of(root, is_docker);
}

static bool is_podman_document(const struct node *root)
{
	return is_list_of(root, is_podman);
}

/* HostConfig, or an image with another key of Config; nothing that another kind of document has. */
static bool is_create(const struct node *root)
{
	static const char *const others[] = {"apiVersion", "kind",   "services",     "ociVersion",
					     "Id",         "rootfs", "architecture", "State"};
	static const char *const config[] = {
		"Cmd", "Entrypoint", "Env",    "User",       "ExposedPorts", "NetworkingConfig",
		"Tty", "Volumes",    "Labels", "WorkingDir", "Healthcheck"};
	bool image = false, more = false;

	if (!node_is(root, NODE_OBJECT))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (has(root, others[i]))
			return false;
	NODE_EACH (it, root) {
		if (go_key_is(it->key, "HostConfig") && it->kind == NODE_OBJECT)
			return true;
		image |= it->kind == NODE_STRING && sv_is(it->key, "Image");
		for (size_t i = 0; i < ARRAY_LEN(config); i++)
			more |= sv_is(it->key, config[i]);
	}
	return image && more;
}

const struct fact_source source_docker_create = {
	.name = "docker-create",
	.about = "the body of Docker's POST /containers/create",
	.is = is_create,
	.objects = create_objects,
};

const struct fact_source source_docker_inspect = {
	.name = "docker-inspect",
	.about = "what docker inspect says of containers",
	.is = is_docker_document,
	.objects = inspect_objects,
};

const struct fact_source source_podman_inspect = {
	.name = "podman-inspect",
	.about = "what podman inspect says of containers",
	.is = is_podman_document,
	.objects = inspect_objects,
};
