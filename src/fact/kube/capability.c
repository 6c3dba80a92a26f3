/* Capabilities of a container as Kubernetes says them. */
#include "fact/capability.h"
#include "fact/kube/kube-int.h"

bool kube_adds(const struct node *capabilities, const char *name)
{
	const struct node *add = node_get(capabilities, "add");

	if (!node_is(add, NODE_ARRAY))
		return false;
	NODE_EACH (it, add) {
		struct sv text = node_str(it);
		if (text.n > 4 && sv_ieq(sv_head(text, 4), SV("CAP_")))
			text = sv_from(text, 4);
		if (sv_ieq(text, sv_of(name)))
			return true;
	}
	return false;
}

/* The list under the field, its texts made normal. */
static const struct node *list(struct kube *k, struct node *c, unsigned field,
			       const struct node *value)
{
	kube_strings(k, c, field, value);
	struct node *out = &c->items[field];
	struct node *items = ARENA_ARRAY(k->a, out->n, struct node);
	for (uint32_t i = 0; i < out->n; i++) {
		items[i] = out->items[i];
		items[i].text = capability_normal(k->a, items[i].text);
	}
	out->items = items;
	return out;
}

/* Most containers have the default set: it is made once. */
static void default_capabilities(struct kube_pod *pod, struct node *c)
{
	if (!pod->caps) {
		capability_apply(pod->k->a, c, capability_default_set, CAPABILITY_DROP_WINS, NULL,
				 pod->workload);
		pod->caps = ARENA_NEW(pod->k->a, struct node);
		*pod->caps = c->items[CONTAINER_CAPABILITIES];
	}
	fact_default(c, CONTAINER_CAPABILITIES, NODE_ARRAY, (struct sv){0});
	c->items[CONTAINER_CAPABILITIES].items = pod->caps->items;
	c->items[CONTAINER_CAPABILITIES].n = pod->caps->n;
}

void kube_capabilities(struct kube_pod *pod, struct node *c, const struct node *capabilities,
		       const struct node *privileged)
{
	static const struct sv keys[] = {{"add", 3}, {"drop", 4}};
	const struct node *in[2];
	struct kube *k = pod->k;

	kube_gather(capabilities, keys, 2, in);
	const struct node *add = list(k, c, CONTAINER_CAP_ADD, in[0]);
	const struct node *drop = list(k, c, CONTAINER_CAP_DROP, in[1]);
	if (!node_true(privileged) && add->n == 0 && drop->n == 0)
		default_capabilities(pod, c);
	else
		capability_apply(k->a, c, capability_default_set, CAPABILITY_DROP_WINS,
				 node_true(privileged) ? privileged : NULL, capabilities);
}
