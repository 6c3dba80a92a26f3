#include "net/http.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"

enum {
	REDIRECTS_MAX = 5,
	CONNECT_SECONDS = 10,
	STALL_SECONDS = 30,
	STALL_BYTES = 10, /* a second: below is a server that only keeps us waiting */
	ERROR_BODY_MAX = 65536,
};

struct exchange {
	const struct http *h;
	const struct http_request *q;
	struct http_answer *answer;
	struct arena *arena;
	struct sv url; /* of this hop */
	bool header_too_large, body_too_large;
	char message[CURL_ERROR_SIZE];
};

int http_open(struct http *h, struct err *err)
{
	int rc = curl_load(&h->api, err);

	if (rc < 0)
		return rc;
	h->easy = h->api->easy_init();
	return h->easy ? 0 : err_set(err, ERR_IO, "libcurl gives no handle");
}

void http_done(struct http *h)
{
	if (h->easy)
		h->api->easy_cleanup(h->easy);
	h->easy = NULL;
}

bool http_is_insecure(const struct http *h, const struct url *u)
{
	for (size_t i = 0; i < h->insecure_n; i++) {
		struct sv host = h->insecure[i], port_text;
		uint64_t port;
		if (sv_ieq(host, u->host))
			return true;
		if (sv_rcut(h->insecure[i], ':', &host, &port_text) && sv_ieq(host, u->host) &&
		    sv_u64(port_text, &port) && port == u->port)
			return true;
	}
	return false;
}

static void keep(struct exchange *x, struct sv name, struct sv value)
{
	struct http_answer *a = x->answer;
	const struct {
		const char *name;
		struct sv *to;
	} wanted[] = {
		{"content-type", &a->content_type},
		{"docker-content-digest", &a->content_digest},
		{"content-range", &a->range},
		{"location", &a->location},
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (sv_ieq(name, sv_of(wanted[i].name)))
			*wanted[i].to = arena_sv(x->arena, value);
	if (sv_ieq(name, SV("www-authenticate")))
		a->challenge = a->challenge.n ? arena_fmt(x->arena, "%.*s, %.*s",
							  SV_ARG(a->challenge), SV_ARG(value))
					      : arena_sv(x->arena, value);
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	struct sv line = sv_make(p, size * n);

	x->answer->header += line.n;
	if (x->answer->header > limit_http_header) {
		x->header_too_large = true;
		return 0;
	}
	if (sv_starts(line,
		      SV("HTTP/"))) { /* nothing of an interim answer counts (RFC 9110, 15.2) */
		uint64_t so_far = x->answer->header;
		*x->answer = (struct http_answer){.header = so_far};
		return line.n;
	}
	struct sv value = line, name = sv_cut(&value, ':');
	keep(x, name, sv_trim(value));
	return line.n;
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	struct http_answer *a = x->answer;
	size_t bytes = size * n;

	if (a->bytes == 0)
		(void)x->h->api->easy_getinfo(x->h->easy, CURLINFO_RESPONSE_CODE, &a->status);
	a->bytes += bytes;
	if (a->status != 200 &&
	    a->status != 206) /* the page of an error: its end is not waited for */
		return a->bytes > ERROR_BODY_MAX ? 0 : bytes;
	if (a->bytes > x->q->limit) {
		x->body_too_large = true;
		return 0;
	}
	a->stopped = !x->q->sink(x->q->arg, sv_make(p, bytes));
	return a->stopped ? 0 : bytes;
}

static bool add_header(struct exchange *x, struct curl_slist **list, const char *name, struct sv v)
{
	if (v.n == 0)
		return true;
	struct sv line = arena_fmt(x->arena, "%s: %.*s", name, SV_ARG(v));
	struct curl_slist *longer = x->h->api->slist_append(*list, line.p);
	if (longer)
		*list = longer;
	return longer != NULL;
}

static int over_time(struct err *err)
{
	return err_set(err, ERR_TIMEOUT, "not done within --timeout");
}

/* Milliseconds for this exchange, 0 = no end. */
static int time_limit(const struct exchange *x, long *ms, struct err *err)
{
	*ms = (long)x->q->seconds * 1000;
	if (!x->h->deadline)
		return 0;
	int64_t left = (x->h->deadline - clock_mono_ns()) / 1000000;
	if (left <= 0)
		return over_time(err);
	if (*ms == 0 || left < *ms)
		*ms = (long)left;
	return 0;
}

static CURLcode set_options(struct exchange *x, struct curl_slist *list, const struct url *u,
			    long ms)
{
	const struct curl_api *api = x->h->api;
	CURL *e = x->h->easy;
	CURLcode c = api->easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);

	c = c ? c : api->easy_setopt(e, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	c = c ? c : api->easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES);
	c = c ? c : api->easy_setopt(e, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
	c = c ? c : api->easy_setopt(e, CURLOPT_TIMEOUT_MS, ms);
	c = c ? c : api->easy_setopt(e, CURLOPT_HTTPHEADER, list);
	c = c ? c : api->easy_setopt(e, CURLOPT_ERRORBUFFER, x->message);
	c = c ? c : api->easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	c = c ? c : api->easy_setopt(e, CURLOPT_HEADERDATA, x);
	c = c ? c : api->easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	c = c ? c : api->easy_setopt(e, CURLOPT_WRITEDATA, x);
	c = c ? c : api->easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	/* what is on this machine is never asked for through a proxy */
	if (!c && url_host_is_loopback(u->host))
		c = api->easy_setopt(e, CURLOPT_NOPROXY, "*");
	if (!c && x->h->cert_file)
		c = api->easy_setopt(e, CURLOPT_SSLCERT, x->h->cert_file);
	if (!c && x->h->key_file)
		c = api->easy_setopt(e, CURLOPT_SSLKEY, x->h->key_file);
	if (!c && (x->h->no_verify || http_is_insecure(x->h, u))) {
		c = api->easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L);
		c = c ? c : api->easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (!c && x->q->form.n) {
		c = api->easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)x->q->form.n);
		c = c ? c : api->easy_setopt(e, CURLOPT_COPYPOSTFIELDS, x->q->form.p);
	}
	if (!c && x->q->from)
		c = api->easy_setopt(
			e, CURLOPT_RANGE,
			arena_fmt(x->arena, "%llu-", (unsigned long long)x->q->from).p);
	return c;
}

/* The kinds say what can be done about it: a host that is not reached is no "not found" of an
 * image. */
static int transfer_failed(struct exchange *x, CURLcode c, const struct url *u, struct err *err)
{
	bool unreached = c == CURLE_COULDNT_RESOLVE_HOST || c == CURLE_COULDNT_CONNECT ||
			 c == CURLE_COULDNT_RESOLVE_PROXY;

	(void)curl_fail(x->h->api, c, x->message, err);
	if (err->kind == ERR_TIMEOUT && x->h->deadline &&
	    clock_mono_ns() + 100000000 > x->h->deadline) {
		(void)over_time(err);
	} else if (unreached) {
		err->kind = ERR_IO;
		(void)err_code(err, "unreachable");
		(void)err_hint(err,
			       "is the name right, and is there a way to it? Proxies are taken "
			       "from HTTPS_PROXY and NO_PROXY");
	} else if (err->kind == ERR_CRYPTO) {
		(void)err_code(err, "certificate");
		(void)err_hint(
			err,
			"give the certificate of its authority with --ca FILE, or do without "
			"the check for this host: --insecure %.*s",
			SV_ARG(sv_head(u->host, 80)));
	}
	return err_where(err, "%.*s", SV_ARG(text_safe(x->arena, url_origin(x->arena, u))));
}

static int judge(struct exchange *x, CURLcode c, const struct url *u, struct err *err)
{
	curl_off_t after = 0;

	x->answer->code = c;
	(void)x->h->api->easy_getinfo(x->h->easy, CURLINFO_RESPONSE_CODE, &x->answer->status);
	if (x->header_too_large)
		(void)err_set(err, ERR_LIMIT, "the header of the answer is larger than %llu bytes",
			      (unsigned long long)limit_http_header);
	else if (x->body_too_large)
		(void)err_set(err, ERR_LIMIT, "the answer is larger than %llu bytes",
			      (unsigned long long)x->q->limit);
	else if (x->answer->stopped)
		(void)err_set(err, ERR_IO, "the reader is gone");
	else if (c != CURLE_OK && !(c == CURLE_WRITE_ERROR && x->answer->status >= 300))
		return transfer_failed(x, c, u, err);
	else {
		x->answer->code = CURLE_OK;
		(void)x->h->api->easy_getinfo(x->h->easy, CURLINFO_RETRY_AFTER, &after);
		x->answer->retry_after = after > 0 ? after : 0;
		return 0;
	}
	return err_where(err, "%.*s", SV_ARG(text_safe(x->arena, url_origin(x->arena, u))));
}

/* One request to one server. with_credentials: it is the origin that they are for. */
static int hop(struct exchange *x, const struct url *u, bool with_credentials, struct err *err)
{
	struct curl_slist *list = NULL;
	const struct http *h = x->h;
	long ms;

	*x->answer = (struct http_answer){0};
	x->message[0] = '\0';
	h->api->easy_reset(h->easy);
	if (time_limit(x, &ms, err) < 0)
		return -(int)err->kind;
	int rc = curl_restrict(h->api, h->easy, arena_str(x->arena, x->url), h->ca_file, err);
	if (rc < 0)
		return rc;
	if (!add_header(x, &list, "Accept", x->q->accept) ||
	    !add_header(x, &list, "Authorization",
			with_credentials ? x->q->authorization : (struct sv){0}))
		rc = err_set(err, ERR_IO, "out of memory for a request");
	CURLcode c = rc == 0 ? set_options(x, list, u, ms) : CURLE_OK;
	if (c != CURLE_OK)
		rc = curl_fail(h->api, c, NULL, err);
	if (rc == 0)
		rc = judge(x, h->api->easy_perform(h->easy), u, err);
	/* the handle must not remember what is freed here */
	h->api->easy_reset(h->easy);
	h->api->slist_free_all(list);
	return rc;
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static int redirect_refused(struct exchange *x, const struct url *from, const char *why,
			    struct err *err)
{
	(void)err_set(err, ERR_DENIED, "the server sends us on %s", why);
	(void)err_code(err, "redirect");
	return err_where(err, "%.*s", SV_ARG(text_safe(x->arena, url_origin(x->arena, from))));
}

/* RFC 3986, 4.2: an absolute URL, one without scheme, or a path from the root; others are not used
 * by registries. */
static struct sv resolve(struct arena *a, const struct url *from, struct sv location)
{
	if (sv_starts(location, SV("//")))
		return arena_fmt(a, "%s:%.*s", from->tls ? "https" : "http", SV_ARG(location));
	if (sv_starts(location, SV("/")))
		return arena_fmt(a, "%.*s%.*s", SV_ARG(url_origin(a, from)), SV_ARG(location));
	return location;
}

int http_exchange(struct http *h, struct arena *a, const struct http_request *q,
		  struct http_answer *answer, struct err *err)
{
	struct exchange x = {.h = h, .q = q, .answer = answer, .arena = a, .url = q->url};
	struct url first, at, next;

	*answer = (struct http_answer){0};
	if (!url_parse(q->url, &first)) {
		(void)err_set(err, ERR_DENIED, "it is no plain https:// address");
		return err_where(err, "%.*s", SV_ARG(text_safe(a, sv_head(q->url, 200))));
	}
	at = first;
	for (unsigned n = 0;; n++) {
		int rc = hop(&x, &at, url_same_origin(&first, &at), err);
		if (rc < 0 || !is_redirect(answer->status) || answer->location.n == 0)
			return rc;
		x.url = resolve(a, &at, answer->location);
		if (n == REDIRECTS_MAX)
			return redirect_refused(&x, &at, "again and again", err);
		if (q->form.n)
			return redirect_refused(&x, &at, "with what only it should get", err);
		if (!url_parse(x.url, &next))
			return redirect_refused(&x, &at, "to an address that is none", err);
		if (!url_may_redirect(&at, &next))
			return redirect_refused(&x, &at, "to an address in clear text", err);
		at = next;
	}
}
