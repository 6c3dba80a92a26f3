#include "sys/worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/sandbox.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { EXIT_NO_SANDBOX = 126, EXIT_NOT_PREPARED = 125 };

static void set_limit(int what, rlim_t n)
{
	struct rlimit r = {n, n};

	(void)setrlimit(what, &r);
}

/* Nothing of the parent's stays open but standard error and the worker's own two ends. */
static void close_others(int a, int b)
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

static _Noreturn void child(worker_fn run, worker_prepare_fn prepare, void *arg, int jobs, int out,
			    uint64_t memory)
{
	struct err err;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	close_others(jobs, out);
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_FSIZE, 0);
	if (memory && !SANITIZED)
		set_limit(RLIMIT_AS, memory);
	if (prepare && prepare(arg, &err) < 0) {
		err_print(stderr, &err);
		_exit(EXIT_NOT_PREPARED);
	}
	if (sandbox_enter(&err) < 0) {
		err_print(stderr, &err);
		_exit(EXIT_NO_SANDBOX);
	}
	run(jobs, out, arg);
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
	(void)fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		child(run, prepare, arg, jobs[1], out[1], memory);
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

int worker_collect(struct worker *w, int64_t deadline, uint64_t limit, struct buf *out, struct err *err)
{
	for (;;) {
		struct pollfd p = {w->out, POLLIN, 0};
		int64_t left = deadline ? (deadline - clock_mono_ns()) / 1000000 : INT32_MAX;
		if (left <= 0)
			return err_set(err, ERR_TIMEOUT, "not done within --timeout");
		if (poll(&p, 1, left > 60000 ? 60000 : (int)left) == 0)
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
			return err_set(err, ERR_LIMIT, "a worker sent more than its budget of %llu bytes",
				       (unsigned long long)limit);
	}
}

void worker_end(struct worker *w, char *why, size_t cap)
{
	int status = 0;

	why[0] = '\0';
	if (w->pid <= 0)
		return;
	close(w->jobs);
	close(w->out);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
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
