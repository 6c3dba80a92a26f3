/*
 * DEFLATE (RFC 1951) in pieces: ISA-L (inflate-isal.c), or zlib where it is missing
 * (inflate-zlib.c). The CRC-32 of what comes out is counted along.
 */
#pragma once

#include "base/base.h"

struct inflate;

enum inflate_kind {
	INFLATE_RAW,  /* ends with the last block */
	INFLATE_GZIP, /* ends behind the trailer (RFC 1952, 2.3.1), which is checked */
};

struct inflate *inflate_new(enum inflate_kind kind);
void inflate_free(struct inflate *z);
/* Ready for the next stream of the same kind. */
void inflate_reset(struct inflate *z);
/*
 * Takes from *in, writes up to cap bytes (> 0) to `to`, *made says how many. *done: the stream is
 * complete; of INFLATE_GZIP, *in then begins with the byte behind it. When nothing was made and
 * nothing is left of *in, more input is needed.
 */
int inflate_run(struct inflate *z, struct sv *in, char *to, size_t cap, size_t *made, bool *done,
		struct err *err) must_check;
uint32_t inflate_crc(const struct inflate *z);
/* The CRC-32 of gzip and zip over more bytes; 0 at the beginning. */
uint32_t crc32_of(uint32_t crc, struct sv v);
