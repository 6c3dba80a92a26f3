/*
 * Reading URLs: RFC 3986 in the dialect of Go's net/url, which Kubernetes validates with. The text
 * is read twice as there: once as a request target (no fragment, must be absolute), then as a
 * reference with its fragment.
 */
#include "rule/cel/lib-url.h"

#include "rule/cel/lib-network.h"

static bool is_alpha(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_unreserved(char c)
{
	return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '~';
}

static bool one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static int hex_of(char c)
{
	if (is_digit(c))
		return c - '0';
	return (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* The byte of an escape at the start of v, or -1. */
static int escaped(struct sv v)
{
	if (v.n < 3 || v.p[0] != '%' || hex_of(v.p[1]) < 0 || hex_of(v.p[2]) < 0)
		return -1;
	return hex_of(v.p[1]) * 16 + hex_of(v.p[2]);
}

bool uri_unescape(struct arena *a, struct sv text, bool plus, struct sv *out)
{
	char *p = arena_alloc(a, text.n);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		int byte = escaped(sv_from(text, i));

		if (text.p[i] == '%') {
			if (byte < 0)
				return false;
			p[n++] = (char)byte;
			i += 2;
		} else {
			p[n++] = plus && text.p[i] == '+' ? ' ' : text.p[i];
		}
	}
	*out = (struct sv){p, n};
	return true;
}

static bool escapes_ok(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '%' && escaped(sv_from(v, i)) < 0)
			return false;
	return true;
}

/* "", or ':' and digits. */
static bool port_ok(struct sv v)
{
	if (!v.n)
		return true;
	for (size_t i = 1; i < v.n; i++)
		if (!is_digit(v.p[i]))
			return false;
	return v.p[0] == ':';
}

/* "[address]:port": the address is IPv6, perhaps with an escaped zone. */
static const char *bracketed(struct arena *a, struct sv host, struct uri *out)
{
	size_t end = sv_rfind_char(host, ']');
	struct sv inner = {0}, zone = {0};
	struct ip_address ip = {0};
	size_t percent = 0;

	if (end == SIZE_MAX)
		return "no ']' in the host";
	if (!port_ok(sv_from(host, end + 1)))
		return "not a port";
	inner = sv_from(sv_head(host, end), 1);
	percent = sv_find(inner, SV("%25"));
	if (percent != SIZE_MAX) {
		zone = sv_from(inner, percent + 3);
		inner = sv_head(inner, percent);
	}
	if ((percent != SIZE_MAX && !zone.n) || !uri_unescape(a, zone, false, &zone) ||
	    sv_find_char(inner, ':') == SIZE_MAX || ip_parse(inner, &ip))
		return "not an IPv6 address between brackets";
	out->host = host;
	out->hostname = inner;
	out->port = sv_from(host, end + 2);
	if (zone.n) {
		out->hostname = arena_fmt(a, "%.*s%%%.*s", SV_ARG(inner), SV_ARG(zone));
		out->host = arena_fmt(a, "[%.*s]%.*s", SV_ARG(out->hostname),
				      SV_ARG(sv_from(host, end + 1)));
	}
	return NULL;
}

static const char *parse_host(struct arena *a, struct sv host, struct uri *out)
{
	size_t colon = 0;

	if (host.n && host.p[0] == '[')
		return bracketed(a, host, out);
	colon = sv_rfind_char(host, ':');
	if (colon != SIZE_MAX &&
	    (!port_ok(sv_from(host, colon)) || sv_find_char(host, ':') != colon))
		return "not a port";
	for (size_t i = 0; i < host.n; i++) {
		int byte = escaped(sv_from(host, i));

		/* Only bytes beyond ASCII are escaped in a host, and '%' itself. */
		if (host.p[i] == '%'
			    ? byte < 0x80 && byte != '%'
			    : (unsigned char)host.p[i] < 0x80 && !is_unreserved(host.p[i]) &&
				      !one_of(host.p[i], "!$&'()*+,;=:<>\""))
			return "a character that hosts do not have";
	}
	if (!uri_unescape(a, host, false, &out->host))
		return "a malformed escape";
	colon = sv_rfind_char(out->host, ':');
	out->hostname = sv_head(out->host, colon);
	if (colon != SIZE_MAX)
		out->port = sv_from(out->host, colon + 1);
	return NULL;
}

static const char *parse_authority(struct arena *a, struct sv v, struct uri *out)
{
	size_t at = sv_rfind_char(v, '@');
	struct sv user = at == SIZE_MAX ? (struct sv){0} : sv_head(v, at);

	for (size_t i = 0; i < user.n; i++)
		if (!is_unreserved(user.p[i]) && !one_of(user.p[i], ":!$&'()*+,;=%@"))
			return "a character that user names do not have";
	if (!escapes_ok(user))
		return "a malformed escape";
	return parse_host(a, at == SIZE_MAX ? v : sv_from(v, at + 1), out);
}

/* Takes "scheme:" off the text. */
static const char *take_scheme(struct sv *text, struct sv *scheme)
{
	for (size_t i = 0; i < text->n; i++) {
		char c = text->p[i];

		if (c == ':') {
			if (!i)
				return "no scheme before ':'";
			*scheme = sv_head(*text, i);
			*text = sv_from(*text, i + 1);
			return NULL;
		}
		if (!is_alpha(c) && (!i || (!is_digit(c) && !one_of(c, "+-."))))
			return NULL;
	}
	return NULL;
}

static struct sv lowered(struct arena *a, struct sv v)
{
	struct sv copy = arena_sv(a, v);
	char *p = (char *)(uintptr_t)copy.p;

	for (size_t i = 0; i < copy.n; i++)
		p[i] = (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 32 : p[i]);
	return copy;
}

/* The path as it stands when all its characters may stand there, else escaped anew. */
static const char *set_path(struct arena *a, struct sv path, struct uri *out)
{
	static const char digits[] = "0123456789ABCDEF";
	struct sv plain = {0};
	bool fine = true;
	size_t n = 0;
	char *p = NULL;

	if (!uri_unescape(a, path, false, &plain))
		return "a malformed escape";
	for (size_t i = 0; i < path.n; i++)
		fine = fine && (is_unreserved(path.p[i]) || one_of(path.p[i], "/!$&'()*+,;=:@[]%"));
	if (fine) {
		out->path = path;
		return NULL;
	}
	p = arena_array(a, plain.n, 3);
	for (size_t i = 0; i < plain.n; i++) {
		unsigned char c = (unsigned char)plain.p[i];

		if (is_unreserved((char)c) || one_of((char)c, "/$&+,:;=@")) {
			p[n++] = (char)c;
			continue;
		}
		p[n++] = '%';
		p[n++] = digits[c >> 4];
		p[n++] = digits[c & 15];
	}
	out->path = (struct sv){p, n};
	return NULL;
}

static const char *parse(struct arena *a, struct sv text, bool request, struct uri *out)
{
	struct sv rest = text, scheme = {0};
	const char *wrong = take_scheme(&rest, &scheme);
	size_t mark = 0;

	if (wrong)
		return wrong;
	out->scheme = lowered(a, scheme);
	mark = sv_find_char(rest, '?');
	if (mark != SIZE_MAX)
		out->query = sv_from(rest, mark + 1);
	rest = sv_head(rest, mark);
	if (!sv_starts(rest, SV("/"))) {
		if (scheme.n) /* opaque: mailto:a@b */
			return NULL;
		if (request)
			return "neither an absolute URI nor an absolute path";
	}
	if ((scheme.n || (!request && !sv_starts(rest, SV("///")))) && sv_starts(rest, SV("//"))) {
		size_t slash = sv_find_char(sv_from(rest, 2), '/');

		wrong = parse_authority(a, sv_head(sv_from(rest, 2), slash), out);
		rest = sv_from(rest, slash == SIZE_MAX ? rest.n : slash + 2);
	}
	return wrong ? wrong : set_path(a, rest, out);
}

const char *uri_parse(struct arena *a, struct sv text, struct uri *out)
{
	struct uri request = {0}, u = {.text = text};
	size_t hash = sv_find_char(text, '#');
	const char *wrong = NULL;

	if (!text.n)
		return "empty";
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
			return "a control character";
	if (sv_is(text, "*")) {
		u.path = text;
		*out = u;
		return NULL;
	}
	wrong = parse(a, text, true, &request);
	if (!wrong)
		wrong = parse(a, sv_head(text, hash), false, &u);
	if (!wrong && hash != SIZE_MAX && !escapes_ok(sv_from(text, hash)))
		wrong = "a malformed escape";
	if (!wrong)
		*out = u;
	return wrong;
}
