#include "rule/cel/zone.h"

#include "base/limits.h"
#include "rule/cel/zone-rule.h"
#include "sys/file.h"

struct zone {
	const unsigned char *times;   /* n big-endian numbers of `width` bytes, ascending */
	const unsigned char *types;   /* of the n transitions */
	const unsigned char *records; /* of the types: six bytes each, the offset first */
	size_t n, width;
	int64_t first; /* before the first transition, and of fixed zones */
	bool has_rule;
	struct zone_rule rule;
};

enum {
	HEADER = 44,
	RECORD = 6,
	MOST_OFFSET = 26 * 3600, /* RFC 8536, 3.2 */
	NAME_BYTES = 64,
};

struct header {
	int version;
	size_t isut, isstd, leap, time, type, chars;
};

static bool read_header(struct sv *rest, struct header *h)
{
	if (rest->n < HEADER || memcmp(rest->p, "TZif", 4) != 0)
		return false;
	h->version = (unsigned char)rest->p[4];
	h->isut = be32(rest->p + 20);
	h->isstd = be32(rest->p + 24);
	h->leap = be32(rest->p + 28);
	h->time = be32(rest->p + 32);
	h->type = be32(rest->p + 36);
	h->chars = be32(rest->p + 40);
	*rest = sv_from(*rest, HEADER);
	return true;
}

/* Bytes of a data block; the counts have 32 bits, so nothing overflows in 64. */
static size_t block_bytes(const struct header *h, size_t width)
{
	return h->time * (width + 1) + h->type * RECORD + h->chars + h->leap * (width + 4) +
	       h->isstd + h->isut;
}

static int64_t type_offset(const struct zone *z, size_t type)
{
	return (int32_t)be32(z->records + type * RECORD);
}

static int64_t time_at(const struct zone *z, size_t i)
{
	const unsigned char *p = z->times + i * z->width;

	return z->width == 8 ? (int64_t)be64(p) : (int32_t)be32(p);
}

static bool read_block(struct zone *z, struct sv block, const struct header *h, size_t width)
{
	z->width = width;
	z->n = h->time;
	z->times = (const unsigned char *)block.p;
	z->types = z->times + h->time * width;
	z->records = z->types + h->time;
	if (!h->type)
		return false;
	for (size_t i = 0; i < h->type; i++)
		if (type_offset(z, i) > MOST_OFFSET || type_offset(z, i) < -MOST_OFFSET)
			return false;
	for (size_t i = 0; i < h->time; i++)
		if (z->types[i] >= h->type || (i && time_at(z, i - 1) >= time_at(z, i)))
			return false;
	z->first = type_offset(z, 0);
	return true;
}

/* "\n" rule "\n" */
static bool read_footer(struct zone *z, struct sv rest)
{
	if (!rest.n || rest.p[0] != '\n')
		return false;
	rest = sv_from(rest, 1);
	size_t end = sv_find_char(rest, '\n');
	if (end == SIZE_MAX)
		return false;
	z->has_rule = end > 0;
	return !end || zone_rule_parse(sv_head(rest, end), &z->rule);
}

int zone_parse(struct arena *a, struct sv bytes, const struct zone **out, struct err *err)
{
	struct zone *z = ARENA_NEW(a, struct zone);
	struct header h;
	size_t width = 4;

	if (!read_header(&bytes, &h))
		goto bad;
	if (h.version >= '2') {
		size_t skip = block_bytes(&h, width);
		if (skip > bytes.n)
			goto bad;
		bytes = sv_from(bytes, skip);
		width = 8;
		if (!read_header(&bytes, &h))
			goto bad;
	}
	size_t n = block_bytes(&h, width);
	if (n > bytes.n || !read_block(z, bytes, &h, width))
		goto bad;
	if (width == 8 && !read_footer(z, sv_from(bytes, n)))
		goto bad;
	*out = z;
	return 0;
bad:
	return err_set(err, ERR_PARSE, "no time zone file (TZif)");
}

/* "+hh:mm", "-hh:mm", "hh:mm" */
static bool fixed_offset(struct sv text, int64_t *out)
{
	bool minus = text.n && text.p[0] == '-';
	uint64_t h, m;

	if (minus || (text.n && text.p[0] == '+'))
		text = sv_from(text, 1);
	if (text.n != 5 || text.p[2] != ':' || !sv_u64(sv_head(text, 2), &h) ||
	    !sv_u64(sv_from(text, 3), &m) || h > 23 || m > 59)
		return false;
	*out = (int64_t)(h * 3600 + m * 60);
	if (minus)
		*out = -*out;
	return true;
}

/* Parts of letters, digits, _, + and -: no dots, so that no name leaves the folder. */
static bool is_zone_name(struct sv name)
{
	if (!name.n || name.n > NAME_BYTES || name.p[0] == '/')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
		if (!letter && !(c >= '0' && c <= '9') && (!c || !strchr("_+-/", c)))
			return false;
	}
	return true;
}

static int load_file(struct arena *a, const char *folder, struct sv name, const struct zone **out,
		     struct err *err)
{
	auto_done(buf_done) struct buf path = {0}, bytes = {0};

	buf_fmt(&path, "%s/%.*s", folder, SV_ARG(name));
	if (file_read(buf_cstr(&path), limit_zone_bytes, &bytes, err) < 0) {
		if (err->kind == ERR_NOTFOUND)
			return err_set(err, ERR_NOTFOUND, "the system's tzdata does not have it");
		if (err->kind == ERR_DENIED)
			return err_set(err, ERR_DENIED,
				       "its file cannot be read here: write the name as a literal, "
				       "or an offset such as +01:00");
		return -(int)err->kind;
	}
	return zone_parse(a, arena_sv(a, buf_view(&bytes)), out, err);
}

int zone_load(struct arena *a, const char *folder, struct sv name, const struct zone **out,
	      struct err *err)
{
	int64_t offset = 0;

	if (sv_is(name, "UTC") || fixed_offset(name, &offset)) {
		struct zone *z = ARENA_NEW(a, struct zone);
		z->first = offset;
		*out = z;
		return 0;
	}
	if (!is_zone_name(name))
		return err_set(err, ERR_PARSE, "no time zone has such a name");
	return load_file(a, folder ? folder : "/usr/share/zoneinfo", name, out, err);
}

int64_t zone_offset(const struct zone *z, int64_t t)
{
	size_t lo = 0, hi = z->n;

	if (!z->n || t < time_at(z, 0))
		return z->n || !z->has_rule ? z->first : zone_rule_offset(&z->rule, t);
	if (z->has_rule && t >= time_at(z, z->n - 1))
		return zone_rule_offset(&z->rule, t);
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;
		if (time_at(z, mid) <= t)
			lo = mid;
		else
			hi = mid;
	}
	return type_offset(z, z->types[lo]);
}
