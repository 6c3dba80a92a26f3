/*
 * zip (APPNOTE 6.3): the central directory is the authority; local headers are checked against it.
 * zip64. Members that overlap or lie outside are errors. Bytes in front of the archive (a program
 * that unpacks itself) are passed over, as Java does.
 */
#pragma once

#include "fmt/stream.h"

/* What files that have a name twice mean. */
enum zip_names {
	ZIP_UNIQUE, /* an error: two readers would see two archives */
	ZIP_REPEAT, /* all are members; zip_find() gives the last, as java.util.zip does */
};

struct zip_member {
	struct sv name;
	uint64_t size, packed;
	uint64_t header; /* offset of the local header in the file */
	uint64_t limit;  /* where the next member or the central directory begins: it ends before */
	uint32_t crc;
	uint16_t method; /* 0 stored, 8 deflate */
	uint16_t flags;  /* bit 0: encrypted, bit 3: sizes stand behind the data */
	bool dir;
};

struct zip {
	struct sv bytes; /* whole archive when it is in memory */
	int fd;          /* else */
	uint64_t length;
	struct zip_member *members; /* as in the central directory */
	size_t n;
	uint32_t *by_name; /* indices of members, sorted by name, then by index */
};

/* Borrow the bytes or the descriptor; the rest lives in the arena. */
int zip_open(struct arena *a, struct sv bytes, enum zip_names names, struct zip *out,
	     struct err *err) must_check;
int zip_open_fd(struct arena *a, int fd, enum zip_names names, struct zip *out,
		struct err *err) must_check;
/* The member as a view, if it is stored and in memory; false otherwise. Its CRC is not checked. */
bool zip_view(const struct zip *z, const struct zip_member *m, struct sv *out);
/* Appends the member, unpacked, CRC checked. More than limit bytes: ERR_LIMIT. */
int zip_read(const struct zip *z, const struct zip_member *m, uint64_t limit, struct buf *out,
	     struct err *err) must_check;
/* The member in pieces; the end is given only when size and CRC are right. *z outlives the stream.
 */
int zip_stream(const struct zip *z, const struct zip_member *m, struct stream **out,
	       struct err *err) must_check;
/* The member of this name, or NULL. */
const struct zip_member *zip_find(const struct zip *z, struct sv name);
