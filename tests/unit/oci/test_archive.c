#include "unit/oci/build.h"

#include <zlib.h>
#include <zstd.h>

#include "oci/spool.h"
#include "oci/tarindex.h"

#define NAMED(n) ",\"annotations\":{\"io.containerd.image.name\":\"" n "\"}"

static struct sv hex_of(struct files *f, struct sv bytes)
{
	return sv_from(digest_of_text(f, bytes), 7);
}

/* An entry of manifest.json; the configuration is put under its name of old: "<hex>.json". */
static struct sv old_entry(struct files *f, const char *arch, const char *layer,
			   const char *layer_path, const char *tags)
{
	struct sv c = config_text(f, arch, "", layer);
	struct sv path = arena_fmt(&f->a, "%.*s.json", SV_ARG(hex_of(f, c)));
	file_put(f, path, c);
	return arena_fmt(&f->a, "{\"Config\":\"%.*s\",\"RepoTags\":[%s],\"Layers\":[\"%s\"]}",
			 SV_ARG(path), tags, layer_path);
}

static void manifest_put(struct files *f, struct sv entries)
{
	file_put(f, SV("manifest.json"), arena_fmt(&f->a, "[%.*s]", SV_ARG(entries)));
}

static struct sv gzipped(struct files *f, struct sv plain)
{
	size_t cap = plain.n + 1000;
	char *out = arena_alloc(&f->a, cap);
	z_stream z = {0};
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)plain.p;
	z.avail_in = (uInt)plain.n;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)cap;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return sv_make(out, cap - z.avail_out);
}

static struct sv zstded(struct files *f, struct sv plain)
{
	size_t cap = ZSTD_compressBound(plain.n);
	char *out = arena_alloc(&f->a, cap);
	size_t n = ZSTD_compress(out, cap, plain.p, plain.n, 1);
	assert_false(ZSTD_isError(n));
	return sv_make(out, n);
}

static struct sv put_at(struct files *f, const char *name, struct sv bytes)
{
	struct sv path = arena_fmt(&f->a, "%s/%s", f->dir, name);
	write_file(path.p, bytes);
	return path;
}

/* Two images that share a layer through a link, as docker save wrote them before 25. */
static void two_images(struct files *f)
{
	struct sv a = old_entry(f, "amd64", "layer", "aa/layer.tar", "\"one:1\",\"one:latest\"");
	struct sv b = old_entry(f, "arm64", "layer", "bb/layer.tar", "");
	file_link(f, "aa/", "", '5');
	file_put(f, SV("aa/VERSION"), SV("1.0"));
	file_put(f, SV("aa/layer.tar"), SV("layer"));
	file_link(f, "bb/", "", '5');
	file_link(f, "bb/layer.tar", "../aa/layer.tar", '2');
	manifest_put(f, comma(f, a, b));
}

static void test_old_save(void **state)
{
	(void)state;
	struct files f;
	struct buf tar = {0};
	files_init(&f);
	two_images(&f);
	files_to_tar(&f, &tar);
	struct sv ways[] = {
		put_at(&f, "x.tar", buf_view(&tar)),
		put_at(&f, "x.tar.gz", gzipped(&f, buf_view(&tar))),
		put_at(&f, "x.tar.zst", zstded(&f, buf_view(&tar))),
		arena_fmt(&f.a, "docker-archive:%s/x.tar", f.dir),
		arena_fmt(&f.a, "docker-archive:%s/x.tar.gz", f.dir),
	};
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct opened o = open_target(&f, ways[i]);
		expect_images(o, 2);
		assert_sv(o.img[0].name, "one:1");
		assert_sv(o.img[0].scheme, "docker-archive");
		assert_sv(o.img[0].platform, "linux/amd64");
		assert_sv(o.img[1].platform, "linux/arm64");
		assert_false(o.img[0].manifest.set);
		assert_true(o.img[0].config.set);
		for (size_t k = 0; k < 2; k++) {
			const struct image_layer *l = o.img[k].layers.p;
			assert_int_equal(o.img[k].layers.n, 1);
			assert_true(l->verify_diff && l->cacheable && !l->verify_blob &&
				    l->diff_id.set);
			assert_sv(l->instruction, "ADD file:x in /");
			assert_sv(layer_bytes(&f, &o, k, 0), "layer");
		}
		source_close(o.s);
	}
	static const struct {
		const char *select;
		int images;
	} rows[] = {{"one:1", 1},
		    {"one:latest", 1},
		    {"one", 1},
		    {"docker.io/library/one:1", 1},
		    {"two", 0}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct opened o = open_target(
			&f, arena_fmt(&f.a, "docker-archive:%s/x.tar:%s", f.dir, rows[i].select));
		if (rows[i].images)
			expect_images(o, 1);
		else
			expect_error(o, ERR_NOTFOUND, "not-found", SCOPE_TARGET);
		source_close(o.s);
	}
	struct opened o = open_target_for(&f, arena_fmt(&f.a, "docker-archive:%s/x.tar:one", f.dir),
					  "linux/arm64");
	expect_error(o, ERR_USAGE, "no-platform", SCOPE_TARGET);
	o = open_target(&f, arena_fmt(&f.a, "oci-archive:%s/x.tar", f.dir));
	expect_error(o, ERR_UNSUPPORTED, "not-an-image", SCOPE_TARGET);
	buf_done(&tar);
	files_done(&f);
}

/* Standard input: a file that can be seeked in, and a pipe. */
static void test_stdin(void **state)
{
	(void)state;
	struct files f;
	struct buf tar = {0};
	files_init(&f);
	two_images(&f);
	files_to_tar(&f, &tar);
	struct sv path = put_at(&f, "x.tar", buf_view(&tar));
	int saved = dup(STDIN_FILENO);
	for (int pipe_too = 0; pipe_too < 2; pipe_too++) {
		int fd[2] = {open(path.p, O_RDONLY), -1};
		if (pipe_too) {
			close(fd[0]);
			assert_int_equal(pipe(fd), 0);
			assert_int_equal(write(fd[1], tar.p, tar.n), (ssize_t)tar.n);
			close(fd[1]);
		}
		dup2(fd[0], STDIN_FILENO);
		close(fd[0]);
		struct opened o = open_target(&f, SV("-"));
		expect_images(o, 2);
		assert_sv(layer_bytes(&f, &o, 1, 0), "layer");
		source_close(o.s);
	}
	dup2(saved, STDIN_FILENO);
	close(saved);
	buf_done(&tar);
	files_done(&f);
}

/* Both indexes, as Docker 25 and newer write: one image each way, and what only one of them has. */
static void test_both_indexes(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	struct sv d = image(&f, "amd64", "", "same", NAMED("docker.io/library/x:1"));
	struct sv config = config_text(&f, "amd64", "", "same");
	struct sv entry =
		arena_fmt(&f.a,
			  "{\"Config\":\"blobs/sha256/"
			  "%.*s\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"blobs/sha256/%.*s\"]}",
			  SV_ARG(hex_of(&f, config)), SV_ARG(hex_of(&f, SV("same"))));
	layout_put(&f, d);
	size_t keep = f.list.n;
	manifest_put(&f, entry);
	struct opened o = open_target(&f, files_tar(&f, "same.tar"));
	expect_images(o, 1);
	assert_sv(o.img->scheme, "oci-archive");
	assert_true(o.img->manifest.set);
	source_close(o.s);
	o = open_target(&f, arena_fmt(&f.a, "docker-archive:%s/same.tar:x:1", f.dir));
	expect_images(o, 1);
	assert_sv(o.img->scheme, "docker-archive");
	source_close(o.s);
	/* the same configuration with another layer file, which docker load would take */
	f.list.n = keep;
	file_put(&f, SV("other.tar"), SV("same"));
	manifest_put(&f, arena_fmt(&f.a,
				   "{\"Config\":\"blobs/sha256/%.*s\",\"Layers\":[\"other.tar\"]}",
				   SV_ARG(hex_of(&f, config))));
	o = open_target(&f, files_tar(&f, "other.tar"));
	expect_images(o, 2);
	assert_true(o.img[0].layers.p[0].verify_blob && o.img[1].layers.p[0].verify_diff);
	source_close(o.s);
	/* another image */
	f.list.n = keep;
	file_put(&f, SV("l.tar"), SV("hidden"));
	manifest_put(&f, old_entry(&f, "amd64", "hidden", "l.tar", "\"x:1\""));
	o = open_target(&f, files_tar(&f, "hidden.tar"));
	expect_images(o, 2);
	assert_sv(layer_bytes(&f, &o, 1, 0), "hidden");
	source_close(o.s);
	files_done(&f);
}

static void test_broken_save(void **state)
{
	(void)state;
	static const struct {
		const char *manifest; /* %C: the configuration's path */
		enum err_kind kind;
		const char *code;
	} rows[] = {
		{"[{\"Config\":\"%C\",\"Layers\":[\"gone.tar\"]}]", ERR_NOTFOUND, "blob-missing"},
		{"[{\"Config\":\"gone.json\",\"Layers\":[\"l.tar\"]}]", ERR_NOTFOUND,
		 "blob-missing"},
		{"[{\"Config\":\"%C\",\"Layers\":[]}]", ERR_PARSE, "parse"},
		{"[{\"Config\":\"%C\",\"Layers\":[\"l.tar\",\"l.tar\"]}]", ERR_PARSE, "parse"},
		{"[{\"Config\":\"%C\",\"Layers\":[7]}]", ERR_PARSE, "parse"},
		{"[{\"config\":\"%C\",\"Layers\":[\"l.tar\"]}]", ERR_PARSE, "ambiguous"},
		{"[{\"Config\":\"%C\",\"Layer\xc5\xbf\":[\"l.tar\"]}]", ERR_PARSE, "ambiguous"},
		{"[{\"Layers\":[\"l.tar\"]}]", ERR_PARSE, "parse"},
		{"{}", ERR_PARSE, "parse"},
		{"[7]", ERR_PARSE, "parse"},
		{"[", ERR_PARSE, "parse"},
		{"[{\"Config\":\"loop1\",\"Layers\":[\"l.tar\"]}]", ERR_NOTFOUND, "blob-missing"},
		{"[{\"Config\":\"0000000000000000000000000000000000000000000000000000000000000000."
		 "json\","
		 "\"Layers\":[\"l.tar\"]}]",
		 ERR_CRYPTO, "digest-mismatch"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct files f;
		struct buf m = {0};
		files_init(&f);
		struct sv c = config_text(&f, "amd64", "", "l");
		struct sv path = arena_fmt(&f.a, "%.*s.json", SV_ARG(hex_of(&f, c)));
		file_put(&f, path, c);
		file_put(
			&f,
			SV("0000000000000000000000000000000000000000000000000000000000000000.json"),
			c);
		file_put(&f, SV("l.tar"), SV("l"));
		file_link(&f, "loop1", "loop2", '2');
		file_link(&f, "loop2", "loop1", '2');
		struct sv rest = sv_of(rows[i].manifest);
		size_t at = sv_find(rest, SV("%C"));
		buf_sv(&m, sv_head(rest, at));
		if (at != SIZE_MAX) {
			buf_sv(&m, path);
			buf_sv(&m, sv_from(rest, at + 2));
		}
		file_put(&f, SV("manifest.json"), buf_view(&m));
		struct opened o = open_target(&f, files_tar(&f, "x.tar"));
		if (o.rc != -(int)rows[i].kind || strcmp(o.err.code, rows[i].code) ||
		    o.err.scope != SCOPE_CONTENT)
			fail_msg("%s: %d %s: %s: %s", rows[i].manifest, o.rc, o.err.code,
				 o.err.where, o.err.msg);
		buf_done(&m);
		files_done(&f);
	}
}

static void test_no_archive(void **state)
{
	(void)state;
	static const struct {
		const char *bytes, *says;
	} rows[] = {{"", "empty"},
		    {"PK\3\4....", "zip"},
		    {"\x7f"
		     "ELF...",
		     "executable"},
		    {"BZh9", "bzip2"},
		    {"{\"a\":1}", "JSON"},
		    {"hello", "something else"},
		    {"\xfd"
		     "7zXZ",
		     "xz"}};
	struct files f;
	files_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct opened o = open_target(&f, put_at(&f, "x", sv_of(rows[i].bytes)));
		expect_error(o, ERR_UNSUPPORTED, "not-an-archive", SCOPE_TARGET);
		assert_non_null(strstr(o.err.msg, rows[i].says));
	}
	f.list.n = 0;
	file_put(&f, SV("etc/os-release"), SV("ID=x"));
	struct opened o = open_target(&f, files_tar(&f, "rootfs.tar"));
	expect_error(o, ERR_UNSUPPORTED, "not-an-image", SCOPE_TARGET);
	files_done(&f);
}

/* What two readers would see differently is refused. */
static void test_index_hostile(void **state)
{
	(void)state;
	static const struct {
		const char *path, *link;
		char type;
		const char *data, *code;
	} rows[] = {
		{"a", "", '0', "again", "ambiguous"},
		{"./a", "", '0', "", "ambiguous"},
		{"a/b", "", '0', "", "ambiguous"},
		{"../b", "", '0', "", "path-escape"},
		{"b/../../c", "", '0', "", "path-escape"},
		{"b", "../../c", '2', "", "path-escape"},
		{"b", "../c", '1', "", "path-escape"},
		{"b", "a", '2', "data", "ambiguous"},
		{"b", "", '2', "", "parse"},
		{"b/", "", '5', "data", "ambiguous"},
		{"b/", "", '0', "data", "ambiguous"},
		{"b", "", 'S', "", "ambiguous"},
		{"b", "", 'g', "18 path=elsewhere\n", "ambiguous"},
		{"b", "", 'x', "nonsense", "parse"},
		{"b", "", 'x', "22 GNU.sparse.major=1\n", "ambiguous"},
		{"b", "", 'x', "99 path=x\n", "parse"},
		{".", "", '0', "", "parse"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct files f;
		struct buf tar = {0};
		struct tar_index t = {0};
		struct err err = {0};
		files_init(&f);
		tar_file_add(&tar, SV("a"), '0', SV(""), SV("first"));
		tar_file_add(&tar, sv_of(rows[i].path), rows[i].type, sv_of(rows[i].link),
			     sv_of(rows[i].data));
		buf_fill(&tar, '\0', 1024);
		int fd = open(put_at(&f, "x", buf_view(&tar)).p, O_RDONLY);
		if (tar_index_read(&f.a, fd, tar.n, &t, &err) != -ERR_PARSE ||
		    strcmp(err.code, rows[i].code))
			fail_msg("row %zu: %s %s", i, err.code, err.msg);
		close(fd);
		buf_done(&tar);
		files_done(&f);
	}
}

/* Every cut is an error or has only whole files, and never reads beyond. */
static void test_index_truncated(void **state)
{
	(void)state;
	struct files f;
	struct buf tar = {0};
	files_init(&f);
	struct sv name = SV("a/very/long/path/that/goes/on/and/on/beyond/one/hundred/bytes/so/that/"
			    "it/needs/an/extended/header/x");
	tar_file_add(&tar, name, '0', SV(""), SV("long"));
	tar_file_add(&tar, SV("pax"), 'x', SV(""), SV("16 path=renamed\n"));
	tar_file_add(&tar, SV("ignored"), '0', SV(""), SV("pax"));
	tar_file_add(&tar, SV("hard"), '1', SV("renamed"), SV(""));
	buf_fill(&tar, '\0', 1024);
	int fd = open(put_at(&f, "x", buf_view(&tar)).p, O_RDONLY);
	for (size_t n = 0; n <= tar.n; n++) {
		struct arena a;
		struct tar_index t = {0};
		struct err err = {0};
		arena_init(&a, 0);
		int rc = tar_index_read(&a, fd, n, &t, &err);
		if (n == tar.n) {
			assert_int_equal(rc, 0);
			assert_int_equal(t.n, 3);
			assert_int_equal(tar_index_find(&t, name)->size, 4);
			const struct tar_file *x = tar_index_find(&t, SV("hard"));
			assert_memory_equal(tar.p + x->offset, "pax", 3);
			assert_null(tar_index_find(&t, SV("ignored")));
		}
		if (rc == 0)
			tar_index_done(&t);
		else
			assert_int_equal(rc, -ERR_PARSE);
		arena_done(&a);
	}
	close(fd);
	buf_done(&tar);
	files_done(&f);
}

static void test_index_many(void **state)
{
	(void)state;
	struct files f;
	struct buf tar = {0};
	struct tar_index t = {0};
	struct err err = {0};
	files_init(&f);
	for (unsigned i = 0; i < 200001; i++) {
		char name[32];
		(void)snprintf(name, sizeof name, "f%u", i);
		tar_header(&tar, sv_of(name), '0', SV(""), 0);
	}
	int fd = open(put_at(&f, "x", buf_view(&tar)).p, O_RDONLY);
	assert_int_equal(tar_index_read(&f.a, fd, tar.n, &t, &err), -ERR_LIMIT);
	assert_int_equal(tar_index_read(&f.a, fd, tar.n - 512, &t, &err), 0);
	assert_int_equal(t.n, 200000);
	tar_index_done(&t);
	close(fd);
	/* a hole of a terabyte is seeked over */
	tar.n = 0;
	tar_header(&tar, SV("big"), '0', SV(""), 0);
	memcpy(tar.p + 124, "\x80\0\0\0\0\0\1\0\0\0\0\0", 12); /* 2^40 in base 256 */
	unsigned sum = 0;
	memset(tar.p + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += (unsigned char)tar.p[i];
	(void)snprintf(tar.p + 148, 8, "%06o", sum);
	struct sv path = put_at(&f, "big", buf_view(&tar));
	assert_int_equal(truncate(path.p, 512 + (1ll << 40)), 0);
	fd = open(path.p, O_RDONLY);
	assert_int_equal(tar_index_read(&f.a, fd, 512 + (1ull << 40), &t, &err), 0);
	assert_int_equal(tar_index_find(&t, SV("big"))->size, 1ull << 40);
	tar_index_done(&t);
	close(fd);
	buf_done(&tar);
	files_done(&f);
}

/* Beyond the memory limit the rest goes to a nameless file, and nothing is lost on the way. */
static void test_spool(void **state)
{
	(void)state;
	struct err err = {0};
	for (int i = 0; i < 2; i++) {
		size_t n = i ? (70u << 20) + 3 : 1000;
		int fd;
		uint64_t length;
		char *big = malloc(n);
		char *back = malloc(n);
		assert_true(big && back);
		for (size_t k = 0; k < n; k++)
			big[k] = (char)(k * 7 + k / 4093);
		assert_int_equal(spool(stream_mem(sv_make(big, n)), &fd, &length, &err), 0);
		assert_int_equal(length, n);
		assert_int_equal(pread(fd, back, n, 0), (ssize_t)n);
		assert_memory_equal(back, big, n);
		close(fd);
		free(big);
		free(back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_save),        cmocka_unit_test(test_both_indexes),
		cmocka_unit_test(test_stdin),           cmocka_unit_test(test_broken_save),
		cmocka_unit_test(test_no_archive),      cmocka_unit_test(test_index_hostile),
		cmocka_unit_test(test_index_truncated), cmocka_unit_test(test_index_many),
		cmocka_unit_test(test_spool),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
