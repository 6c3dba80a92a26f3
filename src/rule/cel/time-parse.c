#include "rule/cel/time-parse.h"

#include "base/clock.h"
#include "rule/cel/civil.h"

static const int64_t second = 1000000000;

static const struct {
	struct sv name;
	int64_t nanos;
} units[] = {
	{{"ns", 2}, 1},           {{"us", 2}, 1000},
	{{"\xC2\xB5s", 3}, 1000}, /* micro sign */
	{{"\xCE\xBCs", 3}, 1000}, /* Greek mu */
	{{"ms", 2}, 1000000},     {{"s", 1}, 1000000000},
	{{"m", 1}, 60000000000},  {{"h", 1}, 3600000000000},
};

static bool is_digit(struct sv text, size_t i)
{
	return i < text.n && text.p[i] >= '0' && text.p[i] <= '9';
}

static int64_t take_unit(struct sv *rest)
{
	size_t n = 0;

	while (n < rest->n && rest->p[n] != '.' && !is_digit(*rest, n))
		n++;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (sv_eq(sv_head(*rest, n), units[i].name)) {
			*rest = sv_from(*rest, n);
			return units[i].nanos;
		}
	}
	return 0;
}

/* "12.5h": adds its nanoseconds. Fractions below one are cut. */
static bool take_part(struct sv *rest, cel_nanos *sum)
{
	cel_nanos whole = 0, fraction = 0, scale = 1;
	size_t i = 0;

	for (; is_digit(*rest, i); i++)
		if (whole < (cel_nanos)INT64_MAX * 10)
			whole = whole * 10 + (rest->p[i] - '0');
	size_t digits = i;
	if (i < rest->n && rest->p[i] == '.') {
		for (i++; is_digit(*rest, i); i++, digits++) {
			if (scale < (cel_nanos)1000000000000000000) {
				fraction = fraction * 10 + (rest->p[i] - '0');
				scale *= 10;
			}
		}
	}
	*rest = sv_from(*rest, i);
	int64_t unit = digits ? take_unit(rest) : 0;
	*sum += whole * unit + fraction * unit / scale;
	return unit;
}

bool cel_duration_parse(struct sv text, int64_t *nanos, bool *range)
{
	bool minus = text.n && text.p[0] == '-';
	cel_nanos sum = 0;

	*range = false;
	if (minus || (text.n && text.p[0] == '+'))
		text = sv_from(text, 1);
	if (!text.n)
		return false;
	if (sv_is(text, "0"))
		text = (struct sv){0};
	while (text.n) {
		if (!take_part(&text, &sum))
			return false;
		*range = *range || sum > (cel_nanos)INT64_MAX + minus;
		if (*range)
			sum = 0;
	}
	if (*range)
		return false;
	*nanos = (int64_t)(minus ? -sum : sum);
	return true;
}

/* Digits up to a character that follows them ('\0': any). */
static bool take_digits(struct sv *rest, size_t n, char follows, unsigned *out)
{
	uint64_t v;

	if (!sv_u64(sv_head(*rest, n), &v) || rest->n < n)
		return false;
	*rest = sv_from(*rest, n);
	*out = (unsigned)v;
	if (!follows)
		return true;
	if (!rest->n || rest->p[0] != follows)
		return false;
	*rest = sv_from(*rest, 1);
	return true;
}

/* Digits beyond nanoseconds are cut. */
static bool take_fraction(struct sv *rest, int32_t *nanos)
{
	int32_t v = 0, scale = (int32_t)second;
	size_t i = 1;

	*nanos = 0;
	if (!rest->n || rest->p[0] != '.')
		return true;
	for (; is_digit(*rest, i); i++) {
		if (scale > 1) {
			v = v * 10 + (rest->p[i] - '0');
			scale /= 10;
		}
	}
	*nanos = v * scale;
	*rest = sv_from(*rest, i);
	return i > 1;
}

static bool take_offset(struct sv rest, int64_t *out)
{
	unsigned h, m;

	*out = 0;
	if (sv_is(rest, "Z"))
		return true;
	if (!rest.n || (rest.p[0] != '+' && rest.p[0] != '-'))
		return false;
	bool minus = rest.p[0] == '-';
	rest = sv_from(rest, 1);
	if (!take_digits(&rest, 2, ':', &h) || !take_digits(&rest, 2, '\0', &m) || rest.n ||
	    h > 23 || m > 59)
		return false;
	*out = (int64_t)h * 3600 + m * 60;
	if (minus)
		*out = -*out;
	return true;
}

bool cel_timestamp_parse(struct sv text, int64_t *seconds, int32_t *nanos)
{
	unsigned year, month, day, hour, minute, sec;
	int64_t offset;

	if (!take_digits(&text, 4, '-', &year) || !take_digits(&text, 2, '-', &month) ||
	    !take_digits(&text, 2, 'T', &day) || !take_digits(&text, 2, ':', &hour) ||
	    !take_digits(&text, 2, ':', &minute) || !take_digits(&text, 2, '\0', &sec) ||
	    !take_fraction(&text, nanos) || !take_offset(text, &offset))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > civil_month_days(year, month) ||
	    hour > 23 || minute > 59 || sec > 59)
		return false;
	*seconds = clock_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + sec - offset;
	return true;
}
