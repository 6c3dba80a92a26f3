/* The parts of the tar reader: header blocks, pax records, sparse maps, and tar.c that drives them.
 */
#pragma once

#include "fmt/tar.h"

enum { TAR_BLOCK_SIZE = 512 };

/* tar-header.c: one block of 512 bytes. */
enum tar_format { TAR_V7, TAR_USTAR, TAR_STAR, TAR_GNU };

struct tar_header {
	enum tar_format format;
	char type;
	struct sv name, prefix, link; /* views into the block */
	int64_t size, mode, uid, gid, dev_major, dev_minor;
	bool odd_prefix; /* the prefix field means something else to other readers */
};

/* block outlives *out. */
int tar_header_read(const char *block, struct tar_header *out, struct err *err) must_check;
/* Octal or base-256; false when it is neither or does not fit. */
bool tar_number(struct sv field, int64_t *out);
/* Up to the first NUL. */
struct sv tar_text(struct sv field);
/* Links, devices, directories, FIFOs: no data follows, whatever the size field says. */
bool tar_header_only(char type);

/* tar-pax.c: records of an extended header. */
struct tar_pax {
	struct sv path, link, size, opaque, capability; /* empty = not there */
	struct sv major, minor, map, blocks, sparse_name, sparse_size, real_size;
	struct sv uid, gid, mtime, atime, ctime;
	struct sv_vec pairs; /* GNU.sparse 0.0 and 0.1: offset, length, offset ... */
	bool bad;            /* one of the numbers is none: the entry is refused */
	bool twice;          /* a key that matters stands twice */
	bool any;
};

/* Views into text, which outlives *out. *out starts zeroed or as it was: it is reset. */
int tar_pax_read(struct sv text, struct tar_pax *out, struct err *err) must_check;
void tar_pax_done(struct tar_pax *p);
/* Decimal with an optional sign, all of the view, as Go's strconv.ParseInt. */
bool tar_decimal(struct sv v, int64_t *out);

/* tar-sparse.c */
struct tar_region {
	uint64_t at, n;
};

struct tar_sparse {
	struct tar_region *p;
	size_t n, cap;
};

/* How the map of an entry reads the blocks that hold it: raw of the stream, or of the entry's data.
 */
struct tar_blocks {
	int (*next)(void *arg, char *block, struct err *err);
	void *arg;
};

/* Old GNU format (type S): *size becomes the expanded size. */
int tar_sparse_gnu(const char *block, struct tar_blocks *more, struct tar_sparse *map,
		   int64_t *size, struct err *err) must_check;
/* GNU.sparse.* 0.0, 0.1, 1.0: 1 = sparse, 0 = it is not. */
int tar_sparse_pax(const struct tar_pax *pax, struct tar_blocks *more, struct tar_sparse *map,
		   int64_t *size, struct err *err) must_check;
/* In order, without overlap, inside of size. */
int tar_sparse_check(const struct tar_sparse *map, int64_t size, struct err *err) must_check;
