#include "oci/engine-client.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/text.h"
#include "fmt/json.h"

enum { MESSAGE_BYTES = 65536 };

static int unreachable(const struct engine_client *c, struct err *err)
{
	(void)err_code(err, "engine-unreachable");
	(void)err_scope(err, SCOPE_TARGET);
	if (c->at.from.n)
		(void)err_ctx(err, "%.*s", SV_ARG(c->at.from));
	if (err->kind == ERR_DENIED)
		return err_hint(err, "run as root or as a member of the socket's group");
	return err_hint(err, "is the engine running? --host unix:///path/to/socket names another");
}

/* The last error is kept unless one says more: a socket that exists and is closed to us. */
static int dial_sockets(struct engine_client *c, struct err *err)
{
	struct err worst = {0};

	for (size_t i = 0; i < c->at.sockets.n; i++) {
		int fd = unix_dial(c->at.sockets.p[i].p, err);
		if (fd >= 0) {
			c->socket = c->at.sockets.p[i].p;
			c->at.shown = arena_fmt(c->arena, "unix://%s", c->socket);
			return fd;
		}
		if (worst.kind == ERR_NONE || (err->kind == ERR_DENIED && worst.kind != ERR_DENIED))
			worst = *err;
	}
	*err = worst;
	return unreachable(c, err);
}

/* unix(7), SO_PEERCRED: of a listener, those at listen(2); 0 from another namespace of processes.
 */
static int64_t peer_of(int fd)
{
	struct ucred who;
	socklen_t n = sizeof who;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && who.pid > 0 ? who.pid : 0;
}

static int connect_again(struct engine_client *c, struct err *err)
{
	int fd;

	unix_conn_free(c->conn);
	c->conn = NULL;
	c->ahead = (struct sv){0};
	if (c->at.way == ENGINE_TCP)
		fd = tcp_dial(c->at.host, c->at.port, c->deadline, err);
	else
		fd = c->socket ? unix_dial(c->socket, err) : dial_sockets(c, err);
	if (fd < 0)
		return c->socket || c->at.way == ENGINE_TCP ? unreachable(c, err) : fd;
	if (c->at.way == ENGINE_UNIX)
		c->peer = peer_of(fd);
	c->conn = unix_conn_new(fd, c->at.way == ENGINE_TCP ? c->at.host : "localhost");
	return 0;
}

static int open_tls(struct engine_client *c, struct err *err)
{
	int rc = http_open(&c->http, err);

	c->http.ca_file = c->at.ca;
	c->http.cert_file = c->at.cert;
	c->http.key_file = c->at.key;
	c->http.no_verify = !c->at.verify;
	c->http.deadline = c->deadline;
	return rc;
}

int engine_client_open(struct engine_client *c, struct arena *a, const struct engine_choice *choice,
		       int64_t deadline, struct err *err)
{
	*c = (struct engine_client){.arena = a, .deadline = deadline};
	int rc = engine_address_find(a, choice, &c->at, err);
	if (rc < 0)
		return rc;
	return c->at.way == ENGINE_TLS ? open_tls(c, err) : connect_again(c, err);
}

void engine_client_close(struct engine_client *c)
{
	unix_conn_free(c->conn);
	c->conn = NULL;
	if (c->http.easy)
		http_done(&c->http);
	engine_address_done(&c->at);
}

struct sink {
	struct buf *to;
};

static bool take(void *arg, struct sv bytes)
{
	struct sink *s = arg;

	buf_sv(s->to, bytes);
	return true;
}

static int get_tls(struct engine_client *c, struct sv path, uint64_t limit, int *status,
		   struct buf *body, struct err *err)
{
	auto_done(arena_done) struct arena a;
	struct sink sink = {body};
	struct http_answer answer;
	bool ipv6 = strchr(c->at.host, ':') != NULL;

	arena_init(&a, 0);
	const struct http_request q = {
		.url = arena_fmt(&a, "https://%s%s%s:%s%.*s", ipv6 ? "[" : "", c->at.host,
				 ipv6 ? "]" : "", c->at.port, SV_ARG(path)),
		.limit = limit,
		.sink = take,
		.arg = &sink,
	};
	int rc = http_exchange(&c->http, &a, &q, &answer, err);
	*status = (int)answer.status;
	if (rc == 0)
		return 0;
	/* options of registries do not help here */
	if (err->hint[0] || !c->at.cert) {
		(void)err_hint(err, "%s",
			       c->at.cert
				       ? "ca.pem of DOCKER_CERT_PATH or of the context is to have "
					 "issued the engine's certificate, which names its host"
				       : "does the engine ask for a certificate? cert.pem and "
					 "key.pem in DOCKER_CERT_PATH or in the context");
	}
	return err_scope(err, SCOPE_TARGET);
}

static int ask(struct engine_client *c, struct sv path, struct err *err)
{
	char text[4096];

	if (path.n >= sizeof text)
		return err_set(err, ERR_LIMIT, "a path of %zu bytes", path.n);
	memcpy(text, path.p, path.n);
	text[path.n] = '\0';
	return unix_ask(c->conn, text, err);
}

/* An answer that was asked for and is not wanted any more. */
static bool skip_ahead(struct engine_client *c, uint64_t limit)
{
	auto_done(buf_done) struct buf unused = {0};
	struct err err;
	int status;

	c->ahead = (struct sv){0};
	return unix_hear(c->conn, c->deadline, limit, &status, &unused, &err) == 0;
}

int engine_client_get(struct engine_client *c, struct sv path, uint64_t limit, int *status,
		      struct buf *body, struct err *err)
{
	size_t before = body->n;
	int rc = 0;

	/* thousands of questions are not each to find that out with a new connection */
	if (c->deadline && clock_mono_ns() > c->deadline) {
		(void)err_set(err, ERR_TIMEOUT, "the engine does not answer in time");
		return err_scope(err, SCOPE_TARGET);
	}
	if (c->at.way == ENGINE_TLS)
		return get_tls(c, path, limit, status, body, err);
	bool asked = c->ahead.n && sv_eq(c->ahead, path);
	if (c->ahead.n && !asked && !skip_ahead(c, limit))
		rc = connect_again(c, err);
	/* a kept connection may have been closed meanwhile: once more with a new one, not for
	 * ever */
	for (bool fresh = false; rc == 0; fresh = true) {
		if (!c->conn || (unix_conn_is_over(c->conn) && !asked)) {
			if ((rc = connect_again(c, err)) < 0)
				break;
			fresh = true;
		}
		if (!asked)
			rc = ask(c, path, err);
		if (rc == 0)
			rc = unix_hear(c->conn, c->deadline, limit, status, body, err);
		c->ahead = (struct sv){0};
		if (rc == 0 || fresh || !unix_conn_was_closed(c->conn))
			break;
		asked = false;
		body->n = before;
		unix_conn_free(c->conn);
		c->conn = NULL;
		rc = 0;
	}
	return rc < 0 ? err_scope(err, SCOPE_TARGET) : 0;
}

int engine_client_ok(struct engine_client *c, struct sv path, uint64_t limit, struct buf *body,
		     struct err *err)
{
	const struct node *doc;
	size_t before = body->n;
	struct sv words = {0};
	struct err unused;
	int status = 0;

	int rc = engine_client_get(c, path, limit, &status, body, err);
	if (rc < 0 || status == 200)
		return rc;
	auto_done(arena_done) struct arena a;
	arena_init(&a, 0);
	struct sv text = sv_from(buf_view(body), before);
	if (text.n <= MESSAGE_BYTES &&
	    json_read(&a, SV("answer"), text, DUP_LAST, &doc, &unused) == 0)
		words = sv_trim(node_get_str(doc, "message"));
	if (!words.n)
		words = arena_fmt(&a, "status %d", status);
	body->n = before;
	(void)err_set(err, status == 404 ? ERR_NOTFOUND : ERR_PROTO, "%.*s",
		      SV_ARG(text_safe(&a, sv_head(words, 300))));
	return err_scope(err, SCOPE_TARGET);
}

void engine_client_ahead(struct engine_client *c, struct sv path)
{
	struct err unused;

	if (c->at.way == ENGINE_TLS || !c->conn || c->ahead.n || unix_conn_is_over(c->conn))
		return;
	if (ask(c, path, &unused) == 0)
		c->ahead = path;
}
