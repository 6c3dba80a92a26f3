/* Which socket an engine listens on, and asking it. */
#include "base/base.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "fmt/json.h"
#include "net/unix-http.h"
#include "oci/engine.h"

enum { MESSAGE_BYTES = 65536 };

static int unreachable(struct engine_api *e, struct err *err)
{
	(void)err_code(err, "engine-unreachable");
	(void)err_scope(err, SCOPE_TARGET);
	return err_hint(err, "%s",
			err->kind == ERR_DENIED ? "run as root or as a member of the socket's group"
						: e->kind->start);
}

/* 404 and the rest: the engine's own words, in one line. */
static int refused(struct engine_api *e, int status, struct stream *body, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	const struct node *doc;
	struct sv words = {0};
	struct err unused;

	if (stream_all(body, MESSAGE_BYTES, &bytes, &unused) >= 0 &&
	    json_read(e->arena, SV("answer"), buf_view(&bytes), DUP_LAST, &doc, &unused) == 0)
		words = sv_trim(node_get_str(doc, "message"));
	if (words.n == 0)
		words = arena_fmt(e->arena, "status %d", status);
	(void)err_set(err, status == 404 ? ERR_NOTFOUND : ERR_PROTO, "%.*s",
		      SV_ARG(text_safe(e->arena, words)));
	return err_scope(err, SCOPE_TARGET);
}

static int ask(struct engine_api *e, const char *socket, struct sv path, struct stream **body,
	       struct err *err)
{
	struct unix_reply r;

	int rc = unix_get(socket, arena_str(e->arena, path), e->deadline, &r, err);
	if (rc < 0)
		return rc;
	e->socket = socket;
	if (r.status == 200) {
		*body = r.body;
		return 0;
	}
	rc = refused(e, r.status, r.body, err);
	stream_free(r.body);
	return rc;
}

/* The last error is kept unless one that says more was there: a socket that exists and is closed to
 * us. */
static bool next_socket(struct err *worst, const struct err *now)
{
	if (worst->kind == ERR_NONE || (now->kind == ERR_DENIED && worst->kind != ERR_DENIED))
		*worst = *now;
	return strcmp(now->code, "engine-unreachable") == 0;
}

static int ask_below(struct engine_api *e, const char *variable, const char *const *below,
		     struct sv path, struct stream **body, struct err *worst, struct err *err)
{
	const char *base = variable ? getenv(variable) : "";

	for (size_t i = 0; base && below && below[i]; i++) {
		struct sv socket = arena_fmt(e->arena, "%s%s", base, below[i]);
		int rc = ask(e, socket.p, path, body, err);
		if (rc == 0 || !next_socket(worst, err))
			return rc;
	}
	return 1;
}

static int ask_environment(struct engine_api *e, const char *host, struct sv path,
			   struct stream **body, struct err *err)
{
	if (!sv_starts(sv_of(host), SV("unix://"))) {
		(void)err_set(err, ERR_UNSUPPORTED, "%s is '%s', and only unix:// is spoken here",
			      e->kind->environment, host);
		(void)err_code(err, "engine-unreachable");
		(void)err_hint(err, "save the image there and scan the archive, or pull it from "
				    "its registry");
		return err_scope(err, SCOPE_TARGET);
	}
	int rc = ask(e, host + strlen("unix://"), path, body, err);
	bool none = rc < 0 && strcmp(err->code, "engine-unreachable") == 0;
	return none ? unreachable(e, err) : rc;
}

int engine_get(struct engine_api *e, struct sv path, struct stream **body, struct err *err)
{
	const char *host = e->host ? e->host : getenv(e->kind->environment);
	struct err worst = {0};
	int rc;

	if (e->socket)
		return ask(e, e->socket, path, body, err);
	if (host && *host)
		return ask_environment(e, host, path, body, err);
	if ((rc = ask_below(e, NULL, e->kind->system, path, body, &worst, err)) != 1 ||
	    (rc = ask_below(e, "XDG_RUNTIME_DIR", e->kind->user, path, body, &worst, err)) != 1 ||
	    (rc = ask_below(e, "HOME", e->kind->home, path, body, &worst, err)) != 1)
		return rc;
	*err = worst;
	return unreachable(e, err);
}

int engine_get_json(struct engine_api *e, struct sv path, const struct node **out, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct stream *body;

	int rc = engine_get(e, path, &body, err);
	if (rc < 0)
		return rc;
	rc = stream_all(body, limit_manifest_bytes, &bytes, err);
	stream_free(body);
	if (rc < 0)
		return rc;
	/* the tree points into its bytes */
	struct sv kept = arena_sv(e->arena, buf_view(&bytes));
	return json_read(e->arena, path, kept, DUP_LAST, out, err);
}
