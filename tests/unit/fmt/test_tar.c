#include "unit/test.h"

#include "base/limits.h"
#include "fmt/tar.h"
#include "unit/fmt/drip.h"

#ifdef HAVE_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#endif

/* An archive under construction, header by header, with whatever lies the test wants. */
enum { BLOCK = 512 };

static void seal(char *h)
{
	unsigned sum = 0;

	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	(void)snprintf(h + 148, 8, "%06o", sum);
}

/* A ustar header; returns its offset, so that a test can change and seal() it. */
static size_t add_header(struct buf *b, const char *name, char type, const char *link,
			 uint64_t size)
{
	char h[BLOCK] = {0};
	size_t at = b->n;

	memcpy(h, name, strlen(name) < 100 ? strlen(name) : 100);
	memcpy(h + 100, "0000644", 8);
	(void)snprintf(h + 124, 12, "%011llo", (unsigned long long)size);
	h[156] = type;
	memcpy(h + 157, link, strlen(link));
	memcpy(h + 257,
	       "ustar\0"
	       "00",
	       8);
	seal(h);
	buf_add(b, h, BLOCK);
	return at;
}

static void add_data(struct buf *b, struct sv v)
{
	buf_sv(b, v);
	buf_fill(b, 0, -v.n % BLOCK);
}

static size_t add(struct buf *b, const char *name, char type, const char *link, struct sv data)
{
	size_t at = add_header(b, name, type, link, data.n);

	add_data(b, data);
	return at;
}

static void add_end(struct buf *b)
{
	buf_fill(b, 0, 2 * BLOCK);
}

/* "LENGTH key=value\n" for each pair. */
static void add_pax(struct buf *b, char type, const char *const *pairs)
{
	struct buf text = {0};

	for (; *pairs; pairs += 2) {
		size_t n = strlen(pairs[0]) + strlen(pairs[1]) + 3, total = n + 1;
		while (total != n + (size_t)snprintf(NULL, 0, "%zu", total))
			total++;
		buf_fmt(&text, "%zu %s=%s\n", total, pairs[0], pairs[1]);
	}
	add(b, "PaxHeaders/x", type, "", buf_view(&text));
	buf_done(&text);
}

#define PAX(b, type, ...) add_pax((b), (type), (const char *const[]){__VA_ARGS__, NULL})

static void change(struct buf *b, size_t at, size_t field, const char *bytes, size_t n)
{
	memcpy(b->p + at + field, bytes, n);
	seal(b->p + at);
}

/*
 * What was read, as text, one line an entry: "type path>link size odd:content\n"; then "end" or
 * "!message".
 */
static void dump(struct sv archive, size_t step, struct buf *out)
{
	static const char letters[] = "fdlhcbpo";
	struct tar_entry e;
	struct err err;
	struct sv chunk;
	int rc;
	struct tar *t = tar_new(drip(archive, step, false, NULL));

	while ((rc = tar_next(t, &e, &err)) > 0) {
		buf_fmt(out, "%c %.*s", letters[e.type], SV_ARG(e.path));
		if (e.link.n)
			buf_fmt(out, ">%.*s", SV_ARG(e.link));
		buf_fmt(out, " %llu%s:", (unsigned long long)e.size, e.odd ? " odd" : "");
		while ((rc = tar_data(t, &chunk, &err)) > 0)
			if (e.size < 100)
				buf_sv(out, chunk);
		if (rc < 0)
			break;
		buf_char(out, '\n');
	}
	buf_str(out, rc < 0 ? "!" : "end");
	if (rc < 0)
		buf_str(out, err.msg);
	struct err again;
	assert_int_equal(tar_next(t, &e, &again), rc);
	tar_free(t);
}

static void expect(const struct buf *archive, const char *want)
{
	struct buf got = {0};

	dump(buf_view(archive), SIZE_MAX, &got);
	if (strncmp(buf_cstr(&got), want, strlen(want)) != 0)
		fail_msg("expected\n%s\ngot\n%s", want, got.p);
	buf_clear(&got);
	dump(buf_view(archive), 7, &got);
	assert_true(strncmp(buf_cstr(&got), want, strlen(want)) == 0);
	buf_done(&got);
}

static void test_plain(void **state)
{
	(void)state;
	struct buf b = {0};
	add(&b, "a", '0', "", SV("hello"));
	add(&b, "d/", '5', "", SV(""));
	add(&b, "l", '2', "target", SV(""));
	add(&b, "h", '1', "a", SV(""));
	size_t at = add(&b, "c", '3', "", SV(""));
	change(&b, at, 329,
	       "0000005\0"
	       "0000001",
	       16);
	add(&b, "old/", '\0', "", SV(""));
	add(&b, "p", '6', "", SV(""));
	add(&b, "?", 'Z', "", SV("data"));
	at = add(&b, "base", '0', "", SV(""));
	change(&b, at, 345, "pre/fix", 7);
	add_end(&b);
	buf_str(&b, "what follows is not read as entries");
	expect(&b, "f a 5:hello\nd d/ 0:\nl l>target 0:\nh h>a 0:\nc c 0:\nd old/ 0:\np p 0:\no ? "
		   "4:data\n"
		   "f pre/fix/base 0:\nend");
	buf_done(&b);
}

static void test_devices_and_xattr(void **state)
{
	(void)state;
	struct buf b = {0};
	struct tar_entry e;
	struct err err;
	PAX(&b, 'x', "SCHILY.xattr.trusted.overlay.opaque", "y");
	size_t at = add(&b, "c", '3', "", SV(""));
	change(&b, at, 329,
	       "0000005\0"
	       "0000011",
	       16);
	struct tar *t = tar_new(stream_mem(buf_view(&b)));
	assert_int_equal(tar_next(t, &e, &err), 1);
	assert_int_equal(e.dev_major, 5);
	assert_int_equal(e.dev_minor, 9);
	assert_int_equal(e.mode, 0644);
	assert_int_equal(e.offset, 1024);
	assert_sv(e.opaque_xattr, "y");
	assert_int_equal(tar_next(t, &e, &err), 0);
	tar_free(t);
	buf_done(&b);
}

static void test_ends(void **state)
{
	(void)state;
	struct buf b = {0};
	expect(&b, "end");
	add(&b, "a", '0', "", SV("hello"));
	expect(&b, "f a 5:hello\nend"); /* no end marker */
	b.n = BLOCK + 7;
	expect(&b, "f a 5:hello\nend"); /* not even all of the padding */
	b.n = BLOCK + 4;
	expect(&b, "f a 5:hell!tar: truncated");
	b.n = BLOCK - 1;
	expect(&b, "!tar: truncated");
	buf_clear(&b);
	buf_fill(&b, 0, BLOCK);
	expect(&b, "end");
	add(&b, "a", '0', "", SV(""));
	expect(&b, "!tar: a single zero block");
	buf_done(&b);
}

static void test_long_names(void **state)
{
	(void)state;
	struct buf b = {0};
	add(&b, "././@LongLink", 'L', "", SV("long-name\0rest"));
	add(&b, "././@LongLink", 'K', "", SV("long-link"));
	add(&b, "short", '2', "x", SV(""));
	PAX(&b, 'x', "path", "pax-name", "linkpath", "pax-link", "comment", "c");
	add(&b, "short", '2', "x", SV(""));
	PAX(&b, 'x', "path", "", "mtime", "1.5", "uid", "7");
	add(&b, "short", '0', "", SV(""));
	expect(&b, "l long-name>long-link 0:\nl pax-name>pax-link 0:\nf short 0:\nend");
	buf_done(&b);
}

static void test_numbers(void **state)
{
	(void)state;
	static const struct {
		const char field[13];
		const char *want;
	} rows[] = {
		{"\x80\0\0\0\0\0\0\0\0\0\0\5", "f n 5:hello\n"},
		{"    5     \0", "f n 5:hello\n"},
		{"5", "f n 5:hello\n"},
		{"\0\0\0\0\0\0\0\0\0\0\0\0", "f n 0:\n"},
		{"00000000008", "!header at byte 0: tar: a number"},
		{"-0000000005", "!header at byte 0: tar: a number"},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		 "!header at byte 0: tar: negative"},
		{"\x81\0\0\0\0\0\0\0\0\0\0\5", "!header at byte 0: tar: a number"},
		{"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
		 "f n 9223372036854775807:!tar: truncated"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b = {0};
		size_t at = add(&b, "n", '0', "", SV("hello"));
		change(&b, at, 124, rows[i].field, 12);
		if (i == 3)
			b.n = BLOCK;
		expect(&b, rows[i].want);
		buf_done(&b);
	}
	/* the sum of signed bytes, as Sun's tar wrote it */
	struct buf b = {0};
	size_t at = add(&b, "n\xe4", '0', "", SV(""));
	unsigned sum = 0;
	memset(b.p + at + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned)(signed char)b.p[at + i];
	(void)snprintf(b.p + at + 148, 8, "%06o", sum);
	expect(&b, "f n\xe4 0:\nend");
	b.p[at + 149]++;
	expect(&b, "!header at byte 0: tar: no header");
	buf_done(&b);
}

static void test_pax_broken(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"x",       "5 a=",    "6 a=b",    "99 a=b\n", "6 a=b\t",
		"6 =ab\n", "6  ab\n", "-6 a=b\n", "4 =\n",    "12 path=a\0bc\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b = {0};
		add(&b, "x", 'x', "", i == 9 ? sv_make(rows[i], 13) : sv_of(rows[i]));
		add(&b, "n", '0', "", SV(""));
		expect(&b, "!header at byte 0: tar: pax record");
		buf_done(&b);
	}
	static const char *const numbers[][2] = {{"uid", "abc"},
						 {"size", "-1"},
						 {"size", "1x"},
						 {"mtime", "1.x"},
						 {"size", "9223372036854775808"}};
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct buf b = {0};
		PAX(&b, 'x', numbers[i][0], numbers[i][1]);
		add(&b, "n", '0', "", SV(""));
		expect(&b, "!header at byte 1024: tar: ");
		buf_done(&b);
	}
}

/* Entries that readers see differently are marked. */
static void test_odd(void **state)
{
	(void)state;
	struct buf b = {0};
	PAX(&b, 'x', "size", "0");
	add(&b, "hidden", '0', "", SV(""));
	PAX(&b, 'x', "size", "3");
	add_header(&b, "n", '0', "", 0);
	add_data(&b, SV("abc"));
	add_header(&b, "h", '1', "n", 700);
	PAX(&b, 'x', "path", "1", "path", "2");
	add(&b, "n", '0', "", SV(""));
	add(&b, "L", 'L', "", SV("gnu"));
	PAX(&b, 'x', "path", "pax");
	add(&b, "n", '0', "", SV(""));
	PAX(&b, 'x', "path", "first");
	PAX(&b, 'x', "path", "second");
	add(&b, "n", '0', "", SV(""));
	add(&b, "slash/", '0', "", SV(""));
	PAX(&b, 'g', "comment", "harmless");
	PAX(&b, 'g', "path", "all");
	PAX(&b, 'x', "path", "lost");
	PAX(&b, 'g', "comment", "c");
	add(&b, "last", '0', "", SV(""));
	expect(&b, "f hidden 0:\nf n 3 odd:abc\nh h>n 0 odd:\nf 2 0 odd:\nf gnu 0 odd:\nf second 0 "
		   "odd:\n"
		   "f slash/ 0 odd:\no PaxHeaders/x 0:\no all 0 odd:\no PaxHeaders/x 0 odd:\nf "
		   "last 0:\nend");
	buf_done(&b);
	/* a size beyond 8 GiB has to stand in the pax header alone */
	PAX(&b, 'x', "size", "8589934592");
	add_header(&b, "n", '0', "", 0);
	expect(&b, "f n 8589934592:!tar: truncated");
	buf_done(&b);
}

static void add_sparse_gnu(struct buf *b, const char *real)
{
	size_t at = add(b, "s", 'S', "", SV("abcdef"));

	memcpy(b->p + at + 257, "ustar  ", 8);
	memcpy(b->p + at + 386,
	       "00000000003\0"
	       "00000000002\0"
	       "00000000007\0"
	       "00000000004",
	       48);
	memcpy(b->p + at + 483, real, 12);
	seal(b->p + at);
}

static void test_sparse(void **state)
{
	(void)state;
	static const char want[] = "f s 12:...ab..cdef.\n";
	struct buf b = {0}, got = {0};
	struct sv line;
	add_sparse_gnu(&b, "00000000014");
	PAX(&b, 'x', "GNU.sparse.numblocks", "2", "GNU.sparse.offset", "3", "GNU.sparse.numbytes",
	    "2", "GNU.sparse.offset", "7", "GNU.sparse.numbytes", "4", "GNU.sparse.size", "12");
	add(&b, "s", '0', "", SV("abcdef"));
	PAX(&b, 'x', "GNU.sparse.major", "0", "GNU.sparse.minor", "1", "GNU.sparse.name", "s",
	    "GNU.sparse.numblocks", "2", "GNU.sparse.map", "3,2,7,4", "GNU.sparse.size", "12");
	add(&b, "GNUSparseFile.1/s", '0', "", SV("abcdef"));
	PAX(&b, 'x', "GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.name", "s",
	    "GNU.sparse.realsize", "12");
	add_header(&b, "GNUSparseFile.1/s", '0', "", BLOCK + 6);
	add_data(&b, SV("2\n3\n2\n7\n4\n"));
	add_data(&b, SV("abcdef"));
	dump(buf_view(&b), SIZE_MAX, &got);
	for (size_t i = 0; i < got.n; i++)
		if (got.p[i] == '\0')
			got.p[i] = '.';
	struct sv rest = buf_view(&got);
	for (int i = 0; i < 4; i++) {
		assert_true(sv_line(&rest, &line));
		assert_int_equal(line.n, sizeof want - 2);
		assert_memory_equal(line.p, want, line.n);
	}
	assert_sv(rest, "end");
	buf_done(&got);
	buf_done(&b);
}

static void test_sparse_broken(void **state)
{
	(void)state;
	static const struct {
		const char *blocks, *map, *size, *data, *want;
	} rows[] = {
		{"1", "0,9", "8", "x", "!header at byte 1024: tar: sparse map"},
		{"2", "4,2,2,1", "8", "x", "!header at byte 1024: tar: sparse map"},
		{"2", "1,1", "8", "x", "!header at byte 1024: tar: sparse map"},
		{"1", "-1,1", "8", "x", "!header at byte 1024: tar: sparse map"},
		{"1", "0,-1", "8", "x", "!header at byte 1024: tar: sparse map"},
		{"1", "0", "8", "x", "!header at byte 1024: tar: sparse map"},
		{"1", "0,2", "2", "x", "f s 2:x!tar: sparse file has less data"},
		{"1", "0,1", "1", "xy", "f s 1:x!tar: sparse file has more data"},
		{"0", "", "-1", "", "!header at byte 1024: tar: sparse map"},
		/* holes without end */
		{"1", "9223372036854775000,1", "9223372036854775807", "x",
		 "f s 9223372036854775807:!tar: more than 4294967296 zeros"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b = {0};
		PAX(&b, 'x', "GNU.sparse.major", "0", "GNU.sparse.minor", "1",
		    "GNU.sparse.numblocks", rows[i].blocks, "GNU.sparse.map", rows[i].map,
		    "GNU.sparse.size", rows[i].size);
		add(&b, "s", '0', "", sv_of(rows[i].data));
		expect(&b, rows[i].want);
		buf_done(&b);
	}
}

static void test_limits(void **state)
{
	(void)state;
	struct buf b = {0};
	add_header(&b, "x", 'x', "", limit_tar_header + 1);
	expect(&b, "!header at byte 0: tar: extended header of");
	buf_clear(&b);
	char *name = calloc(1, limit_tar_path + 2);
	memset(name, 'a', limit_tar_path + 1);
	add(&b, "L", 'L', "", sv_of(name));
	add(&b, "n", '0', "", SV(""));
	expect(&b, "!header at byte 33792: tar: name of more than");
	free(name);
	buf_done(&b);
}

/* Cut anywhere: never an entry that is not there, never a success that hides data. */
static void test_cut(void **state)
{
	(void)state;
	struct buf b = {0}, whole = {0}, got = {0};
	PAX(&b, 'x', "path", "pax-name");
	add(&b, "a", '0', "", SV("hello"));
	add(&b, "d/", '5', "", SV(""));
	add_sparse_gnu(&b, "00000000014");
	add_end(&b);
	dump(buf_view(&b), SIZE_MAX, &whole);
	for (size_t n = 0; n < b.n; n++) {
		buf_clear(&got);
		dump(sv_head(buf_view(&b), n), SIZE_MAX, &got);
		size_t same = 0;
		while (same < got.n && got.p[same] == whole.p[same])
			same++;
		if (same < got.n && got.p[same] != '!' &&
		    !sv_is(sv_from(buf_view(&got), same), "end"))
			fail_msg("cut at %zu gives \"%s\"", n, got.p);
	}
	buf_done(&got);
	buf_done(&whole);
	buf_done(&b);
}

static void test_clean_path(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = {
		{"a/b", "a/b"},
		{"./a//b/", "a/b"},
		{"/etc/pwd", "etc/pwd"},
		{"", ""},
		{".", ""},
		{"/", ""},
		{"./", ""},
		{"a/../b", "b"},
		{"a/b/..", "a"},
		{"a/..", ""},
		{"..", NULL},
		{"a/../../b", NULL},
		{"/..", NULL},
		{"...", "..."},
		{"a/..b", "a/..b"},
		{"abcdefgh", "abcdefgh"},
		{"./abcdefgh", "abcdefgh"},
		{"abcdefghi", NULL},
		{"./abcdefghi", NULL},
		{"abcd/../x", "x"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char out[8];
		struct sv clean = {0};
		bool ok = tar_clean_path(sv_of(rows[i].in), out, sizeof out, &clean);
		assert_int_equal(ok, rows[i].out != NULL);
		if (ok)
			assert_sv(clean, rows[i].out);
	}
}

#ifdef HAVE_LIBARCHIVE
/* What libarchive writes, in its three formats, is read as libarchive reads it. */
static ssize_t collect(struct archive *a, void *arg, const void *p, size_t n)
{
	(void)a;
	buf_add(arg, p, n);
	return (ssize_t)n;
}

static void write_entry(struct archive *a, const char *path, unsigned type, const char *link,
			struct sv data, int64_t uid)
{
	struct archive_entry *e = archive_entry_new();
	bool hard = strcmp(path, "hard") == 0;

	archive_entry_set_pathname(e, path);
	archive_entry_set_filetype(e, type);
	archive_entry_set_perm(e, 0755);
	archive_entry_set_size(e, (int64_t)data.n);
	archive_entry_set_uid(e, uid);
	archive_entry_set_mtime(e, 1234567890, 5);
	if (hard)
		archive_entry_set_hardlink(e, link);
	else if (link)
		archive_entry_set_symlink(e, link);
	/* ustar refuses what does not fit: then the archive does without it */
	if (archive_write_header(a, e) == ARCHIVE_OK)
		assert_int_equal(archive_write_data(a, data.p, data.n), data.n);
	archive_entry_free(e);
}

static void compare(struct sv bytes)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	struct tar_entry mine;
	struct err err;
	size_t entries = 0;
	struct tar *t = tar_new(stream_mem(bytes));

	archive_read_support_format_tar(a);
	assert_int_equal(archive_read_open_memory(a, bytes.p, bytes.n), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		static char want[100000];
		struct buf data = {0};
		struct sv chunk;
		const char *hard = archive_entry_hardlink(e), *soft = archive_entry_symlink(e);
		entries++;
		assert_int_equal(tar_next(t, &mine, &err), 1);
		assert_sv(mine.path, archive_entry_pathname(e));
		assert_null(mine.odd);
		if (hard || soft)
			assert_sv(mine.link, hard ? hard : soft);
		ssize_t n = archive_read_data(a, want, sizeof want);
		assert_true(n >= 0);
		assert_int_equal(mine.size, n);
		while (tar_data(t, &chunk, &err) > 0)
			buf_sv(&data, chunk);
		assert_int_equal(data.n, n);
		if (n)
			assert_memory_equal(data.p, want, (size_t)n);
		buf_done(&data);
	}
	assert_int_equal(tar_next(t, &mine, &err), 0);
	assert_true(entries >= 5);
	tar_free(t);
	archive_read_free(a);
}

static void test_libarchive(void **state)
{
	(void)state;
	static int (*const formats[])(struct archive *) = {
		archive_write_set_format_ustar, archive_write_set_format_gnutar,
		archive_write_set_format_pax, archive_write_set_format_pax_restricted,
		archive_write_set_format_v7tar};
	char longer[300] = {0};
	memset(longer, 'n', sizeof longer - 1);
	longer[80] = longer[200] = '/';
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		struct buf b = {0};
		struct archive *a = archive_write_new();
		int64_t uid = formats[i] == archive_write_set_format_gnutar ? 3000000 : 7000;
		formats[i](a);
		archive_write_set_bytes_in_last_block(a, 1);
		archive_write_open(a, &b, NULL, collect, NULL);
		write_entry(a, "file", AE_IFREG, NULL, SV("some bytes"), uid);
		write_entry(a, "dir/", AE_IFDIR, NULL, SV(""), uid);
		write_entry(a, "link", AE_IFLNK, "file", SV(""), uid);
		write_entry(a, longer, AE_IFREG, NULL, SV("x"), uid);
		write_entry(a, "long-link", AE_IFLNK, longer, SV(""), uid);
		write_entry(a, "hard", AE_IFREG, "file", SV(""), uid);
		write_entry(a, "fifo", AE_IFIFO, NULL, SV(""), uid);
		write_entry(a, "last", AE_IFREG, NULL, sv_of(longer), uid);
		archive_write_close(a);
		archive_write_free(a);
		compare(buf_view(&b));
		buf_done(&b);
	}
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),         cmocka_unit_test(test_devices_and_xattr),
		cmocka_unit_test(test_ends),          cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_numbers),       cmocka_unit_test(test_pax_broken),
		cmocka_unit_test(test_odd),           cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_sparse_broken), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_cut),           cmocka_unit_test(test_clean_path),
#ifdef HAVE_LIBARCHIVE
		cmocka_unit_test(test_libarchive),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
