/*
 * The process that downloads one layer into a pipe. What a registry sends goes through it unread;
 * it has no other descriptors of ours, writes no files, runs nothing, and sees of the file system
 * only what a name look-up and a certificate check need. Its last words are a struct err, said
 * before the pipe is closed: whoever has seen the pipe's end can have them.
 */
#include "oci/registry-int.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "oci/digest.h"
#include "sys/sandbox.h"
#include "sys/worker.h"

enum { PIPE_BYTES = 1 << 20, TRIES_MAX = 100 };

struct flow {
	struct registry *r;
	const struct image_layer *layer;
	int to;
	uint64_t sent, skip; /* skip: what a server that does not continue sends again */
	bool begun, gone, too_long, wrong_part;
	struct http_answer answer;
};

/* "bytes FROM-TO/SIZE" */
static bool continues(struct sv range, uint64_t from)
{
	uint64_t start;

	if (!sv_starts(range, SV("bytes ")))
		return false;
	struct sv rest = sv_from(range, 6);
	return sv_u64(sv_trim(sv_cut(&rest, '-')), &start) && start == from;
}

static bool write_all(int fd, struct sv v)
{
	while (v.n > 0) {
		ssize_t n = write(fd, v.p, v.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		v = sv_from(v, (size_t)n);
	}
	return true;
}

static bool pass_on(void *arg, struct sv bytes)
{
	struct flow *f = arg;

	if (!f->begun) {
		f->begun = true;
		f->skip = f->answer.status == 206 ? 0 : f->sent;
		f->wrong_part = f->answer.status == 206 && !continues(f->answer.range, f->sent);
	}
	if (f->wrong_part)
		return false;
	uint64_t again = f->skip < bytes.n ? f->skip : bytes.n;
	f->skip -= again;
	bytes = sv_from(bytes, (size_t)again);
	f->too_long = bytes.n > f->layer->size - f->sent;
	if (f->too_long)
		return false;
	f->gone = !write_all(f->to, bytes);
	f->sent += f->gone ? 0 : bytes.n;
	return !f->gone;
}

static int wrong_size(const struct flow *f, struct err *err)
{
	(void)err_set(err, ERR_CRYPTO, "it has %s bytes than the %llu that its descriptor says",
		      f->too_long ? "more" : "fewer", (unsigned long long)f->layer->size);
	return err_code(err, "size-mismatch");
}

/* One connection. 1: all is there. */
static int attempt(struct flow *f, struct err *err)
{
	struct registry_get g = {
		.what = "blobs",
		.id = digest_str(f->r->arena, &f->layer->digest),
		.limit = UINT64_MAX,
		.from = f->sent,
		.sink = pass_on,
		.arg = f,
	};

	f->begun = false;
	int rc = registry_get(f->r, &g, &f->answer, err);
	if (f->too_long || (rc == 0 && f->sent < f->layer->size))
		return wrong_size(f, err);
	if (f->wrong_part)
		return err_set(err, ERR_PROTO, "the registry continues at another place");
	return rc < 0 ? rc : 1;
}

static int download(struct flow *f, struct err *err)
{
	struct retry retry = {.reached = true}; /* its manifest came from there */
	unsigned ms;

	for (unsigned tries = 0; tries < TRIES_MAX; tries++) {
		uint64_t before = f->sent;
		int rc = attempt(f, err);
		if (rc > 0 || f->gone)
			return 0;
		if (f->too_long || f->wrong_part)
			return rc;
		retry.failed = f->sent > before ? 0 : retry.failed;
		if (!retry_wanted(&retry, f->answer.code, f->answer.status, f->answer.retry_after,
				  &ms) ||
		    !registry_pause(f->r, ms))
			return rc;
		retry.failed++;
	}
	return err_set(err, ERR_PROTO, "the connection broke %d times", TRIES_MAX);
}

/* No connection becomes a standard output. */
static void take_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd < 2);
	if (fd >= 0)
		(void)close(fd);
}

static int confine(const struct registry *r, struct err *err)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)setrlimit(RLIMIT_FSIZE, &none);
	return sandbox_enter_network(r->http.ca_file, err);
}

static _Noreturn void child(struct registry *r, const struct image_layer *layer, int data,
			    int status)
{
	struct flow f = {.r = r, .layer = layer, .to = data};
	struct err err = {0};

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	worker_close_others(data, status);
	take_standard();
	/* the parent's handle and its connection stay the parent's */
	r->http.easy = NULL;
	int rc = http_open(&r->http, &err);
	if (rc == 0)
		rc = confine(r, &err);
	if (rc == 0)
		rc = download(&f, &err);
	if (rc == 0)
		err = (struct err){0};
	(void)write_all(status, sv_make(&err, sizeof err));
	_exit(0);
}

int registry_layer_open(struct registry *r, const struct image *img, size_t layer,
			struct layer_input *out, struct err *err)
{
	int data[2], status[2];

	if (pipe2(data, O_CLOEXEC) != 0)
		return err_sys(err, "cannot make a pipe");
	if (pipe2(status, O_CLOEXEC) != 0) {
		(void)err_sys(err, "cannot make a pipe");
		(void)close(data[0]);
		(void)close(data[1]);
		return -(int)err->kind;
	}
	(void)fcntl(data[1], F_SETPIPE_SZ, PIPE_BYTES);
	(void)fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		child(r, &img->layers.p[layer], data[1], status[1]);
	if (pid < 0)
		(void)err_sys(err, "cannot start a download");
	(void)close(data[1]);
	(void)close(status[1]);
	if (pid < 0) {
		(void)close(data[0]);
		(void)close(status[0]);
		return -(int)err->kind;
	}
	*VEC_PUSH(&r->downloads) = (struct downloader){pid, status[0], data[0]};
	*out = (struct layer_input){data[0], UINT64_MAX, UINT64_MAX};
	return 0;
}

/* Ends it. Its last words are there if it came so far; a reader that had enough wants none. */
static int end(struct downloader *d, struct err *err)
{
	struct err words = {0};
	int status = 0;

	(void)fcntl(d->status, F_SETFL, O_NONBLOCK);
	bool said = read(d->status, &words, sizeof words) == (ssize_t)sizeof words;
	(void)close(d->status);
	/* it spoke with strangers: what it says is checked */
	said = said && words.kind < ERR_KINDS && words.scope < SCOPES;
	words.code[sizeof words.code - 1] = words.where[sizeof words.where - 1] = '\0';
	words.msg[sizeof words.msg - 1] = words.hint[sizeof words.hint - 1] = '\0';
	if (!said)
		(void)kill(d->pid, SIGKILL);
	while (waitpid(d->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (said && words.kind != ERR_NONE) {
		*err = words;
		return -(int)err->kind;
	}
	if (!said && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		return err_set(err, ERR_IO, "the download was ended by signal %d",
			       WTERMSIG(status));
	return 0;
}

int registry_layer_close(struct registry *r, struct layer_input *in, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < r->downloads.n; i++) {
		if (in->fd < 0 || r->downloads.p[i].data != in->fd)
			continue;
		(void)close(in->fd);
		in->fd = -1;
		rc = end(&r->downloads.p[i], err);
		r->downloads.p[i] = r->downloads.p[--r->downloads.n];
	}
	return rc;
}

void registry_layers_end(struct registry *r)
{
	struct err unused;

	for (size_t i = 0; i < r->downloads.n; i++) {
		(void)close(r->downloads.p[i].data);
		(void)end(&r->downloads.p[i], &unused);
	}
	vec_done(&r->downloads);
}
