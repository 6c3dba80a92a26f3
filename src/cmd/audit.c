/* gabion audit: options, wiring, exit code. */
#include "audit/audit.h"

#include <unistd.h>

#include "base/log.h"
#include "cmd/finish.h"

struct audit_own {
	struct sv benchmark, kubernetes_version;
	bool fix;
};

#define OWN(field) offsetof(struct audit_own, field)

static const struct option_row audit_rows[] = {
	{"kubernetes-version", 0, "1.N", OPTION_TEXT, OWN(kubernetes_version), NULL, NULL, NULL, 0,
	 "The version of Kubernetes that the manifests are for; without it the newest known"},
};

static const struct option_group audit_options_group = {
	.title = "Audit", .rows = audit_rows, .n = ARRAY_LEN(audit_rows), .own = true};

static int check_version(struct sv v, struct err *err)
{
	struct sv minor = v, major = sv_cut(&minor, '.');
	uint64_t n;

	if (!v.n || (sv_is(major, "1") && sv_u64(minor, &n) && n < 1000))
		return 0;
	(void)err_set(err, ERR_USAGE, "--kubernetes-version: '%.*s' is no version like 1.29",
		      SV_ARG(v));
	return err_scope(err, SCOPE_USAGE);
}

static bool has_format(const struct outputs *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (sv_is(sv_of(o->p[i].format->name), name))
			return true;
	return false;
}

static bool table_to_terminal(const struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (sv_is(sv_of(o->p[i].format->name), "table") && !o->p[i].file.n)
			return isatty(STDOUT_FILENO);
	return false;
}

static int load_rules(struct invocation *in, struct rules *rules, struct err *err)
{
	int rc = rules_load_builtin(rules, err);

	if (rc == 0 && in->options.policy.n)
		rc = rules_load(rules, in->options.policy, err);
	return rc;
}

static void name_left_out(const struct report *r)
{
	for (size_t i = 0; i < r->left_out.n; i++)
		log_info("%.*s: not judged: %s", SV_ARG(r->left_out.p[i].path),
			 left_rows[r->left_out.p[i].why].one);
}

static int audit(struct invocation *in, struct rules *rules, struct audit_options *o,
		 struct err *err)
{
	auto_done(outputs_done) struct outputs outputs = {0};
	auto_done(judge_done) struct judge judge = {0};
	auto_done(report_done) struct report r;

	report_init(&r, &in->arena, in->command->name);
	r.config_used = in->config_used;
	r.config_path = in->config_path;
	int rc = finish_prepare(in, "table", &judge, &outputs, err);
	if (rc == 0)
		rc = load_rules(in, rules, err);
	if (rc < 0)
		return rc;
	o->patches = has_format(&outputs, "json");
	o->snippets = table_to_terminal(&outputs);
	rc = audit_run(&r, &in->args, o, err);
	if (rc < 0)
		return rc;
	name_left_out(&r);
	return finish_report(in, &judge, &outputs, &r, err);
}

static int run_audit(struct invocation *in, struct err *err)
{
	const struct audit_own *own = in->own;
	struct options *opt = &in->options;
	auto_done(rules_done) struct rules rules;
	/* rules are chosen before they are asked: the judge has nothing to choose */
	struct sv_vec only = opt->judge.only, skip = opt->judge.skip;
	struct audit_options o = {
		.jobs = (unsigned)opt->jobs,
		.memory = opt->max_memory,
		.timeout = (int64_t)opt->timeout,
		.exclude = opt->judge.exclude,
		.rules = &rules,
		.only = &only,
		.skip = &skip,
		.kubernetes_version = own->kubernetes_version,
		.all = opt->judge.all,
		.strict = opt->judge.strict,
	};

	int rc = check_version(own->kubernetes_version, err);
	rules_init(&rules);
	opt->judge.only = opt->judge.skip = (struct sv_vec){0};
	if (rc == 0)
		rc = audit(in, &rules, &o, err);
	opt->judge.only = only;
	opt->judge.skip = skip;
	return rc;
}

static const struct option_group *const audit_groups[] = {
	&output_options, &judge_options, &audit_options_group, &budget_options, NULL};

static const char *const audit_examples[] = {
	"gabion audit deploy/",
	"all manifests of a folder",
	"helm template . | gabion audit -",
	"what a chart renders to; kustomize build works the same",
	"gabion audit --fail-on high -o table -o sarif=audit.sarif deploy/",
	"a table to read and SARIF for the code host",
	"kubectl get deploy,sts,ds -A -o yaml | gabion audit -",
	"what runs in a cluster",
	NULL,
};

static const char *const audit_defaults[] = {"fail-on", "medium", NULL};

const struct command cmd_audit = {
	.name = "audit",
	.group = "Configuration",
	.summary = "what is wrong in Kubernetes manifests, and how to put it right",
	.usage = "[OPTIONS] TARGET...",
	.about =
		"Judges Kubernetes manifests by rules: files, folders, and - for standard input (YAML of several "
		"documents or JSON, as kubectl, helm and kustomize print it). In a folder all files called .yaml, "
		".yml and .json are read; what is no Kubernetes object is left out, and the report says so.\n\n"
		"Rules over a whole set of objects (a Service that selects nothing) are asked of folders and of "
		"standard input; of single files they are not observed.\n\n"
		"Exit codes: 0 nothing at the threshold (--fail-on, by default medium), 1 findings at the "
		"threshold, 2 usage or target, 3 incomplete (a document that cannot be read), 5 nothing to judge.",
	.examples = audit_examples,
	.groups = audit_groups,
	.defaults = audit_defaults,
	.own_size = sizeof(struct audit_own),
	.args_min = 1,
	.args_max = SIZE_MAX,
	.run = run_audit,
};
