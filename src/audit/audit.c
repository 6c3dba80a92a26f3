#include "audit/audit-int.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "sys/file.h"
#include "sys/processors.h"
#include "sys/sandbox.h"

/* Which rules are asked, and what becomes of their findings. */
struct choice {
	const struct rules *rules;
	uint8_t *use;
	bool alone;    /* nothing beside what --only names is asked */
	bool *named;   /* by --only: opt-in rules too */
	bool *entries; /* of a benchmark; NULL: none */
};

static void mark_named(void *arg, const struct rule *rule)
{
	struct choice *c = arg;

	c->named[rule->number] = true;
}

static void mark_skipped(void *arg, const struct rule *rule)
{
	struct choice *c = arg;
	size_t i = rule->number;

	if (c->use[i] == USE_SHOW)
		c->use[i] = USE_HIDE_SKIP;
}

static int each_name(struct choice *c, const struct sv_vec *list, const char *option,
		     void (*found)(void *arg, const struct rule *rule), struct err *err)
{
	for (size_t i = 0; list && i < list->n; i++)
		if (rules_select(c->rules, list->p[i], found, c) == 0)
			return rules_unknown(c->rules, option, list->p[i], err);
	return 0;
}

/* Opt-in rules are asked when they are named, or when a benchmark names them. */
static uint8_t use_of(const struct choice *c, size_t i, bool only)
{
	bool asked = c->entries ? c->entries[i] : !c->rules->all.p[i]->opt_in || c->named[i];

	if (!asked || c->rules->all.p[i]->disabled)
		return USE_NOT;
	if (only && !c->named[i])
		return c->alone ? USE_NOT : USE_HIDE_ONLY;
	return USE_SHOW;
}

static int choose(struct choice *c, const struct audit_options *o, struct err *err)
{
	size_t n = o->rules->all.n;
	bool only = o->only && o->only->n;

	int rc = each_name(c, o->only, "only", mark_named, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		c->use[i] = use_of(c, i, only);
	if (rc == 0)
		rc = each_name(c, o->skip, "skip", mark_skipped, err);
	return rc;
}

static bool find_of_set(const struct rules *rules, const uint8_t *use, bool *of_set)
{
	bool any = false;

	for (size_t i = 0; i < rules->all.n; i++) {
		of_set[i] = use[i] != USE_NOT && rules->all.p[i]->fact->set;
		any |= of_set[i];
	}
	return any;
}

static struct sv join(struct arena *a, const struct sv_vec *list)
{
	auto_done(buf_done) struct buf b = {0};

	for (size_t i = 0; list && i < list->n; i++) {
		buf_str(&b, i ? "," : "");
		buf_sv(&b, list->p[i]);
	}
	return arena_sv(a, buf_view(&b));
}

/* A benchmark asks the rules of its entries, and no others. */
static int choose_benchmark(struct audit_setup *s, struct choice *c, const struct audit_options *o,
			    struct err *err)
{
	auto_done(arena_done) struct arena a;
	const struct benchmark_entry **entries;

	arena_init(&a, 0);
	int rc = benchmark_find(o->rules, o->benchmark, &s->benchmark, &s->minor, err);
	if (rc < 0)
		return rc;
	if (!s->minor)
		s->minor = o->minor;
	c->entries = xcalloc(o->rules->all.n + 1, sizeof *c->entries);
	size_t total = audit_entries(s, &a, &entries);
	for (size_t i = 0; i < total; i++)
		for (size_t k = 0; k < entries[i]->rules.n; k++)
			c->entries[entries[i]->rules.p[k]->number] = true;
	return 0;
}

void audit_setup_done(struct audit_setup *s)
{
	free(s->use);
	free(s->selected);
	free(s->of_set);
}

int audit_setup(struct audit_setup *s, const struct audit_options *o, struct err *err)
{
	size_t n = o->rules->all.n;
	struct choice c = {.rules = o->rules,
			   .alone = o->explain,
			   .use = xcalloc(n + 1, 1),
			   .named = xcalloc(n + 1, sizeof *c.named)};
	*s = (struct audit_setup){.use = c.use,
				  .selected = xcalloc(n + 1, sizeof *s->selected),
				  .of_set = xcalloc(n + 1, sizeof *s->of_set)};
	int rc = o->benchmark.n ? choose_benchmark(s, &c, o, err) : 0;
	if (rc == 0)
		rc = choose(&c, o, err);
	for (size_t i = 0; i < n; i++)
		s->selected[i] = c.use[i] != USE_NOT;
	s->plan = (struct audit_plan){
		.rules = o->rules,
		.use = s->use,
		.selected = s->selected,
		.minor = o->benchmark.n ? s->minor : o->minor,
		.states = s->benchmark != NULL,
		.all = o->all || o->explain,
		.trace = o->explain,
		.strict = o->strict,
		.patches = o->patches,
		.snippets = o->snippets,
		.of_set = s->of_set,
		.set = find_of_set(o->rules, s->use, s->of_set),
		.memory = o->memory,
	};
	s->pool = (struct audit_pool_options){
		.jobs = o->jobs ? o->jobs : sys_processors(),
		.deadline = o->timeout ? clock_mono_ns() + o->timeout * 1000000000 : 0,
		.progress = o->progress,
		.input = o->input,
	};
	free(c.named);
	free(c.entries);
	return rc;
}

static int judge(struct report *r, const struct audit_targets *t, const struct audit_setup *s,
		 const struct audit_options *o, struct err *err)
{
	struct collector c;

	collector_init(&c, r, &s->plan, t);
	c.only = join(r->arena, o->only);
	c.skip = join(r->arena, o->skip);
	int rc = t->items.n ? audit_pool_run(&c, &s->pool, err) : 0;
	if (rc == 0 && s->plan.set)
		rc = audit_pool_set(&c, &s->pool, err);
	collect_end(&c);
	if (s->benchmark)
		audit_benchmark(r, s, &c);
	collector_done(&c);
	return rc;
}

/* Standard input is read once, whole: it may be judged again. */
static int read_input(const struct audit_targets *t, struct audit_options *o, int64_t deadline,
		      struct err *err)
{
	for (size_t i = 0; i < t->items.n; i++) {
		if (!t->items.p[i].input || o->input_read)
			continue;
		o->input_read = true;
		if (file_read_until(STDIN_FILENO, deadline, limit_yaml_bytes, o->input, err) < 0) {
			(void)err_scope(err, SCOPE_TARGET);
			return err_where(err, "standard input");
		}
	}
	return 0;
}

int audit_run(struct report *r, const struct sv_vec *targets, struct audit_options *o,
	      struct err *err)
{
	auto_done(audit_setup_done) struct audit_setup s = {0};
	auto_done(targets_done) struct audit_targets t = {0};
	int rc = audit_setup(&s, o, err);

	if (rc == 0)
		rc = targets_find(&t, targets, o, s.pool.deadline, r, err);
	if (rc == 0)
		rc = read_input(&t, o, s.pool.deadline, err);
	if (rc < 0)
		return rc;
	if (!sandbox_has_landlock())
		log_info("this kernel has no Landlock; workers are held by seccomp alone");
	s.plan.whole = t.whole;
	return judge(r, &t, &s, o, err);
}
