#include "base/base.h"

#include "base/limits.h"
#include "base/text.h"
#include "oci/blobs.h"
#include "oci/digest.h"

struct sv blob_path(struct arena *a, const struct digest *d)
{
	return arena_fmt(a, "blobs/sha256/%.*s", SV_ARG(digest_hex(a, d)));
}

static int read_at(int fd, uint64_t offset, char *to, uint64_t length, struct err *err)
{
	uint64_t done = 0;

	while (done < length) {
		ssize_t n = pread(fd, to + done, length - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "reading failed");
		if (n == 0)
			return err_set(err, ERR_PARSE, "the file became shorter while it was read");
		done += (uint64_t)n;
	}
	return 0;
}

/* err->where: "layout: blobs/sha256/..." */
static int where(const struct blobs *b, struct sv path, struct err *err)
{
	auto_done(buf_done) struct buf text = {0};

	text_escape(&text, b->name);
	if (path.n > 0)
		buf_str(&text, ": ");
	text_escape(&text, path);
	return err_where(err, "%s", buf_cstr(&text));
}

static int too_large(uint64_t limit, struct err *err)
{
	return err_set(err, ERR_LIMIT, "more than %llu bytes of JSON", (unsigned long long)limit);
}

int blobs_read(struct blobs *b, struct sv path, struct buf *out, struct err *err)
{
	struct layer_input in;

	int rc = b->open(b, path, &in, err);
	if (rc < 0)
		return where(b, path, err);
	auto_close int fd = in.fd;
	if (in.length > limit_manifest_bytes)
		rc = too_large(limit_manifest_bytes, err);
	else if (b->documents + in.length > limit_image_documents)
		rc = too_large(limit_image_documents, err);
	else
		rc = read_at(fd, in.offset, buf_reserve(out, (size_t)in.length), in.length, err);
	if (rc < 0)
		return where(b, path, err);
	out->n += (size_t)in.length;
	b->documents += in.length;
	return 0;
}

static int mismatch(struct err *err, uint64_t is, uint64_t expected)
{
	(void)err_set(err, ERR_CRYPTO, "it has %llu bytes where its descriptor says %llu",
		      (unsigned long long)is, (unsigned long long)expected);
	return err_code(err, "size-mismatch");
}

static int missing(struct err *err)
{
	if (err->kind != ERR_NOTFOUND)
		return -(int)err->kind;
	(void)err_set(err, ERR_NOTFOUND, "the blob is missing");
	return err_code(err, "blob-missing");
}

static int verify(const struct descriptor *d, struct sv bytes, struct arena *a, struct err *err)
{
	struct digest is;

	if (bytes.n != d->size)
		return mismatch(err, bytes.n, d->size);
	int rc = digest_of(bytes, &is, err);
	if (rc < 0 || digest_eq(&is, &d->digest))
		return rc;
	(void)err_set(err, ERR_CRYPTO, "its content has the digest %.*s",
		      SV_ARG(digest_str(a, &is)));
	return err_code(err, "digest-mismatch");
}

static int fetch(struct blobs *b, const struct descriptor *d, bool manifest, struct sv path,
		 struct buf *out, struct err *err)
{
	size_t before = out->n;

	if (!b->fetch)
		return blobs_read(b, path, out, err);
	if (b->documents >= limit_image_documents)
		return too_large(limit_image_documents, err);
	int rc = b->fetch(b, d, manifest, limit_manifest_bytes, out, err);
	if (rc == 0)
		b->documents += out->n - before;
	return rc;
}

int blobs_fetch(struct blobs *b, const struct descriptor *d, bool manifest, struct buf *out,
		struct err *err)
{
	auto_done(arena_done) struct arena a = {0};
	struct sv path = blob_path(&a, &d->digest);
	size_t before = out->n;

	int rc = fetch(b, d, manifest, path, out, err);
	if (rc < 0 && b->open)
		rc = missing(err);
	if (rc == 0)
		rc = verify(d, sv_from(buf_view(out), before), &a, err);
	return rc < 0 ? where(b, path, err) : 0;
}

int blobs_check(struct blobs *b, const struct digest *d, uint64_t size, struct err *err)
{
	auto_done(arena_done) struct arena a = {0};
	struct layer_input in;

	if (!b->open)
		return 0;
	struct sv path = blob_path(&a, d);
	int rc = b->open(b, path, &in, err);
	if (rc < 0) {
		(void)missing(err);
		return where(b, path, err);
	}
	(void)close(in.fd);
	if (in.length == size)
		return 0;
	(void)mismatch(err, in.length, size);
	return where(b, path, err);
}

bool blobs_has(struct blobs *b, const struct digest *d)
{
	auto_done(arena_done) struct arena a = {0};
	struct layer_input in;
	struct err unused;

	if (!b->open)
		return true;
	if (b->open(b, blob_path(&a, d), &in, &unused) < 0)
		return false;
	(void)close(in.fd);
	return true;
}
