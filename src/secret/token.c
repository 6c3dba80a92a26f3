/* Tokens that say by their first letters what they are. */
#include "base/base.h"

#include "secret/secret-int.h"

static const double token_entropy = 2.8;

/* Is it the beginning of a word? Of "xghp_" it is not. */
static bool starts_word(const struct secret_text *t, size_t at)
{
	return at == 0 || !(secret_class(t->bytes.p[at - 1]) & CLASS_WORD);
}

static bool fill(const struct secret_text *t, size_t start, size_t end, struct secret_found *out)
{
	out->value = sv_head(sv_from(t->bytes, start), end - start);
	out->start = start;
	out->end = end;
	return true;
}

bool secret_token(const struct secret_text *t, const struct secret_rule *r, size_t at,
		  struct secret_found *out)
{
	size_t head = strlen(r->keyword), n = secret_run(t->bytes, at + head, r->set, r->max + 1u);
	struct sv tail = sv_head(sv_from(t->bytes, at + head), n);

	if (n < r->min || n > r->max || !starts_word(t, at) || secret_placeholder(tail) ||
	    secret_entropy(tail) < token_entropy)
		return false;
	(void)fill(t, at, at + head + n, out);
	return !r->check || r->check(out->value, &out->confidence);
}

/* CRC-32 of ISO 3309, bit by bit: of a few bytes. */
static uint32_t crc32_of(struct sv v)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < v.n; i++) {
		crc ^= (unsigned char)v.p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
	}
	return ~crc;
}

/* Six digits of base 62 at the end are the CRC of what stands between them and the prefix. Others
 * are taken for tokens of an older or another kind, with less confidence. */
bool secret_check_github(struct sv token, enum secret_confidence *confidence)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	struct sv body = sv_from(token, 4);
	uint32_t crc = crc32_of(sv_head(body, body.n - 6));

	for (size_t i = 0; i < 6; i++) {
		if (body.p[body.n - 1 - i] != digits[crc % 62])
			*confidence = SECRET_MEDIUM;
		crc /= 62;
	}
	return true;
}

bool secret_check_hex(struct sv token, enum secret_confidence *confidence)
{
	(void)confidence;
	return secret_entropy(token) >= 3.0;
}

/* Base 32 without 0, 1, 8 and 9; a word of letters only is none. */
bool secret_check_aws(struct sv token, enum secret_confidence *confidence)
{
	bool digit = false;

	(void)confidence;
	for (size_t i = 4; i < token.n; i++) {
		char c = token.p[i];
		if (c == '0' || c == '1' || c == '8' || c == '9')
			return false;
		digit |= c >= '2' && c <= '7';
	}
	return digit && secret_entropy(token) >= 3.0;
}

/* hooks.slack.com/services/T.../B.../24 characters */
bool secret_slack_hook(const struct secret_text *t, const struct secret_rule *r, size_t at,
		       struct secret_found *out)
{
	size_t i = at + strlen(r->keyword);
	static const struct {
		char first;
		size_t min, max;
	} parts[] = {{'T', 8, 12}, {'B', 8, 12}, {0, 23, 25}};

	for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
		size_t n = secret_run(t->bytes, i, CLASS_ALNUM, parts[k].max + 1);
		if (n < parts[k].min || n > parts[k].max ||
		    (parts[k].first && t->bytes.p[i] != parts[k].first))
			return false;
		i += n;
		if (parts[k].first && (i >= t->bytes.n || t->bytes.p[i++] != '/'))
			return false;
	}
	(void)fill(t, at, i, out);
	return !secret_placeholder(out->value);
}

/* SG.22 characters.43 characters */
bool secret_sendgrid(const struct secret_text *t, const struct secret_rule *r, size_t at,
		     struct secret_found *out)
{
	(void)r;
	size_t first = secret_run(t->bytes, at + 3, CLASS_URL, 23), dot = at + 3 + first;
	if (first != 22 || dot >= t->bytes.n || t->bytes.p[dot] != '.' || !starts_word(t, at) ||
	    secret_run(t->bytes, dot + 1, CLASS_URL, 44) != 43)
		return false;
	(void)fill(t, at, dot + 44, out);
	return !secret_placeholder(out->value);
}

/* 8 to 10 digits, ':', 35 characters that begin with AA */
bool secret_telegram(const struct secret_text *t, const struct secret_rule *r, size_t at,
		     struct secret_found *out)
{
	size_t digits = secret_run_left(t->bytes, at, CLASS_DIGIT, 11);

	(void)r;
	if (digits < 8 || digits > 10 || !starts_word(t, at - digits) ||
	    secret_run(t->bytes, at + 1, CLASS_URL, 36) != 35)
		return false;
	(void)fill(t, at - digits, at + 36, out);
	return !secret_placeholder(out->value) && secret_entropy(out->value) >= 4.0;
}

/* sk-...T3BlbkFJ...: "OpenAI" in base 64 in the middle */
bool secret_openai(const struct secret_text *t, const struct secret_rule *r, size_t at,
		   struct secret_found *out)
{
	size_t left = secret_run_left(t->bytes, at, CLASS_URL, 120);
	size_t word = strlen(r->keyword);
	size_t right = secret_run(t->bytes, at + word, CLASS_URL, 120);

	if (left < 19 || right < 16 || right > 100 ||
	    !sv_starts(sv_from(t->bytes, at - left), SV("sk-")))
		return false;
	(void)fill(t, at - left, at + word + right, out);
	return !secret_placeholder(out->value);
}

/* 14 characters, ".atlasv1.", 60 or more */
bool secret_terraform(const struct secret_text *t, const struct secret_rule *r, size_t at,
		      struct secret_found *out)
{
	size_t left = secret_run_left(t->bytes, at, CLASS_ALNUM, 15), word = strlen(r->keyword);
	size_t right = secret_run(t->bytes, at + word, CLASS_URL, 100);

	if (left != 14 || right < 60 || right > 90)
		return false;
	return fill(t, at - left, at + word + right, out);
}

/* 32 hexadecimal digits say nothing by themselves: the line has the name of the service. */
bool secret_twilio(const struct secret_text *t, const struct secret_rule *r, size_t at,
		   struct secret_found *out)
{
	struct sv line = sv_head(sv_from(t->bytes, at), 160);

	(void)r;
	line = sv_head(line, sv_find_char(line, '\n'));
	for (size_t i = 6; i < line.n; i++) {
		size_t n = secret_run(line, i, CLASS_WORD, 64);
		size_t from = n == 34 && line.p[i] == 'S' && line.p[i + 1] == 'K' ? i + 2 : i;
		if (n >= 32 && i + n - from == 32 && secret_run(line, from, CLASS_HEX, 32) == 32 &&
		    !secret_placeholder(sv_head(sv_from(line, i), n)))
			return fill(t, at + i, at + i + n, out) &&
			       secret_entropy(out->value) >= 3.0;
		i += n;
	}
	return false;
}
