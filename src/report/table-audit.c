/* The table of manifests: objects with their findings, worst first. What many objects have in
 * common is one row. */
#include "report/format.h"

#include <stdlib.h>

#include "base/map.h"
#include "report/table.h"

/* Equal findings (same rule, same message) beyond this number are one row. */
enum { FOLD_ABOVE = 10, NAMES_SHOWN = 5, SEVERITY_AT = 2, TEXT_AT = 13 };

/* An object, or a folded row. */
struct part {
	size_t *p; /* findings */
	size_t n, cap;
	bool folded;
};

struct parts {
	struct part *p;
	size_t n, cap;
	struct map index, equal;
	struct arena arena;
};

/* Keys are copied only when they are new. */
static struct map_entry *entry_of(struct map *m, struct arena *a, const struct buf *key, bool *made)
{
	struct map_entry *e = map_find(m, buf_view(key));

	*made = !e;
	return e ? e : map_put(m, arena_sv(a, buf_view(key)), NULL);
}

static void equal_key(struct buf *b, const struct finding *f)
{
	buf_clear(b);
	buf_fmt(b, "%d|%.*s|%.*s", (int)f->state, SV_ARG(f->id), SV_ARG(f->message));
}

static void object_key(struct buf *b, const struct finding *f)
{
	buf_clear(b);
	buf_fmt(b, "%zu|%.*s|%.*s|%.*s", f->subject, SV_ARG(f->resource_kind),
		SV_ARG(f->resource_ns), SV_ARG(f->resource_name));
}

static int part_cmp(const void *pa, const void *pb, void *arg)
{
	const struct part *a = pa, *b = pb;
	const struct report *r = arg;
	const struct finding *fa = &r->findings.p[a->p[0]], *fb = &r->findings.p[b->p[0]];

	if (fa->state != fb->state)
		return fa->state < fb->state ? -1 : 1;
	if (fa->severity != fb->severity)
		return fa->severity > fb->severity ? -1 : 1;
	if (a->folded != b->folded)
		return a->folded ? -1 : 1;
	return a->p[0] < b->p[0] ? -1 : 1;
}

static void parts_make(struct parts *all, const struct report *r)
{
	auto_done(buf_done) struct buf key = {0};
	bool made;

	arena_init(&all->arena, 0);
	for (size_t i = 0; i < r->findings.n; i++) {
		equal_key(&key, &r->findings.p[i]);
		entry_of(&all->equal, &all->arena, &key, &made)->num++;
	}
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.p[i];
		if (f->subject == INDEX_NONE)
			continue; /* questions stand at their entries */
		equal_key(&key, f);
		bool fold = map_find(&all->equal, buf_view(&key))->num > FOLD_ABOVE;
		if (!fold)
			object_key(&key, f);
		struct map_entry *e = entry_of(&all->index, &all->arena, &key, &made);
		if (made) {
			e->num = all->n;
			*VEC_PUSH(all) = (struct part){.folded = fold};
		}
		*VEC_PUSH(&all->p[e->num]) = i;
	}
	if (all->n)
		qsort_r(all->p, all->n, sizeof *all->p, part_cmp, (void *)(uintptr_t)r);
}

static void parts_done(struct parts *all)
{
	for (size_t i = 0; i < all->n; i++)
		vec_done(&all->p[i]);
	vec_done(all);
	map_done(&all->index);
	map_done(&all->equal);
	arena_done(&all->arena);
}

/* "Deployment shop/web" */
static void object_name(struct buf *b, const struct finding *f)
{
	buf_sv(b, f->resource_kind.n ? f->resource_kind : SV("object"));
	if (!f->resource_ns.n && sv_eq(f->resource_kind, f->resource_name))
		return; /* a Dockerfile that is called so */
	buf_char(b, ' ');
	if (f->resource_ns.n)
		buf_fmt(b, "%.*s/", SV_ARG(f->resource_ns));
	buf_sv(b, f->resource_name.n ? f->resource_name : SV("(no name)"));
}

static void file_line(struct buf *b, const struct report *r, const struct finding *f)
{
	uint32_t line;
	struct sv file = view_file(r, f, &line);

	buf_sv(b, sv_is(file, "-") ? SV("standard input") : file);
	if (line)
		buf_fmt(b, ":%u", line);
}

static void put_title(struct table *t, const struct finding *f, size_t times)
{
	const struct rule_text *rule = report_rule(t->r, f->id);
	bool fail = f->state == STATE_FAIL;

	table_to(t, SEVERITY_AT);
	if (fail)
		table_str(t, ink_of(f->severity), severity_name(f->severity));
	else
		table_str(t, f->state == STATE_PASS ? INK_GOOD : INK_FAINT,
			  finding_state_name(f->state));
	table_to(t, TEXT_AT);
	if (t->column > TEXT_AT)
		table_str(t, INK_NONE, " ");
	if (times > 1)
		table_fmt(t, INK_BOLD, "%zu times: ", times);
	if (rule && rule->title.n && fail)
		table_text(t, INK_BOLD, rule->title);
	table_word(t, fail ? INK_FAINT : INK_NONE, TEXT_AT, f->id);
	table_end_line(t);
}

static void put_wrapped(struct table *t, enum ink ink, struct sv text)
{
	if (!text.n)
		return;
	table_to(t, TEXT_AT);
	table_wrap(t, ink, TEXT_AT, text);
	table_end_line(t);
}

static void put_snippet(struct table *t, struct sv text)
{
	struct sv line;

	while (sv_line(&text, &line)) {
		table_to(t, TEXT_AT + 2);
		table_text(t, text.n ? INK_FAINT : INK_HIGH, line);
		table_end_line(t);
	}
}

static void put_remedy(struct table *t, const struct finding *f)
{
	auto_done(buf_done) struct buf b = {0};

	if (f->state != STATE_FAIL)
		return;
	view_remedy(&b, t->r, f);
	put_wrapped(t, INK_GOOD, buf_view(&b));
}

static void put_finding(struct table *t, const struct finding *f)
{
	auto_done(buf_done) struct buf b = {0};

	put_title(t, f, 1);
	put_wrapped(t, INK_NONE, f->message);
	file_line(&b, t->r, f);
	table_to(t, TEXT_AT);
	table_path(t, INK_FAINT, buf_view(&b), f->scope.n ? f->scope.n + 2 : 0);
	if (f->scope.n)
		table_fmt(t, INK_FAINT, "  %.*s", SV_ARG(f->scope));
	table_end_line(t);
	put_snippet(t, f->snippet);
	put_remedy(t, f);
}

static void put_object(struct table *t, const struct part *o)
{
	const struct finding *first = &t->r->findings.p[o->p[0]];
	const struct subject *s = view_subject(t->r, first);
	auto_done(buf_done) struct buf name = {0};

	object_name(&name, first);
	table_text(t, INK_BOLD, buf_view(&name));
	if (s && !sv_eq(s->name, first->resource_name)) {
		table_str(t, INK_NONE, "  ");
		table_path(t, INK_FAINT, sv_is(s->name, "-") ? SV("standard input") : s->name, 0);
	}
	table_end_line(t);
	if (s && s->isolation.n) {
		table_to(t, SEVERITY_AT);
		table_wrap(t, INK_BOLD, SEVERITY_AT, s->isolation);
		table_end_line(t);
	}
	for (size_t i = 0; i < o->n; i++)
		put_finding(t, &t->r->findings.p[o->p[i]]);
	table_end_line(t);
}

static void put_folded(struct table *t, const struct part *o)
{
	const struct finding *first = &t->r->findings.p[o->p[0]];
	auto_done(buf_done) struct buf b = {0};

	put_title(t, first, o->n);
	put_wrapped(t, INK_NONE, first->message);
	buf_str(&b, "in ");
	for (size_t i = 0; i < o->n && i < NAMES_SHOWN; i++) {
		const struct finding *f = &t->r->findings.p[o->p[i]];
		buf_str(&b, i ? ", " : "");
		object_name(&b, f);
		buf_str(&b, " (");
		file_line(&b, t->r, f);
		buf_char(&b, ')');
	}
	buf_fmt(&b, " and %zu more", o->n - NAMES_SHOWN);
	put_wrapped(t, INK_FAINT, buf_view(&b));
	put_remedy(t, first);
	table_end_line(t);
}

static enum ink ink_of_state(enum finding_state s)
{
	static const enum ink inks[STATES] = {
		[STATE_FAIL] = INK_HIGH,
		[STATE_PASS] = INK_GOOD,
		[STATE_NOT_APPLICABLE] = INK_FAINT,
		[STATE_NOT_OBSERVED] = INK_MEDIUM,
		[STATE_NEEDS_HUMAN] = INK_MEDIUM,
	};

	return inks[s];
}

static void put_line(struct table *t, const struct benchmark_line *l, size_t at)
{
	table_to(t, SEVERITY_AT);
	table_str(t, ink_of_state(l->state), finding_state_name(l->state));
	table_to(t, SEVERITY_AT + 16);
	table_text(t, INK_BOLD, l->id);
	table_to(t, SEVERITY_AT + 18 + at);
	table_text(t, INK_NONE, l->title);
	if (l->failed)
		table_fmt(t, INK_HIGH, " (%llu)", (unsigned long long)l->failed);
	if (l->waived)
		table_fmt(t, INK_FAINT, " (%llu waived)", (unsigned long long)l->waived);
	table_end_line(t);
	if (l->state != STATE_NEEDS_HUMAN)
		return;
	table_to(t, SEVERITY_AT + 18 + at);
	table_wrap(t, INK_FAINT, SEVERITY_AT + 18 + at, l->question);
	table_end_line(t);
}

static void put_benchmark(struct table *t)
{
	const struct report *r = t->r;
	size_t at = 0;

	if (!r->benchmark.name.n)
		return;
	table_text(t, INK_BOLD, r->benchmark.title);
	if (r->benchmark.kubernetes.n)
		table_fmt(t, INK_NONE, ", Kubernetes %.*s", SV_ARG(r->benchmark.kubernetes));
	table_end_line(t);
	for (size_t i = 0; i < r->benchmark.lines.n; i++)
		if (r->benchmark.lines.p[i].id.n > at && r->benchmark.lines.p[i].id.n < 32)
			at = r->benchmark.lines.p[i].id.n;
	for (size_t i = 0; i < r->benchmark.lines.n; i++)
		put_line(t, &r->benchmark.lines.p[i], at);
	table_end_line(t);
}

void table_audit(struct table *t)
{
	auto_done(parts_done) struct parts all = {0};

	put_benchmark(t);
	parts_make(&all, t->r);
	for (size_t i = 0; i < all.n; i++) {
		if (all.p[i].folded)
			put_folded(t, &all.p[i]);
		else
			put_object(t, &all.p[i]);
	}
	table_audit_end(t);
}
