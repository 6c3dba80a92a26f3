/* Which compression a stream has, by its first four bytes; none of them is lost. */
#include "fmt/stream.h"

enum { MAGIC = 4 };

struct peeked {
	struct stream s;
	struct stream *in;
	char head[MAGIC]; /* when the first chunks are shorter than the magic */
	struct sv first, second;
};

static int peeked_next(struct stream *s, struct sv *chunk, struct err *err)
{
	struct peeked *p = (struct peeked *)s;

	if (p->first.n == 0 && p->second.n == 0)
		return stream_next(p->in, chunk, err);
	struct sv *from = p->first.n ? &p->first : &p->second;
	*chunk = *from;
	*from = (struct sv){0};
	return 1;
}

static void peeked_free(struct stream *s)
{
	stream_free(((struct peeked *)s)->in);
	free(s);
}

/* Gathers the first bytes: usually the view of the first chunk, which is not copied. */
static int peek(struct peeked *p, struct sv *magic, struct err *err)
{
	struct sv chunk = {0};
	size_t n = 0;

	int rc = stream_next(p->in, &chunk, err);
	while (rc > 0 && n + chunk.n < MAGIC) {
		memcpy(p->head + n, chunk.p, chunk.n);
		n += chunk.n;
		rc = stream_next(p->in, &chunk, err);
	}
	if (rc < 0)
		return rc;
	if (rc > 0 && n == 0) {
		p->second = chunk;
		*magic = sv_head(chunk, MAGIC);
		return 0;
	}
	if (rc > 0) {
		size_t rest = MAGIC - n;
		memcpy(p->head + n, chunk.p, rest);
		n = MAGIC;
		p->second = sv_from(chunk, rest);
	}
	p->first = *magic = sv_make(p->head, n);
	return 0;
}

static enum compression judge(struct sv magic)
{
	if (magic.n >= 2 && (uint8_t)magic.p[0] == 0x1F && (uint8_t)magic.p[1] == 0x8B)
		return COMPRESSION_GZIP;
	if (magic.n < MAGIC)
		return COMPRESSION_NONE;
	/* RFC 8878, 3.1: a frame, or a skippable frame in front of it */
	uint32_t v = le32(magic.p);
	return v == 0xFD2FB528 || (v & 0xFFFFFFF0) == 0x184D2A50 ? COMPRESSION_ZSTD
								 : COMPRESSION_NONE;
}

int stream_auto(struct stream *inner, struct stream **out, enum compression *found, struct err *err)
{
	struct peeked *p = xcalloc(1, sizeof *p);
	struct sv magic = {0};

	p->s = (struct stream){.next = peeked_next, .free = peeked_free};
	p->in = inner;
	int rc = peek(p, &magic, err);
	if (rc < 0) {
		stream_free(&p->s);
		return rc;
	}
	*found = judge(magic);
	*out = *found == COMPRESSION_GZIP   ? stream_gzip(&p->s)
	       : *found == COMPRESSION_ZSTD ? stream_zstd(&p->s)
					    : &p->s;
	return 0;
}
