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

/* Readers of Docker's texts, for other sources too. */

/* source:target:options; source empty: an anonymous volume. NULL, or why dockerd refuses it. */
struct docker_bind {
	struct sv source, target, options;
};
const char *docker_bind_split(struct sv text, struct docker_bind *out);
/* "a=b" and "a:b"; value.p NULL where there is none. */
void docker_option_split(struct sv text, struct sv *name, struct sv *value);
/* As dockerd reads the name of a capability, Unicode's upper case too; without CAP_. */
struct sv docker_capability(struct arena *a, struct sv text);
/* CONTAINER_USER, RUN_AS_USER, its name and RUN_AS_GROUP of "name", "1000", "1000:100". */
void docker_user(struct node *c, const struct node *user);
/* CONTAINER_IMAGE of a reference or id; id: of what runs, or NULL. */
void docker_image(struct arena *a, struct node *c, const struct node *reference,
		  const struct node *id);
/* "None", "HostToContainer" or "Bidirectional" of the kernel's word; empty: it is none. */
struct sv docker_propagation(struct sv word);
/* CONTAINER_ENV of "NAME=value"; a name alone is taken away from what the image says. */
void docker_env(struct arena *a, struct node *c, const struct node *env, const struct node *more);
