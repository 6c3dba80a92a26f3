/*
 * How a source is added: one file with one `const struct source_ops`, and one row in source.c.
 *
 * source_open() finds the row: by the scheme of the target; else, for a path that exists, the first
 * row whose claims() says so; else, for an image name, the rows with `names` in the order of the
 * table, until one open() does not answer ERR_NOTFOUND. The row's open() adds images;
 * source_close() calls close() and frees what is here. Errors are about SCOPE_TARGET or SCOPE_USAGE
 * (exit 2: nothing was judged) or SCOPE_CONTENT (exit 3).
 */
#pragma once

#include <sys/stat.h>

#include "oci/source.h"

struct source_ops {
	const char *scheme; /* "oci"; the scheme of its images unless open() says another */
	bool slashes;       /* written "scheme://rest", not "scheme:rest" */
	bool names;         /* asked for image names without a scheme */
	const char *what;   /* one line for messages and help */
	/* An existing path that this source takes without a scheme. NULL: none. */
	bool (*claims)(const char *path, const struct stat *st);
	/* rest: the target without its scheme, selection included when `selection`. */
	int (*open)(struct source *s, struct sv rest, bool selection, struct err *err);
	/* Of a blob. Trees are opened by source.c: layers[].name is their path. May be NULL without
	 * blobs. */
	int (*layer_open)(struct source *s, const struct image *img, size_t layer,
			  struct layer_input *out, struct err *err);
	/* NULL: closes the descriptor. */
	int (*layer_close)(struct source *s, const struct image *img, size_t layer,
			   struct layer_input *in, struct err *err);
	void (*close)(struct source *s); /* NULL: nothing of its own; `own` may be NULL, open() may
					    have failed */
};

struct source {
	const struct source_ops *ops;
	struct arena *arena;
	struct source_options opt;
	bool bare; /* the target is a name without a scheme */
	struct {
		struct image *p;
		size_t n, cap;
	} images;
	void *own; /* the source's state */
};

/* The rows, in the order in which they are asked. */
extern const struct source_ops source_oci, source_docker_archive, source_oci_archive,
	source_archive, source_dir, source_overlay, source_docker, source_podman,
	source_containers_storage, source_registry;

/* A new image of the kind "image" with the row's scheme. The pointer dies at the next one. */
struct image *source_image_add(struct source *s, struct sv name);
/* Marks an image as not judgeable: layers dropped, err kept. */
void source_image_break(struct source *s, struct image *img, const struct err *err);
/* Cuts "PATH:SELECTION", "PATH@sha256:..." at the first ':' or '@' behind which a path ends that
 * exists; a path that exists as a whole has no selection. ERR_NOTFOUND, SCOPE_TARGET without such a
 * path. */
int source_cut_selection(struct arena *a, struct sv rest, bool selection, struct sv *path,
			 struct sv *select, struct err *err) must_check;
