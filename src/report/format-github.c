/* Workflow commands of GitHub Actions: an annotation a line. */
#include "report/format.h"

#include "base/text.h"

static const char *const commands[SEVERITIES] = {
	[SEV_CRITICAL] = "error", [SEV_HIGH] = "error",        [SEV_MEDIUM] = "warning",
	[SEV_LOW] = "notice",     [SEV_NEGLIGIBLE] = "notice", [SEV_UNKNOWN] = "warning",
};

/* Data: %, CR, LF; properties also ':' and ','. Controls are gone already. */
static void escaped(struct buf *b, struct sv text, bool property)
{
	auto_done(buf_done) struct buf safe = {0};

	text_escape(&safe, text);
	for (size_t i = 0; i < safe.n; i++) {
		char c = safe.p[i];
		if (c == '%' || (property && (c == ':' || c == ',')))
			buf_fmt(b, "%%%02X", c);
		else
			buf_char(b, c);
	}
}

static void put_finding(struct buf *b, const struct report *r, const struct finding *f)
{
	const struct package *p = view_package(r, f);
	auto_done(buf_done) struct buf text = {0};
	uint32_t line;
	struct sv file = view_file(r, f, &line);

	buf_fmt(b, "::%s ", commands[f->severity]);
	if (file.n) {
		buf_str(b, "file=");
		escaped(b, file, true);
		buf_char(b, ',');
	}
	if (file.n && line)
		buf_fmt(b, "line=%u,", line);
	buf_fmt(&text, "%s %.*s", severity_name(f->severity), SV_ARG(f->id));
	if (p)
		buf_fmt(&text, " in %.*s", SV_ARG(p->name));
	buf_str(b, "title=");
	escaped(b, buf_view(&text), true);
	buf_str(b, "::");
	buf_clear(&text);
	view_message(&text, r, f);
	size_t n = text.n;
	buf_str(&text, "; ");
	view_remedy(&text, r, f);
	if (text.n == n + 2)
		text.n = n;
	escaped(b, buf_view(&text), false);
	buf_char(b, '\n');
}

static void put_error(struct buf *b, const struct report_error *e)
{
	auto_done(buf_done) struct buf text = {0};

	buf_fmt(b, "::%s title=", e->weight == WEIGHT_FATAL ? "error" : "notice");
	escaped(b, e->code, true);
	buf_str(b, "::");
	if (e->where.n)
		buf_fmt(&text, "%.*s: ", SV_ARG(e->where));
	buf_sv(&text, e->message);
	escaped(b, buf_view(&text), false);
	buf_char(b, '\n');
}

int format_github_write(const struct report *r, FILE *to, const struct report_style *style,
			struct err *err)
{
	auto_done(buf_done) struct buf b = {0};

	(void)style;
	for (size_t i = 0; i < r->findings.n; i++) {
		if (r->findings.p[i].state == STATE_FAIL)
			put_finding(&b, r, &r->findings.p[i]);
		(void)fwrite(b.p, 1, b.n, to);
		buf_clear(&b);
	}
	for (size_t i = 0; i < r->errors.n; i++)
		put_error(&b, &r->errors.p[i]);
	buf_fmt(&b,
		"::notice title=gabion::%llu findings, %llu waived, %llu hidden by filters, %s\n",
		(unsigned long long)r->summary.findings, (unsigned long long)r->summary.waived,
		(unsigned long long)r->summary.hidden, r->complete ? "complete" : "incomplete");
	(void)fwrite(b.p, 1, b.n, to);
	return ferror(to) ? err_sys(err, "cannot write annotations") : 0;
}
