/*
 * What the stages of a stream share: a window of their own that is made when first needed, and an
 * end or error that repeats itself. A stage writes only `make`; stage_next() and stage_fill() do
 * the rest.
 */
#pragma once

#include "fmt/stream.h"

enum { STAGE_WINDOW = 256 << 10 };

struct stage {
	struct stream s; /* first: a stage is a stream */
	/* 1 = *n bytes (at least one) written to `to`, 0 = end, negative = error */
	int (*make)(struct stage *st, char *to, size_t cap, size_t *n, struct err *err);
	char *window;
	int ended; /* 0 = runs; 1 = at the end; negative = the error below, for ever */
	struct err err;
};

int stage_next(struct stream *s, struct sv *chunk, struct err *err);
int stage_fill(struct stream *s, char *to, size_t cap, size_t *n, struct err *err);
/* Fills what all stages set the same way. */
void stage_init(struct stage *st,
		int (*make)(struct stage *st, char *to, size_t cap, size_t *n, struct err *err),
		void (*release)(struct stream *s));
/* Frees the window. */
void stage_done(struct stage *st);

/* The fill of s, or a copy out of its chunks; *kept (zero at first) holds what did not fit. */
int stream_fill(struct stream *s, struct sv *kept, char *to, size_t cap, size_t *n,
		struct err *err) must_check;
