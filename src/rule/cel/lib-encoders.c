/* The encoders library: base64 (RFC 4648, section 4). */
#include "rule/cel/lib.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct cel_value encode(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	const unsigned char *in = (const unsigned char *)args[0].s.p;
	size_t len = args[0].s.n, at = 0;
	char *p = cel_new_bytes(e, (len / 3 + 1) * 4);

	(void)n;
	if (!p)
		return lib_over(e);
	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t v = (uint32_t)in[i] << 16;

		if (left > 1)
			v |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			v |= in[i + 2];
		p[at++] = alphabet[v >> 18];
		p[at++] = alphabet[v >> 12 & 63];
		p[at++] = left > 1 ? alphabet[v >> 6 & 63] : '=';
		p[at++] = left > 2 ? alphabet[v & 63] : '=';
	}
	return cel_string((struct sv){p, at});
}

/* The value of a base64 character, or -1. */
static int sextet(char c)
{
	const char *p = c ? strchr(alphabet, c) : NULL;

	return p ? (int)(p - alphabet) : -1;
}

/* Bytes written to out, or SIZE_MAX. The padding may be missing, but not be cut; line breaks do not
 * count. */
static size_t decode_to(char *out, struct sv in)
{
	uint32_t v = 0;
	size_t got = 0, pad = 0, n = 0;

	for (size_t i = 0; i < in.n; i++) {
		int s = sextet(in.p[i]);

		if (in.p[i] == '\n' || in.p[i] == '\r')
			continue;
		if (in.p[i] == '=' && ++pad <= 2)
			continue;
		if (s < 0 || pad)
			return SIZE_MAX;
		v = v << 6 | (uint32_t)s;
		if (++got % 4 == 0) {
			out[n++] = (char)(v >> 16 & 0xff);
			out[n++] = (char)(v >> 8 & 0xff);
			out[n++] = (char)(v & 0xff);
		}
	}
	if (got % 4 == 1 || (pad && (got + pad) % 4))
		return SIZE_MAX;
	if (got % 4 > 1)
		out[n++] = (char)(got % 4 == 2 ? v >> 4 & 0xff : v >> 10 & 0xff);
	if (got % 4 == 3)
		out[n++] = (char)(v >> 2 & 0xff);
	return n;
}

static struct cel_value decode(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct cel_value v = {.kind = CEL_BYTES};
	char *p = cel_new_bytes(e, args[0].s.n / 4 * 3 + 3);

	(void)n;
	if (!p)
		return lib_over(e);
	v.s = (struct sv){p, decode_to(p, args[0].s)};
	return v.s.n == SIZE_MAX ? cel_fault(e, "not base64", args[0].s) : v;
}

static const struct cel_overload_row rows[] = {
	{"base64.decode", "(string)->bytes", decode, NULL, 0},
	{"base64.encode", "(bytes)->string", encode, NULL, 0},
};

const struct cel_library cel_library_encoders = {"encoders", rows, ARRAY_LEN(rows)};
