/*
 * Capabilities: names, sets, and what an engine makes of those that are added and dropped. All
 * engines start from the same fourteen unless they are configured otherwise (Podman: from eleven).
 */
#pragma once

#include "fact/workload.h"

/* Who wins where a name is both added and dropped. */
enum capability_order {
	/* containerd for Kubernetes: ALL first (dropped ALL after added ALL), then single names,
	 * dropped ones last. */
	CAPABILITY_DROP_WINS,
	/* moby's caps.TweakCapabilities, and Podman: added ALL is everything but single names that
	 * are dropped; else what is added wins. */
	CAPABILITY_ADD_WINS,
};

enum { CAPABILITIES = 41, CAPABILITY_UNKNOWN = 64 };

/* Numbers of capabilities(7) as bits. */
extern const uint64_t capability_default_set, capability_all_set;
/* "SYS_ADMIN" */
const char *capability_name(unsigned number);
/* Of a name as capability_normal() gives it; CAPABILITY_UNKNOWN. */
unsigned capability_number(struct sv name);
/* The set that an engine of the platform starts from. */
uint64_t capability_default_of(enum platform_id platform);
/* A list of names as a set; names that are not known are left out. */
uint64_t capability_set(const struct node *list);
/* Without CAP_ in front, upper case as Go's strings.ToUpper makes it (the engines' way to read a
 * name): a view where it is so already. */
struct sv capability_normal(struct arena *a, struct sv text);

/*
 * Sets CONTAINER_CAPABILITIES from CONTAINER_CAP_ADD and CONTAINER_CAP_DROP (set before, names
 * normal) and the engine's default set. Names that were added have the span of their place, the
 * others are NODE_DEFAULT at `at`, or at an added ALL. privileged: the node that says so, or NULL:
 * then it is ALL.
 */
void capability_apply(struct arena *a, struct node *container, uint64_t default_set,
		      enum capability_order order, const struct node *privileged,
		      const struct node *at);
/* A set as the list of a field, in the order of the numbers; span of `at`. The whole set is ALL. */
void capability_list(struct arena *a, struct node *record, unsigned field, uint64_t set,
		     const struct node *at);
