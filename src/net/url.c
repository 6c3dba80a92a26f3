#include "net/url.h"

static const struct sv http = {"http://", 7}, https = {"https://", 8};

static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-' || c == '_';
}

static bool is_address_char(char c)
{
	return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') ||
	       c == ':' || c == '.';
}

/* How long the host at v is; 0: none. */
static size_t host_length(struct sv v)
{
	size_t n = 0;

	if (v.n > 0 && v.p[0] == '[') {
		for (n = 1; n < v.n && is_address_char(v.p[n]); n++)
			;
		return n > 2 && n < v.n && v.p[n] == ']' ? n + 1 : 0;
	}
	while (n < v.n && is_host_char(v.p[n]))
		n++;
	return n;
}

static bool printable(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ' || v.p[i] > '~' || v.p[i] == '\\')
			return false;
	return true;
}

bool url_parse(struct sv text, struct url *out)
{
	struct url u = {.tls = sv_ieq(sv_head(text, https.n), https)};
	uint64_t port = u.tls ? 443 : 80;

	if (!u.tls && !sv_ieq(sv_head(text, http.n), http))
		return false;
	struct sv after = sv_from(text, u.tls ? https.n : http.n);
	size_t n = host_length(after);
	if (n == 0)
		return false;
	u.host = sv_head(after, n);
	u.rest = sv_from(after, n);
	if (u.rest.n > 0 && u.rest.p[0] == ':') {
		size_t digits = 1;
		while (digits < u.rest.n && u.rest.p[digits] >= '0' && u.rest.p[digits] <= '9')
			digits++;
		if (!sv_u64(sv_from(sv_head(u.rest, digits), 1), &port) || port == 0 ||
		    port > 65535)
			return false;
		u.rest = sv_from(u.rest, digits);
	}
	if ((u.rest.n > 0 && !memchr("/?#", u.rest.p[0], 3)) || !printable(u.rest))
		return false;
	u.port = (uint16_t)port;
	*out = u;
	return true;
}

static bool is_loopback_ip4(struct sv host)
{
	uint64_t part;

	for (int i = 0; i < 4; i++) {
		struct sv word = sv_cut(&host, '.');
		if (word.n > 3 || !sv_u64(word, &part) || part > 255 || (i == 0 && part != 127))
			return false;
	}
	return host.n == 0;
}

bool url_host_is_loopback(struct sv host)
{
	return sv_ieq(host, SV("localhost")) || sv_is(host, "[::1]") || is_loopback_ip4(host);
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->tls == b->tls && a->port == b->port && sv_ieq(a->host, b->host);
}

bool url_may_redirect(const struct url *from, const struct url *to)
{
	if (to->tls)
		return true;
	return !from->tls && url_host_is_loopback(from->host) && url_host_is_loopback(to->host);
}

struct sv url_origin(struct arena *a, const struct url *u)
{
	const char *scheme = u->tls ? "https" : "http";

	if (u->port == (u->tls ? 443 : 80))
		return arena_fmt(a, "%s://%.*s", scheme, SV_ARG(u->host));
	return arena_fmt(a, "%s://%.*s:%u", scheme, SV_ARG(u->host), u->port);
}

void url_encode(struct buf *b, struct sv v)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if ((is_host_char(c)) || c == '~')
			buf_char(b, c);
		else
			buf_fmt(b, "%%%02X", (unsigned char)c);
	}
}
