/*
 * Containers without asking anybody: processes whose cgroup is a container's, or that are the first
 * of a namespace of processes, and what runtimes leave in their state folders. Any engine; also
 * those whose engine is gone.
 */
#pragma once

#include "audit/read/host.h"

struct read_container {
	struct sv id;     /* as the engine has it; "pid-12" when nothing says */
	struct sv name;   /* empty: not known here; the configuration may say */
	struct sv engine; /* docker, containerd, crio, podman, kubernetes (one of these), lxc,
			     systemd-nspawn, buildkit, runc, crun; empty: not known */
	pid_t pid;        /* its first process */
	uint64_t start;   /* for read_process() */
	struct sv config; /* path of its config.json below the root; empty: not known */
};

struct read_containers {
	struct read_container *p; /* in the arena, by start time */
	size_t n;
	enum part_state state; /* PART_UNREADABLE: processes cannot be seen */
};

/* Not that one in which gabion itself runs. */
struct read_containers read_containers(const struct read_host *h, struct arena *a);
/* Its parts for the source "process": those of read_process(), config, name. False: it is gone. */
bool read_container(const struct read_host *h, const struct read_container *c, struct buf *out);
