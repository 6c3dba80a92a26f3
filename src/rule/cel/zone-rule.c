#include "rule/cel/zone-rule.h"

#include "base/clock.h"
#include "rule/cel/civil.h"

enum { HOUR = 3600, DAY = 86400, LARGEST_HOUR = 167 };

static bool take(struct sv *rest, char c)
{
	if (!rest->n || rest->p[0] != c)
		return false;
	*rest = sv_from(*rest, 1);
	return true;
}

static bool take_number(struct sv *rest, unsigned most, unsigned *out)
{
	unsigned v = 0, digits = 0;

	for (; rest->n && rest->p[0] >= '0' && rest->p[0] <= '9' && digits < 4; digits++) {
		v = v * 10 + (unsigned)(rest->p[0] - '0');
		*rest = sv_from(*rest, 1);
	}
	*out = v;
	return digits && v <= most;
}

/* "PST" or "<+01>" */
static bool take_name(struct sv *rest)
{
	size_t n = 0;

	if (take(rest, '<')) {
		size_t end = sv_find_char(*rest, '>');
		if (end == SIZE_MAX)
			return false;
		*rest = sv_from(*rest, end + 1);
		return true;
	}
	while (n < rest->n && ((rest->p[n] | 32) >= 'a' && (rest->p[n] | 32) <= 'z'))
		n++;
	*rest = sv_from(*rest, n);
	return n > 0;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct sv *rest, int64_t *out)
{
	bool minus = take(rest, '-');
	unsigned h, m = 0, s = 0;

	if (!minus)
		(void)take(rest, '+');
	if (!take_number(rest, LARGEST_HOUR, &h))
		return false;
	if (take(rest, ':')) {
		if (!take_number(rest, 59, &m))
			return false;
		if (take(rest, ':') && !take_number(rest, 59, &s))
			return false;
	}
	*out = (int64_t)h * HOUR + m * 60 + s;
	if (minus)
		*out = -*out;
	return true;
}

static bool take_day(struct sv *rest, struct zone_day *d)
{
	d->time = 2 * HOUR;
	if (take(rest, 'M')) {
		d->form = 'M';
		if (!take_number(rest, 12, &d->month) || !d->month || !take(rest, '.') ||
		    !take_number(rest, 5, &d->week) || !d->week || !take(rest, '.') ||
		    !take_number(rest, 6, &d->day))
			return false;
	} else {
		d->form = take(rest, 'J') ? 'J' : 'N';
		if (!take_number(rest, 365, &d->day) || (d->form == 'J' && !d->day))
			return false;
	}
	return !take(rest, '/') || take_time(rest, &d->time);
}

bool zone_rule_parse(struct sv text, struct zone_rule *out)
{
	struct zone_rule r = {0};

	if (!take_name(&text) || !take_time(&text, &r.standard_offset))
		return false;
	/* POSIX counts west */
	r.standard_offset = -r.standard_offset;
	r.daylight_offset = r.standard_offset + HOUR;
	if (text.n) {
		r.daylight = true;
		if (!take_name(&text))
			return false;
		if (text.n && text.p[0] != ',') {
			if (!take_time(&text, &r.daylight_offset))
				return false;
			r.daylight_offset = -r.daylight_offset;
		}
		if (!take(&text, ',') || !take_day(&text, &r.start) || !take(&text, ',') ||
		    !take_day(&text, &r.end) || text.n)
			return false;
	}
	*out = r;
	return true;
}

/* The second of local time, from 1970, at which a rule's day begins to hold in a year. */
static int64_t local_start(const struct zone_day *d, int64_t year)
{
	int64_t first = clock_days(year, 1, 1), day;
	bool leap = civil_month_days(year, 2) == 29;

	if (d->form == 'J') {
		day = first + d->day - 1 + (leap && d->day >= 60);
	} else if (d->form == 'N') {
		day = first + d->day;
	} else {
		int64_t month = clock_days(year, d->month, 1);
		int64_t weekday = ((month + 4) % 7 + 7) % 7;
		int64_t in = (d->day - weekday + 7) % 7 + (d->week - 1) * 7;
		while (in >= civil_month_days(year, d->month))
			in -= 7;
		day = month + in;
	}
	return day * DAY + d->time;
}

int64_t zone_rule_offset(const struct zone_rule *r, int64_t t)
{
	if (!r->daylight)
		return r->standard_offset;
	int64_t year = civil_of(t + r->standard_offset).year;
	int64_t start = local_start(&r->start, year) - r->standard_offset;
	int64_t end = local_start(&r->end, year) - r->daylight_offset;
	bool daylight = start < end ? t >= start && t < end : t >= start || t < end;

	return daylight ? r->daylight_offset : r->standard_offset;
}
