/* Documents of a manifest to objects. */
#include "fact/kube/kube-int.h"

#include "base/limits.h"

/* An item of PodList may leave out what its list says. */
struct assumed {
	struct sv api_version, kind;
};

static void other(struct kube *k, const struct node *at, const char *why)
{
	if (k->sink->other)
		k->sink->other(k->sink->arg, at, why);
}

static void set_or_say(struct node *record, unsigned field, const struct node *written,
		       struct sv text)
{
	if (written)
		fact_set(record, field, written);
	else
		fact_say(record, field, NODE_STRING, text, NULL);
}

static struct node *meta_of(struct kube *k, struct fact_object *o, const struct node *version,
			    const struct node *kind)
{
	static const struct sv keys[] = {
		{"name", 4},
		{"namespace", 9},
		{"labels", 6},
		{"annotations", 11},
	};
	const struct node *in[ARRAY_LEN(keys)];
	struct node *meta = fact_record(k->a, &schema_meta, o->object);
	struct sv group = {0}, number = o->api_version;

	kube_gather(kube_map(k, kube_get(o->object, "metadata")), keys, ARRAY_LEN(keys), in);
	const struct node *name = kube_str(k, in[0]), *ns = kube_str(k, in[1]);
	o->name = node_str(name);
	o->ns = node_str(ns);
	if (sv_find_char(o->api_version, '/') != SIZE_MAX)
		group = sv_cut(&number, '/');
	set_or_say(meta, META_API_VERSION, version, o->api_version);
	fact_say(meta, META_GROUP, NODE_STRING, group, version);
	fact_say(meta, META_VERSION, NODE_STRING, number, version);
	set_or_say(meta, META_KIND, kind, o->kind);
	fact_set(meta, META_NAME, name);
	fact_set(meta, META_NAMESPACE, o->ns.n > 0 ? ns : NULL);
	kube_string_map(k, meta, META_LABELS, in[2]);
	kube_string_map(k, meta, META_ANNOTATIONS, in[3]);
	fact_set(meta, META_OBJECT, o->object);
	return meta;
}

/* Fields that a workload shares with its object's meta record. */
static const uint8_t shared[][2] = {
	{WORKLOAD_API_VERSION, META_API_VERSION},
	{WORKLOAD_KIND, META_KIND},
	{WORKLOAD_NAME, META_NAME},
	{WORKLOAD_NAMESPACE, META_NAMESPACE},
	{WORKLOAD_LABELS, META_LABELS},
	{WORKLOAD_ANNOTATIONS, META_ANNOTATIONS},
	{WORKLOAD_OBJECT, META_OBJECT},
};

static void replicas(struct kube *k, struct node *w, const struct fact_object *o)
{
	const struct node *spec = kube_get(o->object, "spec");

	if (sv_is(o->kind, "Pod"))
		return;
	if (kube_replicated(o->kind))
		fact_default(w, WORKLOAD_REPLICAS, NODE_NUMBER, SV("1"));
	fact_set(w, WORKLOAD_REPLICAS, kube_int(k, kube_get(spec, "replicas")));
}

/* Copies, since the arena may be cleared between two objects. */
struct written {
	const struct node *version, *kind; /* NULL or the copies below */
	struct node copies[2];
};

struct templates {
	struct kube *k;
	struct fact_object *o;
	const struct written *written;
	uint64_t n;
};

static void on_template(void *arg, const struct node *pod)
{
	struct templates *t = arg;
	struct kube *k = t->k;
	struct fact_object *o = t->o;

	if (pod->kind != NODE_OBJECT) {
		kube_tell(k, pod, "object");
		return;
	}
	if (t->n >= limit_kube_templates) {
		if (t->n++ == limit_kube_templates)
			other(k, pod, "more pod templates in one object than are read");
		return;
	}
	if (t->n > 0) {
		k->quiet = true;
		o->meta = meta_of(k, o, t->written->version, t->written->kind);
		k->quiet = false;
	}
	struct node *w = fact_record(k->a, &schema_workload, o->object);
	for (size_t i = 0; i < ARRAY_LEN(shared); i++)
		fact_set(w, shared[i][0], &o->meta->items[shared[i][1]]);
	fact_say(w, WORKLOAD_PLATFORM, NODE_STRING, SV("kubernetes"), NULL);
	if (t->n == 0)
		replicas(k, w, o);
	const struct node *claims =
		sv_is(o->kind, "StatefulSet")
			? kube_get(kube_get(o->object, "spec"), "volumeClaimTemplates")
			: NULL;
	kube_pod(k, w, kube_get(pod, "metadata"), kube_get(pod, "spec"), claims);
	o->workload = w;
	o->again = t->n++ > 0;
	k->sink->object(k->sink->arg, o);
}

static const struct node *keep(struct node *copy, const struct node *n)
{
	if (!n)
		return NULL;
	*copy = *n;
	return copy;
}

static void object(struct kube *k, const struct node *n, const struct node *version,
		   const struct node *kind, const struct assumed *assumed)
{
	struct written w = {0};
	struct fact_object o = {
		.doc = k->d,
		.object = n,
		.api_version = version ? version->text : assumed->api_version,
		.kind = kind ? kind->text : assumed->kind,
	};
	struct templates t = {.k = k, .o = &o, .written = &w};

	w.version = keep(&w.copies[0], version);
	w.kind = keep(&w.copies[1], kind);
	o.meta = meta_of(k, &o, version, kind);
	if (sv_is(o.kind, "Role") || sv_is(o.kind, "ClusterRole"))
		o.role = kube_role(k, &o);
	else if (sv_is(o.kind, "RoleBinding") || sv_is(o.kind, "ClusterRoleBinding"))
		o.binding = kube_binding(k, &o);
	else
		kube_templates(n, o.kind, on_template, &t);
	if (t.n == 0)
		k->sink->object(k->sink->arg, &o);
}

/* PodList: items without kind are Pods. A List says nothing about its items. */
static struct assumed assumed_of(struct sv api_version, struct sv kind)
{
	struct assumed a = {0};

	if (kind.n > 4)
		a = (struct assumed){api_version, sv_head(kind, kind.n - 4)};
	return a;
}

static void any(struct kube *k, const struct node *n, const struct assumed *assumed);

/* Lists in lists: as deep as readers let a tree be. */
static void list(struct kube *k, const struct node *items, const struct assumed *assumed)
{
	if (items->kind != NODE_ARRAY)
		kube_tell(k, items, "list");
	NODE_EACH (it, items) {
		if (it->kind == NODE_OBJECT)
			any(k, it, assumed);
		else if (it->kind == NODE_ARRAY)
			list(k, it, assumed);
		if (items->kind == NODE_ARRAY && it->kind != NODE_OBJECT && it->kind != NODE_NULL)
			kube_tell(k, it, "object");
	}
}

/* Groups without a dot are the platform's own. */
static bool is_own_group(struct sv api_version)
{
	struct sv group = sv_head(api_version, sv_find_char(api_version, '/'));

	return sv_find_char(group, '.') == SIZE_MAX;
}

/* What the API server refuses for its head alone is judged as what was meant where that is plain.
 * False: nothing says that it is an object. */
static bool complete(struct kube *k, const struct node *n, const struct node *version,
		     const struct node **kind, struct assumed *given)
{
	struct sv name = *kind ? (*kind)->text : given->kind, meant = kube_kind_meant(name);
	bool no_version = !version && given->api_version.n == 0;

	if (!name.n && version && node_is(node_path(n, "spec", "containers", NULL), NODE_ARRAY)) {
		kube_refuse(k, n, "kind is missing");
		given->kind = SV("Pod");
		return true;
	}
	if (!*kind && !name.n) {
		other(k, n, no_version ? "no apiVersion and no kind" : "no kind");
		return false;
	}
	if (no_version && !meant.n) {
		other(k, n, "no apiVersion");
		return false;
	}
	if (no_version)
		kube_refuse(k, n, "apiVersion is missing");
	if (meant.n && !sv_eq(meant, name) &&
	    is_own_group(version ? version->text : given->api_version)) {
		kube_refuse(k, *kind ? *kind : n, "no kind is written like this");
		*kind = NULL;
		given->kind = meant;
	}
	return true;
}

static bool has_objects(const struct node *list)
{
	NODE_EACH (it, list)
		if (node_get_str(it, "apiVersion").n && node_get_str(it, "kind").n)
			return true;
	return false;
}

static void any(struct kube *k, const struct node *n, const struct assumed *assumed)
{
	static const struct sv keys[] = {{"apiVersion", 10}, {"kind", 4}, {"items", 5}};
	const struct node *in[ARRAY_LEN(keys)];

	if (n->kind == NODE_NULL)
		return;
	if (n->kind == NODE_ARRAY && has_objects(n)) {
		kube_refuse(k, n, "objects in a list that is no List");
		list(k, n, assumed);
		return;
	}
	if (n->kind != NODE_OBJECT) {
		other(k, n, "no object");
		return;
	}
	kube_gather(n, keys, ARRAY_LEN(keys), in);
	const struct node *version = kube_str(k, in[0]), *kind = kube_str(k, in[1]);
	struct assumed given = *assumed;
	if (!complete(k, n, version, &kind, &given))
		return;
	struct sv name = kind ? kind->text : given.kind;
	if (in[2] &&
	    (sv_is(name, "List") || (sv_ends(name, SV("List")) && node_is(in[2], NODE_ARRAY)))) {
		struct assumed items = assumed_of(node_str(version), name);
		list(k, in[2], &items);
		return;
	}
	object(k, n, version, kind, &given);
}

void kube_objects(struct arena *a, struct doc *d, const struct node *root,
		  const struct fact_sink *sink)
{
	struct kube k = {.a = a, .d = d, .root = root, .sink = sink};
	struct assumed nothing = {0};

	if (root)
		any(&k, root, &nothing);
}
