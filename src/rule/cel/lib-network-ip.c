/*
 * IP addresses and prefixes as text: RFC 4291, section 2.2 and RFC 5952. Strict: no leading zeros
 * in IPv4, no zones, no IPv4-mapped addresses in dotted form, "::" stands for one group at least.
 */
#include "rule/cel/lib-network.h"

/* Takes a number of at most so many digits, without leading zeros, off the text; -1: none. */
static int take_decimal(struct sv *text, size_t max_digits)
{
	int value = 0;
	size_t n = 0;

	for (; n < text->n && text->p[n] >= '0' && text->p[n] <= '9'; n++) {
		if (n == max_digits)
			return -1;
		value = value * 10 + (text->p[n] - '0');
	}
	if (!n || (n > 1 && text->p[0] == '0'))
		return -1;
	*text = sv_from(*text, n);
	return value;
}

/* All of the text is a dotted quad. */
static bool parse_v4(struct sv text, uint8_t *b)
{
	for (unsigned i = 0; i < 4; i++) {
		int value = 0;

		if (i) {
			if (!text.n || text.p[0] != '.')
				return false;
			text = sv_from(text, 1);
		}
		value = take_decimal(&text, 3);
		if (value < 0 || value > 255)
			return false;
		b[i] = (uint8_t)value;
	}
	return text.n == 0;
}

/* Takes one to four hexadecimal digits off the text; -1: none. */
static int take_group(struct sv *text)
{
	int value = 0;
	size_t n = 0;

	for (; n < text->n && n < 5; n++) {
		char c = text->p[n];

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value = value * 16 + ((c | 32) - 'a' + 10);
		else
			break;
	}
	if (!n || n > 4)
		return -1;
	*text = sv_from(*text, n);
	return value;
}

static bool mapped(const uint8_t *b)
{
	static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	return memcmp(b, prefix, sizeof prefix) == 0;
}

static const char malformed[] = "not an IP address";

struct groups {
	uint8_t b[16];
	size_t n;   /* bytes */
	size_t gap; /* where "::" stands, or SIZE_MAX */
	bool dotted;
};

/* The groups between colons. */
static bool take_groups(struct sv text, struct groups *g)
{
	if (sv_starts(text, SV("::"))) {
		g->gap = 0;
		text = sv_from(text, 2);
	}
	while (text.n) {
		struct sv at = text;
		int value = take_group(&text);

		if (text.n && text.p[0] == '.') {
			g->dotted = true;
			if (g->n > 12 || !parse_v4(at, g->b + g->n))
				return false;
			g->n += 4;
			return true;
		}
		if (value < 0 || g->n == 16)
			return false;
		g->b[g->n++] = (uint8_t)(value >> 8);
		g->b[g->n++] = (uint8_t)value;
		if (!text.n)
			return true;
		if (text.p[0] != ':' || text.n == 1)
			return false;
		text = sv_from(text, 1);
		if (text.p[0] == ':') {
			if (g->gap != SIZE_MAX)
				return false;
			g->gap = g->n;
			text = sv_from(text, 1);
		}
	}
	return true;
}

static const char *parse_v6(struct sv text, struct ip_address *out)
{
	struct groups g = {.gap = SIZE_MAX};

	if (sv_find_char(text, '%') != SIZE_MAX)
		return "an IP address with a zone is not allowed";
	if (!take_groups(text, &g))
		return malformed;
	if ((g.gap == SIZE_MAX) != (g.n == 16))
		return malformed;
	*out = (struct ip_address){.v6 = true};
	if (g.gap == SIZE_MAX)
		g.gap = 16;
	memcpy(out->b, g.b, g.gap);
	memcpy(out->b + 16 - (g.n - g.gap), g.b + g.gap, g.n - g.gap);
	if (g.dotted && mapped(out->b))
		return "an IPv4-mapped IPv6 address is not allowed";
	return NULL;
}

const char *ip_parse(struct sv text, struct ip_address *out)
{
	struct ip_address v4 = {0};

	if (sv_find_char(text, ':') != SIZE_MAX)
		return parse_v6(text, out);
	if (!parse_v4(text, v4.b))
		return malformed;
	*out = v4;
	return NULL;
}

const char *ip_parse_prefix(struct sv text, struct ip_prefix *out)
{
	struct ip_prefix p = {0};
	struct sv address = {0}, bits = {0};
	const char *wrong = NULL;
	int value = 0;

	if (!sv_rcut(text, '/', &address, &bits))
		return "a network without /prefix length";
	wrong = ip_parse(address, &p.ip);
	if (wrong)
		return wrong;
	value = take_decimal(&bits, 3);
	if (value < 0 || bits.n || value > (p.ip.v6 ? 128 : 32))
		return "not a prefix length";
	p.bits = (uint8_t)value;
	*out = p;
	return NULL;
}

/* The longest run of two or more zero groups: first and number. */
static void longest_gap(const uint8_t *b, size_t *first, size_t *n)
{
	*n = 1;
	*first = 8;
	for (size_t i = 0; i < 8; i++) {
		size_t end = i;

		while (end < 8 && !b[2 * end] && !b[2 * end + 1])
			end++;
		if (end - i > *n) {
			*n = end - i;
			*first = i;
		}
		if (end > i)
			i = end - 1;
	}
}

void ip_text(const struct ip_address *ip, struct buf *out)
{
	const uint8_t *b = ip->b;
	size_t gap = 0, n = 0;

	if (!ip->v6 || mapped(b)) {
		if (ip->v6) {
			buf_str(out, "::ffff:");
			b += 12;
		}
		buf_fmt(out, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
		return;
	}
	longest_gap(b, &gap, &n);
	for (size_t i = 0; i < 8; i++) {
		if (i == gap) {
			buf_str(out, "::");
			i += n - 1;
			continue;
		}
		if (i && i != gap + n)
			buf_char(out, ':');
		buf_fmt(out, "%x", (unsigned)(b[2 * i] << 8 | b[2 * i + 1]));
	}
}
