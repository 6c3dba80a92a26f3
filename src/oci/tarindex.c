#include "base/base.h"

#include "base/limits.h"
#include "base/text.h"
#include "oci/tarindex.h"

/* POSIX.1-1988 ustar header, in bytes. */
enum {
	BLOCK = 512,
	NAME = 0,
	NAME_N = 100,
	SIZE = 124,
	SIZE_N = 12,
	SUM = 148,
	SUM_N = 8,
	TYPE = 156,
	LINK = 157,
	LINK_N = 100,
	MAGIC = 257,
	PREFIX = 345,
	PREFIX_N = 155,
	STAR_PREFIX_N = 131,
	STAR_MARK = 508,
	WINDOW = 16 * 1024,
	LINKS_MAX = 16
};

struct scan {
	struct arena *arena;
	int fd;
	uint64_t at, length;
	struct tar_index *index;
	struct err *err;
	char window[WINDOW];
	uint64_t window_at, window_n;
	/* what extended headers said of the entry that follows */
	struct sv path, link;
	bool has_path, has_link, has_size;
	uint64_t size;
};

static int refuse(struct scan *s, const char *code, const char *what)
{
	(void)err_set(s->err, ERR_PARSE, "%s", what);
	(void)err_code(s->err, code);
	return err_where(s->err, "offset %llu", (unsigned long long)s->at);
}

static int bad(struct scan *s, const char *what)
{
	return refuse(s, "parse", what);
}

static int ambiguous(struct scan *s, const char *what)
{
	return refuse(s, "ambiguous", what);
}

/* n bytes at a position as a view that is valid until the next call; n <= WINDOW. NULL at the end.
 */
static const char *bytes_at(struct scan *s, uint64_t at, size_t n, int *rc)
{
	*rc = 0;
	if (at > s->length || s->length - at < n)
		return NULL;
	if (at >= s->window_at && at + n <= s->window_at + s->window_n)
		return s->window + (at - s->window_at);
	s->window_at = at;
	s->window_n = 0;
	while (s->window_n < n) {
		ssize_t got = pread(s->fd, s->window + s->window_n, WINDOW - s->window_n,
				    (off_t)(at + s->window_n));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			*rc = got < 0 ? err_sys(s->err, "reading failed")
				      : bad(s, "the archive became shorter");
			return NULL;
		}
		s->window_n += (uint64_t)got;
	}
	return s->window;
}

/* A text field: up to its NUL. */
static struct sv field(const char *block, size_t at, size_t n)
{
	return sv_head(sv_make(block + at, n), sv_find_char(sv_make(block + at, n), '\0'));
}

static bool octal(struct sv v, uint64_t *out)
{
	uint64_t n = 0;

	while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\0'))
		v = sv_from(v, 1);
	while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\0'))
		v.n--;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '7' || n >> 61)
			return false;
		n = n << 3 | (uint64_t)(v.p[i] - '0');
	}
	*out = n;
	return true;
}

/* Octal, or GNU's base 256 with the first bit set; negative sizes are none. */
static bool number(struct sv v, uint64_t *out)
{
	uint64_t n = 0;

	if (!((unsigned char)v.p[0] & 0x80))
		return octal(v, out);
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];
		if (i == 0)
			c &= 0x7f;
		if (n >> 55)
			return false;
		n = n << 8 | c;
	}
	*out = n;
	return true;
}

bool tar_block_valid(const unsigned char block[512])
{
	uint64_t unsigned_sum = 0, said;
	int64_t signed_sum = 0;

	if (!octal(sv_make(block + SUM, SUM_N), &said))
		return false;
	for (size_t i = 0; i < BLOCK; i++) {
		unsigned char c = i >= SUM && i < SUM + SUM_N ? ' ' : block[i];
		unsigned_sum += c;
		signed_sum += (signed char)c;
	}
	return said == unsigned_sum || (int64_t)said == signed_sum;
}

static bool all_zero(const char *block)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

/* Without ".", "//" and a leading "/"; ".." inside must not lead out. False otherwise. */
static bool clean(struct arena *a, struct sv path, struct sv *out)
{
	char *p = arena_alloc(a, path.n + 1);
	size_t n = 0;

	while (path.n > 0) {
		struct sv part = sv_cut(&path, '/');
		if (part.n == 0 || sv_is(part, "."))
			continue;
		if (sv_is(part, "..")) {
			if (n == 0)
				return false;
			while (n > 0 && p[--n] != '/')
				;
			continue;
		}
		if (n > 0)
			p[n++] = '/';
		memcpy(p + n, part.p, part.n);
		n += part.n;
	}
	*out = sv_make(p, n);
	return true;
}

/* The target of a symbolic link is relative to the directory of the link. */
static bool link_target(struct scan *s, struct sv path, struct sv link, bool symbolic,
			struct sv *out)
{
	size_t slash = sv_rfind_char(path, '/');

	if (symbolic && slash != SIZE_MAX && !sv_starts(link, SV("/")))
		link = arena_fmt(s->arena, "%.*s/%.*s", SV_ARG(sv_head(path, slash)), SV_ARG(link));
	return clean(s->arena, link, out) && out->n > 0;
}

static int add(struct scan *s, struct sv path, struct sv link, bool symbolic, uint64_t offset,
	       uint64_t size)
{
	struct tar_file *f = ARENA_NEW(s->arena, struct tar_file);
	bool made;

	if (s->index->n >= limit_archive_entries) {
		(void)err_set(s->err, ERR_LIMIT, "more than %zu files: this is no image archive",
			      (size_t)limit_archive_entries);
		return -ERR_LIMIT;
	}
	if (!clean(s->arena, path, &f->path))
		return refuse(s, "path-escape", "a path with '..' that leads out of the archive");
	if (f->path.n == 0)
		return bad(s, "a file without a name");
	if (link.n > 0 && !link_target(s, f->path, link, symbolic, &f->link))
		return refuse(s, "path-escape", "a link that leads out of the archive");
	f->offset = offset;
	f->size = size;
	struct map_entry *e = map_put(&s->index->by_path, f->path, &made);
	if (!made) {
		(void)ambiguous(s, "");
		(void)err_set(s->err, ERR_PARSE, "'%.*s' is there twice",
			      SV_ARG(text_safe(s->arena, f->path)));
		return err_code(s->err, "ambiguous");
	}
	e->ptr = f;
	s->index->n++;
	return 0;
}

/* One "LENGTH KEY=VALUE\n" of a pax header. */
static int pax_record(struct scan *s, struct sv *rest, struct sv *key, struct sv *value)
{
	uint64_t n;
	size_t space = sv_find_char(*rest, ' ');

	if (space == SIZE_MAX || !sv_u64(sv_head(*rest, space), &n) || n <= space + 1 ||
	    n > rest->n || rest->p[n - 1] != '\n')
		return bad(s, "a malformed pax header");
	struct sv body = sv_from(sv_head(*rest, (size_t)n - 1), space + 1);
	size_t equals = sv_find_char(body, '=');
	if (equals == SIZE_MAX || equals == 0)
		return bad(s, "a malformed pax header");
	*key = sv_head(body, equals);
	*value = sv_from(body, equals + 1);
	*rest = sv_from(*rest, (size_t)n);
	return 0;
}

static int pax_apply(struct scan *s, struct sv key, struct sv value)
{
	if (sv_starts(key, SV("GNU.sparse.")))
		return ambiguous(s, "a sparse file");
	if (sv_is(key, "size")) {
		s->has_size = true;
		return sv_u64(value, &s->size) ? 0 : bad(s, "a pax size that is no number");
	}
	if (!sv_is(key, "path") && !sv_is(key, "linkpath"))
		return 0;
	if (value.n == 0 || sv_find_char(value, '\0') != SIZE_MAX)
		return ambiguous(s, "a pax path that is empty or has a NUL byte");
	bool path = sv_is(key, "path");
	*(path ? &s->path : &s->link) = value;
	*(path ? &s->has_path : &s->has_link) = true;
	return 0;
}

/* The data of an extended header, in the arena. */
static int extended(struct scan *s, uint64_t at, uint64_t size, struct sv *out)
{
	if (size > limit_tar_header)
		return bad(s, "an extended header larger than the limit");
	char *p = arena_alloc(s->arena, (size_t)size + 1);
	for (size_t done = 0; done < size;) {
		size_t n = size - done < BLOCK ? (size_t)(size - done) : BLOCK;
		int rc;
		const char *from = bytes_at(s, at + done, n, &rc);
		if (!from)
			return rc < 0 ? rc : bad(s, "the archive ends inside a header");
		memcpy(p + done, from, n);
		done += n;
	}
	*out = sv_make(p, (size_t)size);
	return 0;
}

static int extended_header(struct scan *s, char type, uint64_t at, uint64_t size)
{
	struct sv data, key = {0}, value = {0};

	if (type == 'g')
		return ambiguous(s, "a global pax header");
	int rc = extended(s, at, size, &data);
	if (rc < 0)
		return rc;
	if (type == 'x') {
		while (rc == 0 && data.n > 0) {
			rc = pax_record(s, &data, &key, &value);
			if (rc == 0)
				rc = pax_apply(s, key, value);
		}
		return rc;
	}
	data = sv_head(data, sv_find_char(data, '\0'));
	*(type == 'L' ? &s->path : &s->link) = data;
	*(type == 'L' ? &s->has_path : &s->has_link) = true;
	return 0;
}

/* The name in the header alone; the prefix belongs to ustar, not to GNU or older. */
static struct sv header_path(struct scan *s, const char *block)
{
	struct sv name = field(block, NAME, NAME_N);
	size_t n = memcmp(block + STAR_MARK, "tar", 4) == 0 ? STAR_PREFIX_N : PREFIX_N;
	struct sv prefix = field(block, PREFIX, n);

	if (memcmp(block + MAGIC, "ustar\0", 6) != 0 || prefix.n == 0)
		return arena_sv(s->arena, name);
	return arena_fmt(s->arena, "%.*s/%.*s", SV_ARG(prefix), SV_ARG(name));
}

static void forget(struct scan *s)
{
	s->has_path = s->has_link = s->has_size = false;
	s->path = s->link = (struct sv){0};
}

/* One entry that is no extended header. */
static int entry(struct scan *s, const char *block, uint64_t data, uint64_t *size)
{
	char type = block[TYPE];
	struct sv path = s->has_path ? s->path : header_path(s, block);
	struct sv link = s->has_link ? s->link : arena_sv(s->arena, field(block, LINK, LINK_N));
	bool file = type == '0' || type == '\0' || type == '7';
	bool linked = type == '1' || type == '2';

	if (s->has_size)
		*size = s->size;
	forget(s);
	if (type == 'S')
		return ambiguous(s, "a sparse file");
	if (!file && (linked || (type >= '3' && type <= '6')) && *size != 0)
		return ambiguous(s, "a link or directory with data");
	if (file && path.n > 0 && path.p[path.n - 1] == '/')
		return *size ? ambiguous(s, "a directory with data") : 0;
	if (linked && link.n == 0)
		return bad(s, "a link without a target");
	if (file)
		return add(s, path, (struct sv){0}, false, data, *size);
	return linked ? add(s, path, link, type == '2', 0, 0) : 0;
}

/* 1 = an entry was read, 0 = the end. */
static int next(struct scan *s)
{
	int rc;
	uint64_t size;

	if (s->at == s->length)
		return 0;
	const char *block = bytes_at(s, s->at, BLOCK, &rc);
	if (!block)
		return rc < 0 ? rc : bad(s, "the archive ends inside a header");
	if (all_zero(block)) {
		const char *second = bytes_at(s, s->at + BLOCK, BLOCK, &rc);
		if (rc < 0)
			return rc;
		return !second || all_zero(second)
			       ? 0
			       : ambiguous(s, "a single zero block before more entries");
	}
	if (!tar_block_valid((const unsigned char *)block))
		return bad(s, "a tar header whose checksum does not hold");
	if (!number(sv_make(block + SIZE, SIZE_N), &size))
		return bad(s, "a tar header with a malformed size");
	char type = block[TYPE];
	if (type == 'x' || type == 'g' || type == 'L' || type == 'K')
		rc = extended_header(s, type, s->at + BLOCK, size);
	else
		rc = entry(s, block, s->at + BLOCK, &size);
	if (rc < 0)
		return rc;
	uint64_t left = s->length - s->at - BLOCK;
	if (size > left)
		return bad(s, "the archive ends inside a file");
	uint64_t padded = (size + BLOCK - 1) / BLOCK * BLOCK;
	s->at += BLOCK + (padded > left ? left : padded);
	return 1;
}

/* A file below a link or another file: an extractor would put it elsewhere. */
static int check_parents(struct scan *s)
{
	size_t at = 0;

	for (struct map_entry *e; (e = map_next(&s->index->by_path, &at));) {
		struct sv path = e->key;
		size_t slash;
		while ((slash = sv_rfind_char(path, '/')) != SIZE_MAX) {
			path = sv_head(path, slash);
			if (!map_find(&s->index->by_path, path))
				continue;
			(void)err_set(s->err, ERR_PARSE,
				      "'%.*s' lies below something that is no directory",
				      SV_ARG(text_safe(s->arena, e->key)));
			return err_code(s->err, "ambiguous");
		}
	}
	return 0;
}

int tar_index_read(struct arena *a, int fd, uint64_t length, struct tar_index *out, struct err *err)
{
	auto_free struct scan *s = xcalloc(1, sizeof *s);
	struct tar_index index = {0};
	size_t entries = 0;
	int rc;

	*s = (struct scan){.arena = a, .fd = fd, .length = length, .index = &index, .err = err};
	while ((rc = next(s)) > 0) {
		if (++entries > 4 * limit_archive_entries) {
			rc = err_set(err, ERR_LIMIT,
				     "more than %zu entries: this is no image archive",
				     4 * (size_t)limit_archive_entries);
			break;
		}
	}
	if (rc == 0)
		rc = check_parents(s);
	if (rc < 0) {
		tar_index_done(&index);
		return rc;
	}
	*out = index;
	return 0;
}

const struct tar_file *tar_index_find(const struct tar_index *t, struct sv path)
{
	for (int hops = 0; hops < LINKS_MAX; hops++) {
		struct map_entry *e = map_find(&t->by_path, path);
		const struct tar_file *f = e ? e->ptr : NULL;
		if (!f || f->link.n == 0)
			return f;
		path = f->link;
	}
	return NULL;
}

void tar_index_done(struct tar_index *t)
{
	map_done(&t->by_path);
	t->n = 0;
}
