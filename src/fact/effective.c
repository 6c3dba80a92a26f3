#include "fact/effective.h"

#include "fact/capability.h"
#include "oci/reference.h"

uint64_t effective_set(const struct node *list)
{
	uint64_t set = 0;

	NODE_EACH (it, list) {
		unsigned cap = capability_number(it->text);
		if (sv_is(it->text, "ALL"))
			set |= capability_all_set;
		else if (cap != CAPABILITY_UNKNOWN)
			set |= UINT64_C(1) << cap;
	}
	return set;
}

void effective_changes(struct arena *a, struct node *c)
{
	const struct node *at = &c->items[CONTAINER_CAPABILITIES];
	uint64_t set = effective_set(at), kept = set & capability_default_set;
	uint64_t drop = capability_default_set & ~set, add = set & ~capability_default_set;

	if (!fact_has(c, CONTAINER_CAPABILITIES))
		return;
	/* less than half of the default set is left: everything was dropped, some were added */
	if (__builtin_popcountll(kept) * 2 < __builtin_popcountll(capability_default_set)) {
		drop = capability_all_set;
		add = set;
	}
	if (set == capability_all_set)
		add = set;
	capability_list(a, c, CONTAINER_CAP_ADD, add, at);
	capability_list(a, c, CONTAINER_CAP_DROP, drop, at);
}

void effective_privileged(struct node *c)
{
	const struct node *caps = &c->items[CONTAINER_CAPABILITIES];
	const struct node *seccomp = &c->items[CONTAINER_SECCOMP];

	if (!fact_has(c, CONTAINER_CAPABILITIES) || !fact_has(c, CONTAINER_SECCOMP) ||
	    !fact_has(c, CONTAINER_MASKED_PATHS))
		return;
	bool all = effective_set(caps) == capability_all_set;
	bool open = seccomp->n > 0 && sv_is(seccomp->items[PROFILE_TYPE].text, "Unconfined");
	bool yes = all && open && c->items[CONTAINER_MASKED_PATHS].n == 0;
	fact_say(c, CONTAINER_PRIVILEGED, NODE_BOOL, yes ? SV("true") : SV("false"), caps);
}

void effective_image(struct arena *a, struct node *c, const struct node *reference)
{
	struct reference_parts p;

	if (!node_is(reference, NODE_STRING) || reference->text.n == 0)
		return;
	reference_split(a, reference->text, &p);
	struct node *out = fact_sub(a, c, CONTAINER_IMAGE, &schema_image, reference);
	fact_set(out, IMAGE_REFERENCE, reference);
	fact_say(out, IMAGE_REGISTRY, NODE_STRING, p.domain, reference);
	fact_say(out, IMAGE_EXPLICIT_REGISTRY, NODE_BOOL,
		 p.domain_written ? SV("true") : SV("false"), reference);
	fact_say(out, IMAGE_REPOSITORY, NODE_STRING, p.path, reference);
	if (p.tag.n)
		fact_say(out, IMAGE_TAG, NODE_STRING, p.tag, reference);
	if (p.digest.n)
		fact_say(out, IMAGE_DIGEST, NODE_STRING, p.digest, reference);
}
