/*
 * Local engines (dockerd, podman) behind their unix socket.
 *
 * Files: engine.c (the rows, names, what is tried in which order), engine-api.c (sockets,
 * requests), engine-json.c (their documents), docker-store.c (dockerd's overlay2, in place),
 * containers-store.c (podman's, buildah's and CRI-O's storage).
 */
#pragma once

#include "fmt/node.h"
#include "fmt/stream.h"
#include "oci/platform.h"
#include "oci/source-int.h"

/* GET /images/NAME/json */
struct engine_image {
	struct sv id;     /* 64 hex digits */
	struct sv tagged; /* first tag, or empty */
	struct platform platform;
	struct sv driver; /* "overlay2", "overlay", "vfs" ... */
	struct sv root; /* the engine's store, when its layers are directories there; else empty */
};

/* GET /containers/NAME/json */
struct engine_container {
	struct sv id;    /* 64 hex digits */
	struct sv name;  /* without the leading '/' */
	struct sv image; /* 64 hex digits, or empty */
	struct sv driver, root;
};

/* Texts in the arena. ERR_PROTO when the document is not what the API says. */
int engine_image_parse(struct arena *a, const struct node *doc, struct engine_image *out,
		       struct err *err) must_check;
int engine_container_parse(struct arena *a, const struct node *doc, struct engine_container *out,
			   struct err *err) must_check;

/* One kind of engine: where it listens. */
struct engine_kind {
	const char *name;          /* "docker" */
	const char *environment;   /* "DOCKER_HOST" */
	const char *const *system; /* absolute socket paths, NULL at the end */
	const char *const *user;   /* below $XDG_RUNTIME_DIR */
	const char *const *home;   /* below $HOME */
	const char *start;         /* what to do when none is there */
};

struct engine_api {
	struct arena *arena;
	const struct engine_kind *kind;
	int64_t deadline;
	const char *host;   /* "unix:///path" instead of the environment's; NULL */
	const char *socket; /* the one that answered; NULL before */
};

/* Asks the first socket that can be reached. ERR_NOTFOUND when the engine says 404; the code
 * "engine-unreachable" when there is no engine to ask. */
int engine_get(struct engine_api *e, struct sv path, struct stream **body,
	       struct err *err) must_check;
int engine_get_json(struct engine_api *e, struct sv path, const struct node **out,
		    struct err *err) must_check;
