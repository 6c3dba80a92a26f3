/* The end of the table of manifests: counts, what was left out, what to do next. */
#include "report/format.h"

#include "report/table.h"

enum { NAMES_SHOWN = 5 };

/* Of what runs and of images the subjects say more than a number of objects. */
static void put_judged(struct buf *b, const struct report *r)
{
	static const struct {
		const char *kind, *one, *many;
	} kinds[] = {
		{"engine", "engine", "engines"},
		{"host", "host", "hosts"},
		{"container", "container", "containers"},
		{"workload", "command", "commands"},
		{"image", "image", "images"},
	};
	const struct summary *s = &r->summary;
	size_t before = b->n;

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		uint64_t n = 0;
		for (size_t i = 0; i < r->subjects.n; i++)
			n += r->subjects.p[i].judged && sv_is(r->subjects.p[i].kind, kinds[k].kind);
		if (!n)
			continue;
		buf_str(b, b->n > before ? ", " : "");
		table_count(b, n, kinds[k].one, kinds[k].many);
	}
	if (b->n == before) {
		table_count(b, s->objects, "object", "objects");
		buf_str(b, " in ");
	} else if (s->files) {
		buf_str(b, ", ");
	}
	if (b->n == before || s->files || !s->objects)
		table_count(b, s->files, "file", "files");
}

static void put_counts(struct table *t)
{
	const struct summary *s = &t->r->summary;
	auto_done(buf_done) struct buf b = {0};

	if (!s->objects) {
		buf_str(&b, "Nothing was judged.");
		table_sentence(t, INK_MEDIUM, &b);
		return;
	}
	if (s->findings) {
		table_count(&b, s->findings, "finding", "findings");
		buf_str(&b, ": ");
		table_levels(&b, s->by_severity);
		table_sentence(t, INK_BOLD, &b);
		put_judged(&b, t->r);
		buf_str(&b, s->objects == 1 ? " was judged." : " were judged.");
		table_sentence(t, INK_NONE, &b);
	} else {
		bool clean = t->r->complete && !s->hidden;
		buf_str(&b, clean ? "No findings in " : "No findings in what was judged: ");
		put_judged(&b, t->r);
		table_sentence(t, clean ? INK_GOOD : INK_NONE, &b);
	}
	if (s->fixed) {
		table_count(&b, s->fixed, "finding was", "findings were");
		buf_str(&b, " put right in the files (--fix).");
		table_sentence(t, INK_GOOD, &b);
	}
}

static void put_states(struct table *t)
{
	const struct summary *s = &t->r->summary;
	uint64_t n = s->by_state[STATE_NOT_OBSERVED];
	auto_done(buf_done) struct buf b = {0};

	if (!n)
		return;
	table_count(&b, n, "result is", "results are");
	buf_str(&b, " not observed (--all tells which and why).");
	table_sentence(t, INK_NONE, &b);
}

/* The folder that holds a path. */
static struct sv folder_of(struct sv path)
{
	size_t slash = sv_rfind_char(path, '/');

	return slash == SIZE_MAX ? SV(".") : slash == 0 ? SV("/") : sv_head(path, slash);
}

static void put_hint(struct buf *b, const char *hint, struct sv path)
{
	struct sv rest = sv_of(hint);
	size_t at = sv_find(rest, SV("%s"));

	buf_str(b, ": ");
	if (at == SIZE_MAX) {
		buf_sv(b, rest);
		return;
	}
	buf_sv(b, sv_head(rest, at));
	buf_sv(b, folder_of(path));
	buf_sv(b, sv_from(rest, at + 2));
}

/* "Dockerfile.test, a Dockerfile ...: what to do", a line each; without a hint one line for all. */
static void put_named(struct table *t, enum left_reason why)
{
	const struct left_row *row = &left_rows[why];
	uint64_t n = t->r->summary.left_out[why], shown = 0;
	auto_done(buf_done) struct buf b = {0};

	for (size_t i = 0; i < t->r->left_out.n && shown < NAMES_SHOWN; i++) {
		const struct left_out *l = &t->r->left_out.p[i];
		if (l->why != why)
			continue;
		buf_fmt(&b, "%s%.*s", b.n ? ", " : "Not judged: ", SV_ARG(l->path));
		shown++;
		if (!row->hint)
			continue;
		buf_fmt(&b, " (%s)", row->one);
		put_hint(&b, row->hint, l->path);
		table_sentence(t, INK_MEDIUM, &b);
	}
	if (row->hint && n > shown)
		buf_fmt(&b, "Not judged: %llu more %s", (unsigned long long)(n - shown), row->many);
	else if (!row->hint && n > shown)
		buf_fmt(&b, " and %llu more (%s)", (unsigned long long)(n - shown), row->many);
	else if (!row->hint)
		buf_fmt(&b, " (%s)", n == 1 ? row->one : row->many);
	table_sentence(t, INK_MEDIUM, &b);
}

static void put_left_out(struct table *t)
{
	const struct summary *s = &t->r->summary;
	auto_done(buf_done) struct buf b = {0};

	for (size_t i = 0; i < LEFT_REASONS; i++) {
		if (!s->left_out[i])
			continue;
		if (left_rows[i].named) {
			put_named(t, (enum left_reason)i);
			continue;
		}
		buf_str(&b, b.n ? ", " : "Left out: ");
		table_count(&b, s->left_out[i], left_rows[i].one, left_rows[i].many);
	}
	if (b.n)
		buf_str(&b, " (-v names them).");
	table_sentence(t, INK_NONE, &b);
}

static void put_line(struct table *t, struct buf *b)
{
	table_str(t, INK_NONE, "  ");
	table_wrap(t, INK_NONE, 4, buf_view(b));
	table_end_line(t);
	buf_clear(b);
}

/* What runs is found by the keyword, not by its name. */
static bool is_live(const struct report *r, const struct finding *f)
{
	static const char *const kinds[] = {"engine", "host", "container", "workload"};

	for (size_t i = 0; f->subject < r->subjects.n && i < ARRAY_LEN(kinds); i++)
		if (sv_is(r->subjects.p[f->subject].kind, kinds[i]))
			return r->subjects.p[f->subject].scheme.n > 0;
	return false;
}

/* The target of explain: the file; for what only a set shows its folder. Standard input is gone. */
static void put_where(const struct report *r, const struct finding *f, struct buf *b)
{
	if (f->subject >= r->subjects.n || sv_is(r->subjects.p[f->subject].name, "-"))
		return;
	struct sv file = r->subjects.p[f->subject].name;
	if (sv_is(r->subjects.p[f->subject].scheme, "command")) {
		buf_str(b, " --command 'docker ...'");
		return;
	}
	if (is_live(r, f)) {
		/* a command line is not kept */
		if (!sv_is(r->subjects.p[f->subject].scheme, "command"))
			buf_fmt(b, " %.*s", SV_ARG(r->subjects.p[f->subject].scheme));
		return;
	}
	bool pointer = f->evidence.n && f->evidence.p[0].path.n;
	buf_fmt(b, " %.*s", SV_ARG(pointer ? file : folder_of(file)));
}

/* No file in which a comment could stand. */
static bool has_no_lines(const struct report *r, const struct finding *f)
{
	const struct subject *s = view_subject(r, f);

	return is_live(r, f) || (s && (sv_is(s->scheme, "command") || sv_is(s->kind, "image")));
}

static void put_next(struct table *t)
{
	const struct summary *s = &t->r->summary;
	auto_done(buf_done) struct buf b = {0};

	if (!s->findings)
		return;
	table_str(t, INK_BOLD, "Next:");
	table_end_line(t);
	if (s->fixable) {
		buf_str(&b, "gabion audit --fix puts ");
		table_count(&b, s->fixable, "finding", "findings");
		buf_str(&b, " right in the files; --diff shows how");
		put_line(t, &b);
	}
	buf_fmt(&b, "see why: gabion explain %.*s", SV_ARG(t->r->findings.p[0].id));
	put_where(t->r, &t->r->findings.p[0], &b);
	put_line(t, &b);
	if (has_no_lines(t->r, &t->r->findings.p[0]))
		buf_str(&b, "accept one: a waiver with its reason, --waivers FILE");
	else
		buf_fmt(&b, "accept one: # gabion:ignore %.*s REASON at its line",
			SV_ARG(t->r->findings.p[0].id));
	put_line(t, &b);
}

void table_audit_end(struct table *t)
{
	auto_done(buf_done) struct buf b = {0};

	put_counts(t);
	put_states(t);
	table_hidden(t);
	put_left_out(t);
	table_errors(t);
	if (!t->r->complete) {
		buf_str(&b, "The result is incomplete: not everything could be judged.");
		table_sentence(t, INK_HIGH, &b);
	}
	put_next(t);
}
