/* What the files of the registry source share: registry.c (documents, images), registry-client.c
 * (requests, tokens), registry-layer.c (the process that downloads a layer). */
#pragma once

#include "net/http.h"
#include "net/retry.h"
#include "oci/blobs.h"
#include "oci/docker-config.h"
#include "oci/reference.h"

struct downloader {
	pid_t pid;
	int status; /* its last words */
	int data;   /* our end, handed out as layer_input.fd */
};

struct registry {
	struct blobs blobs; /* first: the callbacks get a pointer to it */
	struct arena *arena;
	struct http http;
	struct reference ref;
	struct sv base;          /* "https://registry-1.docker.io" */
	struct sv authorization; /* value of the header that was accepted last */
	bool asked;              /* for credentials */
	bool known;              /* there are some */
	struct credentials credentials;
	struct err trouble; /* why there are none, if that is a fault */
	struct buf top;     /* the document that the reference names */
	struct digest top_digest;
	struct {
		struct downloader *p;
		size_t n, cap;
	} downloads;
};

/* A path below /v2/<repository>/ and how it is read. */
struct registry_get {
	const char *what; /* "manifests", "blobs" */
	struct sv id;     /* tag or digest */
	struct sv accept;
	uint64_t limit, from;
	unsigned seconds;
	bool (*sink)(void *arg, struct sv bytes);
	void *arg;
};

/* One GET, with credentials as the server asks for them, without retries. 0: the body is in the
 * sink. answer->status and answer->code say whether a failure may pass. */
int registry_get(struct registry *r, const struct registry_get *g, struct http_answer *answer,
		 struct err *err) must_check;
/* Which scheme does a registry on loopback speak? Sets base. Elsewhere it is https. */
int registry_locate(struct registry *r, struct err *err) must_check;
/* Sleeps before the next try. False: the deadline comes first. */
bool registry_pause(const struct registry *r, unsigned ms);

/* A child that writes the layer into a pipe. */
int registry_layer_open(struct registry *r, const struct image *img, size_t layer,
			struct layer_input *out, struct err *err) must_check;
int registry_layer_close(struct registry *r, struct layer_input *in, struct err *err) must_check;
/* Ends the downloads that are still there. */
void registry_layers_end(struct registry *r);
