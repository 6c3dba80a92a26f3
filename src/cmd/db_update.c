/* gabion db update: from the public bucket, a mirror, or a signed bundle. */
#include "advisory/update.h"

#include <stdio.h>

#include "advisory/db.h"
#include "base/log.h"
#include "cmd/command.h"
#include "report/progress.h"

struct update_own {
	struct sv url, key, ca, kev_url, epss_url;
	struct sv_vec ecosystems, facts;
	bool allow_older;
};

#define OWN(field) offsetof(struct update_own, field)

static const struct option_row rows[] = {
	{"url", 0, "URL", OPTION_TEXT, OWN(url), NULL, NULL, NULL, OPTION_GUARDED,
	 "Where to take it from: the OSV bucket or a mirror of it; with --key a signed bundle, also a folder"},
	{"key", 0, "FILE", OPTION_TEXT, OWN(key), NULL, NULL, NULL, OPTION_GUARDED | OPTION_IS_FILE,
	 "The Ed25519 public key (PEM) that the bundle must be signed with"},
	{"ecosystem", 0, "NAME", OPTION_VALUES, OWN(ecosystems), NULL, NULL, NULL, 0,
	 "Only this ecosystem (Debian, npm, Go ...); may be given several times; without it those that are "
	 "installed, at first a usual set"},
	{"facts", 0, "FILE", OPTION_VALUES, OWN(facts), NULL, NULL, NULL,
	 OPTION_GUARDED | OPTION_IS_FILE,
	 "Tables of facts to put beside, such as data/debian-12.tsv"},
	{"kev-url", 0, "URL", OPTION_TEXT, OWN(kev_url), DB_KEV_URL, NULL, NULL, OPTION_GUARDED,
	 "CISA's known exploited vulnerabilities; empty: keep what is there"},
	{"epss-url", 0, "URL", OPTION_TEXT, OWN(epss_url), DB_EPSS_URL, NULL, NULL, OPTION_GUARDED,
	 "FIRST's exploit prediction scores; empty: keep what is there"},
	{"ca", 0, "FILE", OPTION_TEXT, OWN(ca), NULL, NULL, NULL, OPTION_GUARDED | OPTION_IS_FILE,
	 "Certificates (PEM) of servers that the system does not know"},
	{"allow-older", 0, NULL, OPTION_FLAG, OWN(allow_older), NULL, NULL, NULL, OPTION_GUARDED,
	 "Take a bundle that is older than the installed one"},
};

static const struct option_group update_options = {
	.title = "Update", .rows = rows, .n = ARRAY_LEN(rows), .own = true};

/* One line for each thing that is downloaded. */
struct show {
	enum progress_mode mode;
	bool running;
	char what[64];
	struct progress progress;
};

static void on_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct show *s = arg;

	if (!s->running || strncmp(s->what, what, sizeof s->what - 1) != 0) {
		if (s->running)
			progress_end(&s->progress);
		(void)snprintf(s->what, sizeof s->what, "%s", what);
		progress_begin(&s->progress, s->mode, sv_of(what), total, 0, "");
		s->running = true;
	}
	progress_update(&s->progress, done, 0);
}

static int run_update(struct invocation *in, struct err *err)
{
	const struct update_own *own = in->own;
	struct arena *a = &in->arena;
	struct show show = {.mode = progress_mode_of(in->options.progress, in->options.quiet)};
	struct db_updated done = {0};
	struct db_update_options o = {
		.dir = in->options.db.n ? arena_str(a, in->options.db) : db_default(a),
		.url = option_string(a, own->url),
		.key = option_string(a, own->key),
		.only = option_strings(a, &own->ecosystems),
		.only_n = own->ecosystems.n,
		.facts = option_strings(a, &own->facts),
		.facts_n = own->facts.n,
		.kev_url = option_string(a, own->kev_url),
		.epss_url = option_string(a, own->epss_url),
		.ca_file = option_string(a, own->ca),
		.allow_older = own->allow_older,
		.progress = on_progress,
		.progress_arg = &show,
	};
	int rc = db_update(&o, &done, err);

	if (show.running)
		progress_end(&show.progress);
	if (rc < 0)
		return rc;
	if (!in->options.quiet)
		(void)printf("%s: %zu changed, %zu unchanged, %llu bytes downloaded\n", o.dir,
			     done.changed, done.unchanged, (unsigned long long)done.bytes);
	return 0;
}

static const struct option_group *const groups[] = {&update_options, &database_options,
						    &budget_options, NULL};

static const char *const examples[] = {
	"gabion db update",
	"the usual ecosystems from the public OSV bucket",
	"gabion db update --ecosystem Debian --ecosystem npm",
	"only what this machine needs",
	"gabion db update --url https://mirror.example/gabion --key gabion.pub",
	"a signed bundle of your own",
	NULL,
};

const struct command cmd_db_update = {
	.name = "db update",
	.group = "Advisories",
	.summary = "get the advisories that changed",
	.usage = "[OPTIONS]",
	.about =
		"Downloads what changed, makes the new database beside the old one and exchanges them: a failure or a kill "
		"leaves the old one. Data from the public bucket is protected by TLS and recorded as not signed; a bundle "
		"made with `gabion db build --sign` is checked with the key that you pin.",
	.examples = examples,
	.groups = groups,
	.own_size = sizeof(struct update_own),
	.run = run_update,
};
