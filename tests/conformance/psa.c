/*
 * Pod Security Standards: PATH has index.tsv (level, version, verdict, check, file) and
 * pods.tar.gz. Each pod is judged by the benchmark of its level at its version: fail = refused, and
 * the check of the row, or the one that stands for it at the level (the restricted check of
 * capabilities replaces the baseline one), is among those that refuse it; pass = allowed.
 */
#include "archive.h"
#include "judge.h"
#include "rule/benchmark.h"

enum { MOST_ENTRIES = 64 };

struct psa {
	struct runner r;
	struct rules rules;
	struct engine e;
	struct map pods;
	struct arena a;
	bool *failed, *selected; /* by index in rules.all */
	struct sv why;           /* the first verdict that is not observed */
};

static size_t rule_index(const struct rules *rules, const struct rule *rule)
{
	size_t i = 0;

	while (i < rules->all.n && rules->all.p[i] != rule)
		i++;
	return i;
}

static void on_verdict(void *arg, const struct verdict *v)
{
	struct psa *p = arg;

	if (v->state == STATE_FAIL)
		p->failed[rule_index(&p->rules, v->rule)] = true;
	if (v->state == STATE_NOT_OBSERVED && !p->why.n)
		p->why = arena_fmt(&p->a, "%.*s: %.*s", SV_ARG(v->rule->text.id),
				   SV_ARG(v->message));
}

static bool entry_fails(const struct psa *p, const struct benchmark_entry *e)
{
	for (size_t i = 0; i < e->rules.n; i++)
		if (p->failed[rule_index(&p->rules, e->rules.p[i])])
			return true;
	return false;
}

static bool judge_pod(struct psa *p, const struct benchmark_entry *const *entries, size_t n,
		      struct sv file, struct err *err)
{
	const struct sv *text = archive_find(&p->pods, file);
	struct judge j;

	for (size_t i = 0; i < p->rules.all.n; i++)
		p->failed[i] = p->selected[i] = false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < entries[i]->rules.n; k++)
			p->selected[rule_index(&p->rules, entries[i]->rules.p[k])] = true;
	p->why = (struct sv){0};
	p->e.selected = p->selected;
	p->e.uncovered = true;
	judge_init(&j, &p->e, on_verdict, p);
	bool ok = text && judge_text(&j, file, *text, err) && j.objects == 1;
	judge_done(&j);
	if (!ok && !err->msg[0])
		(void)!err_set(err, ERR_PARSE, "not one object");
	return ok;
}

/* What refuses the pod, for messages: "capabilities_baseline, sysctls". */
static struct sv refused_by(struct psa *p, const struct benchmark_entry *const *entries, size_t n)
{
	struct sv list = {0};

	for (size_t i = 0; i < n; i++)
		if (entry_fails(p, entries[i]))
			list = arena_fmt(&p->a, "%.*s%s%.*s", SV_ARG(list), list.n ? ", " : "",
					 SV_ARG(entries[i]->id));
	return list.n ? list : SV("nothing");
}

/* Refused by this check, or by one that stands for it at this level. */
static bool is_named(const struct psa *p, const struct benchmark_entry *e, struct sv check)
{
	bool found = sv_ieq(e->id, check);

	for (size_t i = 0; i < e->overrides.n; i++)
		found |= sv_ieq(e->overrides.p[i], check);
	return found && entry_fails(p, e);
}

static void row_judge(struct psa *p, struct sv row)
{
	struct sv level = sv_cut(&row, '\t'), version = sv_cut(&row, '\t');
	struct sv verdict = sv_cut(&row, '\t'), check = sv_cut(&row, '\t'), file = row;
	const struct benchmark_entry *entries[MOST_ENTRIES];
	const struct benchmark *b;
	struct err err = {0};
	unsigned minor;
	bool refused = false, named = false;

	struct sv name = arena_fmt(&p->a, "pss-%.*s@%.*s", SV_ARG(level), SV_ARG(version));
	if (benchmark_find(&p->rules, name, &b, &minor, &err) != 0) {
		runner_fail(&p->r, "%.*s: %s", SV_ARG(name), err.msg);
		return;
	}
	size_t n = benchmark_entries(b, minor, entries, MOST_ENTRIES);
	p->e.minor = minor;
	if (!judge_pod(p, entries, n, file, &err)) {
		runner_fail(&p->r, "%.*s: %s", SV_ARG(file), err.msg);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		refused |= entry_fails(p, entries[i]);
		named |= is_named(p, entries[i], check);
	}
	bool expected = sv_is(verdict, "fail");
	if (p->why.n)
		runner_fail(&p->r, "%.*s %.*s: %.*s", SV_ARG(name), SV_ARG(file), SV_ARG(p->why));
	else if (refused == expected && named == expected)
		runner_pass(&p->r);
	else
		runner_fail(&p->r, "%.*s %.*s: expected %.*s by %.*s, refused by %.*s",
			    SV_ARG(name), SV_ARG(file), SV_ARG(verdict), SV_ARG(check),
			    SV_ARG(refused_by(p, entries, n)));
}

static bool prepare(struct psa *p)
{
	struct err err = {0};

	arena_init(&p->a, 0);
	rules_init(&p->rules);
	if (rules_load_builtin(&p->rules, &err) != 0 || rules_compile(&p->rules, NULL, &err) != 0) {
		runner_fail(&p->r, "the rules: %s: %s", err.where, err.msg);
		return false;
	}
	p->failed = ARENA_ARRAY(&p->a, p->rules.all.n + 1, bool);
	p->selected = ARENA_ARRAY(&p->a, p->rules.all.n + 1, bool);
	engine_init(&p->e, &p->rules);
	return archive_files(&p->r, "pods.tar.gz", &p->a, &p->pods);
}

int main(int argc, char **argv)
{
	struct psa p = {0};
	auto_done(buf_done) struct buf table = {0};
	struct sv line;

	if (!runner_init(&p.r, "psa", argc, argv))
		return 77;
	if (!archive_text(&p.r, "index.tsv", &table)) {
		printf("conformance-psa: skipped: no index.tsv in %s\n", p.r.path);
		return 77;
	}
	if (prepare(&p)) {
		struct sv rest = buf_view(&table);
		(void)sv_line(&rest, &line);
		while (sv_line(&rest, &line))
			if (line.n)
				row_judge(&p, line);
		engine_done(&p.e);
	}
	rules_done(&p.rules);
	map_done(&p.pods);
	arena_done(&p.a);
	return runner_end(&p.r);
}
