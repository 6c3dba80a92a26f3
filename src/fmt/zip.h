/* zip: the central directory is the authority; local headers are checked against it. zip64. Members that
 * overlap, lie outside, or have names twice are errors. */
#pragma once

#include "fmt/stream.h"

struct zip_member {
	struct sv name;
	uint64_t size, packed;
	uint64_t header; /* offset of the local header */
	uint32_t crc;
	uint16_t method; /* 0 stored, 8 deflate */
	bool dir;
};

struct zip {
	struct sv bytes; /* whole archive when it is in memory */
	int fd;          /* else */
	uint64_t length;
	struct zip_member *members;
	size_t n;
};

/* Borrow the bytes or the descriptor; the rest lives in the arena. */
int zip_open(struct arena *a, struct sv bytes, struct zip *out, struct err *err) must_check;
int zip_open_fd(struct arena *a, int fd, struct zip *out, struct err *err) must_check;
/* The member as a view, if it is stored and in memory; false otherwise. */
bool zip_view(const struct zip *z, const struct zip_member *m, struct sv *out);
/* Appends the member, unpacked, CRC checked. More than limit bytes: ERR_LIMIT. */
int zip_read(const struct zip *z, const struct zip_member *m, uint64_t limit, struct buf *out,
	     struct err *err) must_check;
/* The member of this name, or NULL. */
const struct zip_member *zip_find(const struct zip *z, struct sv name);
