#include "advisory/feed.h"

#include "advisory/cvss.h"

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

bool feed_vector(struct cve_fact *f, struct sv vector, int rank, struct sv source)
{
	struct sv version;
	struct err ignored; /* what cannot be read must not hide what can */
	double score;

	if (vector.n == 0 || vector.n > 255 || rank <= f->cvss_rank ||
	    cvss_score(vector, &score, &version, &ignored) < 0)
		return false;
	f->cvss = vector;
	f->cvss_rank = rank;
	f->cvss_source = source;
	return true;
}

void feed_cwe(struct buf *out, struct sv id)
{
	struct sv rest = buf_view(out);
	uint64_t number;

	if (!sv_starts(id, SV("CWE-")) || id.n > 16 || out->n > 256 ||
	    !sv_u64(sv_from(id, 4), &number))
		return;
	while (rest.n)
		if (sv_eq(sv_cut(&rest, ' '), id))
			return;
	if (out->n)
		buf_char(out, ' ');
	buf_sv(out, id);
}
