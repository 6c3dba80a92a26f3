/* gabion rules list, show: what the rules are. */
#include "base/text.h"
#include "cmd/records.h"
#include "cmd/rules.h"
#include "fmt/json-out.h"

struct list_options {
	struct sv_vec family;
};

static const struct option_row list_rows[] = {
	{"family", 0, "FAMILY,...", OPTION_LIST, offsetof(struct list_options, family), NULL, NULL,
	 NULL, OPTION_IS_RULE,
	 "Only rules of these families, ids or aliases; '*' stands for anything"},
};
static const struct option_group list_group = {
	.title = "Which rules", .rows = list_rows, .n = ARRAY_LEN(list_rows), .own = true};

static bool is_listed(const struct rule *rule, const struct sv_vec *families)
{
	for (size_t i = 0; i < families->n; i++)
		if (rule_is_named(rule, families->p[i]))
			return true;
	return families->n == 0;
}

static void list_table(const struct rules *r, const struct sv_vec *families)
{
	size_t width = 4, n = 0, on = 0;

	for (size_t i = 0; i < r->all.n; i++)
		if (is_listed(r->all.p[i], families) && r->all.p[i]->text.id.n > width)
			width = r->all.p[i]->text.id.n;
	(void)printf("%-*s  %-10s  %-12s  %-7s  %s\n", (int)width, "RULE", "SEVERITY", "FAMILY",
		     "TOLD", "TITLE");
	for (size_t i = 0; i < r->all.n; i++) {
		const struct rule *rule = r->all.p[i];
		auto_done(buf_done) struct buf title = {0};
		if (!is_listed(rule, families))
			continue;
		n++;
		on += !rule->opt_in && !rule->disabled;
		text_escape(&title, rule->text.title);
		(void)printf("%-*.*s  %-10s  %-12.*s  %-7s  %s\n", (int)width,
			     SV_ARG(rule->text.id), severity_name(rule->text.severity),
			     SV_ARG(rule->family),
			     rule->disabled ? "never"
			     : rule->opt_in ? "opt-in"
					    : "default",
			     buf_cstr(&title));
	}
	(void)printf("%zu rules, %zu by default\n", n, on);
}

static int list_json(const struct rules *r, const struct sv_vec *families, struct err *err)
{
	struct json_out w;

	json_out_init(&w, stdout, NULL, 2);
	json_out_array(&w);
	for (size_t i = 0; i < r->all.n; i++)
		if (is_listed(r->all.p[i], families))
			rule_json(&w, r->all.p[i]);
	json_out_end(&w);
	return json_out_done(&w, err);
}

static int run_list(struct invocation *in, struct err *err)
{
	const struct list_options *o = in->own;
	auto_done(rules_done) struct rules r;
	bool json;

	rules_init(&r);
	int rc = wants_json(in, &json, err);
	if (rc == 0)
		rc = rules_open(in, &r, err);
	for (size_t i = 0; rc == 0 && i < o->family.n; i++)
		rc = rules_unknown(&r, "--family", o->family.p[i], err);
	if (rc == 0 && json)
		rc = list_json(&r, &o->family, err);
	else if (rc == 0)
		list_table(&r, &o->family);
	return rc;
}

static int run_show(struct invocation *in, struct err *err)
{
	auto_done(rules_done) struct rules r;
	bool json;

	rules_init(&r);
	int rc = wants_json(in, &json, err);
	if (rc == 0)
		rc = rules_open(in, &r, err);
	if (rc == 0)
		rc = rules_print(&r, &in->args, json, err);
	return rc;
}

static const struct option_group *const list_groups[] = {&record_options, &list_group,
							 &policy_options, NULL};
static const struct option_group *const show_groups[] = {&record_options, &policy_options, NULL};

static const char *const list_examples[] = {
	"gabion rules list", "all of them", "gabion rules list --family privilege,host",
	"of two families",   NULL,
};
static const char *const show_examples[] = {
	"gabion rules show privileged-container",
	"what it looks at, what must hold, why, and what to do",
	"gabion rules show KSV-0017 -o json",
	"by the name that another tool gives it",
	NULL,
};

const struct command cmd_rules_list = {
	.name = "rules list",
	.group = "Rules",
	.summary = "list the rules",
	.usage = "[OPTIONS]",
	.examples = list_examples,
	.groups = list_groups,
	.own_size = sizeof(struct list_options),
	.run = run_list,
};

const struct command cmd_rules_show = {
	.name = "rules show",
	.group = "Rules",
	.summary = "show all of a rule",
	.usage = "[OPTIONS] ID...",
	.examples = show_examples,
	.groups = show_groups,
	.args_min = 1,
	.args_max = SIZE_MAX,
	.flags = COMMAND_RULES,
	.run = run_show,
};
