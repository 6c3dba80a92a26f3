/* Names that a shell completes: `gabion debug names rules|benchmarks [WORD]`. */
#include "base/base.h"

#include "cmd/rules.h"
#include "rule/benchmark.h"

/* "--only=a,b": "a," stands before each name, "b" begins it. */
struct word {
	struct sv before, begin;
};

static struct word take_word(struct sv text)
{
	size_t equals = sv_starts(text, SV("--")) ? sv_find_char(text, '=') : SIZE_MAX;

	if (equals != SIZE_MAX)
		text = sv_from(text, equals + 1);
	size_t comma = sv_rfind_char(text, ',');
	size_t n = comma == SIZE_MAX ? 0 : comma + 1;
	return (struct word){sv_head(text, n), sv_from(text, n)};
}

static void offer(const struct word *w, struct sv name)
{
	if (sv_ieq(sv_head(name, w->begin.n), w->begin))
		(void)printf("%.*s%.*s\n", SV_ARG(w->before), SV_ARG(name));
}

/* Other tools' names only where a beginning asks for them: they are many. */
static void offer_rules(const struct rules *r, const struct word *w)
{
	auto_done(map_done) struct map told = {0};
	bool made;

	for (size_t i = 0; i < r->all.n; i++) {
		const struct rule *rule = r->all.p[i];
		offer(w, rule->text.id);
		(void)map_put(&told, rule->family, &made);
		if (made)
			offer(w, rule->family);
		for (size_t k = 0; w->begin.n && k < rule->text.aliases.n; k++) {
			(void)map_put(&told, rule->text.aliases.p[k], &made);
			if (made)
				offer(w, rule->text.aliases.p[k]);
		}
	}
}

static void offer_benchmarks(struct rules *r, const struct word *w)
{
	struct sv_vec names = {0};

	for (size_t i = 0, n = benchmark_names(r, &names); i < n; i++)
		offer(w, names.p[i]);
	vec_done(&names);
}

static int run_names(struct invocation *in, struct err *err)
{
	auto_done(rules_done) struct rules r;
	struct word w = take_word(in->args.n > 1 ? in->args.p[1] : (struct sv){0});

	rules_init(&r);
	int rc = rules_open(in, &r, err);
	if (rc == 0 && sv_is(in->args.p[0], "rules"))
		offer_rules(&r, &w);
	else if (rc == 0 && sv_is(in->args.p[0], "benchmarks"))
		offer_benchmarks(&r, &w);
	else if (rc == 0)
		rc = err_set(err, ERR_USAGE, "rules or benchmarks, not '%.*s'",
			     SV_ARG(in->args.p[0]));
	return rc;
}

static const struct option_group *const groups[] = {&policy_options, NULL};

const struct command cmd_debug_names = {
	.name = "debug names",
	.group = "About gabion",
	.summary = "names for completion",
	.usage = "rules|benchmarks [WORD]",
	.groups = groups,
	.args_min = 1,
	.args_max = 2,
	.flags = COMMAND_HIDDEN,
	.run = run_names,
};
