/*
 * The JSON documents of images: OCI index, manifest and configuration (image-spec 1.1), Docker's
 * manifest list and manifest of schema 2 (the same shape), and docker-archive's manifest.json.
 *
 * The readers of the ecosystem (Go) fold the case of keys and let the last of two keys win. A
 * document in which that would matter (a key twice, "Layers" beside or instead of "layers") is
 * refused: otherwise an engine could run other layers than those that were judged. So is a document
 * that is manifest and index at once (CVE-2021-41190).
 */
#pragma once

#include "oci/platform.h"
#include "oci/source.h"

struct descriptor {
	struct sv media_type, artifact_type;
	struct digest digest;
	uint64_t size;
	bool has_platform;
	struct platform platform;
	struct sv ref_name;       /* org.opencontainers.image.ref.name */
	struct sv image_name;     /* io.containerd.image.name */
	struct sv reference_type; /* vnd.docker.reference.type: an attestation */
	bool foreign;             /* a layer that may stay away: urls, or not distributable */
};

enum document_kind { DOCUMENT_INDEX, DOCUMENT_MANIFEST };

/* An index or a manifest: what `kind` says is filled. */
struct document {
	enum document_kind kind;
	struct descriptor *manifests; /* index */
	size_t manifests_n;
	struct descriptor config; /* manifest */
	struct descriptor *layers;
	size_t layers_n;
	struct sv artifact_type;
	struct sv base_name, base_digest; /* org.opencontainers.image.base.* */
};

struct history {
	struct sv created_by;
	bool empty;
};

struct image_config {
	struct sv bytes; /* as they stand */
	struct platform platform;
	struct digest *diff_ids;
	size_t diff_ids_n;
	struct history *history;
	size_t history_n;
};

/* One entry of docker-archive's manifest.json. */
struct save_entry {
	struct sv config; /* path */
	struct sv *tags, *layers;
	size_t tags_n, layers_n;
};

/* name is for messages. All that is handed out is in the arena. ERR_PARSE, ERR_LIMIT,
 * ERR_UNSUPPORTED. */
int document_parse(struct arena *a, struct sv name, struct sv bytes, struct document *out,
		   struct err *err) must_check;
int config_parse(struct arena *a, struct sv name, struct sv bytes, struct image_config *out,
		 struct err *err) must_check;
int save_parse(struct arena *a, struct sv name, struct sv bytes, struct save_entry **out, size_t *n,
	       struct err *err) must_check;

/* Does this manifest describe a container image (not a chart, signature, attestation ...)? */
bool document_is_image(const struct document *d);
/* The Dockerfile instruction that created_by stands for: "RUN apt-get update". history.c */
struct sv history_instruction(struct arena *a, struct sv created_by);
/* Sets config_json, and layers[].instruction where the history has one entry for each layer. */
void history_apply(struct arena *a, const struct image_config *c, struct image *img);
