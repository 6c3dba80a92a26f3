#include "rule/cel/civil.h"

#include "base/clock.h"

enum { DAY = 86400, DAYS_400 = 146097 };

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned civil_month_days(int64_t year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (unsigned)(month == 2 && is_leap(year));
}

/* The year that a day (from 1970-01-01) lies in: an estimate that is at most one too high. */
static int64_t year_of(int64_t day)
{
	int64_t year = 1970 + floor_div(day * 400, DAYS_400);

	while (clock_days(year, 1, 1) > day)
		year--;
	while (clock_days(year + 1, 1, 1) <= day)
		year++;
	return year;
}

struct civil civil_of(int64_t seconds)
{
	int64_t day = floor_div(seconds, DAY);
	unsigned rest = (unsigned)(seconds - day * DAY);
	struct civil c = {.year = year_of(day),
			  .month = 1,
			  .hour = rest / 3600,
			  .minute = rest / 60 % 60,
			  .second = rest % 60};

	c.weekday = (unsigned)((day + 4) - floor_div(day + 4, 7) * 7);
	c.yearday = (unsigned)(day - clock_days(c.year, 1, 1));
	c.day = c.yearday + 1;
	while (c.day > civil_month_days(c.year, c.month))
		c.day -= civil_month_days(c.year, c.month++);
	return c;
}
