/*
 * Where the files of an image archive lie, found from its headers alone: data is seeked over, so
 * that a gigabyte of layers costs milliseconds.
 *
 * Only for the outer tar of `docker save` and OCI archives, which programs write: it is read
 * strictly. Whatever two readers could see differently (a name twice, a file below a link, sparse
 * files, global pax headers, links with data) is refused as "ambiguous". Layers are read by
 * fmt/tar.h.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"

struct tar_file {
	struct sv path,
		link; /* link: cleaned target of a symbolic or hard link, empty for a file */
	uint64_t offset, size;
};

struct tar_index {
	struct map by_path;
	size_t n;
};

/* Of a seekable descriptor of `length` bytes. Texts live in the arena. */
int tar_index_read(struct arena *a, int fd, uint64_t length, struct tar_index *out,
		   struct err *err) must_check;
/* The file of this path, links followed (bounded); NULL without one. */
const struct tar_file *tar_index_find(const struct tar_index *t, struct sv path);
void tar_index_done(struct tar_index *t);
/* Does it start like a tar: a header block whose checksum holds? */
bool tar_block_valid(const unsigned char block[512]);
