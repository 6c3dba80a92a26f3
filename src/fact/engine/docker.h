/* dockerd: what is gathered of it while its record is made. */
#pragma once

#include "fact/engine/settings.h"

struct docker {
	struct engine_work w;
	struct unit service, socket;
	struct part *process;
	const struct node *config, *info, *version; /* objects, or NULL */
	struct said_vec of_unit, of_process;
	bool certain; /* files and flags were looked at: built-in defaults hold */
};

/* The values of a setting: one node, or those of a list; the strongest place that says something.
 * Lists and maps of daemon.json come as their elements, with keys. */
void docker_values(struct docker *d, const char *key, struct node_vec *out);
/* Of one value. NULL: nowhere. */
const struct node *docker_value(struct docker *d, const char *key);
/* "flag --icc (FILE:LINE)" or "FILE:LINE" */
struct sv docker_place(struct docker *d, const struct setting *s, const struct node *value);
/* Flags that count: of the running daemon, else of its unit. */
const struct said_vec *docker_flags(const struct docker *d);

void docker_listeners(struct docker *d);  /* docker-listen.c */
void docker_registries(struct docker *d); /* docker-lists.c */
void docker_runtimes(struct docker *d);
void docker_ulimits(struct docker *d);
void docker_running(struct docker *d); /* docker-running.c: what the engine itself says */
/* Is there a file system of its own at the path? Absent when nobody knows. */
void docker_data_root(struct docker *d);
