#include "net/unix-http.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/limits.h"

enum { WINDOW = 256 << 10, LINE_MAX_BYTES = 16384, SILENCE_MS = 300000, CONNECT_MS = 20000 };

enum framing { TO_CLOSE, BY_LENGTH, CHUNKED };

struct conn {
	struct stream s; /* first: the body is the connection */
	int fd;
	int64_t deadline;
	char *window;
	size_t at, n;
	uint64_t header; /* bytes of the header block and trailers so far */
	enum framing framing;
	uint64_t left; /* of the body or the chunk */
	bool in_chunk; /* its CRLF is still to come */
	bool closes;   /* it serves no request after this one */
	int ended;     /* 1 = at the end, negative = the error below */
	struct err err;
};

static int proto(struct err *err, const char *what)
{
	return err_set(err, ERR_PROTO, "the engine's answer is no HTTP: %s", what);
}

static int cut_short(struct err *err)
{
	(void)err_set(err, ERR_PROTO, "the engine's answer ended early");
	return err_code(err, "truncated");
}

/* Until there is something to read, or the time is up. */
static int wait_for(struct conn *c, struct err *err)
{
	int64_t ms = SILENCE_MS;

	if (c->deadline) {
		int64_t rest = (c->deadline - clock_mono_ns()) / 1000000;
		ms = rest < 0 ? 0 : rest < ms ? rest : ms;
	}
	struct pollfd p = {c->fd, POLLIN, 0};
	int rc = poll(&p, 1, (int)ms);
	if (rc < 0 && errno != EINTR)
		return err_sys(err, "poll");
	return rc != 0 ? 0 : err_set(err, ERR_TIMEOUT, "the engine does not answer in time");
}

/* More bytes behind those that are there. 0 = the peer closed. */
static int refill(struct conn *c, struct err *err)
{
	if (c->at > 0) {
		memmove(c->window, c->window + c->at, c->n - c->at);
		c->n -= c->at;
		c->at = 0;
	}
	for (;;) {
		int rc = wait_for(c, err);
		if (rc < 0)
			return rc;
		ssize_t n = recv(c->fd, c->window + c->n, WINDOW - c->n, 0);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return err_sys(err, "reading the engine's answer failed");
		c->n += (size_t)n;
		return n > 0;
	}
}

/* A line without its CRLF; valid until the next call. */
static int line(struct conn *c, struct sv *out, struct err *err)
{
	for (;;) {
		struct sv have = sv_make(c->window + c->at, c->n - c->at);
		size_t lf = sv_find_char(have, '\n');
		if (lf == SIZE_MAX && have.n < LINE_MAX_BYTES) {
			int rc = refill(c, err);
			if (rc <= 0)
				return rc < 0 ? rc : cut_short(err);
			continue;
		}
		if (lf == SIZE_MAX || lf > LINE_MAX_BYTES)
			return err_set(err, ERR_LIMIT, "a line of the engine's answer is too long");
		if (lf == 0 || have.p[lf - 1] != '\r')
			return proto(err, "a line without CR LF");
		*out = sv_head(have, lf - 1);
		c->at += lf + 1;
		c->header += lf + 1;
		return 0;
	}
}

static int header_line(struct conn *c, struct sv *out, struct err *err)
{
	int rc = line(c, out, err);

	if (rc == 0 && c->header > limit_http_header)
		return err_set(err, ERR_LIMIT, "the header of the engine's answer is too long");
	return rc;
}

/* "HTTP/1.1 200 OK" */
static int status_line(struct conn *c, int *status, struct err *err)
{
	struct sv l;
	uint64_t code;

	int rc = header_line(c, &l, err);
	if (rc < 0)
		return rc;
	bool version = sv_starts(l, SV("HTTP/1.1 ")) || sv_starts(l, SV("HTTP/1.0 "));
	if (!version || l.n < 12 || !sv_u64(sv_make(l.p + 9, 3), &code) || code < 200 ||
	    code > 599 || (l.n > 12 && l.p[12] != ' '))
		return proto(err, "no status line");
	*status = (int)code;
	c->closes = !sv_starts(l, SV("HTTP/1.1"));
	return 0;
}

/* RFC 9112, 6.3: how the body ends. */
static int headers(struct conn *c, struct err *err)
{
	bool chunked = false, length = false;
	struct sv l;
	int rc;

	while ((rc = header_line(c, &l, err)) == 0 && l.n > 0) {
		struct sv value = l, name = sv_cut(&value, ':');
		value = sv_trim(value);
		if (name.n == 0 || name.n == l.n || sv_trim(name).n != name.n)
			return proto(err, "a header without name");
		if (sv_ieq(name, SV("transfer-encoding"))) {
			if (chunked || !sv_ieq(value, SV("chunked")))
				return proto(err, "an unknown transfer coding");
			chunked = true;
		} else if (sv_ieq(name, SV("content-length"))) {
			if (length || !sv_u64(value, &c->left))
				return proto(err, "no single length");
			length = true;
		} else if (sv_ieq(name, SV("content-encoding")) && !sv_ieq(value, SV("identity"))) {
			return proto(err, "a content coding nobody asked for");
		} else if (sv_ieq(name, SV("connection"))) {
			c->closes |= !sv_ieq(value, SV("keep-alive"));
		}
	}
	if (rc == 0 && chunked && length)
		return proto(err, "two lengths");
	c->framing = chunked ? CHUNKED : length ? BY_LENGTH : TO_CLOSE;
	if (chunked)
		c->left = 0;
	return rc;
}

static bool hex_size(struct sv v, uint64_t *out)
{
	uint64_t size = 0;

	if (v.n == 0 || v.n > 15)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *d = v.p[i] ? strchr(digits, v.p[i]) : NULL;
		if (!d)
			return false;
		size = size * 16 + (uint64_t)((d - digits) % 16);
	}
	*out = size;
	return true;
}

/* The size of the next chunk; behind the last one the trailers, which nobody needs. */
static int next_chunk(struct conn *c, struct err *err)
{
	struct sv l;
	int rc;

	if (c->in_chunk && ((rc = line(c, &l, err)) < 0 || l.n > 0))
		return rc < 0 ? rc : proto(err, "a chunk that does not end");
	if ((rc = line(c, &l, err)) < 0)
		return rc;
	if (!hex_size(sv_trim(sv_cut(&l, ';')), &c->left))
		return proto(err, "no chunk size");
	c->in_chunk = true;
	if (c->left > 0)
		return 1;
	c->header = 0;
	while ((rc = header_line(c, &l, err)) == 0 && l.n > 0)
		;
	return rc;
}

static int body(struct conn *c, struct sv *chunk, struct err *err)
{
	int rc;

	if (c->framing == CHUNKED && c->left == 0 && (rc = next_chunk(c, err)) <= 0)
		return rc;
	if (c->framing == BY_LENGTH && c->left == 0)
		return 0;
	if (c->at == c->n && (rc = refill(c, err)) <= 0) {
		if (rc < 0 || c->framing == TO_CLOSE)
			return rc;
		return cut_short(err);
	}
	size_t n = c->n - c->at;
	if (c->framing != TO_CLOSE) {
		n = n < c->left ? n : (size_t)c->left;
		c->left -= n;
	}
	*chunk = sv_make(c->window + c->at, n);
	c->at += n;
	return 1;
}

static int conn_next(struct stream *s, struct sv *chunk, struct err *err)
{
	struct conn *c = (struct conn *)s;

	if (c->ended < 0)
		*err = c->err;
	if (c->ended)
		return c->ended < 0 ? c->ended : 0;
	int rc = body(c, chunk, err);
	if (rc <= 0)
		c->ended = rc < 0 ? rc : 1;
	if (rc < 0)
		c->err = *err;
	return rc;
}

static void conn_free(struct stream *s)
{
	struct conn *c = (struct conn *)s;

	if (c->fd >= 0)
		(void)close(c->fd);
	free(c->window);
	free(c);
}

int unix_dial(const char *path, struct err *err)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof to.sun_path)
		return err_set(err, ERR_USAGE, "the path of the socket is too long: %s", path);
	memcpy(to.sun_path, path, strlen(path) + 1);
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(err, "no socket");
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return take_fd(&fd);
	bool gone = errno == ECONNREFUSED;
	(void)err_sys(err, "%s cannot be reached", path);
	if (gone)
		err->kind = ERR_NOTFOUND;
	return err_code(err, "engine-unreachable");
}

static int ask(int fd, const char *host, const char *path, bool last, struct err *err)
{
	auto_done(buf_done) struct buf q = {0};

	buf_fmt(&q, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: gabion/%s\r\n", path, host,
		GABION_VERSION);
	buf_fmt(&q, "Accept: */*\r\n%s\r\n", last ? "Connection: close\r\n" : "");
	for (size_t done = 0; done < q.n;) {
		ssize_t n = send(fd, q.p + done, q.n - done, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "asking the engine failed");
		done += (size_t)n;
	}
	return 0;
}

static struct conn *conn_new(int fd)
{
	struct conn *c = xcalloc(1, sizeof *c);

	*c = (struct conn){.s = {.next = conn_next, .free = conn_free}, .fd = fd};
	c->window = xmalloc(WINDOW);
	return c;
}

/* Up to the body of the next answer. */
static int head(struct conn *c, int64_t deadline, int *status, struct err *err)
{
	c->deadline = deadline;
	c->header = c->left = 0;
	c->in_chunk = false;
	c->ended = 0;
	int rc = status_line(c, status, err);
	if (rc == 0)
		rc = headers(c, err);
	/* RFC 9110, 15.3.5 and 15.4.5: no body, whatever the header says */
	if (rc == 0 && (*status == 204 || *status == 304))
		c->ended = 1;
	return rc;
}

int unix_answer(int fd, int64_t deadline, struct unix_reply *out, struct err *err)
{
	struct conn *c = conn_new(fd);
	int status, rc;

	if ((rc = head(c, deadline, &status, err)) < 0) {
		conn_free(&c->s);
		return rc;
	}
	*out = (struct unix_reply){.status = status, .body = &c->s};
	return 0;
}

int unix_get(const char *socket, const char *path, int64_t deadline, struct unix_reply *out,
	     struct err *err)
{
	auto_close int fd = unix_dial(socket, err);

	if (fd < 0)
		return fd;
	int rc = ask(fd, "localhost", path, true, err);
	return rc < 0 ? rc : unix_answer(take_fd(&fd), deadline, out, err);
}

struct unix_conn {
	struct conn *c;
	char *host;
	unsigned open; /* requests without answer */
	bool over, was_closed;
};

struct unix_conn *unix_conn_new(int fd, const char *host)
{
	struct unix_conn *u = xcalloc(1, sizeof *u);

	u->c = conn_new(fd);
	u->host = xstrdup(host);
	return u;
}

void unix_conn_free(struct unix_conn *u)
{
	if (!u)
		return;
	conn_free(&u->c->s);
	free(u->host);
	free(u);
}

int unix_ask(struct unix_conn *u, const char *path, struct err *err)
{
	int rc = ask(u->c->fd, u->host, path, false, err);

	u->open += rc == 0;
	u->over |= rc < 0;
	u->was_closed = rc < 0;
	return rc;
}

int unix_hear(struct unix_conn *u, int64_t deadline, uint64_t limit, int *status, struct buf *body,
	      struct err *err)
{
	struct conn *c = u->c;
	int rc = head(c, deadline, status, err);

	u->was_closed = rc < 0 && c->header == 0 && c->n == c->at &&
			(err->kind == ERR_PROTO || err->sys_errno == ECONNRESET);
	if (rc == 0)
		rc = stream_all(&c->s, limit, body, err);
	u->open -= u->open > 0;
	u->over |= rc < 0 || c->closes || c->framing == TO_CLOSE;
	/* bytes that no request asked for: whose answer would the next one be? */
	u->over |= u->open == 0 && c->at < c->n;
	return rc < 0 ? rc : 0;
}

bool unix_conn_was_closed(const struct unix_conn *u)
{
	return u->was_closed;
}

bool unix_conn_is_over(const struct unix_conn *u)
{
	return u->over;
}

/* Until the connection stands, or the time is up. */
static int connect_in_time(int fd, const struct addrinfo *to, int64_t deadline)
{
	int64_t ms = deadline ? (deadline - clock_mono_ns()) / 1000000 : CONNECT_MS;
	struct pollfd p = {fd, POLLOUT, 0};
	int failed = 0;
	socklen_t n = sizeof failed;

	if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return errno;
	if (poll(&p, 1, ms < 0 ? 0 : ms > CONNECT_MS ? CONNECT_MS : (int)ms) != 1)
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &n) == 0 ? failed : errno;
}

int tcp_dial(const char *host, const char *port, int64_t deadline, struct err *err)
{
	const struct addrinfo want = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *all = NULL;
	int rc = getaddrinfo(host, port, &want, &all), why = 0;

	if (rc != 0) {
		(void)err_set(err, ERR_NOTFOUND, "%s: %s", host, gai_strerror(rc));
		return err_code(err, "engine-unreachable");
	}
	for (const struct addrinfo *a = all; a; a = a->ai_next) {
		auto_close int fd =
			socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
			       a->ai_protocol);
		why = fd < 0 ? errno : connect_in_time(fd, a, deadline);
		if (why == 0 && fcntl(fd, F_SETFL, 0) == 0) {
			freeaddrinfo(all);
			return take_fd(&fd);
		}
	}
	freeaddrinfo(all);
	errno = why;
	bool gone = errno == ECONNREFUSED;
	(void)err_sys(err, "%s:%s cannot be reached", host, port);
	if (gone)
		err->kind = ERR_NOTFOUND;
	return err_code(err, "engine-unreachable");
}
