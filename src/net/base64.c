#include "net/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buf *b, struct sv v)
{
	for (size_t i = 0; i < v.n; i += 3) {
		uint32_t group = 0;
		size_t have = v.n - i < 3 ? v.n - i : 3;
		for (size_t k = 0; k < have; k++)
			group |= (uint32_t)(unsigned char)v.p[i + k] << (16 - 8 * k);
		for (size_t k = 0; k < 4; k++)
			buf_char(b, k <= have ? digits[(group >> (18 - 6 * k)) & 63] : '=');
	}
}

static int value_of(char c)
{
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

bool base64_decode(struct buf *b, struct sv v)
{
	uint32_t bits = 0;
	unsigned have = 0;

	for (int pad = 0; pad < 2 && v.n > 0 && v.p[v.n - 1] == '='; pad++)
		v.n--;
	if (v.n % 4 == 1)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		int digit = value_of(v.p[i]);
		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_char(b, (char)(bits >> have & 255));
		}
	}
	return true;
}
