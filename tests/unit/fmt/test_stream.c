#include "unit/test.h"

#include <fcntl.h>
#include <zlib.h>
#include <zstd.h>

#include "base/limits.h"
#include "fmt/stream.h"
#include "unit/fmt/drip.h"

static struct sv sample(size_t n)
{
	static char text[3u << 20];
	uint32_t x = 1;

	assert_true(n <= sizeof text);
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525u + 1013904223u;
		text[i] = i % 7 < 3 ? (char)(x >> 24) : (char)('a' + i % 5);
	}
	return sv_make(text, n);
}

/* One gzip member, optionally with name, comment, extra field and header checksum. */
static void add_member(struct buf *b, struct sv v, bool options)
{
	z_stream z = {0};
	gz_header head = {.extra = (Bytef *)(uintptr_t) "abcd",
			  .extra_len = 4,
			  .name = (Bytef *)(uintptr_t) "name.tar",
			  .comment = (Bytef *)(uintptr_t) "comment",
			  .hcrc = 1};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	if (options)
		assert_int_equal(deflateSetHeader(&z, &head), Z_OK);
	size_t cap = deflateBound(&z, v.n) + 100;
	z.next_in = (Bytef *)(uintptr_t)v.p;
	z.avail_in = (uInt)v.n;
	z.next_out = (Bytef *)buf_reserve(b, cap);
	z.avail_out = (uInt)cap;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b->n += cap - z.avail_out;
	deflateEnd(&z);
}

static void add_frame(struct buf *b, struct sv v)
{
	size_t cap = ZSTD_compressBound(v.n);
	size_t n = ZSTD_compress(buf_reserve(b, cap), cap, v.p, v.n, 3);

	assert_false(ZSTD_isError(n));
	b->n += n;
}

/* All of the stream against `want`; frees it. */
static void expect_bytes(struct stream *s, struct sv want)
{
	struct buf got = {0};
	struct err err;
	struct sv chunk;

	int rc = stream_all(s, want.n, &got, &err);
	if (rc < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(got.n, want.n);
	if (want.n)
		assert_memory_equal(got.p, want.p, want.n);
	assert_int_equal(stream_next(s, &chunk, &err), 0); /* the end repeats itself */
	buf_done(&got);
	stream_free(s);
}

static void expect_error(struct stream *s, enum err_kind kind, const char *code, const char *part)
{
	struct buf got = {0};
	struct err err = {0};
	struct sv chunk;

	assert_int_equal(stream_all(s, 64u << 20, &got, &err), -(int)kind);
	if (code)
		assert_string_equal(err.code, code);
	if (!strstr(err.msg, part))
		fail_msg("\"%s\" is not in \"%s\"", part, err.msg);
	struct err again = {0};
	assert_int_equal(stream_next(s, &chunk, &again), -(int)kind);
	assert_string_equal(again.msg, err.msg);
	buf_done(&got);
	stream_free(s);
}

static int temp_file(struct sv v)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, v.p, v.n), v.n);
	return fd;
}

static void test_fd(void **state)
{
	(void)state;
	struct sv v = sample(700001);
	int fd = temp_file(v);
	expect_bytes(stream_fd(fd, 0, UINT64_MAX), v);
	expect_bytes(stream_fd(fd, 0, v.n), v);
	expect_bytes(stream_fd(fd, 5, 10), sv_head(sv_from(v, 5), 10));
	expect_bytes(stream_fd(fd, v.n, UINT64_MAX), SV(""));
	expect_bytes(stream_fd(fd, 3, 0), SV(""));
	expect_error(stream_fd(fd, 10, v.n), ERR_PARSE, "truncated",
		     "ends at byte 700001, 10 more");
	expect_error(stream_fd(fd, UINT64_MAX - 1, 1), ERR_PARSE, NULL, "beyond any file");
	expect_error(stream_fd(-1, 0, 1), ERR_IO, NULL, "cannot read");
	close(fd);
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "hello", 5), 5);
	close(ends[1]);
	expect_bytes(stream_fd(ends[0], UINT64_MAX, UINT64_MAX), SV("hello"));
	expect_error(stream_fd(ends[0], UINT64_MAX, 3), ERR_PARSE, "truncated", "truncated");
	close(ends[0]);
}

static void test_limit(void **state)
{
	(void)state;
	struct buf b = {0};
	struct err err;
	struct stream *s = stream_mem(SV("12345"));
	assert_int_equal(stream_all(s, 4, &b, &err), -ERR_LIMIT);
	stream_free(s);
	buf_done(&b);
	int fd = temp_file(SV("12345"));
	s = stream_fd(fd, 0, UINT64_MAX);
	assert_int_equal(stream_all(s, 4, &b, &err), -ERR_LIMIT);
	stream_free(s);
	close(fd);
	buf_done(&b);
}

static void test_digest(void **state)
{
	(void)state;
	/* FIPS 180-2, B.1 and the empty message */
	static const struct {
		struct sv in;
		uint8_t head[4];
	} rows[] = {{SV("abc"), {0xBA, 0x78, 0x16, 0xBF}}, {SV(""), {0xE3, 0xB0, 0xC4, 0x42}}};
	uint8_t out[32];
	uint64_t bytes;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct stream *s = stream_digest(drip(rows[i].in, 1, false, NULL));
		struct buf b = {0};
		struct err err;
		assert_false(stream_digest_get(s, out, &bytes));
		assert_int_equal(stream_all(s, 10, &b, &err), 0);
		assert_true(stream_digest_get(s, out, &bytes));
		assert_memory_equal(out, rows[i].head, 4);
		assert_int_equal(bytes, rows[i].in.n);
		stream_free(s);
		buf_done(&b);
	}
	expect_error(stream_digest(drip(SV("x"), 1, true, NULL)), ERR_IO, NULL, "drip");
	struct stream *other = stream_mem(SV(""));
	assert_false(stream_digest_get(other, out, &bytes));
	stream_free(other);
}

static void test_gzip(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 100, 32768, 300000, 3u << 20};
	static const size_t steps[] = {1, 2, 3, 7, 100, 4096, SIZE_MAX};
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct buf b = {0};
		struct sv v = sample(sizes[i]);
		add_member(&b, sv_head(v, v.n / 3), true);
		add_member(&b, SV(""), false);
		add_member(&b, sv_from(v, v.n / 3), false);
		for (size_t k = v.n > 300000 ? 4 : 0; k < ARRAY_LEN(steps); k++)
			expect_bytes(stream_gzip(drip(buf_view(&b), steps[k], false, NULL)), v);
		buf_done(&b);
	}
}

/* Every bit of checksums and trailers counts, every cut is seen, every byte behind the end too. */
static void test_gzip_broken(void **state)
{
	(void)state;
	struct buf b = {0};
	add_member(&b, SV("first first first"), true);
	size_t second = b.n;
	add_member(&b, SV("second"), false);
	for (size_t cut = 0; cut < b.n; cut++) {
		if (cut != second)
			expect_error(stream_gzip(stream_mem(sv_head(buf_view(&b), cut))), ERR_PARSE,
				     "truncated", "truncated at byte");
	}
	for (size_t i = 0; i < 8; i++) {
		for (size_t end = second; end <= b.n; end += b.n - second) {
			b.p[end - 1 - i] ^= 1;
			expect_error(stream_gzip(stream_mem(buf_view(&b))), ERR_PARSE, NULL,
				     "trailer");
			b.p[end - 1 - i] ^= 1;
		}
	}
	b.p[14] ^= 1; /* in the extra field, which the header checksum covers */
	expect_error(stream_gzip(stream_mem(buf_view(&b))), ERR_PARSE, NULL, "header checksum");
	b.p[14] ^= 1;
	b.p[3] |= 0x20;
	expect_error(stream_gzip(stream_mem(buf_view(&b))), ERR_PARSE, NULL, "reserved");
	b.p[3] &= 0x1F;
	buf_char(&b, 0);
	expect_error(stream_gzip(stream_mem(buf_view(&b))), ERR_PARSE, "trailing-bytes",
		     "after the end");
	expect_error(stream_gzip(stream_mem(SV("plain text"))), ERR_PARSE, NULL, "not gzip");
	expect_error(stream_gzip(drip(SV("\x1f\x8b"), 1, true, NULL)), ERR_IO, NULL, "drip");
	buf_done(&b);
}

static void test_zstd(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 100, 300000, 3u << 20};
	static const size_t steps[] = {1, 3, 100, 4096, SIZE_MAX};
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct buf b = {0};
		struct sv v = sample(sizes[i]);
		add_frame(&b, sv_head(v, v.n / 3));
		buf_add(&b, "\x5a\x2a\x4d\x18\3\0\0\0abc", 11); /* skippable */
		add_frame(&b, sv_from(v, v.n / 3));
		for (size_t k = v.n > 300000 ? 2 : 0; k < ARRAY_LEN(steps); k++)
			expect_bytes(stream_zstd(drip(buf_view(&b), steps[k], false, NULL)), v);
		buf_done(&b);
	}
}

static void test_zstd_broken(void **state)
{
	(void)state;
	struct buf b = {0};
	add_frame(&b, SV("some bytes some bytes some bytes"));
	for (size_t cut = 0; cut < b.n; cut++)
		expect_error(stream_zstd(stream_mem(sv_head(buf_view(&b), cut))), ERR_PARSE,
			     "truncated", "truncated");
	buf_str(&b, "junk");
	expect_error(stream_zstd(stream_mem(buf_view(&b))), ERR_PARSE, NULL, "zstd");
	buf_clear(&b);
	/* a frame that wants a window of 2 GiB: RFC 8878, 3.1.1.1.2 */
	buf_add(&b, "\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9);
	expect_error(stream_zstd(stream_mem(buf_view(&b))), ERR_PARSE, NULL, "memory");
	buf_done(&b);
}

/* 200 MiB of zeros in zstd are a few KiB: beyond limit_layer_ratio. */
static void test_bomb(void **state)
{
	(void)state;
	struct buf b = {0};
	struct err err;
	struct sv chunk;
	size_t n = 256u << 20;
	char *zeros = calloc(1, n);
	add_frame(&b, sv_make(zeros, n));
	free(zeros);
	struct stream *s = stream_zstd(stream_mem(buf_view(&b)));
	uint64_t total = 0;
	int rc;
	while ((rc = stream_next(s, &chunk, &err)) > 0)
		total += chunk.n;
	assert_int_equal(rc, -ERR_LIMIT);
	assert_true(total >= 64u << 20);
	assert_true(total <= (64u << 20) + b.n * limit_layer_ratio + (1u << 20));
	stream_free(s);
	buf_done(&b);
}

static void test_auto(void **state)
{
	(void)state;
	struct buf gz = {0}, zst = {0}, skip = {0};
	struct sv v = sample(1000);
	add_member(&gz, v, false);
	add_frame(&zst, v);
	buf_add(&skip, "\x50\x2a\x4d\x18\0\0\0\0", 8);
	buf_sv(&skip, buf_view(&zst));
	const struct {
		struct sv in, out;
		enum compression found;
	} rows[] = {
		{buf_view(&gz), v, COMPRESSION_GZIP},
		{buf_view(&zst), v, COMPRESSION_ZSTD},
		{buf_view(&skip), v, COMPRESSION_ZSTD},
		{v, v, COMPRESSION_NONE},
		{SV(""), SV(""), COMPRESSION_NONE},
		{SV("\x1f"), SV("\x1f"), COMPRESSION_NONE},
		{SV("\x28\xb5\x2f"), SV("\x28\xb5\x2f"), COMPRESSION_NONE},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t step = 1; step < 8; step++) {
			struct stream *s = NULL;
			enum compression found = COMPRESSION_NONE;
			struct err err;
			assert_int_equal(
				stream_auto(drip(rows[i].in, step, false, NULL), &s, &found, &err),
				0);
			assert_int_equal(found, rows[i].found);
			expect_bytes(s, rows[i].out);
		}
	}
	bool freed = false;
	struct stream *s = NULL;
	enum compression found;
	struct err err;
	assert_int_equal(stream_auto(drip(SV("ab"), 1, true, &freed), &s, &found, &err), -ERR_IO);
	assert_true(freed);
	buf_done(&gz);
	buf_done(&zst);
	buf_done(&skip);
}

static void test_thread(void **state)
{
	(void)state;
	struct sv v = sample(3u << 20);
	struct buf gz = {0};
	uint8_t out[32];
	uint64_t bytes;
	expect_bytes(stream_thread(drip(v, 1000, false, NULL)), v);
	expect_bytes(stream_thread(drip(SV(""), 1, false, NULL)), SV(""));
	expect_error(stream_thread(drip(v, 999, true, NULL)), ERR_IO, NULL, "drip");
	add_member(&gz, v, false);
	struct stream *digest = stream_digest(stream_mem(buf_view(&gz)));
	struct stream *s = stream_thread(stream_gzip(digest));
	struct buf b = {0};
	struct err err;
	assert_int_equal(stream_all(s, v.n, &b, &err), 0);
	assert_true(stream_digest_get(digest, out, &bytes));
	assert_int_equal(bytes, gz.n);
	assert_int_equal(b.n, v.n);
	assert_memory_equal(b.p, v.p, v.n);
	stream_free(s);
	/* stopped at once, and in the middle */
	for (int chunks = 0; chunks < 4; chunks++) {
		bool freed = false;
		s = stream_thread(drip(v, 70000, false, &freed));
		struct sv chunk;
		for (int i = 0; i < chunks; i++)
			assert_int_equal(stream_next(s, &chunk, &err), 1);
		stream_free(s);
		assert_true(freed);
	}
	buf_done(&b);
	buf_done(&gz);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fd),          cmocka_unit_test(test_limit),
		cmocka_unit_test(test_digest),      cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_gzip_broken), cmocka_unit_test(test_zstd),
		cmocka_unit_test(test_zstd_broken), cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_auto),        cmocka_unit_test(test_thread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
