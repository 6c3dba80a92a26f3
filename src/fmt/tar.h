/*
 * tar as Go's archive/tar reads it (that is what dockerd, containerd and every registry tool use):
 * ustar, pax, GNU long names and links, GNU base-256 numbers, sparse files. Where other readers
 * (libarchive, GNU tar, star) would see something else, the entry says so in `odd`.
 */
#pragma once

#include "fmt/stream.h"

enum tar_type {
	TAR_FILE,
	TAR_DIR,
	TAR_SYMLINK,
	TAR_HARDLINK,
	TAR_CHAR,
	TAR_BLOCK,
	TAR_FIFO,
	TAR_OTHER
};

struct tar_entry {
	struct sv path; /* as written, not cleaned; see tar_clean_path() */
	struct sv link;
	enum tar_type type;
	uint64_t size; /* bytes that tar_data() gives */
	uint32_t mode;
	uint64_t offset;        /* of the header in the stream, for messages */
	const char *odd;        /* NULL, or in which way readers differ on this entry */
	struct sv opaque_xattr; /* SCHILY.xattr.trusted.overlay.opaque, or empty */
	uint32_t dev_major, dev_minor;
	uint64_t uid, gid;
	struct sv capability; /* SCHILY.xattr.security.capability, or empty */
};

struct tar;

/* Takes the stream over. */
struct tar *tar_new(struct stream *in);
void tar_free(struct tar *t);
/* 1 = *e filled (views valid until the next tar_next), 0 = end of archive. Skips what is left of
 * the entry before. After the end marker the rest of the stream is read, so that digests are
 * complete. */
int tar_next(struct tar *t, struct tar_entry *e, struct err *err) must_check;
/* The data of the current entry in pieces: 1 = *chunk, 0 = end of the entry. */
int tar_data(struct tar *t, struct sv *chunk, struct err *err) must_check;
/* The stream below, for its digest. */
struct stream *tar_stream(struct tar *t);
/* Makes a relative path without ".", "..", "//" and leading "/" into out (cap bytes); 0 length =
 * the root. False when ".." would leave the root or it does not fit. */
bool tar_clean_path(struct sv path, char *out, size_t cap, struct sv *clean);
