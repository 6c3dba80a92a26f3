/* gzip (RFC 1952): all members to the end; header checksums and every trailer are verified. */
#include "fmt/stream.h"

#include "fmt/expand.h"
#include "fmt/inflate.h"
#include "fmt/stage.h"

enum { FTEXT = 1, FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, FRESERVED = 0xE0 };

struct gzip {
	struct stage st;
	struct stream *in;
	struct sv chunk; /* input that is not used yet */
	struct expand sum;
	struct inflate *z;
	bool in_body;
	uint32_t crc; /* of the header */
};

static uint64_t gzip_at(const struct gzip *g)
{
	return g->sum.in - g->chunk.n;
}

static int gzip_truncated(const struct gzip *g, struct err *err)
{
	(void)err_set(err, ERR_PARSE, "gzip: truncated at byte %llu",
		      (unsigned long long)gzip_at(g));
	return err_code(err, "truncated");
}

/* The next byte of a header, or negative. */
static int header_byte(struct gzip *g, struct err *err)
{
	if (g->chunk.n == 0) {
		int rc = stream_next(g->in, &g->chunk, err);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return gzip_truncated(g, err);
		g->sum.in += g->chunk.n;
	}
	uint8_t c = (uint8_t)g->chunk.p[0];
	g->crc = crc32_of(g->crc, sv_head(g->chunk, 1));
	g->chunk = sv_from(g->chunk, 1);
	return c;
}

static int header_le16(struct gzip *g, struct err *err)
{
	int low = header_byte(g, err);

	if (low < 0)
		return low;
	int high = header_byte(g, err);
	return high < 0 ? high : low | high << 8;
}

static int header_skip(struct gzip *g, int n, struct err *err)
{
	int c = 0;

	while (n-- > 0 && c >= 0)
		c = header_byte(g, err);
	return c < 0 ? c : 0;
}

static int header_text(struct gzip *g, struct err *err)
{
	int c;

	do {
		c = header_byte(g, err);
	} while (c > 0);
	return c;
}

static int header_magic(struct gzip *g, bool first, struct err *err)
{
	static const uint8_t magic[] = {0x1F, 0x8B, 8};
	uint64_t at = gzip_at(g);

	for (size_t i = 0; i < sizeof magic; i++) {
		int c = header_byte(g, err);
		if (c < 0)
			return c;
		if (c == magic[i])
			continue;
		if (first)
			return err_set(err, ERR_PARSE, "not gzip with deflate");
		(void)err_set(err, ERR_PARSE, "gzip: bytes after the end, from byte %llu",
			      (unsigned long long)at);
		return err_code(err, "trailing-bytes");
	}
	return 0;
}

static int header_options(struct gzip *g, int flags, struct err *err)
{
	int rc = 0;

	if (flags & FEXTRA) {
		rc = header_le16(g, err);
		if (rc > 0)
			rc = header_skip(g, rc, err);
	}
	if (rc >= 0 && (flags & FNAME))
		rc = header_text(g, err);
	if (rc >= 0 && (flags & FCOMMENT))
		rc = header_text(g, err);
	if (rc >= 0 && (flags & FHCRC)) {
		uint32_t want = g->crc & 0xFFFF;
		rc = header_le16(g, err);
		if (rc >= 0 && (uint32_t)rc != want)
			return err_set(err, ERR_PARSE,
				       "gzip: header checksum differs before byte %llu",
				       (unsigned long long)gzip_at(g));
	}
	return rc < 0 ? rc : 0;
}

static int header(struct gzip *g, struct err *err)
{
	bool first = gzip_at(g) == 0;

	g->crc = 0;
	int rc = header_magic(g, first, err);
	if (rc < 0)
		return rc;
	int flags = header_byte(g, err);
	if (flags < 0)
		return flags;
	if (flags & FRESERVED)
		return err_set(err, ERR_PARSE, "gzip: reserved flags before byte %llu",
			       (unsigned long long)gzip_at(g));
	rc = header_skip(g, 6, err); /* time, extra flags, system */
	return rc < 0 ? rc : header_options(g, flags, err);
}

/* 1 = there is input, 0 = the inner stream ended. */
static int gzip_pull(struct gzip *g, struct err *err)
{
	if (g->chunk.n > 0)
		return 1;
	int rc = stream_next(g->in, &g->chunk, err);
	if (rc > 0)
		g->sum.in += g->chunk.n;
	return rc;
}

static int gzip_body(struct gzip *g, char *to, size_t cap, size_t *n, struct err *err)
{
	bool done = false;

	for (;;) {
		int rc = inflate_run(g->z, &g->chunk, to, cap, n, &done, err);
		if (rc < 0) {
			(void)err_ctx(err, "gzip: before byte %llu", (unsigned long long)g->sum.in);
			return rc;
		}
		g->in_body = !done;
		if (*n > 0)
			return expand_add(&g->sum, *n, err) < 0 ? -(int)err->kind : 1;
		if (done)
			return 0;
		if (g->chunk.n > 0)
			return err_set(err, ERR_PARSE, "gzip: no progress at byte %llu",
				       (unsigned long long)gzip_at(g));
		rc = gzip_pull(g, err);
		if (rc <= 0)
			return rc < 0 ? rc : gzip_truncated(g, err);
	}
}

static int gzip_make(struct stage *st, char *to, size_t cap, size_t *n, struct err *err)
{
	struct gzip *g = (struct gzip *)st;

	for (;;) {
		if (!g->in_body) {
			int rc = gzip_pull(g, err);
			if (rc == 0 && g->sum.in == 0)
				return gzip_truncated(g, err);
			if (rc > 0)
				rc = header(g, err) < 0 ? -(int)err->kind : 1;
			if (rc <= 0)
				return rc;
			inflate_reset(g->z);
			g->in_body = true;
		}
		int rc = gzip_body(g, to, cap, n, err);
		if (rc != 0)
			return rc;
	}
}

static void gzip_free(struct stream *s)
{
	struct gzip *g = (struct gzip *)s;

	inflate_free(g->z);
	stream_free(g->in);
	stage_done(&g->st);
	free(g);
}

struct stream *stream_gzip(struct stream *inner)
{
	struct gzip *g = xcalloc(1, sizeof *g);

	stage_init(&g->st, gzip_make, gzip_free);
	g->in = inner;
	g->z = inflate_new(INFLATE_GZIP);
	return &g->st.s;
}
