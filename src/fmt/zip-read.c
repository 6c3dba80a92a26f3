#include "fmt/zip-read.h"

#include "base/limits.h"
#include "fmt/inflate.h"
#include "fmt/stage.h"

enum { ENCRYPTED = 1, SIZES_BEHIND = 8, STORED = 0, DEFLATE = 8 };

struct unzip {
	struct stage st;
	struct stream *in;
	struct sv chunk;
	struct inflate *z; /* NULL: stored */
	uint64_t left;     /* bytes still to come out */
	uint32_t crc, want_crc;
	bool done;
};

static bool same32(uint32_t local, uint64_t central)
{
	return local == UINT32_MAX || local == central;
}

/* The local header agrees with the central directory; *data is where the member's bytes begin. */
static int local_read(const struct zip *z, const struct zip_member *m, uint64_t *data,
		      struct err *err)
{
	auto_free char *scratch = z->fd < 0 ? NULL : xmalloc(ZIP_LOCAL_SIZE + m->name.n);
	const char *p;

	int rc = zip_bytes(z, m->header, ZIP_LOCAL_SIZE + m->name.n, scratch, &p, err);
	if (rc < 0)
		return rc;
	if (le32(p) != ZIP_LOCAL_SIG)
		return err_set(err, ERR_PARSE, "zip: no local header at byte %llu",
			       (unsigned long long)m->header);
	uint16_t flags = le16(p + 6);
	bool same = le16(p + 8) == m->method && ((flags ^ m->flags) & ENCRYPTED) == 0 &&
		    le16(p + 26) == m->name.n &&
		    sv_eq(sv_make(p + ZIP_LOCAL_SIZE, m->name.n), m->name);
	if (same && !(flags & SIZES_BEHIND))
		same = le32(p + 14) == m->crc && same32(le32(p + 18), m->packed) &&
		       same32(le32(p + 22), m->size);
	if (!same)
		return err_set(err, ERR_PARSE,
			       "zip: the local header at byte %llu and the directory differ",
			       (unsigned long long)m->header);
	uint64_t at = m->header + ZIP_LOCAL_SIZE + m->name.n + le16(p + 28);
	if (at > m->limit || m->limit - at < m->packed)
		return err_set(err, ERR_PARSE, "zip: member at byte %llu overlaps what follows",
			       (unsigned long long)m->header);
	*data = at;
	return 0;
}

static int member_check(const struct zip_member *m, struct err *err)
{
	if (m->flags & ENCRYPTED)
		return err_set(err, ERR_UNSUPPORTED, "zip: encrypted member");
	if (m->method != STORED && m->method != DEFLATE)
		return err_set(err, ERR_UNSUPPORTED, "zip: compression method %u", m->method);
	if (m->method == STORED && m->size != m->packed)
		return err_set(err, ERR_PARSE, "zip: stored member with two sizes");
	return 0;
}

/* The name in front of a message; text_escape() is the printer's business. */
static int member_err(const struct zip_member *m, struct err *err)
{
	return err_ctx(err, "\"%.*s\"", SV_ARG(sv_head(m->name, 200)));
}

static int unzip_end(const struct unzip *u, struct err *err)
{
	if (u->left > 0)
		return err_set(err, ERR_PARSE, "zip: member is %llu bytes shorter than declared",
			       (unsigned long long)u->left);
	if (u->crc != u->want_crc)
		return err_set(err, ERR_PARSE, "zip: CRC-32 of member differs");
	return 0;
}

/* 1 = *n bytes, 0 = end of the deflate data. */
static int unzip_inflate(struct unzip *u, char *to, size_t cap, size_t *n, struct err *err)
{
	while (!u->done) {
		int rc = inflate_run(u->z, &u->chunk, to, cap, n, &u->done, err);
		if (rc < 0)
			return rc;
		if (*n > 0)
			return 1;
		if (u->done)
			break;
		if (u->chunk.n > 0)
			return err_set(err, ERR_PARSE, "zip: no progress");
		rc = stream_next(u->in, &u->chunk, err);
		if (rc == 0)
			return err_set(err, ERR_PARSE, "zip: member is cut");
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int unzip_make(struct stage *st, char *to, size_t cap, size_t *n, struct err *err)
{
	struct unzip *u = (struct unzip *)st;
	int rc;

	if (u->z)
		rc = unzip_inflate(u, to, cap, n, err);
	else
		rc = stream_fill(u->in, &u->chunk, to, cap, n, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return unzip_end(u, err);
	if (*n > u->left)
		return err_set(err, ERR_PARSE, "zip: member is longer than declared");
	u->left -= *n;
	u->crc = u->z ? inflate_crc(u->z) : crc32_of(u->crc, sv_make(to, *n));
	return 1;
}

static void unzip_free(struct stream *s)
{
	struct unzip *u = (struct unzip *)s;

	inflate_free(u->z);
	stream_free(u->in);
	stage_done(&u->st);
	free(u);
}

int zip_stream(const struct zip *z, const struct zip_member *m, struct stream **out,
	       struct err *err)
{
	uint64_t at = 0;

	if (member_check(m, err) < 0 || local_read(z, m, &at, err) < 0)
		return member_err(m, err);
	struct unzip *u = xcalloc(1, sizeof *u);
	stage_init(&u->st, unzip_make, unzip_free);
	u->in = z->fd < 0 ? stream_mem(sv_make(z->bytes.p + at, (size_t)m->packed))
			  : stream_fd(z->fd, at, m->packed);
	u->z = m->method == DEFLATE ? inflate_new(INFLATE_RAW) : NULL;
	u->left = m->size;
	u->want_crc = m->crc;
	*out = &u->st.s;
	return 0;
}

bool zip_view(const struct zip *z, const struct zip_member *m, struct sv *out)
{
	struct err err;
	uint64_t at = 0;

	if (z->fd >= 0 || m->method != STORED || member_check(m, &err) < 0 ||
	    local_read(z, m, &at, &err) < 0)
		return false;
	*out = sv_make(z->bytes.p + at, (size_t)m->packed);
	return true;
}

int zip_read(const struct zip *z, const struct zip_member *m, uint64_t limit, struct buf *out,
	     struct err *err)
{
	struct stream *s = NULL;

	if (limit > limit_zip_member)
		limit = limit_zip_member;
	if (m->size > limit) {
		(void)err_set(err, ERR_LIMIT, "zip: %llu bytes, more than %llu",
			      (unsigned long long)m->size, (unsigned long long)limit);
		return member_err(m, err);
	}
	int rc = zip_stream(z, m, &s, err);
	if (rc < 0)
		return rc;
	size_t before = out->n;
	rc = stream_all(s, m->size, out, err);
	stream_free(s);
	if (rc == 0)
		return 0;
	out->n = before;
	return member_err(m, err);
}
