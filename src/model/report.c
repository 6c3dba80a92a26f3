#include "model/report.h"

#include "base/clock.h"

enum { COUNTS_MAX = 256 };

void report_init(struct report *r, struct arena *a, const char *command)
{
	*r = (struct report){
		.arena = a,
		.command = sv_of(command),
		.time = clock_now(),
		.complete = true,
		.db_age_days = -1,
	};
}

void report_done(struct report *r)
{
	for (size_t i = 0; i < r->subjects.n; i++)
		vec_done(&r->subjects.p[i].layers);
	for (size_t i = 0; i < r->packages.n; i++) {
		vec_done(&r->packages.p[i].licenses);
		vec_done(&r->packages.p[i].locations);
	}
	struct finding *lists[] = {r->findings.p, r->waived.p};
	size_t counts[] = {r->findings.n, r->waived.n};
	for (size_t l = 0; l < 2; l++) {
		for (size_t i = 0; i < counts[l]; i++) {
			vec_done(&lists[l][i].evidence);
			if (lists[l][i].vuln) {
				vec_done(&lists[l][i].vuln->aliases);
				vec_done(&lists[l][i].vuln->cwes);
				vec_done(&lists[l][i].vuln->fix_versions);
			}
		}
	}
	for (size_t i = 0; i < r->rules.n; i++) {
		vec_done(&r->rules.p[i].references);
		vec_done(&r->rules.p[i].aliases);
	}
	for (size_t i = 0; i < r->feeds.n; i++)
		vec_done(&r->feeds.p[i].releases);
	vec_done(&r->subjects);
	vec_done(&r->packages);
	vec_done(&r->rules);
	vec_done(&r->findings);
	vec_done(&r->waived);
	vec_done(&r->errors);
	vec_done(&r->feeds);
	vec_done(&r->filters);
	vec_done(&r->summary.uncovered);
	vec_done(&r->summary.unread);
}

void report_error_add(struct report *r, enum error_weight weight, size_t subject,
		      const struct err *err)
{
	*VEC_PUSH(&r->errors) = (struct report_error){
		.code = arena_sv(r->arena, sv_of(err->code)),
		.message = arena_sv(r->arena, sv_of(err->msg)),
		.where = arena_sv(r->arena, sv_of(err->where)),
		.hint = arena_sv(r->arena, sv_of(err->hint)),
		.weight = weight,
		.scope = err->scope,
		.subject = subject,
	};
	if (weight == WEIGHT_FATAL)
		r->complete = false;
}

static struct count *count_find(struct count *p, size_t n, struct sv name)
{
	for (size_t i = 0; i < n; i++)
		if (sv_eq(p[i].name, name))
			return &p[i];
	return NULL;
}

void count_add(struct arena *a, struct count **p, size_t *n, size_t *cap, struct sv name,
	       uint64_t add)
{
	struct count *c = count_find(*p, *n, name);

	/* there are a few dozen types: more names than that are not ours */
	if (!c && *n >= COUNTS_MAX) {
		name = SV("other");
		c = count_find(*p, *n, name);
	}
	if (c) {
		c->n += add;
		return;
	}
	*p = vec_grow(*p, *n, cap, sizeof **p);
	(*p)[(*n)++] = (struct count){.name = arena_sv(a, name), .n = add};
}
