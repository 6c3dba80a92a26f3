/*
 * Many questions to one engine over one connection. Answers are bounded, and bytes as they stand:
 * workers parse them.
 */
#pragma once

#include "net/http.h"
#include "net/unix-http.h"
#include "oci/engine-address.h"

struct engine_client {
	struct arena *arena; /* of addresses and messages */
	struct engine_address at;
	int64_t deadline;   /* clock_mono_ns(), 0 = none */
	const char *socket; /* the one that answered */
	int64_t peer;       /* process that made the socket, 0 = not known: systemd's for fd:// */
	struct unix_conn *conn;
	struct http http; /* ENGINE_TLS */
	struct sv ahead;  /* asked already, not yet heard; empty: none */
};

/* Connects. ERR_UNSUPPORTED, ERR_NOTFOUND, ERR_DENIED: nobody there; code "engine-unreachable". */
int engine_client_open(struct engine_client *c, struct arena *a, const struct engine_choice *choice,
		       int64_t deadline, struct err *err) must_check;
void engine_client_close(struct engine_client *c);
/* Appends the body, at most limit bytes, whatever the status. path: origin-form, escaped. */
int engine_client_get(struct engine_client *c, struct sv path, uint64_t limit, int *status,
		      struct buf *body, struct err *err) must_check;
/* The same; any other status than 200 is an error with the engine's own words: ERR_NOTFOUND for
 * 404. */
int engine_client_ok(struct engine_client *c, struct sv path, uint64_t limit, struct buf *body,
		     struct err *err) must_check;
/* Sends the next question while the answer to the last one is worked on: engine_client_get() with
 * that path comes next. path lives until then. */
void engine_client_ahead(struct engine_client *c, struct sv path);
/* It runs on this host, as far as its address says. */
static inline bool engine_client_is_local(const struct engine_client *c)
{
	return c->at.way == ENGINE_UNIX;
}
