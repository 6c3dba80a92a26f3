/* The rule for years beyond a zone's table: the TZ variable of POSIX, as TZif's footer has it. */
#pragma once

#include "base/base.h"

struct zone_day {
	char form; /* 'M': week and weekday; 'J': 1 to 365; 'N': 0 to 365 */
	unsigned month, week, day;
	int64_t time; /* seconds of local time from midnight */
};

struct zone_rule {
	bool daylight;
	int64_t standard_offset, daylight_offset; /* east of UTC */
	struct zone_day start, end;
};

bool zone_rule_parse(struct sv text, struct zone_rule *out);
int64_t zone_rule_offset(const struct zone_rule *r, int64_t t);
