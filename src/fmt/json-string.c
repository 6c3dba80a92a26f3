/* Strings of RFC 8259 section 7, eight bytes at a time. */
#include "base/base.h"
#include "base/text.h"
#include "fmt/json-int.h"

#define EACH_BYTE 0x0101010101010101U
#define HIGH_BITS 0x8080808080808080U

/* Nonzero high bits where a byte is ", \, a control or not ASCII; the lowest one is exact. */
static uint64_t special_bytes(uint64_t w)
{
	uint64_t quote = w ^ EACH_BYTE * '"', slash = w ^ EACH_BYTE * '\\';

	return ((w - EACH_BYTE * 0x20) | (quote - EACH_BYTE) | (slash - EACH_BYTE) | w) & HIGH_BITS;
}

static const char *skip_plain(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t found = special_bytes(le64(p));
		if (found)
			return p + __builtin_ctzll(found) / 8;
		p += 8;
	}
	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20 &&
	       (unsigned char)*p < 0x80)
		p++;
	return p;
}

enum json_string_state json_string_scan(const char *p, const char *end, struct json_string *out)
{
	const char *from = p;

	out->escapes = false;
	for (;;) {
		p = skip_plain(p, end);
		out->bad = p;
		if (p >= end)
			return JSON_STRING_OPEN;
		if (*p == '"')
			break;
		if (*p == '\\') {
			out->escapes = true;
			if (end - p < 2)
				return JSON_STRING_OPEN;
			/* otherwise the decoder looks at it */
			if ((unsigned char)p[1] < 0x20 || (unsigned char)p[1] >= 0x80)
				return JSON_STRING_ESCAPE;
			p += 2;
		} else if ((unsigned char)*p < 0x20) {
			return JSON_STRING_CONTROL;
		} else {
			uint32_t cp;
			size_t n = utf8_decode(sv_make(p, (size_t)(end - p)), &cp);
			if (n == 0)
				return JSON_STRING_UTF8;
			p += n;
		}
	}
	out->raw = sv_make(from, (size_t)(p - from));
	return JSON_STRING_OK;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits of \uXXXX at p, or -1. */
static int32_t hex4(const char *p, const char *end)
{
	int32_t v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int h = hex_digit(p[i]);
		if (h < 0)
			return -1;
		v = v << 4 | h;
	}
	return v;
}

/* The character of the escape \u at p (after the u); *len = how many bytes it takes. -1: wrong. */
static int32_t unicode_escape(const char *p, const char *end, size_t *len)
{
	int32_t c = hex4(p, end);

	*len = 4;
	if (c < 0xD800 || c > 0xDFFF)
		return c;
	if (c > 0xDBFF || end - p < 10 || p[4] != '\\' || p[5] != 'u')
		return -1;
	int32_t low = hex4(p + 6, end);
	if (low < 0xDC00 || low > 0xDFFF)
		return -1;
	*len = 10;
	return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
}

static char *put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xC0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*to++ = (char)(0xE0 | c >> 12);
		} else {
			*to++ = (char)(0xF0 | c >> 18);
			*to++ = (char)(0x80 | (c >> 12 & 0x3F));
		}
		*to++ = (char)(0x80 | (c >> 6 & 0x3F));
	}
	*to++ = (char)(0x80 | (c & 0x3F));
	return to;
}

/* The byte that a one-letter escape stands for, or 0. */
static char short_escape(char c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at = c ? strchr(from, c) : NULL;

	return at ? to[at - from] : '\0';
}

const char *json_string_decode(struct arena *a, struct sv raw, struct sv *out)
{
	/* no escape is shorter than what it stands for */
	char *text = arena_alloc(a, raw.n), *to = text;
	const char *p = raw.p, *end = p + raw.n;

	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		size_t plain = (size_t)((slash ? slash : end) - p);
		memcpy(to, p, plain);
		to += plain;
		p += plain;
		if (!slash)
			break;
		if (end - p < 2)
			return p;
		if (p[1] == 'u') {
			size_t len;
			int32_t c = unicode_escape(p + 2, end, &len);
			if (c < 0)
				return p;
			to = put_utf8(to, (uint32_t)c);
			p += 2 + len;
			continue;
		}
		*to = short_escape(p[1]);
		if (!*to++)
			return p;
		p += 2;
	}
	*out = sv_make(text, (size_t)(to - text));
	return NULL;
}
