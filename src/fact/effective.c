#include "fact/effective.h"

#include "fact/capability.h"

void effective_changes(struct arena *a, struct node *c)
{
	const struct node *at = &c->items[CONTAINER_CAPABILITIES];
	uint64_t set = capability_set(at), kept = set & capability_default_set;
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
	bool all = capability_set(caps) == capability_all_set;
	bool open = seccomp->n > 0 && sv_is(seccomp->items[PROFILE_TYPE].text, "Unconfined");
	bool yes = all && open && c->items[CONTAINER_MASKED_PATHS].n == 0;
	fact_say(c, CONTAINER_PRIVILEGED, NODE_BOOL, yes ? SV("true") : SV("false"), caps);
}
