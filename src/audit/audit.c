#include "audit/audit.h"

#include <sched.h>
#include <stdlib.h>

#include "audit/pool.h"
#include "base/clock.h"
#include "base/log.h"
#include "sys/sandbox.h"

static unsigned processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 2;
	int n = CPU_COUNT(&set);
	return n < 1 ? 1 : (unsigned)n;
}

/* Which rules are asked, and what becomes of their findings. */
struct choice {
	const struct rules *rules;
	uint8_t *use;
	bool *named; /* by --only: opt-in rules too */
	enum rule_use mark;
	struct map numbers;
};

static size_t number_of(const struct choice *c, const struct rule *rule)
{
	const struct map_entry *e = map_find(&c->numbers, rule->text.id);

	return e ? (size_t)e->num : 0;
}

static void mark_named(void *arg, const struct rule *rule)
{
	struct choice *c = arg;

	c->named[number_of(c, rule)] = true;
}

static void mark_skipped(void *arg, const struct rule *rule)
{
	struct choice *c = arg;
	size_t i = number_of(c, rule);

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

static int choose(struct choice *c, const struct audit_options *o, struct err *err)
{
	size_t n = o->rules->all.n;

	for (size_t i = 0; i < n; i++)
		map_put(&c->numbers, o->rules->all.p[i]->text.id, NULL)->num = i;
	int rc = each_name(c, o->only, "only", mark_named, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (o->only && o->only->n && !c->named[i])
			c->use[i] = o->rules->all.p[i]->opt_in ? USE_NOT : USE_HIDE_ONLY;
		else
			c->use[i] = o->rules->all.p[i]->opt_in && !c->named[i] ? USE_NOT : USE_SHOW;
	}
	if (rc == 0)
		rc = each_name(c, o->skip, "skip", mark_skipped, err);
	return rc;
}

/* Facts that only the set has; the others are made of one object. */
static bool is_of_set(const struct rule *rule)
{
	static const char *const single[] = {"workload", "object", "role", "binding"};

	for (size_t i = 0; i < ARRAY_LEN(single); i++)
		if (sv_is(rule->fact->name, single[i]))
			return false;
	return true;
}

static bool needs_set(const struct rules *rules, const uint8_t *use)
{
	for (size_t i = 0; i < rules->all.n; i++)
		if (use[i] != USE_NOT && is_of_set(rules->all.p[i]))
			return true;
	return false;
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

static int judge(struct report *r, const struct audit_targets *t, const struct audit_plan *plan,
		 const struct audit_options *o, struct err *err)
{
	struct audit_pool_options po = {
		.jobs = o->jobs ? o->jobs : processors(),
		.deadline = o->timeout ? clock_mono_ns() + o->timeout * 1000000000 : 0,
	};
	struct collector c;

	collector_init(&c, r, plan, t);
	c.only = join(r->arena, o->only);
	c.skip = join(r->arena, o->skip);
	int rc = t->files.n ? audit_pool_run(&c, &po, err) : 0;
	if (rc == 0 && plan->set)
		rc = audit_pool_set(&c, &po, err);
	collect_end(&c);
	collector_done(&c);
	return rc;
}

int audit_run(struct report *r, const struct sv_vec *targets, const struct audit_options *o,
	      struct err *err)
{
	size_t n = o->rules->all.n;
	struct audit_targets t = {0};
	struct choice c = {.rules = o->rules,
			   .use = xcalloc(n + 1, 1),
			   .named = xcalloc(n + 1, sizeof *c.named)};
	bool *selected = xcalloc(n + 1, sizeof *selected);
	int rc = choose(&c, o, err);

	if (rc == 0)
		rc = targets_find(&t, targets, &o->exclude, r, err);
	for (size_t i = 0; i < n; i++)
		selected[i] = c.use[i] != USE_NOT;
	if (rc == 0)
		rc = rules_compile(o->rules, selected, err);
	if (rc == 0 && !sandbox_has_landlock())
		log_info("this kernel has no Landlock; workers are held by seccomp alone");
	if (rc == 0) {
		const struct audit_plan plan = {
			.rules = o->rules,
			.use = c.use,
			.selected = selected,
			.version = o->kubernetes_version,
			.all = o->all,
			.strict = o->strict,
			.patches = o->patches,
			.snippets = o->snippets,
			.set = needs_set(o->rules, c.use),
			.whole = t.whole,
			.memory = o->memory,
		};
		rc = judge(r, &t, &plan, o, err);
	}
	targets_done(&t);
	map_done(&c.numbers);
	free(c.use);
	free(c.named);
	free(selected);
	return rc;
}
