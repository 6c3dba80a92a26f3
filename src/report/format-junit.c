/* JUnit XML as CI servers read it: a suite for each subject, a failure for each finding. */
#include "report/format.h"

#include <stdlib.h>

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

/* Findings, waived findings and fatal errors by subject: their numbers, those of subject i from
 * start[i] on. Behind the subjects stands what has none. */
struct by_subject {
	size_t *index, *start;
};

enum { NOT_LISTED = -2 };

struct item {
	const void *first;
	size_t size, n;
	size_t (*subject)(const void *item); /* or (size_t)NOT_LISTED */
};

static size_t finding_subject(const void *f)
{
	return ((const struct finding *)f)->subject;
}

static size_t error_subject(const void *p)
{
	const struct report_error *e = p;

	return e->weight == WEIGHT_FATAL ? e->subject : (size_t)NOT_LISTED;
}

/* The list of an item, or SIZE_MAX. */
static size_t list_of(const struct item *of, size_t i, size_t subjects)
{
	size_t s = of->subject((const char *)of->first + i * of->size);

	return s == (size_t)NOT_LISTED ? SIZE_MAX : s < subjects ? s : subjects;
}

static void by_subject_make(struct by_subject *b, const struct item *of, size_t subjects)
{
	size_t *next = xcalloc(subjects + 2, sizeof *next);

	b->index = xcalloc(of->n + 1, sizeof *b->index);
	b->start = xcalloc(subjects + 2, sizeof *b->start);
	for (size_t i = 0; i < of->n; i++) {
		size_t s = list_of(of, i, subjects);
		if (s != SIZE_MAX)
			b->start[s + 1]++;
	}
	for (size_t s = 0; s <= subjects; s++) {
		b->start[s + 1] += b->start[s];
		next[s] = b->start[s];
	}
	for (size_t i = 0; i < of->n; i++) {
		size_t s = list_of(of, i, subjects);
		if (s != SIZE_MAX)
			b->index[next[s]++] = i;
	}
	free(next);
}

static void by_subject_done(struct by_subject *b)
{
	free(b->index);
	free(b->start);
}

struct suites {
	const struct report *r;
	FILE *to;
	struct buf b;
	struct by_subject findings, waived, errors;
};

struct counts {
	size_t tests, failures, errors, skipped;
};

static size_t listed(const struct by_subject *b, size_t subject)
{
	return b->start[subject + 1] - b->start[subject];
}

static struct counts count(const struct suites *s, size_t subject)
{
	struct counts c = {.errors = listed(&s->errors, subject),
			   .skipped = listed(&s->waived, subject)};

	for (size_t i = s->findings.start[subject]; i < s->findings.start[subject + 1]; i++) {
		const struct finding *f = &s->r->findings.p[s->findings.index[i]];
		c.failures += f->state == STATE_FAIL;
		c.skipped += f->state != STATE_FAIL && f->state != STATE_PASS;
	}
	c.tests = listed(&s->findings, subject) + listed(&s->waived, subject) + c.errors;
	return c;
}

static void put_suite(struct suites *s, size_t subject, struct sv name)
{
	struct counts c = count(s, subject);
	struct buf *b = &s->b;
	bool clean = c.tests == 0;

	buf_str(b, "  <testsuite");
	attribute(b, "name", name);
	buf_fmt(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\">\n",
		c.tests + clean, c.failures, c.errors, c.skipped);
	if (clean)
		buf_str(b,
			"    <testcase classname=\"gabion\" name=\"no findings\" time=\"0\"/>\n");
	for (size_t i = s->findings.start[subject]; i < s->findings.start[subject + 1]; i++) {
		put_finding(b, s->r, &s->r->findings.p[s->findings.index[i]]);
		flush(b, s->to);
	}
	for (size_t i = s->waived.start[subject]; i < s->waived.start[subject + 1]; i++)
		put_waived(b, s->r, &s->r->waived.p[s->waived.index[i]]);
	for (size_t i = s->errors.start[subject]; i < s->errors.start[subject + 1]; i++)
		put_error(b, &s->r->errors.p[s->errors.index[i]]);
	buf_str(b, "  </testsuite>\n");
	flush(b, s->to);
}

int format_junit_write(const struct report *r, FILE *to, const struct report_style *style,
		       struct err *err)
{
	struct suites s = {.r = r, .to = to};
	const struct item items[] = {
		{r->findings.p, sizeof *r->findings.p, r->findings.n, finding_subject},
		{r->waived.p, sizeof *r->waived.p, r->waived.n, finding_subject},
		{r->errors.p, sizeof *r->errors.p, r->errors.n, error_subject},
	};
	struct by_subject *const lists[] = {&s.findings, &s.waived, &s.errors};

	(void)style;
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		by_subject_make(lists[i], &items[i], r->subjects.n);
	buf_str(&s.b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gabion\">\n");
	for (size_t i = 0; i < r->subjects.n; i++)
		put_suite(&s, i,
			  r->subjects.p[i].name.n ? r->subjects.p[i].name : r->subjects.p[i].id);
	if (count(&s, r->subjects.n).tests || !r->subjects.n)
		put_suite(&s, r->subjects.n, SV("gabion"));
	buf_str(&s.b, "</testsuites>\n");
	flush(&s.b, to);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		by_subject_done(lists[i]);
	buf_done(&s.b);
	return ferror(to) ? err_sys(err, "cannot write JUnit XML") : 0;
}
