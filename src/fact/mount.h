/* What a mount reaches on the host, as far as its path says. */
#pragma once

#include "fact/workload.h"

/*
 * Sets MOUNT_RESOLVED (the source cleaned of ., .. and double slashes; /proc/self/root,
 * /proc/1/root and their kin taken off; /var/run is /run) and MOUNT_ENGINE (the path is an engine's
 * socket, or a folder that holds one) of a record whose MOUNT_SOURCE is set. Whoever can look at
 * the host sets them anew. Absolute sources only.
 */
void mount_conclude(struct arena *a, struct node *mount);
/* The path without ., .. and double slashes, as the engines clean a source before anything else. */
struct sv mount_clean(struct arena *a, struct sv path);
/* The engine whose socket the path is, or that has one below it; empty. The path is clean. */
struct sv mount_engine_of(struct sv path);
/* Adds the volume of a bind mount (of Docker, Podman, compose, OCI, the kernel): out is an element
 * of WORKLOAD_VOLUMES; its name, MOUNT_TARGET's text, becomes MOUNT_VOLUME. After
 * mount_conclude(). */
void mount_volume(struct arena *a, struct node *mount, struct node *out);
/* What engines hide (/proc/kcore ...) or make read-only in /proc and /sys; not every kernel has it.
 */
enum { MOUNT_GUARDED = 19 };
extern const char *const mount_guarded[MOUNT_GUARDED];
