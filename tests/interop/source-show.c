/* Prints what source_open() makes of a target: one line per image and layer, for sources.sh. */
#include <stdio.h>
#include <unistd.h>

#include "oci/source.h"
#include "fmt/stream.h"

/* The digest of the layer as stored and of its unpacked bytes, both computed here. */
static int layer_digests(struct source *s, const struct image *img, size_t layer,
			 struct digest *stored, struct digest *plain, struct err *err)
{
	struct layer_input in;
	struct stream *auto_stream, *inner;
	enum compression found;
	struct sv chunk;
	uint64_t n;
	int rc = source_layer_open(s, img, layer, &in, err);

	if (rc < 0)
		return rc;
	inner = stream_digest(stream_fd(in.fd, in.offset, in.length));
	rc = stream_auto(inner, &auto_stream, &found, err);
	struct stream *outer = rc < 0 ? NULL : stream_digest(auto_stream);
	while (outer && (rc = stream_next(outer, &chunk, err)) > 0)
		;
	if (rc == 0) {
		plain->set = stream_digest_get(outer, plain->bytes, &n);
		stored->set = stream_digest_get(inner, stored->bytes, &n);
	}
	stream_free(outer);
	struct err close_err;
	int closed = source_layer_close(s, img, layer, &in, &close_err);
	return rc < 0 ? rc : closed;
}

static int show(struct source *s, struct arena *a, const struct image *img, struct err *err)
{
	printf("image name=%.*s scheme=%.*s kind=%.*s platform=%.*s manifest=%.*s "
	       "config=%.*s%s%s\n",
	       SV_ARG(img->name), SV_ARG(img->scheme), SV_ARG(img->kind), SV_ARG(img->platform),
	       SV_ARG(digest_str(a, &img->manifest)), SV_ARG(digest_str(a, &img->config)),
	       img->broken ? " broken=" : "", img->broken ? img->broken->code : "");
	for (size_t i = 0; i < img->layers.n; i++) {
		const struct image_layer *l = &img->layers.p[i];
		struct digest stored = {0}, plain = {0};
		if (l->kind == LAYER_BLOB && layer_digests(s, img, i, &stored, &plain, err) < 0)
			return -1;
		bool ok = l->kind != LAYER_BLOB ||
			  ((!l->verify_blob || digest_eq(&stored, &l->digest)) &&
			   digest_eq(&plain, &l->diff_id));
		printf("layer %.*s %.*s size=%llu %s instruction=%.*s\n",
		       SV_ARG(digest_str(a, &stored)), SV_ARG(digest_str(a, &l->diff_id)),
		       (unsigned long long)l->size, ok ? "ok" : "BAD", SV_ARG(l->instruction));
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct arena a;
	struct err err = {0};
	struct source *s = NULL;
	struct source_options o = {.platform = sv_of(argc > 2 ? argv[2] : "")};
	size_t n;

	if (argc < 2)
		return 2;
	arena_init(&a, 0);
	int rc = source_open(&a, sv_of(argv[1]), &o, &s, &err);
	const struct image *img = rc == 0 ? source_images(s, &n) : NULL;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = show(s, &a, &img[i], &err);
	if (rc < 0)
		err_print(stderr, &err);
	source_close(s);
	arena_done(&a);
	return rc < 0 ? err_exit_code(&err) : 0;
}
