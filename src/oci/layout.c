/* An OCI image layout in a directory (image-spec, image-layout.md). */
#include "base/base.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "base/limits.h"
#include "base/text.h"
#include "oci/images.h"

struct layout {
	struct blobs blobs; /* first: the callbacks get a pointer to it */
	int dir;
};

/* Links are followed as long as they stay in the layout: what else the reader may read is none of
 * its business. A fifo or device is never waited for. */
static int open_below(int dir, struct sv path, struct err *err)
{
	auto_done(arena_done) struct arena a = {0};
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	long fd = syscall(SYS_openat2, dir, arena_str(&a, path), &how, sizeof how);
	if (fd >= 0)
		return (int)fd;
	if (errno != EXDEV)
		return err_sys(err, "cannot be opened");
	(void)err_set(err, ERR_DENIED, "the link leads out of the layout");
	return err_code(err, "path-escape");
}

static int layout_blob(struct blobs *b, struct sv path, struct layer_input *out, struct err *err)
{
	struct layout *l = (struct layout *)(void *)b;
	struct stat st;

	auto_close int fd = open_below(l->dir, path, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) != 0)
		return err_sys(err, "cannot be examined");
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_PARSE, "it is not a file");
	*out = (struct layer_input){.fd = take_fd(&fd), .length = (uint64_t)st.st_size};
	return 0;
}

static bool layout_claims(const char *path, const struct stat *st)
{
	static const char *const marks[] = {"oci-layout", "index.json"};

	if (!S_ISDIR(st->st_mode))
		return false;
	auto_close int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_LEN(marks) && dir >= 0; i++) {
		struct stat mark;
		if (fstatat(dir, marks[i], &mark, 0) != 0 || !S_ISREG(mark.st_mode))
			return false;
	}
	return dir >= 0;
}

static int open_dir(struct layout *l, struct arena *a, struct err *err)
{
	l->dir = open(arena_str(a, l->blobs.name), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (l->dir >= 0)
		return 0;
	(void)err_sys(err, "an OCI layout is a directory");
	(void)err_where(err, "%.*s", SV_ARG(text_safe(a, l->blobs.name)));
	return err_scope(err, SCOPE_TARGET);
}

static int layout_open(struct source *s, struct sv rest, bool selection, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct layout *l = ARENA_NEW(s->arena, struct layout);
	struct sv select;
	struct document index;

	l->dir = -1;
	l->blobs.open = layout_blob;
	s->own = l;
	int rc = source_cut_selection(s->arena, rest, selection, &l->blobs.name, &select, err);
	if (rc < 0 || (rc = open_dir(l, s->arena, err)) < 0)
		return rc;
	rc = blobs_read(&l->blobs, SV("index.json"), &bytes, err);
	if (rc == -ERR_NOTFOUND) {
		(void)err_hint(err,
			       "an OCI layout has an index.json; a root file system is dir:PATH");
		return err_scope(err, SCOPE_TARGET);
	}
	if (rc < 0)
		return rc;
	struct sv name = arena_fmt(s->arena, "%.*s/index.json", SV_ARG(l->blobs.name));
	rc = document_parse(s->arena, name, buf_view(&bytes), &index, err);
	if (rc < 0)
		return rc;
	struct image_request q = {.s = s, .blobs = &l->blobs, .select = select};
	return images_add(&q, index.manifests, index.manifests_n, err);
}

static int layout_layer_open(struct source *s, const struct image *img, size_t layer,
			     struct layer_input *out, struct err *err)
{
	struct layout *l = s->own;

	return images_layer_open(&l->blobs, img, layer, out, err);
}

static void layout_close(struct source *s)
{
	struct layout *l = s->own;

	if (l && l->dir >= 0)
		(void)close(l->dir);
}

const struct source_ops source_oci = {
	.scheme = "oci",
	.what = "an OCI layout directory",
	.claims = layout_claims,
	.open = layout_open,
	.layer_open = layout_layer_open,
	.close = layout_close,
};
