#include "base/base.h"

#include "base/text.h"
#include "report/format.h"

const struct package *view_package(const struct report *r, const struct finding *f)
{
	return f->vuln && f->vuln->package < r->packages.n ? &r->packages.p[f->vuln->package]
							   : NULL;
}

const struct subject *view_subject(const struct report *r, const struct finding *f)
{
	return f->subject < r->subjects.n ? &r->subjects.p[f->subject] : NULL;
}

struct sv view_file(const struct report *r, const struct finding *f, uint32_t *line)
{
	const struct package *p = view_package(r, f);

	*line = 0;
	for (size_t i = 0; i < f->evidence.n; i++) {
		const struct evidence *e = &f->evidence.p[i];
		if (!e->file.n && !e->path.n)
			continue;
		*line = e->line;
		return e->file.n ? e->file : e->path;
	}
	if (!p || !p->locations.n)
		return (struct sv){0};
	*line = p->locations.p[0].line;
	return p->locations.p[0].path;
}

void view_message(struct buf *b, const struct report *r, const struct finding *f)
{
	const struct package *p = view_package(r, f);
	const struct rule_text *t = report_rule(r, f->id);

	if (f->message.n) {
		buf_sv(b, f->message);
		return;
	}
	if (p)
		buf_fmt(b, "%.*s %.*s: ", SV_ARG(p->name), SV_ARG(p->version));
	buf_sv(b, f->id);
	if (t && t->title.n)
		buf_fmt(b, ": %.*s", SV_ARG(t->title));
}

void view_remedy(struct buf *b, const struct report *r, const struct finding *f)
{
	const struct package *p = view_package(r, f);
	const struct rule_text *t = report_rule(r, f->id);

	if (!f->vuln) {
		if (f->remedy.n || t)
			buf_sv(b, f->remedy.n ? f->remedy : t->remedy);
		return;
	}
	if (f->vuln->malicious) {
		buf_fmt(b, "remove %.*s", SV_ARG(p ? p->name : f->id));
		return;
	}
	if (f->vuln->fix_state != FIX_FIXED) {
		buf_fmt(b, "no fixed version (%s)", fix_state_name(f->vuln->fix_state));
		return;
	}
	buf_fmt(b, "upgrade %.*s to ", SV_ARG(p ? p->name : f->id));
	for (size_t i = 0; i < f->vuln->fix_versions.n; i++)
		buf_fmt(b, "%s%.*s", i ? " or " : "", SV_ARG(f->vuln->fix_versions.p[i]));
}

void view_xml(struct buf *b, struct sv v)
{
	auto_done(buf_done) struct buf safe = {0};

	text_escape(&safe, v);
	for (size_t i = 0; i < safe.n;) {
		uint32_t cp;
		size_t n = utf8_decode(sv_make(safe.p + i, safe.n - i), &cp);
		if (cp == '&')
			buf_str(b, "&amp;");
		else if (cp == '<')
			buf_str(b, "&lt;");
		else if (cp == '>')
			buf_str(b, "&gt;");
		else if (cp == '"')
			buf_str(b, "&quot;");
		else if (cp == '\'')
			buf_str(b, "&#39;");
		else if ((cp & 0xFFFE) == 0xFFFE) /* no character of XML 1.0, section 2.2 */
			buf_fmt(b, "\\u{%x}", cp);
		else
			buf_add(b, safe.p + i, n);
		i += n;
	}
}

void view_uri(struct buf *b, struct sv path)
{
	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || (c && strchr("-._~/", c));
		/* a leading '/' would make it absolute; "//" an authority */
		if (c == '/' && (i == 0 || path.p[i - 1] == '/'))
			continue;
		if (plain)
			buf_char(b, (char)c);
		else
			buf_fmt(b, "%%%02X", c);
	}
}

uint64_t view_cwe(struct sv cwe)
{
	uint64_t n;

	if (cwe.n > 4 && sv_ieq(sv_head(cwe, 4), SV("CWE-")))
		cwe = sv_from(cwe, 4);
	return sv_u64(cwe, &n) && n <= INT32_MAX ? n : 0;
}

static void serial_add(struct buf *b, struct sv v)
{
	/* lengths, so that no two lists run together into the same bytes */
	buf_fmt(b, "%zu:", v.n);
	buf_sv(b, v);
}

void view_serial(const struct report *r, char out[37])
{
	auto_done(buf_done) struct buf b = {0};

	serial_add(&b, r->command);
	for (size_t i = 0; i < r->subjects.n; i++) {
		serial_add(&b, r->subjects.p[i].name);
		serial_add(&b, r->subjects.p[i].digest);
	}
	for (size_t i = 0; i < r->packages.n; i++) {
		serial_add(&b, r->packages.p[i].id);
		serial_add(&b, r->packages.p[i].purl);
	}
	for (size_t i = 0; i < r->findings.n; i++) {
		serial_add(&b, r->findings.p[i].id);
		serial_add(&b, r->findings.p[i].fingerprint);
	}
	uuid_of(buf_view(&b), out);
}
