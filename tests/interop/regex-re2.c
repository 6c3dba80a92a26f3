/*
 * Our regular expressions against RE2: which patterns are accepted, whether and where they match,
 * what the groups hold. A table by hand, every Unicode class, all of case folding, and patterns and
 * texts from a fixed seed.
 *
 * Where RE2 is known to differ (known()): \C is refused here; the RE2 of Debian 12 has no
 * (?<name>), and takes letters beyond ASCII in names, which Go refuses; counts above 99999999 are
 * literal text there; and it finds \B within a character. In (?:|a+)* it prefers a+ to the empty
 * alternative, in
 * (?:|a)* and (|a*)* it does not; Go and gabion never do: with an empty alternative only whether
 * there is a match is compared (loose()).
 */
#include <stdio.h>

#include "base/base.h"
#include "base/text.h"
#include "re2-glue.h"
#include "rule/regex/regex-int.h"

enum { MAX_SPANS = 10, MAX_SHOWN = 30 };

static size_t pairs, patterns, refused, tolerated, bad;

static void fault(struct sv pattern, struct sv text, const char *what)
{
	auto_done(buf_done) struct buf b = {0};

	if (++bad > MAX_SHOWN)
		return;
	buf_str(&b, "pattern \"");
	text_escape(&b, pattern);
	buf_str(&b, "\" text \"");
	text_escape(&b, sv_head(text, 100));
	fprintf(stderr, "%s\": %s\n", buf_cstr(&b), what);
}

static void show(char *to, size_t size, bool found, const long *spans, int n)
{
	size_t at = 0;

	to[0] = '\0';
	for (int i = 0; found && i < n && at + 48 < size; i++)
		at += (size_t)snprintf(to + at, size - at, "[%ld,%ld]", spans[2 * i],
				       spans[2 * i + 1]);
	if (!found)
		snprintf(to, size, "none");
}

static bool ours(const struct regex *re, struct regex_scratch *s, struct sv text, size_t from,
		 long *out, int n)
{
	struct regex_span spans[MAX_SPANS];

	if (!regex_search(re, s, text, from, spans, (unsigned)n))
		return false;
	for (int i = 0; i < n; i++) {
		out[2 * i] = spans[i].start == SIZE_MAX ? -1 : (long)spans[i].start;
		out[2 * i + 1] = spans[i].end == SIZE_MAX ? -1 : (long)spans[i].end;
	}
	return true;
}

/* RE2 takes an edge between the bytes of a character for \B. */
static bool within_char(struct sv text, const long *spans)
{
	return spans[0] >= 0 && (size_t)spans[0] < text.n && (text.p[spans[0]] & 0xc0) == 0x80;
}

static bool has(struct sv v, const char *what)
{
	return sv_find(v, sv_of(what)) != SIZE_MAX;
}

static bool loose(struct sv pattern)
{
	return has(pattern, "(|") || has(pattern, ":|") || has(pattern, "||");
}

static void compare(struct sv pattern, const struct regex *re, const void *other,
		    struct regex_scratch *s, struct sv text, size_t from)
{
	long mine[2 * MAX_SPANS], theirs[2 * MAX_SPANS];
	char a[600], b[600], what[1300];
	int n = (int)regex_groups(re) + 1;

	n = n > MAX_SPANS ? MAX_SPANS : n;
	pairs++;
	bool found = ours(re, s, text, from, mine, n);
	bool expected = glue_search(other, text.p, text.n, from, theirs, n);
	if (expected && within_char(text, theirs))
		return;
	if (from == 0 && regex_matches(re, s, text) != expected)
		fault(pattern, text, "matches() differs");
	if (found == expected &&
	    (!found || memcmp(mine, theirs, sizeof *mine * 2 * (size_t)n) == 0))
		return;
	if (found && expected && mine[0] == theirs[0] && loose(pattern)) {
		tolerated++;
		return;
	}
	show(a, sizeof a, found, mine, n);
	show(b, sizeof b, expected, theirs, n);
	snprintf(what, sizeof what, "from %zu: %s, RE2 %s", from, a, b);
	fault(pattern, text, what);
}

static bool known(struct sv pattern)
{
	return has(pattern, "\\C") || has(pattern, "(?<") || has(pattern, "{1000000000") ||
	       has(pattern, "(?P<\u00e9>");
}

/* Both compile; false when there is nothing to match with. */
static bool both(struct arena *a, struct sv pattern, const struct regex **re, void **other)
{
	struct err err = {0};
	char why[200] = "", what[800];

	patterns++;
	int r = regex_compile(a, pattern, 0, re, &err);
	*other = glue_compile(pattern.p, pattern.n, why, sizeof why);
	refused += r < 0;
	if ((r == 0) != (*other != NULL) && !known(pattern)) {
		snprintf(what, sizeof what, "%s, RE2 says %s", r == 0 ? "accepted" : err.msg,
			 *other ? "accepted" : why);
		fault(pattern, SV(""), what);
	}
	if (r == 0 && *other && (int)regex_groups(*re) != glue_groups(*other))
		fault(pattern, SV(""), "another number of groups");
	if (r == 0 && *other)
		return true;
	if (*other)
		glue_free(*other);
	return false;
}

static const char *const table[] = {
#include "regex-patterns.inc"
};

static const char *const texts[] = {
	"",
	"a",
	"b",
	"ab",
	"ba",
	"aab",
	"abab",
	"aaa",
	"aaaaaaaa",
	"abc",
	"xabcx",
	"foo",
	"foobar",
	"bar foo",
	"a\nb",
	"\n",
	"a\n",
	"\na",
	"a b c",
	"hello, world",
	"2024-01-31",
	"_x1",
	"A",
	"K",
	"k",
	"\u212a",
	"s",
	"\u017f",
	"S",
	"\u00e9",
	"a\u00e9b",
	"\u00c9",
	"\u4e2d\u6587",
	"\u03b1\u03b2\u03a3\u03c2",
	"\U0001F600",
	"x\U0001F600y",
	"[",
	"]",
	"-",
	"^",
	"$",
	"\\",
	".",
	"*",
	"{,2}",
	"a{,2}",
	"a{",
	"{",
	"\t\v\f\r ",
	"\x01\x7f",
	"user@example.com",
	"kube-system",
	"-bad-",
	"registry.io/a/b:1.2",
	"aXbXc",
	"((()))",
	"0123456789",
	"deadBEEF",
	"\u0663\u0967",
	"\u2028",
	"\u00a0",
	"\u0130\u0131iI",
	"\ufb00",
	"\u00df\u1e9e",
	"\U00010400\U00010428",
	"\u0410\u0430\u044f",
	"\uac00",
	"\u05d0\u0627\u0e01\u0905",
};

static void hand_table(struct regex_scratch *s)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		auto_done(arena_done) struct arena a = {0};
		const struct regex *re;
		void *other;

		if (!both(&a, sv_of(table[i]), &re, &other))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(texts); k++)
			for (size_t from = 0; from <= strlen(texts[k]) && from < 3; from++)
				if ((texts[k][from] & 0xc0) != 0x80)
					compare(sv_of(table[i]), re, other, s, sv_of(texts[k]),
						from);
		glue_free(other);
	}
}

/* All spans of a pattern in a long text. */
static void all_spans(struct regex_scratch *s, struct sv pattern, struct sv text)
{
	auto_done(arena_done) struct arena a = {0};
	const struct regex *re;
	void *other;

	if (!both(&a, pattern, &re, &other))
		return;
	for (size_t at = 0; at < text.n;) {
		struct regex_span span[1];
		size_t before = bad;

		compare(pattern, re, other, s, text, at);
		if (bad != before || !regex_search(re, s, text, at, span, 1))
			break;
		at = span[0].end > at ? span[0].end : at + 1;
	}
	glue_free(other);
}

static void unicode_classes(struct regex_scratch *s)
{
	static const char *const names[] = {
#include "regex-names.inc"
	};
	static const uint32_t blocks[][2] = {
		{0x1, 0x3410},      {0x4db0, 0x4e10},   {0x9ff0, 0xac10},    {0xd7a0, 0xd7ff},
		{0xe000, 0xe010},   {0xf8f0, 0x12010},  {0x16800, 0x17010},  {0x18d00, 0x18d10},
		{0x1b000, 0x1b300}, {0x1bc00, 0x1bcb0}, {0x1d000, 0x1f000},  {0x1f100, 0x1fb00},
		{0x2a6d0, 0x2a710}, {0xe0000, 0xe01f0}, {0x10fff0, 0x10ffff}};
	auto_done(buf_done) struct buf text = {0};

	for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
		for (uint32_t c = blocks[i][0]; c <= blocks[i][1]; c++)
			utf8_encode(&text, c);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		auto_done(arena_done) struct arena a = {0};

		all_spans(s, arena_fmt(&a, "\\p{%s}+", names[i]), buf_view(&text));
	}
}

static void folding(struct regex_scratch *s)
{
	auto_done(buf_done) struct buf text = {0};

	for (uint32_t c = 1; c < 0x1f000; c++)
		if (rune_fold(c) != c || (c > 0x60 && c < 0x180))
			utf8_encode(&text, c);
	for (uint32_t c = 0; c < 0x1f000; c += 16) {
		auto_done(arena_done) struct arena a = {0};
		bool any = false;

		for (uint32_t k = 0; k < 16; k++)
			any |= rune_fold(c + k) != c + k;
		if (any)
			all_spans(s, arena_fmt(&a, "(?i)[\\x{%x}-\\x{%x}]+", c, c + 15),
				  buf_view(&text));
	}
}

static uint64_t seed = 0x853c49e6748fea9b;

static unsigned roll(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

#define PICK(list) list[roll(ARRAY_LEN(list))]

/* Grammar: mostly well-formed, so that most patterns are about matching. */
static void random_pattern(struct buf *b, unsigned depth)
{
	static const char *const atoms[] = {
		"a",         "b",    "c",           "a",      "b",      "ab",
		"x",         ".",    "[ab]",        "[^a]",   "[a-c]",  "\\w",
		"\\d",       "\\s",  "\\W",         "\u00e9", "\u4e2d", "[\u00e0-\u00ff]",
		"\\pL",      "\\PL", "[[:alpha:]]", "[^\\n]", "\\n",    "1",
		" ",         "",     "^",           "$",      "\\b",    "\\B",
		"\\A",       "\\z",  "(?i:aB)",     "(?s:.)", "(?m:^)", "(?m:$)",
		"[^\\W\\d]", "A",
	};
	static const char *const ops[] = {"*",   "+",     "?",     "*?",     "+?",
					  "??",  "{2}",   "{1,3}", "{0,2}?", "{2,}",
					  "{0}", "{1,}?", "{0,}",  "{0,1}",  "{1}"};
	static const char *const opens[] = {
		"(", "(", "(", "(?:", "(?:", "(?i:", "(?U:", "(?s:", "(?m:"};
	unsigned n = 1 + roll(4);

	for (unsigned i = 0; i < n; i++) {
		if (roll(6) == 0)
			buf_char(b, '|');
		if (depth && roll(3) == 0) {
			buf_str(b, PICK(opens));
			random_pattern(b, depth - 1);
			buf_char(b, ')');
		} else {
			buf_str(b, PICK(atoms));
		}
		if (roll(3) == 0)
			buf_str(b, PICK(ops));
	}
}

/* Any bytes of the syntax: about what is refused. */
static void random_bytes(struct buf *b)
{
	static const char *const pieces[] = {
		"a",      "b",    "(",    ")",   "[",      "]",    "*",    "+",     "?",
		"{",      "}",    "|",    "^",   "$",      "\\",   ".",    "-",     ",",
		"1",      "2",    ":",    "(?",  "(?P<n>", "(?i",  "[:",   ":]",    "[:alpha:]",
		"\\p",    "\\pN", "\\p{", "\\Q", "\\E",    "\\x",  "\\x{", "\\1",   "\\12",
		"\\d",    "\\b",  "(?:",  "{2}", "{1,2}",  "{,2}", "0",    "Greek", "L",
		"\u00e9", "[^",   "a-z",  "&",   "P<",     "=",    "!",    "<",     ">",
		"i",      "m",    "s",    "U",   "\\z",    "_",    "\\_",  "\\v",   "\\07",
		"#",      " ",
	};
	unsigned n = 1 + roll(9);

	for (unsigned i = 0; i < n; i++)
		buf_str(b, PICK(pieces));
}

static void random_text(struct buf *b)
{
	static const char *const pieces[] = {"a",      "b",      "c", "a",  "b",  "x",
					     "A",      "B",      "1", " ",  "\n", "\u00e9",
					     "\u00c9", "\u4e2d", "_", "ab", "aa"};
	unsigned n = roll(12);

	for (unsigned i = 0; i < n; i++)
		buf_str(b, PICK(pieces));
}

static void random_pairs(struct regex_scratch *s, unsigned rounds)
{
	auto_done(buf_done) struct buf pattern = {0};
	auto_done(buf_done) struct buf text = {0};

	for (unsigned i = 0; i < rounds; i++) {
		auto_done(arena_done) struct arena a = {0};
		const struct regex *re;
		void *other;

		buf_clear(&pattern);
		if (roll(4) == 0)
			random_bytes(&pattern);
		else
			random_pattern(&pattern, 3);
		if (!both(&a, buf_view(&pattern), &re, &other))
			continue;
		for (unsigned k = 0; k < 8; k++) {
			buf_clear(&text);
			random_text(&text);
			size_t from = text.n ? roll((unsigned)text.n) / 2 : 0;
			while (from < text.n && (text.p[from] & 0xc0) == 0x80)
				from++;
			buf_cstr(&text);
			compare(buf_view(&pattern), re, other, s,
				sv_make(text.p ? text.p : "", text.n), 0);
			compare(buf_view(&pattern), re, other, s,
				sv_make(text.p ? text.p : "", text.n), from);
		}
		glue_free(other);
	}
}

int main(int argc, char **argv)
{
	struct regex_scratch *s = regex_scratch_new();
	uint64_t rounds = 6000;

	if (argc > 1 && !sv_u64(sv_of(argv[1]), &rounds))
		return 2;
	if (argc > 2) {
		uint64_t more = 0;
		if (!sv_u64(sv_of(argv[2]), &more))
			return 2;
		seed ^= more * 0x9e3779b97f4a7c15;
	}
	hand_table(s);
	unicode_classes(s);
	folding(s);
	random_pairs(s, (unsigned)rounds);
	regex_scratch_free(s);
	printf("%zu patterns (%zu refused), %zu pairs, %zu differ in what they prefer, %zu differ\n",
	       patterns, refused, pairs, tolerated, bad);
	return bad || pairs < 10000;
}
