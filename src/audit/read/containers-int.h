/* Containers while they are found. */
#pragma once

#include "audit/read/containers.h"
#include "base/map.h"

struct found {
	struct read_container c;
	uint64_t mount_space;
	bool first; /* in its namespace of processes */
};

struct finder {
	const struct read_host *h;
	struct arena *a;
	struct {
		struct found *p;
		size_t n, cap;
	} all;
	struct map by_id; /* id -> index */
};

/* The container that a cgroup belongs to: lines of /proc/PID/cgroup. False: of none. */
bool container_of_cgroup(struct arena *a, struct sv cgroup, struct sv *id, struct sv *name,
			 struct sv *engine);
/* What runtimes say: configurations, names, containers without a cgroup that names them. */
void containers_of_runtimes(struct finder *f);
/* What the parents of their first processes tell of those that are found. */
void containers_of_shims(struct finder *f);
/* A process that a runtime names; start 0: not known. NULL: it is gone, or no container's. */
struct found *container_at(struct finder *f, struct sv id, pid_t pid, uint64_t start);
