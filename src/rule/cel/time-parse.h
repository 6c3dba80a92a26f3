/* Texts of durations and timestamps. */
#pragma once

#include "base/base.h"

typedef __int128 cel_nanos;

/* Go's form: "1h30m", "-1.5s", "2us", "0". In nanoseconds; false when it does not follow the form,
 * or is beyond 64 bits (then *range). */
bool cel_duration_parse(struct sv text, int64_t *nanos, bool *range);
/* RFC 3339, "2009-02-13T23:31:30.5Z"; any year of four digits (the caller checks the range). */
bool cel_timestamp_parse(struct sv text, int64_t *seconds, int32_t *nanos);
