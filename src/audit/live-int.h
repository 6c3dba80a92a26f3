/* One engine that is asked, or one host that is read. */
#pragma once

#include "audit/live.h"
#include "audit/read/containers.h"
#include "oci/engine-client.h"

struct live_container {
	struct sv id, name, image; /* image: "sha256:..." or empty */
};

/* What an engine said of an image: containers share it. */
struct live_image {
	struct sv id, name;
	struct sv path, inspect; /* of the request; inspect empty: not asked yet, or refused */
	bool asked;
	enum err_kind refused; /* and what was said then */
	struct sv why;
};

/* What is at a path of the host: containers share files and sockets. */
struct live_source {
	struct sv part;
	uint64_t gathered; /* the last time it was told */
};

struct live {
	struct live *next;
	struct arena arena;
	bool podman, has_host;
	struct live_options options;
	struct engine_client client;
	struct read_host host;
	struct sv info_path, info, version_path, version; /* answers; empty: none */
	struct {
		struct live_container *p;
		size_t n, cap;
	} containers;
	struct {
		struct live_image *p;
		size_t n, cap;
	} images;
	struct read_containers found; /* without an engine */
	struct map image_by_id, container_by_id;
	uint64_t kept;         /* bytes of images' answers */
	struct map sources;    /* struct live_source by path */
	uint64_t sources_kept; /* bytes */
	uint64_t gathered;     /* containers */
	struct audit_live engine_item;
	struct audit_live *items; /* of containers and images, one each */
};

/* Items of what runs here under any engine, or under this one. */
int live_find_here(struct audit_targets *t, struct live *l, struct sv engine, struct report *r);
/* audit/live-gather.c */
int live_gather_container(void *arg, size_t which, struct buf *parts, struct err *err);
int live_gather_image(void *arg, size_t which, struct buf *parts, struct err *err);
int live_gather_engine(void *arg, size_t which, struct buf *parts, struct err *err);
