/* docker-archive: the images that manifest.json of `docker save` and `podman save` lists. */
#include "base/base.h"

#include "base/text.h"
#include "oci/archive.h"
#include "oci/digest.h"

static const struct {
	const char *before, *after;
} named_by_digest[] = {{"blobs/sha256/", ""}, {"", ".json"}, {"sha256:", ""}, {"", ""}};

/* Names that promise a digest: "blobs/sha256/<hex>", "<hex>.json". */
static bool promised_digest(struct sv path, struct digest *out)
{
	for (size_t i = 0; i < ARRAY_LEN(named_by_digest); i++) {
		struct sv before = sv_of(named_by_digest[i].before),
			  after = sv_of(named_by_digest[i].after);
		if (!sv_starts(path, before) || !sv_ends(path, after) ||
		    path.n < before.n + after.n)
			continue;
		struct sv hex = sv_make(path.p + before.n, path.n - before.n - after.n);
		if (digest_parse_hex(hex, out))
			return true;
	}
	return false;
}

static int read_config(struct source *s, struct archive *ar, const struct save_entry *e,
		       struct image *img, struct image_config *out, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct digest promised;

	int rc = blobs_read(&ar->blobs, e->config, &bytes, err);
	if (rc == -ERR_NOTFOUND) {
		(void)err_set(err, ERR_NOTFOUND, "the configuration '%.*s' is missing",
			      SV_ARG(text_safe(s->arena, e->config)));
		return err_code(err, "blob-missing");
	}
	if (rc < 0 || (rc = digest_of(buf_view(&bytes), &img->config, err)) < 0)
		return rc;
	if (promised_digest(e->config, &promised) && !digest_eq(&promised, &img->config)) {
		(void)err_set(err, ERR_CRYPTO, "its content has the digest %.*s",
			      SV_ARG(digest_str(s->arena, &img->config)));
		(void)err_code(err, "digest-mismatch");
		return err_where(err, "%.*s", SV_ARG(text_safe(s->arena, e->config)));
	}
	return config_parse(s->arena, e->config, buf_view(&bytes), out, err);
}

static int add_layer(struct source *s, struct archive *ar, struct sv path,
		     const struct digest *diff_id, struct image *img, struct err *err)
{
	const struct tar_file *f = tar_index_find(&ar->index, path);

	if (!f) {
		(void)err_set(err, ERR_NOTFOUND, "the layer '%.*s' is missing",
			      SV_ARG(text_safe(s->arena, path)));
		return err_code(err, "blob-missing");
	}
	*VEC_PUSH(&img->layers) = (struct image_layer){
		.diff_id = *diff_id,
		.verify_diff = true,
		.cacheable = true,
		.size = f->size,
		.name = path,
	};
	return 0;
}

static int fill(struct source *s, struct archive *ar, const struct save_entry *e, struct image *img,
		struct err *err)
{
	struct image_config c;

	int rc = read_config(s, ar, e, img, &c, err);
	if (rc < 0)
		return rc;
	img->platform = platform_str(s->arena, &c.platform);
	if ((rc = images_check_platform(s, &c.platform, err)) < 0)
		return rc;
	if (c.diff_ids_n != e->layers_n)
		return err_set(err, ERR_PARSE,
			       "manifest.json lists %zu layers and the configuration %zu",
			       e->layers_n, c.diff_ids_n);
	for (size_t i = 0; i < e->layers_n; i++)
		if ((rc = add_layer(s, ar, e->layers[i], &c.diff_ids[i], img, err)) < 0)
			return rc;
	history_apply(s->arena, &c, img);
	return 0;
}

/* The same configuration and the same files: what index.json of the archive already listed. Images
 * whose layers differ are others, whatever they claim to be: an engine may load either. */
static bool same_image(struct arena *a, const struct image *img, const struct save_entry *e)
{
	if (img->broken || !sv_eq(blob_path(a, &img->config), e->config) ||
	    img->layers.n != e->layers_n)
		return false;
	for (size_t i = 0; i < e->layers_n; i++)
		if (!sv_eq(blob_path(a, &img->layers.p[i].digest), e->layers[i]))
			return false;
	return true;
}

static bool already(struct source *s, const struct save_entry *e)
{
	for (size_t i = 0; i < s->images.n; i++)
		if (same_image(s->arena, &s->images.p[i], e))
			return true;
	return false;
}

static bool selected(struct source *s, const struct save_entry *e, struct sv select)
{
	struct digest want, have;

	if (select.n == 0)
		return true;
	if (select.p[0] == '@')
		return digest_parse(sv_from(select, 1), &want) &&
		       promised_digest(e->config, &have) && digest_eq(&want, &have);
	for (size_t i = 0; i < e->tags_n; i++)
		if (images_name_matches(s->arena, select, e->tags[i]))
			return true;
	return false;
}

int save_add(struct source *s, struct archive *ar, struct sv select, size_t *matched,
	     struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct save_entry *entries;
	size_t n;

	int rc = blobs_read(&ar->blobs, SV("manifest.json"), &bytes, err);
	if (rc < 0)
		return rc;
	struct sv name = arena_fmt(s->arena, "%.*s: manifest.json", SV_ARG(ar->blobs.name));
	rc = save_parse(s->arena, name, buf_view(&bytes), &entries, &n, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		struct err why = {0};
		if (!selected(s, &entries[i], select))
			continue;
		++*matched;
		if (already(s, &entries[i]))
			continue;
		struct image *img = source_image_add(s, entries[i].tags_n ? entries[i].tags[0]
									  : ar->blobs.name);
		img->scheme = SV("docker-archive");
		if (fill(s, ar, &entries[i], img, &why) < 0) {
			(void)err_where(&why, "%.*s", SV_ARG(text_safe(s->arena, ar->blobs.name)));
			source_image_break(s, img, &why);
		}
	}
	return 0;
}

int save_layer_open(struct archive *ar, const struct image *img, size_t layer,
		    struct layer_input *out, struct err *err)
{
	return ar->blobs.open(&ar->blobs, img->layers.p[layer].name, out, err);
}
