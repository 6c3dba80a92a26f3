#include "oci/containers-store.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"
#include "oci/digest.h"
#include "oci/images.h"
#include "sys/file.h"

static const char *const drivers[] = {"overlay", "vfs"};

static struct sv file_of(const struct containers_store *c, const char *what, const char *file)
{
	return arena_fmt(c->s->arena, "%.*s/%s-%s/%s", SV_ARG(c->root), c->driver, what, file);
}

static bool is_dir(struct sv path)
{
	struct stat st;

	return stat(path.p, &st) == 0 && S_ISDIR(st.st_mode);
}

/* An index that is not there is empty. */
static int read_index(struct containers_store *c, struct sv path, struct sv *out, struct err *err)
{
	auto_done(buf_done) struct buf b = {0};

	int rc = file_read(path.p, limit_storage_bytes, &b, err);
	if (rc == -ERR_NOTFOUND) {
		*out = SV("[]");
		return 0;
	}
	*out = arena_sv(c->s->arena, buf_view(&b));
	return rc;
}

static int read_layers(struct containers_store *c, const char *file, struct err *err)
{
	struct sv path = file_of(c, "layers", file), bytes;

	int rc = read_index(c, path, &bytes, err);
	return rc < 0 ? rc : stored_layers_parse(c->s->arena, path, bytes, &c->layers, err);
}

static int read_containers(struct containers_store *c, const char *file, struct err *err)
{
	struct sv path = file_of(c, "containers", file), bytes;

	int rc = read_index(c, path, &bytes, err);
	return rc < 0 ? rc : stored_containers_parse(c->s->arena, path, bytes, &c->containers, err);
}

static int read_images(struct containers_store *c, struct err *err)
{
	struct sv path = file_of(c, "images", "images.json"), bytes;

	int rc = read_index(c, path, &bytes, err);
	return rc < 0 ? rc : stored_images_parse(c->s->arena, path, bytes, &c->images, err);
}

/* What podman run --rm makes stands in files of its own. */
static int read_all(struct containers_store *c, struct err *err)
{
	int rc = read_images(c, err);

	if (rc < 0 || (rc = read_layers(c, "layers.json", err)) < 0 ||
	    (rc = read_layers(c, "volatile-layers.json", err)) < 0 ||
	    (rc = read_containers(c, "containers.json", err)) < 0 ||
	    (rc = read_containers(c, "volatile-containers.json", err)) < 0)
		return rc;
	for (size_t i = 0; i < c->layers.n; i++) {
		bool made;
		map_put(&c->by_id, c->layers.p[i].id, &made)->num = i;
	}
	return 0;
}

static int cannot(const struct containers_store *c, struct err *err, const char *why,
		  const char *hint)
{
	(void)err_set(err, ERR_UNSUPPORTED, "the store cannot be read in place: %s", why);
	(void)err_where(err, "%.*s", SV_ARG(text_safe(c->s->arena, c->root)));
	(void)err_hint(err, "%s", hint);
	(void)err_code(err, "engine-unreachable");
	return err_scope(err, SCOPE_TARGET);
}

/* What overlayfs wrote there can be read as it is, or not at all. */
static int check_overlay(struct containers_store *c, struct err *err)
{
	auto_done(buf_done) struct buf b = {0};
	struct arena *a = c->s->arena;
	struct err unused;

	struct sv path = arena_fmt(a, "%.*s/overlay/.has-mount-program", SV_ARG(c->root));
	if (file_read(path.p, 64, &b, &unused) >= 0 && sv_is(sv_trim(buf_view(&b)), "true"))
		return cannot(c, err, "it is mounted by fuse-overlayfs",
			      "start the engine's service (systemctl --user start podman.socket)");
	c->marks = overlay_marks(a, c->root);
	if (c->marks == OVERLAY_HIDDEN)
		return cannot(c, err, "only root outside of containers sees overlayfs' marks",
			      "run as root");
	return 0;
}

int containers_store_open(struct source *s, struct sv root, struct containers_store *c,
			  struct err *err)
{
	*c = (struct containers_store){.s = s, .root = root};
	for (size_t i = 0; i < ARRAY_LEN(drivers) && !c->driver; i++) {
		c->driver = drivers[i];
		if (!is_dir(file_of(c, "images", "")))
			c->driver = NULL;
	}
	if (!c->driver) {
		(void)err_set(err, ERR_NOTFOUND, "there is no containers-storage");
		(void)err_where(err, "%.*s", SV_ARG(text_safe(s->arena, root)));
		(void)err_hint(err,
			       "write containers-storage:[/path/to/graphroot]NAME for another");
		return err_scope(err, SCOPE_TARGET);
	}
	int rc = strcmp(c->driver, "overlay") == 0 ? check_overlay(c, err) : 0;
	if (rc == 0)
		rc = read_all(c, err);
	return rc < 0 ? err_scope(err, SCOPE_TARGET) : 0;
}

void containers_store_close(struct containers_store *c)
{
	vec_done(&c->images);
	vec_done(&c->layers);
	vec_done(&c->containers);
	map_done(&c->by_id);
}

/* From the top down, bounded: parents may go in circles. */
static int chain_of(struct containers_store *c, struct sv top, const struct stored_layer ***out,
		    size_t *n, struct err *err)
{
	const struct stored_layer **chain =
		ARENA_ARRAY(c->s->arena, limit_manifest_layers, const struct stored_layer *);
	size_t k = 0;

	for (struct sv id = top; id.n > 0;) {
		struct map_entry *e = map_find(&c->by_id, id);
		if (!e) {
			(void)err_set(err, ERR_NOTFOUND, "the layer %.*s is missing in the store",
				      SV_ARG(id));
			return err_code(err, "blob-missing");
		}
		if (k == limit_manifest_layers)
			return err_set(err, ERR_LIMIT, "more than %zu layers",
				       (size_t)limit_manifest_layers);
		chain[k++] = &c->layers.p[e->num];
		id = chain[k - 1]->parent;
	}
	*out = chain;
	*n = k;
	return 0;
}

static int add_tree(struct containers_store *c, const struct stored_layer *l, struct image *img,
		    struct err *err)
{
	struct arena *a = c->s->arena;
	bool overlay = strcmp(c->driver, "overlay") == 0;

	struct sv path =
		overlay ? arena_fmt(a, "%.*s/overlay/%.*s/diff", SV_ARG(c->root), SV_ARG(l->id))
			: arena_fmt(a, "%.*s/vfs/dir/%.*s", SV_ARG(c->root), SV_ARG(l->id));
	if (overlay_layer_add(a, img, path, &l->diff, l->size, c->marks))
		return 0;
	return err_sys(err, "%.*s", SV_ARG(text_safe(a, path)));
}

/* The layers as directories. vfs has copies: the top one has all files, and nothing says which
 * layer brought what. */
static int add_trees(struct containers_store *c, const struct stored_layer *const *chain, size_t n,
		     struct image *img, struct err *err)
{
	size_t from = strcmp(c->driver, "vfs") == 0 && n > 0 ? 1 : n;
	int rc = 0;

	for (size_t i = from; i > 0 && rc == 0; i--)
		rc = add_tree(c, chain[i - 1], img, err);
	return rc;
}

/* Does the store have the layers that the configuration lists? chain: from the top. */
static int check_layers(const struct stored_layer *const *chain, size_t n,
			const struct image_config *config, struct err *err)
{
	if (n != config->diff_ids_n)
		return err_set(err, ERR_PARSE, "the store has %zu layers and the configuration %zu",
			       n, config->diff_ids_n);
	for (size_t i = 0; i < n; i++) {
		const struct digest *have = &chain[n - 1 - i]->diff;
		if (!have->set || digest_eq(have, &config->diff_ids[i]))
			continue;
		(void)err_set(err, ERR_CRYPTO,
			      "the store's layer %zu is not that of the configuration", i);
		return err_code(err, "digest-mismatch");
	}
	return 0;
}

static int fill_image(struct containers_store *c, const struct stored_image *e, struct image *img,
		      struct err *err)
{
	const struct stored_layer **chain;
	struct image_config config;
	size_t n;

	int rc = containers_config_read(c, e, img, &config, err);
	if (rc < 0)
		return rc;
	img->platform = platform_str(c->s->arena, &config.platform);
	if ((rc = images_check_platform(c->s, &config.platform, err)) < 0 ||
	    (rc = chain_of(c, e->layer, &chain, &n, err)) < 0 ||
	    (rc = check_layers(chain, n, &config, err)) < 0 ||
	    (rc = add_trees(c, chain, n, img, err)) < 0)
		return rc;
	history_apply(c->s->arena, &config, img);
	return 0;
}

static const struct stored_image *image_by_id(const struct containers_store *c, struct sv id)
{
	for (size_t i = 0; i < c->images.n; i++)
		if (sv_eq(c->images.p[i].id, id))
			return &c->images.p[i];
	return NULL;
}

/* What the image's configuration says of the layers below the container's own. */
static void describe(struct containers_store *c, const struct stored_container *e,
		     const struct stored_layer *const *chain, size_t n, struct image *img)
{
	const struct stored_image *from = image_by_id(c, e->image);
	struct image_config config;
	struct err unused;

	if (!from || n == 0 || containers_config_read(c, from, img, &config, &unused) < 0)
		return;
	img->manifest = (struct digest){0}; /* the image's, not the container's */
	img->platform = platform_str(c->s->arena, &config.platform);
	if (img->layers.n != n || check_layers(chain + 1, n - 1, &config, &unused) < 0)
		return;
	struct image below = {.layers = {img->layers.p, n - 1, img->layers.cap}};
	history_apply(c->s->arena, &config, &below);
}

static int fill_container(struct containers_store *c, const struct stored_container *e,
			  struct image *img, struct err *err)
{
	const struct stored_layer **chain;
	size_t n;

	img->kind = SV("container");
	int rc = chain_of(c, e->layer, &chain, &n, err);
	if (rc < 0 || (rc = add_trees(c, chain, n, img, err)) < 0)
		return rc;
	describe(c, e, chain, n, img);
	if (img->layers.n > 1)
		img->layers.p[img->layers.n - 1].instruction = SV("(changes of the container)");
	return 0;
}

static int add_container(struct containers_store *c, struct sv name, struct err *err)
{
	const struct stored_container *e;

	int rc = stored_container_find(c->s->arena, &c->containers, name, &e, err);
	if (rc < 0)
		return rc;
	struct image *img = source_image_add(c->s, e->names_n ? e->names[0] : name);
	return fill_container(c, e, img, err);
}

int containers_store_add(struct containers_store *c, struct sv name, bool containers,
			 struct err *err)
{
	const struct stored_image *e;
	struct err none;

	if (containers && sv_starts(name, SV("container:")))
		return add_container(c, sv_from(name, 10), err);
	int rc = stored_image_find(c->s->arena, &c->images, name, &e, err);
	if (rc == -ERR_NOTFOUND && containers) {
		rc = add_container(c, name, &none);
		if (rc == -ERR_NOTFOUND) {
			(void)err_set(err, ERR_NOTFOUND, "no image or container '%.*s'",
				      SV_ARG(text_safe(c->s->arena, name)));
			(void)err_where(err, "%.*s", SV_ARG(text_safe(c->s->arena, c->root)));
			return err_scope(err, SCOPE_TARGET);
		}
		*err = none;
		return rc;
	}
	if (rc < 0)
		return rc;
	bool by_id = e->names_n > 0 && sv_starts(e->id, name);
	struct image *img = source_image_add(c->s, by_id ? e->names[0] : name);
	return fill_image(c, e, img, err);
}
