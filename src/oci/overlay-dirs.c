/* overlay:TOP:...:BOTTOM, the directories of an overlayfs mount in the order of its lowerdir
 * option. */
#include "base/base.h"

#include "base/limits.h"
#include "base/text.h"
#include "oci/overlay.h"

static int cannot(struct source *s, struct sv dir, struct err *err)
{
	(void)err_where(err, "%.*s", SV_ARG(text_safe(s->arena, dir)));
	return err_scope(err, SCOPE_TARGET);
}

static int add_dir(struct source *s, struct sv dir, struct image *img, struct err *err)
{
	enum overlay_marks marks = overlay_marks(s->arena, dir);

	if (!overlay_layer_add(s->arena, img, dir, NULL, UINT64_MAX, marks)) {
		(void)err_sys(err, "a layer of overlayfs is a directory");
		return cannot(s, dir, err);
	}
	if (marks != OVERLAY_HIDDEN)
		return 0;
	(void)err_set(err, ERR_DENIED, "only root outside of containers sees overlayfs' marks");
	(void)err_hint(err, "run as root");
	return cannot(s, dir, err);
}

static int overlay_open(struct source *s, struct sv rest, bool selection, struct err *err)
{
	struct image *img = source_image_add(s, rest);
	int rc = 0;

	(void)selection;
	/* from the bottom */
	while (rest.n > 0 && rc == 0) {
		struct sv dir = rest;
		if (!sv_rcut(rest, ':', &rest, &dir))
			rest = (struct sv){0};
		if (dir.n == 0)
			continue;
		if (img->layers.n == limit_manifest_layers)
			return err_set(err, ERR_LIMIT, "more than %zu layers",
				       (size_t)limit_manifest_layers);
		rc = add_dir(s, dir, img, err);
	}
	return rc;
}

const struct source_ops source_overlay = {
	.scheme = "overlay",
	.what = "directories of overlayfs, the top one first: overlay:UPPER:LOWER",
	.open = overlay_open,
};
