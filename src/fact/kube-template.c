/* Where the pod templates of an object stand: by kind, or by search in kinds that nobody knows. */
#include "fact/kube-int.h"

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

/* Deeper than any custom kind in use has its templates. */
enum { SEARCH_DEPTH = 12 };

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

static bool is_template(const struct node *n)
{
	return sv_ends(n->key, SV("emplate")) && n->kind == NODE_OBJECT &&
	       node_is(node_path(n, "spec", "containers", NULL), NODE_ARRAY);
}

static void search(const struct node *n, unsigned depth, kube_template_fn *tell, void *arg)
{
	NODE_EACH (it, n) {
		if (it->kind != NODE_OBJECT && it->kind != NODE_ARRAY)
			continue;
		if (is_template(it))
			tell(arg, it);
		else if (depth < SEARCH_DEPTH)
			search(it, depth + 1, tell, arg);
	}
}

void kube_templates(const struct node *object, struct sv kind, kube_template_fn *tell, void *arg)
{
	const struct kind_row *row = row_of(kind);
	const struct node *at = object;

	for (size_t i = 0; row && i < ARRAY_LEN(row->path) && row->path[i]; i++)
		at = kube_get(at, row->path[i]);
	if (row && at)
		tell(arg, at);
	else
		search(object, 0, tell, arg);
}
