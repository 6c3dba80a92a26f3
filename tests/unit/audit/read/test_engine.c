/* What is read of engines below a root: files that the configuration names, units, folders. */
#include "unit/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "audit/read/engine.h"
#include "unit/audit/read/root.h"
#include "sys/file.h"

static const char *const folders[] = {
	"/etc",
	"/etc/docker",
	"/etc/default",
	"/etc/systemd",
	"/etc/systemd/system",
	"/etc/systemd/system/docker.service.d",
	"/etc/containerd",
	"/etc/containerd/more",
	"/etc/containerd/certs.d",
	"/etc/containerd/certs.d/r",
	"/usr",
	"/usr/lib",
	"/usr/lib/systemd",
	"/usr/lib/systemd/system",
	"/opt",
};

static const char *const files[][2] = {
	{"/usr/lib/systemd/system/docker.service",
	 "[Service]\nEnvironmentFile=-/etc/default/docker\nExecStart=/usr/bin/dockerd $OPTS\n"},
	{"/etc/systemd/system/docker.service.d/1.conf", "[Service]\n"},
	{"/etc/systemd/system/docker.service.d/1.conf~", "no"},
	{"/etc/default/docker", "OPTS=\"--config-file=/opt/d.json --icc=false\"\n"},
	{"/opt/d.json", "{\"tlskey\": \"/opt/key.pem\", \"hosts\": [\"unix:///opt/s\"]}"},
	{"/opt/key.pem", "secret"},
	{"/opt/s", ""},
	{"/etc/containerd/config.toml", "imports = [\"/etc/containerd/more/*.toml\"]\n"},
	{"/etc/containerd/more/a.toml", "[debug]\nlevel = \"debug\"\n"},
	{"/etc/containerd/more/b.conf", "no"},
	{"/etc/containerd/certs.d/r/hosts.toml", "server = \"https://r\"\n"},
	{"/etc/group", "docker:x:7:eve\n"},
};

struct fixture {
	char dir[64];
	struct read_host h;
	struct arena arena;
	struct buf out;
	struct parts parts;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);
	char path[256];
	struct err err;

	(void)snprintf(f->dir, sizeof f->dir, "/tmp/gabion-engine-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		(void)snprintf(path, sizeof path, "%s%s", f->dir, folders[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		(void)snprintf(path, sizeof path, "%s%s", f->dir, files[i][0]);
		assert_int_equal(file_write_atomic(path, sv_of(files[i][1]), 0640, &err), 0);
	}
	assert_int_equal(read_host_open(&f->h, f->dir, &err), 0);
	f->parts.arena = &f->arena;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	read_host_close(&f->h);
	parts_done(&f->parts);
	arena_done(&f->arena);
	buf_done(&f->out);
	root_remove(f->dir);
	free(f);
	return 0;
}

static void read_it(struct fixture *f, const struct read_engine_options *o)
{
	struct err err;

	read_engines(&f->h, o, &f->out);
	assert_int_equal(parts_read(&f->parts, buf_view(&f->out), &err), 0);
}

static const struct part *named(struct fixture *f, const char *role, const char *name)
{
	const struct part *p = parts_named(&f->parts, sv_of(role), sv_of(name));

	return p && p->state == PART_HERE ? p : NULL;
}

static void test_what_is_named(void **state)
{
	static const char *const wanted[][2] = {
		{"unit", "/usr/lib/systemd/system/docker.service"},
		{"unit", "/etc/systemd/system/docker.service.d/1.conf"},
		{"env", "/etc/default/docker"},
		{"config", "/opt/d.json"},
		{"containerd_config", "/etc/containerd/config.toml"},
		{"containerd_config", "/etc/containerd/more/a.toml"},
		{"hosts_toml", "/etc/containerd/certs.d/r/hosts.toml"},
		{"group", "/etc/group"},
		{"stat", "/opt/key.pem"},
		{"stat", "/opt/s"},
		{"stat", "/etc/docker"},
		{"stat", "/usr/lib/systemd/system/docker.service"},
	};
	struct fixture *f = *state;

	read_it(f, &(struct read_engine_options){0});
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		if (!named(f, wanted[i][0], wanted[i][1]))
			print_message("%s %s\n", wanted[i][0], wanted[i][1]);
		assert_non_null(named(f, wanted[i][0], wanted[i][1]));
	}
	assert_null(named(f, "containerd_config", "/etc/containerd/more/b.conf"));
	assert_null(named(f, "unit", "/etc/systemd/system/docker.service.d/1.conf~"));
	assert_null(parts_find(&f->parts, SV("dockerd")));
	/* a key is looked at, never read */
	for (size_t i = 0; i < f->parts.all.n; i++)
		assert_true(sv_find(f->parts.all.p[i].bytes, SV("secret")) == SIZE_MAX);
}

/* The same name twice is one part. */
static void test_once(void **state)
{
	struct fixture *f = *state;

	read_it(f, &(struct read_engine_options){0});
	for (size_t i = 0; i < f->parts.all.n; i++)
		assert_ptr_equal(
			parts_named(&f->parts, f->parts.all.p[i].role, f->parts.all.p[i].name),
			&f->parts.all.p[i]);
}

static void test_only_podman(void **state)
{
	struct fixture *f = *state;

	read_it(f, &(struct read_engine_options){.podman = true});
	assert_null(parts_find(&f->parts, SV("unit")));
	assert_null(parts_find(&f->parts, SV("config")));
	assert_non_null(parts_find(&f->parts, SV("policy")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(test_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only_podman, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
