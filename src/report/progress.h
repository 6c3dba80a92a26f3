/*
 * Progress on standard error. On a terminal one line that is redrawn ten times a second at most; in
 * plain mode a line of its own every few seconds; otherwise nothing. Log lines clear it first
 * (log_before_line).
 *
 * One progress at a time; the caller updates from one thread. Nothing is drawn before the work has
 * taken half a second, so that quick runs stay quiet.
 */
#pragma once

#include <stdio.h>

#include "base/base.h"

enum progress_mode { PROGRESS_OFF, PROGRESS_LINE, PROGRESS_LINES };

struct progress {
	FILE *to;
	enum progress_mode mode;
	unsigned width;
	char what[64];        /* what is worked on, escaped */
	const char *unit;     /* of items: "layers" */
	uint64_t done, total; /* bytes; total 0 = not known, done 0 too: only items count */
	uint64_t items, items_total;
	int64_t start, drawn; /* monotonic nanoseconds */
	bool visible;         /* a line stands on the terminal */
};

/* The mode by option (0 auto, 1 plain, 2 never), -q and whether standard error is a terminal. */
enum progress_mode progress_mode_of(unsigned when, bool quiet);
void progress_begin(struct progress *p, enum progress_mode mode, struct sv what, uint64_t total,
		    uint64_t items, const char *unit);
/* Sets how much is done and draws when it is time. */
void progress_update(struct progress *p, uint64_t done, uint64_t items);
/* Removes the line. */
void progress_end(struct progress *p);

/* One state as text within width columns: "web:1.2  3/7 layers  120 MB of 334 MB  240 MB/s  1 s
 * left". */
void progress_text(struct buf *b, const struct progress *p, int64_t now);
/* "0 B", "999 B", "1.2 kB", "334 MB": powers of 1000, as layers are sold. */
void bytes_text(struct buf *b, uint64_t bytes);
