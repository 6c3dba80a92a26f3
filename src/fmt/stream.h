/*
 * Pulling bytes through stages: file or memory -> digest -> inflate -> tar.
 *
 * stream_next() gives the next chunk as a view that is valid until the next call; so a stage copies
 * nothing that it does not have to. Streams are made by their stage's constructor (stream_fd,
 * stream_mem, stream_digest, stream_gzip, stream_zstd ...), own their inner stream, and are freed
 * with stream_free(), which accepts NULL. After an error or the end, stream_next() repeats it.
 */
#pragma once

#include <stdint.h>

#include "base/base.h"

struct stream {
	/* 1 = a chunk of at least one byte, 0 = end, negative = error */
	int (*next)(struct stream *s, struct sv *chunk, struct err *err);
	void (*free)(struct stream *s);
	/* NULL, or the same with the bytes written to `to` (cap > 0) instead of into a window of
	 * the stage, which saves a copy. */
	int (*fill)(struct stream *s, char *to, size_t cap, size_t *n, struct err *err);
};

static inline must_check int stream_next(struct stream *s, struct sv *chunk, struct err *err)
{
	return s->next(s, chunk, err);
}

static inline void stream_free(struct stream *s)
{
	if (s)
		s->free(s);
}

/* Reads length bytes at offset (pread) in windows; offset UINT64_MAX: reads a pipe or socket from
 * where it stands; length UINT64_MAX: to the end, else a shorter file is ERR_PARSE "truncated".
 * Borrows fd. */
struct stream *stream_fd(int fd, uint64_t offset, uint64_t length);
/* Borrows the bytes. */
struct stream *stream_mem(struct sv bytes);
/* SHA-256 of all that passes; takes inner over. The digest is ready when stream_next() gave 0. The
 * first one loads OpenSSL's configuration file: a process that shuts itself in calls
 * stream_digest_prepare() before. */
struct stream *stream_digest(struct stream *inner);
void stream_digest_prepare(void);
/* 32 bytes, and how many bytes passed. False before the end was reached. */
bool stream_digest_get(const struct stream *s, uint8_t out[32], uint64_t *bytes);

/* fmt/gzip.c: all members to the end; bytes after the last member are an error. ISA-L. */
struct stream *stream_gzip(struct stream *inner);
/* fmt/zstd.c: all frames to the end. */
struct stream *stream_zstd(struct stream *inner);
/* Looks at the first bytes: gzip, zstd or as it is. Takes inner over. */
enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };
int stream_auto(struct stream *inner, struct stream **out, enum compression *found,
		struct err *err);
/*
 * fmt/thread.c: runs inner in a thread of its own, a ring of windows ahead. Takes inner over. The
 * thread runs when stream_thread() returns, so a sandbox that forbids clone can be entered after
 * it; seccomp must then be loaded for all threads (SECCOMP_FILTER_FLAG_TSYNC) and Landlock before,
 * since neither reaches a thread that already runs. Where no thread can be made, inner itself is
 * returned. stream_free() waits for the read that is under way: who stops early at a pipe or socket
 * shuts the other end first.
 */
struct stream *stream_thread(struct stream *inner);

/* Reads all of s into b; more than limit bytes is ERR_LIMIT. */
int stream_all(struct stream *s, uint64_t limit, struct buf *b, struct err *err) must_check;
