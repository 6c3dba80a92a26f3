/*
 * What lies below dockerd's data root (moby's image and layer stores):
 *
 *     image/overlay2/imagedb/content/sha256/<image id>       the configuration
 *     image/overlay2/layerdb/sha256/<chain id>/{diff,cache-id,size}
 *     image/overlay2/layerdb/mounts/<container id>/{mount-id,parent}
 *     overlay2/<cache-id or mount-id>/diff                    the files
 */
#include "oci/docker-store.h"

#include "base/limits.h"
#include "base/text.h"
#include "oci/digest.h"
#include "oci/images.h"
#include "oci/overlay.h"
#include "sys/file.h"

enum { SMALL_FILE = 512 };

struct store {
	struct source *s;
	struct sv root;
	enum overlay_marks marks;
	struct digest chain; /* of the layers so far; not set: none */
};

static int not_here(struct err *err, const char *why)
{
	(void)err_set(err, ERR_UNSUPPORTED, "not read in place: %s", why);
	return 1;
}

static bool small_file(struct store *st, struct sv path, struct sv *out)
{
	auto_done(buf_done) struct buf b = {0};
	struct err unused;
	struct arena *a = st->s->arena;

	if (file_read(arena_str(a, path), SMALL_FILE, &b, &unused) < 0)
		return false;
	*out = arena_sv(a, sv_trim(buf_view(&b)));
	return true;
}

static bool layer_file(struct store *st, const char *name, struct sv *out)
{
	struct arena *a = st->s->arena;

	return small_file(st,
			  arena_fmt(a, "%.*s/image/overlay2/layerdb/sha256/%.*s/%s",
				    SV_ARG(st->root), SV_ARG(digest_hex(a, &st->chain)), name),
			  out);
}

/* image-spec, config.md, "Layer ChainID". */
static int next_chain(struct store *st, const struct digest *diff_id, struct err *err)
{
	struct arena *a = st->s->arena;

	if (!st->chain.set) {
		st->chain = *diff_id;
		return 0;
	}
	struct sv both = arena_fmt(a, "%.*s %.*s", SV_ARG(digest_str(a, &st->chain)),
				   SV_ARG(digest_str(a, diff_id)));
	return digest_of(both, &st->chain, err);
}

static int add_layer(struct store *st, const struct digest *diff_id, struct image *img,
		     struct err *err)
{
	struct arena *a = st->s->arena;
	struct sv cache_id, says, size;
	uint64_t bytes = UINT64_MAX;

	if (!diff_id->set)
		return not_here(err, "a diff_id that is no sha256 digest");
	int rc = next_chain(st, diff_id, err);
	if (rc < 0)
		return rc;
	if (!layer_file(st, "cache-id", &cache_id) || !overlay_name_ok(cache_id) ||
	    !layer_file(st, "diff", &says))
		return not_here(err, "a layer is not in dockerd's store");
	if (!sv_eq(says, digest_str(a, diff_id))) {
		(void)err_set(err, ERR_CRYPTO, "dockerd's store has another layer under this name");
		(void)err_where(err, "%.*s", SV_ARG(digest_str(a, &st->chain)));
		return err_code(err, "digest-mismatch");
	}
	if (layer_file(st, "size", &size) && !sv_u64(size, &bytes))
		bytes = UINT64_MAX;
	struct sv dir = arena_fmt(a, "%.*s/overlay2/%.*s/diff", SV_ARG(st->root), SV_ARG(cache_id));
	if (!overlay_layer_add(a, img, dir, diff_id, bytes, st->marks))
		return not_here(err, "a layer's directory cannot be opened");
	return 0;
}

/* The configuration is the one whose digest is the image's id. */
static int read_config(struct store *st, struct sv id, struct image *img, struct image_config *out,
		       struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct arena *a = st->s->arena;
	struct digest want;

	struct sv path = arena_fmt(a, "%.*s/image/overlay2/imagedb/content/sha256/%.*s",
				   SV_ARG(st->root), SV_ARG(id));
	if (!digest_parse_hex(id, &want) ||
	    file_read(path.p, limit_manifest_bytes, &bytes, err) < 0)
		return not_here(err, "the image's configuration cannot be read");
	int rc = digest_of(buf_view(&bytes), &img->config, err);
	if (rc < 0)
		return rc;
	if (!digest_eq(&want, &img->config)) {
		(void)err_set(err, ERR_CRYPTO, "the configuration is not that of the image's id");
		(void)err_where(err, "%.*s", SV_ARG(text_safe(a, path)));
		return err_code(err, "digest-mismatch");
	}
	return config_parse(a, path, arena_sv(a, buf_view(&bytes)), out, err);
}

static int add_image(struct store *st, struct sv id, struct image *img, struct err *err)
{
	struct image_config c;

	st->marks = overlay_marks(st->s->arena, st->root);
	if (st->marks == OVERLAY_HIDDEN)
		return not_here(err, "only root outside of containers sees overlayfs' marks");
	int rc = read_config(st, id, img, &c, err);
	if (rc != 0)
		return rc;
	img->platform = platform_str(st->s->arena, &c.platform);
	if ((rc = images_check_platform(st->s, &c.platform, err)) < 0)
		return rc;
	for (size_t i = 0; i < c.diff_ids_n; i++)
		if ((rc = add_layer(st, &c.diff_ids[i], img, err)) != 0)
			return rc;
	history_apply(st->s->arena, &c, img);
	return 0;
}

/* Half of an image is none. */
static int settle(struct image *img, int rc)
{
	if (rc != 0)
		vec_done(&img->layers);
	return rc;
}

int docker_store_image(struct source *s, const struct engine_image *e, struct image *img,
		       struct err *err)
{
	struct store st = {.s = s, .root = e->root};

	if (!sv_is(e->driver, "overlay2") || e->root.n == 0)
		return not_here(err, "the storage driver is not overlay2");
	return settle(img, add_image(&st, e->id, img, err));
}

static int add_changes(struct store *st, struct sv id, struct image *img, struct err *err)
{
	struct arena *a = st->s->arena;
	struct sv mount_id, parent = {0};

	struct sv dir = arena_fmt(a, "%.*s/image/overlay2/layerdb/mounts/%.*s", SV_ARG(st->root),
				  SV_ARG(id));
	if (!small_file(st, arena_fmt(a, "%.*s/mount-id", SV_ARG(dir)), &mount_id) ||
	    !overlay_name_ok(mount_id))
		return not_here(err, "the container is not in dockerd's store");
	(void)small_file(st, arena_fmt(a, "%.*s/parent", SV_ARG(dir)), &parent);
	struct sv chain = st->chain.set ? digest_str(a, &st->chain) : SV("");
	if (!sv_eq(parent, chain))
		return not_here(err, "the container was made from other layers than its image's");
	dir = arena_fmt(a, "%.*s/overlay2/%.*s/diff", SV_ARG(st->root), SV_ARG(mount_id));
	if (!overlay_layer_add(a, img, dir, NULL, UINT64_MAX, st->marks))
		return not_here(err, "the container's directory cannot be opened");
	img->layers.p[img->layers.n - 1].instruction = SV("(changes of the container)");
	return 0;
}

int docker_store_container(struct source *s, const struct engine_container *e, struct image *img,
			   struct err *err)
{
	struct store st = {.s = s, .root = e->root};

	if (!sv_is(e->driver, "overlay2") || e->root.n == 0 || e->image.n == 0)
		return not_here(err, "the storage driver is not overlay2");
	int rc = add_image(&st, e->image, img, err);
	if (rc == 0)
		rc = add_changes(&st, e->id, img, err);
	return settle(img, rc);
}
