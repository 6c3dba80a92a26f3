/*
 * GET over a unix socket (or a TCP connection on the way to an engine), as container engines serve
 * their API (RFC 9112). Strict: what two readers could see differently (both lengths, unknown
 * transfer codings, bare LF) is refused. A body that ends early is an error, never a short body.
 */
#pragma once

#include "fmt/stream.h"

struct unix_reply {
	int status;
	struct stream *body; /* the caller's; stream_free() closes the connection */
};

/* path: origin-form, already escaped. deadline: clock_mono_ns(), 0 = none; a peer that is silent
 * for five minutes is given up in any case. Connecting fails with the code "engine-unreachable". */
int unix_get(const char *socket, const char *path, int64_t deadline, struct unix_reply *out,
	     struct err *err) must_check;
/* The answer on a connected socket, which is taken over. */
int unix_answer(int fd, int64_t deadline, struct unix_reply *out, struct err *err) must_check;

/*
 * A connection for many requests, one behind the other. A request may be sent before the answer to
 * the last one is read: answers come in order.
 */
struct unix_conn;
/* A connected socket, or -kind; code "engine-unreachable". */
int unix_dial(const char *path, struct err *err) must_check;
int tcp_dial(const char *host, const char *port, int64_t deadline, struct err *err) must_check;
/* Takes the connected socket over. host: of the requests' header. */
struct unix_conn *unix_conn_new(int fd, const char *host);
/* NULL is accepted. */
void unix_conn_free(struct unix_conn *c);
int unix_ask(struct unix_conn *c, const char *path, struct err *err) must_check;
/* The next answer, whole: at most limit bytes of body (more is ERR_LIMIT). After an error the
 * connection is of no more use. */
int unix_hear(struct unix_conn *c, int64_t deadline, uint64_t limit, int *status, struct buf *body,
	      struct err *err) must_check;
/* Nothing of the last answer had come when the peer closed: the request may be made again. */
bool unix_conn_was_closed(const struct unix_conn *c);
/* The peer closes it after this answer, or has spoken out of turn: requests need a new one. */
bool unix_conn_is_over(const struct unix_conn *c);
