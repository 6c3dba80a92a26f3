/* gabion db build: the advisory database from feeds that are already here. */
#include "advisory/build.h"

#include "advisory/db.h"
#include "base/log.h"
#include "cmd/command.h"

struct build_own {
	struct sv_vec facts, kev, epss, nvd, cve, ecosystems, changelogs;
	struct sv sign;
	bool bundled;
};

#define OWN(field) offsetof(struct build_own, field)

static const struct option_row rows[] = {
	{"kev", 0, "FILE", OPTION_VALUES, OWN(kev), NULL, NULL, NULL, OPTION_IS_FILE,
	 "CISA's catalog of known exploited vulnerabilities (JSON)"},
	{"epss", 0, "FILE", OPTION_VALUES, OWN(epss), NULL, NULL, NULL, OPTION_IS_FILE,
	 "FIRST's exploit prediction scores (CSV, also gzip)"},
	{"nvd", 0, "FILE", OPTION_VALUES, OWN(nvd), NULL, NULL, NULL, OPTION_IS_FILE,
	 "NVD 2.0 JSON, for severities; may be given several times"},
	{"cve", 0, "FILE", OPTION_VALUES, OWN(cve), NULL, NULL, NULL, OPTION_IS_FILE,
	 "CVE records 5.x (JSON, or a zip of them), for severities"},
	{"facts", 0, "FILE", OPTION_VALUES, OWN(facts), NULL, NULL, NULL, OPTION_IS_FILE,
	 "Facts of a distribution as a table, such as data/debian-12.tsv"},
	{"ecosystem", 0, "NAME", OPTION_VALUES, OWN(ecosystems), NULL, NULL, NULL, 0,
	 "Only this ecosystem; may be given several times"},
	{"sign", 0, "KEY", OPTION_TEXT, OWN(sign), NULL, NULL, NULL, OPTION_GUARDED | OPTION_IS_FILE,
	 "Sign the database as a bundle with this Ed25519 private key (PEM)"},
	{"bundled", 0, NULL, OPTION_FLAG, OWN(bundled), NULL, NULL, NULL, OPTION_HIDDEN,
	 "The database comes with the program: its age only warns"},
};

static const struct option_group build_options = {
	.title = "Feeds", .rows = rows, .n = ARRAY_LEN(rows), .own = true};

static void tell(void *arg, const char *what)
{
	(void)arg;
	log_info("%s", what);
}

static int run_build(struct invocation *in, struct err *err)
{
	const struct build_own *own = in->own;
	struct arena *a = &in->arena;
	struct db_built built = {0};
	struct db_build_options o = {
		.out = in->options.db.n ? in->options.db.p : db_default(a),
		.osv = option_strings(a, &in->args),
		.osv_n = in->args.n,
		.facts = option_strings(a, &own->facts),
		.facts_n = own->facts.n,
		.kev = option_strings(a, &own->kev),
		.kev_n = own->kev.n,
		.epss = option_strings(a, &own->epss),
		.epss_n = own->epss.n,
		.nvd = option_strings(a, &own->nvd),
		.nvd_n = own->nvd.n,
		.cve = option_strings(a, &own->cve),
		.cve_n = own->cve.n,
		.only = option_strings(a, &own->ecosystems),
		.only_n = own->ecosystems.n,
		.jobs = (unsigned)in->options.jobs,
		.bundled = own->bundled,
		.sign_key = own->sign.n ? arena_str(a, own->sign) : NULL,
		.progress = tell,
	};
	int rc = db_build(&o, &built, err);

	if (rc < 0)
		return rc;
	if (!in->options.quiet)
		(void)printf("%zu ecosystems, %llu records, %llu bytes in %s\n", built.ecosystems,
			     (unsigned long long)built.records, (unsigned long long)built.bytes, o.out);
	return 0;
}

static const struct option_group *const groups[] = {&build_options, &database_options, &budget_options, NULL};

static const char *const examples[] = {
	"gabion db build --db ./db ./osv", "from a mirror of the OSV bucket: ./osv/Debian/all.zip ...",
	"gabion db build --db ./db ./osv --kev kev.json --sign key.pem", "a signed bundle to serve to others",
	NULL,
};

const struct command cmd_db_build = {
	.name = "db build",
	.group = "Advisories",
	.summary = "make the advisory database from feeds",
	.usage = "[OPTIONS] [FOLDER...]",
	.about = "Each FOLDER has the layout of the public OSV bucket: ECOSYSTEM/all.zip, a zip of OSV records. The "
		 "database is made beside the old one (--db) and takes its place when it is whole.",
	.examples = examples,
	.groups = groups,
	.own_size = sizeof(struct build_own),
	.args_max = SIZE_MAX,
	.run = run_build,
};
