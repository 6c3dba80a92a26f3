/* JUnit XML as CI servers read it: a suite for each subject, a failure for each finding. */
#include "report/format.h"

static void attribute(struct buf *b, const char *name, struct sv value)
{
	buf_fmt(b, " %s=\"", name);
	view_xml(b, value);
	buf_char(b, '"');
}

static void flush(struct buf *b, FILE *to)
{
	(void)fwrite(b->p, 1, b->n, to);
	buf_clear(b);
}

static void open_case(struct buf *b, const struct report *r, const struct finding *f)
{
	const struct package *p = view_package(r, f);
	auto_done(buf_done) struct buf name = {0};

	buf_fmt(&name, "[%s] %.*s", severity_name(f->severity), SV_ARG(f->id));
	if (p)
		buf_fmt(&name, " %.*s %.*s", SV_ARG(p->name), SV_ARG(p->version));
	else if (f->scope.n)
		buf_fmt(&name, " %.*s", SV_ARG(f->scope));
	buf_str(b, "    <testcase");
	attribute(b, "classname", p ? p->purl : sv_of(finding_kind_name(f->kind)));
	attribute(b, "name", buf_view(&name));
	buf_str(b, " time=\"0\">\n");
}

static void put_failure(struct buf *b, const struct report *r, const struct finding *f)
{
	auto_done(buf_done) struct buf text = {0};
	uint32_t line;
	struct sv file = view_file(r, f, &line);

	view_message(&text, r, f);
	buf_str(b, "      <failure");
	attribute(b, "message", buf_view(&text));
	attribute(b, "type", sv_of(severity_name(f->severity)));
	buf_char(b, '>');
	buf_clear(&text);
	view_remedy(&text, r, f);
	view_xml(b, buf_view(&text));
	if (file.n) {
		buf_char(b, '\n');
		view_xml(b, file);
		if (line)
			buf_fmt(b, ":%u", line);
	}
	buf_str(b, "</failure>\n");
}

static void put_finding(struct buf *b, const struct report *r, const struct finding *f)
{
	open_case(b, r, f);
	if (f->state == STATE_FAIL) {
		put_failure(b, r, f);
	} else if (f->state != STATE_PASS) {
		buf_str(b, "      <skipped");
		attribute(b, "message", sv_of(finding_state_name(f->state)));
		buf_str(b, "/>\n");
	}
	buf_str(b, "    </testcase>\n");
}

static void put_waived(struct buf *b, const struct report *r, const struct finding *f)
{
	open_case(b, r, f);
	buf_str(b, "      <skipped");
	attribute(b, "message", f->waiver_reason.n ? f->waiver_reason : SV("waived"));
	buf_str(b, "/>\n    </testcase>\n");
}

static void put_error(struct buf *b, const struct report_error *e)
{
	buf_str(b, "    <testcase classname=\"gabion\"");
	attribute(b, "name", e->where.n ? e->where : e->code);
	buf_str(b, " time=\"0\">\n      <error");
	attribute(b, "message", e->message);
	attribute(b, "type", e->code);
	buf_char(b, '>');
	view_xml(b, e->hint);
	buf_str(b, "</error>\n    </testcase>\n");
}

struct counts {
	size_t tests, failures, errors, skipped;
};

static struct counts count(const struct report *r, size_t subject)
{
	struct counts c = {0};

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.p[i];
		if (f->subject != subject)
			continue;
		c.tests++;
		c.failures += f->state == STATE_FAIL;
		c.skipped += f->state != STATE_FAIL && f->state != STATE_PASS;
	}
	for (size_t i = 0; i < r->waived.n; i++) {
		c.tests += r->waived.p[i].subject == subject;
		c.skipped += r->waived.p[i].subject == subject;
	}
	for (size_t i = 0; i < r->errors.n; i++) {
		bool here =
			r->errors.p[i].weight == WEIGHT_FATAL && r->errors.p[i].subject == subject;
		c.tests += here;
		c.errors += here;
	}
	return c;
}

static void put_suite(struct buf *b, const struct report *r, size_t subject, struct sv name,
		      FILE *to)
{
	struct counts c = count(r, subject);
	bool clean = c.tests == 0;

	buf_str(b, "  <testsuite");
	attribute(b, "name", name);
	buf_fmt(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\">\n",
		c.tests + clean, c.failures, c.errors, c.skipped);
	if (clean)
		buf_str(b,
			"    <testcase classname=\"gabion\" name=\"no findings\" time=\"0\"/>\n");
	for (size_t i = 0; i < r->findings.n; i++) {
		if (r->findings.p[i].subject == subject)
			put_finding(b, r, &r->findings.p[i]);
		flush(b, to);
	}
	for (size_t i = 0; i < r->waived.n; i++)
		if (r->waived.p[i].subject == subject)
			put_waived(b, r, &r->waived.p[i]);
	for (size_t i = 0; i < r->errors.n; i++)
		if (r->errors.p[i].weight == WEIGHT_FATAL && r->errors.p[i].subject == subject)
			put_error(b, &r->errors.p[i]);
	buf_str(b, "  </testsuite>\n");
	flush(b, to);
}

int format_junit_write(const struct report *r, FILE *to, const struct report_style *style,
		       struct err *err)
{
	auto_done(buf_done) struct buf b = {0};

	(void)style;
	buf_str(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gabion\">\n");
	for (size_t i = 0; i < r->subjects.n; i++)
		put_suite(&b, r, i,
			  r->subjects.p[i].name.n ? r->subjects.p[i].name : r->subjects.p[i].id,
			  to);
	if (count(r, INDEX_NONE).tests || !r->subjects.n)
		put_suite(&b, r, INDEX_NONE, SV("gabion"), to);
	buf_str(&b, "</testsuites>\n");
	flush(&b, to);
	return ferror(to) ? err_sys(err, "cannot write JUnit XML") : 0;
}
