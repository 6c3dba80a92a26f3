/* Root file systems that lie unpacked in a directory; "/" is the host. */
#include "base/base.h"

#include "base/text.h"
#include "oci/platform.h"
#include "oci/source-int.h"

static bool dir_claims(const char *path, const struct stat *st)
{
	(void)path;
	return S_ISDIR(st->st_mode);
}

static bool is_root(const char *path)
{
	struct stat root, here;

	return stat("/", &root) == 0 && stat(path, &here) == 0 && root.st_dev == here.st_dev &&
	       root.st_ino == here.st_ino;
}

static int dir_open(struct source *s, struct sv rest, bool selection, struct err *err)
{
	const char *path = arena_str(s->arena, rest);
	struct stat st;

	(void)selection;
	int rc = stat(path, &st);
	if (rc == 0 && !S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		rc = -1;
	}
	if (rc != 0) {
		(void)err_sys(err, "a root file system is a directory");
		(void)err_where(err, "%.*s", SV_ARG(text_safe(s->arena, rest)));
		return err_scope(err, SCOPE_TARGET);
	}
	struct image *img = source_image_add(s, rest);
	bool host = is_root(path);
	img->kind = host ? SV("host") : SV("filesystem");
	if (host) {
		struct platform p = platform_host(s->arena);
		img->platform = platform_str(s->arena, &p);
	}
	struct image_layer *l = VEC_PUSH(&img->layers);
	l->kind = LAYER_TREE;
	l->size = UINT64_MAX;
	l->name = rest;
	return 0;
}

const struct source_ops source_dir = {
	.scheme = "dir",
	.what = "a root file system in a directory; / is this host",
	.claims = dir_claims,
	.open = dir_open,
};
