/*
 * Where images and file systems come from. A target string becomes one or more images; each image
 * has layers; each layer can be opened as bytes on a descriptor that a worker reads.
 *
 * Files: source.c (schemes, the table of sources), one file per source (layout.c, archive.c,
 * registry.c, engine.c, dir.c ...), reference.c, digest.c, manifest.c.
 */
#pragma once

#include "model/report.h"

/* "sha256:" + 64 hex digits. A well-formed sha512 digest parses too, and leaves set == false:
 * gabion does not compute it. */
struct digest {
	uint8_t bytes[32];
	bool set;
};

bool digest_parse(struct sv v, struct digest *out);
/* "sha256:..." in the arena. */
struct sv digest_str(struct arena *a, const struct digest *d);
bool digest_eq(const struct digest *a, const struct digest *b);

/* How the bytes of a layer are packed is found from its first bytes, never from the media type. */
enum layer_kind {
	LAYER_BLOB, /* tar, gzip, zstd: bytes on a descriptor */
	LAYER_TREE, /* a directory of the host (overlay2, containers-storage, dir:), walked in place
		     */
	LAYER_ABSENT, /* not there: foreign or not distributable, or see image_layer.broken */
};

struct image_layer {
	struct digest digest;  /* of the blob as stored; what must be verified when `verify_blob` */
	struct digest diff_id; /* of the unpacked tar, as the configuration says */
	bool verify_blob;      /* compressed or content-addressed: check digest while reading */
	bool verify_diff;      /* docker-archive: check diff_id of the (unpacked) bytes */
	bool cacheable;        /* the digest will hold for these bytes or be refused: cache by it */
	uint64_t size;         /* bytes stored; UINT64_MAX unknown */
	enum layer_kind kind;
	bool user_marks; /* LAYER_TREE of a rootless overlayfs: what it marks is in user.*
			    attributes */
	struct sv name;  /* for messages: path in the archive, digest, directory */
	struct sv instruction;
	enum tri from_base;
	/* LAYER_ABSENT: why it cannot be read (missing, another size); NULL for foreign layers. The
	 * other layers of the image are judged all the same. */
	const struct err *broken;
	size_t private_index; /* the source's own */
};

struct image {
	struct sv name;     /* as asked for or tagged: "alpine:3.10" */
	struct sv scheme;   /* "oci", "docker-archive", "docker", "registry", "dir" ... */
	struct sv kind;     /* subject kind: "image", "container", "host", "filesystem" */
	struct sv platform; /* "linux/amd64" or empty */
	struct digest manifest, config;
	struct sv config_json; /* the configuration as it stands; empty where there is none */
	struct sv base_name, base_digest, base_how;
	struct {
		struct image_layer *p;
		size_t n, cap;
	} layers; /* from the bottom */
	/* NULL, or why this image cannot be judged: its layers are empty, the other images go on.
	 * An image that is alone is never broken: source_open() itself fails then. */
	const struct err *broken;
	size_t private_index;
};

struct source; /* one opened target */

struct source_options {
	struct sv platform;        /* "linux/arm64/v8" or empty */
	struct sv ca_file;         /* --ca */
	const struct sv *insecure; /* --insecure HOST */
	size_t insecure_n;
	int64_t timeout_ns;
	/* "unix:///path": the engine of docker:// and podman://, instead of the environment's;
	 * empty: not given */
	struct sv engine;
	bool full; /* dir: follow into every mount */
};

/* A layer's bytes, or its directory. Close fd when done; for a pipe, closing early stops the
 * sender. */
struct layer_input {
	int fd;
	uint64_t offset; /* UINT64_MAX: a pipe */
	uint64_t length; /* UINT64_MAX: to the end */
};

/* Opens a target (scheme or none, see docs/contract.md), resolves selection and platform. Images
 * and texts live in the arena until source_close(). ERR_USAGE / ERR_NOTFOUND with SCOPE_USAGE or
 * TARGET: exit 2. Broken content: SCOPE_CONTENT, exit 3. */
int source_open(struct arena *a, struct sv target, const struct source_options *o,
		struct source **out, struct err *err) must_check;
const struct image *source_images(const struct source *s, size_t *n);
/* LAYER_BLOB: bytes; LAYER_TREE: a directory descriptor. */
int source_layer_open(struct source *s, const struct image *img, size_t layer,
		      struct layer_input *out, struct err *err) must_check;
/* After the worker is done with a streamed layer: did the sender succeed? (HTTP error, lost peer)
 */
int source_layer_close(struct source *s, const struct image *img, size_t layer,
		       struct layer_input *in, struct err *err) must_check;
void source_close(struct source *s);
