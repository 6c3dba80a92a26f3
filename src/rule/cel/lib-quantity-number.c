/*
 * Reading, writing and reckoning with quantities:
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 *
 * Finer than a billionth rounds away from zero, as Kubernetes does.
 */
#include "rule/cel/lib-quantity.h"

static const quantity_int nano_max = (quantity_int)(~(unsigned __int128)0 >> 1);
static const quantity_int billion = 1000000000;

struct unit {
	const char *suffix;
	uint8_t base; /* 10 or 2 */
	int8_t power;
};

static const struct unit units[] = {
	{"", 10, 0},   {"n", 10, -9}, {"u", 10, -6}, {"m", 10, -3}, {"k", 10, 3},  {"M", 10, 6},
	{"G", 10, 9},  {"T", 10, 12}, {"P", 10, 15}, {"E", 10, 18}, {"Ki", 2, 10}, {"Mi", 2, 20},
	{"Gi", 2, 30}, {"Ti", 2, 40}, {"Pi", 2, 50}, {"Ei", 2, 60},
};

/* The suffix of a quantity, also e3 and E-3. */
static bool unit_of(struct sv text, struct unit *out, bool *exponent)
{
	bool negative = false;
	uint64_t power = 0;

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (sv_is(text, units[i].suffix)) {
			*out = units[i];
			return true;
		}
	}
	if (text.n < 2 || (text.p[0] | 32) != 'e')
		return false;
	text = sv_from(text, 1);
	negative = text.p[0] == '-';
	if (negative || text.p[0] == '+')
		text = sv_from(text, 1);
	if (!sv_u64(text, &power))
		return false;
	/* Beyond these all is the bound, or rounds to the smallest. */
	*out = (struct unit){"", 10, (int8_t)(power > 100 ? 100 : power)};
	if (negative)
		out->power = (int8_t)-out->power;
	*exponent = true;
	return true;
}

struct digits {
	struct sv whole, fraction;
};

static struct sv take_digits(struct sv *text)
{
	size_t n = 0;
	struct sv digits = {0};

	while (n < text->n && text->p[n] >= '0' && text->p[n] <= '9')
		n++;
	digits = sv_head(*text, n);
	*text = sv_from(*text, n);
	return digits;
}

static char digit_at(const struct digits *d, size_t i)
{
	return i < d->whole.n ? d->whole.p[i] : d->fraction.p[i - d->whole.n];
}

/* x *= m; false when it does not fit. */
static bool times(quantity_int *x, quantity_int m)
{
	return !__builtin_mul_overflow(*x, m, x);
}

/* The digits as an integer, times 10^shift: those beyond round up. */
static bool scale_decimal(const struct digits *d, int64_t shift, quantity_int *out)
{
	int64_t n = (int64_t)(d->whole.n + d->fraction.n), keep = n;
	quantity_int x = 0;
	bool rest = false;

	/* The point stands behind the whole part; shift moves it to the right. */
	shift -= (int64_t)d->fraction.n;
	if (shift < 0)
		keep = n + shift > 0 ? n + shift : 0;
	for (int64_t i = 0; i < n; i++) {
		int digit = digit_at(d, (size_t)i) - '0';

		if (i >= keep)
			rest = rest || digit;
		else if (!times(&x, 10) || __builtin_add_overflow(x, digit, &x))
			return false;
	}
	for (; x && shift > 0; shift--)
		if (!times(&x, 10))
			return false;
	*out = x;
	return !rest || !__builtin_add_overflow(x, 1, out);
}

/* The digits times 2^power, in billionths. */
static bool scale_binary(const struct digits *d, unsigned power, quantity_int *out)
{
	struct digits whole = {.whole = d->whole};
	quantity_int x = 0, part = 0, factor = (quantity_int)1 << power;

	if (!scale_decimal(&whole, 9, &x) || !times(&x, factor))
		return false;
	/* From the last digit on; rounding up at every step is rounding up once at the end. */
	for (size_t i = d->fraction.n; i-- > 0;) {
		part += (d->fraction.p[i] - '0') * factor * billion;
		part = part / 10 + (part % 10 != 0);
	}
	return !__builtin_add_overflow(x, part, out);
}

bool quantity_parse(struct sv text, struct quantity *out)
{
	struct quantity q = {0};
	struct digits d = {0};
	struct unit unit = {0};
	bool negative = sv_starts(text, SV("-")), exponent = false, fits = false;

	if (negative || sv_starts(text, SV("+")))
		text = sv_from(text, 1);
	d.whole = take_digits(&text);
	if (sv_starts(text, SV("."))) {
		text = sv_from(text, 1);
		d.fraction = take_digits(&text);
	}
	if ((!d.whole.n && !d.fraction.n) || !unit_of(text, &unit, &exponent))
		return false;
	if (unit.base == 10)
		fits = scale_decimal(&d, unit.power + 9, &q.nano);
	else
		fits = scale_binary(&d, (unsigned)unit.power, &q.nano);
	if (!fits) {
		q.nano = nano_max;
		q.capped = true;
	}
	if (negative)
		q.nano = -q.nano;
	q.format = unit.base == 2 ? QUANTITY_BINARY : QUANTITY_DECIMAL;
	if (exponent)
		q.format = QUANTITY_EXPONENT;
	*out = q;
	return true;
}

static void put_integer(struct buf *out, quantity_int x)
{
	char text[48];
	size_t at = sizeof text;
	unsigned __int128 u = x < 0 ? -(unsigned __int128)x : (unsigned __int128)x;

	do {
		text[--at] = (char)('0' + (int)(u % 10));
		u /= 10;
	} while (u);
	if (x < 0)
		text[--at] = '-';
	buf_add(out, text + at, sizeof text - at);
}

void quantity_text(const struct quantity *q, struct buf *out)
{
	quantity_int x = q->nano, step = 1000;
	int power = -9;

	if (q->format == QUANTITY_BINARY && x % billion == 0 &&
	    (x >= 1024 * billion || x <= -1024 * billion)) {
		x /= billion;
		for (power = 0; power < 60 && x % 1024 == 0; power += 10)
			x /= 1024;
		put_integer(out, x);
		for (size_t i = 0; i < ARRAY_LEN(units); i++)
			if (power && units[i].base == 2 && units[i].power == power)
				buf_str(out, units[i].suffix);
		return;
	}
	for (; x && power < 18 && x % step == 0; power += 3)
		x /= step;
	if (!x)
		power = 0;
	put_integer(out, x);
	if (q->format == QUANTITY_EXPONENT && power) {
		buf_fmt(out, "e%d", power);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (power && units[i].base == 10 && units[i].power == power)
			buf_str(out, units[i].suffix);
}

int quantity_compare(const struct quantity *a, const struct quantity *b)
{
	return (a->nano > b->nano) - (a->nano < b->nano);
}

bool quantity_as_int(const struct quantity *q, int64_t *out)
{
	quantity_int x = q->nano / billion;

	if (q->capped || q->nano % billion || x > INT64_MAX || x < INT64_MIN)
		return false;
	*out = (int64_t)x;
	return true;
}

double quantity_as_double(const struct quantity *q)
{
	if (q->nano % billion == 0)
		return (double)(q->nano / billion);
	return (double)((long double)q->nano / 1e9L);
}

bool quantity_add(const struct quantity *a, const struct quantity *b, int sign,
		  struct quantity *out)
{
	struct quantity sum = *a;

	if (a->capped || b->capped || __builtin_add_overflow(a->nano, sign * b->nano, &sum.nano) ||
	    sum.nano < -nano_max)
		return false;
	/* Nothing has no format of its own. */
	if (!a->nano)
		sum.format = b->format;
	*out = sum;
	return true;
}

bool quantity_mul(const struct quantity *a, int64_t by, struct quantity *out)
{
	struct quantity product = *a;

	if (a->capped || !times(&product.nano, by) || product.nano < -nano_max)
		return false;
	*out = product;
	return true;
}
