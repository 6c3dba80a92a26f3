/*
 * Package URLs, writing: package-url.org, "purl-spec" and its types. Only unreserved bytes and ':'
 * stay as they are. Go module paths keep their case (the types page lowers them): the feeds tell
 * cases apart.
 */
#include "model/package.h"

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr(".-_~:", c));
}

static void encode(struct buf *b, struct sv v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (is_plain(v.p[i]))
			buf_char(b, v.p[i]);
		else
			buf_fmt(b, "%%%02X", (unsigned char)v.p[i]);
	}
}

/* Segments of a path, empty ones dropped, each followed by '/'. */
static void encode_path(struct buf *b, struct sv path)
{
	while (path.n) {
		struct sv segment = sv_cut(&path, '/');
		if (segment.n == 0)
			continue;
		encode(b, segment);
		buf_char(b, '/');
	}
}

static void encode_lower(struct buf *b, struct sv v, bool dashes)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (dashes && c == '_')
			c = '-';
		encode(b, sv_make(&c, 1));
	}
}

/* "a/b/c": all but the last segment is the namespace. */
static void write_split(struct buf *b, struct sv name)
{
	struct sv head, tail;

	if (sv_rcut(name, '/', &head, &tail) && tail.n) {
		encode_path(b, head);
		name = tail;
	}
	encode(b, name);
}

static void write_maven(struct buf *b, const struct package *p)
{
	struct sv group = p->ns, artifact = p->name;

	(void)sv_rcut(p->name, ':', &group, &artifact);
	encode_path(b, group);
	encode(b, artifact);
}

static void write_name(struct buf *b, const struct package *p, const struct os *os)
{
	struct sv ns = p->ns;

	if (pkg_types[p->type].os && ns.n == 0 && os)
		ns = os->id;
	if (p->type == PKG_NPM || p->type == PKG_GOLANG || p->type == PKG_SWIFT ||
	    p->type == PKG_COMPOSER) {
		write_split(b, p->name);
	} else if (p->type == PKG_MAVEN) {
		write_maven(b, p);
	} else if (p->type == PKG_PYPI) {
		encode_lower(b, p->name, true);
	} else {
		encode_path(b, ns);
		encode(b, p->name);
	}
}

static void write_qualifier(struct buf *b, char *separator, const char *key, struct sv value)
{
	if (value.n == 0)
		return;
	buf_char(b, *separator);
	*separator = '&';
	buf_str(b, key);
	buf_char(b, '=');
	encode(b, value);
}

/* "1:2.3-4": the epoch of an rpm is a qualifier; 0 is none, however often it is written. */
static struct sv cut_epoch(struct sv *version)
{
	uint64_t n = 0;
	size_t colon;

	while (n == 0 && (colon = sv_find_char(*version, ':')) != SIZE_MAX) {
		struct sv epoch = sv_head(*version, colon);
		if (!sv_u64(epoch, &n))
			break;
		*version = sv_from(*version, colon + 1);
		if (n)
			return epoch;
	}
	return SV("");
}

static void write_upstream(struct buf *b, const struct package *p)
{
	struct sv source = p->source_name.n ? p->source_name : p->name;
	bool other_version = p->source_version.n && !sv_eq(p->source_version, p->version);

	if (sv_eq(source, p->name) && !other_version)
		return;
	buf_sv(b, source);
	if (other_version) {
		buf_char(b, '@');
		buf_sv(b, p->source_version);
	}
}

static void write_os_qualifiers(struct buf *b, const struct package *p, const struct os *os,
				struct sv epoch)
{
	auto_done(buf_done) struct buf distro = {0}, upstream = {0};
	char separator = '?';

	if (os) {
		buf_sv(&distro, os->id);
		if (os->id.n && os->version.n)
			buf_char(&distro, '-');
		buf_sv(&distro, os->version);
	}
	write_upstream(&upstream, p);
	/* in the order of their keys */
	write_qualifier(b, &separator, "arch", p->arch);
	write_qualifier(b, &separator, "distro", buf_view(&distro));
	write_qualifier(b, &separator, "epoch", epoch);
	write_qualifier(b, &separator, "rpmmod", p->module);
	write_qualifier(b, &separator, "upstream", buf_view(&upstream));
}

void purl_write(struct buf *b, const struct package *p, const struct os *os)
{
	struct sv version = p->version, epoch = SV("");

	if (p->type == PKG_RPM)
		epoch = cut_epoch(&version);
	if (!version.n)
		epoch = SV(""); /* of nothing */
	buf_fmt(b, "pkg:%s/", pkg_types[p->type].purl);
	write_name(b, p, os);
	if (version.n) {
		buf_char(b, '@');
		encode(b, version);
	}
	if (pkg_types[p->type].os)
		write_os_qualifiers(b, p, os, epoch);
}
