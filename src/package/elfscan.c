#include "package/elfscan.h"

#include <zlib.h>

#include "base/limits.h"
#include "fmt/elf.h"
#include "package/cargo.h"
#include "package/gobuildinfo.h"

enum {
	head_max = 65536,  /* of the file, for the program headers */
	look_ahead = 1024, /* bytes behind a place that decide whether it is worth a capture */
	block = 256,
	pt_load = 1,
	pf_x_w = 3,
	pf_w = 2,
	marker_n = 16,
};

/* Bytes of the file from an offset on, until somebody has enough. */
struct capture {
	bool on, done;
	uint64_t next; /* offset of the byte that comes next */
	struct buf buf;
};

struct rust {
	bool on, done, damaged;
	uint64_t next;
	z_stream z;
	struct buf json;
};

struct elf_scan {
	bool whole;
	uint64_t passed;  /* bytes before the current chunk */
	struct buf bytes; /* whole file, or its head */
	struct buf tail;  /* the last bytes, not searched yet */
	bool segments_read;
	struct elf elf;
	bool has_elf;
	bool old_go; /* a header with pointers was seen in a writable segment */
	struct capture data, other, modules;
	struct rust rust;
	z_stream trial;
	bool trial_ready;
};

struct elf_scan *elf_scan_new(void)
{
	return xcalloc(1, sizeof(struct elf_scan));
}

static void rust_stop(struct rust *r)
{
	if (r->on)
		inflateEnd(&r->z);
	r->on = false;
}

void elf_scan_free(struct elf_scan *s)
{
	if (!s)
		return;
	buf_done(&s->bytes);
	buf_done(&s->tail);
	buf_done(&s->data.buf);
	buf_done(&s->other.buf);
	buf_done(&s->modules.buf);
	buf_done(&s->rust.json);
	rust_stop(&s->rust);
	if (s->trial_ready)
		inflateEnd(&s->trial);
	free(s);
}

static void capture_reset(struct capture *c)
{
	c->on = c->done = false;
	buf_clear(&c->buf);
}

void elf_scan_begin(struct elf_scan *s, uint64_t size)
{
	s->whole = size <= limit_elf_bytes;
	s->passed = 0;
	s->segments_read = s->has_elf = s->old_go = false;
	buf_clear(&s->bytes);
	buf_clear(&s->tail);
	capture_reset(&s->data);
	capture_reset(&s->other);
	capture_reset(&s->modules);
	rust_stop(&s->rust);
	s->rust.done = s->rust.damaged = false;
	buf_clear(&s->rust.json);
}

/* The part of view (at this offset of the file) that has not been given before; advances *next. */
static struct sv fresh(uint64_t *next, uint64_t offset, struct sv view)
{
	if (*next < offset || *next - offset >= view.n)
		return (struct sv){0};
	view = sv_from(view, (size_t)(*next - offset));
	*next += view.n;
	return view;
}

static void feed_build(struct capture *c, uint64_t offset, struct sv view)
{
	struct go_build build;

	if (!c->on || c->done)
		return;
	buf_sv(&c->buf, fresh(&c->next, offset, view));
	int rc = go_build_inline(buf_view(&c->buf), &build);
	c->done = rc == 1;
	if (rc < 0)
		capture_reset(c);
}

/* The module text ends with its marker. */
static void feed_modules(struct capture *c, uint64_t offset, struct sv view)
{
	if (!c->on || c->done)
		return;
	size_t before = c->buf.n < marker_n ? c->buf.n : c->buf.n - marker_n + 1;
	buf_sv(&c->buf, fresh(&c->next, offset, view));
	size_t at = sv_find(sv_from(buf_view(&c->buf), before), SV(GO_INFO_END));
	if (at != SIZE_MAX) {
		c->buf.n = before + at + marker_n;
		c->done = true;
	} else if (c->buf.n > limit_buildinfo_bytes) {
		capture_reset(c);
	}
}

static void feed_rust(struct rust *r, uint64_t offset, struct sv view)
{
	if (!r->on)
		return;
	view = fresh(&r->next, offset, view);
	r->z.next_in = (Bytef *)(uintptr_t)view.p;
	r->z.avail_in = (uInt)view.n;
	int rc = Z_OK;
	while (rc == Z_OK && r->z.avail_in > 0 && r->json.n < limit_buildinfo_bytes) {
		r->z.avail_out = 1u << 14;
		r->z.next_out = (Bytef *)buf_reserve(&r->json, r->z.avail_out);
		rc = inflate(&r->z, Z_NO_FLUSH);
		r->json.n += (1u << 14) - r->z.avail_out;
	}
	r->done = rc == Z_STREAM_END;
	r->damaged = !r->done && (rc != Z_OK || r->json.n >= limit_buildinfo_bytes);
	if (r->done || r->damaged)
		rust_stop(r);
}

static void feed(struct elf_scan *s, uint64_t offset, struct sv view)
{
	feed_build(&s->data, offset, view);
	feed_build(&s->other, offset, view);
	feed_modules(&s->modules, offset, view);
	feed_rust(&s->rust, offset, view);
}

/* Does this offset of the file lie in a writable PT_LOAD segment? */
static bool writable(struct elf_scan *s, uint64_t offset)
{
	struct err ignored = {0};
	struct elf_segment seg;

	if (!s->segments_read)
		s->has_elf = elf_open(buf_view(&s->bytes), &s->elf, &ignored) == 0;
	s->segments_read = true;
	/* the head has grown, and may have moved */
	s->elf.bytes = buf_view(&s->bytes);
	for (uint32_t i = 0; s->has_elf && i < s->elf.phnum; i++) {
		if (elf_segment_at(&s->elf, i, &seg, &ignored) < 0)
			return false;
		if (seg.type == pt_load && (seg.flags & pf_x_w) == pf_w && offset >= seg.offset &&
		    offset - seg.offset < seg.filesz)
			return true;
	}
	return false;
}

static void found_go(struct elf_scan *s, uint64_t offset, struct sv here)
{
	struct go_build build;
	bool in_data;

	if (offset % go_build_align != 0 || here.n < go_build_header ||
	    memcmp(here.p, GO_BUILD_MAGIC, go_build_magic_n) != 0 ||
	    (here.p[14] != 4 && here.p[14] != 8))
		return;
	in_data = writable(s, offset);
	if (!(here.p[15] & 2)) {
		s->old_go |= in_data;
		return;
	}
	struct capture *c = in_data ? &s->data : &s->other;
	if (!c->on && go_build_inline(sv_head(here, look_ahead), &build) >= 0)
		*c = (struct capture){.on = true, .next = offset, .buf = c->buf};
}

/* Do the bytes unpack to the beginning of a list of crates? */
static bool starts_list(struct elf_scan *s, struct sv here)
{
	char start[sizeof CARGO_AUDIT_START - 1];
	int rc = s->trial_ready ? inflateReset(&s->trial) : inflateInit(&s->trial);

	s->trial_ready |= rc == Z_OK;
	if (rc != Z_OK)
		return false;
	s->trial.next_in = (Bytef *)(uintptr_t)here.p;
	s->trial.avail_in = (uInt)(here.n < look_ahead ? here.n : look_ahead);
	s->trial.next_out = (Bytef *)start;
	s->trial.avail_out = sizeof start;
	(void)inflate(&s->trial, Z_SYNC_FLUSH);
	return s->trial.avail_out == 0 && memcmp(start, CARGO_AUDIT_START, sizeof start) == 0;
}

static void found_zlib(struct elf_scan *s, uint64_t offset, struct sv here)
{
	struct rust *r = &s->rust;

	/* RFC 1950: 32 KiB window, a valid check, no dictionary; RFC 1951: block type 3 is reserved
	 */
	if (r->on || r->done || here.n < 3 || ((uint8_t)here.p[2] >> 1 & 3) == 3 ||
	    !starts_list(s, here))
		return;
	r->z = (z_stream){0};
	buf_clear(&r->json);
	r->on = inflateInit(&r->z) == Z_OK;
	r->next = offset;
}

static void look(struct elf_scan *s, uint64_t offset, struct sv here)
{
	uint8_t a = (uint8_t)here.p[0], b = here.n > 1 ? (uint8_t)here.p[1] : 0;

	if (a == 0xff && b == 0x20)
		found_go(s, offset, here);
	else if (a == 0x78 && (b == 0x01 || b == 0x5e || b == 0x9c || b == 0xda))
		found_zlib(s, offset, here);
	else if (a == 0x30 && b == 0x77 && !s->modules.on && sv_starts(here, SV(GO_INFO_START)))
		s->modules = (struct capture){.on = true, .next = offset, .buf = s->modules.buf};
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));

static bytes16 load(const char *p)
{
	bytes16 v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* May one of the three beginnings stand at the 256 places from p on? Reads 257 bytes. */
static bool block_may(const char *p)
{
	bytes16 any = {0};

	for (unsigned i = 0; i < block; i += 16) {
		bytes16 a = load(p + i), b = load(p + i + 1);

		any |= (bytes16)((a == 0x78) &
				 ((b == 0x01) | (b == 0x5e) | (b == 0x9c) | (b == 0xda)));
		any |= (bytes16)((a == 0x30) & (b == 0x77));
		any |= (bytes16)((a == 0xff) & (b == 0x20));
	}
	uint64_t halves[2];
	memcpy(halves, &any, sizeof halves);
	return (halves[0] | halves[1]) != 0;
}

/* Looks at the first n places of view, which lies at this offset of the file. */
static void search(struct elf_scan *s, uint64_t offset, struct sv view, size_t n)
{
	size_t at = 0;

	while (at < n) {
		size_t step = n - at < block ? n - at : block;

		if (step < block || at + block + 1 > view.n || block_may(view.p + at))
			for (size_t i = at; i < at + step; i++)
				look(s, offset + i, sv_from(view, i));
		at += step;
	}
	feed(s, offset, view);
}

/* The tail and the beginning of the chunk together: places whose bytes lie in both. */
static void search_border(struct elf_scan *s, struct sv chunk)
{
	uint64_t offset = s->passed - s->tail.n;

	buf_sv(&s->tail, sv_head(chunk, look_ahead));
	if (s->tail.n <= look_ahead)
		return;
	size_t n = s->tail.n - look_ahead;
	search(s, offset, buf_view(&s->tail), n);
	memmove(s->tail.p, s->tail.p + n, look_ahead);
	s->tail.n = look_ahead;
}

void elf_scan_chunk(struct elf_scan *s, struct sv chunk)
{
	size_t keep = s->whole ? limit_elf_bytes : head_max;

	if (s->bytes.n < keep)
		buf_sv(&s->bytes, sv_head(chunk, keep - s->bytes.n));
	if (s->whole || chunk.n == 0)
		return;
	search_border(s, chunk);
	if (chunk.n > look_ahead) {
		search(s, s->passed, chunk, chunk.n - look_ahead);
		buf_clear(&s->tail);
		buf_sv(&s->tail, sv_from(chunk, chunk.n - look_ahead));
	}
	feed(s, s->passed, chunk);
	s->passed += chunk.n;
}

static void emit_go(struct elf_scan *s, struct sv path, struct arena *a, struct catalog_sink *sink)
{
	struct capture *c = s->data.done ? &s->data : &s->other;
	struct go_build build = {0};
	struct emit e = {.sink = sink,
			 .path = path,
			 .cataloger = "go-binary",
			 .type = PKG_GOLANG,
			 .evidence = EVIDENCE_INSTALLED};

	if (c->done && go_build_inline(buf_view(&c->buf), &build) == 1) {
		go_build_emit(&e, a, &build);
	} else if (s->old_go && s->modules.done) {
		build.modules = go_build_modules(buf_view(&s->modules.buf));
		go_build_emit(&e, a, &build);
		emit_note(&e, ERR_UNSUPPORTED, 0,
			  "a large program of Go before 1.18: the version of its standard library "
			  "is not known");
	}
}

static int end_whole(struct elf_scan *s, struct sv path, struct arena *a, struct catalog_sink *sink,
		     struct err *err)
{
	struct catalog_file f = {path, buf_view(&s->bytes)};
	struct err second = {0};
	int go = go_binary_read(&f, a, sink, err);
	int cargo = cargo_audit_read(&f, a, sink, &second);

	if (go >= 0 && cargo < 0)
		*err = second;
	return go < 0 ? go : cargo;
}

int elf_scan_end(struct elf_scan *s, struct sv path, struct arena *a, struct catalog_sink *sink,
		 struct err *err)
{
	if (s->whole)
		return end_whole(s, path, a, sink, err);

	uint64_t offset = s->passed - s->tail.n;
	search(s, offset, buf_view(&s->tail), s->tail.n);
	emit_go(s, path, a, sink);
	if (s->rust.done)
		return cargo_audit_json(path, buf_view(&s->rust.json), a, sink, err);
	if (!s->rust.on && !s->rust.damaged)
		return 0;
	err_set(err, ERR_PARSE, "the list of crates in this program is damaged or too large");
	return err_where(err, "%.*s", SV_ARG(path));
}
