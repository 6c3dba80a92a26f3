/*
 * A service as compose files write it, all merged and interpolated, to a workload. Command lines
 * (docker run) are brought into the same form first.
 */
#pragma once

#include "base/map.h"
#include "fact/service/tell.h"

struct service {
	struct arena *a; /* the record's */
	struct teller *tell;
	enum platform_id platform;
	struct sv name;
	const char *kind; /* "service", "container" */
	/* what the file declares: name -> const struct node *; may be NULL */
	const struct map *volumes, *networks, *secrets, *configs;
	/* Of a variable that has no value here; NULL: it comes from the environment. May be NULL.
	 */
	const struct node *(*variable)(void *arg, struct sv name);
	/* Variables of a file: calls back for each. May be NULL. */
	void (*env_file)(void *arg, const struct node *path, bool required,
			 void (*each)(void *to, struct sv name, const struct node *value),
			 void *to);
	void *arg;
	uint64_t *left; /* records that may still be made, of the whole project */
};

/* NULL: not an object. */
struct node *service_workload(struct service *s, const struct node *service);
