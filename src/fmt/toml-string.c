/* The four kinds of strings. Bytes are known to be UTF-8. */
#include "base/base.h"
#include "base/text.h"
#include "fmt/toml-int.h"

struct string {
	char quote;
	bool multiline, escapes;
	const char *from, *end; /* between the quotes */
};

static bool at_three(const struct toml *t, const char *p, char quote)
{
	return t->end - p >= 3 && p[0] == quote && p[1] == quote && p[2] == quote;
}

/* A line end at p: its length, else 0. */
static size_t newline(const char *p, const char *end)
{
	if (p < end && *p == '\n')
		return 1;
	return end - p >= 2 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

/* Finds the end of the string; leaves t->p behind its closing quotes. */
static int scan(struct toml *t, struct string *s)
{
	const char *p = s->from;

	while (p < t->end) {
		unsigned char c = (unsigned char)*p;
		size_t line = newline(p, t->end);
		if (c == '\\' && s->quote == '"') {
			s->escapes = true;
			p += t->end - p > 1 ? 2 : 1;
			/* the line end after a backslash is not passed over unseen */
			p -= p[-1] == '\r' || p[-1] == '\n';
		} else if (c == (unsigned char)s->quote && !s->multiline) {
			s->end = p;
			t->p = p + 1;
			return 0;
		} else if (s->multiline && at_three(t, p, s->quote)) {
			/* up to two quotes may stand before the closing three */
			for (int i = 0; i < 2 && at_three(t, p + 1, s->quote); i++)
				p++;
			s->end = p;
			t->p = p + 3;
			return 0;
		} else if (line && s->multiline) {
			p += line;
		} else if (line) {
			break;
		} else if ((c < 0x20 && c != '\t') || c == 0x7F) {
			return toml_fail(t, p, ERR_PARSE, "a control character in a string");
		} else {
			p++;
		}
	}
	return toml_fail(t, t->p, ERR_PARSE, "a string that does not end");
}

static bool unicode_escape(const char *p, const char *end, size_t digits, uint32_t *out)
{
	uint32_t c = 0;

	if ((size_t)(end - p) < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		static const char hex[] = "0123456789abcdef";
		char lower = p[i] >= 'A' && p[i] <= 'F' ? (char)(p[i] | 0x20) : p[i];
		const char *at = lower ? strchr(hex, lower) : NULL;
		if (!at)
			return false;
		c = c << 4 | (uint32_t)(at - hex);
	}
	*out = c;
	return c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF);
}

/* Behind a backslash at the end of a line: over all white space. NULL: no line end comes. */
static const char *skip_lines(const char *p, const char *end)
{
	const char *q = p;
	bool lines = false;

	for (size_t n; q < end; q += n) {
		n = newline(q, end);
		lines = lines || n;
		if (n == 0 && (*q == ' ' || *q == '\t'))
			n = 1;
		if (n == 0)
			break;
	}
	return lines ? q : NULL;
}

/* The escape behind the backslash at p; returns where it ends, or NULL. */
static const char *unescape(const struct string *s, const char *p, struct buf *b)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	uint32_t c;

	if (p >= s->end)
		return NULL;
	const char *at = *p ? strchr(from, *p) : NULL;
	if (at) {
		buf_char(b, to[at - from]);
		return p + 1;
	}
	if (*p == 'u' || *p == 'U') {
		size_t digits = *p == 'u' ? 4 : 8;
		if (!unicode_escape(p + 1, s->end, digits, &c))
			return NULL;
		utf8_encode(b, c);
		return p + 1 + digits;
	}
	return s->multiline ? skip_lines(p, s->end) : NULL;
}

static int decode(struct toml *t, const struct string *s, struct sv *out)
{
	auto_done(buf_done) struct buf b = {0};

	for (const char *p = s->from; p < s->end;) {
		const char *slash = memchr(p, '\\', (size_t)(s->end - p));
		buf_add(&b, p, (size_t)((slash ? slash : s->end) - p));
		if (!slash)
			break;
		p = unescape(s, slash + 1, &b);
		if (!p)
			return toml_fail(t, slash, ERR_PARSE, "a wrong escape in a string");
	}
	*out = arena_sv(t->d->arena, buf_view(&b));
	return 0;
}

int toml_string(struct toml *t, bool multiline, struct sv *out)
{
	struct string s = {.quote = *t->p};

	s.multiline = at_three(t, t->p, s.quote);
	if (s.multiline && !multiline)
		return toml_fail(t, t->p, ERR_PARSE, "a key of several lines");
	s.from = t->p + (s.multiline ? 3 : 1);
	/* a line end right behind the opening quotes does not count */
	if (s.multiline)
		s.from += newline(s.from, t->end);
	int rc = scan(t, &s);
	if (rc)
		return rc;
	if (s.escapes)
		return decode(t, &s, out);
	*out = sv_make(s.from, (size_t)(s.end - s.from));
	return 0;
}
