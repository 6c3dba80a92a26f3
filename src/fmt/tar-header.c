#include "fmt/tar-parts.h"

/* POSIX.1-1988 (ustar), GNU and star: offset and length of each field. */
struct field {
	uint16_t at, n;
};

static const struct field f_name = {0, 100}, f_mode = {100, 8}, f_uid = {108, 8}, f_gid = {116, 8},
			  f_size = {124, 12}, f_mtime = {136, 12}, f_sum = {148, 8},
			  f_link = {157, 100}, f_magic = {257, 6}, f_version = {263, 2},
			  f_major = {329, 8}, f_minor = {337, 8}, f_prefix = {345, 155},
			  f_gnu_atime = {345, 12}, f_gnu_ctime = {357, 12},
			  f_star_prefix = {345, 131}, f_star_atime = {476, 12},
			  f_star_ctime = {488, 12}, f_star_trailer = {508, 4};

enum { TYPE_AT = 156 };

static struct sv get(const char *block, struct field f)
{
	return sv_make(block + f.at, f.n);
}

struct sv tar_text(struct sv field)
{
	return sv_head(field, sv_find_char(field, '\0'));
}

bool tar_header_only(char type)
{
	return type >= '1' && type <= '6';
}

/* Blanks and NULs around the digits do not count; nothing at all is 0. */
static bool octal(struct sv v, int64_t *out)
{
	uint64_t n = 0;

	while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\0'))
		v = sv_from(v, 1);
	while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\0'))
		v.n--;
	v = tar_text(v);
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '7' || n >> 61)
			return false;
		n = n << 3 | (uint64_t)(v.p[i] - '0');
	}
	*out = (int64_t)n;
	return true;
}

bool tar_number(struct sv field, int64_t *out)
{
	const uint8_t *p = (const uint8_t *)field.p;
	uint64_t n = 0;

	if (field.n == 0 || !(p[0] & 0x80))
		return octal(field, out);
	/* GNU: two's complement, most significant byte first; the first bit only marks the form */
	uint8_t invert = p[0] & 0x40 ? 0xFF : 0;
	for (size_t i = 0; i < field.n; i++) {
		uint8_t c = p[i] ^ invert;
		if (i == 0)
			c &= 0x7F;
		if (n >> 56)
			return false;
		n = n << 8 | c;
	}
	if (n >> 63)
		return false;
	*out = invert ? ~(int64_t)n : (int64_t)n;
	return true;
}

/* POSIX sums bytes without sign, Sun's tar summed them with: both are valid. */
static bool checksum_ok(const char *block)
{
	const uint8_t *p = (const uint8_t *)block;
	int32_t sum = 0, high = 0;
	int64_t want = 0;

	for (size_t i = 0; i < TAR_BLOCK_SIZE; i++) {
		sum += p[i];
		high += p[i] >> 7;
	}
	for (size_t i = f_sum.at; i < f_sum.at + f_sum.n; i++) {
		sum += ' ' - p[i];
		high -= p[i] >> 7;
	}
	return octal(get(block, f_sum), &want) && (want == sum || want == sum - 256 * high);
}

static enum tar_format format_of(const char *block)
{
	if (sv_eq(get(block, f_magic), sv_make("ustar\0", 6)))
		return sv_eq(get(block, f_star_trailer), sv_make("tar\0", 4)) ? TAR_STAR
									      : TAR_USTAR;
	if (sv_eq(get(block, f_magic), SV("ustar ")) &&
	    sv_eq(get(block, f_version), sv_make(" \0", 2)))
		return TAR_GNU;
	return TAR_V7;
}

static bool ascii(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] & 0x80)
			return false;
	return true;
}

static bool skip_time(const char *block, struct field f)
{
	int64_t unused;

	return block[f.at] == '\0' || tar_number(get(block, f), &unused);
}

/* The prefix field, which GNU archives do not have, and star ones have shorter. False: a number is
 * bad. */
static bool prefix_read(const char *block, struct tar_header *h)
{
	int64_t unused;
	struct sv ustar = tar_text(get(block, f_prefix));

	switch (h->format) {
	case TAR_USTAR:
		h->prefix = ustar;
		return true;
	case TAR_STAR:
		h->prefix = tar_text(get(block, f_star_prefix));
		h->odd_prefix = h->prefix.n != ustar.n;
		return tar_number(get(block, f_star_atime), &unused) &&
		       tar_number(get(block, f_star_ctime), &unused);
	case TAR_GNU:
		/* Go before 1.8 wrote a prefix there; it is taken when the times cannot be times.
		 */
		if (skip_time(block, f_gnu_atime) && skip_time(block, f_gnu_ctime))
			return true;
		if (ascii(ustar))
			h->prefix = ustar;
		h->odd_prefix = true;
		return true;
	default:
		return true;
	}
}

int tar_header_read(const char *block, struct tar_header *out, struct err *err)
{
	struct tar_header h = {.format = format_of(block), .type = block[TYPE_AT]};
	int64_t unused;

	if (!checksum_ok(block))
		return err_set(err, ERR_PARSE, "tar: no header, or its checksum is wrong");
	h.name = tar_text(get(block, f_name));
	h.link = tar_text(get(block, f_link));
	bool ok = tar_number(get(block, f_size), &h.size) &&
		  tar_number(get(block, f_mode), &h.mode) &&
		  tar_number(get(block, f_uid), &h.uid) && tar_number(get(block, f_gid), &h.gid) &&
		  tar_number(get(block, f_mtime), &unused);
	if (ok && h.format != TAR_V7)
		ok = tar_number(get(block, f_major), &h.dev_major) &&
		     tar_number(get(block, f_minor), &h.dev_minor) && prefix_read(block, &h);
	if (!ok)
		return err_set(err, ERR_PARSE, "tar: a number in the header is not valid");
	*out = h;
	return 0;
}
