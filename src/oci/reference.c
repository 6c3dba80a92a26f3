#include "base/base.h"

#include "base/text.h"
#include "oci/digest.h"
#include "oci/reference.h"

/* Longest domain and path together, as the distribution grammar has it. */
enum { NAME_MAX_BYTES = 255, TAG_MAX_BYTES = 128 };

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_alnum(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* separator = "." | "_" | "__" | "-"+ : how long the one at v is, 0 = none. */
static size_t separator(struct sv v)
{
	size_t n = 0;

	if (v.n > 0 && v.p[0] == '.')
		return 1;
	if (v.n > 0 && v.p[0] == '_')
		return v.n > 1 && v.p[1] == '_' ? 2 : 1;
	while (n < v.n && v.p[n] == '-')
		n++;
	return n;
}

static bool path_component(struct sv v)
{
	for (;;) {
		size_t n = 0;
		while (n < v.n && is_lower(v.p[n]))
			n++;
		if (n == 0)
			return false;
		v = sv_from(v, n);
		if (v.n == 0)
			return true;
		n = separator(v);
		if (n == 0)
			return false;
		v = sv_from(v, n);
	}
}

static bool path_valid(struct sv path)
{
	while (path.n > 0) {
		size_t slash = sv_find_char(path, '/');
		if (slash == path.n - 1 || !path_component(sv_cut(&path, '/')))
			return false;
		if (slash == SIZE_MAX)
			return true;
	}
	return false;
}

static bool host_label(struct sv v)
{
	if (v.n == 0 || !is_alnum(v.p[0]) || !is_alnum(v.p[v.n - 1]))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!is_alnum(v.p[i]) && v.p[i] != '-')
			return false;
	return true;
}

static bool host_name(struct sv v)
{
	for (;;) {
		size_t dot = sv_find_char(v, '.');
		if (!host_label(sv_head(v, dot)))
			return false;
		if (dot == SIZE_MAX)
			return true;
		v = sv_from(v, dot + 1);
	}
}

static bool host_ipv6(struct sv v)
{
	if (v.n < 3 || v.p[v.n - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < v.n; i++) {
		char c = v.p[i];
		if (!is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F') && c != ':')
			return false;
	}
	return true;
}

static bool domain_valid(struct sv v)
{
	size_t colon = sv_rfind_char(v, ':');
	size_t close = sv_rfind_char(v, ']');
	struct sv host = v;

	if (colon != SIZE_MAX && (close == SIZE_MAX || colon > close)) {
		struct sv port = sv_from(v, colon + 1);
		uint64_t number;
		if (!sv_u64(port, &number) || number > 65535)
			return false;
		host = sv_head(v, colon);
	}
	return host.n > 0 && host.p[0] == '[' ? host_ipv6(host) : host_name(host);
}

static bool tag_valid(struct sv v)
{
	if (v.n == 0 || v.n > TAG_MAX_BYTES || !(is_alnum(v.p[0]) || v.p[0] == '_'))
		return false;
	for (size_t i = 1; i < v.n; i++)
		if (!is_alnum(v.p[i]) && v.p[i] != '_' && v.p[i] != '.' && v.p[i] != '-')
			return false;
	return true;
}

static bool has_upper(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] >= 'A' && v.p[i] <= 'Z')
			return true;
	return false;
}

static int bad(struct arena *a, struct sv text, const char *why, struct err *err)
{
	(void)err_set(err, ERR_USAGE, "'%.*s' is no image name: %s", SV_ARG(text_safe(a, text)),
		      why);
	(void)err_code(err, "bad-reference");
	return err_scope(err, SCOPE_TARGET);
}

static bool is_domain(struct sv first)
{
	return sv_find_char(first, '.') != SIZE_MAX || sv_find_char(first, ':') != SIZE_MAX ||
	       sv_is(first, "localhost") || has_upper(first);
}

/* The short names of Docker Hub. */
static void split_domain(struct arena *a, struct sv name, struct reference_parts *p)
{
	static const struct sv library = {"library/", 8};
	size_t slash = sv_find_char(name, '/');

	p->domain_written = slash != SIZE_MAX && is_domain(sv_head(name, slash));
	p->domain = p->domain_written ? sv_head(name, slash) : SV("docker.io");
	p->path = p->domain_written ? sv_from(name, slash + 1) : name;
	if (sv_is(p->domain, "index.docker.io"))
		p->domain = SV("docker.io");
	if (sv_is(p->domain, "docker.io") && p->path.n > 0 &&
	    sv_find_char(p->path, '/') == SIZE_MAX) {
		char *path = arena_alloc(a, library.n + p->path.n);
		memcpy(path, library.p, library.n);
		memcpy(path + library.n, p->path.p, p->path.n);
		p->path = sv_make(path, library.n + p->path.n);
	}
}

void reference_split(struct arena *a, struct sv text, struct reference_parts *out)
{
	struct reference_parts p = {0};
	struct sv name = text;
	size_t at = sv_find_char(text, '@');

	if (at != SIZE_MAX) {
		p.digest = sv_from(text, at + 1);
		name = sv_head(text, at);
	}
	size_t colon = sv_rfind_char(name, ':'), slash = sv_rfind_char(name, '/');
	if (colon != SIZE_MAX && (slash == SIZE_MAX || colon > slash)) {
		p.tag = sv_from(name, colon + 1);
		p.tagged = true;
		name = sv_head(name, colon);
	}
	split_domain(a, name, &p);
	*out = p;
}

static const char *name_fault(const struct reference *r)
{
	if (!domain_valid(r->domain))
		return "the registry is no host name with an optional port";
	if (r->path.n == 0)
		return "the repository is empty";
	if (!path_valid(r->path))
		return has_upper(r->path)
			       ? "a repository is written in lower case"
			       : "a repository has only a-z, 0-9 and single separators . _ - /";
	if (r->domain.n + 1 + r->path.n > NAME_MAX_BYTES)
		return "the name is longer than 255 bytes";
	return NULL;
}

static int check_digest(struct arena *a, struct sv text, struct sv digest, struct digest *out,
			struct err *err)
{
	if (!digest_parse(digest, out))
		return bad(a, text, "after '@' stands no sha256 digest of 64 hex digits", err);
	if (out->set)
		return 0;
	(void)err_set(err, ERR_UNSUPPORTED, "%.*s: only sha256 digests are supported",
		      SV_ARG(text_safe(a, text)));
	return err_scope(err, SCOPE_TARGET);
}

int reference_parse(struct arena *a, struct sv text, struct reference *out, struct err *err)
{
	struct reference r = {0};
	struct reference_parts p;
	struct digest id;

	if (text.n == 0)
		return bad(a, text, "it is empty", err);
	reference_split(a, text, &p);
	size_t at = sv_find_char(text, '@');
	if (at != SIZE_MAX) {
		int rc = check_digest(a, text, p.digest, &r.digest, err);
		if (rc < 0)
			return rc;
	}
	if (p.tagged && !tag_valid(p.tag))
		return bad(a, text,
			   "a tag has 1 to 128 of A-Z a-z 0-9 _ . - and starts with none of . -",
			   err);
	r.tagged = p.tagged;
	r.tag = p.tagged ? arena_sv(a, p.tag) : r.digest.set ? (struct sv){0} : SV("latest");
	if (!r.tagged && digest_parse_hex(sv_head(text, at), &id))
		return bad(a, text, "64 hex digits are an id, not a name", err);
	r.domain = arena_sv(a, p.domain);
	r.path = arena_sv(a, p.path);
	const char *fault = name_fault(&r);
	if (fault)
		return bad(a, text, fault, err);
	*out = r;
	return 0;
}

static struct sv join(struct arena *a, struct sv name, const struct reference *r)
{
	if (r->tag.n > 0)
		name = arena_fmt(a, "%.*s:%.*s", SV_ARG(name), SV_ARG(r->tag));
	if (r->digest.set)
		name = arena_fmt(a, "%.*s@%.*s", SV_ARG(name), SV_ARG(digest_str(a, &r->digest)));
	return name;
}

struct sv reference_str(struct arena *a, const struct reference *r)
{
	return join(a, arena_fmt(a, "%.*s/%.*s", SV_ARG(r->domain), SV_ARG(r->path)), r);
}

struct sv reference_familiar(struct arena *a, const struct reference *r)
{
	struct sv library = SV("library/");
	struct sv path = r->path;

	if (!sv_is(r->domain, "docker.io"))
		return reference_str(a, r);
	if (sv_starts(path, library) && sv_find_char(sv_from(path, library.n), '/') == SIZE_MAX)
		path = sv_from(path, library.n);
	return join(a, path, r);
}

bool reference_eq(const struct reference *a, const struct reference *b)
{
	if (!sv_eq(a->domain, b->domain) || !sv_eq(a->path, b->path))
		return false;
	if (a->digest.set && b->digest.set)
		return digest_eq(&a->digest, &b->digest);
	return sv_eq(a->tag, b->tag);
}
