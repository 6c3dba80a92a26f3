/* Real processes, made as runtimes make containers, and what is read of them. */
#include "unit/test.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/read/containers-int.h"
#include "audit/read/process.h"
#include "fact/process/process.h"

struct fixture {
	struct read_host h;
	struct arena arena;
	struct buf out;
	struct parts parts;
	pid_t outer, inner; /* the first makes the namespaces, the second lives in them */
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);
	struct err err;

	arena_init(&f->arena, 0);
	f->parts.arena = &f->arena;
	assert_int_equal(read_host_open(&f->h, NULL, &err), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->inner > 0)
		kill(f->inner, SIGKILL);
	if (f->outer > 0) {
		kill(f->outer, SIGKILL);
		waitpid(f->outer, NULL, 0);
	}
	read_host_close(&f->h);
	parts_done(&f->parts);
	buf_done(&f->out);
	arena_done(&f->arena);
	free(f);
	return 0;
}

static const struct node *workload(struct fixture *f, pid_t pid)
{
	struct err err;

	buf_clear(&f->out);
	parts_done(&f->parts);
	assert_true(read_process(&f->h, pid, 0, &f->out));
	assert_int_equal(parts_read(&f->parts, buf_view(&f->out), &err), 0);
	const struct node *w = process_workload(&f->parts);
	assert_non_null(w);
	return w;
}

/* A filter that allows all: it counts as one. */
static bool filter(void)
{
	struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog prog = {1, code};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0;
}

enum { KEPT = 10 /* CAP_NET_BIND_SERVICE */, LAST = 40, NOFILE = 77 };

static void confine(void)
{
	const struct rlimit limit = {NOFILE, NOFILE};

	for (int cap = 0; cap <= LAST; cap++)
		if (cap != KEPT)
			(void)prctl(PR_CAPBSET_DROP, cap);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !filter() ||
	    setrlimit(RLIMIT_NOFILE, &limit) != 0)
		_exit(1);
}

/* In namespaces of its own: a masked file, a read-only part of /proc, an open folder from outside.
 */
static _Noreturn void inside(int ready)
{
	int leaked = open("/proc/self/ns", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (leaked < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) != 0 ||
	    mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL) != 0 ||
	    mount(NULL, "/proc/sys", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) != 0 ||
	    mount("/dev/null", "/proc/uptime", NULL, MS_BIND, NULL) != 0)
		_exit(1);
	confine();
	if (write(ready, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* False: this system does not let us. */
static bool start(struct fixture *f, int flags)
{
	pid_t inner = 0;
	int tell[2];
	char c;

	assert_int_equal(pipe2(tell, O_CLOEXEC), 0);
	f->outer = fork();
	assert_true(f->outer >= 0);
	if (f->outer == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(flags) != 0)
			_exit(1);
		inner = fork();
		if (inner == 0)
			inside(tell[1]);
		if (write(tell[1], &inner, sizeof inner) != sizeof inner)
			_exit(1);
		close(tell[1]);
		waitpid(inner, NULL, 0);
		_exit(0);
	}
	close(tell[1]);
	/* the two writes come in any order: five bytes */
	char bytes[sizeof inner + 1];
	size_t n = 0;
	while (n < sizeof bytes && read(tell[0], &c, 1) == 1)
		bytes[n++] = c;
	close(tell[0]);
	if (n < sizeof bytes)
		return false;
	memcpy(&inner, bytes[0] == 'x' ? bytes + 1 : bytes, sizeof inner);
	f->inner = inner;
	return true;
}

static bool holds(const struct node *list, const char *text)
{
	NODE_EACH (it, list)
		if (sv_is(it->text, text))
			return true;
	return false;
}

static const int spaces = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET;

static void confined(void **state)
{
	struct fixture *f = *state;

	if (!start(f, spaces))
		skip();
	const struct node *w = workload(f, f->inner);
	const struct node *c = &w->items[WORKLOAD_CONTAINERS].items[0];
	const struct node *k = &c->items[CONTAINER_KERNEL];
	assert_int_equal(c->items[CONTAINER_CAPABILITIES].n, 1);
	assert_sv(c->items[CONTAINER_CAPABILITIES].items[0].text, "NET_BIND_SERVICE");
	assert_false(node_true(&c->items[CONTAINER_ALLOW_ESCALATION]));
	assert_sv(k->items[KERNEL_SECCOMP].text, "filter");
	assert_true(holds(&c->items[CONTAINER_MASKED_PATHS], "/proc/uptime"));
	assert_true(holds(&c->items[CONTAINER_READONLY_PATHS], "/proc/sys"));
	assert_false(node_true(&w->items[WORKLOAD_HOST_NETWORK]));
	assert_false(node_true(&w->items[WORKLOAD_HOST_PID]));
	assert_true(node_true(&w->items[WORKLOAD_HOST_USERS]));
	assert_true(node_true(&k->items[KERNEL_ROOT_IS_ROOT]));
	assert_true(holds(&k->items[KERNEL_HOST_NAMESPACES], "user"));
	assert_false(holds(&k->items[KERNEL_HOST_NAMESPACES], "net"));
	bool found = false;
	NODE_EACH (it, &c->items[CONTAINER_ULIMITS])
		found |= sv_is(it->items[ULIMIT_NAME].text, "nofile") &&
			 sv_is(it->items[ULIMIT_SOFT].text, "77");
	assert_true(found);
}

static void host_spaces(void **state)
{
	struct fixture *f = *state;

	if (!start(f, CLONE_NEWPID | CLONE_NEWNS))
		skip();
	const struct node *w = workload(f, f->inner);
	assert_true(node_true(&w->items[WORKLOAD_HOST_NETWORK]));
	assert_true(node_true(&w->items[WORKLOAD_HOST_IPC]));
	assert_false(node_true(&w->items[WORKLOAD_HOST_PID]));
}

static void own_process(void **state)
{
	struct fixture *f = *state;
	const struct node *w = workload(f, getpid());
	const struct node *c = &w->items[WORKLOAD_CONTAINERS].items[0];
	int64_t uid;

	assert_true(node_i64(&c->items[CONTAINER_RUN_AS_USER], &uid));
	assert_int_equal(uid, getuid());
	assert_int_equal(c->items[CONTAINER_KERNEL].items[KERNEL_LEAKED].n, 0);
	assert_true(c->items[CONTAINER_MOUNTS].n > 0);
	assert_true(parts_find(&f->parts, SV("engines"))->state == PART_HERE);
}

static void numbers_anew(void **state)
{
	struct fixture *f = *state;
	size_t before = f->out.n;

	assert_false(read_process(&f->h, getpid(), 1, &f->out));
	assert_false(read_process(&f->h, 0, 0, &f->out));
	assert_false(read_process(&f->h, INT32_MAX, 0, &f->out));
	assert_int_equal(f->out.n, before);
}

static void found(void **state)
{
	struct fixture *f = *state;
	const struct read_container *mine = NULL;

	if (!start(f, spaces))
		skip();
	struct read_containers all = read_containers(&f->h, &f->arena);
	assert_int_equal(all.state, PART_HERE);
	for (size_t i = 0; i < all.n; i++)
		if (all.p[i].pid == f->inner)
			mine = &all.p[i];
	if (!mine)
		skip(); /* this test itself runs in a container */
	assert_true(read_container(&f->h, mine, &f->out));
	struct read_container old = *mine;
	old.start++;
	assert_false(read_container(&f->h, &old, &f->out));
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void ids(void **state)
{
	static const struct {
		const char *cgroup, *id, *name, *engine;
	} rows[] = {
		{"0::/system.slice/docker-" ID ".scope\n", ID, "", "docker"},
		{"4:memory:/docker/" ID "\n0::/\n", ID, "", "docker"},
		{"0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope", ID, "",
		 "containerd"},
		{"0::/kubepods/besteffort/pod1/" ID, ID, "", "kubernetes"},
		{"0::/kubepods.slice/crio-" ID ".scope/container", ID, "", "crio"},
		{"0::/kubepods.slice/crio-conmon-" ID ".scope", NULL, "", ""},
		{"0::/machine.slice/libpod-" ID ".scope/container", ID, "", "podman"},
		{"0::/libpod_parent/libpod-" ID, ID, "", "podman"},
		{"0::/machine.slice/libpod-conmon-" ID ".scope", NULL, "", ""},
		{"0::/machine.slice/machine-my\\x2dbox.scope/payload", "my-box", "my-box",
		 "systemd-nspawn"},
		{"0::/lxc.payload.web/system.slice", "web", "web", "lxc"},
		{"2:cpu:/lxc/web", "web", "web", "lxc"},
		{"0::/buildkit/abc", "abc", "", "buildkit"},
		{"0::/docker/f" ID, NULL, "", ""},
		{"0::/user.slice/user-0.slice/session-1.scope", NULL, "", ""},
		{"0::/docker/" ID "/docker/1" /* cut */, ID, "", "docker"},
		{"", NULL, "", ""},
		{"0", NULL, "", ""},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sv id = {0}, name = {0}, engine = {0};
		bool is =
			container_of_cgroup(&f->arena, sv_of(rows[i].cgroup), &id, &name, &engine);
		if (is != (rows[i].id != NULL))
			fail_msg("%s", rows[i].cgroup);
		if (!is)
			continue;
		assert_sv(id, rows[i].id);
		assert_sv(name, rows[i].name);
		assert_sv(engine, rows[i].engine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(confined, setup, teardown),
		cmocka_unit_test_setup_teardown(host_spaces, setup, teardown),
		cmocka_unit_test_setup_teardown(own_process, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(found, setup, teardown),
		cmocka_unit_test_setup_teardown(ids, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
