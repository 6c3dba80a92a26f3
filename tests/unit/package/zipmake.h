/* Writes small zip archives, stored or deflated. */
#pragma once

#include <zlib.h>

#include "base/base.h"

struct zipmake {
	struct buf bytes, central;
	unsigned n;
};

static inline void zipmake_le(struct buf *b, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		buf_char(b, (char)(uint8_t)(v >> (8 * i)));
}

static inline void zipmake_raw(struct zipmake *z, struct sv name, uint32_t crc, struct sv packed,
			       size_t size, unsigned method)
{
	size_t at = z->bytes.n;

	for (int central = 0; central < 2; central++) {
		struct buf *b = central ? &z->central : &z->bytes;

		zipmake_le(b, central ? 0x02014b50 : 0x04034b50, 4);
		if (central)
			zipmake_le(b, 20, 2);
		zipmake_le(b, 20, 2);
		zipmake_le(b, 0, 2);
		zipmake_le(b, method, 2);
		zipmake_le(b, 0, 4);
		zipmake_le(b, crc, 4);
		zipmake_le(b, packed.n, 4);
		zipmake_le(b, size, 4);
		zipmake_le(b, name.n, 2);
		zipmake_le(b, 0, 2);
		if (central) {
			buf_fill(b, 0, 10);
			zipmake_le(b, at, 4);
		}
		buf_sv(b, name);
	}
	buf_sv(&z->bytes, packed);
	z->n++;
}

static inline void zipmake_add(struct zipmake *z, const char *name, struct sv data, bool deflated)
{
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)data.p, (uInt)data.n);

	if (!deflated) {
		zipmake_raw(z, sv_of(name), crc, data, data.n, 0);
		return;
	}
	uLongf n = compressBound((uLong)data.n);
	unsigned char *packed = xmalloc(n);
	(void)compress2(packed, &n, (const Bytef *)data.p, (uLong)data.n, 9);
	/* without the zlib header and trailer: raw deflate */
	zipmake_raw(z, sv_of(name), crc, sv_make(packed + 2, n - 6), data.n, 8);
	free(packed);
}

/* Closes the archive; the view lives until zipmake_done(). */
static inline struct sv zipmake_end(struct zipmake *z)
{
	size_t at = z->bytes.n;

	buf_sv(&z->bytes, buf_view(&z->central));
	zipmake_le(&z->bytes, 0x06054b50, 4);
	zipmake_le(&z->bytes, 0, 4);
	zipmake_le(&z->bytes, z->n, 2);
	zipmake_le(&z->bytes, z->n, 2);
	zipmake_le(&z->bytes, z->central.n, 4);
	zipmake_le(&z->bytes, at, 4);
	zipmake_le(&z->bytes, 0, 2);
	return buf_view(&z->bytes);
}

static inline void zipmake_done(struct zipmake *z)
{
	buf_done(&z->bytes);
	buf_done(&z->central);
}
