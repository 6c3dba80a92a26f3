/* Calendar of timestamps: proleptic Gregorian, years 1 to 9999. */
#pragma once

#include "base/base.h"

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
#define CEL_TIMESTAMP_MIN (-62135596800)
#define CEL_TIMESTAMP_MAX 253402300799
/* Seconds of the longest duration: what 64 bits of nanoseconds hold, as in Kubernetes. */
#define CEL_DURATION_MAX 9223372036

struct civil {
	int64_t year;
	unsigned month, day; /* from 1 */
	unsigned hour, minute, second;
	unsigned weekday; /* 0 = Sunday */
	unsigned yearday; /* from 0 */
};

struct civil civil_of(int64_t seconds);
unsigned civil_month_days(int64_t year, unsigned month);
