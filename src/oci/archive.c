/*
 * Images in one file: OCI layouts as tar (buildx's default), `docker save` and `podman save`, old
 * and new, also compressed as a whole or through a pipe (see spool.h).
 *
 * Docker 25 and newer write both an index.json and a manifest.json. Without a scheme both are read:
 * engines differ in which of them they load, so an image that only one of them lists is judged too.
 */
#include "base/base.h"

#include <fcntl.h>

#include "base/text.h"
#include "oci/archive.h"
#include "oci/spool.h"

enum mode { MODE_BOTH, MODE_OCI, MODE_DOCKER };

/* What else people hand over, by its first bytes. */
static const struct {
	size_t at;
	struct sv magic;
	const char *what;
} known[] = {
	{0, {"PK\3\4", 4}, "a zip or jar archive"},
	{0,
	 {"\x7f"
	  "ELF",
	  4},
	 "an executable"},
	{0, {"BZh", 3}, "bzip2 data (unpack it first)"},
	{0,
	 {"\xfd"
	  "7zXZ",
	  5},
	 "xz data (unpack it first)"},
	{0, {"hsqs", 4}, "a squashfs file system"},
	{32, {"SIF_MAGIC", 9}, "a Singularity image"},
	{0, {"!<arch>\n", 8}, "a Debian package or static library"},
	{0, {"\xed\xab\xee\xdb", 4}, "an rpm package"},
	{0, {"SQLite format 3", 15}, "an SQLite database"},
	{0, {"QFI\xfb", 4}, "a qcow2 disk"},
	{0, {"#!", 2}, "a script"},
	{0, {"{", 1}, "a JSON document (an SBOM is sbom:FILE)"},
	{0, {"[", 1}, "a JSON document"},
};

static int archive_blob(struct blobs *b, struct sv path, struct layer_input *out, struct err *err)
{
	struct archive *ar = (struct archive *)(void *)b;
	const struct tar_file *f = tar_index_find(&ar->index, path);

	if (!f)
		return err_set(err, ERR_NOTFOUND, "not in the archive");
	int fd = fcntl(ar->fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return err_sys(err, "no descriptor");
	*out = (struct layer_input){.fd = fd, .offset = f->offset, .length = f->size};
	return 0;
}

static int not_archive(struct archive *ar, struct sv head, struct err *err)
{
	const char *what = ar->length ? "something else" : "empty";

	for (size_t i = 0; i < ARRAY_LEN(known) && ar->length; i++) {
		if (!sv_starts(sv_from(head, known[i].at), known[i].magic))
			continue;
		what = known[i].what;
		break;
	}
	(void)err_set(err, ERR_UNSUPPORTED, "no image archive: it is %s", what);
	(void)err_hint(err,
		       "an image archive is a tar from docker save, podman save, buildx or skopeo");
	(void)err_code(err, "not-an-archive");
	return err_scope(err, SCOPE_TARGET);
}

static int read_head(const struct archive *ar, char *to, size_t size, struct sv *head,
		     struct err *err)
{
	ssize_t n = pread(ar->fd, to, size, 0);

	if (n < 0)
		return err_sys(err, "reading failed");
	*head = sv_make(to, (size_t)n);
	return 0;
}

/* Replaces the descriptor by one whose bytes are unpacked and can be seeked in. */
static int unpack(struct archive *ar, bool pipe, struct err *err)
{
	struct stream *in = stream_fd(ar->fd, pipe ? UINT64_MAX : 0, UINT64_MAX), *plain;
	enum compression found;
	int fd;

	int rc = stream_auto(in, &plain, &found, err);
	if (rc < 0 || (rc = spool(plain, &fd, &ar->length, err)) < 0)
		return rc;
	(void)close(ar->fd);
	ar->fd = fd;
	return 0;
}

static bool is_compressed(struct sv head)
{
	return sv_starts(head, SV("\x1f\x8b")) || sv_starts(head, SV("\x28\xb5\x2f\xfd"));
}

static int open_file(struct archive *ar, struct arena *a, struct sv path, struct err *err)
{
	struct stat st;

	if (sv_is(path, "-"))
		ar->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		ar->fd = open(arena_str(a, path), O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (ar->fd < 0 || fstat(ar->fd, &st) != 0) {
		(void)err_sys(err, "cannot be opened");
		return err_scope(err, SCOPE_TARGET);
	}
	if (S_ISDIR(st.st_mode)) {
		(void)err_set(err, ERR_USAGE, "an archive is a file, and this is a directory");
		return err_scope(err, SCOPE_TARGET);
	}
	if (isatty(ar->fd))
		return err_set(err, ERR_USAGE, "an image archive is expected on standard input");
	ar->length = (uint64_t)st.st_size;
	return S_ISREG(st.st_mode) ? 0 : unpack(ar, true, err);
}

/* "offset 512" alone does not say which of several archives. */
static int place_in_file(struct arena *a, struct sv path, struct err *err)
{
	char at[sizeof err->where];

	memcpy(at, err->where, sizeof at);
	err->where[0] = '\0';
	return err_where(err, "%.*s%s%s", SV_ARG(text_safe(a, path)), at[0] ? ": " : "", at);
}

static int open_tar(struct archive *ar, struct arena *a, struct sv path, struct err *err)
{
	char block[512];
	struct sv head;

	int rc = open_file(ar, a, path, err);
	if (rc < 0 || (rc = read_head(ar, block, sizeof block, &head, err)) < 0)
		return rc;
	if (is_compressed(head)) {
		rc = unpack(ar, false, err);
		if (rc < 0 || (rc = read_head(ar, block, sizeof block, &head, err)) < 0)
			return rc;
	}
	if (head.n < sizeof block || !tar_block_valid((const unsigned char *)block))
		return not_archive(ar, head, err);
	rc = tar_index_read(a, ar->fd, ar->length, &ar->index, err);
	return rc < 0 ? place_in_file(a, path, err) : rc;
}

static int add_oci(struct source *s, struct archive *ar, struct sv select, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct document index;

	int rc = blobs_read(&ar->blobs, SV("index.json"), &bytes, err);
	if (rc < 0)
		return rc;
	struct sv name = arena_fmt(s->arena, "%.*s: index.json", SV_ARG(ar->blobs.name));
	rc = document_parse(s->arena, name, buf_view(&bytes), &index, err);
	if (rc < 0)
		return rc;
	size_t before = s->images.n;
	struct image_request q = {.s = s, .blobs = &ar->blobs, .select = select};
	rc = images_add(&q, index.manifests, index.manifests_n, err);
	for (size_t i = before; i < s->images.n; i++)
		s->images.p[i].scheme = SV("oci-archive");
	return rc;
}

static int add_docker(struct source *s, struct archive *ar, struct sv select, struct err *err)
{
	size_t matched = 0;

	int rc = save_add(s, ar, select, &matched, err);
	if (rc < 0 || matched > 0 || select.n == 0)
		return rc;
	(void)err_set(err, ERR_NOTFOUND, "no image '%.*s' in it",
		      SV_ARG(text_safe(s->arena, select)));
	return err_scope(err, SCOPE_TARGET);
}

/* What the archive is, and what was asked for. */
static int add_images(struct source *s, struct archive *ar, enum mode mode, struct sv select,
		      struct err *err)
{
	bool oci = mode != MODE_DOCKER && tar_index_find(&ar->index, SV("index.json"));
	bool docker = mode != MODE_OCI && tar_index_find(&ar->index, SV("manifest.json"));
	int rc = 0;

	if (!oci && !docker) {
		const char *want[] = {"neither index.json nor manifest.json", "no index.json",
				      "no manifest.json"};
		(void)err_set(err, ERR_UNSUPPORTED, "a tar with %s: no image", want[mode]);
		(void)err_hint(err, "unpack the tar of a root file system and give its directory");
		(void)err_code(err, "not-an-image");
		return err_scope(err, SCOPE_TARGET);
	}
	if (oci)
		rc = add_oci(s, ar, select, err);
	/* an index of nothing but artifacts, or without the name, may stand beside a manifest.json
	 * that has it */
	if (docker && (rc == 0 || err->scope == SCOPE_TARGET))
		rc = add_docker(s, ar, select, err);
	return rc;
}

static int archive_open(struct source *s, struct sv rest, bool selection, enum mode mode,
			struct err *err)
{
	struct archive *ar = ARENA_NEW(s->arena, struct archive);
	struct sv path = rest, select = {0};
	int rc = 0;

	ar->fd = -1;
	ar->blobs.open = archive_blob;
	s->own = ar;
	if (selection && sv_starts(rest, SV("-:"))) {
		path = SV("-");
		select = sv_from(rest, 2);
	} else if (!sv_is(rest, "-")) {
		rc = source_cut_selection(s->arena, rest, selection, &path, &select, err);
	}
	ar->blobs.name = path;
	if (rc == 0)
		rc = open_tar(ar, s->arena, path, err);
	if (rc == 0)
		rc = add_images(s, ar, mode, select, err);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(text_safe(s->arena, path))) : 0;
}

int archive_adopt(struct source *s, struct archive *ar, int fd, uint64_t length, struct sv name,
		  struct err *err)
{
	ar->blobs = (struct blobs){.name = name, .open = archive_blob};
	ar->fd = fd;
	ar->length = length;
	int rc = tar_index_read(s->arena, fd, length, &ar->index, err);
	if (rc == 0)
		rc = add_images(s, ar, MODE_DOCKER, SV(""), err);
	return rc;
}

static int open_docker(struct source *s, struct sv rest, bool selection, struct err *err)
{
	return archive_open(s, rest, selection, MODE_DOCKER, err);
}

static int open_oci(struct source *s, struct sv rest, bool selection, struct err *err)
{
	return archive_open(s, rest, selection, MODE_OCI, err);
}

static int open_any(struct source *s, struct sv rest, bool selection, struct err *err)
{
	return archive_open(s, rest, selection, MODE_BOTH, err);
}

static bool archive_claims(const char *path, const struct stat *st)
{
	(void)path;
	return S_ISREG(st->st_mode) || S_ISFIFO(st->st_mode);
}

int archive_layer_open(struct source *s, const struct image *img, size_t layer,
		       struct layer_input *out, struct err *err)
{
	struct archive *ar = s->own;

	if (img->layers.p[layer].verify_diff)
		return save_layer_open(ar, img, layer, out, err);
	return images_layer_open(&ar->blobs, img, layer, out, err);
}

void archive_close(struct source *s)
{
	struct archive *ar = s->own;

	if (!ar)
		return;
	tar_index_done(&ar->index);
	if (ar->fd >= 0)
		(void)close(ar->fd);
}

const struct source_ops source_docker_archive = {
	.scheme = "docker-archive",
	.what = "a tar of docker save or podman save",
	.open = open_docker,
	.layer_open = archive_layer_open,
	.close = archive_close,
};

const struct source_ops source_oci_archive = {
	.scheme = "oci-archive",
	.what = "an OCI layout in a tar",
	.open = open_oci,
	.layer_open = archive_layer_open,
	.close = archive_close,
};

/* Without a scheme: a file of either kind. */
const struct source_ops source_archive = {
	.scheme = "archive",
	.what = "an image archive of either kind",
	.claims = archive_claims,
	.open = open_any,
	.layer_open = archive_layer_open,
	.close = archive_close,
};
