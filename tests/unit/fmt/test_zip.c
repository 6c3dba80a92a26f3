#include "unit/test.h"

#include <fcntl.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "fmt/zip.h"

static void put16(struct buf *b, unsigned v)
{
	buf_char(b, (char)v);
	buf_char(b, (char)(v >> 8));
}

static void put32(struct buf *b, uint32_t v)
{
	put16(b, v & 0xFFFF);
	put16(b, v >> 16);
}

static void put64(struct buf *b, uint64_t v)
{
	put32(b, (uint32_t)v);
	put32(b, (uint32_t)(v >> 32));
}

/* A zip under construction: local part and directory. */
struct maker {
	struct buf local, central;
	unsigned n;
	bool zip64;
};

/* What a member says of itself; zero means the truth. */
struct lie {
	uint32_t crc_xor, size_add, header_add;
	const char *local_name;
	unsigned flags, method_add;
};

static void deflate_raw(struct buf *b, struct sv v)
{
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	size_t cap = deflateBound(&z, v.n) + 16;
	z.next_in = (Bytef *)(uintptr_t)v.p;
	z.avail_in = (uInt)v.n;
	z.next_out = (Bytef *)buf_reserve(b, cap);
	z.avail_out = (uInt)cap;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b->n += cap - z.avail_out;
	deflateEnd(&z);
}

static void add(struct maker *m, struct sv name, struct sv data, unsigned method, struct lie lie)
{
	struct buf packed = {0};
	bool behind = lie.flags & 8;
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)data.p, (uInt)data.n) ^ lie.crc_xor;
	uint32_t size = (uint32_t)data.n + lie.size_add,
		 header = (uint32_t)m->local.n + lie.header_add;

	if (method)
		deflate_raw(&packed, data);
	else
		buf_sv(&packed, data);
	put32(&m->local, 0x04034B50);
	put16(&m->local, 20);
	put16(&m->local, lie.flags);
	put16(&m->local, method + lie.method_add);
	put32(&m->local, 0);
	put32(&m->local, behind ? 0 : crc);
	put32(&m->local, behind ? 0 : (uint32_t)packed.n);
	put32(&m->local, behind ? 0 : size);
	put16(&m->local, (unsigned)name.n);
	put16(&m->local, 4);
	buf_sv(&m->local, lie.local_name ? sv_of(lie.local_name) : name);
	buf_str(&m->local, "\xFE\xCA\0\0");
	buf_fill(&m->local, 0, 2);
	buf_sv(&m->local, buf_view(&packed));
	if (behind) {
		put32(&m->local, 0x08074B50);
		put32(&m->local, crc);
		put32(&m->local, (uint32_t)packed.n);
		put32(&m->local, size);
	}
	put32(&m->central, 0x02014B50);
	put16(&m->central, 20);
	put16(&m->central, 20);
	put16(&m->central, lie.flags);
	put16(&m->central, method + lie.method_add);
	put32(&m->central, 0);
	put32(&m->central, crc);
	put32(&m->central, m->zip64 ? UINT32_MAX : (uint32_t)packed.n);
	put32(&m->central, m->zip64 ? UINT32_MAX : size);
	put16(&m->central, (unsigned)name.n);
	put16(&m->central, m->zip64 ? 28 : 0);
	put16(&m->central, 0);
	put16(&m->central, 0);
	put16(&m->central, 0);
	put32(&m->central, 0);
	put32(&m->central, m->zip64 ? UINT32_MAX : header);
	buf_sv(&m->central, name);
	if (m->zip64) {
		put16(&m->central, 1);
		put16(&m->central, 24);
		put64(&m->central, size);
		put64(&m->central, packed.n);
		put64(&m->central, header);
	}
	m->n++;
	buf_done(&packed);
}

/* The archive, with something in front and a comment. */
static struct buf finish(struct maker *m, struct sv front, struct sv comment)
{
	struct buf b = {0};
	bool big = m->zip64;

	buf_sv(&b, front);
	buf_sv(&b, buf_view(&m->local));
	buf_sv(&b, buf_view(&m->central));
	if (big) {
		uint64_t at = b.n;
		put32(&b, 0x06064B50);
		put64(&b, 44);
		put16(&b, 45);
		put16(&b, 45);
		put32(&b, 0);
		put32(&b, 0);
		put64(&b, m->n);
		put64(&b, m->n);
		put64(&b, m->central.n);
		put64(&b, m->local.n);
		put32(&b, 0x07064B50);
		put32(&b, 0);
		put64(&b, at);
		put32(&b, 1);
	}
	put32(&b, 0x06054B50);
	put16(&b, 0);
	put16(&b, 0);
	put16(&b, big ? 0xFFFF : m->n & 0xFFFF);
	put16(&b, big ? 0xFFFF : m->n & 0xFFFF);
	put32(&b, big ? UINT32_MAX : (uint32_t)m->central.n);
	put32(&b, big ? UINT32_MAX : (uint32_t)m->local.n);
	put16(&b, (unsigned)comment.n);
	buf_sv(&b, comment);
	buf_done(&m->local);
	buf_done(&m->central);
	*m = (struct maker){0};
	return b;
}

static struct sv text(void)
{
	static char p[100000];

	for (size_t i = 0; i < sizeof p; i++)
		p[i] = (char)('a' + i * i % 23);
	return sv_make(p, sizeof p);
}

static void expect_member(const struct zip *z, struct sv name, struct sv want)
{
	struct buf b = {0};
	struct err err;
	const struct zip_member *m = zip_find(z, name);

	assert_non_null(m);
	if (zip_read(z, m, limit_zip_member, &b, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(b.n, want.n);
	if (want.n)
		assert_memory_equal(b.p, want.p, want.n);
	buf_done(&b);
}

static int temp_file(struct sv v)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, v.p, v.n), v.n);
	return fd;
}

static void test_read(void **state)
{
	(void)state;
	static const struct sv fronts[] = {{"", 0}, {"#!/bin/sh\nexec java\n", 20}};
	for (unsigned i = 0; i < 8; i++) {
		struct maker m = {.zip64 = i & 1};
		struct sv v = text();
		add(&m, SV("META-INF/"), SV(""), 0, (struct lie){0});
		add(&m, SV("META-INF/MANIFEST.MF"), v, 8, (struct lie){.flags = 8});
		add(&m, SV("stored.jar"), v, 0, (struct lie){0});
		add(&m, SV("META-INF/"), SV(""), 0, (struct lie){0});
		add(&m, SV("empty"), SV(""), 8, (struct lie){0});
		struct buf b =
			finish(&m, fronts[i >> 1 & 1], i & 4 ? SV("PK\5\6 comment") : SV(""));
		int fd = temp_file(buf_view(&b));
		for (int from_fd = 0; from_fd < 2; from_fd++) {
			struct arena a;
			struct zip z;
			struct err err;
			struct sv view = {0};
			arena_init(&a, 0);
			int rc = from_fd ? zip_open_fd(&a, fd, ZIP_UNIQUE, &z, &err)
					 : zip_open(&a, buf_view(&b), ZIP_UNIQUE, &z, &err);
			if (rc != 0)
				fail_msg("%u: %s", i, err.msg);
			assert_int_equal(z.n, 5);
			assert_true(z.members[0].dir);
			expect_member(&z, SV("META-INF/MANIFEST.MF"), v);
			expect_member(&z, SV("stored.jar"), v);
			expect_member(&z, SV("empty"), SV(""));
			assert_null(zip_find(&z, SV("nope")));
			bool viewed = zip_view(&z, zip_find(&z, SV("stored.jar")), &view);
			assert_int_equal(viewed, !from_fd);
			if (viewed)
				assert_true(sv_eq(view, v));
			assert_false(zip_view(&z, zip_find(&z, SV("empty")), &view));
			arena_done(&a);
		}
		close(fd);
		buf_done(&b);
	}
}

/* Opens and reads every member; the first error's kind and text, or ERR_NONE. */
static enum err_kind judge(struct sv bytes, struct err *err)
{
	struct arena a;
	struct zip z;
	int rc;

	*err = (struct err){0};
	arena_init(&a, 0);
	rc = zip_open(&a, bytes, ZIP_UNIQUE, &z, err);
	for (size_t i = 0; rc == 0 && i < z.n; i++) {
		struct buf b = {0};
		rc = zip_read(&z, &z.members[i], 200000, &b, err);
		assert_true(rc == 0 || b.n == 0);
		buf_done(&b);
	}
	arena_done(&a);
	return (enum err_kind) - rc;
}

static void test_lies(void **state)
{
	(void)state;
	static const struct {
		struct lie lie;
		unsigned method;
		enum err_kind kind;
		const char *part;
	} rows[] = {
		{{.crc_xor = 1}, 8, ERR_PARSE, "CRC-32"},
		{{.crc_xor = 1}, 0, ERR_PARSE, "CRC-32"},
		{{.size_add = 1}, 8, ERR_PARSE, "shorter than declared"},
		{{.size_add = UINT32_MAX}, 8, ERR_LIMIT, "more than 200000"},
		{{.size_add = UINT32_MAX - 9999}, 8, ERR_PARSE, "longer than declared"},
		{{.size_add = 1}, 0, ERR_PARSE, "two sizes"},
		{{.header_add = 1}, 0, ERR_PARSE, "no local header"},
		{{.header_add = 100}, 0, ERR_PARSE, "overlaps"},
		{{.header_add = UINT32_MAX}, 0, ERR_PARSE, "outside"},
		{{.local_name = "othername"}, 0, ERR_PARSE, "directory differ"},
		{{.flags = 1}, 0, ERR_UNSUPPORTED, "encrypted"},
		{{.method_add = 6}, 8, ERR_UNSUPPORTED, "method 14"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct maker m = {0};
		struct err err;
		struct sv v = i == 3 ? SV("") : text();
		add(&m, SV("the-name1"), v, rows[i].method, rows[i].lie);
		struct buf b = finish(&m, SV(""), SV(""));
		assert_int_equal(judge(buf_view(&b), &err), rows[i].kind);
		if (!strstr(err.msg, rows[i].part))
			fail_msg("\"%s\" is not in \"%s\"", rows[i].part, err.msg);
		buf_done(&b);
	}
}

/* Where names may repeat, all members are there and the last one is found. */
static void find_last(struct sv bytes)
{
	struct buf b = {0};
	struct arena a;
	struct zip z;
	struct err err;

	arena_init(&a, 0);
	assert_int_equal(zip_open(&a, bytes, ZIP_REPEAT, &z, &err), 0);
	assert_int_equal(z.n, 3);
	assert_ptr_equal(zip_find(&z, SV("a")), &z.members[2]);
	assert_ptr_equal(zip_find(&z, SV("b")), &z.members[1]);
	assert_null(zip_find(&z, SV("aa")));
	assert_null(zip_find(&z, SV("")));
	for (size_t i = 0; i < z.n; i++)
		assert_int_equal(zip_read(&z, &z.members[i], 1, &b, &err), 0);
	assert_string_equal(buf_cstr(&b), "112");
	buf_done(&b);
	arena_done(&a);
}

static void test_twice_and_overlap(void **state)
{
	(void)state;
	struct maker m = {0};
	struct arena a;
	struct zip z;
	struct err err;
	add(&m, SV("a"), SV("1"), 0, (struct lie){0});
	add(&m, SV("b"), SV("1"), 0, (struct lie){0});
	add(&m, SV("a"), SV("2"), 0, (struct lie){0});
	struct buf b = finish(&m, SV(""), SV(""));
	assert_int_equal(judge(buf_view(&b), &err), ERR_PARSE);
	assert_non_null(strstr(err.msg, "two members are named \"a\""));
	find_last(buf_view(&b));
	buf_done(&b);
	/* two names for the same bytes: the trick of zip bombs */
	add(&m, SV("a"), SV("1"), 0, (struct lie){0});
	add(&m, SV("b"), SV("1"), 0, (struct lie){.header_add = (uint32_t)-36});
	b = finish(&m, SV(""), SV(""));
	assert_int_equal(judge(buf_view(&b), &err), ERR_PARSE);
	assert_non_null(strstr(err.msg, "overlaps"));
	arena_init(&a, 0);
	assert_int_equal(zip_open(&a, buf_view(&b), ZIP_REPEAT, &z, &err), -ERR_PARSE);
	arena_done(&a);
	buf_done(&b);
}

/* Bytes behind the archive are passed over as Java does, if the directory is where it should be. */
static void test_behind(void **state)
{
	(void)state;
	struct maker m = {0};
	struct err err;
	add(&m, SV("a"), SV("some bytes"), 8, (struct lie){0});
	struct buf b = finish(&m, SV("in front"), SV(""));
	buf_str(&b, "behind");
	assert_int_equal(judge(buf_view(&b), &err), ERR_NONE);
	b.p[8] ^= 1;
	assert_int_equal(judge(buf_view(&b), &err), ERR_PARSE);
	assert_non_null(strstr(err.msg, "no end record"));
	buf_done(&b);
}

/* No cut of an archive is taken for a whole one: what is missing is only comment. */
static void test_cut(void **state)
{
	(void)state;
	struct maker m = {0};
	struct err err;
	add(&m, SV("a"), SV("some bytes some bytes"), 8, (struct lie){0});
	add(&m, SV("b"), SV("1"), 0, (struct lie){.flags = 8});
	struct buf b = finish(&m, SV(""), SV("comment"));
	assert_int_equal(judge(buf_view(&b), &err), ERR_NONE);
	for (size_t n = 0; n < b.n - strlen("comment"); n++)
		assert_int_not_equal(judge(sv_head(buf_view(&b), n), &err), ERR_NONE);
	buf_done(&b);
}

/* As many members as are allowed, in the worst order, in bounded time; one more is refused. */
static void test_many(void **state)
{
	(void)state;
	struct maker m = {0};
	struct arena a;
	struct zip z;
	struct err err;
	for (uint32_t i = 0; i < 70000; i++) {
		char name[16];
		int n = snprintf(name, sizeof name, "%08x", i * 2654435761u);
		add(&m, sv_make(name, (size_t)n), SV("x"), 0, (struct lie){0});
	}
	struct buf b = finish(&m, SV(""), SV(""));
	int64_t t0 = clock_mono_ns();
	arena_init(&a, 0);
	assert_int_equal(zip_open(&a, buf_view(&b), ZIP_UNIQUE, &z, &err), 0);
	assert_int_equal(z.n, 70000); /* the 16-bit count has wrapped */
	for (size_t i = 0; i < z.n; i++)
		assert_ptr_equal(zip_find(&z, z.members[i].name), &z.members[i]);
	arena_done(&a);
	assert_true(clock_mono_ns() - t0 < 5000000000);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_twice_and_overlap),
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
