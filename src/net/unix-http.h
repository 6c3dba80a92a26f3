/*
 * GET over a unix socket, as container engines serve their API (RFC 9112, one request a
 * connection). Strict: what two readers could see differently (both lengths, unknown transfer
 * codings, bare LF) is refused. A body that ends early is an error, never a short body.
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
