/* Manifest and configuration of an image in containers-storage: its "big data". */
#include "base/base.h"

#include "base/limits.h"
#include "base/text.h"
#include "oci/containers-store.h"
#include "oci/digest.h"
#include "oci/manifest.h"
#include "sys/file.h"

/* RFC 4648, 4, of a text whose length decides the padding. */
static void base64(struct buf *b, struct sv v)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < v.n; i += 3) {
		unsigned left = v.n - i < 3 ? (unsigned)(v.n - i) : 3, three = 0;
		for (unsigned k = 0; k < 3; k++)
			three = three << 8 | (k < left ? (unsigned char)v.p[i + k] : 0);
		for (unsigned k = 0; k < 4; k++)
			buf_char(b, k <= left ? digits[three >> (18 - 6 * k) & 63] : '=');
	}
}

/* A key of more than lower-case letters, digits and dots is stored as '=' and its base64. */
static struct sv data_path(struct containers_store *c, struct sv id, struct sv key, bool plain)
{
	auto_done(buf_done) struct buf name = {0};

	if (plain) {
		buf_sv(&name, key);
	} else {
		buf_char(&name, '=');
		base64(&name, key);
	}
	return arena_fmt(c->s->arena, "%.*s/%s-images/%.*s/%s", SV_ARG(c->root), c->driver,
			 SV_ARG(id), buf_cstr(&name));
}

static int read_data(struct sv path, struct buf *out, struct digest *is, struct err *err)
{
	int rc = file_read(path.p, limit_manifest_bytes, out, err);

	return rc < 0 ? rc : digest_of(buf_view(out), is, err);
}

/* The configuration that the manifest names; the id of an image is its digest too. */
static int find_config(struct containers_store *c, const struct stored_image *e, struct image *img,
		       struct digest *out, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct document doc;

	struct sv path = data_path(c, e->id, SV("manifest"), true);
	int rc = read_data(path, &bytes, &img->manifest, err);
	if (rc == -ERR_NOTFOUND && digest_parse_hex(e->id, out))
		return 0;
	struct sv kept = arena_sv(c->s->arena, buf_view(&bytes));
	if (rc < 0 || (rc = document_parse(c->s->arena, path, kept, &doc, err)) < 0)
		return rc;
	if (doc.kind != DOCUMENT_MANIFEST) {
		(void)err_set(err, ERR_UNSUPPORTED, "a list of images, not an image");
		return err_hint(err, "scan the image of one platform by its id");
	}
	*out = doc.config.digest;
	img->base_name = doc.base_name;
	img->base_digest = doc.base_digest;
	if (doc.base_name.n > 0 || doc.base_digest.n > 0)
		img->base_how = SV("annotation");
	return 0;
}

int containers_config_read(struct containers_store *c, const struct stored_image *e,
			   struct image *img, struct image_config *out, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct arena *a = c->s->arena;
	struct digest want;

	int rc = find_config(c, e, img, &want, err);
	if (rc < 0)
		return rc;
	struct sv path = data_path(c, e->id, digest_str(a, &want), false);
	if ((rc = read_data(path, &bytes, &img->config, err)) < 0)
		return rc;
	if (!digest_eq(&want, &img->config)) {
		(void)err_set(err, ERR_CRYPTO, "the configuration is not that of the manifest");
		(void)err_where(err, "%.*s", SV_ARG(text_safe(a, path)));
		return err_code(err, "digest-mismatch");
	}
	return config_parse(a, path, arena_sv(a, buf_view(&bytes)), out, err);
}
