#include "model/report.h"

#include <stdlib.h>

#include "base/clock.h"

enum { COUNTS_MAX = 256 };

const struct left_row left_rows[LEFT_REASONS] = {
	[LEFT_NO_MANIFEST] = {"no-manifest", "file that is neither YAML nor JSON",
			      "files that are neither YAML nor JSON", NULL, false},
	[LEFT_NO_OBJECT] = {"no-object", "document without a Kubernetes object",
			    "documents without a Kubernetes object", NULL, false},
	[LEFT_HELM_TEMPLATES] = {"helm-templates", "folder of Helm templates",
				 "folders of Helm templates", "helm template %s | gabion audit -",
				 true},
	[LEFT_HELM_FILES] = {"helm-files", "file of a Helm chart that is no object",
			     "files of Helm charts that are no objects", NULL, false},
	[LEFT_KUSTOMIZATION] = {"kustomization",
				"kustomization, whose files were judged as they are",
				"kustomizations, whose files were judged as they are",
				"kustomize build %s | gabion audit -", true},
	[LEFT_EXCLUDED] = {"excluded", "file excluded by --exclude", "files excluded by --exclude",
			   NULL, false},
	[LEFT_LINK] = {"link", "symbolic link", "symbolic links", NULL, false},
	[LEFT_SPECIAL] = {"special", "device, pipe or socket", "devices, pipes or sockets", NULL,
			  false},
};

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
	for (size_t i = 0; i < r->findings.n; i++)
		finding_done(&r->findings.p[i]);
	for (size_t i = 0; i < r->waived.n; i++)
		finding_done(&r->waived.p[i]);
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
	vec_done(&r->left_out);
	for (size_t i = 0; i < r->benchmark.lines.n; i++)
		vec_done(&r->benchmark.lines.p[i].rules);
	vec_done(&r->benchmark.lines);
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

static int rule_cmp(const void *a, const void *b)
{
	return sv_cmp(((const struct rule_text *)a)->id, ((const struct rule_text *)b)->id);
}

void report_sort_rules(struct report *r)
{
	if (r->rules.n)
		qsort(r->rules.p, r->rules.n, sizeof *r->rules.p, rule_cmp);
}

const struct rule_text *report_rule(const struct report *r, struct sv id)
{
	size_t low = 0, high = r->rules.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = sv_cmp(r->rules.p[middle].id, id);
		if (c == 0)
			return &r->rules.p[middle];
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
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
