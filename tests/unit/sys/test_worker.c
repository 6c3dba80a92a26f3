#include "unit/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sanitize.h"
#include "sys/frame.h"
#include "sys/worker.h"

static void *thread_main(void *arg)
{
	*(int *)arg = 42;
	return NULL;
}

/* Echoes what it reads from the descriptor, and tries what it must not do when told so. */
static void echo(int jobs, int out, const void *arg)
{
	struct frame_writer w = {.fd = out};
	char msg[64], data[64];
	struct err err;
	int fd, n;

	(void)arg;
	while ((n = worker_recv(jobs, msg, sizeof msg, &fd, &err)) > 0) {
		if (msg[0] == 'o')
			data[0] = open("/etc/passwd", O_RDONLY) < 0 ? 'n' : 'y';
		if (msg[0] == 's')
			(void)socket(AF_INET, SOCK_STREAM, 0);
		if (msg[0] == 't') {
			pthread_t t;
			int answer = 0;
			if (pthread_create(&t, NULL, thread_main, &answer) == 0)
				pthread_join(t, NULL);
			data[0] = answer == 42 ? 'y' : 'n';
		}
		ssize_t got = 1;
		if (msg[0] == 'r')
			got = read(fd, data, sizeof data);
		frame_begin(&w, 7);
		frame_u64(&w, (uint64_t)n);
		frame_sv(&w, sv_make(data, got > 0 ? (size_t)got : 0));
		frame_end(&w);
		frame_flush(&w);
		if (fd >= 0)
			close(fd);
	}
}

/* What a worker that was taken over may try; one letter each. */
static void attempt(int jobs, int out, const void *arg)
{
	const char *what = arg;
	char answer = 'y';
	struct stat st;

	(void)jobs;
	if (*what == 'n') /* is there such a file? */
		answer = fstatat(AT_FDCWD, "/etc/passwd", &st, AT_EMPTY_PATH) == 0 ? 'y' : 'n';
	if (*what == 's') /* write to what the parent has */
		answer = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, out, 0) == MAP_FAILED
				 ? 'n'
				 : 'y';
	if (*what == 'x')
		answer = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0) == MAP_FAILED
				 ? 'n'
				 : 'y';
	if (*what == 'f')
		answer = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) < 0 ? 'n' : 'y';
	if (*what == 'm')
		answer = syscall(SYS_clone,
				 CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
					 CLONE_SYSVSEM | CLONE_NEWNS,
				 0, 0, 0, 0) < 0
				 ? 'n'
				 : 'y';
	if (*what == 'e')
		answer = write(STDERR_FILENO, "\033[2J", 4) < 0 ? 'n' : 'y';
	if (*what == 'k')
		(void)kill(getppid(), SIGTERM);
	(void)!write(out, &answer, 1);
	while (*what == 'h')
		(void)usleep(1000);
}

/* Its answer; '-' when it was killed for trying. */
__attribute__((unused)) static char try_it(const char *what)
{
	struct worker w;
	struct err err;
	char c = '-', why[128];

	assert_int_equal(worker_start(&w, attempt, what, 0, &err), 0);
	if (read(w.out, &c, 1) != 1)
		c = '-';
	worker_end(&w, why, sizeof why);
	if (c == '-')
		assert_non_null(strstr(why, "signal 31"));
	return c;
}

__attribute__((unused)) static void test_attempts(void **state)
{
	(void)state;
	assert_int_equal(try_it("names"), 'n');
	assert_int_equal(try_it("shared"), '-');
	assert_int_equal(try_it("x"), '-');
	assert_int_equal(try_it("fork"), '-');
	assert_int_equal(try_it("mounts"), '-');
	assert_int_equal(try_it("kill"), '-');
	assert_int_equal(try_it("escape"), 'y'); /* into /dev/null */
}

/* One that does not end when it should is not waited for. */
static void test_hangs(void **state)
{
	(void)state;
	struct worker w;
	struct err err;
	char c, why[128];
	int64_t begin = clock_mono_ns();

	assert_int_equal(worker_start(&w, attempt, "hang", 0, &err), 0);
	assert_int_equal(read(w.out, &c, 1), 1);
	worker_end(&w, why, sizeof why);
	assert_non_null(strstr(why, "was killed"));
	assert_true(clock_mono_ns() - begin < 20000000000);
}

/* The last frame tells which budget was used up, even with no memory left. */
static void tell(struct frame_writer *w, const struct err *err)
{
	frame_begin(w, 9);
	frame_err(w, err);
	frame_end(w);
}

static void eat(int jobs, int out, const void *arg)
{
	struct frame_writer w = {.fd = out};
	struct arena a;

	(void)jobs;
	(void)arg;
	worker_last_word(&w, tell);
	frame_begin(&w, 1); /* half a frame: never seen */
	arena_init(&a, 1 << 20);
	for (;;)
		(void)arena_alloc(&a, 4096);
}

static void test_last_word(void **state)
{
	(void)state;
	struct worker w;
	struct err err, got;
	struct frame f;
	char why[128];
	bool ok = true;
	auto_done(buf_done) struct buf b = {0};

	assert_int_equal(worker_start(&w, eat, NULL, 0, &err), 0);
	assert_int_equal(worker_collect(&w, 0, 1 << 20, &b, &err), 0);
	worker_end(&w, why, sizeof why);
	assert_string_equal(why, "");
	struct sv rest = buf_view(&b);
	assert_int_equal(frame_take(&rest, &f, &err), 1);
	assert_int_equal(f.type, 9);
	frame_get_err(&f.payload, &ok, &got);
	assert_true(ok);
	assert_int_equal(got.kind, ERR_LIMIT);
	assert_string_equal(got.code, "budget");
	assert_int_equal(rest.n, 0);
}

static void test_collect_deadline(void **state)
{
	(void)state;
	struct worker w;
	struct err err;
	auto_done(buf_done) struct buf b = {0};

	assert_int_equal(worker_start(&w, attempt, "hang", 0, &err), 0);
	assert_int_equal(worker_collect(&w, clock_mono_ns() + 50000000, 1 << 20, &b, &err),
			 -ERR_TIMEOUT);
	worker_kill(&w);
	assert_int_equal(w.pid, 0);
}

static struct sv ask(struct worker *w, const char *msg, int fd, char *buf, size_t cap)
{
	struct err err;
	struct frame f;
	size_t have = 0;

	assert_int_equal(worker_send(w->jobs, msg, strlen(msg), fd, &err), 0);
	for (;;) {
		struct sv rest = sv_make(buf, have);
		int rc = frame_take(&rest, &f, &err);
		if (rc > 0)
			break;
		assert_int_equal(rc, 0);
		ssize_t n = read(w->out, buf + have, cap - have);
		if (n <= 0)
			return SV("(gone)");
		have += (size_t)n;
	}
	bool ok = true;
	struct sv p = f.payload;
	assert_int_equal(f.type, 7);
	assert_int_equal(frame_get_u64(&p, &ok), strlen(msg));
	struct sv v = frame_get_sv(&p, &ok);
	assert_true(ok);
	return v;
}

static void test_worker(void **state)
{
	(void)state;
	struct worker w;
	struct err err;
	char buf[4096], why[128];
	assert_int_equal(worker_start(&w, echo, NULL, 0, &err), 0);
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "hello", 5), 5);
	assert_sv(ask(&w, "read", fds[0], buf, sizeof buf), "hello");
	assert_sv(ask(&w, "open", -1, buf, sizeof buf), "n");
	assert_sv(ask(&w, "thread", -1, buf, sizeof buf), "y");
	worker_end(&w, why, sizeof why);
	assert_string_equal(why, "");
	close(fds[0]);
	close(fds[1]);
}

#if !SANITIZED
static void test_forbidden(void **state)
{
	(void)state;
	struct worker w;
	struct err err;
	char buf[4096], why[128];
	assert_int_equal(worker_start(&w, echo, NULL, 0, &err), 0);
	assert_sv(ask(&w, "socket", -1, buf, sizeof buf), "(gone)");
	worker_end(&w, why, sizeof why);
	assert_non_null(strstr(why, "signal 31"));
}
#endif

static void test_frames(void **state)
{
	(void)state;
	struct frame_writer w = {.fd = -1};
	struct frame f;
	struct err err;
	frame_begin(&w, 3);
	frame_u64(&w, 77);
	frame_sv(&w, SV("abc"));
	frame_end(&w);
	for (size_t cut = 0; cut < w.buf.n; cut++) {
		struct sv rest = sv_make(w.buf.p, cut);
		assert_int_equal(frame_take(&rest, &f, &err), 0);
	}
	struct sv rest = buf_view(&w.buf);
	assert_int_equal(frame_take(&rest, &f, &err), 1);
	bool ok = true;
	assert_int_equal(frame_get_u64(&f.payload, &ok), 77);
	assert_sv(frame_get_sv(&f.payload, &ok), "abc");
	assert_true(ok);
	(void)frame_get_u64(&f.payload, &ok);
	assert_false(ok);
	buf_done(&w.buf);
	rest = sv_make("\xff\xff\xff\xff\x01", 5);
	assert_true(frame_take(&rest, &f, &err) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_worker),
#if !SANITIZED
		cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_attempts),
#endif
		cmocka_unit_test(test_hangs),
		cmocka_unit_test(test_last_word),
		cmocka_unit_test(test_collect_deadline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
