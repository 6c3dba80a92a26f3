/* Width ranges: Unicode 15 EastAsianWidth.txt (W, F) and DerivedGeneralCategory.txt (Mn, Me, Cf),
 * merged. */
#include "base/text.h"

#include "base/base.h"

size_t utf8_decode(struct sv v, uint32_t *cp)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *s = (const unsigned char *)v.p;

	if (v.n == 0)
		return 0;
	if (s[0] < 0x80) {
		*cp = s[0];
		return 1;
	}
	size_t n = s[0] >= 0xF5 ? 0 : s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : s[0] >= 0xC2 ? 2 : 0;
	if (n == 0 || v.n < n)
		return 0;
	uint32_t c = s[0] & (0xFFU >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3FU);
	}
	if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*cp = c;
	return n;
}

/* How many ASCII bytes v begins with, eight at a time: the rest of the last eight may be ASCII too.
 */
static size_t ascii_run(struct sv v)
{
	size_t i = 0;
	uint64_t w;

	for (; i + 8 <= v.n; i += 8) {
		memcpy(&w, v.p + i, 8);
		if (w & 0x8080808080808080U)
			break;
	}
	return i;
}

size_t utf8_valid(struct sv v)
{
	size_t i = 0;

	while (i < v.n) {
		uint32_t cp;
		i += ascii_run(sv_from(v, i));
		if (i >= v.n)
			break;
		size_t n = utf8_decode(sv_from(v, i), &cp);
		if (n == 0)
			return i;
		i += n;
	}
	return i;
}

void utf8_encode(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_char(b, (char)c);
	} else if (c < 0x800) {
		buf_char(b, (char)(0xC0 | c >> 6));
		buf_char(b, (char)(0x80 | (c & 0x3F)));
	} else if (c < 0x10000) {
		buf_char(b, (char)(0xE0 | c >> 12));
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3F)));
		buf_char(b, (char)(0x80 | (c & 0x3F)));
	} else {
		buf_char(b, (char)(0xF0 | c >> 18));
		buf_char(b, (char)(0x80 | (c >> 12 & 0x3F)));
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3F)));
		buf_char(b, (char)(0x80 | (c & 0x3F)));
	}
}

struct range {
	uint32_t from, to;
};

static const struct range controls[] = {
	{0x0, 0x1F},      {0x7F, 0x9F},     {0x61C, 0x61C},   {0x200B, 0x200F},   {0x2028, 0x202E},
	{0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF},
};

static const struct range zero_width[] = {
	{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x5BF, 0x5BF},   {0x5C1, 0x5C2},
	{0x5C4, 0x5C5},   {0x5C7, 0x5C7},   {0x610, 0x61A},   {0x64B, 0x65F},   {0x670, 0x670},
	{0x6D6, 0x6DC},   {0x6DF, 0x6E4},   {0x6E7, 0x6E8},   {0x6EA, 0x6ED},   {0x711, 0x711},
	{0x730, 0x74A},   {0x7A6, 0x7B0},   {0x7EB, 0x7F3},   {0x816, 0x819},   {0x81B, 0x823},
	{0x825, 0x827},   {0x829, 0x82D},   {0x859, 0x85B},   {0x8D3, 0x902},   {0x93A, 0x93A},
	{0x93C, 0x93C},   {0x941, 0x948},   {0x94D, 0x94D},   {0x951, 0x957},   {0x962, 0x963},
	{0xE31, 0xE31},   {0xE34, 0xE3A},   {0xE47, 0xE4E},   {0xEB1, 0xEB1},   {0xEB4, 0xEBC},
	{0xEC8, 0xECD},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0x302A, 0x302D},
	{0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

static const struct range wide[] = {
	{0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
	{0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
	{0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
	{0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
	{0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
	{0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
	{0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
	{0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x27BF, 0x27BF},
	{0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
	{0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},
	{0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},
	{0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF},
	{0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A},
	{0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393},
	{0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4},
	{0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D},
	{0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596},
	{0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC},
	{0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6DF}, {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC},
	{0x1F7E0, 0x1F7EB}, {0x1F7F0, 0x1F7F0}, {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF},
	{0x20000, 0x3FFFD},
};

static bool in_ranges(const struct range *r, size_t n, uint32_t cp)
{
	size_t lo = 0;

	while (lo < n) {
		size_t mid = lo + (n - lo) / 2;
		if (cp < r[mid].from)
			n = mid;
		else if (cp > r[mid].to)
			lo = mid + 1;
		else
			return true;
	}
	return false;
}

bool text_is_control(uint32_t cp)
{
	return in_ranges(controls, ARRAY_LEN(controls), cp);
}

/* How many bytes v begins with that are ASCII and no control characters. */
static size_t plain_run(struct sv v)
{
	size_t i = 0;

	while (i < v.n && v.p[i] >= 0x20 && v.p[i] < 0x7F)
		i++;
	return i;
}

void text_escape(struct buf *b, struct sv v)
{
	for (;;) {
		uint32_t cp;
		size_t plain = plain_run(v);
		buf_add(b, v.p, plain);
		v = sv_from(v, plain);
		if (!v.n)
			return;
		size_t n = utf8_decode(v, &cp);
		if (n == 0)
			buf_fmt(b, "\\x%02X", (unsigned char)v.p[0]);
		else if (text_is_control(cp))
			buf_fmt(b, "\\u{%x}", cp);
		else
			buf_add(b, v.p, n);
		v = sv_from(v, n ? n : 1);
	}
}

struct sv text_safe(struct arena *a, struct sv v)
{
	auto_done(buf_done) struct buf b = {0};

	text_escape(&b, v);
	return arena_sv(a, buf_view(&b));
}

static size_t char_width(struct sv v, size_t *len)
{
	uint32_t cp;

	*len = utf8_decode(v, &cp);
	if (*len == 0) {
		*len = 1;
		return 1;
	}
	if (cp < 0x300)
		return 1;
	if (in_ranges(zero_width, ARRAY_LEN(zero_width), cp))
		return 0;
	return in_ranges(wide, ARRAY_LEN(wide), cp) ? 2 : 1;
}

size_t text_width(struct sv v)
{
	size_t w = 0, len;

	while (v.n) {
		size_t ascii = ascii_run(v);
		w += ascii;
		v = sv_from(v, ascii);
		if (!v.n)
			break;
		w += char_width(v, &len);
		v = sv_from(v, len);
	}
	return w;
}

struct sv text_fit(struct sv v, size_t columns)
{
	size_t at = 0, len;

	while (at < v.n) {
		size_t w = char_width(sv_from(v, at), &len);
		if (w > columns)
			break;
		columns -= w;
		at += len;
	}
	return sv_head(v, at);
}
