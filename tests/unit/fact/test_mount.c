#include "fact/mount.h"
#include "unit/test.h"

/* engine and resolved NULL: absent */
static const struct {
	const char *source, *sub, *resolved, *engine;
} rows[] = {
	{"/etc", NULL, "/etc", NULL},
	{"/", NULL, "/", "docker"},
	{"//", NULL, "/", "docker"},
	{"/./", NULL, "/", "docker"},
	{"/tmp/../", NULL, "/", "docker"},
	{"/../../etc/./x//", NULL, "/etc/x", NULL},
	{"/proc/self/root", NULL, "/", "docker"},
	{"/proc/1/root/etc", NULL, "/etc", NULL},
	{"/proc/self/cwd/var/run", NULL, "/run", "docker"},
	{"/proc/thread-self/root/a", NULL, "/a", NULL},
	{"/proc/self/task/12/root/a", NULL, "/a", NULL},
	{"/proc/self/root/proc/1/root/proc/self/cwd/etc", NULL, "/etc", NULL},
	{"/proc/12/root", NULL, "/proc/12/root", NULL},
	{"/proc/self/fd", NULL, "/proc/self/fd", NULL},
	{"/proc/sys", NULL, "/proc/sys", NULL},
	{"/var/run/docker.sock", NULL, "/run/docker.sock", "docker"},
	{"/run//containerd/", NULL, "/run/containerd", "containerd"},
	{"/var/lock", NULL, "/run/lock", NULL},
	{"/var/runner", NULL, "/var/runner", NULL},
	{"/var", "run/docker.sock", "/var/run/docker.sock", "docker"},
	{"/run", "crio", "/run/crio", "crio"},
	{"/run/k3s/containerd/containerd.sock", NULL, "/run/k3s/containerd/containerd.sock",
	 "containerd"},
	{"/run/user/1000/podman", NULL, "/run/user/1000/podman", "podman"},
	{"/run/user/1000/podman/podman.sock", NULL, "/run/user/1000/podman/podman.sock", "podman"},
	{"/run/user/1000/other", NULL, "/run/user/1000/other", NULL},
	{"/run/user/me/podman", NULL, "/run/user/me/podman", NULL},
	{"/home/u/.docker/run/docker.sock", NULL, "/home/u/.docker/run/docker.sock", "docker"},
	{"/run/buildkit/buildkitd.sock", NULL, "/run/buildkit/buildkitd.sock", "buildkit"},
	{"relative/path", NULL, NULL, NULL},
	{"", NULL, NULL, NULL},
};

static void check(struct arena *a, size_t i)
{
	struct node *m = fact_record(a, &schema_mount, NULL);

	fact_say(m, MOUNT_SOURCE, NODE_STRING, sv_of(rows[i].source), NULL);
	m->items[MOUNT_SOURCE].start = 7;
	if (rows[i].sub)
		fact_say(m, MOUNT_SUB_PATH, NODE_STRING, sv_of(rows[i].sub), NULL);
	mount_conclude(a, m);
	assert_int_equal(fact_has(m, MOUNT_RESOLVED), rows[i].resolved != NULL);
	assert_int_equal(fact_has(m, MOUNT_ENGINE), rows[i].engine != NULL);
	if (rows[i].resolved) {
		assert_sv(m->items[MOUNT_RESOLVED].text, rows[i].resolved);
		assert_int_equal(m->items[MOUNT_RESOLVED].start, 7);
	}
	if (rows[i].engine)
		assert_sv(m->items[MOUNT_ENGINE].text, rows[i].engine);
}

static void test_conclude(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check(&a, i);
	arena_done(&a);
}

/* A path of more parts than are looked at is not said to be anything. */
static void test_long(void **state)
{
	auto_done(buf_done) struct buf text = {0};
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (int i = 0; i < 300; i++)
		buf_str(&text, "/a");
	struct node *m = fact_record(&a, &schema_mount, NULL);
	fact_say(m, MOUNT_SOURCE, NODE_STRING, buf_view(&text), NULL);
	mount_conclude(&a, m);
	assert_false(fact_has(m, MOUNT_RESOLVED));
	/* no source at all */
	mount_conclude(&a, fact_record(&a, &schema_mount, NULL));
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conclude),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
