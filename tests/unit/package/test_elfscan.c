#include <zlib.h>

#include "unit/package/elfmake.h"
#include "unit/package/lang.h"

#include "base/clock.h"
#include "base/limits.h"
#include "package/elfscan.h"
#include "package/gobuildinfo.h"

static const char modules[] = GO_INFO_START "path\texample.org/app/cmd/x\n"
					    "mod\texample.org/app\t(devel)\t\n"
					    "dep\tgithub.com/a/b\tv1.2.3\th1:aaaa=\n"
					    "dep\tgithub.com/old/x\tv1.0.0\n"
					    "=>\tgithub.com/new/x\tv1.1.0\th1:bbbb=\n"
					    "dep\tgithub.com/local/z\tv1.0.0\n"
					    "=>\t../z\t(devel)\t\n"
					    "build\t-compiler=gc\n" GO_INFO_END;

#define go_packages                                                                              \
	"stdlib 1.22.3\nexample.org/app  main\ngithub.com/a/b v1.2.3\ngithub.com/new/x v1.1.0\n" \
	"github.com/local/z \n"

static struct sv text_of_modules(void)
{
	return (struct sv){modules, sizeof modules - 1};
}

static void varint(struct buf *b, size_t n)
{
	for (; n >= 128; n >>= 7)
		buf_char(b, (char)(n | 128));
	buf_char(b, (char)n);
}

/* The form since Go 1.18. */
static void build_info(struct buf *b, const char *version, struct sv text)
{
	buf_str(b, GO_BUILD_MAGIC);
	buf_char(b, 8);
	buf_char(b, 2);
	buf_fill(b, 0, 16);
	varint(b, strlen(version));
	buf_str(b, version);
	varint(b, text.n);
	buf_sv(b, text);
	buf_fill(b, 0, 64);
}

/* The file in chunks of so many bytes, as a file that is too large to hold or as a whole one. */
static int scan(struct text_sink *t, struct sv file, size_t chunk, bool whole, struct err *err)
{
	struct elf_scan *s = elf_scan_new();
	struct arena a;

	arena_init(&a, 0);
	text_sink_init(t);
	t->sink.package = lang_package;
	*err = (struct err){0};
	elf_scan_begin(s, whole ? file.n : UINT64_MAX);
	for (size_t at = 0; at < file.n; at += chunk) {
		struct sv part = sv_head(sv_from(file, at), chunk);
		char *copy = xmalloc(part.n);

		memcpy(copy, part.p, part.n);
		elf_scan_chunk(s, sv_make(copy, part.n));
		free(copy);
	}
	int rc = elf_scan_end(s, SV("usr/bin/app"), &a, &t->sink, err);
	elf_scan_free(s);
	arena_done(&a);
	return rc;
}

static void expect(struct sv file, bool whole, const char *packages, const char *notes)
{
	static const size_t chunks[] = {1, 7, 16, 1000, 1024, 1025, 4096, 100000, SIZE_MAX / 2};

	for (size_t i = 0; i < ARRAY_LEN(chunks); i++) {
		struct text_sink t;
		struct err err;

		if (scan(&t, file, chunks[i], whole, &err) < 0)
			buf_fmt(&t.notes, "error %s: %s\n", err.where, err.msg);
		assert_string_equal(buf_cstr(&t.packages), packages);
		assert_string_equal(buf_cstr(&t.notes), notes);
		text_sink_done(&t);
	}
}

static void expect_both(const struct elfmake *e, const char *packages)
{
	auto_done(buf_done) struct buf file = {0};

	elfmake_write(e, &file);
	expect(buf_view(&file), true, packages, "");
	expect(buf_view(&file), false, packages, "");
}

static void test_go(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf data = {0};

	build_info(&data, "go1.22.3", text_of_modules());
	struct elfmake e = {.data = buf_view(&data), .section_name = SV(".go.buildinfo")};
	expect_both(&e, go_packages);
	/* without sections, and not at the segment's beginning */
	auto_done(buf_done) struct buf later = {0};
	buf_fill(&later, 'x', 4096 + 32);
	buf_sv(&later, buf_view(&data));
	e = (struct elfmake){.data = buf_view(&later), .no_sections = true};
	expect_both(&e, go_packages);
	/* not aligned: not build information */
	e.data = sv_from(buf_view(&later), 4);
	expect_both(&e, "");
}

/* The magic stands in read-only data of programs that read it; a whole other program may be
 * embedded there. */
static void test_go_decoys(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf data = {0}, decoy = {0};

	build_info(&data, "go1.22.3", text_of_modules());
	build_info(&decoy, "go1.9.9", SV(""));
	buf_fill(&decoy, 0, 16 - decoy.n % 16);
	buf_str(&decoy, GO_BUILD_MAGIC GO_BUILD_MAGIC);
	struct elfmake e = {
		.rodata = buf_view(&decoy), .data = buf_view(&data), .section_name = SV(".x")};
	expect_both(&e, go_packages);
	/* a broken one in front of the good one in the same segment */
	auto_done(buf_done) struct buf two = {0};
	buf_str(&two, GO_BUILD_MAGIC);
	buf_fill(&two, 2, 34);
	buf_sv(&two, buf_view(&data));
	e = (struct elfmake){.data = buf_view(&two), .no_sections = true};
	expect_both(&e, go_packages);
}

/* Before Go 1.18: pointers to string headers. */
static void test_go_pointers(void **state)
{
	(void)state;
	static const char version[] = "go1.17.13";
	auto_done(buf_done) struct buf rodata = {0}, data = {0}, file = {0};

	buf_str(&rodata, version);
	buf_sv(&rodata, text_of_modules());
	struct elfmake e = {.rodata = buf_view(&rodata), .section_name = SV(".go.buildinfo")};
	uint64_t text = elfmake_rodata_address(), here = elfmake_base + elfmake_data_at(&e);
	buf_str(&data, GO_BUILD_MAGIC);
	buf_char(&data, 8);
	buf_char(&data, 0);
	elfmake_le(&data, here + 32, 8);
	elfmake_le(&data, here + 48, 8);
	elfmake_le(&data, text, 8);
	elfmake_le(&data, sizeof version - 1, 8);
	elfmake_le(&data, text + sizeof version - 1, 8);
	elfmake_le(&data, sizeof modules - 1, 8);
	e.data = buf_view(&data);
	elfmake_write(&e, &file);
	expect(buf_view(&file), true,
	       "stdlib 1.17.13\nexample.org/app  main\ngithub.com/a/b v1.2.3\ngithub.com/new/x "
	       "v1.1.0\n"
	       "github.com/local/z \n",
	       "");
	expect(buf_view(&file), false,
	       "example.org/app  main\ngithub.com/a/b v1.2.3\ngithub.com/new/x "
	       "v1.1.0\ngithub.com/local/z \n",
	       "usr/bin/app: a large program of Go before 1.18: the version of its standard "
	       "library is not known\n");
	/* pointers to nowhere */
	memset(file.p + elfmake_data_at(&e) + 16, 0xee, 16);
	expect(buf_view(&file), true, "",
	       "error usr/bin/app: the Go build information of this program cannot be read\n");
}

static void pack(struct buf *out, const char *json)
{
	uLongf n = compressBound((uLong)strlen(json));
	char *p = buf_reserve(out, n);

	assert_int_equal(compress2((Bytef *)p, &n, (const Bytef *)json, (uLong)strlen(json), 7),
			 Z_OK);
	out->n += n;
}

static const char crates[] =
	"{\"packages\":[{\"name\":\"app\",\"version\":\"0.1.0\",\"source\":\"local\","
	"\"dependencies\":[1],\"root\":true},"
	"{\"name\":\"libc\",\"version\":\"0.2.171\",\"source\":\"crates.io\"},"
	"{\"name\":\"cc\",\"version\":\"1.0.0\",\"source\":\"crates.io\",\"kind\":\"build\"}]}";

static void test_rust(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf packed = {0}, noise = {0};

	pack(&noise, "{\"other\":[]}");
	buf_str(&noise, "x\x9cx\xdax\x01");
	pack(&packed, crates);
	struct elfmake e = {.rodata = buf_view(&noise),
			    .section_name = SV(".dep-v0"),
			    .section = buf_view(&packed)};
	expect_both(&e, "app 0.1.0\nlibc 0.2.171\n");
}

static void test_rust_damaged(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf packed = {0}, file = {0}, zeros = {0};

	pack(&packed, crates);
	struct elfmake e = {.section_name = SV(".dep-v0"),
			    .section = sv_head(buf_view(&packed), packed.n - 8)};
	elfmake_write(&e, &file);
	expect(buf_view(&file), true, "",
	       "error usr/bin/app: the list of crates cannot be unpacked\n");
	expect(buf_view(&file), false, "",
	       "error usr/bin/app: the list of crates in this program is damaged or too large\n");
	/* a bomb */
	buf_str(&zeros, "{\"packages\":[");
	buf_fill(&zeros, ' ', limit_buildinfo_bytes);
	buf_clear(&packed);
	pack(&packed, buf_cstr(&zeros));
	e.section = buf_view(&packed);
	buf_clear(&file);
	elfmake_write(&e, &file);
	struct text_sink t;
	struct err err;
	assert_int_equal(scan(&t, buf_view(&file), 4096, true, &err), -ERR_LIMIT);
	text_sink_done(&t);
	assert_int_equal(scan(&t, buf_view(&file), 4096, false, &err), -ERR_PARSE);
	text_sink_done(&t);
}

static void test_both(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf data = {0}, packed = {0};

	build_info(&data, "go1.22.3", SV(""));
	pack(&packed, crates);
	struct elfmake e = {.data = buf_view(&data),
			    .section_name = SV(".dep-v0"),
			    .section = buf_view(&packed)};
	expect_both(&e, "stdlib 1.22.3\napp 0.1.0\nlibc 0.2.171\n");
}

static void test_cut(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf data = {0}, packed = {0}, file = {0};

	build_info(&data, "go1.22.3", text_of_modules());
	pack(&packed, crates);
	struct elfmake e = {.data = buf_view(&data),
			    .section_name = SV(".dep-v0"),
			    .section = buf_view(&packed)};
	elfmake_write(&e, &file);
	for (size_t n = 0; n <= file.n; n += n < 0xf00 || n > 0x1fff ? 1 : 128) {
		for (int whole = 0; whole < 2; whole++) {
			struct text_sink t;
			struct err err;

			(void)scan(&t, sv_head(buf_view(&file), n), 4096, whole, &err);
			assert_true(t.packages_n <= 7);
			text_sink_done(&t);
		}
	}
}

static void test_other_files(void **state)
{
	(void)state;
	expect(SV("\177ELF"), false, "", "");
	expect(SV("#!/bin/sh\n"), true, "", "");
	expect(SV("#!/bin/sh\n"), false, "", "");
	expect(SV(""), false, "", "");
}

/* The search passes over bytes that hold nothing at more than 500 MB/s even here, under any
 * machine's load. */
static void test_speed(void **state)
{
	(void)state;
	enum { size = 8 << 20, rounds = 8 };
	char *noise = xmalloc(size);
	uint64_t x = 88172645463325252u;
	struct elf_scan *s = elf_scan_new();
	struct text_sink t;
	struct err err = {0};
	struct arena a;

	for (size_t i = 0; i < size; i += 8) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memcpy(noise + i, &x, 8);
	}
	arena_init(&a, 0);
	text_sink_init(&t);
	elf_scan_begin(s, UINT64_MAX);
	int64_t start = clock_mono_ns();
	for (int i = 0; i < rounds; i++)
		for (size_t at = 0; at < size; at += 65536)
			elf_scan_chunk(s, sv_make(noise + at, 65536));
	double seconds = (double)(clock_mono_ns() - start) / 1e9;
	assert_int_equal(elf_scan_end(s, SV("x"), &a, &t.sink, &err), 0);
	print_message("%.0f MB/s\n", (double)size * rounds / 1e6 / seconds);
	assert_true(seconds < 5);
	elf_scan_free(s);
	text_sink_done(&t);
	arena_done(&a);
	free(noise);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_go),           cmocka_unit_test(test_go_decoys),
		cmocka_unit_test(test_go_pointers),  cmocka_unit_test(test_rust),
		cmocka_unit_test(test_rust_damaged), cmocka_unit_test(test_both),
		cmocka_unit_test(test_cut),          cmocka_unit_test(test_other_files),
		cmocka_unit_test(test_speed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
