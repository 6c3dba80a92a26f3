/* Time as seconds since 1970 UTC, and RFC 3339. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Now, or SOURCE_DATE_EPOCH when it is set (deterministic output). */
int64_t clock_now(void);
/* Monotonic nanoseconds, for rates and time-outs. */
int64_t clock_mono_ns(void);
/* "2026-11-24T07:00:00Z", 'z' or offset, fraction ignored; "2026-11-24" alone is midnight. */
bool clock_parse(struct sv v, int64_t *out);
/* "2026-11-24T07:00:00Z" */
void clock_fmt(struct buf *b, int64_t t);
/* "2026-11-24" */
void clock_fmt_date(struct buf *b, int64_t t);
/* Days from 1970-01-01 of a civil date (proleptic Gregorian). */
int64_t clock_days(int64_t year, unsigned month, unsigned day);
