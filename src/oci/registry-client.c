/* Requests to a registry (distribution-spec), and the tokens that it wants to see (distribution's
 * "token authentication specification" and its OAuth 2 form). */
#include "base/base.h"

#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "fmt/json.h"
#include "net/base64.h"
#include "net/challenge.h"
#include "oci/registry-int.h"

enum { TOKEN_SECONDS = 60, HEADER_VALUE_MAX = 32768 };

static bool to_buf(void *arg, struct sv bytes)
{
	buf_sv(arg, bytes);
	return true;
}

/* Docker Hub's names belong to a host of another name. */
static struct sv host_of(const struct reference *ref)
{
	return sv_is(ref->domain, "docker.io") ? SV("registry-1.docker.io") : ref->domain;
}

static bool on_loopback(const struct registry *r)
{
	struct url u;
	auto_done(arena_done) struct arena a = {0};

	return url_parse(arena_fmt(&a, "https://%.*s", SV_ARG(host_of(&r->ref))), &u) &&
	       url_host_is_loopback(u.host);
}

int registry_locate(struct registry *r, struct err *err)
{
	struct sv host = host_of(&r->ref);
	auto_done(buf_done) struct buf body = {0};
	struct http_answer answer;

	r->base = arena_fmt(r->arena, "https://%.*s", SV_ARG(host));
	if (!on_loopback(r))
		return 0;
	/* a TLS server is never spoken to in the clear */
	struct http_request ask = {
		.url = arena_fmt(r->arena, "%.*s/v2/", SV_ARG(r->base)),
		.seconds = TOKEN_SECONDS,
		.limit = limit_manifest_bytes,
		.sink = to_buf,
		.arg = &body,
	};
	int rc = http_exchange(&r->http, r->arena, &ask, &answer, err);
	if (rc == 0 ||
	    (answer.code != CURLE_SSL_CONNECT_ERROR && answer.code != CURLE_COULDNT_CONNECT))
		return rc < 0 ? err_scope(err, SCOPE_TARGET) : 0;
	r->base = arena_fmt(r->arena, "http://%.*s", SV_ARG(host));
	return 0;
}

bool registry_pause(const struct registry *r, unsigned ms)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	if (r->http.deadline && clock_mono_ns() + (int64_t)ms * 1000000 > r->http.deadline)
		return false;
	(void)nanosleep(&t, NULL);
	return true;
}

/* Credentials are looked for only when a server asks for them. */
static void find_credentials(struct registry *r)
{
	if (r->asked)
		return;
	r->asked = true;
	int rc = credentials_find(r->arena, r->ref.domain, r->ref.path, &r->credentials,
				  &r->trouble);
	r->known = rc > 0;
}

/* What becomes part of a header of ours must not end it. */
static bool header_safe(struct sv v)
{
	if (v.n == 0 || v.n > HEADER_VALUE_MAX)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < '!' || v.p[i] > '~')
			return false;
	return true;
}

static struct sv basic(struct registry *r)
{
	auto_done(buf_done) struct buf plain = {0}, header = {0};
	const struct credentials *c = &r->credentials;

	buf_fmt(&plain, "%.*s:%.*s", SV_ARG(c->user), SV_ARG(c->secret));
	buf_str(&header, "Basic ");
	base64_encode(&header, buf_view(&plain));
	explicit_bzero(plain.p, plain.n);
	return arena_sv(r->arena, buf_view(&header));
}

static int bad_realm(const struct registry *r, struct sv realm, struct err *err)
{
	(void)err_set(err, ERR_DENIED,
		      "the registry wants tokens to be fetched from '%.*s', which is not https://",
		      SV_ARG(text_safe(r->arena, sv_head(realm, 100))));
	return err_code(err, "token-realm");
}

static void add_field(struct buf *b, const char *name, struct sv value)
{
	if (value.n == 0)
		return;
	buf_fmt(b, "%s%s=", b->n ? "&" : "", name);
	url_encode(b, value);
}

/* With an identity token the OAuth 2 form, else a GET (with a password, or as nobody). */
static struct sv token_request(struct registry *r, const struct challenge *c,
			       struct http_request *q)
{
	auto_done(buf_done) struct buf fields = {0};
	struct sv fragment_free = sv_head(c->realm, sv_find_char(c->realm, '#'));
	struct sv scope = c->scope;

	if (scope.n == 0)
		scope = arena_fmt(r->arena, "repository:%.*s:pull", SV_ARG(r->ref.path));
	add_field(&fields, "service", c->service);
	add_field(&fields, "scope", scope);
	if (r->known && r->credentials.identity_token.n > 0) {
		add_field(&fields, "grant_type", SV("refresh_token"));
		add_field(&fields, "client_id", SV("gabion"));
		add_field(&fields, "refresh_token", r->credentials.identity_token);
		q->form = arena_sv(r->arena, buf_view(&fields));
		explicit_bzero(fields.p, fields.n);
		return fragment_free;
	}
	if (r->known && r->credentials.user.n > 0)
		q->authorization = basic(r);
	return arena_fmt(r->arena, "%.*s%s%s", SV_ARG(fragment_free),
			 sv_find_char(fragment_free, '?') == SIZE_MAX ? "?" : "&",
			 buf_cstr(&fields));
}

static int read_token(struct registry *r, struct sv body, struct err *err)
{
	auto_done(arena_done) struct arena a = {0};
	const struct node *root;

	if (json_read(&a, SV("token"), body, DUP_LAST, &root, err) < 0)
		return err_set(err, ERR_PROTO, "the token server's answer is no JSON");
	struct sv token = node_get_str(root, "token");
	if (token.n == 0)
		token = node_get_str(root, "access_token");
	if (!header_safe(token))
		return err_set(err, ERR_PROTO, "the token server's answer has no token");
	r->authorization = arena_fmt(r->arena, "Bearer %.*s", SV_ARG(token));
	return 0;
}

static int token_refused(struct registry *r, long status, struct err *err)
{
	if (status == 400 || status == 401 || status == 403)
		(void)err_set(err, ERR_AUTH, "the token server refuses %s (%ld)",
			      r->known ? "these credentials" : "a token without credentials",
			      status);
	else
		(void)err_set(err, ERR_PROTO, "the token server answered %ld", status);
	return -(int)err->kind;
}

/* Asks until there is an answer that stays. */
static int ask_patiently(struct registry *r, const struct http_request *q, struct buf *body,
			 struct http_answer *answer, struct err *err)
{
	struct retry retry = {0};
	unsigned ms;

	for (;;) {
		buf_clear(body);
		int rc = http_exchange(&r->http, r->arena, q, answer, err);
		if (rc == 0 && answer->status == 200)
			return 0;
		retry.reached = retry.reached || rc == 0;
		if (!retry_wanted(&retry, answer->code, answer->status, answer->retry_after, &ms) ||
		    !registry_pause(r, ms))
			return rc < 0 ? rc : token_refused(r, answer->status, err);
		retry.failed++;
	}
}

static int fetch_token(struct registry *r, const struct challenge *c, struct err *err)
{
	auto_done(buf_done) struct buf body = {0};
	struct http_request q = {
		.accept = SV("application/json"),
		.seconds = TOKEN_SECONDS,
		.limit = limit_token_bytes,
		.sink = to_buf,
		.arg = &body,
	};
	struct http_answer answer;
	struct url realm, base;

	/* a server elsewhere has no business with what listens on this machine */
	if (!url_parse(c->realm, &realm) || !url_parse(r->base, &base) ||
	    (!realm.tls && !(url_host_is_loopback(realm.host) && url_host_is_loopback(base.host))))
		return bad_realm(r, c->realm, err);
	if (r->known && header_safe(r->credentials.registry_token)) {
		r->authorization =
			arena_fmt(r->arena, "Bearer %.*s", SV_ARG(r->credentials.registry_token));
		return 0;
	}
	q.url = token_request(r, c, &q);
	int rc = ask_patiently(r, &q, &body, &answer, err);
	if (rc == 0)
		rc = read_token(r, buf_view(&body), err);
	if (body.n > 0)
		explicit_bzero(body.p, body.n);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(url_origin(r->arena, &realm))) : 0;
}

/* Sets the authorization that a 401 asks for. 0: try again with it. */
static int authenticate(struct registry *r, struct sv header, struct err *err)
{
	struct challenge c;

	int rc = challenge_parse(r->arena, header, &c, err);
	if (rc < 0)
		return rc;
	if (!c.bearer && !c.basic)
		return err_set(err, ERR_UNSUPPORTED,
			       "the registry wants neither basic nor token authentication");
	find_credentials(r);
	if (c.bearer)
		return fetch_token(r, &c, err);
	if (!r->known || r->credentials.user.n == 0)
		return err_set(err, ERR_AUTH, "the registry wants a user and a password");
	r->authorization = basic(r);
	return 0;
}

static void hint_login(struct registry *r, struct err *err)
{
	struct sv host = sv_is(r->ref.domain, "docker.io") ? SV("") : r->ref.domain;

	if (!r->known && r->trouble.kind != ERR_NONE)
		(void)err_hint(err, "the credentials could not be read: %.60s%s%.100s",
			       r->trouble.where, r->trouble.where[0] ? ": " : "", r->trouble.msg);
	else
		(void)err_hint(err, "is the name right? If it is private: docker login%s%.*s",
			       host.n ? " " : "", SV_ARG(host));
}

static int refused(struct registry *r, const struct registry_get *g, struct http_answer *answer,
		   struct err *err)
{
	long s = answer->status;

	if (s == 401 || s == 403) {
		(void)err_set(err, ERR_AUTH,
			      "not there, or not allowed (the registry answered %ld)", s);
		hint_login(r, err);
	} else if (s == 404) {
		(void)err_set(err, ERR_NOTFOUND, "the registry does not have it");
		(void)err_code(err, sv_is(sv_of(g->what), "blobs") ? "blob-missing" : "not-found");
		if (!r->known)
			hint_login(r, err);
	} else if (s == 429) {
		(void)err_set(err, ERR_DENIED, "the registry limits how often it is asked");
		(void)err_code(err, "rate-limited");
		if (answer->retry_after > 0)
			(void)err_hint(err, "it says: again in %lld seconds%s",
				       (long long)answer->retry_after,
				       r->known ? "" : "; more is allowed after docker login");
	} else {
		(void)err_set(err, ERR_PROTO, "the registry answered %ld", s);
	}
	return -(int)err->kind;
}

/* From a continued download the server must go on where the last one ended. */
static int check_status(struct registry *r, const struct registry_get *g,
			struct http_answer *answer, struct err *err)
{
	if (answer->status == 200 || (answer->status == 206 && g->from > 0))
		return 0;
	return refused(r, g, answer, err);
}

static int describe(struct registry *r, const struct registry_get *g, struct err *err)
{
	return err_where(err, "%.*s: %s %.*s", SV_ARG(reference_familiar(r->arena, &r->ref)),
			 g->what, SV_ARG(text_safe(r->arena, g->id)));
}

int registry_get(struct registry *r, const struct registry_get *g, struct http_answer *answer,
		 struct err *err)
{
	struct http_request q = {
		.url = arena_fmt(r->arena, "%.*s/v2/%.*s/%s/%.*s", SV_ARG(r->base),
				 SV_ARG(r->ref.path), g->what, SV_ARG(g->id)),
		.accept = g->accept,
		.from = g->from,
		.seconds = g->seconds,
		.limit = g->limit,
		.sink = g->sink,
		.arg = g->arg,
	};

	for (int tries = 0;; tries++) {
		q.authorization = r->authorization;
		int rc = http_exchange(&r->http, r->arena, &q, answer, err);
		if (rc < 0)
			return rc;
		if (answer->status != 401 || answer->challenge.n == 0 || tries == 1) {
			rc = check_status(r, g, answer, err);
			return rc < 0 ? describe(r, g, err) : 0;
		}
		rc = authenticate(r, answer->challenge, err);
		if (rc < 0) {
			if (err->kind == ERR_AUTH)
				hint_login(r, err);
			return describe(r, g, err);
		}
	}
}
