/* Shared by the files that make a workload of Docker's documents. */
#pragma once

#include "fact/docker/docker.h"
#include "fact/docker/go.h"

/* Types of the API (1.41 to 1.56) as far as rules ask (types.c). */
extern const struct go_type docker_create_type; /* the body: Config, HostConfig, NetworkingConfig */
extern const struct go_type docker_host_type;   /* HostConfig */
extern const struct go_type docker_inspect_type;
extern const struct go_type docker_info_type;
extern const struct go_type docker_image_type; /* GET /images/ID/json */

struct docker {
	struct arena *a;
	struct go *go;
	/* Views, NULL where there is none. */
	const struct node *config, *host, *inspect, *endpoints, *info, *image;
	const struct node *options;    /* SecurityOptions of info */
	const struct node *privileged; /* the node that says so, or NULL */
	bool podman;
	struct node *w, *c;
};

/* A field of a view that somebody said; NULL. */
const struct node *docker_get(const struct node *view, const char *key);
/* The same, and of a text that is not empty. */
const struct node *docker_text(const struct node *view, const char *key);
/* An integer, or 0. */
int64_t docker_int(const struct node *view, const char *key);
/* A view without what nobody said: a value as written. */
const struct node *docker_said(struct arena *a, const struct node *view);
/* An element of info's SecurityOptions: "name=userns"; NULL. */
const struct node *docker_option(const struct docker *d, const char *name);
/* The engine's major version as info has it; 0: not known. */
uint64_t docker_major(const struct docker *d);
/* The value of an option of the command that made a container of Podman's, behind *word: its
 * inspect leaves some settings out. *word NULL: from the start; NULL afterwards: no more. */
struct sv docker_made_with(const struct docker *d, const char *option, const struct node **word);
/* A list of texts, each cut at the commas. */
void docker_words(struct arena *a, struct node *record, unsigned field, struct sv text,
		  const struct node *at);

/* Sections of the workload. */
void docker_security(struct docker *d);     /* security.c: profiles, privileges, paths */
void docker_capabilities(struct docker *d); /* caps.c */
void docker_mounts(struct docker *d);       /* mounts.c */
void docker_modes(struct docker *d);        /* modes.c: namespaces, networks, cgroups */
void docker_process(struct docker *d); /* process.c: image, user, command, environment, health */
void docker_limits(struct docker *d);  /* limits.c: resources, devices, ulimits */
void docker_ports(struct docker *d);   /* ports.c */
