/*
 * The indexes of containers-storage: images.json, layers.json, containers.json. Ids become names of
 * directories, so each is checked; references may lead nowhere or in circles, which the reader of
 * the chain bounds.
 */
#pragma once

#include "oci/source.h"

struct stored_image {
	struct sv id, layer;  /* layer: the top one, may be empty */
	struct digest digest; /* of its manifest; may be unset */
	struct sv *names;
	size_t names_n;
};

struct stored_layer {
	struct sv id, parent;
	struct digest diff; /* unset for the top of a container */
	uint64_t size;      /* UINT64_MAX: not known */
};

struct stored_container {
	struct sv id, image, layer;
	struct sv *names;
	size_t names_n;
};

struct stored_images {
	struct stored_image *p;
	size_t n, cap;
};

struct stored_layers {
	struct stored_layer *p;
	size_t n, cap;
};

struct stored_containers {
	struct stored_container *p;
	size_t n, cap;
};

/* Each appends; texts live in the arena, the array is the caller's (vec_done). name is for
 * messages. ERR_PARSE, ERR_LIMIT. */
int stored_images_parse(struct arena *a, struct sv name, struct sv bytes, struct stored_images *out,
			struct err *err) must_check;
int stored_layers_parse(struct arena *a, struct sv name, struct sv bytes, struct stored_layers *out,
			struct err *err) must_check;
int stored_containers_parse(struct arena *a, struct sv name, struct sv bytes,
			    struct stored_containers *out, struct err *err) must_check;

/*
 * Which image is meant: by name as podman understands it (a name without a domain is tried below
 * localhost, then docker.io, then in any registry; without a tag "latest"), by digest, by the first
 * digits of its id. ERR_NOTFOUND; ERR_USAGE with the list when several are.
 */
int stored_image_find(struct arena *a, const struct stored_images *all, struct sv name,
		      const struct stored_image **out, struct err *err) must_check;
/* By name, id, or the first digits of the id. */
int stored_container_find(struct arena *a, const struct stored_containers *all, struct sv name,
			  const struct stored_container **out, struct err *err) must_check;
