#include "sys/run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* The child's only words to us beside its output: why exec failed. */
static _Noreturn void child(const struct run *r, int io, int why)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0 && dup2(io, 0) == 0 && dup2(io, 1) == 1 && dup2(null, 2) == 2) {
		(void)signal(SIGPIPE, SIG_DFL);
		(void)execvp(r->argv[0], (char *const *)(uintptr_t)r->argv);
	}
	int e = errno;
	(void)!write(why, &e, sizeof e);
	_exit(127);
}

static int feed(int io, struct sv *input, struct err *err)
{
	ssize_t n = send(io, input->p, input->n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN && errno != EINTR && errno != EPIPE)
		return err_sys(err, "cannot write to it");
	if (n < 0 && errno == EPIPE)
		n = (ssize_t)input->n; /* it has read enough */
	*input = sv_from(*input, n > 0 ? (size_t)n : 0);
	if (input->n == 0)
		(void)shutdown(io, SHUT_WR);
	return 0;
}

static int talk(const struct run *r, int io, struct buf *out, struct err *err)
{
	int64_t end = clock_mono_ns() + r->timeout_ns;
	struct sv input = r->input;
	size_t before = out->n;

	if (input.n == 0)
		(void)shutdown(io, SHUT_WR);
	for (;;) {
		struct pollfd p = {io, (short)(input.n ? POLLIN | POLLOUT : POLLIN), 0};
		int64_t left = (end - clock_mono_ns()) / 1000000;
		if (left <= 0)
			return err_set(err, ERR_TIMEOUT, "no answer within %lld seconds",
				       (long long)(r->timeout_ns / 1000000000));
		if (poll(&p, 1, left > 60000 ? 60000 : (int)left) <= 0)
			continue;
		if ((p.revents & POLLOUT) && feed(io, &input, err) < 0)
			return -(int)err->kind;
		if (!(p.revents & (POLLIN | POLLHUP | POLLERR)))
			continue;
		ssize_t n = recv(io, buf_reserve(out, 4096), 4096, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return 0; /* ECONNRESET: it ended without reading all */
		out->n += (size_t)n;
		if (out->n - before > r->limit)
			return err_set(err, ERR_LIMIT, "it says more than %llu bytes",
				       (unsigned long long)r->limit);
	}
}

/* Its end, waited for as long as there is time; then it is killed. */
static int reap(pid_t pid, bool kill_it, int64_t timeout_ns)
{
	int64_t end = clock_mono_ns() + timeout_ns;
	struct timespec pause = {0, 2000000};
	int status = 0;

	while (!kill_it && clock_mono_ns() < end) {
		pid_t got = waitpid(pid, &status, WNOHANG);
		if (got == pid || (got < 0 && errno != EINTR))
			return status;
		(void)nanosleep(&pause, NULL);
	}
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static int start(const struct run *r, int io[2], pid_t *pid, struct err *err)
{
	int why[2], e = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, io) != 0)
		return err_sys(err, "cannot make a socket pair");
	if (pipe2(why, O_CLOEXEC) != 0) {
		(void)err_sys(err, "cannot make a pipe");
		(void)close(io[0]);
		(void)close(io[1]);
		return -(int)err->kind;
	}
	*pid = fork();
	if (*pid == 0)
		child(r, io[1], why[1]);
	if (*pid < 0)
		e = errno;
	(void)close(io[1]);
	(void)close(why[1]);
	if (*pid > 0 && read(why[0], &e, sizeof e) == (ssize_t)sizeof e)
		(void)reap(*pid, true, 0);
	(void)close(why[0]);
	if (e == 0)
		return 0;
	(void)close(io[0]);
	errno = e;
	return err_sys(err, "cannot run %s", r->argv[0]);
}

int run_program(const struct run *r, struct buf *out, int *status, struct err *err)
{
	int io[2];
	pid_t pid = -1;

	int rc = start(r, io, &pid, err);
	if (rc < 0)
		return rc;
	rc = talk(r, io[0], out, err);
	(void)close(io[0]);
	int how = reap(pid, rc < 0, r->timeout_ns);
	*status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
	return rc;
}
