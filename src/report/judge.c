#include "base/base.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/suggest.h"
#include "base/glob.h"
#include "base/map.h"
#include "report/judge.h"

static int parse_levels(const struct sv_vec *list, unsigned *out, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		struct sv word = list->p[i];
		bool above = sv_ends(word, SV("+"));
		if (above)
			word.n--;
		enum severity level = severity_parse(word);
		if (level == SEVERITIES) {
			(void)err_set(err, ERR_USAGE, "--severity: '%.*s' is no severity",
				      SV_ARG(list->p[i]));
			return err_hint(
				err,
				"critical, high, medium, low, negligible, unknown; 'high+' is high and above");
		}
		for (unsigned s = level; s < (above ? SEVERITIES : level + 1); s++)
			*out |= 1u << s;
	}
	return 0;
}

/* Advisory ids cannot be listed, but they have digits; words without are families or rules. */
static bool may_be_id(const struct judge_options *o, struct sv v)
{
	if (sv_find_char(v, '*') != SIZE_MAX)
		return true;
	if (o->rules.n && !sv_ieq(sv_head(v, 4), SV("CVE-")) && !sv_ieq(sv_head(v, 5), SV("GHSA-")))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] >= '0' && v.p[i] <= '9')
			return true;
	return false;
}

static int check_ids(const struct judge_options *o, const char *option, const struct sv_vec *list,
		     struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		struct suggest s = {.word = list->p[i]};
		if (may_be_id(o, list->p[i]))
			continue;
		for (size_t k = 0; k < FINDING_KINDS; k++)
			suggest_offer(&s, sv_of(finding_kind_name((enum finding_kind)k)));
		for (size_t k = 0; k < PKG_TYPES; k++)
			suggest_offer(&s, sv_of(pkg_types[k].purl));
		for (size_t k = 0; k < o->rules.n; k++)
			suggest_offer(&s, o->rules.p[k]);
		if (s.distance == 0)
			continue;
		struct sv best = suggest_best(&s);
		(void)err_set(err, ERR_USAGE, "--%s: '%.*s' is no id and no family", option,
			      SV_ARG(list->p[i]));
		if (best.n)
			(void)err_hint(err, "did you mean '%.*s'?", SV_ARG(best));
		return -ERR_USAGE;
	}
	return 0;
}

int judge_init(struct judge *j, const struct judge_options *o, struct err *err)
{
	*j = (struct judge){.options = o};
	arena_init(&j->arena, 0);
	j->waivers.arena = &j->arena;
	int rc = fail_on_parse(&o->fail_on, o->unknown_as, &j->fail_on, err);
	if (rc == 0)
		rc = parse_levels(&o->severity, &j->shown_levels, err);
	if (rc == 0)
		rc = check_ids(o, "only", &o->only, err);
	if (rc == 0)
		rc = check_ids(o, "skip", &o->skip, err);
	for (size_t i = 0; rc == 0 && i < o->waivers.n; i++)
		rc = waivers_load(&j->waivers, o->waivers.p[i], err);
	return rc;
}

void judge_done(struct judge *j)
{
	waivers_done(&j->waivers);
	arena_done(&j->arena);
}

static const struct package *package_of(const struct report *r, const struct finding *f)
{
	return f->vuln && f->vuln->package < r->packages.n ? &r->packages.p[f->vuln->package]
							   : NULL;
}

static bool has_id(const struct report *r, const struct finding *f, const struct sv_vec *list)
{
	const struct package *p = package_of(r, f);
	const struct rule_text *rule = f->vuln ? NULL : report_rule(r, f->id);

	for (size_t i = 0; i < list->n; i++) {
		struct sv pattern = list->p[i];
		if (glob_match_name(pattern, f->id) ||
		    sv_ieq(pattern, sv_of(finding_kind_name(f->kind))) ||
		    (rule && rule_text_is_named(rule, pattern)))
			return true;
		if (p && sv_ieq(pattern, sv_of(pkg_types[p->type].purl)))
			return true;
		if (f->vuln && glob_match_name(pattern, f->vuln->record_id))
			return true;
		for (size_t k = 0; f->vuln && k < f->vuln->aliases.n; k++)
			if (glob_match_name(pattern, f->vuln->aliases.p[k]))
				return true;
	}
	return false;
}

static bool any_path(const struct sv_vec *globs, struct sv path)
{
	for (size_t i = 0; i < globs->n; i++)
		if (glob_match_path(globs->p[i], path))
			return true;
	return false;
}

/* Excluded only when every place of it is: a copy elsewhere still counts. */
static bool is_excluded(const struct report *r, const struct finding *f, const struct sv_vec *globs)
{
	const struct package *p = package_of(r, f);
	size_t places = 0;

	for (size_t i = 0; i < f->evidence.n; i++) {
		const struct evidence *e = &f->evidence.p[i];
		struct sv path = e->file.n ? e->file : e->path;
		if (!path.n)
			continue;
		places++;
		if (!any_path(globs, path))
			return false;
	}
	/* a finding repeats only the first places of its package */
	for (size_t i = 0; p && i < p->locations.n; i++)
		if (!any_path(globs, p->locations.p[i].path))
			return false;
	return places > 0 || (p && p->locations.n > 0);
}

static bool in_container(const struct finding *f, const struct sv_vec *globs)
{
	struct sv name = finding_container(f);

	if (!name.n)
		return false;
	for (size_t i = 0; i < globs->n; i++)
		if (glob_match_name(globs->p[i], name))
			return true;
	return false;
}

enum hider {
	HIDE_SEVERITY,
	HIDE_FIXABLE,
	HIDE_ADDED,
	HIDE_ONLY,
	HIDE_SKIP,
	HIDE_EXCLUDE,
	HIDE_CONTAINER,
	HIDERS
};

static bool hides(const struct judge *j, enum hider h, const struct report *r,
		  const struct finding *f)
{
	const struct judge_options *o = j->options;

	switch (h) {
	case HIDE_SEVERITY:
		return j->shown_levels && !(j->shown_levels & 1u << f->severity);
	case HIDE_FIXABLE:
		return o->fixable && !finding_is_fixable(f);
	case HIDE_ADDED:
		return o->only_added && f->from_base == TRI_TRUE;
	case HIDE_ONLY:
		return o->only.n && !has_id(r, f, &o->only);
	case HIDE_SKIP:
		return o->skip.n && has_id(r, f, &o->skip);
	case HIDE_EXCLUDE:
		return o->exclude.n && is_excluded(r, f, &o->exclude);
	case HIDE_CONTAINER:
		return o->container.n && !in_container(f, &o->container);
	case HIDERS:
		break;
	}
	return false;
}

static void filters_add(struct report *r, const struct judge_options *o, const uint64_t *hidden)
{
	const struct {
		const char *option;
		const struct sv_vec *values;
	} rows[HIDERS] = {
		[HIDE_SEVERITY] = {"severity", &o->severity},
		[HIDE_FIXABLE] = {"fixable", NULL},
		[HIDE_ADDED] = {"only-added", NULL},
		[HIDE_ONLY] = {"only", &o->only},
		[HIDE_SKIP] = {"skip", &o->skip},
		[HIDE_EXCLUDE] = {"exclude", &o->exclude},
		[HIDE_CONTAINER] = {"container", &o->container},
	};

	for (size_t h = 0; h < HIDERS; h++) {
		auto_done(buf_done) struct buf value = {0};
		if (!hidden[h])
			continue;
		for (size_t i = 0; rows[h].values && i < rows[h].values->n; i++) {
			buf_str(&value, i ? "," : "");
			buf_sv(&value, rows[h].values->p[i]);
		}
		*VEC_PUSH(&r->filters) = (struct filter){
			.option = sv_of(rows[h].option),
			.value = arena_sv(r->arena, rows[h].values ? buf_view(&value) : SV("true")),
			.hidden = hidden[h],
		};
		r->summary.hidden += hidden[h];
	}
}

/* True when the finding stays in the list. */
static bool sort_out(struct judge *j, struct report *r, struct finding *f, uint64_t *hidden)
{
	struct waiver *expired = NULL;
	struct waiver *w =
		f->state == STATE_FAIL ? waivers_find(&j->waivers, r, f, r->time, &expired) : NULL;

	if (expired)
		expired->used = true;
	if (w) {
		f->waiver_reason = arena_sv(r->arena, w->reason);
		*VEC_PUSH(&r->waived) = *f;
		return false;
	}
	for (size_t h = 0; h < HIDERS; h++) {
		if (hides(j, (enum hider)h, r, f)) {
			hidden[h]++;
			finding_done(f);
			return false;
		}
	}
	return true;
}

static void report_expired(struct judge *j, struct report *r)
{
	for (size_t i = 0; i < j->waivers.n; i++) {
		const struct waiver *w = &j->waivers.p[i];
		struct err err;
		auto_done(buf_done) struct buf date = {0};
		if (!w->has_expiry || w->expiry > r->time)
			continue;
		clock_fmt_date(&date, w->expiry - 1);
		(void)err_set(&err, ERR_CONFLICT, "the waiver for %.*s expired on %s%s",
			      SV_ARG(w->id), buf_cstr(&date),
			      w->used ? " and its findings count again" : "");
		(void)err_code(&err, "waiver-expired");
		(void)err_scope(&err, SCOPE_CONFIG);
		(void)err_where(&err, "%.*s", SV_ARG(w->where));
		(void)err_hint(&err, "fix the finding, or judge it anew and set a new date");
		report_error_add(r, WEIGHT_NOTE, INDEX_NONE, &err);
	}
}

static struct sv sort_name(const struct report *r, const struct finding *f)
{
	const struct package *p = package_of(r, f);

	return p ? p->name : f->resource_name;
}

static int finding_cmp(const void *pa, const void *pb, void *arg)
{
	const struct finding *a = pa, *b = pb;
	const struct report *r = arg;
	int c;

	if (a->state != b->state)
		return a->state < b->state ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->subject != b->subject)
		return a->subject < b->subject ? -1 : 1;
	if ((c = sv_cmp(sort_name(r, a), sort_name(r, b))) != 0 || (c = sv_cmp(a->id, b->id)) != 0)
		return c;
	size_t ia = a->vuln ? a->vuln->package : 0, ib = b->vuln ? b->vuln->package : 0;
	if (ia != ib)
		return ia < ib ? -1 : 1;
	if ((c = sv_cmp(a->scope, b->scope)) != 0)
		return c;
	if ((c = sv_cmp(a->fingerprint, b->fingerprint)) != 0 || !a->evidence.n || !b->evidence.n)
		return c;
	uint32_t la = a->evidence.p[0].line, lb = b->evidence.p[0].line;
	return la != lb ? (la < lb ? -1 : 1) : sv_cmp(a->message, b->message);
}

static void summarize(struct report *r)
{
	struct summary *s = &r->summary;

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.p[i];
		s->by_state[f->state]++;
		if (f->state != STATE_FAIL)
			continue;
		s->findings++;
		s->by_severity[f->severity]++;
		s->by_kind[f->kind]++;
		s->from_base += f->from_base == TRI_TRUE;
		s->added += f->from_base == TRI_FALSE;
		s->fixable += finding_is_fixable(f);
		s->kev += f->vuln && f->vuln->has_kev;
		s->without_severity += f->severity == SEV_UNKNOWN;
	}
	s->waived = r->waived.n;
	s->packages = r->packages.n;
}

/* What did not fail is listed on request; in the view of a benchmark what nobody looked at is
 * always. */
static bool is_listed(const struct judge *j, const struct report *r, const struct finding *f)
{
	bool open = f->state == STATE_NOT_OBSERVED || f->state == STATE_NEEDS_HUMAN;

	return f->state == STATE_FAIL || j->options->all || (open && r->benchmark.name.n);
}

/* Findings by rule, for the entries that name it. */
static void count_rules(struct map *m, const struct finding *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].state == STATE_FAIL)
			map_put(m, p[i].id, NULL)->num++;
}

static uint64_t of_rules(const struct map *m, const struct sv_vec *rules)
{
	uint64_t n = 0;

	for (size_t i = 0; i < rules->n; i++) {
		const struct map_entry *e = map_find(m, rules->p[i]);
		n += e ? e->num : 0;
	}
	return n;
}

/* An entry holds when something passed (or was waived) and nothing else is open. */
static enum finding_state line_state(const struct benchmark_line *l)
{
	if (l->failed)
		return STATE_FAIL;
	if (l->question.n)
		return STATE_NEEDS_HUMAN;
	if (l->not_observed)
		return STATE_NOT_OBSERVED;
	return l->passed || l->waived ? STATE_PASS : STATE_NOT_APPLICABLE;
}

static void settle_benchmark(struct report *r)
{
	auto_done(map_done) struct map failed = {0}, waived = {0};

	count_rules(&failed, r->findings.p, r->findings.n);
	count_rules(&waived, r->waived.p, r->waived.n);
	for (size_t i = 0; i < r->benchmark.lines.n; i++) {
		struct benchmark_line *l = &r->benchmark.lines.p[i];
		l->failed = of_rules(&failed, &l->rules);
		l->waived = of_rules(&waived, &l->rules);
		l->state = line_state(l);
	}
}

void judge_apply(struct judge *j, struct report *r)
{
	uint64_t hidden[HIDERS] = {0};
	size_t kept = 0;

	report_sort_rules(r);
	for (size_t i = 0; i < r->findings.n; i++) {
		struct finding *f = &r->findings.p[i];
		if (!is_listed(j, r, f))
			finding_done(f);
		else if (sort_out(j, r, f, hidden))
			r->findings.p[kept++] = *f;
	}
	r->findings.n = kept;
	report_expired(j, r);
	filters_add(r, j->options, hidden);
	if (r->findings.n)
		qsort_r(r->findings.p, r->findings.n, sizeof *r->findings.p, finding_cmp, r);
	if (r->waived.n)
		qsort_r(r->waived.p, r->waived.n, sizeof *r->waived.p, finding_cmp, r);
	summarize(r);
	settle_benchmark(r);
}
