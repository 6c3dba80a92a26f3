#include "fmt/tar-parts.h"

#include "base/limits.h"

static const char zeros[16384];

struct tar {
	struct stream *in;
	struct sv chunk; /* bytes of the stream that are not used yet */
	uint64_t at;     /* offset of the chunk in the stream */
	uint64_t left;   /* bytes of the entry's data that are still in the stream */
	size_t pad;      /* zeros behind them up to a whole block */
	uint64_t headers, holes;
	char block[TAR_BLOCK_SIZE];
	struct buf pax_text, long_name, long_link, path;
	struct tar_pax pax;
	unsigned metas; /* headers in front of the entry's own */
	bool twice;     /* two of them of one kind */
	bool sparse;
	struct tar_sparse map;
	size_t region;      /* the first one that is not behind pos */
	uint64_t pos, size; /* in the expanded file */
	int ended;          /* 1 = at the end; negative = the error below, for ever */
	struct err err;
};

struct tar *tar_new(struct stream *in)
{
	struct tar *t = xcalloc(1, sizeof *t);

	t->in = in;
	return t;
}

void tar_free(struct tar *t)
{
	if (!t)
		return;
	stream_free(t->in);
	buf_done(&t->pax_text);
	buf_done(&t->long_name);
	buf_done(&t->long_link);
	buf_done(&t->path);
	tar_pax_done(&t->pax);
	vec_done(&t->map);
	free(t);
}

struct stream *tar_stream(struct tar *t)
{
	return t->in;
}

static int keep(struct tar *t, int rc, const struct err *err)
{
	if (rc < 0) {
		t->ended = rc;
		t->err = *err;
	}
	return rc;
}

static int cut_short(const struct tar *t, struct err *err)
{
	(void)err_set(err, ERR_PARSE, "tar: truncated at byte %llu", (unsigned long long)t->at);
	return err_code(err, "truncated");
}

/* 1 = the chunk has bytes, 0 = end of the stream. */
static int pull(struct tar *t, struct err *err)
{
	return t->chunk.n > 0 ? 1 : stream_next(t->in, &t->chunk, err);
}

static void use(struct tar *t, size_t n)
{
	t->chunk = sv_from(t->chunk, n);
	t->at += n;
}

/* 1 = all skipped, 0 = the stream ended before. */
static int skip(struct tar *t, uint64_t n, struct err *err)
{
	while (n > 0) {
		int rc = pull(t, err);
		if (rc <= 0)
			return rc;
		size_t take = t->chunk.n < n ? t->chunk.n : (size_t)n;
		use(t, take);
		n -= take;
	}
	return 1;
}

/* A whole block: 1, nothing but the end: 0; part of a block is an error. */
static int block_read(struct tar *t, char *to, struct err *err)
{
	size_t have = 0;

	while (have < TAR_BLOCK_SIZE) {
		int rc = pull(t, err);
		if (rc < 0 || (rc == 0 && have == 0))
			return rc;
		if (rc == 0)
			return cut_short(t, err);
		size_t n = TAR_BLOCK_SIZE - have;
		n = t->chunk.n < n ? t->chunk.n : n;
		memcpy(to + have, t->chunk.p, n);
		use(t, n);
		have += n;
	}
	return 1;
}

static int next_raw_block(void *arg, char *block, struct err *err)
{
	struct tar *t = arg;
	int rc = block_read(t, block, err);

	return rc == 0 ? cut_short(t, err) : rc < 0 ? rc : 0;
}

static int next_data_block(void *arg, char *block, struct err *err)
{
	struct tar *t = arg;

	if (t->left < TAR_BLOCK_SIZE)
		return err_set(err, ERR_PARSE, "tar: sparse map is cut");
	t->left -= TAR_BLOCK_SIZE;
	return next_raw_block(t, block, err);
}

static bool is_zero(const char *block)
{
	return memcmp(block, zeros, TAR_BLOCK_SIZE) == 0;
}

/* 1 = a header in t->block, 0 = the end of the archive. */
static int header_block(struct tar *t, struct err *err)
{
	int rc = block_read(t, t->block, err);

	if (rc <= 0 || !is_zero(t->block))
		return rc;
	uint64_t at = t->at - TAR_BLOCK_SIZE;
	rc = block_read(t, t->block, err);
	if (rc <= 0 || is_zero(t->block))
		return rc < 0 ? rc : 0;
	/* one zero block: GNU tar reads on, Go and POSIX do not */
	(void)err_set(err, ERR_PARSE, "tar: a single zero block at byte %llu, readers differ",
		      (unsigned long long)at);
	return err_code(err, "lone-zero-block");
}

/* Data of size bytes begins here. */
static int data_begin(struct tar *t, char type, int64_t size, struct err *err)
{
	if (tar_header_only(type))
		size = 0;
	if (size < 0)
		return err_set(err, ERR_PARSE, "tar: negative size");
	t->left = (uint64_t)size;
	t->pad = (size_t)(-(uint64_t)size & (TAR_BLOCK_SIZE - 1));
	t->sparse = false;
	return 0;
}

/* The data of a header that speaks about the next one. */
static int meta_read(struct tar *t, struct buf *to, struct err *err)
{
	if (to->n > 0 || (to == &t->pax_text && t->pax.any))
		t->twice = true;
	t->metas++;
	buf_clear(to);
	if (t->left > limit_tar_header)
		return err_set(err, ERR_LIMIT, "tar: extended header of %llu bytes (tar_header)",
			       (unsigned long long)t->left);
	while (t->left > 0) {
		int rc = pull(t, err);
		if (rc <= 0)
			return rc < 0 ? rc : cut_short(t, err);
		struct sv v = sv_head(t->chunk, (size_t)t->left);
		buf_sv(to, v);
		use(t, v.n);
		t->left -= v.n;
	}
	return 0;
}

static void entry_reset(struct tar *t)
{
	buf_clear(&t->pax_text);
	buf_clear(&t->long_name);
	buf_clear(&t->long_link);
	t->pax.pairs.n = 0;
	t->pax = (struct tar_pax){.pairs = t->pax.pairs};
	t->metas = 0;
	t->twice = false;
	t->map.n = 0;
	t->region = 0;
	t->pos = 0;
}

static enum tar_type type_of(char type)
{
	static const enum tar_type types[] = {TAR_FILE,  TAR_HARDLINK, TAR_SYMLINK, TAR_CHAR,
					      TAR_BLOCK, TAR_DIR,      TAR_FIFO,    TAR_FILE};

	if (type >= '0' && type <= '7')
		return types[type - '0'];
	return type == 'S' ? TAR_FILE : TAR_OTHER;
}

/* In which way GNU tar, libarchive, star or POSIX see this entry differently. */
static const char *oddity(const struct tar *t, const struct tar_header *h,
			  const struct tar_entry *e, int64_t header_size)
{
	const struct tar_pax *p = &t->pax;

	/* a size that fits the header (8 GiB) has no reason to differ */
	if (p->size.n > 0 && h->size != header_size && h->size < 1ll << 33)
		return "size of the pax header and of the entry's own header differ";
	if (tar_header_only(h->type) && h->size != 0)
		return "size given for an entry without data";
	if (p->twice)
		return "a key stands twice in its pax header";
	if (t->twice)
		return "two extended headers of one kind in front of it";
	if (p->path.n > 0 && t->long_name.n > 0 &&
	    !sv_eq(p->path, tar_text(buf_view(&t->long_name))))
		return "two names: pax path and GNU long name";
	if (p->link.n > 0 && t->long_link.n > 0 &&
	    !sv_eq(p->link, tar_text(buf_view(&t->long_link))))
		return "two link targets: pax linkpath and GNU long link";
	if (h->odd_prefix && p->path.n == 0 && t->long_name.n == 0)
		return "prefix of the name depends on the reader";
	if (e->type == TAR_FILE && e->path.n > 0 && e->path.p[e->path.n - 1] == '/')
		return "a file whose name ends with a slash";
	return NULL;
}

/* Name and link: pax over the header, GNU long names over pax, the name of a sparse file over all.
 */
static void entry_names(struct tar *t, const struct tar_header *h, struct tar_entry *e)
{
	struct sv name = tar_text(buf_view(&t->long_name)),
		  link = tar_text(buf_view(&t->long_link));

	e->path = h->name;
	e->link = link.n ? link : t->pax.link.n ? t->pax.link : h->link;
	if (name.n || t->pax.path.n) {
		e->path = name.n ? name : t->pax.path;
	} else if (h->prefix.n) {
		buf_clear(&t->path);
		buf_sv(&t->path, h->prefix);
		buf_char(&t->path, '/');
		buf_sv(&t->path, h->name);
		e->path = buf_view(&t->path);
	}
}

static int entry_sparse(struct tar *t, const struct tar_header *h, struct tar_entry *e,
			struct err *err)
{
	struct tar_blocks raw = {next_raw_block, t}, data = {next_data_block, t};
	int64_t size = h->size;
	int rc;

	if (h->type != 'S') {
		rc = tar_sparse_pax(&t->pax, &data, &t->map, &size, err);
	} else if (h->format != TAR_GNU) {
		return err_set(err, ERR_PARSE, "tar: sparse file of an unknown format");
	} else {
		rc = tar_sparse_gnu(t->block, &raw, &t->map, &size, err) < 0 ? -(int)err->kind : 1;
	}
	if (rc <= 0)
		return rc;
	if (h->type != 'S' && t->pax.sparse_name.n)
		e->path = t->pax.sparse_name;
	if (tar_header_only(h->type))
		return err_set(err, ERR_PARSE, "tar: sparse map for an entry without data");
	rc = tar_sparse_check(&t->map, size, err);
	t->sparse = true;
	t->size = (uint64_t)size;
	return rc;
}

/* The pax record counts, when it is there; what is negative belongs to nobody. */
static uint64_t owner_of(struct sv pax, int64_t header)
{
	int64_t n = header;

	if (pax.n)
		(void)tar_decimal(pax, &n);
	return n < 0 ? UINT32_MAX : (uint64_t)n;
}

/* The header of an entry proper, with all that was said in front of it. */
static int entry_read(struct tar *t, struct tar_header *h, struct tar_entry *out, struct err *err)
{
	struct tar_entry e = {.offset = t->at - TAR_BLOCK_SIZE, .mode = (uint32_t)h->mode};
	int64_t header_size = h->size;

	if (t->pax.bad || (t->pax.size.n && !tar_decimal(t->pax.size, &h->size)))
		return err_set(err, ERR_PARSE, "tar: a number in the pax header is not valid");
	entry_names(t, h, &e);
	if (h->type == '\0')
		h->type = e.path.n > 0 && e.path.p[e.path.n - 1] == '/' ? '5' : '0';
	e.type = type_of(h->type);
	e.opaque_xattr = t->pax.opaque;
	e.capability = t->pax.capability;
	e.uid = owner_of(t->pax.uid, h->uid);
	e.gid = owner_of(t->pax.gid, h->gid);
	e.dev_major = (uint32_t)h->dev_major;
	e.dev_minor = (uint32_t)h->dev_minor;
	int rc = data_begin(t, h->type, h->size, err);
	if (rc == 0) {
		e.size = t->left;
		rc = entry_sparse(t, h, &e, err);
	}
	if (rc < 0)
		return rc;
	if (t->sparse)
		e.size = t->size;
	if (e.path.n > limit_tar_path || e.link.n > limit_tar_path)
		return err_set(err, ERR_LIMIT, "tar: name of more than %llu bytes (tar_path)",
			       (unsigned long long)limit_tar_path);
	e.odd = oddity(t, h, &e, header_size);
	*out = e;
	return 1;
}

/* POSIX: the values of a global header hold for all that follow. Go and Docker pass over it, and
 * forget what stood in front of it. */
static int global_read(struct tar *t, const struct tar_header *h, struct tar_entry *out,
		       struct err *err)
{
	struct tar_entry e = {.offset = t->at - TAR_BLOCK_SIZE, .type = TAR_OTHER};

	if (t->metas > 0)
		e.odd = "extended header in front of a global header";
	entry_reset(t);
	entry_names(t, h, &e);
	e.link = (struct sv){0};
	int rc = meta_read(t, &t->pax_text, err);
	if (rc == 0)
		rc = tar_pax_read(buf_view(&t->pax_text), &t->pax, err);
	if (rc < 0)
		return rc;
	if (t->pax.path.n || t->pax.link.n || t->pax.size.n || t->pax.pairs.n)
		e.odd = "global header that sets names or sizes of what follows";
	if (t->pax.path.n)
		e.path = t->pax.path;
	*out = e;
	return 1;
}

/* 1 = *out is an entry, 0 = it was about the next header. */
static int header_take(struct tar *t, struct tar_header *h, struct tar_entry *out, struct err *err)
{
	int rc = data_begin(t, h->type, h->size, err);

	if (rc < 0)
		return rc;
	switch (h->type) {
	case 'g':
		return global_read(t, h, out, err);
	case 'x':
		rc = meta_read(t, &t->pax_text, err);
		return rc < 0 ? rc : tar_pax_read(buf_view(&t->pax_text), &t->pax, err);
	case 'L':
		return meta_read(t, &t->long_name, err);
	case 'K':
		return meta_read(t, &t->long_link, err);
	default:
		return entry_read(t, h, out, err);
	}
}

/* What is left of the entry before. 1, or 0 when the stream ends inside of the padding, which is
 * the end of the archive for Go. */
static int entry_skip(struct tar *t, struct err *err)
{
	int rc = skip(t, t->left, err);

	if (rc == 0)
		return cut_short(t, err);
	t->left = 0;
	if (rc > 0)
		rc = skip(t, t->pad, err);
	t->pad = 0;
	return rc;
}

static int drain(struct tar *t, struct err *err)
{
	int rc;

	do {
		use(t, t->chunk.n);
		rc = pull(t, err);
	} while (rc > 0);
	return rc;
}

static int find_next(struct tar *t, struct tar_entry *e, struct err *err)
{
	entry_reset(t);
	for (;;) {
		int rc = entry_skip(t, err);
		if (rc > 0)
			rc = header_block(t, err);
		if (rc == 0)
			rc = drain(t, err);
		if (rc <= 0) {
			t->ended = 1;
			return rc;
		}
		uint64_t at = t->at - TAR_BLOCK_SIZE;
		if (++t->headers > limit_tar_entries)
			return err_set(err, ERR_LIMIT, "tar: more than %llu entries (tar_entries)",
				       (unsigned long long)limit_tar_entries);
		struct tar_header h;
		rc = tar_header_read(t->block, &h, err);
		if (rc == 0)
			rc = header_take(t, &h, e, err);
		if (rc < 0) {
			(void)err_ctx(err, "header at byte %llu", (unsigned long long)at);
			return rc;
		}
		if (rc > 0)
			return rc;
	}
}

int tar_next(struct tar *t, struct tar_entry *e, struct err *err)
{
	if (t->ended < 0)
		*err = t->err;
	if (t->ended != 0)
		return t->ended < 0 ? t->ended : 0;
	return keep(t, find_next(t, e, err), err);
}

/* At most n bytes (> 0) of what the stream has of the entry. */
static int data_view(struct tar *t, uint64_t n, struct sv *chunk, struct err *err)
{
	int rc = pull(t, err);

	if (rc <= 0)
		return rc < 0 ? rc : cut_short(t, err);
	*chunk = sv_head(t->chunk, n < t->chunk.n ? (size_t)n : t->chunk.n);
	use(t, chunk->n);
	t->left -= chunk->n;
	return 1;
}

static int sparse_view(struct tar *t, struct sv *chunk, struct err *err)
{
	const struct tar_region *r;

	while (t->region < t->map.n && t->map.p[t->region].at + t->map.p[t->region].n <= t->pos)
		t->region++;
	r = t->region < t->map.n ? &t->map.p[t->region] : NULL;
	if (t->pos == t->size)
		return t->left > 0 ? err_set(err, ERR_PARSE,
					     "tar: sparse file has more data than its map")
				   : 0;
	if (r && r->at <= t->pos) {
		uint64_t n = r->at + r->n - t->pos;
		if (t->left == 0)
			return err_set(err, ERR_PARSE,
				       "tar: sparse file has less data than its map");
		int rc = data_view(t, n < t->left ? n : t->left, chunk, err);
		if (rc > 0)
			t->pos += chunk->n;
		return rc;
	}
	uint64_t n = (r ? r->at : t->size) - t->pos;
	*chunk = sv_make(zeros, n < sizeof zeros ? (size_t)n : sizeof zeros);
	t->pos += chunk->n;
	t->holes += chunk->n;
	if (t->holes > limit_tar_holes)
		return err_set(err, ERR_LIMIT,
			       "tar: more than %llu zeros in sparse files (tar_holes)",
			       (unsigned long long)limit_tar_holes);
	return 1;
}

int tar_data(struct tar *t, struct sv *chunk, struct err *err)
{
	int rc = 0;

	if (t->ended < 0)
		*err = t->err;
	if (t->ended != 0)
		return t->ended < 0 ? t->ended : 0;
	if (t->sparse)
		rc = sparse_view(t, chunk, err);
	else if (t->left > 0)
		rc = data_view(t, t->left, chunk, err);
	return keep(t, rc, err);
}
