/*
 * Images of a registry (OCI distribution-spec 1.1): manifest and configuration are read and
 * verified here, layers are streamed by a process each (registry-layer.c) and never written
 * anywhere.
 */
#include "oci/registry-int.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "oci/digest.h"
#include "oci/images.h"

enum { DOCUMENT_SECONDS = 120 };

#define OCI_INDEX       "application/vnd.oci.image.index.v1+json"
#define OCI_MANIFEST    "application/vnd.oci.image.manifest.v1+json"
#define DOCKER_LIST     "application/vnd.docker.distribution.manifest.list.v2+json"
#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"

static const char accept_manifests[] =
	OCI_INDEX ", " OCI_MANIFEST ", " DOCKER_LIST ", " DOCKER_MANIFEST;

static bool to_buf(void *arg, struct sv bytes)
{
	buf_sv(arg, bytes);
	return true;
}

/* One document; failures that may pass are tried again. */
static int read_document(struct registry *r, struct registry_get *g, struct buf *out,
			 struct http_answer *answer, struct err *err)
{
	struct retry retry = {0};
	size_t before = out->n;
	unsigned ms;

	g->seconds = DOCUMENT_SECONDS;
	g->sink = to_buf;
	g->arg = out;
	for (;;) {
		int rc = registry_get(r, g, answer, err);
		if (rc == 0)
			return 0;
		out->n = before;
		retry.reached = retry.reached || answer->status != 0;
		if (!retry_wanted(&retry, answer->code, answer->status, answer->retry_after, &ms) ||
		    !registry_pause(r, ms))
			break;
		retry.failed++;
	}
	(void)err_where(err, "%.*s", SV_ARG(reference_familiar(r->arena, &r->ref)));
	/* what is missing below a manifest is a fault of the image */
	return err->kind == ERR_NOTFOUND && r->top.n > 0 ? -(int)err->kind
							 : err_scope(err, SCOPE_TARGET);
}

static int fetch(struct blobs *b, const struct descriptor *d, bool manifest, uint64_t limit,
		 struct buf *out, struct err *err)
{
	struct registry *r = (struct registry *)(void *)b;
	struct http_answer answer;

	if (digest_eq(&d->digest, &r->top_digest)) {
		buf_sv(out, buf_view(&r->top));
		return 0;
	}
	struct registry_get g = {
		.what = manifest ? "manifests" : "blobs",
		.id = digest_str(r->arena, &d->digest),
		.accept = manifest ? sv_of(accept_manifests) : SV(""),
		.limit = limit,
	};
	return read_document(r, &g, out, &answer, err);
}

static int not_its_digest(struct registry *r, struct sv said, const struct digest *is,
			  struct err *err)
{
	(void)err_set(err, ERR_CRYPTO, "the registry says %.*s and sends %.*s",
		      SV_ARG(text_safe(r->arena, sv_head(said, 80))),
		      SV_ARG(digest_str(r->arena, is)));
	(void)err_code(err, "digest-mismatch");
	return err_where(err, "%.*s", SV_ARG(reference_familiar(r->arena, &r->ref)));
}

static int verify_top(struct registry *r, struct sv said, struct err *err)
{
	struct digest is, promised;

	int rc = digest_of(buf_view(&r->top), &is, err);
	if (rc < 0)
		return rc;
	if (r->ref.digest.set && !digest_eq(&r->ref.digest, &is))
		return not_its_digest(r, digest_str(r->arena, &r->ref.digest), &is, err);
	if (said.n > 0 &&
	    (!digest_parse(said, &promised) || (promised.set && !digest_eq(&promised, &is))))
		return not_its_digest(r, said, &is, err);
	r->top_digest = is;
	return 0;
}

/* The header must not call an index what the bytes call a manifest (CVE-2021-41190). */
static int check_type(struct registry *r, struct sv type, const struct document *doc,
		      struct err *err)
{
	static const struct {
		const char *type;
		enum document_kind kind;
	} types[] = {
		{OCI_INDEX, DOCUMENT_INDEX},
		{DOCKER_LIST, DOCUMENT_INDEX},
		{OCI_MANIFEST, DOCUMENT_MANIFEST},
		{DOCKER_MANIFEST, DOCUMENT_MANIFEST},
	};
	struct sv rest = type, bare = sv_trim(sv_cut(&rest, ';'));

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (!sv_ieq(bare, sv_of(types[i].type)) || types[i].kind == doc->kind)
			continue;
		(void)err_set(err, ERR_PARSE, "the registry calls it %s, and it is none",
			      types[i].type);
		(void)err_code(err, "ambiguous");
		return err_where(err, "%.*s", SV_ARG(reference_familiar(r->arena, &r->ref)));
	}
	return 0;
}

static int read_top(struct registry *r, struct descriptor *d, struct err *err)
{
	struct registry_get g = {
		.what = "manifests",
		.id = r->ref.digest.set ? digest_str(r->arena, &r->ref.digest) : r->ref.tag,
		.accept = sv_of(accept_manifests),
		.limit = limit_manifest_bytes,
	};
	struct http_answer answer;
	struct document doc;

	int rc = read_document(r, &g, &r->top, &answer, err);
	if (rc < 0 || (rc = verify_top(r, answer.content_digest, err)) < 0)
		return rc;
	rc = document_parse(r->arena, digest_str(r->arena, &r->top_digest), buf_view(&r->top), &doc,
			    err);
	if (rc < 0 || (rc = check_type(r, answer.content_type, &doc, err)) < 0)
		return rc;
	*d = (struct descriptor){
		.media_type = doc.kind == DOCUMENT_INDEX ? SV(OCI_INDEX) : SV(OCI_MANIFEST),
		.digest = r->top_digest,
		.size = r->top.n,
	};
	return 0;
}

static struct registry *registry_new(struct source *s)
{
	struct registry *r = ARENA_NEW(s->arena, struct registry);

	r->arena = s->arena;
	r->blobs.fetch = fetch;
	r->http.insecure = s->opt.insecure;
	r->http.insecure_n = s->opt.insecure_n;
	if (s->opt.ca_file.n > 0)
		r->http.ca_file = arena_str(s->arena, s->opt.ca_file);
	if (s->opt.timeout_ns > 0)
		r->http.deadline = clock_mono_ns() + s->opt.timeout_ns;
	s->own = r;
	return r;
}

static int registry_open(struct source *s, struct sv rest, bool selection, struct err *err)
{
	struct registry *r = registry_new(s);
	struct descriptor d;

	(void)selection; /* the reference has it */
	int rc = reference_parse(s->arena, rest, &r->ref, err);
	if (rc < 0)
		return rc;
	r->blobs.name = reference_familiar(s->arena, &r->ref);
	rc = http_open(&r->http, err);
	if (rc < 0)
		return err_scope(err, SCOPE_TARGET);
	rc = registry_locate(r, err);
	if (rc < 0 || (rc = read_top(r, &d, err)) < 0)
		return rc;
	struct image_request q = {.s = s, .blobs = &r->blobs};
	return images_add(&q, &d, 1, err);
}

static int layer_open(struct source *s, const struct image *img, size_t layer,
		      struct layer_input *out, struct err *err)
{
	return registry_layer_open(s->own, img, layer, out, err);
}

static int layer_close(struct source *s, const struct image *img, size_t layer,
		       struct layer_input *in, struct err *err)
{
	(void)img;
	(void)layer;
	return registry_layer_close(s->own, in, err);
}

static void registry_close(struct source *s)
{
	struct registry *r = s->own;

	if (!r)
		return;
	registry_layers_end(r);
	http_done(&r->http);
	buf_done(&r->top);
}

const struct source_ops source_registry = {
	.scheme = "registry",
	.slashes = true,
	.names = true,
	.what = "an image in a registry",
	.open = registry_open,
	.layer_open = layer_open,
	.layer_close = layer_close,
	.close = registry_close,
};
