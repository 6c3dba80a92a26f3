/* Private keys as texts, JSON web tokens. */
#include "base/base.h"

#include "net/base64.h"
#include "secret/secret-int.h"

enum { KEY_MAX = 64 << 10, BODY_MIN = 60, TOKEN_MAX = 16 << 10 };

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '\'' ||
	       c == ',' || c == '+' || c == '\\';
}

/* The first line of a body that is base 64: behind white space, "\n" of strings and headers such
 * as "Proc-Type: 4,ENCRYPTED". */
static struct sv body_of(struct sv v)
{
	while (v.n > 0) {
		while (v.n > 0 && blank(v.p[0]))
			v = v.p[0] == '\\' && v.n > 1 ? sv_from(v, 2) : sv_from(v, 1);
		size_t n = secret_run(v, 0, CLASS_MIME, 128);
		bool escape = n >= 4 && n + 1 < v.n && v.p[n] == '\\';
		bool end = n >= 16 && (n == v.n || blank(v.p[n]) || v.p[n] == '=' || n == 128);
		if (escape || end)
			return sv_head(v, n);
		size_t next = sv_find_char(v, '\n');
		if (next == SIZE_MAX || sv_starts(v, SV("-----")))
			break;
		v = sv_from(v, next + 1);
	}
	return (struct sv){0};
}

static bool any_word(struct sv v, struct sv word)
{
	return sv_find(v, word) != SIZE_MAX;
}

/* RFC 7468, RFC 1421, OpenSSH's own format, RFC 9580's armor. */
bool secret_pem(const struct secret_text *t, const struct secret_rule *r, size_t at,
		struct secret_found *out)
{
	size_t head = strlen(r->keyword);
	struct sv rest = sv_head(sv_from(t->bytes, at + head), KEY_MAX);
	struct sv label = sv_head(rest, sv_find(sv_head(rest, 64), SV("-----")));

	if (label.n == 0 || label.n >= 60 || sv_find_char(label, '\n') != SIZE_MAX ||
	    (!sv_ends(label, SV("PRIVATE KEY")) && !sv_ends(label, SV("PRIVATE KEY BLOCK"))))
		return false;
	rest = sv_from(rest, label.n + 5);
	rest = sv_head(rest, sv_find(rest, SV("-----")));
	struct sv body = body_of(rest);
	if (rest.n < BODY_MIN || body.n == 0 || secret_entropy(body) < 2.5 ||
	    secret_placeholder(sv_head(body, 64)))
		return false;
	if (any_word(label, SV("ENCRYPTED")) || any_word(rest, SV("ENCRYPTED"))) {
		out->title = "private key, encrypted";
		out->confidence = SECRET_MEDIUM;
	}
	out->value = body;
	out->start = at;
	out->end = (size_t)(rest.p - t->bytes.p) + rest.n;
	return true;
}

bool secret_putty(const struct secret_text *t, const struct secret_rule *r, size_t at,
		  struct secret_found *out)
{
	struct sv rest = sv_head(sv_from(t->bytes, at + strlen(r->keyword)), KEY_MAX);
	size_t lines = sv_find(rest, SV("Private-Lines:"));

	if (lines == SIZE_MAX)
		return false;
	if (!any_word(sv_head(rest, lines), SV("Encryption: none"))) {
		out->title = "PuTTY private key, encrypted";
		out->confidence = SECRET_MEDIUM;
	}
	struct sv body = sv_from(rest, lines);
	body = sv_from(body, sv_find_char(body, '\n'));
	out->value = body_of(body);
	out->start = at;
	out->end = (size_t)(out->value.p - t->bytes.p) + out->value.n;
	return out->value.n > 0;
}

/* RFC 7515, 7.1: base64url without padding. */
static bool decode(struct buf *to, struct sv v)
{
	char text[TOKEN_MAX];

	if (v.n > sizeof text)
		return false;
	for (size_t i = 0; i < v.n; i++)
		text[i] = v.p[i] == '-' ? '+' : v.p[i] == '_' ? '/' : v.p[i];
	return base64_decode(to, sv_make(text, v.n));
}

static bool is_object_with(struct sv v, const char *key)
{
	auto_done(buf_done) struct buf text = {0};

	return decode(&text, v) && text.n > 2 && text.p[0] == '{' && text.p[text.n - 1] == '}' &&
	       (!key || sv_find(buf_view(&text), sv_of(key)) != SIZE_MAX);
}

bool secret_jwt(const struct secret_text *t, const struct secret_rule *r, size_t at,
		struct secret_found *out)
{
	struct sv b = t->bytes;
	size_t left = secret_run_left(b, at, CLASS_URL, TOKEN_MAX);
	size_t payload = secret_run(b, at + 1, CLASS_URL, TOKEN_MAX), dot = at + 1 + payload;

	(void)r;
	if (t->software || left < 16 || dot >= b.n || b.p[dot] != '.')
		return false;
	size_t sign = secret_run(b, dot + 1, CLASS_URL, TOKEN_MAX);
	if (sign < 20 || !is_object_with(sv_head(sv_from(b, at - left), left), "\"alg\"") ||
	    !is_object_with(sv_head(sv_from(b, at + 1), payload), NULL))
		return false;
	out->start = at - left;
	out->end = dot + 1 + sign;
	out->value = sv_head(sv_from(b, out->start), out->end - out->start);
	return !secret_placeholder(sv_head(sv_from(b, dot + 1), sign));
}

/* client-key-data: base 64 of a PEM key */
bool secret_kube_key(const struct secret_text *t, const struct secret_rule *r, size_t at,
		     struct secret_found *out)
{
	size_t i = at + strlen(r->keyword);

	while (i < t->bytes.n && i < at + 40 && strchr("\": \t", t->bytes.p[i]))
		i++;
	size_t n = secret_run(t->bytes, i, CLASS_MIME, KEY_MAX);
	auto_done(buf_done) struct buf head = {0};
	struct sv first = sv_head(sv_from(t->bytes, i), 36);

	if (n < 100 || !base64_decode(&head, first) ||
	    !sv_starts(buf_view(&head), SV("-----BEGIN ")))
		return false;
	out->value = sv_head(sv_from(t->bytes, i), n);
	out->start = at;
	out->end = i + n;
	return true;
}
