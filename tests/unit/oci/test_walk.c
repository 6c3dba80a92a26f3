#include "unit/oci/build.h"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "oci/walk.h"
#include "oci/walk-int.h"

/* What a walk said, as text: one line per call. */
struct seen {
	struct buf b;
	const char *do_not_enter;
};

static int seen_entry(void *arg, const struct walk_entry *e, struct err *err)
{
	static const char letters[] = "fdlhcbp?";
	struct seen *s = arg;
	(void)err;
	buf_fmt(&s->b, "%c%s%s %.*s\n", letters[e->type], e->whiteout ? "W" : "",
		e->opaque ? "O" : "", SV_ARG(e->path));
	return s->do_not_enter && sv_is(e->path, s->do_not_enter);
}

static int seen_failed(void *arg, struct sv path, const struct err *why, struct err *err)
{
	struct seen *s = arg;
	(void)err;
	buf_fmt(&s->b, "! %.*s %s\n", SV_ARG(sv_head(path, 20)), err_kind_word(why->kind));
	return 0;
}

static void seen_skipped(void *arg, struct sv path, const char *why)
{
	struct seen *s = arg;
	buf_fmt(&s->b, "- %.*s %s\n", SV_ARG(path), why);
}

static int walk(const char *dir, struct walk_options o, struct seen *s)
{
	struct walk_calls c = {
		.entry = seen_entry, .failed = seen_failed, .skipped = seen_skipped, .arg = s};
	struct err err = {0};
	int fd = open(dir, O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);
	int rc = walk_tree(fd, &o, &c, &err);
	close(fd);
	return rc;
}

static void make(struct files *f, const char *path)
{
	struct sv full = arena_fmt(&f->a, "%s/%s", f->dir, path);
	if (path[strlen(path) - 1] == '/')
		assert_int_equal(mkdir(full.p, 0755), 0);
	else
		write_file(full.p, SV("x"));
}

static void test_order(void **state)
{
	(void)state;
	struct files f;
	struct seen s = {0};
	files_init(&f);
	static const char *const paths[] = {"b",     "a/",  "a/z", "a/b/",
					    "a/b/c", "a.b", "C/",  "C/\x80\x1b"};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		make(&f, paths[i]);
	assert_int_equal(symlink("/", arena_fmt(&f.a, "%s/root", f.dir).p), 0);
	assert_int_equal(symlink(".", arena_fmt(&f.a, "%s/a/self", f.dir).p), 0);
	assert_int_equal(mkfifo(arena_fmt(&f.a, "%s/p", f.dir).p, 0600), 0);
	assert_int_equal(walk(f.dir, (struct walk_options){0}, &s), 0);
	assert_sv(buf_view(&s.b), "d C\nf C/\x80\x1b\nd a\nd a/b\nf a/b/c\nl a/self\nf a/z\nf "
				  "a.b\nf b\np p\nl root\n");
	buf_clear(&s.b);
	s.do_not_enter = "a";
	assert_int_equal(walk(f.dir, (struct walk_options){0}, &s), 0);
	assert_sv(buf_view(&s.b), "d C\nf C/\x80\x1b\nd a\nf a.b\nf b\np p\nl root\n");
	buf_done(&s.b);
	files_done(&f);
}

static void test_host(void **state)
{
	(void)state;
	struct files f;
	struct seen s = {0};
	files_init(&f);
	static const char *const paths[] = {
		"proc/",           "proc/x",           "var/",          "var/lib/",
		"var/lib/docker/", "var/lib/docker/x", "var/lib/dpkg/", "var/lib/dpkg/status"};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		make(&f, paths[i]);
	assert_int_equal(walk(f.dir, (struct walk_options){.host = true}, &s), 0);
	assert_sv(buf_view(&s.b),
		  "d proc\n- proc kernel file system\nd var\nd var/lib\nd var/lib/docker\n"
		  "- var/lib/docker container store\nd var/lib/dpkg\nf var/lib/dpkg/status\n");
	buf_clear(&s.b);
	assert_int_equal(walk(f.dir, (struct walk_options){0}, &s), 0);
	assert_true(sv_find(buf_view(&s.b), SV("f var/lib/docker/x\n")) != SIZE_MAX);
	buf_done(&s.b);
	files_done(&f);
	assert_non_null(walk_skip_path(SV("home/u/.local/share/containers/storage")));
	assert_null(walk_skip_path(SV("home/u/x.local/share/containers/storage")));
	assert_null(walk_skip_path(SV("var/lib/docker2")));
	int fd = open("/proc", O_RDONLY | O_DIRECTORY);
	assert_string_equal(walk_skip_mount(fd, true), "kernel file system");
	close(fd);
}

/* What a process in a container can write (user.*) means nothing in a layer of root's overlayfs. */
static void test_overlay(void **state)
{
	(void)state;
	struct files f;
	struct seen s = {0};
	files_init(&f);
	make(&f, "o/");
	make(&f, "o/x");
	make(&f, "plain/");
	make(&f, "w");
	struct sv o = arena_fmt(&f.a, "%s/o", f.dir), gone = arena_fmt(&f.a, "%s/gone", f.dir);
	bool device = mknod(gone.p, S_IFCHR, makedev(0, 0)) == 0;
	const char *marks[] = {"trusted.overlay.opaque", "user.overlay.opaque"};
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		bool set = setxattr(o.p, marks[i], "y", 1, 0) == 0;
		for (size_t user = 0; user < 2; user++) {
			struct walk_options wo = {.overlay = true, .user_marks = user == 1};
			assert_int_equal(walk(f.dir, wo, &s), 0);
			assert_sv(buf_view(&s.b), arena_fmt(&f.a, "%s%s o\nf o/x\nd plain\nf w\n",
							    device ? "cW gone\n" : "",
							    set && user == i ? "dO" : "d")
							  .p);
			buf_clear(&s.b);
		}
		if (set)
			assert_int_equal(removexattr(o.p, marks[i]), 0);
		else
			print_message("not checked: %s\n", marks[i]);
	}
	buf_done(&s.b);
	files_done(&f);
}

/* A file of which overlayfs copied the metadata alone. */
static void test_metacopy(void **state)
{
	(void)state;
	struct files f;
	files_init(&f);
	make(&f, "m");
	struct sv m = arena_fmt(&f.a, "%s/m", f.dir);
	int fd = open(m.p, O_RDONLY);
	assert_int_equal(walk_file_data(fd, true), WALK_DATA_HERE);
	if (setxattr(m.p, "user.overlay.metacopy", "", 0, 0) == 0) {
		assert_int_equal(walk_file_data(fd, false), WALK_DATA_HERE);
		assert_int_equal(walk_file_data(fd, true), WALK_DATA_BELOW);
		assert_int_equal(setxattr(m.p, "user.overlay.redirect", "/x", 2, 0), 0);
		assert_int_equal(walk_file_data(fd, true), WALK_DATA_ELSEWHERE);
	} else {
		print_message("not checked: no user.* attributes here\n");
	}
	close(fd);
	files_done(&f);
}

/* Deeper than the limit: said, and the rest goes on. */
static void test_deep(void **state)
{
	(void)state;
	struct files f;
	struct seen s = {0};
	files_init(&f);
	int fd = open(f.dir, O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 300; i++) {
		assert_int_equal(mkdirat(fd, "d", 0755), 0);
		int next = openat(fd, "d", O_RDONLY | O_DIRECTORY);
		close(fd);
		fd = next;
	}
	close(fd);
	make(&f, "z");
	assert_int_equal(walk(f.dir, (struct walk_options){0}, &s), 0);
	assert_true(sv_find(buf_view(&s.b), SV("limit\n")) != SIZE_MAX);
	assert_true(sv_ends(buf_view(&s.b), SV("\nf z\n")));
	buf_done(&s.b);
	files_done(&f);
}

static int stop_entry(void *arg, const struct walk_entry *e, struct err *err)
{
	(void)arg;
	int fd = walk_file_open(e, err);
	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : err_set(err, ERR_LIMIT, "enough");
}

static void test_stop_and_open(void **state)
{
	(void)state;
	struct files f;
	struct err err = {0};
	struct walk_calls c = {.entry = stop_entry, .failed = seen_failed};
	struct walk_options o = {0};
	files_init(&f);
	make(&f, "x");
	int fd = open(f.dir, O_RDONLY | O_DIRECTORY);
	assert_int_equal(walk_tree(fd, &o, &c, &err), -ERR_LIMIT);
	/* a second walk of the same descriptor starts at the beginning */
	assert_int_equal(walk_tree(fd, &o, &c, &err), -ERR_LIMIT);
	struct walk_entry link = {.name = "l", .dirfd = fd}, fifo = {.name = "p", .dirfd = fd};
	assert_int_equal(symlinkat("x", fd, "l"), 0);
	assert_int_equal(mkfifoat(fd, "p", 0600), 0);
	assert_true(walk_file_open(&link, &err) < 0);
	assert_int_equal(walk_file_open(&fifo, &err), -ERR_NOTFOUND);
	close(fd);
	files_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),    cmocka_unit_test(test_host),
		cmocka_unit_test(test_deep),     cmocka_unit_test(test_overlay),
		cmocka_unit_test(test_metacopy), cmocka_unit_test(test_stop_and_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
