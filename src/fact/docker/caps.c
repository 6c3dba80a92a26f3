/* Capabilities that are asked for, and what the engine says that it gave. */
#include "fact/capability.h"
#include "fact/docker/docker-int.h"

static void names(struct docker *d, unsigned field, const char *key)
{
	const struct node *said = docker_get(d->host, key);

	if (!said)
		return;
	struct node *out = fact_list(d->a, d->c, field, said->n, said);
	for (uint32_t i = 0; i < said->n; i++) {
		struct node *it = &out->items[i];
		*it = said->items[i];
		it->text = capability_normal(d->a, it->text);
		if (!sv_is(it->text, "ALL") && capability_number(it->text) == CAPABILITY_UNKNOWN)
			go_tell(d->go, &said->items[i], "a capability", NULL);
	}
}

/* What the engine says that it gave. */
static bool given(struct docker *d)
{
	const struct node *list = docker_get(d->inspect, "BoundingCaps");

	if (!d->podman || !list || list->n == 0)
		return false;
	struct node *copy = ARENA_NEW(d->a, struct node);
	*copy = *list;
	copy->items = ARENA_ARRAY(d->a, list->n, struct node);
	for (uint32_t i = 0; i < list->n; i++) {
		copy->items[i] = list->items[i];
		copy->items[i].text = capability_normal(d->a, list->items[i].text);
	}
	capability_list(d->a, d->c, CONTAINER_CAPABILITIES, capability_set(copy), list);
	return true;
}

void docker_capabilities(struct docker *d)
{
	names(d, CONTAINER_CAP_ADD, "CapAdd");
	names(d, CONTAINER_CAP_DROP, "CapDrop");
	if (!given(d))
		capability_apply(
			d->a, d->c,
			capability_default_of(d->podman ? PLATFORM_PODMAN : PLATFORM_DOCKER),
			CAPABILITY_ADD_WINS, d->privileged, NULL);
}
