/* gabion audit: options, wiring, exit code. */
#include "audit/audit.h"

#include <unistd.h>

#include "audit/put-right.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/audit_advisories.h"
#include "cmd/audit_images.h"
#include "cmd/finish.h"
#include "cmd/rules.h"
#include "rule/kubernetes.h"
#include "sys/file.h"

struct audit_own {
	struct sv platform, ca;
	struct sv_vec insecure;
	struct sv benchmark, kubernetes_version, host, context, root;
	struct sv_vec commands;
	bool fix, diff, layers;
};

#define OWN(field) offsetof(struct audit_own, field)

static const struct option_row audit_rows[] = {
	{"benchmark", 0, "NAME[@1.N]", OPTION_TEXT, OWN(benchmark), NULL, NULL, NULL,
	 OPTION_IS_BENCHMARK,
	 "Judge by a published list: pss-baseline, pss-restricted, cis-kubernetes-1.12, cis-docker-1.6; its entries are shown with "
	 "their states, also what a person must look at"},
	{"kubernetes-version", 0, "1.N", OPTION_TEXT, OWN(kubernetes_version), NULL, NULL, NULL, 0,
	 "The version of Kubernetes that the manifests are for; without it the newest known"},
	{"command", 0, "LINE", OPTION_VALUES, OWN(commands), NULL, NULL, NULL, OPTION_LINE_ONLY,
	 "Judge a command line of docker or podman (run, create) before it runs: --command 'docker run ...'"},
	{"host", 0, "ADDRESS", OPTION_TEXT, OWN(host), NULL, NULL, NULL, OPTION_GUARDED,
	 "The engine that docker or podman stands for: unix:///path/to/socket, tcp://host:port; without it what "
	 "their own command lines would use (DOCKER_HOST, contexts, CONTAINER_HOST)"},
	{"context", 0, "NAME", OPTION_TEXT, OWN(context), NULL, NULL, NULL, OPTION_GUARDED,
	 "The engine of this context of docker's configuration"},
	{"root", 0, "DIR", OPTION_TEXT, OWN(root), NULL, NULL, NULL,
	 OPTION_GUARDED | OPTION_IS_FILE,
	 "Where the host's root directory is mounted, when gabion runs in a container"},
	{"layers", 0, NULL, OPTION_FLAG, OWN(layers), NULL, NULL, NULL, 0,
	 "Of docker and podman: read the layers of the images in use too (secrets, setuid programs, accounts); without "
	 "it images are judged as the engine describes them"},
	{"platform", 0, "OS/ARCH", OPTION_TEXT, OWN(platform), NULL, NULL, NULL, 0,
	 "Which platform of a multi-platform image; without it the host's, or the only one there is"},
	{"ca", 0, "FILE", OPTION_TEXT, OWN(ca), NULL, NULL, NULL, OPTION_GUARDED | OPTION_IS_FILE,
	 "Certificates (PEM) of registries that the system does not know"},
	{"insecure", 0, "HOST", OPTION_LIST, OWN(insecure), NULL, NULL, NULL, OPTION_GUARDED,
	 "Do not check the certificate of this registry (host or host:port)"},
	{"fix", 0, NULL, OPTION_FLAG, OWN(fix), NULL, NULL, NULL, OPTION_LINE_ONLY,
	 "Write safe patches into the files, comments and layout kept; of standard input the new text goes to "
	 "standard output"},
	{"diff", 0, NULL, OPTION_FLAG, OWN(diff), NULL, NULL, NULL, OPTION_LINE_ONLY,
	 "Show what --fix would write as a unified diff on standard output, and write nothing"},
};

static const struct option_group audit_options_group = {
	.title = "Audit", .rows = audit_rows, .n = ARRAY_LEN(audit_rows), .own = true};

static bool has_format(const struct outputs *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (sv_is(sv_of(o->p[i].format->name), name))
			return true;
	return false;
}

static void name_left_out(const struct report *r)
{
	for (size_t i = 0; i < r->left_out.n; i++)
		log_info("%.*s: not judged: %s", SV_ARG(r->left_out.p[i].path),
			 left_rows[r->left_out.p[i].why].one);
}

/* What a run has in its hands. */
struct run {
	struct invocation *in;
	const struct audit_own *own;
	struct audit_options o;
	struct audit_images images;
	struct audit_advisories advisories;
	struct outputs outputs;
	struct judge judge;
	struct buf input, diff;
};

static void begin_report(struct run *run, struct report *r)
{
	report_init(r, &run->in->arena, run->in->command->name);
	r->config_used = run->in->config_used;
	r->config_path = run->in->config_path;
}

static bool reads_input(const struct invocation *in)
{
	for (size_t i = 0; i < in->args.n; i++)
		if (sv_is(in->args.p[i], "-"))
			return true;
	return false;
}

/* Standard output is taken: by a diff, or by standard input's new text. */
static int clear_output(struct run *run, struct err *err)
{
	bool explicit = run->in->options.output.n > 0;
	size_t kept = 0;

	if (!run->own->diff && !(run->own->fix && reads_input(run->in)))
		return 0;
	for (size_t i = 0; i < run->outputs.n; i++) {
		if (run->outputs.p[i].file.n && !sv_is(run->outputs.p[i].file, "-")) {
			run->outputs.p[kept++] = run->outputs.p[i];
			continue;
		}
		if (!explicit)
			continue;
		(void)err_set(err, ERR_USAGE, "%s writes to standard output, the report cannot",
			      run->own->diff ? "--diff" : "--fix of standard input");
		(void)err_hint(err, "give the report a file: -o table=report.txt");
		return err_scope(err, SCOPE_USAGE);
	}
	run->outputs.n = kept;
	return 0;
}

static void move_errors(struct report *from, struct report *to)
{
	for (size_t i = 0; i < from->errors.n; i++) {
		struct report_error *e = &from->errors.p[i];
		if (!sv_is(e->code, "not-fixed") && e->scope != SCOPE_OUTPUT)
			continue;
		*VEC_PUSH(&to->errors) = *e;
		to->errors.p[to->errors.n - 1].subject = INDEX_NONE;
		to->complete &= e->weight != WEIGHT_FATAL;
	}
}

/* What was put right may uncover more: again, but not for ever. */
static int put_right(struct run *run, struct report *last, struct err *err)
{
	uint64_t fixed = 0;

	for (unsigned turn = 0; turn < 4; turn++) {
		auto_done(report_done) struct report r;
		begin_report(run, &r);
		int rc = audit_run(&r, &run->in->args, &run->o, err);
		if (rc < 0)
			return rc;
		judge_apply(&run->judge, &r);
		int64_t n = audit_fix(&r, &run->o, run->own->diff ? &run->diff : NULL, err);
		if (n < 0)
			return (int)n;
		fixed += (uint64_t)n;
		if (n > 0 && !run->own->diff)
			continue;
		move_errors(&r, last);
		break;
	}
	last->summary.fixed = run->own->diff ? 0 : fixed;
	return 0;
}

/* Diffs and manifests have the bytes of their files; a terminal gets them escaped. */
static int write_text(struct sv text, struct err *err)
{
	auto_done(buf_done) struct buf safe = {0};
	struct sv line;

	if (isatty(STDOUT_FILENO)) {
		while (sv_line(&text, &line)) {
			text_escape(&safe, line);
			buf_char(&safe, '\n');
		}
		text = buf_view(&safe);
	}
	return file_write_all(STDOUT_FILENO, text, err) < 0 ? err_scope(err, SCOPE_OUTPUT) : 0;
}

static int judge_all(struct run *run, struct report *r, struct err *err)
{
	bool change = run->own->fix || run->own->diff;
	int rc = change ? put_right(run, r, err) : 0;

	if (rc == 0)
		rc = audit_run(r, &run->in->args, &run->o, err);
	if (rc == 0 && run->own->diff)
		rc = write_text(buf_view(&run->diff), err);
	else if (rc == 0 && run->own->fix && reads_input(run->in))
		rc = write_text(buf_view(&run->input), err);
	return rc;
}

static int check_targets(const struct run *run, struct err *err)
{
	if (run->in->args.n || run->own->commands.n)
		return 0;
	(void)err_set(err, ERR_USAGE, "audit needs TARGET...");
	return err_hint(err, "for example: gabion audit docker; more: gabion audit --help");
}

static int audit(struct run *run, struct rules *rules, struct err *err)
{
	auto_done(report_done) struct report r;

	begin_report(run, &r);
	int rc = check_targets(run, err);
	if (rc == 0)
		rc = finish_prepare(run->in, "table", &run->judge, &run->outputs, err);
	if (rc == 0)
		rc = clear_output(run, err);
	if (rc == 0)
		rc = rules_open(run->in, rules, err);
	if (rc < 0)
		return rc;
	run->o.patches = has_format(&run->outputs, "json");
	run->o.snippets = finish_on_terminal(&run->outputs);
	rc = judge_all(run, &r, err);
	if (rc < 0)
		return rc;
	name_left_out(&r);
	return finish_report(run->in, &run->judge, &run->outputs, &r, err);
}

static void run_done(struct run *run)
{
	outputs_done(&run->outputs);
	judge_done(&run->judge);
	buf_done(&run->input);
	buf_done(&run->diff);
}

static void set_images(struct run *run)
{
	const struct options *opt = &run->in->options;
	const struct audit_own *own = run->own;

	run->images = (struct audit_images){
		.arena = &run->in->arena,
		.o = {.source = {.platform = own->platform,
				 .ca_file = own->ca,
				 .insecure = own->insecure.p,
				 .insecure_n = own->insecure.n,
				 .timeout_ns = (int64_t)opt->timeout * 1000000000},
		      .jobs = (unsigned)opt->jobs,
		      .memory = opt->max_memory,
		      .timeout = (int64_t)opt->timeout,
		      .cache = opt->cache.n ? opt->cache.p : NULL,
		      .exclude = opt->judge.exclude},
	};
}

static int run_audit(struct invocation *in, struct err *err)
{
	struct options *opt = &in->options;
	auto_done(rules_done) struct rules rules;
	/* rules are chosen before they are asked: the judge has nothing to choose */
	struct sv_vec only = opt->judge.only, skip = opt->judge.skip;
	auto_done(run_done) struct run run = {.in = in, .own = in->own};

	set_images(&run);
	run.advisories = (struct audit_advisories){.arena = &in->arena, .db = opt->db};
	run.o = (struct audit_options){
		.jobs = (unsigned)opt->jobs,
		.memory = opt->max_memory,
		.timeout = (int64_t)opt->timeout,
		.exclude = opt->judge.exclude,
		.rules = &rules,
		.only = &only,
		.skip = &skip,
		.benchmark = run.own->benchmark,
		.commands = run.own->commands,
		.images = audit_images_find,
		.images_arg = &run.images,
		.advisories = audit_advisories_ask,
		.advisories_arg = &run.advisories,
		.host = run.own->host,
		.context = run.own->context,
		.root = run.own->root,
		.layers = run.own->layers,
		.all = opt->judge.all,
		.strict = opt->judge.strict,
		.input = &run.input,
		.progress = progress_mode_of(opt->progress, opt->quiet),
	};
	int rc = kubernetes_minor(run.own->kubernetes_version, &run.o.minor, err);
	if (rc < 0)
		(void)err_ctx(err, "--kubernetes-version");
	rules_init(&rules);
	opt->judge.only = opt->judge.skip = (struct sv_vec){0};
	if (rc == 0)
		rc = audit(&run, &rules, err);
	opt->judge.only = only;
	opt->judge.skip = skip;
	return rc;
}

static const struct option_group *const audit_groups[] = {&output_options,      &judge_options,
							  &audit_options_group, &advisory_options,
							  &budget_options,      NULL};

static const char *const audit_examples[] = {
	"gabion audit docker",
	"the daemon, every container, the images in use",
	"gabion audit deploy/",
	"all manifests, compose files and Dockerfiles of a folder",
	"gabion audit --fix deploy/",
	"and put right what can be put right safely",
	"helm template . | gabion audit -",
	"what a chart renders to; kustomize build works the same",
	"gabion audit --fail-on high -o table -o sarif=audit.sarif deploy/",
	"a table to read and SARIF for the code host",
	"kubectl get deploy,sts,ds -A -o yaml | gabion audit -",
	"what runs in a cluster",
	"gabion audit --command 'docker run --privileged -v /:/host alpine'",
	"a command line before it runs",
	"gabion audit registry.example.com/app:1",
	"an image: its configuration and history, secrets and setuid programs in its layers",
	NULL,
};

static const char *const audit_defaults[] = {"fail-on", "medium", NULL};

const struct command cmd_audit = {
	.name = "audit",
	.group = "Configuration",
	.summary =
		"what is wrong in manifests, Dockerfiles, images, containers and engines, and how to put it right",
	.usage = "[OPTIONS] TARGET...",
	.about =
		"Judges by rules what a container may do, wherever that is written: Kubernetes manifests, compose files, "
		"Dockerfiles, images, create bodies and inspect documents, command lines (--command), and what runs "
		"here: docker, podman and containers are targets. Files, folders, and - for standard input (YAML of "
		"several documents or JSON, as kubectl, helm and kustomize print it). In a folder all files called "
		".yaml, .yml, .json, Dockerfile and Containerfile are read; what no rule is about is left out, and the "
		"report says so.\n\n"
		"docker asks the engine that docker's own client would ask (--host, --context, DOCKER_HOST, contexts) "
		"for its settings, every container and the images in use, and looks at what the kernel says of each "
		"container; podman does the same with Podman. An engine is only read: nothing is started or "
		"changed.\n\n"
		"Rules over a whole set of objects (a Service that selects nothing) are asked of folders and of "
		"standard input; of single files they are not observed.\n\n"
		"Exit codes: 0 nothing at the threshold (--fail-on, by default medium), 1 findings at the "
		"threshold, 2 usage or target, 3 incomplete (a document that cannot be read), 5 nothing to judge.",
	.examples = audit_examples,
	.groups = audit_groups,
	.defaults = audit_defaults,
	.own_size = sizeof(struct audit_own),
	.args_max = SIZE_MAX,
	.run = run_audit,
};
