/*
 * What runs, as items: an engine over its API, its containers with what /proc says of each, the
 * images in use.
 *
 * Roles of a container's parts (source "container"): inspect (GET /containers/NAME/json), info,
 * version, image (GET /images/ID/json), those of audit/read/process.h, source (read_stat() of a
 * bind's source on the host); remote (the address: the engine runs elsewhere, the kernel cannot be
 * asked). An image's (source "image"): inspect. An engine's: audit/read/engine.h.
 */
#pragma once

#include "audit/targets.h"
#include "base/map.h"

struct live_options {
	struct sv host, context, root;      /* --host, --context, --root; empty: not given */
	const struct audit_options *layers; /* reads the images in use; NULL: they are asked for */
	int64_t deadline;                   /* clock_mono_ns(), 0 = none */
	/* as in struct audit_options */
	int (*advisories)(void *arg, struct sv parts, int64_t deadline, struct buf *json,
			  struct err *err);
	void *advisories_arg;
};

/* All that items of what runs need until the run is over. */
struct live;

/* Adds the items of the keyword "docker", "podman" or "containers". ERR_* of SCOPE_TARGET when
 * nobody is there to ask; what the engine then refuses to say is in r->errors. */
int live_find(struct audit_targets *t, struct sv keyword, const struct live_options *o,
	      struct report *r, struct err *err) must_check;
void live_free(struct live *l);
