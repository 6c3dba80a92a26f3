/* Durations and timestamps. Both keep seconds and nanoseconds; durations are what 64 bits of
 * nanoseconds hold, as in Kubernetes, timestamps lie in the years 1 to 9999. */
#include "rule/cel/eval-int.h"

#include "rule/cel/civil.h"
#include "rule/cel/time-parse.h"
#include "rule/cel/zone.h"

enum { ZONE_COST = 500, NAME_SHOWN = 64 };

static const int64_t second = 1000000000;

static struct cel_value range_error(struct cel_eval *e, const char *what)
{
	return cel_fault(e, "range error", sv_of(what));
}

static cel_nanos nanos_of(const struct cel_value *v)
{
	return (cel_nanos)v->i * second + v->nanos;
}

static struct cel_value make_duration(struct cel_eval *e, cel_nanos n)
{
	if (n > INT64_MAX || n < INT64_MIN)
		return range_error(e, "duration");
	return (struct cel_value){
		.kind = CEL_DURATION, .i = (int64_t)(n / second), .nanos = (int32_t)(n % second)};
}

static struct cel_value make_timestamp(struct cel_eval *e, cel_nanos n)
{
	cel_nanos seconds = n / second, nanos = n % second;

	if (nanos < 0) {
		nanos += second;
		seconds--;
	}
	if (seconds < CEL_TIMESTAMP_MIN || seconds > CEL_TIMESTAMP_MAX)
		return range_error(e, "timestamp");
	return (struct cel_value){
		.kind = CEL_TIMESTAMP, .i = (int64_t)seconds, .nanos = (int32_t)nanos};
}

static struct cel_value duration_of_string(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	int64_t nanos;
	bool range;

	(void)n;
	if (!cel_spend(e, a[0].s.n / 10))
		return cel_fault(e, NULL, (struct sv){0});
	if (cel_duration_parse(a[0].s, &nanos, &range))
		return make_duration(e, nanos);
	return range ? range_error(e, "duration") : cel_fault(e, "no duration", a[0].s);
}

static struct cel_value timestamp_of_string(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	int64_t seconds;
	int32_t nanos;

	(void)n;
	if (!cel_timestamp_parse(a[0].s, &seconds, &nanos))
		return cel_fault(e, "no timestamp (RFC 3339, years 1 to 9999)", a[0].s);
	return make_timestamp(e, (cel_nanos)seconds * second + nanos);
}

static struct cel_value timestamp_of_int(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return make_timestamp(e, (cel_nanos)a[0].i * second);
}

static struct cel_value add_durations(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return make_duration(e, nanos_of(&a[0]) + nanos_of(&a[1]));
}

static struct cel_value subtract_durations(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return make_duration(e, nanos_of(&a[0]) - nanos_of(&a[1]));
}

/* In either order of the operands. */
static struct cel_value add_time(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return make_timestamp(e, nanos_of(&a[0]) + nanos_of(&a[1]));
}

static struct cel_value subtract_duration(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)n;
	return make_timestamp(e, nanos_of(&a[0]) - nanos_of(&a[1]));
}

static int prepare_zone(struct arena *a, const struct cel_value *args, size_t n, const void **out,
			struct err *err)
{
	const struct zone *z;

	(void)n;
	if (zone_load(a, NULL, args[1].s, &z, err) < 0)
		return err_ctx(err, "time zone %.*s", SV_ARG(sv_head(args[1].s, NAME_SHOWN)));
	*out = z;
	return 0;
}

/* The calendar of a timestamp, in the zone that a second argument names. */
static bool civil_in(struct cel_eval *e, const struct cel_value *a, size_t n, struct civil *out,
		     struct cel_value *fault)
{
	const struct zone *z = e->prepared;
	struct err err = {0};
	int64_t t = a[0].i;

	if (n == 2 && !z) {
		if (!cel_spend(e, ZONE_COST)) {
			*fault = cel_fault(e, NULL, (struct sv){0});
			return false;
		}
		if (zone_load(e->arena, NULL, a[1].s, &z, &err) < 0) {
			struct sv name = sv_head(a[1].s, NAME_SHOWN);
			*fault = cel_fault(e, "time zone",
					   arena_fmt(e->arena, "%.*s: %s", SV_ARG(name), err.msg));
			return false;
		}
	}
	if (n == 2)
		t += zone_offset(z, t);
	*out = civil_of(t);
	return true;
}

/* One function for each field of the calendar. */
#define CIVIL_FIELD(name, expression)                                                         \
	static struct cel_value name(struct cel_eval *e, const struct cel_value *a, size_t n) \
	{                                                                                     \
		struct cel_value fault;                                                       \
		struct civil c;                                                               \
                                                                                              \
		if (!civil_in(e, a, n, &c, &fault))                                           \
			return fault;                                                         \
		return cel_int((int64_t)(expression));                                        \
	}

CIVIL_FIELD(full_year, c.year)
CIVIL_FIELD(month, c.month - 1)
CIVIL_FIELD(date, c.day)
CIVIL_FIELD(day_of_month, c.day - 1)
CIVIL_FIELD(day_of_week, c.weekday)
CIVIL_FIELD(day_of_year, c.yearday)
CIVIL_FIELD(hours, c.hour)
CIVIL_FIELD(minutes, c.minute)
CIVIL_FIELD(seconds, c.second)

/* The part below a second, of timestamps and durations. */
static struct cel_value milliseconds(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_int(a[0].nanos / 1000000);
}

static struct cel_value duration_hours(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_int(a[0].i / 3600);
}

static struct cel_value duration_minutes(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_int(a[0].i / 60);
}

static struct cel_value duration_seconds(struct cel_eval *e, const struct cel_value *a, size_t n)
{
	(void)e, (void)n;
	return cel_int(a[0].i);
}

#define CIVIL_ROWS(name, fn)                                               \
	{name, "timestamp.()->int", fn, NULL, 0},                          \
	{                                                                  \
		name, "timestamp.(string)->int", fn, prepare_zone, 1u << 1 \
	}

static const struct cel_overload_row rows[] = {
	{"duration", "(string)->duration", duration_of_string, NULL, 0},
	{"timestamp", "(string)->timestamp", timestamp_of_string, NULL, 0},
	{"timestamp", "(int)->timestamp", timestamp_of_int, NULL, 0},
	{"_+_", "(duration,duration)->duration", add_durations, NULL, 0},
	{"_+_", "(timestamp,duration)->timestamp", add_time, NULL, 0},
	{"_+_", "(duration,timestamp)->timestamp", add_time, NULL, 0},
	{"_-_", "(duration,duration)->duration", subtract_durations, NULL, 0},
	{"_-_", "(timestamp,timestamp)->duration", subtract_durations, NULL, 0},
	{"_-_", "(timestamp,duration)->timestamp", subtract_duration, NULL, 0},
	CIVIL_ROWS("getFullYear", full_year),
	CIVIL_ROWS("getMonth", month),
	CIVIL_ROWS("getDate", date),
	CIVIL_ROWS("getDayOfMonth", day_of_month),
	CIVIL_ROWS("getDayOfWeek", day_of_week),
	CIVIL_ROWS("getDayOfYear", day_of_year),
	CIVIL_ROWS("getHours", hours),
	CIVIL_ROWS("getMinutes", minutes),
	CIVIL_ROWS("getSeconds", seconds),
	CIVIL_ROWS("getMilliseconds", milliseconds),
	{"getHours", "duration.()->int", duration_hours, NULL, 0},
	{"getMinutes", "duration.()->int", duration_minutes, NULL, 0},
	{"getSeconds", "duration.()->int", duration_seconds, NULL, 0},
	{"getMilliseconds", "duration.()->int", milliseconds, NULL, 0},
};

const struct cel_library cel_library_time = {"time", rows, ARRAY_LEN(rows)};
