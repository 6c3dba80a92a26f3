#include "advisory/feed.h"

static struct sv hex(struct arena *a, const uint8_t digest[32])
{
	char *p = arena_alloc(a, 65);

	for (size_t i = 0; i < 32; i++)
		(void)snprintf(p + 2 * i, 3, "%02x", digest[i]);
	return sv_make(p, 64);
}

int feed_sha256(int fd, struct arena *a, struct sv *out, struct err *err)
{
	struct stream *s = stream_digest(stream_fd(fd, 0, UINT64_MAX));
	struct sv chunk;
	uint8_t digest[32];
	uint64_t bytes;
	int rc;

	while ((rc = stream_next(s, &chunk, err)) == 1)
		;
	if (rc == 0 && stream_digest_get(s, digest, &bytes))
		*out = hex(a, digest);
	stream_free(s);
	return rc;
}

int feed_stream(int fd, struct stream **out, const struct stream **digest, struct err *err)
{
	struct stream *raw = stream_digest(stream_fd(fd, 0, UINT64_MAX));
	enum compression how;

	*digest = raw;
	return stream_auto(raw, out, &how, err);
}

struct sv feed_stream_end(const struct stream *digest, struct arena *a)
{
	uint8_t bytes[32];
	uint64_t n;

	return stream_digest_get(digest, bytes, &n) ? hex(a, bytes) : (struct sv){0};
}
