/*
 * Requests to a server that is not trusted: bounded header and body, redirects followed here (so
 * that credentials stay with the origin they are for and clear text stays on loopback), one
 * connection kept. Built on net/curl.h.
 */
#pragma once

#include "net/curl.h"
#include "net/url.h"

struct http {
	const struct curl_api *api;
	CURL *easy;
	const char *ca_file;              /* NULL: the system's */
	const char *cert_file, *key_file; /* who we are (PEM); NULL: nobody */
	bool no_verify;                   /* nobody's certificate is checked: docker's --tls without
					     --tlsverify */
	const struct sv *insecure;        /* HOST or HOST:PORT: the certificate is not checked */
	size_t insecure_n;
	int64_t deadline; /* clock_mono_ns(); 0 = none */
};

struct http_request {
	struct sv url;
	struct sv accept;        /* the header's value; empty: none */
	struct sv authorization; /* never sent to another origin than the URL's */
	struct sv form;          /* POST of application/x-www-form-urlencoded; empty: GET */
	uint64_t from;           /* bytes of the body that are there already: Range */
	unsigned seconds;        /* the whole exchange at most, 0 = none */
	uint64_t limit;          /* bytes of a body; more is ERR_LIMIT */
	/* A piece of a 200's or 206's body. False: enough, the exchange ends with ERR_IO. The
	 * answer's headers are known by then. */
	bool (*sink)(void *arg, struct sv bytes);
	void *arg;
};

/* Texts are in the arena of the call. Filled while the answer comes in. */
struct http_answer {
	long status; /* 0: none came */
	CURLcode code;
	struct sv challenge; /* WWW-Authenticate, joined with commas */
	struct sv content_type, content_digest, location;
	struct sv range;        /* Content-Range */
	int64_t retry_after;    /* seconds; 0: not said */
	uint64_t header, bytes; /* of this answer */
	bool stopped;           /* by the sink */
};

/* ca_file and insecure stay the caller's. */
int http_open(struct http *h, struct err *err) must_check;
void http_done(struct http *h);
/* One exchange with its redirects. 0 whenever an answer came, whatever its status. */
int http_exchange(struct http *h, struct arena *a, const struct http_request *q,
		  struct http_answer *answer, struct err *err) must_check;
/* May the certificate of this host be anybody's? */
bool http_is_insecure(const struct http *h, const struct url *u);
