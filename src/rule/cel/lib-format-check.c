/*
 * What the named formats are:
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
#include "rule/cel/lib-format.h"

#include "rule/cel/civil.h"
#include "rule/cel/lib-url.h"

enum { LABEL_MAX = 63, SUBDOMAIN_MAX = 253 };

static void tell(struct lib_list *wrong, const char *what)
{
	lib_list_add(wrong, cel_string(sv_of(what)));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_hex(char c)
{
	return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* Small letters, digits and '-'; the first and the last no '-'. */
static bool label_ok(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!is_digit(v.p[i]) && !is_lower(v.p[i]) && v.p[i] != '-')
			return false;
	return v.n && v.p[0] != '-' && v.p[v.n - 1] != '-';
}

static bool subdomain_ok(struct sv v)
{
	while (true) {
		bool more = sv_find_char(v, '.') != SIZE_MAX;

		if (!label_ok(sv_cut(&v, '.')))
			return false;
		if (!more)
			return true;
	}
}

/* A prefix of a name may end with '-': what is made of it has more behind. */
static struct sv without_dash(struct sv v)
{
	while (v.n > 1 && v.p[v.n - 1] == '-')
		v.n--;
	return v;
}

static void label(struct lib_list *wrong, struct sv v, struct sv judged)
{
	if (v.n > LABEL_MAX)
		tell(wrong, "longer than 63 characters");
	if (!label_ok(judged))
		tell(wrong, "a DNS label (RFC 1123) has small letters, digits and '-' only, "
			    "and starts and ends with a letter or digit");
}

static void subdomain(struct lib_list *wrong, struct sv v, struct sv judged)
{
	if (v.n > SUBDOMAIN_MAX)
		tell(wrong, "longer than 253 characters");
	if (!subdomain_ok(judged))
		tell(wrong,
		     "a DNS subdomain (RFC 1123) is labels of small letters, digits and "
		     "'-' with dots between them; each starts and ends with a letter or digit");
}

static void label_1035(struct lib_list *wrong, struct sv v, struct sv judged)
{
	if (v.n > LABEL_MAX)
		tell(wrong, "longer than 63 characters");
	if (!label_ok(judged) || !is_lower(judged.p[0]))
		tell(wrong, "a DNS label (RFC 1035) has small letters, digits and '-' only, "
			    "starts with a letter and ends with a letter or digit");
}

static void check_dns1123Label(struct lib_list *wrong, struct sv v)
{
	label(wrong, v, v);
}

static void check_dns1123LabelPrefix(struct lib_list *wrong, struct sv v)
{
	label(wrong, v, without_dash(v));
}

static void check_dns1123Subdomain(struct lib_list *wrong, struct sv v)
{
	subdomain(wrong, v, v);
}

static void check_dns1123SubdomainPrefix(struct lib_list *wrong, struct sv v)
{
	subdomain(wrong, v, without_dash(v));
}

static void check_dns1035Label(struct lib_list *wrong, struct sv v)
{
	label_1035(wrong, v, v);
}

static void check_dns1035LabelPrefix(struct lib_list *wrong, struct sv v)
{
	label_1035(wrong, v, without_dash(v));
}

/* Letters, digits, '-', '_' and '.'; the first and the last a letter or digit. */
static bool name_ok(struct sv v)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (is_digit(c) || is_lower((char)(c | 32)))
			continue;
		if (i == 0 || i + 1 == v.n || (c != '-' && c != '_' && c != '.'))
			return false;
	}
	return v.n > 0;
}

static void name_part(struct lib_list *wrong, struct sv v)
{
	if (v.n > LABEL_MAX)
		tell(wrong, "longer than 63 characters");
	if (!name_ok(v))
		tell(wrong, "letters, digits, '-', '_' and '.' only; the first and the last are a "
			    "letter or digit");
}

static void check_labelValue(struct lib_list *wrong, struct sv v)
{
	if (v.n)
		name_part(wrong, v);
}

static void check_qualifiedName(struct lib_list *wrong, struct sv v)
{
	size_t slash = sv_find_char(v, '/');
	struct sv prefix = sv_head(v, slash);

	if (slash == SIZE_MAX) {
		name_part(wrong, v);
		return;
	}
	v = sv_from(v, slash + 1);
	if (sv_find_char(v, '/') != SIZE_MAX) {
		tell(wrong, "more than one '/'");
		return;
	}
	if (!prefix.n)
		tell(wrong, "nothing before the '/'");
	else
		subdomain(wrong, prefix, prefix);
	name_part(wrong, v);
}

static void check_uri(struct lib_list *wrong, struct sv v)
{
	struct uri u = {0};
	const char *what = NULL;

	if (!cel_spend(wrong->e, v.n)) {
		wrong->over = true;
		return;
	}
	what = uri_parse(wrong->e->arena, v, &u);
	if (what)
		tell(wrong, what);
}

/* 32 hexadecimal digits; behind the 8th, 12th, 16th and 20th there may be a '-'. */
static void check_uuid(struct lib_list *wrong, struct sv v)
{
	size_t digits = 0;
	bool fine = true, dash = false;

	for (size_t i = 0; i < v.n && fine; i++) {
		if (v.p[i] == '-') {
			fine = !dash && digits >= 8 && digits <= 20 && digits % 4 == 0;
			dash = true;
		} else {
			fine = is_hex(v.p[i]);
			digits++;
			dash = false;
		}
	}
	if (!fine || digits != 32 || dash)
		tell(wrong, "not a UUID");
}

static void check_byte(struct lib_list *wrong, struct sv v)
{
	size_t n = v.n, pad = 0;
	bool fine = n && n % 4 == 0;

	for (; n && pad < 2 && v.p[n - 1] == '='; pad++)
		n--;
	for (size_t i = 0; i < n; i++) {
		char c = v.p[i];

		fine = fine && (is_digit(c) || is_lower((char)(c | 32)) || c == '+' || c == '/');
	}
	if (!fine)
		tell(wrong, "not base64");
}

/* Takes digits of a fixed width; -1: they are not there. */
static int take_number(struct sv *v, size_t width)
{
	int n = 0;

	if (v->n < width)
		return -1;
	for (size_t i = 0; i < width; i++) {
		if (!is_digit(v->p[i]))
			return -1;
		n = n * 10 + (v->p[i] - '0');
	}
	*v = sv_from(*v, width);
	return n;
}

static bool take_char(struct sv *v, const char *set)
{
	if (!v->n || !v->p[0] || !strchr(set, v->p[0]))
		return false;
	*v = sv_from(*v, 1);
	return true;
}

static bool take_date(struct sv *v)
{
	int year = take_number(v, 4), month = 0, day = 0;

	if (year < 0 || !take_char(v, "-"))
		return false;
	month = take_number(v, 2);
	if (month < 1 || month > 12 || !take_char(v, "-"))
		return false;
	day = take_number(v, 2);
	return day >= 1 && day <= (int)civil_month_days(year, (unsigned)month);
}

static void check_date(struct lib_list *wrong, struct sv v)
{
	if (!take_date(&v) || v.n)
		tell(wrong, "not a date (RFC 3339, 2006-01-02)");
}

/* hh:mm:ss, perhaps a fraction, then Z or an offset. */
static bool time_ok(struct sv v)
{
	static const int most[] = {23, 59, 59};

	for (size_t i = 0; i < ARRAY_LEN(most); i++) {
		int n = 0;

		if (i && !take_char(&v, ":"))
			return false;
		n = take_number(&v, 2);
		if (n < 0 || n > most[i])
			return false;
	}
	if (take_char(&v, ".")) {
		if (!take_char(&v, "0123456789"))
			return false;
		while (take_char(&v, "0123456789"))
			continue;
	}
	if (take_char(&v, "zZ"))
		return !v.n;
	return take_char(&v, "+-") && take_number(&v, 2) >= 0 && take_char(&v, ":") &&
	       take_number(&v, 2) >= 0 && !v.n;
}

static void check_datetime(struct lib_list *wrong, struct sv v)
{
	if (!take_date(&v) || !take_char(&v, "tT") || !time_ok(v))
		tell(wrong, "not a time (RFC 3339, 2006-01-02T15:04:05Z)");
}

static const struct text_format formats[] = {
#define FORMAT(format) {#format, check_##format},
#include "rule/cel/formats.def"
#undef FORMAT
};

const struct text_format *text_format_find(struct sv name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (sv_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}
