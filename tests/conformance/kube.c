/*
 * Manifests and Dockerfiles with the verdicts of other tools: PATH has index.tsv (source, file,
 * doc, check, verdict, detail) and an archive for each source. Every check is asked by its own
 * name, as --only takes it: the rules that have it as id or alias judge the file as a set of its
 * own.
 *
 *   fail        one of the rules fails; kube-linter's rows also say how often and on which kinds
 *   pass, fixed there are objects, and none fails
 *
 * What differs on purpose stands in kube-accepted.tsv with its reason; any other difference fails,
 * and so does a row of that list that agrees. With --table as the last argument the agreement is
 * printed as rows for docs/kube-agreement.md.
 *
 * Besides, every file of the set is judged by all rules: an expression that fails is a mistake
 * of the rule.
 */
#include "archive.h"
#include "fact/source.h"
#include "judge.h"

enum { SOURCES = 3 };

static const char *const sources[SOURCES] = {"polaris", "kube-linter", "trivy-checks"};

/* What the peers' checks are told, in their configuration or in their own defaults. */
static const char config[] =
	"pack: config\n"
	"tune:\n"
	"  - {id: forbidden-annotation, params: {annotations: {reloader.stakater.com/auto: 'true'}}}\n"
	"  - {id: volume-claim-annotation, params: {annotation: required-annotation}}\n";

/* The same for one check of one source. */
static const struct {
	const char *source, *check, *pack;
} configs[] = {
	{"kube-linter", "priority-class-name",
	 "pack: config\ntune: [{id: priority-class, params: {allowed: [system-cluster-critical, "
	 "system-node-critical]}}]"},
	{"polaris", "hpaMinAvailability",
	 "pack: config\ntune: [{id: autoscaler-min, params: {least: 2}}]"},
	{"polaris", "deploymentMissingReplicas",
	 "pack: config\ntune: [{id: few-replicas, params: {least: 2}}]"},
};

/* Rules and what judges by them: the first for all rows, then one for each of configs. */
struct set_of_rules {
	struct rules rules;
	struct engine e;
};

struct kube {
	struct runner r;
	struct set_of_rules by[1 + ARRAY_LEN(configs)], *now;
	struct arena a;
	struct map files[SOURCES];
	struct map accepted; /* source, file, check → struct accepted */
	struct map checks;   /* source, check → struct tally */
	struct sv_vec order; /* keys of checks */
	bool *selected;
	bool table;
	/* of the row that is judged */
	struct sv_vec failed; /* kinds of the objects, one for each finding */
	size_t objects, unseen;
	struct sv first_unseen;
};

struct accepted {
	struct sv reason;
	bool used, stale;
};

struct tally {
	size_t agreed, total;
};

static size_t rule_index(const struct rules *rules, const struct rule *rule)
{
	size_t i = 0;

	while (i < rules->all.n && rules->all.p[i] != rule)
		i++;
	return i;
}

struct judged {
	struct kube *k;
	struct judge j;
};

static void on_verdict(void *arg, const struct verdict *v)
{
	struct judged *jd = arg;
	struct kube *k = jd->k;
	struct sv kind = jd->j.now ? jd->j.now->kind : jd->j.fact ? jd->j.fact->kind : SV("");

	if (v->state == STATE_FAIL)
		*VEC_PUSH(&k->failed) = arena_sv(&k->a, kind);
	if (v->state != STATE_NOT_OBSERVED)
		return;
	if (k->unseen++ == 0)
		k->first_unseen = arena_fmt(&k->a, "%.*s: %.*s", SV_ARG(v->rule->text.id),
					    SV_ARG(v->message));
}

static void on_dockerfile(void *arg, const struct fact_object *o)
{
	struct judged *jd = arg;

	jd->j.objects++;
	jd->j.now = o;
	engine_object(jd->j.e, o, jd->j.tell, jd->j.arg);
	jd->j.now = NULL;
}

static void judge_dockerfile(struct judged *jd, struct sv file, struct sv text)
{
	const struct fact_sink sink = {.arg = jd, .object = on_dockerfile};
	auto_done(parts_done) struct parts p = {.arena = &jd->j.a};

	(void)parts_add(&p, (struct sv){0}, file, text);
	fact_source_find(SV("dockerfile"))->objects(&p, &sink);
}

/* The file with the selected rules; false: it cannot be read. */
static bool judge_file(struct kube *k, struct sv file, struct sv text, const bool *selected,
		       struct err *err)
{
	struct judged jd = {.k = k};

	k->failed.n = 0;
	k->objects = k->unseen = 0;
	k->first_unseen = (struct sv){0};
	k->now->e.selected = selected;
	k->now->e.all = true;
	k->now->e.whole_set = true;
	judge_init(&jd.j, &k->now->e, on_verdict, &jd);
	jd.j.set = set_new();
	bool ok = true;
	if (sv_ends(file, SV(".Dockerfile")))
		judge_dockerfile(&jd, file, text);
	else
		ok = judge_text(&jd.j, file, text, err);
	if (ok)
		judge_set(&jd.j);
	k->objects = jd.j.objects;
	judge_done(&jd.j);
	return ok;
}

static void select_rule(void *arg, const struct rule *rule)
{
	struct kube *k = arg;

	k->selected[rule_index(&k->now->rules, rule)] = true;
}

static struct sv key_of(struct kube *k, struct sv source, struct sv file, struct sv check)
{
	return arena_fmt(&k->a, "%.*s\t%.*s\t%.*s", SV_ARG(source), SV_ARG(file), SV_ARG(check));
}

static struct tally *tally_of(struct kube *k, struct sv source, struct sv check)
{
	bool made;
	struct map_entry *e = map_put(&k->checks, key_of(k, source, SV(""), check), &made);

	if (made) {
		e->ptr = ARENA_NEW(&k->a, struct tally);
		*VEC_PUSH(&k->order) = e->key;
	}
	return e->ptr;
}

static void count(struct kube *k, struct sv source, struct sv file, struct sv check,
		  struct sv difference)
{
	struct tally *t = tally_of(k, source, check);
	struct map_entry *e = map_find(&k->accepted, key_of(k, source, file, check));
	struct accepted *a = e ? e->ptr : NULL;

	t->total++;
	t->agreed += difference.n == 0;
	if (a)
		a->used = true;
	if (difference.n == 0) {
		runner_pass(&k->r);
		if (a)
			a->stale = true;
	} else if (a) {
		if (!k->table)
			printf("accepted %.*s %.*s %.*s: %.*s (%.*s)\n", SV_ARG(source),
			       SV_ARG(file), SV_ARG(check), SV_ARG(difference), SV_ARG(a->reason));
		runner_pass(&k->r);
	} else {
		runner_fail(&k->r, "%.*s %.*s %.*s: %.*s", SV_ARG(source), SV_ARG(file),
			    SV_ARG(check), SV_ARG(difference));
	}
}

static struct sv join_sorted(struct kube *k, struct sv_vec *v)
{
	struct sv out = {0};

	if (v->n)
		qsort(v->p, v->n, sizeof *v->p, sv_cmp_qsort);
	for (size_t i = 0; i < v->n; i++)
		out = arena_fmt(&k->a, "%.*s%s%.*s", SV_ARG(out), i ? ", " : "", SV_ARG(v->p[i]));
	return out;
}

/* "2 findings | with FILE | Kind name: message | Kind: ...": how often, and the kinds where all
 * are told. */
static struct sv compare_findings(struct kube *k, struct sv detail)
{
	struct sv rest = detail, part, word;
	struct sv_vec kinds = {0};
	struct sv out = {0};
	uint64_t n = 0;

	part = detail;
	word = sv_cut(&part, ' ');
	if (!sv_u64(word, &n))
		return out;
	while (rest.n) {
		size_t bar = sv_find(rest, SV(" | "));
		part = sv_head(rest, bar == SIZE_MAX ? rest.n : bar);
		rest = bar == SIZE_MAX ? (struct sv){0} : sv_from(rest, bar + 3);
		if (sv_starts(part, SV("with ")) || sv_find(part, SV(":")) == SIZE_MAX)
			continue;
		word = sv_cut(&part, ':');
		*VEC_PUSH(&kinds) = sv_cut(&word, ' ');
	}
	if (k->failed.n != n)
		out = arena_fmt(&k->a, "expected %zu findings, found %zu", (size_t)n, k->failed.n);
	else if (kinds.n == n && !sv_eq(join_sorted(k, &kinds), join_sorted(k, &k->failed)))
		out = arena_fmt(&k->a, "expected findings on %.*s, found on %.*s",
				SV_ARG(join_sorted(k, &kinds)), SV_ARG(join_sorted(k, &k->failed)));
	vec_done(&kinds);
	return out;
}

static struct sv differs(struct kube *k, struct sv source, struct sv verdict, struct sv detail)
{
	if (k->unseen)
		return arena_fmt(&k->a, "%.*s", SV_ARG(k->first_unseen));
	if (sv_is(verdict, "fail"))
		return k->failed.n == 0               ? SV("expected fail, found nothing")
		       : sv_is(source, "kube-linter") ? compare_findings(k, detail)
						      : (struct sv){0};
	if (k->failed.n)
		return arena_fmt(&k->a, "expected pass, fails %zu times", k->failed.n);
	return k->objects ? (struct sv){0} : SV("expected pass, there is no object to look at");
}

static void row_judge(struct kube *k, struct sv row)
{
	struct sv source = sv_cut(&row, '\t'), file = sv_cut(&row, '\t');
	(void)sv_cut(&row, '\t');
	struct sv check = sv_cut(&row, '\t'), verdict = sv_cut(&row, '\t'), detail = row;
	struct err err = {0};
	size_t s = 0;

	while (s < SOURCES && !sv_is(source, sources[s]))
		s++;
	if (s == SOURCES || sv_is(verdict, "definition")) {
		runner_skip(&k->r, "%.*s %.*s: %s", SV_ARG(source), SV_ARG(file),
			    s == SOURCES ? "not among the rules yet"
					 : "the definition of a check, not a manifest");
		return;
	}
	const struct sv *text = archive_find(&k->files[s], file);
	if (!text) {
		runner_fail(&k->r, "%.*s %.*s: not in the archive", SV_ARG(source), SV_ARG(file));
		return;
	}
	k->now = &k->by[0];
	for (size_t i = 0; i < ARRAY_LEN(configs); i++)
		if (sv_is(source, configs[i].source) && sv_is(check, configs[i].check))
			k->now = &k->by[1 + i];
	memset(k->selected, 0, k->now->rules.all.n);
	if (rules_select(&k->now->rules, check, select_rule, k) == 0)
		count(k, source, file, check, SV("no rule has this name"));
	else if (!judge_file(k, file, *text, k->selected, &err))
		count(k, source, file, check, arena_fmt(&k->a, "cannot be read: %s", err.msg));
	else
		count(k, source, file, check, differs(k, source, verdict, detail));
}

/* Every manifest and Dockerfile with every rule. */
static void judge_all(struct kube *k)
{
	k->now = &k->by[0];
	memset(k->selected, 1, k->now->rules.all.n);
	for (size_t s = 0; s < SOURCES; s++) {
		size_t at = 0;
		for (const struct map_entry *e; (e = map_next(&k->files[s], &at));) {
			struct err err = {0};
			bool known = sv_ends(e->key, SV(".yaml")) || sv_ends(e->key, SV(".yml")) ||
				     sv_ends(e->key, SV(".Dockerfile"));
			if (!known ||
			    !judge_file(k, e->key, *(struct sv *)e->ptr, k->selected, &err))
				continue;
			if (k->unseen == 0)
				runner_pass(&k->r);
			else
				runner_fail(&k->r, "%s %.*s: with all rules: %.*s", sources[s],
					    SV_ARG(e->key), SV_ARG(k->first_unseen));
		}
	}
}

static void read_accepted(struct kube *k, struct sv text)
{
	struct sv line;
	bool made;

	while (sv_line(&text, &line)) {
		struct sv rest = line;
		if (!line.n || line.p[0] == '#')
			continue;
		struct sv source = sv_cut(&rest, '\t'), file = sv_cut(&rest, '\t');
		struct sv check = sv_cut(&rest, '\t');
		struct accepted *a = ARENA_NEW(&k->a, struct accepted);
		a->reason = sv_trim(rest);
		map_put(&k->accepted, key_of(k, source, file, check), &made)->ptr = a;
		if (!a->reason.n || !made)
			runner_fail(&k->r, "kube-accepted.tsv: %.*s: %s", SV_ARG(line),
				    made ? "no reason" : "stands twice");
	}
}

static void tell_agreement(struct kube *k)
{
	size_t at = 0;

	for (size_t i = 0; i < k->order.n; i++) {
		struct sv rest = k->order.p[i], source = sv_cut(&rest, '\t');
		(void)sv_cut(&rest, '\t');
		const struct tally *t = map_find(&k->checks, k->order.p[i])->ptr;
		printf(k->table ? "| %.*s | %.*s | %zu/%zu |\n" : "%.*s %.*s: %zu/%zu\n",
		       SV_ARG(source), SV_ARG(rest), t->agreed, t->total);
	}
	for (const struct map_entry *e; (e = map_next(&k->accepted, &at));) {
		const struct accepted *a = e->ptr;
		if (a->stale)
			runner_fail(&k->r, "kube-accepted.tsv: %.*s: agrees now", SV_ARG(e->key));
	}
}

static bool load_rules(struct kube *k, struct set_of_rules *by, const char *pack)
{
	struct err err = {0};

	rules_init(&by->rules);
	engine_init(&by->e, &by->rules);
	if (rules_load_builtin(&by->rules, &err) == 0 &&
	    rules_load_text(&by->rules, SV("config"), sv_of(pack), &err) == 0 &&
	    rules_compile(&by->rules, NULL, &err) == 0)
		return true;
	runner_fail(&k->r, "the rules: %s: %s", err.where, err.msg);
	return false;
}

static bool prepare(struct kube *k)
{
	auto_done(buf_done) struct buf accepted = {0};
	struct runner here = {0};

	(void)snprintf(here.path, sizeof here.path, "%s/tests/conformance", GABION_SOURCE_ROOT);
	if (archive_text(&here, "kube-accepted.tsv", &accepted))
		read_accepted(k, arena_sv(&k->a, buf_view(&accepted)));
	bool ok = load_rules(k, &k->by[0], config);
	for (size_t i = 0; i < ARRAY_LEN(configs); i++)
		ok &= load_rules(k, &k->by[1 + i], configs[i].pack);
	if (!ok)
		return false;
	k->selected = ARENA_ARRAY(&k->a, k->by[0].rules.all.n + 1, bool);
	for (size_t s = 0; s < SOURCES; s++) {
		char name[64];
		(void)snprintf(name, sizeof name, "%s.tar.gz", sources[s]);
		ok &= archive_files(&k->r, name, &k->a, &k->files[s]);
	}
	return ok;
}

static int run(struct kube *k, struct sv table)
{
	struct sv line;

	arena_init(&k->a, 0);
	if (prepare(k)) {
		(void)sv_line(&table, &line);
		while (sv_line(&table, &line))
			if (line.n)
				row_judge(k, line);
		judge_all(k);
		tell_agreement(k);
	}
	for (size_t i = 0; i < ARRAY_LEN(k->by); i++) {
		engine_done(&k->by[i].e);
		rules_done(&k->by[i].rules);
	}
	for (size_t s = 0; s < SOURCES; s++)
		map_done(&k->files[s]);
	map_done(&k->accepted);
	map_done(&k->checks);
	vec_done(&k->order);
	vec_done(&k->failed);
	arena_done(&k->a);
	return runner_end(&k->r);
}

int main(int argc, char **argv)
{
	struct kube k = {0};
	auto_done(buf_done) struct buf table = {0};

	if (argc > 1 && strcmp(argv[argc - 1], "--table") == 0) {
		k.table = true;
		argc--;
	}
	if (!runner_init(&k.r, "kube", argc, argv))
		return 77;
	if (!archive_text(&k.r, "index.tsv", &table)) {
		printf("conformance-kube: skipped: no index.tsv in %s\n", k.r.path);
		return 77;
	}
	return run(&k, buf_view(&table));
}
