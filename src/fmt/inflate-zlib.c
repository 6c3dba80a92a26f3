#include "fmt/inflate.h"

#ifndef HAVE_ISAL

#include <zlib.h>

struct inflate {
	z_stream z;
	enum inflate_kind kind;
	bool body_done;
	uint32_t crc, length; /* of what came out; length modulo 2^32 */
	uint8_t trailer[8];
	uint8_t trailer_n;
};

static voidpf zlib_alloc(voidpf opaque, uInt count, uInt size)
{
	(void)opaque;
	return xcalloc(count, size);
}

static void zlib_release(voidpf opaque, voidpf p)
{
	(void)opaque;
	free(p);
}

struct inflate *inflate_new(enum inflate_kind kind)
{
	struct inflate *z = xcalloc(1, sizeof *z);

	z->kind = kind;
	z->z.zalloc = zlib_alloc;
	z->z.zfree = zlib_release;
	if (inflateInit2(&z->z, -MAX_WBITS) != Z_OK)
		budget_exhausted("zlib", 0);
	return z;
}

void inflate_free(struct inflate *z)
{
	if (z)
		(void)inflateEnd(&z->z);
	free(z);
}

void inflate_reset(struct inflate *z)
{
	(void)inflateReset(&z->z);
	z->body_done = false;
	z->crc = z->length = 0;
	z->trailer_n = 0;
}

uint32_t crc32_of(uint32_t crc, struct sv v)
{
	return (uint32_t)crc32_z(crc, (const Bytef *)v.p, v.n);
}

uint32_t inflate_crc(const struct inflate *z)
{
	return z->crc;
}

static int trailer(struct inflate *z, struct sv *in, bool *done, struct err *err)
{
	while (z->trailer_n < sizeof z->trailer && in->n > 0) {
		z->trailer[z->trailer_n++] = (uint8_t)in->p[0];
		*in = sv_from(*in, 1);
	}
	if (z->trailer_n < sizeof z->trailer)
		return 0;
	if (le32(z->trailer) != z->crc || le32(z->trailer + 4) != z->length)
		return err_set(err, ERR_PARSE, "deflate: CRC-32 or length differ from the trailer");
	*done = true;
	return 0;
}

int inflate_run(struct inflate *z, struct sv *in, char *to, size_t cap, size_t *made, bool *done,
		struct err *err)
{
	size_t give = in->n < INT32_MAX ? in->n : INT32_MAX;
	size_t room = cap < INT32_MAX ? cap : INT32_MAX;
	int rc = Z_STREAM_END;

	*made = 0;
	*done = false;
	if (!z->body_done) {
		z->z.next_in = (Bytef *)(uintptr_t)in->p;
		z->z.avail_in = (uInt)give;
		z->z.next_out = (Bytef *)to;
		z->z.avail_out = (uInt)room;
		rc = inflate(&z->z, Z_NO_FLUSH);
		*in = sv_from(*in, give - z->z.avail_in);
		*made = room - z->z.avail_out;
		z->crc = crc32_of(z->crc, sv_make(to, *made));
		z->length += (uint32_t)*made;
	}
	if (rc != Z_STREAM_END && rc != Z_OK && rc != Z_BUF_ERROR)
		return err_set(err, ERR_PARSE, "deflate: %s", z->z.msg ? z->z.msg : "invalid data");
	z->body_done = rc == Z_STREAM_END;
	if (z->body_done && z->kind == INFLATE_GZIP)
		return trailer(z, in, done, err);
	*done = z->body_done;
	return 0;
}

#endif
