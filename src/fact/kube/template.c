/* Where the pod templates of an object stand: by kind, or by search in kinds that nobody knows. */
#include "fact/kube/kube-int.h"

static const struct kind_row {
	const char *kind;
	const char *path[4]; /* to the node with metadata and spec; none: the object itself */
	bool replicated;
} kinds[] = {
	{"Pod", {NULL}, false},
	{"Deployment", {"spec", "template"}, true},
	{"StatefulSet", {"spec", "template"}, true},
	{"DaemonSet", {"spec", "template"}, false},
	{"ReplicaSet", {"spec", "template"}, true},
	{"ReplicationController", {"spec", "template"}, true},
	{"Job", {"spec", "template"}, false},
	{"CronJob", {"spec", "jobTemplate", "spec", "template"}, false},
	{"PodTemplate", {"template"}, false},
	{"Rollout", {"spec", "template"}, true},
	{"DeploymentConfig", {"spec", "template"}, true},
};

static const struct kind_row *row_of(struct sv kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (sv_is(kind, kinds[i].kind))
			return &kinds[i];
	return NULL;
}

bool kube_replicated(struct sv kind)
{
	const struct kind_row *row = row_of(kind);

	return row && row->replicated;
}

struct sv kube_kind_meant(struct sv kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (sv_ieq(sv_trim(kind), sv_of(kinds[i].kind)))
			return sv_of(kinds[i].kind);
	return sv_ieq(sv_trim(kind), SV("List")) ? SV("List") : (struct sv){0};
}

/* By its key, or because what it holds can only be containers (pod: {spec: ...}, a whole Pod inside
 * another object). */
static bool is_template(const struct node *n)
{
	const struct node *list = node_path(n, "spec", "containers", NULL);

	if (!node_is(list, NODE_ARRAY))
		return false;
	if (sv_ends(n->key, SV("emplate")))
		return true;
	NODE_EACH (it, list)
		if (node_is(node_get(it, "image"), NODE_STRING))
			return true;
	return false;
}

/* As deep as readers let a tree be. */
static void search(const struct node *n, kube_template_fn *tell, void *arg)
{
	NODE_EACH (it, n) {
		if (it->kind != NODE_OBJECT && it->kind != NODE_ARRAY)
			continue;
		if (is_template(it))
			tell(arg, it);
		search(it, tell, arg);
	}
}

void kube_templates(const struct node *object, struct sv kind, kube_template_fn *tell, void *arg)
{
	const struct kind_row *row = row_of(kind);
	const struct node *at = object;

	for (size_t i = 0; row && i < ARRAY_LEN(row->path) && row->path[i]; i++) {
		at = kube_get(at, row->path[i]);
		if (at && at->kind != NODE_OBJECT) {
			tell(arg, at); /* as what it is not */
			at = NULL;
		}
	}
	if (row && at)
		tell(arg, at);
	else
		search(object, tell, arg);
}
