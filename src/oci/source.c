#include "base/base.h"

#include <fcntl.h>

#include "base/text.h"
#include "oci/source-int.h"

/* A path is offered from the top; image names go to the rows with `names`, in this order. */
static const struct source_ops *const table[] = {
	&source_oci,
	&source_docker_archive,
	&source_oci_archive,
	&source_archive,
	&source_dir,
	&source_overlay,
	&source_docker,
	&source_podman,
	&source_containers_storage,
	&source_registry,
};

/* Answers of a source behind which the next one is asked for a name, as if it did not know it. */
static const char *const next_codes[] = {"engine-unreachable", "no-platform"};

/* Targets that others than this floor read. */
static const char *const foreign[] = {"pkg:", "sbom:"};

/* What nobody names an image. */
static const char *const file_suffixes[] = {
	".tar",  ".tgz", ".gz",   ".tzst", ".zst",   ".xz",  ".bz2", ".zip",  ".json",
	".yaml", ".yml", ".toml", ".xml",  ".txt",   ".jar", ".war", ".ear",  ".deb",
	".rpm",  ".apk", ".iso",  ".img",  ".qcow2", ".oci", ".sif", ".lock",
};

struct image *source_image_add(struct source *s, struct sv name)
{
	struct image *img = VEC_PUSH(&s->images);

	img->name = name;
	img->scheme = sv_of(s->ops->scheme);
	img->kind = SV("image");
	return img;
}

void source_image_break(struct source *s, struct image *img, const struct err *err)
{
	struct err *copy = ARENA_NEW(s->arena, struct err);

	*copy = *err;
	img->broken = copy;
	vec_done(&img->layers);
}

static bool exists(struct arena *a, struct sv path)
{
	struct stat st;

	return path.n > 0 && sv_find_char(path, '\0') == SIZE_MAX &&
	       stat(arena_str(a, path), &st) == 0;
}

int source_cut_selection(struct arena *a, struct sv rest, bool selection, struct sv *path,
			 struct sv *select, struct err *err)
{
	if (!selection || exists(a, rest)) {
		*path = rest;
		*select = SV("");
		return 0;
	}
	for (size_t i = 1; i < rest.n; i++) {
		if ((rest.p[i] != ':' && rest.p[i] != '@') || !exists(a, sv_head(rest, i)))
			continue;
		*path = sv_head(rest, i);
		*select = sv_from(rest, i + (rest.p[i] == ':'));
		return 0;
	}
	(void)err_set(err, ERR_NOTFOUND, "no such file or directory");
	(void)err_where(err, "%.*s", SV_ARG(text_safe(a, rest)));
	return err_scope(err, SCOPE_TARGET);
}

static bool looks_like_file(struct sv t)
{
	if (sv_starts(t, SV("/")) || sv_starts(t, SV("./")) || sv_starts(t, SV("../")) ||
	    sv_starts(t, SV("~/")) || sv_is(t, ".") || sv_is(t, ".."))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(file_suffixes); i++)
		if (t.n > strlen(file_suffixes[i]) && sv_ends(t, sv_of(file_suffixes[i])))
			return true;
	return false;
}

static int no_such_file(struct arena *a, struct sv target, struct err *err)
{
	struct sv path, select;
	const char *hint = "images are written NAME[:TAG]; schemes like oci:DIR or "
			   "docker-archive:FILE take paths";

	(void)err_set(err, ERR_NOTFOUND, "no such file or directory");
	(void)err_where(err, "%.*s", SV_ARG(text_safe(a, target)));
	(void)err_hint(err, "%s", hint);
	struct err unused;
	if (source_cut_selection(a, target, true, &path, &select, &unused) == 0 &&
	    path.n < target.n)
		(void)err_hint(
			err,
			"'%.*s' exists: to select from it write oci:%.*s or docker-archive:%.*s",
			SV_ARG(text_safe(a, sv_head(path, 32))),
			SV_ARG(text_safe(a, sv_head(target, 32))),
			SV_ARG(text_safe(a, sv_head(target, 32))));
	return err_scope(err, SCOPE_TARGET);
}

static int unknown_scheme(struct arena *a, struct sv target, struct err *err)
{
	auto_done(buf_done) struct buf known = {0};
	size_t colon = sv_find_char(target, ':');

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i] != &source_archive)
			buf_fmt(&known, "%s%s:%s", known.n ? ", " : "", table[i]->scheme,
				table[i]->slashes ? "//" : "");
	(void)err_set(err, ERR_USAGE, "there is no scheme '%.*s'",
		      SV_ARG(text_safe(a, sv_head(target, colon))));
	(void)err_hint(err, "there are %s, pkg:", buf_cstr(&known));
	return err_scope(err, SCOPE_USAGE);
}

/* A row and the text behind its scheme; NULL when the target has no scheme of ours. */
static const struct source_ops *by_scheme(struct sv target, struct sv *rest)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct sv scheme = sv_of(table[i]->scheme);
		struct sv after = sv_from(target, scheme.n);
		struct sv mark = table[i]->slashes ? SV("://") : SV(":");
		if (table[i] == &source_archive || !sv_starts(target, scheme) ||
		    !sv_starts(after, mark))
			continue;
		*rest = sv_from(after, mark.n);
		return table[i];
	}
	return NULL;
}

/* Images that cannot be judged are no result when there is nothing else. */
static int settle(struct source *s, struct err *err)
{
	const struct err *first = NULL;

	for (size_t i = 0; i < s->images.n; i++) {
		if (!s->images.p[i].broken)
			return 0;
		if (!first)
			first = s->images.p[i].broken;
	}
	if (!first) {
		(void)err_set(err, ERR_NOTFOUND, "there is no image in it");
		return err_scope(err, SCOPE_TARGET);
	}
	*err = *first;
	return -(int)err->kind;
}

static int open_with(struct source *s, const struct source_ops *ops, struct sv rest, bool selection,
		     struct err *err)
{
	s->ops = ops;
	int rc = ops->open(s, rest, selection, err);
	return rc < 0 ? rc : settle(s, err);
}

static int open_path(struct source *s, struct sv path, const struct stat *st, struct err *err)
{
	const char *p = arena_str(s->arena, path);

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i]->claims && table[i]->claims(p, st))
			return open_with(s, table[i], path, false, err);
	(void)err_set(err, ERR_USAGE, "it is neither a file nor a directory");
	(void)err_where(err, "%.*s", SV_ARG(text_safe(s->arena, path)));
	return err_scope(err, SCOPE_TARGET);
}

/* What a source left behind that did not have the image. */
static void forget(struct source *s)
{
	if (s->ops && s->ops->close)
		s->ops->close(s);
	for (size_t i = 0; i < s->images.n; i++)
		vec_done(&s->images.p[i].layers);
	vec_done(&s->images);
	s->own = NULL;
	s->ops = NULL;
}

/* Is the next source asked, or is this an answer? */
static bool ask_next(int rc, const struct err *err)
{
	for (size_t i = 0; rc < 0 && i < ARRAY_LEN(next_codes); i++)
		if (strcmp(err->code, next_codes[i]) == 0)
			return true;
	return rc == -ERR_NOTFOUND;
}

/* All that were asked say why they do not have it: whoever mistyped a name or misses a login sees
 * where it was looked for. A socket that is closed to us is named also when a later source fails.
 */
static int open_name(struct source *s, struct sv name, struct err *err)
{
	auto_done(buf_done) struct buf said = {0}, closed = {0};

	s->bare = true;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (!table[i]->names)
			continue;
		int rc = open_with(s, table[i], name, true, err);
		if (!ask_next(rc, err)) {
			if (rc < 0 && closed.n > 0)
				(void)err_hint(err, "%s", buf_cstr(&closed));
			return rc;
		}
		if (err->kind == ERR_DENIED)
			buf_fmt(&closed, "%s was not asked: %s", table[i]->scheme, err->hint);
		buf_fmt(&said, "; %s: %s", table[i]->scheme, err->msg);
		forget(s);
	}
	struct err last = *err;
	(void)err_set(err, ERR_NOTFOUND, "no file and no image of this name%s", buf_cstr(&said));
	(void)err_where(err, "%.*s", SV_ARG(text_safe(s->arena, name)));
	(void)err_hint(err, "%s", closed.n > 0 ? buf_cstr(&closed) : last.hint);
	return err_scope(err, SCOPE_TARGET);
}

static int resolve(struct source *s, struct sv target, struct err *err)
{
	struct sv rest;
	struct stat st;

	if (target.n == 0)
		return err_set(err, ERR_USAGE, "an empty target");
	if (sv_find_char(target, '\0') != SIZE_MAX)
		return err_set(err, ERR_USAGE, "a target with a NUL byte");
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
		if (sv_starts(target, sv_of(foreign[i])))
			return err_set(err, ERR_USAGE, "'%.*s' is no image or file system",
				       SV_ARG(text_safe(s->arena, target)));
	const struct source_ops *ops = by_scheme(target, &rest);
	if (ops && rest.n == 0)
		return err_set(err, ERR_USAGE, "nothing stands behind '%s:'", ops->scheme);
	if (ops)
		return open_with(s, ops, rest, true, err);
	if (sv_is(target, "-"))
		return open_with(s, &source_archive, target, false, err);
	if (stat(arena_str(s->arena, target), &st) == 0)
		return open_path(s, target, &st, err);
	if (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG) {
		(void)err_sys(err, "cannot be opened");
		(void)err_where(err, "%.*s", SV_ARG(text_safe(s->arena, target)));
		return err_scope(err, SCOPE_TARGET);
	}
	if (sv_find(target, SV("://")) != SIZE_MAX)
		return unknown_scheme(s->arena, target, err);
	if (looks_like_file(target))
		return no_such_file(s->arena, target, err);
	return open_name(s, target, err);
}

int source_open(struct arena *a, struct sv target, const struct source_options *o,
		struct source **out, struct err *err)
{
	struct source *s = xcalloc(1, sizeof *s);

	s->arena = a;
	if (o)
		s->opt = *o;
	int rc = resolve(s, arena_sv(a, target), err);
	if (rc < 0) {
		source_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

const struct image *source_images(const struct source *s, size_t *n)
{
	*n = s->images.n;
	return s->images.p;
}

static int open_tree(const char *path, struct layer_input *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "%s", path);
	*out = (struct layer_input){.fd = fd, .length = UINT64_MAX};
	return 0;
}

int source_layer_open(struct source *s, const struct image *img, size_t layer,
		      struct layer_input *out, struct err *err)
{
	if (layer >= img->layers.n)
		return err_set(err, ERR_BUG, "layer %zu of %zu", layer, img->layers.n);
	const struct image_layer *l = &img->layers.p[layer];
	if (l->broken) {
		*err = *l->broken;
		return -(int)err->kind;
	}
	if (l->kind == LAYER_ABSENT) {
		(void)err_set(err, ERR_NOTFOUND,
			      "layer %zu (%.*s) may not be distributed and is not there", layer,
			      SV_ARG(text_safe(s->arena, l->name)));
		return err_code(err, "layer-absent");
	}
	if (l->kind != LAYER_TREE && s->ops->layer_open)
		return s->ops->layer_open(s, img, layer, out, err);
	return open_tree(arena_str(s->arena, l->name), out, err);
}

int source_layer_close(struct source *s, const struct image *img, size_t layer,
		       struct layer_input *in, struct err *err)
{
	if (s->ops->layer_close)
		return s->ops->layer_close(s, img, layer, in, err);
	if (in->fd >= 0)
		(void)close(in->fd);
	in->fd = -1;
	return 0;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	forget(s);
	free(s);
}
