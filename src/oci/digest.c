#include "base/base.h"

#include <openssl/evp.h>

#include "oci/digest.h"

/* OCI image specification, descriptor.md "Digests": lower-case hex of a fixed length. */
static const struct {
	const char *prefix;
	size_t hex;
} algorithms[] = {{"sha256:", 64}, {"sha512:", 128}};

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool all_hex(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (nibble(v.p[i]) < 0)
			return false;
	return true;
}

bool digest_parse_hex(struct sv hex, struct digest *out)
{
	struct digest d = {.set = true};

	if (hex.n != 2 * sizeof d.bytes || !all_hex(hex))
		return false;
	for (size_t i = 0; i < sizeof d.bytes; i++)
		d.bytes[i] = (uint8_t)(nibble(hex.p[2 * i]) << 4 | nibble(hex.p[2 * i + 1]));
	*out = d;
	return true;
}

bool digest_parse(struct sv v, struct digest *out)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		struct sv prefix = sv_of(algorithms[i].prefix);
		struct sv hex = sv_from(v, prefix.n);
		if (!sv_starts(v, prefix) || hex.n != algorithms[i].hex || !all_hex(hex))
			continue;
		*out = (struct digest){0};
		return i > 0 || digest_parse_hex(hex, out);
	}
	return false;
}

struct sv digest_hex(struct arena *a, const struct digest *d)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 2 * sizeof d->bytes;
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; i < sizeof d->bytes; i++) {
		p[2 * i] = digits[d->bytes[i] >> 4];
		p[2 * i + 1] = digits[d->bytes[i] & 15];
	}
	return sv_make(p, n);
}

struct sv digest_str(struct arena *a, const struct digest *d)
{
	if (!d->set)
		return SV("");
	return arena_fmt(a, "sha256:%.*s", SV_ARG(digest_hex(a, d)));
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
	return a->set && b->set && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

int digest_of(struct sv bytes, struct digest *out, struct err *err)
{
	struct digest d = {.set = true};

	if (EVP_Digest(bytes.p ? bytes.p : "", bytes.n, d.bytes, NULL, EVP_sha256(), NULL) != 1)
		return err_set(err, ERR_BUG, "SHA-256 is not available in the crypto library");
	*out = d;
	return 0;
}
