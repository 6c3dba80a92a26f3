/*
 * Frames: how a worker tells its parent what it found. Bounded, typed, checked on arrival.
 *
 *     u32 length of the payload, u8 type, payload: fields in the order that the type defines,
 *     numbers as 8 bytes little-endian, texts as u32 length + bytes.
 */
#pragma once

#include "base/base.h"

enum { FRAME_HEADER = 5 };

struct frame_writer {
	int fd; /* flushed to it when the buffer is full; -1 = only the buffer */
	struct buf buf;
	size_t start; /* of the frame being written */
	bool failed;  /* the reader is gone */
	bool held;    /* what is in the buffer may be taken back: it is not flushed when full */
};

void frame_begin(struct frame_writer *w, uint8_t type);
void frame_u64(struct frame_writer *w, uint64_t v);
/* Longer than limit_field_bytes is cut: a name of 64 KiB is hostile. */
void frame_sv(struct frame_writer *w, struct sv v);
/* Bytes that may be as long as the frame. */
void frame_bytes(struct frame_writer *w, struct sv v);
void frame_err(struct frame_writer *w, const struct err *err);
void frame_end(struct frame_writer *w);
void frame_flush(struct frame_writer *w);

struct frame {
	uint8_t type;
	struct sv payload;
};

/* Takes the next whole frame off *rest. 1 = a frame, 0 = more bytes are needed, negative = not a
 * frame. */
int frame_take(struct sv *rest, struct frame *out, struct err *err) must_check;
/* Fields of a payload; after the first fault everything reads as zero and *ok is false. */
uint64_t frame_get_u64(struct sv *payload, bool *ok);
struct sv frame_get_sv(struct sv *payload, bool *ok);
/* Texts are cut to what an error holds; a kind or scope that is none is a fault. */
void frame_get_err(struct sv *payload, bool *ok, struct err *out);
