/* gabion db status, verify, search, compare: looking at the advisories. */
#include <stdio.h>

#include "advisory/bundle.h"
#include "advisory/db.h"
#include "advisory/version.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/records.h"
#include "fmt/json-out.h"

static int open_db(struct invocation *in, struct db **db, const char **dir, struct err *err)
{
	int rc = db_find(&in->arena, option_string(&in->arena, in->options.db), dir, err);

	return rc < 0 ? rc : db_open(*dir, db, err);
}

static void status_json(const char *dir, const struct report *r, struct json_out *w)
{
	json_out_object(w);
	json_out_kv(w, "schema", SV("gabion.db-status/1"));
	json_out_kv(w, "path", sv_of(dir));
	json_out_key(w, "feeds");
	json_out_array(w);
	for (size_t i = 0; i < r->feeds.n; i++) {
		const struct feed *f = &r->feeds.p[i];
		json_out_object(w);
		json_out_kv(w, "ecosystem", f->ecosystem);
		json_out_key(w, "releases");
		json_out_array(w);
		for (size_t k = 0; k < f->releases.n; k++)
			json_out_str(w, f->releases.p[k]);
		json_out_end(w);
		json_out_key(w, "records");
		json_out_u64(w, f->records);
		json_out_kv_opt(w, "date", f->date);
		json_out_kv_opt(w, "sha256", f->sha256);
		json_out_kv_opt(w, "source", f->source);
		json_out_key(w, "signed");
		json_out_bool(w, f->is_signed);
		json_out_key(w, "bundled");
		json_out_bool(w, f->bundled);
		json_out_end(w);
	}
	json_out_end(w);
	json_out_key(w, "age_days");
	if (r->db_age_days < 0)
		json_out_null(w);
	else
		json_out_i64(w, r->db_age_days);
	json_out_end(w);
}

static void status_table(const char *dir, const struct report *r)
{
	(void)printf("%s\n", dir);
	(void)printf("  %-14s %9s  %-10s  %s\n", "ECOSYSTEM", "RECORDS", "DATE", "SOURCE");
	for (size_t i = 0; i < r->feeds.n; i++) {
		const struct feed *f = &r->feeds.p[i];
		auto_done(buf_done) struct buf name = {0}, date = {0}, source = {0};
		text_escape(&name, f->ecosystem);
		text_escape(&date, sv_head(f->date, 10));
		text_escape(&source, f->source);
		(void)printf("  %-14s %9llu  %-10s  %s (%s%s)\n", buf_cstr(&name),
			     (unsigned long long)f->records, buf_cstr(&date), buf_cstr(&source),
			     f->is_signed ? "signed" : "not signed",
			     f->bundled ? ", came with the program" : "");
	}
	if (r->db_age_days >= 0)
		(void)printf("  oldest: %lld days\n", (long long)r->db_age_days);
}

static int run_status(struct invocation *in, struct err *err)
{
	auto_done(report_done) struct report r;
	struct json_out w;
	struct db *db = NULL;
	const char *dir;
	bool json;

	report_init(&r, &in->arena, "db status");
	int rc = wants_json(in, &json, err);
	if (rc == 0)
		rc = open_db(in, &db, &dir, err);
	if (rc == 0)
		rc = db_describe(db, &r, err);
	db_close(db);
	if (rc < 0)
		return rc;
	if (!json) {
		status_table(dir, &r);
		return 0;
	}
	json_out_init(&w, stdout, NULL, 2);
	status_json(dir, &r, &w);
	return json_out_done(&w, err);
}

struct verify_own {
	struct sv key;
};

static const struct option_row verify_rows[] = {
	{"key", 0, "FILE", OPTION_TEXT, offsetof(struct verify_own, key), NULL, NULL, NULL,
	 OPTION_GUARDED | OPTION_IS_FILE,
	 "The Ed25519 public key (PEM) that the bundle must be signed with"},
};

static const struct option_group verify_options = {
	.title = "Verify", .rows = verify_rows, .n = ARRAY_LEN(verify_rows), .own = true};

static int run_verify(struct invocation *in, struct err *err)
{
	const struct verify_own *own = in->own;
	struct db *db = NULL;
	const char *dir;
	int rc = open_db(in, &db, &dir, err);

	if (rc == 0)
		rc = db_check(db, err);
	db_close(db);
	if (rc == 0 && own->key.n)
		rc = bundle_verify(dir, arena_str(&in->arena, own->key), err);
	if (rc < 0)
		return rc;
	(void)printf("%s: every page is sound%s\n", dir,
		     own->key.n ? ", the signature and every digest hold" : "");
	return 0;
}

static int run_search(struct invocation *in, struct err *err)
{
	const char *dir = NULL;
	bool json;
	int rc = wants_json(in, &json, err);

	if (rc == 0)
		rc = db_find(&in->arena, option_string(&in->arena, in->options.db), &dir, err);
	return rc < 0 ? rc : records_print(dir, in->args.p[0], json, err);
}

static int run_compare(struct invocation *in, struct err *err)
{
	const struct version_scheme *s = version_scheme_find(in->args.p[0]);
	size_t bad = 0;

	if (!s) {
		auto_done(buf_done) struct buf names = {0};
		for (size_t i = 0; i < version_schemes_n; i++)
			buf_fmt(&names, "%s%s", i ? " " : "", version_schemes[i].name);
		(void)err_set(err, ERR_USAGE, "no version scheme is named '%.*s'",
			      SV_ARG(in->args.p[0]));
		return err_hint(err, "there are: %s", buf_cstr(&names));
	}
	int rc = version_compare_lines(s, stdin, stdout, &bad, err);
	return rc < 0 ? rc : bad > 0;
}

static const struct option_group *const show_groups[] = {&record_options, &database_options, NULL};
static const struct option_group *const verify_groups[] = {&verify_options, &database_options,
							   NULL};
static const struct option_group *const no_groups[] = {NULL};

static const char *const status_examples[] = {"gabion db status", "which feeds, how old", NULL};
static const char *const verify_examples[] = {"gabion db verify --key gabion.pub",
					      "the files, and the signature of the bundle", NULL};
static const char *const search_examples[] = {"gabion db search openssl",
					      "all records of a package",
					      "gabion db search CVE-2024-3094",
					      "all packages of a flaw",
					      "gabion db search pkg:npm/lodash",
					      "one package of one ecosystem",
					      NULL};
static const char *const compare_examples[] = {"echo '1.0~rc1 < 1.0' | gabion db compare deb",
					       "does the order hold?", NULL};

const struct command cmd_db_status = {
	.name = "db status",
	.group = "Advisories",
	.summary = "which advisories there are, and how old they are",
	.usage = "[OPTIONS]",
	.examples = status_examples,
	.groups = show_groups,
	.run = run_status,
};

const struct command cmd_db_verify = {
	.name = "db verify",
	.group = "Advisories",
	.summary = "check the database's files and its signature",
	.usage = "[OPTIONS]",
	.examples = verify_examples,
	.groups = verify_groups,
	.own_size = sizeof(struct verify_own),
	.run = run_verify,
};

const struct command cmd_db_search = {
	.name = "db search",
	.group = "Advisories",
	.summary = "records of a package, id or package URL, with their ranges",
	.usage = "[OPTIONS] NAME|ID|PURL",
	.examples = search_examples,
	.groups = show_groups,
	.args_min = 1,
	.args_max = 1,
	.run = run_search,
};

const struct command cmd_db_compare = {
	.name = "db compare",
	.group = "Advisories",
	.summary = "check lines 'A < B' of versions under a scheme",
	.usage = "SCHEME < LINES",
	.about =
		"Reads lines `A < B`, `A = B`, `A > B` from standard input and prints those that do not hold with the order "
		"found. Exit 0 when all hold, else 1.",
	.examples = compare_examples,
	.groups = no_groups,
	.args_min = 1,
	.args_max = 1,
	.run = run_compare,
};
