/*
 * `gabion audit`: from targets to findings.
 */
#pragma once

#include "model/report.h"
#include "report/progress.h"
#include "rule/pack.h"

/* An image that scan/ has read: its parts for the source "image". */
struct audit_image {
	const struct subject *subject; /* kind, name, scheme, digest */
	struct sv parts;
	const struct report *report; /* what could not be read, in errors; NULL */
};

/* Every image of a target to found(), which keeps nothing that it is given. engine: "unix:///path",
 * where docker:// and podman:// look; empty: where the environment says. */
typedef int audit_images_fn(void *arg, struct sv target, struct sv engine,
			    void (*found)(void *found_arg, const struct audit_image *image),
			    void *found_arg, struct err *err);

/* What the distribution's advisories say of the packages in the parts (audit/read/packages.h):
 * appends the bytes of the part "advisories" (audit/read/engine.h), or nothing. */
typedef int audit_advisories_fn(void *arg, struct sv parts, int64_t deadline, struct buf *json,
				struct err *err);

struct audit_options {
	unsigned jobs; /* 0 = processors */
	uint64_t memory;
	int64_t timeout; /* seconds, 0 = none */
	struct sv_vec exclude;
	struct rules *rules;              /* what is asked is compiled here, before workers start */
	const struct sv_vec *only, *skip; /* ids, aliases, globs, families */
	unsigned minor;                   /* of Kubernetes; 0 = newest */
	struct sv benchmark;              /* name, or empty: only its rules, in its order */
	struct sv_vec commands;           /* docker and podman command lines */
	audit_images_fn *images;          /* NULL: images are no targets */
	void *images_arg;
	audit_advisories_fn *advisories; /* NULL: nobody is asked */
	void *advisories_arg;
	struct sv host, context, root; /* engine and host that are looked at; empty: not given */
	bool layers; /* of what runs: the images in use are read, not only asked for */
	bool all, strict;
	bool explain;      /* every state is told, with the parts of the rule's conditions */
	bool patches;      /* an output shows them */
	bool snippets;     /* of the source, for a terminal */
	struct buf *input; /* standard input's bytes, read when first needed */
	bool input_read;
	enum progress_mode progress;
};

/* Judges the targets into the report. Errors of usage and targets are returned; what is wrong with
 * single files is in the report. */
int audit_run(struct report *r, const struct sv_vec *targets, struct audit_options *o,
	      struct err *err) must_check;
