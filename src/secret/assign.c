/* Passwords and tokens by what they are called: assignments, URLs, configuration of tools. */
#include "base/base.h"

#include "base/text.h"
#include "net/base64.h"
#include "secret/secret-int.h"

enum {
	NAME_MAX_BYTES = 64,
	VALUE_MAX = 512,
	PASSWORD_MIN = 8,
	TOKEN_MIN = 16,
	URL_USER_MAX = 200,
};

static const char *const passwords[] = {"password", "passwd", "passphrase"};
static const char *const tokens[] = {"secret",     "token",     "api_key",
				     "apikey",     "api-key",   "access_key",
				     "access-key", "accesskey", "private_key"};
/* Behind the word: it is about a secret, but none. */
static const char *const about[] = {
	"file",     "path",    "type",   "url",     "uri",      "endpoint", "length", "len",
	"min",      "max",     "size",   "polic",   "expir",    "ttl",      "hint",   "field",
	"label",    "prompt",  "regex",  "ref",     "count",    "enab",     "header", "algo",
	"hash",     "digest",  "dir",    "name",    "mode",     "class",    "param",  "store",
	"provider", "version", "issuer", "encrypt", "audience",
};

static bool is_one_of(struct sv v, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v.n == strlen(words[i]) && secret_find_fold(v, words[i]) == 0)
			return true;
	return false;
}

static size_t word_end(struct sv name, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = secret_find_fold(name, words[i]);
		if (at != SIZE_MAX)
			return at + strlen(words[i]);
	}
	return SIZE_MAX;
}

static bool is_about(struct sv rest)
{
	for (size_t i = 0; i < ARRAY_LEN(about); i++)
		if (secret_find_fold(rest, about[i]) != SIZE_MAX)
			return true;
	return false;
}

/* How a name ends that has "pwd" or "pass" for password. */
static bool short_password(struct sv name)
{
	static const char *const ends[] = {"_pwd", "_pass", "-pwd", "-pass", ".pwd", ".pass"};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t n = strlen(ends[i]);
		if (name.n > n && secret_find_fold(sv_from(name, name.n - n), ends[i]) == 0)
			return true;
	}
	return false;
}

static bool password_name(struct sv name)
{
	size_t at = word_end(name, passwords, ARRAY_LEN(passwords));

	return (at != SIZE_MAX && !is_about(sv_from(name, at))) || short_password(name);
}

bool secret_name(struct sv name)
{
	size_t at = word_end(name, tokens, ARRAY_LEN(tokens));

	return password_name(name) || (at != SIZE_MAX && !is_about(sv_from(name, at)));
}

/* AWS: 40 characters of base 64. */
bool secret_is_aws(struct sv name, struct sv value)
{
	return value.n == 40 && secret_run(value, 0, CLASS_MIME, 40) == 40 &&
	       secret_find_fold(name, "access") != SIZE_MAX &&
	       secret_find_fold(name, "secret") != SIZE_MAX && secret_entropy(value) >= 4.0;
}

static bool is_uuid(struct sv v)
{
	return v.n == 36 && v.p[8] == '-' && v.p[13] == '-' && v.p[18] == '-' && v.p[23] == '-';
}

/* Code, paths, hashes of packages: they stand where values stand. */
static bool is_other(struct sv v)
{
	static const char *const ends[] = {".pem", ".key",  ".crt", ".json",
					   ".txt", ".yaml", ".yml"};
	static const struct sv in[] = {{"://", 3}, {"()", 2}, {"->", 2}, {"::", 2}, {"=>", 2}};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (sv_ends(v, sv_of(ends[i])))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		if (sv_find(v, in[i]) != SIZE_MAX)
			return true;
	return strchr("/.~[(!;,:-", v.p[0]) || sv_starts(v, SV("sha")) || is_uuid(v);
}

static bool has_both(struct sv v)
{
	bool digit = false, letter = false;

	for (size_t i = 0; i < v.n; i++) {
		unsigned class = secret_class(v.p[i]);
		if (v.p[i] <= ' ' || v.p[i] > '~')
			return false;
		digit |= (class & CLASS_DIGIT) != 0;
		letter |= (class & (CLASS_UPPER | CLASS_LOWER)) != 0;
	}
	return digit && letter;
}

static bool good_value(struct sv name, struct sv v)
{
	bool password = password_name(name);
	double bits = v.n ? secret_entropy(v) : 0;

	if (v.n < (password ? PASSWORD_MIN : TOKEN_MIN) || v.n > VALUE_MAX || !has_both(v) ||
	    is_other(v) || secret_placeholder(v))
		return false;
	return bits >= (password ? 2.75 : secret_run(v, 0, CLASS_HEX, v.n) == v.n ? 3.0 : 3.5);
}

/* The name around the keyword. */
static struct sv name_at(struct sv b, size_t at, size_t *start)
{
	unsigned classes = CLASS_URL | CLASS_DOT;
	size_t left = secret_run_left(b, at, classes, NAME_MAX_BYTES);
	size_t right = secret_run(b, at, classes, NAME_MAX_BYTES);

	*start = at - left;
	return sv_head(sv_from(b, at - left), left + right);
}

static size_t spaces(struct sv b, size_t i)
{
	while (i < b.n && (b.p[i] == ' ' || b.p[i] == '\t'))
		i++;
	return i;
}

/* "=", ":", ":=", "=>", "<tag>": where the value begins behind the name, or SIZE_MAX. */
static size_t operator_end(struct sv b, size_t start, size_t i)
{
	if (i < b.n && b.p[i] == '>' && start > 0 && b.p[start - 1] == '<')
		return i + 1;
	for (const char *close = "\"'])"; i < b.n && strchr(close, b.p[i]) && b.p[i];)
		i++;
	i = spaces(b, i);
	struct sv rest = sv_head(sv_from(b, i), 2);
	if (sv_is(rest, "==") || sv_is(rest, "::") || sv_is(rest, "=~"))
		return SIZE_MAX;
	if (sv_is(rest, ":=") || sv_is(rest, "=>"))
		return spaces(b, i + 2);
	if (rest.n && (rest.p[0] == '=' || rest.p[0] == ':'))
		return spaces(b, i + 1);
	return SIZE_MAX;
}

/* The value that begins there: in quotes, or up to what ends a word. */
static struct sv value_at(struct sv b, size_t i, bool quoted)
{
	struct sv rest = sv_head(sv_from(b, i), VALUE_MAX + 2);
	size_t n = 0;

	if (rest.n && (rest.p[0] == '"' || rest.p[0] == '\'')) {
		struct sv in = sv_from(rest, 1);
		while (n < in.n && in.p[n] != rest.p[0] && in.p[n] != '\n')
			n++;
		return n < in.n && in.p[n] == rest.p[0] ? sv_head(in, n) : (struct sv){0};
	}
	if (quoted)
		return (struct sv){0};
	while (n < rest.n && rest.p[n] > ' ' && !strchr(",;)}]#<>\"'&|\\", rest.p[n]))
		n++;
	return sv_head(rest, n);
}

static bool is_netrc(struct sv path)
{
	struct sv name = sv_basename(path);

	return sv_is(name, ".netrc") || sv_is(name, "_netrc");
}

static bool found(const struct secret_text *t, size_t start, struct sv value,
		  struct secret_found *out)
{
	out->value = value;
	out->start = start;
	out->end = (size_t)(value.p - t->bytes.p) + value.n;
	return true;
}

/* machine HOST login NAME password VALUE: words, whatever they look like */
static bool netrc(const struct secret_text *t, size_t at, size_t i, struct secret_found *out)
{
	i = spaces(t->bytes, i);
	struct sv value = sv_from(t->bytes, i);
	size_t n = 0;

	while (n < value.n && n < VALUE_MAX && value.p[n] > ' ')
		n++;
	value = sv_head(value, n);
	if (n < 4 || secret_placeholder(value))
		return false;
	out->type = "netrc-password";
	out->title = "password in a .netrc";
	out->confidence = SECRET_HIGH;
	return found(t, at, value, out);
}

bool secret_assign(const struct secret_text *t, const struct secret_rule *r, size_t at,
		   struct secret_found *out)
{
	size_t start, word = strlen(r->keyword);

	if (is_netrc(t->path) && word == 8)
		return netrc(t, at, at + word, out);
	if (t->software || secret_path_prose(t->path))
		return false;
	struct sv name = name_at(t->bytes, at, &start);
	size_t i = operator_end(t->bytes, start, start + name.n);
	if (i == SIZE_MAX || !secret_name(name))
		return false;
	struct sv value = value_at(t->bytes, i, t->code);
	if (secret_is_aws(name, value) && !secret_placeholder(value)) {
		out->type = "aws-secret-key";
		out->title = "AWS secret access key";
		out->confidence = SECRET_HIGH;
	} else if (!good_value(name, value)) {
		return false;
	} else if (password_name(name)) {
		out->type = "password";
		out->title = "password";
	}
	return found(t, start, value, out);
}

/* At the beginning of a line, or behind the registry of such a line: elsewhere it is code. */
static bool is_setting(struct sv b, size_t at)
{
	size_t start = at;

	while (start > 0 && at - start < 256 && b.p[start - 1] != '\n')
		start--;
	return start == at || (b.p[at - 1] == ':' && sv_starts(sv_from(b, start), SV("//")));
}

/* //REGISTRY/:_authToken=..., _auth=... */
bool secret_npmrc(const struct secret_text *t, const struct secret_rule *r, size_t at,
		  struct secret_found *out)
{
	static const char *const names[] = {"_auth", "_authtoken"};
	size_t n = secret_run(t->bytes, at, CLASS_WORD, NAME_MAX_BYTES);
	size_t i = spaces(t->bytes, at + n);

	(void)r;
	if (!is_one_of(sv_head(sv_from(t->bytes, at), n), names, ARRAY_LEN(names)) ||
	    i >= t->bytes.n || t->bytes.p[i] != '=' || t->code || !is_setting(t->bytes, at))
		return false;
	struct sv value = value_at(t->bytes, spaces(t->bytes, i + 1), false);
	if (value.n < 8 || secret_placeholder(value))
		return false;
	return found(t, at, value, out);
}

/* "auth": base 64 of "user:password", in Docker's config.json */
bool secret_docker_auth(const struct secret_text *t, const struct secret_rule *r, size_t at,
			struct secret_found *out)
{
	size_t i = spaces(t->bytes, at + strlen(r->keyword));

	if (i >= t->bytes.n || t->bytes.p[i] != ':')
		return false;
	struct sv value = value_at(t->bytes, spaces(t->bytes, i + 1), true);
	auto_done(buf_done) struct buf text = {0};
	if (value.n < 8 || !base64_decode(&text, value))
		return false;
	size_t colon = sv_find_char(buf_view(&text), ':');
	if (colon == SIZE_MAX || colon == 0 || colon + 4 > text.n ||
	    utf8_valid(buf_view(&text)) != text.n ||
	    secret_placeholder(sv_from(buf_view(&text), colon + 1)))
		return false;
	return found(t, at, value, out);
}

/* Passwords that documentation writes into URLs. */
static const char *const usual[] = {
	"password", "passwd", "pass", "secret", "pwd", "user",  "username", "test", "root",
	"admin",    "token",  "foo",  "bar",    "baz", "guest", "postgres", "pw",   "key",
};

/* scheme://user:password@host */
bool secret_url(const struct secret_text *t, const struct secret_rule *r, size_t at,
		struct secret_found *out)
{
	struct sv rest = sv_head(sv_from(t->bytes, at + strlen(r->keyword)), URL_USER_MAX);
	size_t scheme = secret_run_left(t->bytes, at, CLASS_ALNUM | CLASS_BASE64, 12), n = 0;

	while (n < rest.n && rest.p[n] > ' ' && !strchr("/\"'<>@`\\()[]{}|,;", rest.p[n]))
		n++;
	struct sv user = sv_head(rest, n);
	size_t colon = sv_find_char(user, ':');
	if (t->software || secret_path_prose(t->path) || scheme < 2 || colon == SIZE_MAX ||
	    n >= rest.n || rest.p[n] != '@')
		return false;
	struct sv value = sv_from(user, colon + 1), host = sv_from(rest, n + 1);
	host = sv_head(host, secret_run(host, 0, CLASS_URL | CLASS_DOT, 253));
	if (value.n < 4 || host.n < 2 || secret_placeholder(value) || secret_placeholder(host) ||
	    is_one_of(value, usual, ARRAY_LEN(usual)) || secret_entropy(value) < 1.9)
		return false;
	return found(t, at - scheme, value, out);
}
