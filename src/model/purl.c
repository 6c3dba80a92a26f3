/*
 * Package URLs, reading: package-url.org, "purl-spec", "how to parse". Lenient where others write
 * loosely: "pkg://", an npm scope with a plain '@', ".src.rpm" file names as upstream. Strict on
 * percent-encoding, UTF-8, control bytes, duplicate qualifiers. A subpath is checked and dropped.
 */
#include "model/package.h"

#include "base/limits.h"
#include "base/text.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decoded bytes in the arena: UTF-8 without control bytes. */
static int decode(struct arena *a, struct sv v, const char *what, struct sv *out, struct err *err)
{
	char *p = arena_alloc(a, v.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (c == '%') {
			bool whole = i + 2 < v.n;
			int high = whole ? hex_value(v.p[i + 1]) : -1;
			int low = whole ? hex_value(v.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return err_set(err, ERR_USAGE,
					       "purl: %s has a %% without two hexadecimal digits",
					       what);
			c = (char)(high << 4 | low);
			i += 2;
		}
		if ((unsigned char)c < 0x20 || c == 0x7F)
			return err_set(err, ERR_USAGE, "purl: %s has a control character", what);
		p[n++] = c;
	}
	if (utf8_valid(sv_make(p, n)) != n)
		return err_set(err, ERR_USAGE, "purl: %s is not UTF-8", what);
	*out = sv_make(p, n);
	return 0;
}

static struct sv lower(struct arena *a, struct sv v)
{
	char *p = arena_alloc(a, v.n + 1);

	for (size_t i = 0; i < v.n; i++)
		p[i] = v.p[i] >= 'A' && v.p[i] <= 'Z' ? (char)(v.p[i] + 32) : v.p[i];
	return sv_make(p, v.n);
}

/* PEP 503: lower case, runs of '-', '_' and '.' are one '-'. */
static struct sv normalize_pypi(struct arena *a, struct sv v)
{
	char *p = arena_alloc(a, v.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (c == '-' || c == '_' || c == '.') {
			if (n && p[n - 1] == '-')
				continue;
			c = '-';
		}
		p[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	return sv_make(p, n);
}

/* Segments decoded and joined again, empty ones dropped. */
static int decode_path(struct arena *a, struct sv path, struct sv *out, struct err *err)
{
	auto_done(buf_done) struct buf b = {0};

	while (path.n) {
		struct sv raw = sv_cut(&path, '/'), segment;
		int r = decode(a, raw, "the namespace", &segment, err);
		if (r < 0)
			return r;
		if (sv_find_char(segment, '/') != SIZE_MAX)
			return err_set(err, ERR_USAGE,
				       "purl: a segment of the namespace has an encoded '/'");
		if (segment.n == 0)
			continue;
		if (b.n)
			buf_char(&b, '/');
		buf_sv(&b, segment);
	}
	*out = arena_sv(a, buf_view(&b));
	return 0;
}

static bool key_valid(struct sv key)
{
	for (size_t i = 0; i < key.n; i++) {
		char c = key.p[i];
		bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		bool other = (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
		if (!alpha && (i == 0 || !other))
			return false;
	}
	return key.n > 0;
}

enum qualifier { Q_ARCH, Q_DISTRO, Q_EPOCH, Q_RPMMOD, Q_UPSTREAM, QUALIFIERS };

static const char *const qualifier_names[QUALIFIERS] = {"arch", "distro", "epoch", "rpmmod",
							"upstream"};

static int parse_qualifiers(struct arena *a, struct sv text, struct sv values[QUALIFIERS],
			    struct err *err)
{
	while (text.n) {
		struct sv value = sv_cut(&text, '&'), key = sv_cut(&value, '=');
		if (!key_valid(key))
			return err_set(err, ERR_USAGE, "purl: a qualifier has no valid name");
		int r = decode(a, value, "a qualifier", &value, err);
		if (r < 0)
			return r;
		for (size_t i = 0; i < QUALIFIERS && value.n; i++) {
			if (!sv_ieq(key, sv_of(qualifier_names[i])))
				continue;
			if (values[i].n)
				return err_set(err, ERR_USAGE,
					       "purl: the qualifier %s stands twice",
					       qualifier_names[i]);
			values[i] = value;
		}
	}
	return 0;
}

static bool starts_with_digit(struct sv v)
{
	return v.n && v.p[0] >= '0' && v.p[0] <= '9';
}

/*
 * "debian-12", "opensuse-leap-15.4", "arch"; also the release alone ("3.18.4") or a codename
 * ("bookworm", "debian-bookworm"; but openSUSE's Leap and Tumbleweed are systems of their own).
 */
static void parse_distro(struct sv distro, struct sv ns, struct os *os)
{
	struct sv head, tail;

	*os = (struct os){.id = ns};
	if (distro.n == 0)
		return;
	struct sv behind = ns.n && sv_starts(distro, ns) ? sv_from(distro, ns.n) : SV("-");
	if (behind.n == 0 || (behind.p[0] == '-' && starts_with_digit(sv_from(behind, 1)))) {
		os->version = sv_from(behind, 1);
	} else if (starts_with_digit(distro)) {
		os->version = distro;
	} else if (sv_rcut(distro, '-', &head, &tail) && head.n && starts_with_digit(tail)) {
		os->id = head;
		os->version = tail;
	} else if (ns.n && behind.n > 1 && behind.p[0] == '-' && !sv_is(ns, "opensuse")) {
		os->codename = sv_from(behind, 1);
	} else if (ns.n == 0 || sv_starts(distro, ns)) {
		os->id = distro;
	} else {
		os->codename = distro;
	}
}

/* "glibc", "glibc@2.36-9", "glibc-2.34-60.el9.src.rpm". */
static void parse_upstream(struct arena *a, struct sv upstream, struct package *p)
{
	struct sv name, version, release;

	while (sv_ends(upstream, SV("@")))
		upstream.n--;
	while (sv_starts(upstream, SV("@")))
		upstream = sv_from(upstream, 1);
	size_t at = sv_find_char(upstream, '@');
	if (at != SIZE_MAX) {
		p->source_name = sv_head(upstream, at);
		p->source_version = sv_from(upstream, at + 1);
	} else if (p->type == PKG_RPM && sv_ends(upstream, SV(".src.rpm")) &&
		   sv_rcut(sv_head(upstream, upstream.n - strlen(".src.rpm")), '-', &name,
			   &release) &&
		   sv_rcut(name, '-', &name, &version)) {
		p->source_name = name;
		p->source_version = arena_fmt(a, "%.*s-%.*s", SV_ARG(version), SV_ARG(release));
	} else {
		p->source_name = upstream;
	}
}

static void join_name(struct arena *a, struct package *p)
{
	struct sv ns = p->ns, name = p->name;

	if (p->type == PKG_NPM || p->type == PKG_GOLANG || p->type == PKG_SWIFT ||
	    p->type == PKG_COMPOSER) {
		if (ns.n)
			p->name = arena_fmt(a, "%.*s/%.*s", SV_ARG(ns), SV_ARG(name));
		p->ns = SV("");
		if (p->type == PKG_COMPOSER)
			p->name = lower(a, p->name);
	} else if (p->type == PKG_MAVEN) {
		if (ns.n)
			p->name = arena_fmt(a, "%.*s:%.*s", SV_ARG(ns), SV_ARG(name));
	} else if (p->type == PKG_PYPI) {
		p->name = normalize_pypi(a, name);
	} else if (pkg_types[p->type].os) {
		p->ns = lower(a, ns);
		if (p->type != PKG_RPM)
			p->name = lower(a, name);
	}
}

/* The '@' before the version: not that of an npm scope, which starts a segment that is not the
 * last. */
static size_t find_version(struct sv v)
{
	size_t at = sv_rfind_char(v, '@');
	bool starts_segment = at != SIZE_MAX && (at == 0 || v.p[at - 1] == '/');

	return starts_segment && sv_find_char(sv_from(v, at), '/') != SIZE_MAX ? SIZE_MAX : at;
}

static int parse_type(struct arena *a, struct sv *rest, enum pkg_type *type, struct err *err)
{
	size_t slash = sv_find_char(*rest, '/');
	struct sv name = lower(a, sv_head(*rest, slash));

	if (slash == SIZE_MAX || !key_valid(name))
		return err_set(err, ERR_USAGE, "purl: no package type before the first '/'");
	*type = pkg_type_find(name);
	if (*type == PKG_TYPES && sv_is(name, "alpine"))
		*type = PKG_APK;
	if (*type == PKG_TYPES) {
		(void)err_set(err, ERR_UNSUPPORTED, "purl: the package type '%.*s' is not known",
			      SV_ARG(name));
		return err_code(err, "purl-type");
	}
	*rest = sv_from(*rest, slash + 1);
	return 0;
}

/* Namespace, name and version; what the ecosystems make of them comes later. */
static int parse_path(struct arena *a, struct sv path, struct package *p, struct err *err)
{
	size_t at = find_version(path);
	struct sv ns = SV("");
	int r;

	if (at != SIZE_MAX &&
	    (r = decode(a, sv_from(path, at + 1), "the version", &p->version, err)) < 0)
		return r;
	path = sv_head(path, at);
	while (sv_ends(path, SV("/")))
		path.n--;
	struct sv name = path;
	(void)sv_rcut(path, '/', &ns, &name);
	if ((r = decode_path(a, ns, &p->ns, err)) < 0 ||
	    (r = decode(a, name, "the name", &p->name, err)) < 0)
		return r;
	if (p->name.n == 0)
		return err_set(err, ERR_USAGE, "purl: no package name");
	/* it divides group and artifact in our names, and Maven allows it in neither */
	if (p->type == PKG_MAVEN &&
	    (sv_find_char(p->ns, ':') != SIZE_MAX || sv_find_char(p->name, ':') != SIZE_MAX))
		return err_set(err, ERR_USAGE, "purl: a ':' in a Maven group or artifact");
	return 0;
}

static int parse_into(struct arena *a, struct sv text, struct package *p,
		      struct sv values[QUALIFIERS], struct err *err)
{
	struct sv subpath;
	size_t mark = sv_rfind_char(text, '#');
	int r;

	if (text.n > limit_field_bytes)
		return err_set(err, ERR_LIMIT, "purl: longer than %zu bytes",
			       (size_t)limit_field_bytes);
	if (!sv_ieq(sv_head(text, 4), SV("pkg:"))) {
		(void)err_set(err, ERR_USAGE, "no purl");
		return err_hint(err, "a purl starts with pkg:, such as pkg:npm/lodash@4.17.20");
	}
	if (mark != SIZE_MAX) {
		if ((r = decode_path(a, sv_from(text, mark + 1), &subpath, err)) < 0)
			return r;
		text = sv_head(text, mark);
	}
	mark = sv_rfind_char(text, '?');
	if (mark != SIZE_MAX) {
		if ((r = parse_qualifiers(a, sv_from(text, mark + 1), values, err)) < 0)
			return r;
		text = sv_head(text, mark);
	}
	text = sv_from(text, 4);
	while (sv_starts(text, SV("/")))
		text = sv_from(text, 1);
	if ((r = parse_type(a, &text, &p->type, err)) < 0)
		return r;
	return parse_path(a, text, p, err);
}

int purl_parse(struct arena *a, struct sv purl, struct package *out, struct os *os, struct err *err)
{
	struct sv values[QUALIFIERS] = {0};
	struct package p = {.layer = INDEX_NONE, .owner = INDEX_NONE};
	uint64_t epoch;

	int r = parse_into(a, sv_trim(purl), &p, values, err);
	if (r < 0)
		return r;
	if (values[Q_EPOCH].n && !sv_u64(values[Q_EPOCH], &epoch))
		return err_set(err, ERR_USAGE, "purl: the epoch is no number");
	if (pkg_types[p.type].os && (sv_find_char(values[Q_DISTRO], '/') != SIZE_MAX ||
				     sv_find_char(p.ns, '/') != SIZE_MAX))
		return err_set(err, ERR_USAGE, "purl: a '/' in the distribution of a package");
	/* a deb version may have its epoch already; what stands behind an rpm's own may hold colons
	 */
	bool has_epoch = p.type == PKG_RPM ||
			 (p.type == PKG_DEB && sv_find_char(p.version, ':') == SIZE_MAX);
	if (has_epoch && values[Q_EPOCH].n && epoch && p.version.n)
		p.version = arena_fmt(a, "%.*s:%.*s", SV_ARG(values[Q_EPOCH]), SV_ARG(p.version));
	join_name(a, &p);
	p.arch = values[Q_ARCH];
	if (p.type == PKG_RPM)
		p.module = values[Q_RPMMOD];
	if (pkg_types[p.type].os && values[Q_UPSTREAM].n)
		parse_upstream(a, values[Q_UPSTREAM], &p);
	if (os) {
		*os = (struct os){0};
		if (pkg_types[p.type].os)
			parse_distro(lower(a, values[Q_DISTRO]), p.ns, os);
	}
	p.purl = arena_sv(a, sv_trim(purl));
	*out = p;
	return 0;
}
