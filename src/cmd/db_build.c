/* gabion db build: the advisory database from feeds that are already here. */
#include "advisory/build.h"

#include <stdio.h>
#include <unistd.h>

#include "advisory/changelog-root.h"
#include "advisory/db.h"
#include "base/log.h"
#include "cmd/command.h"
#include "sys/file.h"

struct build_own {
	struct sv_vec facts, kev, epss, nvd, cve, ecosystems;
	struct sv sign, changelogs, write_facts;
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
	{"changelogs", 0, "ROOT", OPTION_TEXT, OWN(changelogs), NULL, NULL, NULL, OPTION_IS_FILE,
	 "Make facts of Debian from the changelogs below ROOT/usr/share/doc: the first stable update that names a CVE "
	 "is taken for its fix"},
	{"write-facts", 0, "FILE", OPTION_TEXT, OWN(write_facts), NULL, NULL, NULL,
	 OPTION_GUARDED | OPTION_IS_FILE, "Write the facts of --changelogs into this file too"},
	{"ecosystem", 0, "NAME", OPTION_VALUES, OWN(ecosystems), NULL, NULL, NULL, 0,
	 "Only this ecosystem; may be given several times"},
	{"sign", 0, "KEY", OPTION_TEXT, OWN(sign), NULL, NULL, NULL,
	 OPTION_GUARDED | OPTION_IS_FILE,
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

/* Facts of changelogs go through a file, as every feed does: the name says which release it is of.
 */
struct facts_file {
	char dir[64];
	char path[160];
};

static int make_facts(const struct build_own *own, struct arena *a, struct facts_file *out,
		      struct err *err)
{
	struct changelog_root root = {{0}, 0, 0, {0}};
	int rc = changelog_root_read(arena_str(a, own->changelogs), &root, err);

	if (rc < 0)
		return rc;
	log_info("%zu facts from %zu changelogs of Debian %s", root.facts, root.changelogs,
		 root.release);
	(void)snprintf(out->dir, sizeof out->dir, "/tmp/gabion-facts-XXXXXX");
	if (!mkdtemp(out->dir)) {
		rc = err_sys(err, "cannot make a folder in /tmp");
	} else {
		(void)snprintf(out->path, sizeof out->path, "%s/debian-%s.tsv", out->dir,
			       root.release);
		rc = file_write_atomic(out->path, buf_view(&root.tsv), 0600, err);
	}
	if (rc == 0 && own->write_facts.n)
		rc = file_write_atomic(arena_str(a, own->write_facts), buf_view(&root.tsv), 0644,
				       err);
	buf_done(&root.tsv);
	return rc;
}

static void drop_facts(const struct facts_file *f)
{
	if (f->path[0])
		(void)unlink(f->path);
	if (f->dir[0])
		(void)rmdir(f->dir);
}

/* What is in it now, by its own word. */
static int tell_built(const char *dir, const struct db_built *built, struct arena *a,
		      struct err *err)
{
	auto_done(report_done) struct report r;
	struct db *db = NULL;
	uint64_t records = 0;

	report_init(&r, a, "db build");
	int rc = db_open(dir, &db, err);
	if (rc == 0)
		rc = db_describe(db, &r, err);
	db_close(db);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < r.feeds.n; i++)
		records += r.feeds.p[i].records;
	(void)printf("%s: %zu ecosystems, %llu records, %llu bytes\n", dir, built->ecosystems,
		     (unsigned long long)records, (unsigned long long)built->bytes);
	return 0;
}

static int run_build(struct invocation *in, struct err *err)
{
	struct build_own *own = in->own;
	struct arena *a = &in->arena;
	struct db_built built = {0};
	struct facts_file made = {{0}, {0}};
	int rc = own->changelogs.n ? make_facts(own, a, &made, err) : 0;

	if (rc < 0) {
		drop_facts(&made);
		return rc;
	}
	if (made.path[0])
		*VEC_PUSH(&own->facts) = sv_of(made.path);
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
	rc = db_build(&o, &built, err);
	drop_facts(&made);
	if (rc < 0)
		return rc;
	return in->options.quiet ? 0 : tell_built(o.out, &built, a, err);
}

static const struct option_group *const groups[] = {&build_options, &database_options,
						    &budget_options, NULL};

static const char *const examples[] = {
	"gabion db build --db ./db ./osv",
	"from a mirror of the OSV bucket: ./osv/Debian/all.zip ...",
	"gabion db build --db ./db --changelogs /",
	"without any feed: what this Debian's own changelogs say",
	"gabion db build --db ./db ./osv --kev kev.json --sign key.pem",
	"a signed bundle to serve to others",
	NULL,
};

const struct command cmd_db_build = {
	.name = "db build",
	.group = "Advisories",
	.summary = "make the advisory database from feeds",
	.usage = "[OPTIONS] [FOLDER...]",
	.about =
		"Each FOLDER has the layout of the public OSV bucket: ECOSYSTEM/all.zip, a zip of OSV records. The "
		"database is made beside the old one (--db) and takes its place when it is whole.",
	.examples = examples,
	.groups = groups,
	.own_size = sizeof(struct build_own),
	.args_max = SIZE_MAX,
	.run = run_build,
};
