/* gabion version: the program and what it knows. */
#include "cmd/command.h"

#include "advisory/db.h"
#include "cmd/rules.h"
#include "fmt/json-out.h"

/* The feeds of the database that scans would use; none when there is no database. */
static void read_feeds(struct invocation *in, struct report *r)
{
	const char *option = in->options.db.n ? arena_str(&in->arena, in->options.db) : NULL;
	const char *dir;
	struct db *db;
	struct err err;

	if (db_find(&in->arena, option, &dir, &err) < 0 || db_open(dir, &db, &err) < 0)
		return;
	/* a damaged database is the business of `gabion db verify` */
	(void)!db_describe(db, r, &err);
	db_close(db);
}

static void put_feeds(struct json_out *w, const struct report *r)
{
	json_out_key(w, "feeds");
	json_out_array(w);
	for (size_t i = 0; i < r->feeds.n; i++) {
		const struct feed *f = &r->feeds.p[i];
		json_out_object(w);
		json_out_kv(w, "ecosystem", f->ecosystem);
		json_out_kv_opt(w, "source", f->source);
		json_out_kv_opt(w, "date", f->date);
		json_out_key(w, "records");
		json_out_u64(w, f->records);
		json_out_end(w);
	}
	json_out_end(w);
}

static int put_packs(struct invocation *in, struct json_out *w, struct err *err)
{
	auto_done(rules_done) struct rules r;

	rules_init(&r);
	int rc = rules_open(in, &r, err);
	json_out_key(w, "packs");
	json_out_array(w);
	for (size_t i = 0; rc == 0 && i < r.packs.n; i++) {
		json_out_object(w);
		json_out_kv(w, "name", r.packs.p[i].name);
		json_out_kv_opt(w, "version", r.packs.p[i].version);
		json_out_kv(w, "file", r.packs.p[i].file);
		json_out_key(w, "rules");
		json_out_u64(w, r.packs.p[i].rules);
		json_out_end(w);
	}
	json_out_end(w);
	return rc;
}

static int print_json(struct invocation *in, struct err *err)
{
	auto_done(report_done) struct report r;
	struct json_out w;

	report_init(&r, &in->arena, "version");
	read_feeds(in, &r);
	json_out_init(&w, stdout, NULL, 2);
	json_out_object(&w);
	json_out_kv(&w, "schema", SV("gabion.version/1"));
	json_out_kv(&w, "version", SV(GABION_VERSION));
	int rc = put_packs(in, &w, err);
	put_feeds(&w, &r);
	json_out_end(&w);
	return rc ? rc : json_out_done(&w, err);
}

static int run_version(struct invocation *in, struct err *err)
{
	struct sv format =
		in->options.output.n ? in->options.output.p[in->options.output.n - 1] : SV("table");

	if (sv_is(format, "table")) {
		(void)puts("gabion " GABION_VERSION);
		return 0;
	}
	if (sv_is(format, "json"))
		return print_json(in, err);
	(void)err_set(err, ERR_USAGE, "version prints table or json, not '%.*s'", SV_ARG(format));
	return err_hint(err, "gabion version -o json");
}

static const struct option_group *const version_groups[] = {&record_options, &policy_options,
							    &database_options, NULL};
static const char *const version_examples[] = {
	"gabion version",
	"one line",
	"gabion version -o json",
	"for scripts: program, rule packs, feeds with their dates",
	NULL,
};

const struct command cmd_version = {
	.name = "version",
	.group = "About gabion",
	.summary = "show the version",
	.usage = "[-o json]",
	.examples = version_examples,
	.groups = version_groups,
	.run = run_version,
};
