/*
 * The strings library: indices are characters, not bytes. Functions as in version 4 of
 * https://pkg.go.dev/github.com/google/cel-go/ext#Strings; format() stands in lib-strings-format.c.
 */
#include "rule/cel/lib-strings.h"

#include "base/text.h"

static struct cel_value char_at(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct sv s = args[0].s;
	size_t at = 0;

	(void)n;
	if (!lib_scan(e, s.n))
		return lib_over(e);
	at = lib_offset(s, args[1].i);
	if (at == SIZE_MAX)
		return lib_fault_int(e, "index out of range", args[1].i);
	s = sv_from(s, at);
	return cel_string(s.n ? sv_head(s, lib_char(s)) : (struct sv){0});
}

/* Where the search starts: argument 2 as a byte offset, 0 without it. */
static bool search_from(struct cel_eval *e, const struct cel_value *args, size_t n, size_t *from,
			struct cel_value *fault)
{
	*from = 0;
	if (n < 3)
		return true;
	*from = lib_offset(args[0].s, args[2].i);
	/* A search that starts behind the last character is a mistake; only "" is found there. */
	if (*from < args[0].s.n || (*from == args[0].s.n && args[1].s.n == 0))
		return true;
	*fault = lib_fault_int(e, "index out of range", args[2].i);
	return false;
}

static struct cel_value index_of(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct sv s = args[0].s, needle = args[1].s;
	struct cel_value fault = {0};
	size_t from = 0, at = 0;

	if (!lib_scan(e, s.n) || !lib_scan(e, needle.n))
		return lib_over(e);
	if (!search_from(e, args, n, &from, &fault))
		return fault;
	at = needle.n ? sv_find(sv_from(s, from), needle) : 0;
	return cel_int(at == SIZE_MAX ? -1 : lib_chars(sv_head(s, from + at)));
}

/* The last place at or before byte last where needle starts; the needle is not empty. */
static size_t find_last(struct sv s, struct sv needle, size_t last)
{
	if (needle.n > s.n)
		return SIZE_MAX;
	if (last > s.n - needle.n)
		last = s.n - needle.n;
	for (size_t at = last + 1; at-- > 0;)
		if (s.p[at] == needle.p[0] && memcmp(s.p + at, needle.p, needle.n) == 0)
			return at;
	return SIZE_MAX;
}

static struct cel_value last_index_of(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct sv s = args[0].s, needle = args[1].s;
	struct cel_value fault = {0};
	size_t last = 0, at = 0, work = 0;

	/* Backwards there is no quick search: the work is the product. */
	if (!mul_ok(s.n, needle.n + 1, &work) || !lib_scan(e, work / 8))
		return lib_over(e);
	if (!search_from(e, args, n, &last, &fault))
		return fault;
	if (n < 3)
		last = s.n;
	at = needle.n ? find_last(s, needle, last) : last;
	return cel_int(at == SIZE_MAX ? -1 : lib_chars(sv_head(s, at)));
}

static struct cel_value ascii_case(struct cel_eval *e, struct sv s, char from, char to)
{
	char *p = cel_new_bytes(e, s.n);

	if (!p)
		return lib_over(e);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		p[i] = c >= from && c <= from + 25 ? (char)(c - from + to) : c;
	}
	return cel_string((struct sv){p, s.n});
}

static struct cel_value lower_ascii(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return ascii_case(e, args[0].s, 'A', 'a');
}

static struct cel_value upper_ascii(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)n;
	return ascii_case(e, args[0].s, 'a', 'A');
}

/* The next place of needle at or behind *from; an empty needle is found before every character and
 * at the end. Moves *from behind what was found. */
static bool next_place(struct sv s, struct sv needle, size_t *from, bool *end, size_t *at)
{
	size_t found = 0;

	if (*end || *from > s.n)
		return false;
	if (needle.n) {
		found = sv_find(sv_from(s, *from), needle);
		if (found == SIZE_MAX)
			return false;
		*at = *from + found;
		*from = *at + needle.n;
		return true;
	}
	*at = *from;
	if (*from == s.n)
		*end = true;
	else
		*from += lib_char(sv_from(s, *from));
	return true;
}

static struct cel_value replace(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct sv s = args[0].s, old = args[1].s, with = args[2].s;
	int64_t limit = n > 3 ? args[3].i : -1;
	struct lib_text out = {.e = e};
	size_t from = 0, at = 0, done = 0;
	bool end = false;

	if (!lib_scan(e, s.n))
		return lib_over(e);
	for (; limit != 0 && !out.over && next_place(s, old, &from, &end, &at); limit--) {
		lib_text_add(&out, (struct sv){s.p + done, at - done});
		lib_text_add(&out, with);
		done = at + old.n;
	}
	if (!done && !out.n && !out.over)
		return cel_string(s); /* nothing to replace */
	lib_text_add(&out, sv_from(s, done));
	return lib_text_value(&out);
}

/* One element for every character. */
static void split_chars(struct lib_list *out, struct sv s, int64_t limit)
{
	for (; s.n && !out->over && limit != 1; limit--) {
		size_t n = lib_char(s);

		lib_list_add(out, cel_string(sv_head(s, n)));
		s = sv_from(s, n);
	}
	if (s.n)
		lib_list_add(out, cel_string(s));
}

static struct cel_value split(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct sv s = args[0].s, by = args[1].s;
	int64_t limit = n > 2 ? args[2].i : -1;
	struct lib_list out = {.e = e};
	size_t at = 0;

	if (limit == 0)
		return lib_list_value(&out);
	if (!lib_scan(e, s.n))
		return lib_over(e);
	if (!by.n) {
		split_chars(&out, s, limit);
		return lib_list_value(&out);
	}
	for (; limit != 1 && !out.over && (at = sv_find(s, by)) != SIZE_MAX; limit--) {
		lib_list_add(&out, cel_string(sv_head(s, at)));
		s = sv_from(s, at + by.n);
	}
	lib_list_add(&out, cel_string(s));
	return lib_list_value(&out);
}

static struct cel_value join(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	size_t count = cel_size(&args[0]);
	struct lib_text out = {.e = e};

	for (size_t i = 0; i < count && !out.over; i++) {
		struct cel_value v = cel_at(&args[0], i);

		if (v.kind != CEL_STRING)
			return lib_misfit(e);
		if (i && n > 1)
			lib_text_add(&out, args[1].s);
		lib_text_add(&out, v.s);
	}
	return lib_text_value(&out);
}

static struct cel_value substring(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct sv s = args[0].s;
	size_t from = 0, to = s.n;

	if (n > 2 && args[1].i > args[2].i)
		return cel_fault(e, "invalid substring range",
				 arena_fmt(e->arena, "start %lld, end %lld", (long long)args[1].i,
					   (long long)args[2].i));
	if (!lib_scan(e, s.n))
		return lib_over(e);
	from = lib_offset(s, args[1].i);
	if (from == SIZE_MAX)
		return lib_fault_int(e, "index out of range", args[1].i);
	if (n > 2)
		to = lib_offset(s, args[2].i);
	if (to == SIZE_MAX)
		return lib_fault_int(e, "index out of range", args[2].i);
	return cel_string((struct sv){s.p ? s.p + from : NULL, to - from});
}

/* The White_Space property of Unicode. */
static bool is_space(uint32_t c)
{
	return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

static struct cel_value trim(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct sv s = args[0].s;
	size_t end = 0;
	uint32_t cp = 0;

	(void)n;
	if (!lib_scan(e, s.n))
		return lib_over(e);
	for (size_t len = 0; (len = utf8_decode(s, &cp)) && is_space(cp);)
		s = sv_from(s, len);
	for (size_t at = 0; at < s.n;) {
		size_t len = utf8_decode(sv_from(s, at), &cp);

		at += len ? len : 1;
		if (!len || !is_space(cp))
			end = at;
	}
	return cel_string(sv_head(s, end));
}

static struct cel_value reverse(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct sv s = args[0].s;
	char *p = cel_new_bytes(e, s.n);

	(void)n;
	if (!p)
		return lib_over(e);
	for (size_t at = 0; at < s.n;) {
		size_t len = lib_char(sv_from(s, at));

		memcpy(p + s.n - at - len, s.p + at, len);
		at += len;
	}
	return cel_string((struct sv){p, s.n});
}

/* The escape of a character in a CEL string literal, or NULL. */
static const char *escape_of(char c)
{
	static const struct {
		char c;
		const char *escape;
	} rows[] = {
		{'\a', "\\a"}, {'\b', "\\b"}, {'\f', "\\f"},  {'\n', "\\n"}, {'\r', "\\r"},
		{'\t', "\\t"}, {'\v', "\\v"}, {'\\', "\\\\"}, {'"', "\\\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].c == c)
			return rows[i].escape;
	return NULL;
}

static struct cel_value quote(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct lib_text out = {.e = e};
	uint32_t cp = 0;

	(void)n;
	lib_text_char(&out, '"');
	for (struct sv s = args[0].s; s.n && !out.over;) {
		size_t len = utf8_decode(s, &cp);
		const char *escape = len == 1 ? escape_of(s.p[0]) : NULL;

		if (escape)
			lib_text_add(&out, sv_of(escape));
		else
			lib_text_add(&out, len ? sv_head(s, len) : SV("\xef\xbf\xbd"));
		s = sv_from(s, len ? len : 1);
	}
	lib_text_char(&out, '"');
	return lib_text_value(&out);
}

static const struct cel_overload_row rows[] = {
	{"charAt", "string.(int)->string", char_at, NULL, 0},
	{"format", "string.(list(dyn))->string", cel_string_format, NULL, 0},
	{"indexOf", "string.(string)->int", index_of, NULL, 0},
	{"indexOf", "string.(string,int)->int", index_of, NULL, 0},
	{"join", "list(string).()->string", join, NULL, 0},
	{"join", "list(string).(string)->string", join, NULL, 0},
	{"lastIndexOf", "string.(string)->int", last_index_of, NULL, 0},
	{"lastIndexOf", "string.(string,int)->int", last_index_of, NULL, 0},
	{"lowerAscii", "string.()->string", lower_ascii, NULL, 0},
	{"replace", "string.(string,string)->string", replace, NULL, 0},
	{"replace", "string.(string,string,int)->string", replace, NULL, 0},
	{"reverse", "string.()->string", reverse, NULL, 0},
	{"split", "string.(string)->list(string)", split, NULL, 0},
	{"split", "string.(string,int)->list(string)", split, NULL, 0},
	{"strings.quote", "(string)->string", quote, NULL, 0},
	{"substring", "string.(int)->string", substring, NULL, 0},
	{"substring", "string.(int,int)->string", substring, NULL, 0},
	{"trim", "string.()->string", trim, NULL, 0},
	{"upperAscii", "string.()->string", upper_ascii, NULL, 0},
};

const struct cel_library cel_library_strings = {"strings", rows, ARRAY_LEN(rows)};
