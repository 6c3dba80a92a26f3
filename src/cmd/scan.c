/* gabion scan and gabion sbom: options, wiring, exit code. */
#include "scan/scan.h"

#include "advisory/db.h"
#include "cmd/command.h"
#include "cmd/finish.h"
#include "report/progress.h"

struct scan_own {
	struct sv ca;
	struct sv_vec insecure;
	bool full;
};

#define OWN(field) offsetof(struct scan_own, field)

static const struct option_row source_rows[] = {
	{"ca", 0, "FILE", OPTION_TEXT, OWN(ca), NULL, NULL, NULL, OPTION_GUARDED | OPTION_IS_FILE,
	 "Certificates (PEM) of registries that the system does not know"},
	{"insecure", 0, "HOST", OPTION_LIST, OWN(insecure), NULL, NULL, NULL, OPTION_GUARDED,
	 "Do not check the certificate of this registry (host or host:port)"},
	{"full", 0, NULL, OPTION_FLAG, OWN(full), NULL, NULL, NULL, 0,
	 "Of a directory: follow into network mounts and container stores too"},
};

static const struct option_group source_options_group = {
	.title = "Sources", .rows = source_rows, .n = ARRAY_LEN(source_rows), .own = true};

static void set_options(const struct invocation *in, struct scan_options *o)
{
	const struct scan_own *own = in->own;
	const struct options *opt = &in->options;

	*o = (struct scan_options){
		.source = {.platform = opt->platform,
			   .ca_file = own->ca,
			   .insecure = own->insecure.p,
			   .insecure_n = own->insecure.n,
			   .timeout_ns = (int64_t)opt->timeout * 1000000000,
			   .full = own->full},
		.jobs = (unsigned)opt->jobs,
		.memory = opt->max_memory,
		.timeout = (int64_t)opt->timeout,
		.cache = opt->cache.n ? opt->cache.p : NULL,
		.base = opt->base,
		.exclude = opt->judge.exclude,
	};
}

/* A missing database is said, and the packages are listed all the same: exit 4. */
static void open_database(struct invocation *in, struct scan_options *o, struct report *r)
{
	const char *dir = NULL;
	struct db *db = NULL;
	struct err err;

	if (db_find(&in->arena, in->options.db.n ? in->options.db.p : NULL, &dir, &err) < 0 ||
	    db_open(dir, &db, &err) < 0) {
		(void)err_scope(&err, SCOPE_DATABASE);
		report_error_add(r, WEIGHT_FATAL, INDEX_NONE, &err);
		return;
	}
	db_close(db);
	o->db_dir = dir;
}

static void scan_one(struct report *r, struct sv target, const struct scan_options *o)
{
	bool os_uncovered = false;
	struct err err;

	if (scan_target(r, target, o, &os_uncovered, &err) < 0) {
		(void)err_where(&err, "%.*s", SV_ARG(sv_head(target, 255)));
		report_error_add(r, WEIGHT_FATAL, INDEX_NONE, &err);
	}
}

/* The watch that draws. */
struct watch {
	struct scan_watch w;
	enum progress_mode mode;
	struct progress progress;
};

static void watch_begin(struct scan_watch *w, struct sv what, uint64_t bytes, uint64_t layers)
{
	struct watch *me = (struct watch *)w;

	progress_begin(&me->progress, me->mode, what, bytes, layers, "layers");
}

static void watch_update(struct scan_watch *w, uint64_t bytes, uint64_t layers)
{
	progress_update(&((struct watch *)w)->progress, bytes, layers);
}

static void watch_end(struct scan_watch *w)
{
	progress_end(&((struct watch *)w)->progress);
}

static void scan_all(struct invocation *in, struct report *r, struct scan_options *o)
{
	struct watch watch = {.w = {watch_begin, watch_update, watch_end},
			      .mode = progress_mode_of(in->options.progress, in->options.quiet)};

	if (watch.mode != PROGRESS_OFF)
		o->watch = &watch.w;
	for (size_t i = 0; i < in->args.n; i++)
		scan_one(r, in->args.p[i], o);
	o->watch = NULL;
}

static int run(struct invocation *in, const char *format, bool with_database, struct err *err)
{
	auto_done(outputs_done) struct outputs outputs = {0};
	auto_done(judge_done) struct judge judge = {0};
	auto_done(report_done) struct report r;
	struct scan_options o;

	in->options.judge.needs_database = with_database;
	report_init(&r, &in->arena, in->command->name);
	r.config_used = in->config_used;
	r.config_path = in->config_path;
	int rc = finish_prepare(in, format, &judge, &outputs, err);
	if (rc < 0)
		return rc;
	set_options(in, &o);
	if (with_database)
		open_database(in, &o, &r);
	scan_all(in, &r, &o);
	return finish_report(in, &judge, &outputs, &r, err);
}

static int run_scan(struct invocation *in, struct err *err)
{
	return run(in, "table", true, err);
}

static int run_sbom(struct invocation *in, struct err *err)
{
	return run(in, "cyclonedx", false, err);
}

static const struct option_group *const scan_groups[] = {&output_options,
							 &judge_options,
							 &target_options,
							 &source_options_group,
							 &database_options,
							 &budget_options,
							 NULL};

static const char *const scan_examples[] = {
	"gabion scan debian:12",
	"an image, from the local engine or its registry",
	"gabion scan --fail-on high+fixable oci:./build:latest",
	"fail a build for what can be fixed",
	"gabion scan -o table -o sarif=scan.sarif image.tar",
	"a table to read and SARIF for the code host",
	"gabion scan /",
	"this host",
	"gabion scan 'pkg:deb/debian/openssl@3.0.9-1?distro=debian-12'",
	"is this version affected?",
	NULL,
};

const struct command cmd_scan = {
	.name = "scan",
	.group = "Images and hosts",
	.summary = "what is in an image, file system or host, and what of it is vulnerable",
	.usage = "[OPTIONS] TARGET...",
	.about =
		"Reads images (docker-archive:, oci:, oci-archive:, docker://, podman://, containers-storage:, "
		"registry://), containers (docker://, podman://, overlay:), file systems (dir:, a path, / for this "
		"host) and package URLs (pkg:), and matches what is in them against the advisory database.\n\n"
		"Without a scheme a target is a path that exists, else an image name, looked up in the local engines "
		"and then in the registry.\n\n"
		"Exit codes: 0 nothing at the threshold (--fail-on), 1 findings at the threshold, 2 usage or target, "
		"3 incomplete, 4 advisory data missing or too old, 5 nothing to judge.",
	.examples = scan_examples,
	.groups = scan_groups,
	.own_size = sizeof(struct scan_own),
	.args_min = 1,
	.args_max = SIZE_MAX,
	.run = run_scan,
};

static const struct option_group *const sbom_groups[] = {
	&output_options, &target_options, &source_options_group, &budget_options, NULL};

static const char *const sbom_examples[] = {
	"gabion sbom debian:12",
	"CycloneDX to standard output",
	"gabion sbom -o spdx=sbom.spdx.json -o cyclonedx=sbom.cdx.json oci:./build",
	"two formats into files",
	NULL,
};

const struct command cmd_sbom = {
	.name = "sbom",
	.group = "Images and hosts",
	.summary = "the software bill of materials of an image, file system or host",
	.usage = "[OPTIONS] TARGET...",
	.about =
		"Writes what `gabion scan` finds in a target, without advisories: CycloneDX (default), SPDX or JSON. "
		"The same input gives the same bytes (SOURCE_DATE_EPOCH sets the time).",
	.examples = sbom_examples,
	.groups = sbom_groups,
	.own_size = sizeof(struct scan_own),
	.args_min = 1,
	.args_max = SIZE_MAX,
	.run = run_sbom,
};
