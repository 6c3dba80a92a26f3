/* gabion explain: a rule, or why an advisory matches or does not. */
#include "scan/explain.h"

#include <stdio.h>

#include "advisory/db.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/explain_rule.h"
#include "cmd/records.h"
#include "cmd/rules.h"
#include "fmt/json-out.h"
#include "scan/scan.h"

static void put_place(const struct report *r, const struct package *p)
{
	auto_done(buf_done) struct buf b = {0};
	const struct subject *s = &r->subjects.p[p->subject];

	for (size_t i = 0; i < p->locations.n && i < 5; i++) {
		const struct location *l = &p->locations.p[i];
		buf_clear(&b);
		buf_sv(&b, l->path);
		if (l->layer < s->layers.n)
			buf_fmt(&b, " (layer %zu%s%.*s)", l->layer,
				s->layers.p[l->layer].instruction.n ? ": " : "",
				SV_ARG(s->layers.p[l->layer].instruction));
		field_print("in", buf_view(&b));
	}
}

static void explain_table(const struct report *r, const struct explanations *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct explanation *e = &all->p[i];
		const struct package *p = &r->packages.p[e->package];
		auto_done(buf_done) struct buf head = {0};
		text_escape(&head, p->purl);
		/* without an order nothing was compared: not covered, or another package's */
		buf_fmt(&head, ": %s (",
			e->affected   ? "affected"
			: e->scheme.n ? "not affected"
				      : "not judged");
		text_escape(&head, e->why);
		(void)printf("%s)\n", buf_cstr(&head));
		field_print("record", e->record);
		field_print("feed", e->feed);
		field_print("flaws", e->flaws);
		field_print("aliases", e->aliases);
		field_print("looked up", e->name);
		field_print("version", e->version);
		field_print("release", e->release);
		field_print("ranges", e->ranges);
		field_print("matched", e->range);
		field_print("order", e->scheme);
		put_place(r, p);
	}
}

static int explain_json(const struct report *r, const struct explanations *all, struct err *err)
{
	struct json_out w;

	json_out_init(&w, stdout, NULL, 2);
	json_out_array(&w);
	for (size_t i = 0; i < all->n; i++) {
		const struct explanation *e = &all->p[i];
		json_out_object(&w);
		json_out_kv(&w, "purl", r->packages.p[e->package].purl);
		json_out_kv(&w, "subject", r->subjects.p[r->packages.p[e->package].subject].id);
		json_out_key(&w, "affected");
		json_out_bool(&w, e->affected);
		json_out_kv(&w, "why", e->why);
		json_out_kv(&w, "record", e->record);
		json_out_kv_opt(&w, "feed", e->feed);
		json_out_kv_opt(&w, "flaws", e->flaws);
		json_out_kv_opt(&w, "aliases", e->aliases);
		json_out_kv_opt(&w, "ecosystem", e->ecosystem);
		json_out_kv_opt(&w, "release", e->release);
		json_out_kv_opt(&w, "name", e->name);
		json_out_kv_opt(&w, "version", e->version);
		json_out_kv_opt(&w, "ranges", e->ranges);
		json_out_kv_opt(&w, "range", e->range);
		json_out_kv_opt(&w, "scheme", e->scheme);
		json_out_end(&w);
	}
	json_out_end(&w);
	return json_out_done(&w, err);
}

static int explain_target(struct invocation *in, const char *dir, bool json, struct err *err)
{
	auto_done(report_done) struct report r;
	struct explanations all = {0};
	const struct options *opt = &in->options;
	struct scan_options o = {
		.source = {.platform = opt->platform},
		.jobs = (unsigned)opt->jobs,
		.memory = opt->max_memory,
		.timeout = (int64_t)opt->timeout,
		.cache = option_string(&in->arena, opt->cache),
	};
	bool ignored = false;

	report_init(&r, &in->arena, "explain");
	int rc = scan_target(&r, in->args.p[1], &o, &ignored, err);
	struct matching_options m = {
		.db_dir = dir, .memory = opt->max_memory, .deadline = scan_deadline(&o)};
	if (rc == 0)
		rc = explain_run(&m, &r, in->args.p[0], &all, err);
	if (rc == 0 && json)
		rc = explain_json(&r, &all, err);
	else if (rc == 0)
		explain_table(&r, &all);
	if (rc == 0 && all.n == 0 && !json)
		(void)printf("no record of '%.*s' names any of the %zu packages of %.*s\n",
			     SV_ARG(in->args.p[0]), r.packages.n, SV_ARG(in->args.p[1]));
	if (rc == 0 && !r.complete)
		rc = err_set(err, ERR_PARSE,
			     "not everything in %.*s could be read: gabion scan says what",
			     SV_ARG(in->args.p[1]));
	vec_done(&all);
	return rc;
}

/* A word without a digit is no advisory; ERR_USAGE where it is almost the name of a rule. */
static int near_rule(const struct rules *r, struct sv name, struct err *err)
{
	struct err why = {0};

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] >= '0' && name.p[i] <= '9')
			return 0;
	if (rules_unknown(r, "explain", name, &why) == 0 ||
	    !sv_starts(sv_of(why.hint), SV("did you mean")))
		return 0;
	*err = why;
	return err_scope(err, SCOPE_USAGE);
}

/* *done: the name is one of rules. A folder of advisories is not needed for them. */
static int explain_rule(struct invocation *in, bool json, bool *done, struct err *err)
{
	auto_done(rules_done) struct rules r;
	struct sv_vec name = {.p = in->args.p, .n = 1};
	const struct explain_own *own = in->own;

	rules_init(&r);
	int rc = rules_open(in, &r, err);
	*done = rc == 0 && rules_select(&r, in->args.p[0], NULL, NULL) > 0;
	if (!*done)
		return rc < 0 || in->args.n == 1 ? rc : near_rule(&r, in->args.p[0], err);
	return in->args.n == 1 && !own->commands.n ? rules_print(&r, &name, json, err)
						   : explain_rule_in(in, &r, json, err);
}

static int run_explain(struct invocation *in, struct err *err)
{
	const char *dir;
	bool json, done = false;
	int rc = wants_json(in, &json, err);

	if (rc == 0)
		rc = explain_rule(in, json, &done, err);
	if (rc < 0 || done)
		return rc;
	if (in->args.n > 2) {
		(void)err_set(err, ERR_USAGE,
			      "no rule is called '%.*s', and an advisory is "
			      "explained for one target",
			      SV_ARG(in->args.p[0]));
		return err_scope(err, SCOPE_USAGE);
	}
	if (rc == 0)
		rc = db_find(&in->arena, option_string(&in->arena, in->options.db), &dir, err);
	if (rc < 0)
		return rc;
	return in->args.n > 1 ? explain_target(in, dir, json, err)
			      : records_print(dir, in->args.p[0], json, err);
}

#define OWN(field) offsetof(struct explain_own, field)

static const struct option_row live_rows[] = {
	{"command", 0, "LINE", OPTION_VALUES, OWN(commands), NULL, NULL, NULL, OPTION_LINE_ONLY,
	 "What the rule says of a command line of docker or podman"},
	{"host", 0, "ADDRESS", OPTION_TEXT, OWN(host), NULL, NULL, NULL, OPTION_GUARDED,
	 "The engine that docker or podman stands for: unix:///path/to/socket, tcp://host:port"},
	{"context", 0, "NAME", OPTION_TEXT, OWN(context), NULL, NULL, NULL, OPTION_GUARDED,
	 "The engine of this context of docker's configuration"},
	{"root", 0, "DIR", OPTION_TEXT, OWN(root), NULL, NULL, NULL,
	 OPTION_GUARDED | OPTION_IS_FILE,
	 "Where the host's root directory is mounted, when gabion runs in a container"},
};

static const struct option_group live_options = {
	.title = "Target of a rule", .rows = live_rows, .n = ARRAY_LEN(live_rows), .own = true};

static const struct option_group *const groups[] = {
	&record_options,   &policy_options, &live_options, &target_options,
	&database_options, &budget_options, NULL};

static const char *const examples[] = {
	"gabion explain CVE-2024-3094",
	"what the feeds say",
	"gabion explain CVE-2024-3094 debian:12",
	"why it does or does not match: record, range, order, file, layer",
	"gabion explain privileged-container",
	"a rule: what must hold, why, what to do, and its names in other tools",
	"gabion explain privileged-container deploy/",
	"and what it says about every container there: its conditions with their values, and where they stand",
	"gabion explain privileged-container docker",
	"of the containers that run",
	NULL,
};

const struct command cmd_explain = {
	.name = "explain",
	.group = "Images and hosts",
	.summary = "what a rule asks and why it fails or not, why an advisory matches or not",
	.usage = "[OPTIONS] ID [TARGET...]",
	.about =
		"Of an advisory: what the feeds say; with a TARGET as gabion scan has it, why it matches or not.\n\n"
		"Of a rule (its id, or its name in another tool): what it asks; with TARGETs as gabion audit has them, "
		"the state of every object and the values of the conditions. Waivers are not read.\n\n"
		"Exit codes: 0 explained, 2 usage or target, 3 not everything could be read, 5 nothing to judge.",
	.examples = examples,
	.groups = groups,
	.own_size = sizeof(struct explain_own),
	.args_min = 1,
	.args_max = SIZE_MAX,
	.flags = COMMAND_RULE,
	.run = run_explain,
};
