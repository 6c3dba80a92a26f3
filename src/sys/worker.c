#include "sys/worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sanitize.h"
#include "sys/frame.h"
#include "sys/sandbox.h"

enum { EXIT_NO_SANDBOX = 126, EXIT_ORPHAN = 124, GRACE_MS = 2000, LAST_WORD = 8192 };

static void set_limit(unsigned what, rlim_t n)
{
	struct rlimit r = {n, n};

	(void)setrlimit(what, &r);
}

void worker_close_others(int a, int b)
{
	int lo = a < b ? a : b, hi = a < b ? b : a;

	for (int fd = 0; fd < 2; fd++)
		if (fd != a && fd != b)
			close(fd);
	if (lo > 3)
		(void)close_range(3, (unsigned)lo - 1, 0);
	if (hi > lo + 1)
		(void)close_range((unsigned)lo + 1, (unsigned)hi - 1, 0);
	(void)close_range((unsigned)hi + 1, ~0U, 0);
}

/* What is mapped already: the parent's memory is in the child too, and is not what the budget is
 * for. */
static uint64_t mapped_bytes(void)
{
	char text[64] = "";
	uint64_t pages = 0;
	auto_close int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
	struct sv rest = sv_make(text, n < 0 ? 0 : (size_t)n);

	return sv_u64(sv_cut(&rest, ' '), &pages) ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static void set_memory(uint64_t memory)
{
	uint64_t have = mapped_bytes();

	if (memory && !SANITIZED && memory < UINT64_MAX - have)
		set_limit(RLIMIT_AS, have + memory);
}

/* Messages of a library would come from hostile bytes; a sanitizer's are wanted. */
static void silence(void)
{
	int fd = SANITIZED ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && fd != STDERR_FILENO) {
		(void)dup2(fd, STDERR_FILENO);
		close(fd);
	}
}

struct child {
	worker_fn run;
	worker_prepare_fn prepare;
	void *arg;
	int jobs, out;
	uint64_t memory;
	pid_t parent;
};

static _Noreturn void child(const struct child *c)
{
	struct err err;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != c->parent)
		_exit(EXIT_ORPHAN); /* it died before we asked to die with it */
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	worker_close_others(c->jobs, c->out);
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_FSIZE, 0);
	if (c->prepare)
		c->prepare(c->arg);
	set_memory(c->memory);
	silence();
	if (sandbox_enter(c->prepare != NULL, &err) < 0)
		_exit(EXIT_NO_SANDBOX);
	c->run(c->jobs, c->out, c->arg);
	_exit(0);
}

int worker_start(struct worker *w, worker_fn run, const void *arg, uint64_t memory, struct err *err)
{
	return worker_start_prepared(w, run, NULL, (void *)(uintptr_t)arg, memory, err);
}

int worker_start_prepared(struct worker *w, worker_fn run, worker_prepare_fn prepare, void *arg,
			  uint64_t memory, struct err *err)
{
	int jobs[2], out[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, jobs) != 0)
		return err_sys(err, "cannot make a socket pair");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) != 0) {
		(void)err_sys(err, "cannot make a socket pair");
		close(jobs[0]);
		close(jobs[1]);
		return -(int)err->kind;
	}
	struct child c = {run, prepare, arg, jobs[1], out[1], memory, getpid()};
	(void)fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		child(&c);
	close(jobs[1]);
	close(out[1]);
	if (pid < 0) {
		(void)err_sys(err, "cannot start a worker");
		close(jobs[0]);
		close(out[0]);
		return -(int)err->kind;
	}
	*w = (struct worker){pid, jobs[0], out[0]};
	return 0;
}

/* A process has one writer: its last word cannot be handed over in any other way. */
static struct {
	struct frame_writer *w;
	void (*tell)(struct frame_writer *w, const struct err *err);
} last_word;

static void out_of_budget(const char *what, size_t limit)
{
	struct err err;

	(void)err_set(&err, ERR_LIMIT, "the budget for %s (%zu) is used up", what, limit);
	(void)err_code(&err, "budget");
	(void)err_hint(&err, "raise --max-memory if this input is to be trusted");
	buf_clear(&last_word.w->buf);
	last_word.tell(last_word.w, &err);
	frame_flush(last_word.w);
	_exit(0);
}

void worker_last_word(struct frame_writer *w,
		      void (*tell)(struct frame_writer *w, const struct err *err))
{
	(void)buf_reserve(&w->buf, LAST_WORD); /* later there may be no memory for it */
	last_word.w = w;
	last_word.tell = tell;
	budget_hook = out_of_budget;
}

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int worker_send(int sock, const void *msg, size_t n, int fd, struct err *err)
{
	struct iovec iov = {(void *)(uintptr_t)msg, n};
	union control c = {0};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		m.msg_control = c.bytes;
		m.msg_controllen = sizeof c.bytes;
		struct cmsghdr *h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(h), &fd, sizeof fd);
	}
	for (;;) {
		if (sendmsg(sock, &m, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno != EINTR)
			return err_sys(err, "the worker takes no more jobs");
	}
}

int worker_recv(int sock, void *msg, size_t cap, int *fd, struct err *err)
{
	struct iovec iov = {msg, cap};
	union control c = {0};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = c.bytes,
			   .msg_controllen = sizeof c.bytes};
	ssize_t n;

	do {
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, "cannot receive a job");
	*fd = -1;
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	if (h && h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(h), sizeof *fd);
	return (int)n;
}

int worker_collect(struct worker *w, int64_t deadline, uint64_t limit, struct buf *out,
		   struct err *err)
{
	for (;;) {
		struct pollfd p = {w->out, POLLIN, 0};
		int64_t left = deadline ? (deadline - clock_mono_ns()) / 1000000 : INT32_MAX;
		if (left <= 0)
			return err_set(err, ERR_TIMEOUT, "not done within --timeout");
		int ready = poll(&p, 1, left > 60000 ? 60000 : (int)left);
		if (ready == 0 || (ready < 0 && errno == EINTR))
			continue;
		ssize_t n = read(w->out, buf_reserve(out, 65536), 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot read from the worker");
		if (n == 0)
			return 0;
		out->n += (size_t)n;
		if (out->n > limit)
			return err_set(err, ERR_LIMIT,
				       "a worker sent more than its budget of %llu bytes",
				       (unsigned long long)limit);
	}
}

/* A worker has nothing left to do when its sockets are closed. One that was taken over may stay all
 * the same: it is not waited for. False when it had to be killed. */
static bool reap(pid_t pid, int *status)
{
	for (int ms = 0; ms < GRACE_MS; ms += ms < 20 ? 1 : 20) {
		pid_t got = waitpid(pid, status, WNOHANG);
		if (got == pid || (got < 0 && errno != EINTR))
			return true;
		struct timespec pause = {0, (ms < 20 ? 1 : 20) * 1000000L};
		(void)nanosleep(&pause, NULL);
	}
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return false;
}

void worker_end(struct worker *w, char *why, size_t cap)
{
	int status = 0;

	why[0] = '\0';
	if (w->pid <= 0)
		return;
	close(w->jobs);
	close(w->out);
	if (!reap(w->pid, &status))
		(void)snprintf(why, cap, "it did not end and was killed");
	else if (WIFSIGNALED(status))
		(void)snprintf(why, cap, "killed by signal %d (%s)", WTERMSIG(status),
			       strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == EXIT_NO_SANDBOX)
		(void)snprintf(why, cap, "no sandbox on this machine");
	else if (WEXITSTATUS(status) != 0)
		(void)snprintf(why, cap, "ended with %d", WEXITSTATUS(status));
	w->pid = 0;
}

void worker_kill(struct worker *w)
{
	char why[128];

	if (w->pid <= 0)
		return;
	(void)kill(w->pid, SIGKILL);
	worker_end(w, why, sizeof why);
}
