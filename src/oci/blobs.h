/* Where the blobs of an image lie: a directory, an archive. Reads of documents are verified. */
#pragma once

#include "oci/manifest.h"

struct blobs {
	struct sv name; /* for messages: the path of the layout or archive */
	/* The bytes of a file of the layout; ERR_NOTFOUND without one. The descriptor is the
	 * caller's. NULL where there are no files (a registry): then fetch. */
	int (*open)(struct blobs *b, struct sv path, struct layer_input *out, struct err *err);
	/* Appends the document of a descriptor, at most limit bytes, unverified. manifest: an index
	 * or manifest, not a configuration. NULL: open(blob_path()). */
	int (*fetch)(struct blobs *b, const struct descriptor *d, bool manifest, uint64_t limit,
		     struct buf *out, struct err *err);
	uint64_t documents; /* bytes of documents read so far: at most limit_image_documents */
};

/* "blobs/sha256/<hex>" */
struct sv blob_path(struct arena *a, const struct digest *d);
/* Appends a whole file of at most limit_manifest_bytes. */
int blobs_read(struct blobs *b, struct sv path, struct buf *out, struct err *err) must_check;
/* Appends the document of a descriptor: size and digest hold, else ERR_CRYPTO "size-mismatch",
 * "digest-mismatch"; "blob-missing" without it. */
int blobs_fetch(struct blobs *b, const struct descriptor *d, bool manifest, struct buf *out,
		struct err *err) must_check;
/* Is the blob there in full size? ERR_NOTFOUND "blob-missing", or ERR_CRYPTO "size-mismatch".
 * Nothing is asked of a registry. */
int blobs_check(struct blobs *b, const struct digest *d, uint64_t size, struct err *err) must_check;
bool blobs_has(struct blobs *b, const struct digest *d);
