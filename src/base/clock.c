#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

#include "base/base.h"

int64_t clock_now(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	uint64_t t;

	if (fixed && sv_u64(sv_of(fixed), &t) && t < INT64_MAX)
		return (int64_t)t;
	return (int64_t)time(NULL);
}

int64_t clock_mono_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
int64_t clock_days(int64_t y, unsigned m, unsigned d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	unsigned yoe = (unsigned)(y - era * 400);
	unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + (int64_t)doe - 719468;
}

static bool digits(struct sv v, size_t at, size_t n, unsigned *out)
{
	uint64_t x;

	if (at + n > v.n || !sv_u64(sv_make(v.p + at, n), &x))
		return false;
	*out = (unsigned)x;
	return true;
}

static bool parse_zone(struct sv v, int64_t *seconds)
{
	unsigned h, m;

	*seconds = 0;
	if (v.n == 0 || (v.n == 1 && (v.p[0] == 'Z' || v.p[0] == 'z')))
		return true;
	if ((v.p[0] != '+' && v.p[0] != '-') || !digits(v, 1, 2, &h))
		return false;
	if (!digits(v, v.n == 6 ? 4 : 3, 2, &m) || v.n > 6)
		return false;
	*seconds = (int64_t)(h * 3600 + m * 60) * (v.p[0] == '-' ? -1 : 1);
	return true;
}

bool clock_parse(struct sv v, int64_t *out)
{
	unsigned y, mo, d, h = 0, mi = 0, s = 0;
	int64_t zone = 0;

	if (!digits(v, 0, 4, &y) || !digits(v, 5, 2, &mo) || !digits(v, 8, 2, &d) ||
	    v.p[4] != '-' || v.p[7] != '-' || mo < 1 || mo > 12 || d < 1 || d > 31)
		return false;
	if (v.n > 10) {
		if (!digits(v, 11, 2, &h) || !digits(v, 14, 2, &mi) || !digits(v, 17, 2, &s) ||
		    h > 23 || mi > 59 || s > 60)
			return false;
		struct sv rest = sv_from(v, 19);
		if (rest.n && rest.p[0] == '.') {
			rest = sv_from(rest, 1);
			while (rest.n && rest.p[0] >= '0' && rest.p[0] <= '9')
				rest = sv_from(rest, 1);
		}
		if (!parse_zone(rest, &zone))
			return false;
	}
	*out = clock_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + s - zone;
	return true;
}

static void civil(int64_t t, struct tm *tm)
{
	time_t tt = (time_t)t;

	if (!gmtime_r(&tt, tm))
		*tm = (struct tm){.tm_year = 70, .tm_mday = 1};
}

void clock_fmt(struct buf *b, int64_t t)
{
	struct tm tm;

	civil(t, &tm);
	buf_fmt(b, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void clock_fmt_date(struct buf *b, int64_t t)
{
	struct tm tm;

	civil(t, &tm);
	buf_fmt(b, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}
