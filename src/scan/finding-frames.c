#include "scan/finding-frames.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/map.h"
#include "scan/db-worker.h"

enum finding_frame_type {
	FRAME_FINDING = 1,
	FRAME_RULE,
	FRAME_ERROR,
	FRAME_UNCOVERED,
	FRAME_FILTER,
	FRAME_FEED,
	FRAME_AGE,
	FRAME_END,
};

/* Beyond what any database has: each new one is compared with all before. */
enum { FEEDS_MAX = 4096, FILTERS_MAX = 256 };

enum vulnerability_flag {
	HAS_CVSS = 1,
	HAS_EPSS = 2,
	HAS_KEV = 4,
	MALICIOUS = 8,
	RANSOMWARE = 16,
	FIXED_BY_BASE = 32,
};

/* Scores travel in ten-millionths: finer than any feed gives. */
static const double score_unit = 1e7;

static void put_list(struct frame_writer *w, const struct sv_vec *v)
{
	frame_u64(w, v->n);
	for (size_t i = 0; i < v->n; i++)
		frame_sv(w, v->p[i]);
}

static uint64_t flags_of(const struct vulnerability *v)
{
	return (v->has_cvss ? HAS_CVSS : 0) | (v->has_epss ? HAS_EPSS : 0) |
	       (v->has_kev ? HAS_KEV : 0) | (v->malicious ? MALICIOUS : 0) |
	       (v->kev_ransomware ? RANSOMWARE : 0) | (v->fixed_by_base ? FIXED_BY_BASE : 0);
}

static void put_vulnerability(struct frame_writer *w, const struct vulnerability *v)
{
	const struct sv texts[] = {v->fix_date,  v->cvss.source, v->cvss.version, v->cvss.vector,
				   v->epss_date, v->kev_added,   v->kev_due,      v->published,
				   v->modified,  v->record_id,   v->record_feed,  v->range};

	frame_u64(w, v->package);
	frame_u64(w, v->fix_state);
	frame_u64(w, flags_of(v));
	frame_u64(w, (uint64_t)(v->cvss.score * score_unit + 0.5));
	frame_u64(w, (uint64_t)(v->epss_score * score_unit + 0.5));
	frame_u64(w, (uint64_t)(v->epss_percentile * score_unit + 0.5));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		frame_sv(w, texts[i]);
	put_list(w, &v->aliases);
	put_list(w, &v->cwes);
	put_list(w, &v->fix_versions);
}

void finding_frame(struct frame_writer *w, const struct finding *f)
{
	const struct sv texts[] = {f->id, f->severity_source, f->message, f->fingerprint, f->scope};

	if (!f->vuln)
		return;
	frame_begin(w, FRAME_FINDING);
	frame_u64(w, f->kind);
	frame_u64(w, f->severity);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		frame_sv(w, texts[i]);
	put_vulnerability(w, f->vuln);
	frame_end(w);
}

static void put_error(struct frame_writer *w, enum error_weight weight, enum err_scope scope,
		      const struct sv texts[4])
{
	frame_begin(w, FRAME_ERROR);
	frame_u64(w, weight);
	frame_u64(w, scope);
	for (size_t i = 0; i < 4; i++)
		frame_sv(w, texts[i]);
	frame_end(w);
}

void finding_frame_error(struct frame_writer *w, enum error_weight weight, const struct err *err)
{
	put_error(w, weight, err->scope,
		  (struct sv[]){sv_of(err->code), sv_of(err->msg), sv_of(err->where),
				sv_of(err->hint)});
}

void finding_frame_report_error(struct frame_writer *w, const struct report_error *e)
{
	put_error(w, e->weight, e->scope, (struct sv[]){e->code, e->message, e->where, e->hint});
}

void finding_frame_uncovered(struct frame_writer *w, const struct count *c)
{
	frame_begin(w, FRAME_UNCOVERED);
	frame_sv(w, c->name);
	frame_u64(w, c->n);
	frame_end(w);
}

void finding_frame_rule(struct frame_writer *w, const struct rule_text *t)
{
	frame_begin(w, FRAME_RULE);
	frame_sv(w, t->id);
	frame_sv(w, t->title);
	frame_sv(w, t->why);
	frame_sv(w, t->remedy);
	frame_u64(w, t->severity);
	frame_u64(w, t->references.n);
	for (size_t i = 0; i < t->references.n; i++) {
		frame_sv(w, t->references.p[i].scheme);
		frame_sv(w, t->references.p[i].id);
		frame_sv(w, t->references.p[i].url);
	}
	put_list(w, &t->aliases);
	frame_end(w);
}

void finding_frame_filter(struct frame_writer *w, const struct filter *f)
{
	frame_begin(w, FRAME_FILTER);
	frame_sv(w, f->option);
	frame_sv(w, f->value);
	frame_u64(w, f->hidden);
	frame_end(w);
}

void finding_frame_feed(struct frame_writer *w, const struct feed *f)
{
	frame_begin(w, FRAME_FEED);
	frame_sv(w, f->ecosystem);
	frame_sv(w, f->source);
	frame_sv(w, f->date);
	frame_sv(w, f->sha256);
	frame_u64(w, f->records);
	frame_u64(w, (f->is_signed ? 1 : 0) | (f->bundled ? 2 : 0));
	put_list(w, &f->releases);
	frame_end(w);
}

void finding_frame_age(struct frame_writer *w, int64_t days)
{
	frame_begin(w, FRAME_AGE);
	frame_u64(w, days < 0 ? UINT64_MAX : (uint64_t)days);
	frame_end(w);
}

void finding_frame_end(struct frame_writer *w, size_t findings, bool os_uncovered)
{
	frame_begin(w, FRAME_END);
	frame_u64(w, findings);
	frame_u64(w, os_uncovered);
	frame_end(w);
}

/* What the decoder adds to, and what it has seen. */
struct decoder {
	struct report *r;
	size_t subject, findings, errors;
	struct map rules; /* ids of texts that the report has */
	bool os_uncovered, complete;
};

static struct sv get_text(struct decoder *d, struct sv *p, bool *ok)
{
	struct sv v = frame_get_sv(p, ok);

	return v.n ? arena_sv(d->r->arena, v) : (struct sv){0};
}

static void get_list(struct decoder *d, struct sv *p, struct sv_vec *to, bool *ok)
{
	uint64_t n = frame_get_u64(p, ok);

	for (uint64_t i = 0; *ok && i < n; i++)
		*VEC_PUSH(to) = get_text(d, p, ok);
}

static void get_scores(struct vulnerability *v, struct sv *p, bool *ok)
{
	uint64_t flags = frame_get_u64(p, ok);

	v->has_cvss = flags & HAS_CVSS;
	v->has_epss = flags & HAS_EPSS;
	v->has_kev = flags & HAS_KEV;
	v->malicious = flags & MALICIOUS;
	v->kev_ransomware = flags & RANSOMWARE;
	v->fixed_by_base = flags & FIXED_BY_BASE;
	v->cvss.score = (double)frame_get_u64(p, ok) / score_unit;
	v->epss_score = (double)frame_get_u64(p, ok) / score_unit;
	v->epss_percentile = (double)frame_get_u64(p, ok) / score_unit;
	if (v->cvss.score > 10 || v->epss_score > 1 || v->epss_percentile > 1)
		*ok = false;
}

static bool get_vulnerability(struct decoder *d, struct sv *p, struct vulnerability *v)
{
	bool ok = true;
	struct sv *texts[] = {&v->fix_date,  &v->cvss.source, &v->cvss.version, &v->cvss.vector,
			      &v->epss_date, &v->kev_added,   &v->kev_due,      &v->published,
			      &v->modified,  &v->record_id,   &v->record_feed,  &v->range};

	uint64_t package = frame_get_u64(p, &ok), fix = frame_get_u64(p, &ok);
	get_scores(v, p, &ok);
	if (!ok || package >= d->r->packages.n || d->r->packages.p[package].subject != d->subject ||
	    fix >= FIX_STATES)
		return false;
	v->package = package;
	v->fix_state = (enum fix_state)fix;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = get_text(d, p, &ok);
	get_list(d, p, &v->aliases, &ok);
	get_list(d, p, &v->cwes, &ok);
	get_list(d, p, &v->fix_versions, &ok);
	return ok;
}

static bool read_finding(struct decoder *d, struct sv p, struct finding *f)
{
	bool ok = true;
	struct sv *texts[] = {&f->id, &f->severity_source, &f->message, &f->fingerprint, &f->scope};
	uint64_t kind = frame_get_u64(&p, &ok), severity = frame_get_u64(&p, &ok);

	if (!ok || kind >= FINDING_KINDS || severity >= SEVERITIES)
		return false;
	f->kind = (enum finding_kind)kind;
	f->severity = (enum severity)severity;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = get_text(d, &p, &ok);
	return ok && get_vulnerability(d, &p, f->vuln) && p.n == 0 && f->id.n > 0;
}

static bool get_finding(struct decoder *d, struct sv p)
{
	struct vulnerability *v = ARENA_NEW(d->r->arena, struct vulnerability);
	struct finding f = {.vuln = v, .subject = d->subject};

	if (!read_finding(d, p, &f)) {
		vec_done(&v->aliases);
		vec_done(&v->cwes);
		vec_done(&v->fix_versions);
		return false;
	}
	const struct package *q = &d->r->packages.p[v->package];
	f.layer = q->layer;
	f.from_base = q->from_base;
	for (size_t i = 0; i < q->locations.n && i < limit_evidence; i++)
		*VEC_PUSH(&f.evidence) = (struct evidence){.path = q->locations.p[i].path,
							   .file = q->locations.p[i].path,
							   .line = q->locations.p[i].line,
							   .layer = q->locations.p[i].layer};
	*VEC_PUSH(&d->r->findings) = f;
	d->findings++;
	return true;
}

/* A text stands once, whichever subject needs it. */
static bool get_rule(struct decoder *d, struct sv p)
{
	bool ok = true, made = false;
	struct rule_text t = {0};
	struct sv *texts[] = {&t.id, &t.title, &t.why, &t.remedy};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = get_text(d, &p, &ok);
	uint64_t severity = frame_get_u64(&p, &ok), references = frame_get_u64(&p, &ok);
	for (uint64_t i = 0; ok && i < references; i++) {
		(void)VEC_PUSH(&t.references);
		t.references.p[i].scheme = get_text(d, &p, &ok);
		t.references.p[i].id = get_text(d, &p, &ok);
		t.references.p[i].url = get_text(d, &p, &ok);
	}
	get_list(d, &p, &t.aliases, &ok);
	ok = ok && severity < SEVERITIES && p.n == 0;
	t.severity = ok ? (enum severity)severity : SEV_UNKNOWN;
	if (ok)
		(void)map_put(&d->rules, t.id, &made);
	if (made) {
		*VEC_PUSH(&d->r->rules) = t;
	} else {
		vec_done(&t.references);
		vec_done(&t.aliases);
	}
	return ok;
}

static bool get_filter(struct decoder *d, struct sv p)
{
	bool ok = true;
	struct sv option = get_text(d, &p, &ok), value = get_text(d, &p, &ok);
	uint64_t hidden = frame_get_u64(&p, &ok);

	if (!ok || p.n)
		return false;
	d->r->summary.hidden += hidden;
	for (size_t i = 0; i < d->r->filters.n; i++) {
		struct filter *f = &d->r->filters.p[i];
		if (sv_eq(f->option, option) && sv_eq(f->value, value)) {
			f->hidden += hidden;
			return true;
		}
	}
	if (d->r->filters.n >= FILTERS_MAX)
		return false;
	*VEC_PUSH(&d->r->filters) = (struct filter){option, value, hidden};
	return true;
}

static bool get_error(struct decoder *d, struct sv p)
{
	bool ok = true;
	struct report_error e = {.subject = d->subject};
	struct sv *texts[] = {&e.code, &e.message, &e.where, &e.hint};
	uint64_t weight = frame_get_u64(&p, &ok), scope = frame_get_u64(&p, &ok);

	if (!ok || weight > WEIGHT_FATAL || scope >= SCOPES)
		return false;
	e.weight = (enum error_weight)weight;
	e.scope = (enum err_scope)scope;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = get_text(d, &p, &ok);
	if (!ok || p.n || d->errors++ > limit_layer_errors)
		return false;
	*VEC_PUSH(&d->r->errors) = e;
	if (weight == WEIGHT_FATAL)
		d->r->complete = false;
	return true;
}

static bool get_uncovered(struct decoder *d, struct sv p)
{
	bool ok = true;
	struct sv name = frame_get_sv(&p, &ok);
	uint64_t n = frame_get_u64(&p, &ok);

	if (!ok || p.n)
		return false;
	COUNT_ADD(&d->r->summary.uncovered, d->r->arena, name, n);
	return true;
}

/* Several subjects use the same feeds: each stands once. */
static bool get_feed(struct decoder *d, struct sv p)
{
	bool ok = true;
	struct feed f = {0};
	struct sv *texts[] = {&f.ecosystem, &f.source, &f.date, &f.sha256};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = get_text(d, &p, &ok);
	f.records = frame_get_u64(&p, &ok);
	uint64_t flags = frame_get_u64(&p, &ok);
	f.is_signed = flags & 1;
	f.bundled = flags & 2;
	get_list(d, &p, &f.releases, &ok);
	bool known = false;
	for (size_t i = 0; i < d->r->feeds.n && !known; i++)
		known = sv_eq(d->r->feeds.p[i].ecosystem, f.ecosystem) &&
			sv_eq(d->r->feeds.p[i].sha256, f.sha256);
	ok = ok && d->r->feeds.n < FEEDS_MAX;
	if (known || !ok)
		vec_done(&f.releases);
	else
		*VEC_PUSH(&d->r->feeds) = f;
	return ok && p.n == 0;
}

static bool get_age(struct decoder *d, struct sv p)
{
	bool ok = true;
	uint64_t days = frame_get_u64(&p, &ok);

	if (days <= 1000000 && (int64_t)days > d->r->db_age_days)
		d->r->db_age_days = (int64_t)days;
	return ok && p.n == 0;
}

static bool get_end(struct decoder *d, struct sv p)
{
	bool ok = true;

	d->complete = frame_get_u64(&p, &ok) == d->findings;
	d->os_uncovered = frame_get_u64(&p, &ok) != 0;
	return ok && p.n == 0;
}

static bool (*const getters[])(struct decoder *d, struct sv payload) = {
	[FRAME_FINDING] = get_finding, [FRAME_RULE] = get_rule,
	[FRAME_ERROR] = get_error,     [FRAME_UNCOVERED] = get_uncovered,
	[FRAME_FILTER] = get_filter,   [FRAME_FEED] = get_feed,
	[FRAME_AGE] = get_age,         [FRAME_END] = get_end,
};

static int decode_all(struct decoder *d, struct sv *frames, struct err *err)
{
	struct frame f;
	int rc;

	for (size_t i = 0; i < d->r->rules.n; i++)
		(void)map_put(&d->rules, d->r->rules.p[i].id, NULL);
	while ((rc = frame_take(frames, &f, err)) > 0) {
		if (f.type == DB_WORKER_FAULT)
			return 0; /* its sender's last word, told by who ran it */
		bool known = f.type < ARRAY_LEN(getters) && getters[f.type];
		if (!known || d->complete || !getters[f.type](d, f.payload))
			return err_set(err, ERR_PROTO,
				       "the matching worker sent a bad frame of type %u", f.type);
	}
	return rc;
}

int findings_decode(struct sv frames, struct report *r, size_t subject, bool *os_uncovered,
		    bool *complete, struct err *err)
{
	struct decoder d = {.r = r, .subject = subject};
	int rc = decode_all(&d, &frames, err);

	map_done(&d.rules);
	if (rc < 0)
		return rc;
	*complete = d.complete && frames.n == 0;
	if (d.os_uncovered)
		*os_uncovered = true;
	return 0;
}
