/*
 * Where an engine is, as its own command line would find it: --host, --context, DOCKER_HOST,
 * DOCKER_CONTEXT, the configuration's context, the sockets that are usual. In this order, as
 * docker's client has it; --host and --context together are refused, as there.
 */
#pragma once

#include "base/base.h"

enum engine_way { ENGINE_UNIX, ENGINE_TCP, ENGINE_TLS };

struct engine_choice {
	bool podman;             /* CONTAINER_HOST and podman's sockets instead of Docker's */
	struct sv host, context; /* options; empty: not given */
};

struct engine_address {
	enum engine_way way;
	struct sv shown; /* "unix:///run/docker.sock", for messages and the report */
	struct sv from;  /* "--host", "DOCKER_HOST", "the context work"; empty: the usual sockets */
	struct sv_vec sockets; /* ENGINE_UNIX: C strings, the first that answers counts */
	const char *host, *port;
	const char *ca, *cert, *key; /* ENGINE_TLS: files or NULL */
	bool verify;
};

/* Texts are in the arena; engine_address_done() frees the vector. ERR_UNSUPPORTED for ssh:// and
 * the like, ERR_NOTFOUND for a context that is none. SCOPE_TARGET. */
int engine_address_find(struct arena *a, const struct engine_choice *choice,
			struct engine_address *out, struct err *err) must_check;
void engine_address_done(struct engine_address *at);
