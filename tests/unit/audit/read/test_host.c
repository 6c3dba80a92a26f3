/* Reading below a root of its own: nothing outside of it, plain files only, the way walked. */
#include "unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "audit/read/host.h"
#include "unit/audit/read/root.h"
#include "sys/file.h"

struct fixture {
	char dir[64];
	struct read_host h;
	struct arena arena;
	struct buf out;
	struct parts parts;
};

static void put(const struct fixture *f, const char *path, const char *text)
{
	auto_free char *full = NULL;
	struct err err;

	assert_true(asprintf(&full, "%s%s", f->dir, path) > 0);
	assert_int_equal(file_write_atomic(full, sv_of(text), 0640, &err), 0);
	assert_int_equal(chmod(full, 0640), 0);
}

static void folder(const struct fixture *f, const char *path, mode_t mode)
{
	auto_free char *full = NULL;

	assert_true(asprintf(&full, "%s%s", f->dir, path) > 0);
	assert_int_equal(mkdir(full, mode), 0);
	assert_int_equal(chmod(full, mode), 0);
}

static void link_to(const struct fixture *f, const char *path, const char *target)
{
	auto_free char *full = NULL;

	assert_true(asprintf(&full, "%s%s", f->dir, path) > 0);
	assert_int_equal(symlink(target, full), 0);
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);
	struct err err;

	(void)snprintf(f->dir, sizeof f->dir, "/tmp/gabion-host-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	folder(f, "/etc", 0755);
	folder(f, "/etc/docker", 0775);
	folder(f, "/run", 0755);
	folder(f, "/run/secret", 0700);
	put(f, "/run/sock", "here");
	put(f, "/etc/docker/daemon.json", "{}");
	auto_free char *accounts = NULL;
	assert_true(asprintf(&accounts, "nobody:x:65534:1::/:\nme:x:%u:0::/:/bin/sh\n",
			     (unsigned)getuid()) > 0);
	put(f, "/etc/passwd", accounts);
	put(f, "/etc/group", "broken\nother:x:4000000:\n");
	folder(f, "/var", 0755);
	link_to(f, "/var/run", "/run");
	link_to(f, "/var/up", "../../../../../run/./sock");
	link_to(f, "/var/loop", "loop");
	link_to(f, "/var/gone", "/nowhere");
	link_to(f, "/var/host", "/etc/hostname");
	arena_init(&f->arena, 0);
	f->parts.arena = &f->arena;
	assert_int_equal(read_host_open(&f->h, f->dir, &err), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	read_host_close(&f->h);
	parts_done(&f->parts);
	buf_done(&f->out);
	arena_done(&f->arena);
	root_remove(f->dir);
	free(f);
	return 0;
}

/* The one part that was written last. */
static struct part *last(struct fixture *f)
{
	struct err err;

	parts_done(&f->parts);
	assert_int_equal(parts_read(&f->parts, buf_view(&f->out), &err), 0);
	return &f->parts.all.p[f->parts.all.n - 1];
}

static void files(void **state)
{
	static const struct {
		const char *path;
		size_t max;
		enum part_state state;
		const char *bytes;
	} rows[] = {
		{"/etc/docker/daemon.json", 100, PART_HERE, "{}"},
		{"/etc/docker/daemon.json", 2, PART_HERE, "{}"},
		{"/etc/docker/daemon.json", 1, PART_UNREADABLE, "File too large"},
		{"/etc/../../../etc/docker//daemon.json", 100, PART_HERE, "{}"},
		{"/var/run/sock", 100, PART_HERE, "here"},
		{"/var/up", 100, PART_HERE, "here"},
		{"/var/host", 100, PART_ABSENT, ""}, /* the host's own is not what is meant */
		{"/var/gone", 100, PART_ABSENT, ""},
		{"/etc/passwd/x", 100, PART_ABSENT, ""},
		{"/nothing", 100, PART_ABSENT, ""},
		{"/run", 100, PART_UNREADABLE, "Is a directory"},
		{"/run/pipe", 100, PART_UNREADABLE, "not a plain file"},
		{"/var/loop", 100, PART_UNREADABLE, "Too many levels of symbolic links"},
		{"", 100, PART_UNREADABLE, "Invalid argument"},
	};
	struct fixture *f = *state;
	auto_free char *pipe = NULL;

	assert_true(asprintf(&pipe, "%s/run/pipe", f->dir) > 0);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		read_file(&f->h, SV("role"), sv_of(rows[i].path), rows[i].max, &f->out);
		const struct part *p = last(f);
		if (p->state != rows[i].state)
			fail_msg("%s: state %d: %.*s", rows[i].path, (int)p->state,
				 SV_ARG(p->bytes));
		assert_sv(p->bytes, rows[i].bytes);
		assert_sv(p->role, "role");
		assert_sv(p->name, rows[i].path);
	}
}

static void folders(void **state)
{
	struct fixture *f = *state;
	enum part_state is;
	struct sv_vec names = read_folder(&f->h, &f->arena, SV("/etc"), &is);

	assert_int_equal(is, PART_HERE);
	assert_int_equal(names.n, 3);
	assert_sv(names.p[0], "docker");
	assert_sv(names.p[2], "passwd");
	assert_int_equal(read_folder(&f->h, &f->arena, SV("/no"), &is).n, 0);
	assert_int_equal(is, PART_ABSENT);
	assert_int_equal(read_folder(&f->h, &f->arena, SV("/etc/passwd"), &is).n, 0);
	assert_int_equal(is, PART_ABSENT);
	assert_int_equal(read_folder(&f->h, &f->arena, SV("/var/loop"), &is).n, 0);
	assert_int_equal(is, PART_UNREADABLE);
}

static const struct node *stat_of(struct fixture *f, const char *path)
{
	const struct node *root;
	struct err err;

	read_stat(&f->h, SV("file"), sv_of(path), &f->out);
	struct part *p = last(f);
	assert_int_equal(p->state, PART_HERE);
	assert_int_equal(parts_json(&f->parts, p, &root, &err), 0);
	return root;
}

static void way(void **state)
{
	static const char *const steps[] = {"/", "/var", "/var/run", "/run"};
	struct fixture *f = *state;
	const struct node *root = stat_of(f, "/var/run/sock");
	const struct node *above = node_get(root, "above"), *links = node_get(root, "links");

	assert_sv(node_get_str(root, "path"), "/var/run/sock");
	assert_sv(node_get_str(root, "resolved"), "/run/sock");
	assert_sv(node_get_str(root, "type"), "file");
	assert_sv(node_get(root, "mode")->text, "416");
	assert_sv(node_get_str(root, "owner"), "me");
	assert_false(node_true(node_get(root, "acl")));
	assert_int_equal(above->n, ARRAY_LEN(steps));
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		assert_sv(node_get_str(&above->items[i], "path"), steps[i]);
	assert_sv(node_get_str(&above->items[2], "type"), "link");
	assert_sv(node_get(&above->items[2], "mode")->text, "0");
	assert_int_equal(links->n, 1);
	assert_sv(links->items[0].text, "/var/run");
	root = stat_of(f, "/var/up");
	assert_sv(node_get_str(root, "resolved"), "/run/sock");
	root = stat_of(f, "/etc/docker/");
	assert_sv(node_get_str(root, "type"), "folder");
	assert_sv(node_get(root, "mode")->text, "509");
	assert_sv(node_get_str(stat_of(f, "/"), "resolved"), "/");
	assert_sv(node_get_str(stat_of(f, "/.."), "resolved"), "/");
	read_stat(&f->h, SV("file"), SV("/var/gone"), &f->out);
	assert_int_equal(last(f)->state, PART_ABSENT);
	read_stat(&f->h, SV("file"), SV("/var/loop"), &f->out);
	assert_int_equal(last(f)->state, PART_UNREADABLE);
}

static void long_way(void **state)
{
	struct fixture *f = *state;
	auto_done(buf_done) struct buf path = {0};

	for (int i = 0; i < 300; i++)
		buf_str(&path, "/../var/run/../etc/.");
	read_stat(&f->h, SV("file"), buf_view(&path), &f->out);
	assert_int_equal(last(f)->state, PART_UNREADABLE);
	path.n = 20 * 30;
	path.p[path.n] = 0;
	assert_sv(node_get_str(stat_of(f, buf_cstr(&path)), "resolved"), "/etc");
}

/* version 2; owner, user 7, group, mask, others */
static const unsigned char acl_of_user_7[] = {
	2, 0, 0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,   6,
	0, 7, 0,   0,   0,   4,   0,  4, 0,   255, 255, 255, 255, 16,  0,
	6, 0, 255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255,
};

static void access_lists(void **state)
{
	struct fixture *f = *state;
	auto_free char *path = NULL;

	assert_true(asprintf(&path, "%s/run/sock", f->dir) > 0);
	if (setxattr(path, "system.posix_acl_access", acl_of_user_7, sizeof acl_of_user_7, 0) != 0)
		skip(); /* the file system has none */
	assert_true(node_true(node_get(stat_of(f, "/run/sock"), "acl")));
}

static void this_host(void **state)
{
	struct read_host h;
	struct err err;

	(void)state;
	assert_int_equal(read_host_open(&h, "", &err), 0);
	assert_true(h.is_this);
	assert_true(h.proc >= 0);
	read_host_close(&h);
	assert_true(read_host_open(&h, "/nowhere/at/all", &err) < 0);
	assert_int_equal(err.kind, ERR_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files, setup, teardown),
		cmocka_unit_test_setup_teardown(folders, setup, teardown),
		cmocka_unit_test_setup_teardown(way, setup, teardown),
		cmocka_unit_test_setup_teardown(long_way, setup, teardown),
		cmocka_unit_test_setup_teardown(access_lists, setup, teardown),
		cmocka_unit_test(this_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
