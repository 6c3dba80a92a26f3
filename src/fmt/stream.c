#include "fmt/stream.h"

#include "fmt/stage.h"

static int stage_keep(struct stage *st, int rc, const struct err *err)
{
	if (rc == 0)
		st->ended = 1;
	if (rc < 0) {
		st->ended = rc;
		st->err = *err;
	}
	return rc;
}

int stage_fill(struct stream *s, char *to, size_t cap, size_t *n, struct err *err)
{
	struct stage *st = (struct stage *)s;

	if (st->ended > 0)
		return 0;
	if (st->ended < 0) {
		*err = st->err;
		return st->ended;
	}
	return stage_keep(st, st->make(st, to, cap, n, err), err);
}

int stage_next(struct stream *s, struct sv *chunk, struct err *err)
{
	struct stage *st = (struct stage *)s;
	size_t n = 0;

	if (!st->window)
		st->window = xmalloc(STAGE_WINDOW);
	int rc = stage_fill(s, st->window, STAGE_WINDOW, &n, err);
	if (rc > 0)
		*chunk = sv_make(st->window, n);
	return rc;
}

void stage_init(struct stage *st,
		int (*make)(struct stage *st, char *to, size_t cap, size_t *n, struct err *err),
		void (*release)(struct stream *s))
{
	st->make = make;
	st->s = (struct stream){.next = stage_next, .free = release, .fill = stage_fill};
}

void stage_done(struct stage *st)
{
	free(st->window);
}

struct mem {
	struct stream s;
	struct sv rest;
};

static int mem_next(struct stream *s, struct sv *chunk, struct err *err)
{
	struct mem *m = (struct mem *)s;

	(void)err;
	if (m->rest.n == 0)
		return 0;
	*chunk = sv_head(m->rest, STAGE_WINDOW);
	m->rest = sv_from(m->rest, chunk->n);
	return 1;
}

static void mem_free(struct stream *s)
{
	free(s);
}

struct stream *stream_mem(struct sv bytes)
{
	struct mem *m = xcalloc(1, sizeof *m);

	m->s = (struct stream){.next = mem_next, .free = mem_free};
	m->rest = bytes;
	return &m->s;
}

struct file {
	struct stage st;
	int fd;
	bool pipe;
	uint64_t at, left; /* left: UINT64_MAX = to the end */
};

static ssize_t file_read(const struct file *f, char *to, size_t n)
{
	ssize_t got;

	do {
		got = f->pipe ? read(f->fd, to, n) : pread(f->fd, to, n, (off_t)f->at);
	} while (got < 0 && errno == EINTR);
	return got;
}

static int file_make(struct stage *st, char *to, size_t cap, size_t *n, struct err *err)
{
	struct file *f = (struct file *)st;

	if (f->left == 0)
		return 0;
	if (!f->pipe && f->at > (uint64_t)INT64_MAX - cap)
		return err_set(err, ERR_PARSE, "offset %llu is beyond any file",
			       (unsigned long long)f->at);
	ssize_t got = file_read(f, to, f->left < cap ? (size_t)f->left : cap);
	if (got < 0)
		return err_sys(err, "cannot read");
	if (got == 0 && f->left == UINT64_MAX)
		return 0;
	if (got == 0) {
		(void)err_set(err, ERR_PARSE,
			      "truncated: ends at byte %llu, %llu more were expected",
			      (unsigned long long)f->at, (unsigned long long)f->left);
		return err_code(err, "truncated");
	}
	f->at += (uint64_t)got;
	if (f->left != UINT64_MAX)
		f->left -= (uint64_t)got;
	*n = (size_t)got;
	return 1;
}

static void file_free(struct stream *s)
{
	stage_done((struct stage *)s);
	free(s);
}

struct stream *stream_fd(int fd, uint64_t offset, uint64_t length)
{
	struct file *f = xcalloc(1, sizeof *f);

	stage_init(&f->st, file_make, file_free);
	f->fd = fd;
	f->pipe = offset == UINT64_MAX;
	f->at = f->pipe ? 0 : offset;
	f->left = length;
	return &f->st.s;
}

int stream_fill(struct stream *s, struct sv *kept, char *to, size_t cap, size_t *n, struct err *err)
{
	if (s->fill)
		return s->fill(s, to, cap, n, err);
	if (kept->n == 0) {
		int rc = stream_next(s, kept, err);
		if (rc <= 0)
			return rc;
	}
	*n = kept->n < cap ? kept->n : cap;
	memcpy(to, kept->p, *n);
	*kept = sv_from(*kept, *n);
	return 1;
}

/* A stage that can write where we want saves the copy. */
static int all_fill(struct stream *s, uint64_t limit, struct buf *b, struct err *err)
{
	uint64_t room = limit;
	size_t n = 0;
	int rc;

	do {
		/* one more than allowed, so that too much is seen */
		size_t cap = room < STAGE_WINDOW ? (size_t)room + 1 : STAGE_WINDOW;
		char *to = buf_reserve(b, cap);
		rc = s->fill(s, to, cap, &n, err);
		if (rc > 0 && n > room)
			return err_set(err, ERR_LIMIT, "more than %llu bytes",
				       (unsigned long long)limit);
		if (rc > 0) {
			b->n += n;
			room -= n;
		}
	} while (rc > 0);
	b->p[b->n] = '\0';
	return rc;
}

int stream_all(struct stream *s, uint64_t limit, struct buf *b, struct err *err)
{
	uint64_t room = limit;
	struct sv chunk;
	int rc;

	if (s->fill)
		return all_fill(s, limit, b, err);
	while ((rc = stream_next(s, &chunk, err)) > 0) {
		if (chunk.n > room)
			return err_set(err, ERR_LIMIT, "more than %llu bytes",
				       (unsigned long long)limit);
		buf_sv(b, chunk);
		room -= chunk.n;
	}
	return rc;
}
