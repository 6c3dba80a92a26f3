/* The part of a URL that says with whom we speak; strict, so that no other reader sees another
 * host. */
#pragma once

#include "base/base.h"

struct url {
	bool tls;
	struct sv host; /* "example.org", "[::1]" */
	uint16_t port;
	struct sv rest; /* "/path?query" or empty */
};

/* http:// or https:// with a host of [A-Za-z0-9.-] or an address, an optional port, no
 * user:password. */
bool url_parse(struct sv text, struct url *out);
/* localhost, 127.0.0.0/8, [::1] */
bool url_host_is_loopback(struct sv host);
/* The same scheme, host and port: credentials may go along. */
bool url_same_origin(const struct url *a, const struct url *b);
/* https from anywhere; clear text only from clear text on loopback to loopback. */
bool url_may_redirect(const struct url *from, const struct url *to);
/* "https://host:port" for messages: paths and queries of redirects may hold secrets. */
struct sv url_origin(struct arena *a, const struct url *u);
/* Everything but letters, digits and -._~ as %XX (RFC 3986 2.3). */
void url_encode(struct buf *b, struct sv v);
