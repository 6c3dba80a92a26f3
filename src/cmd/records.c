#include "cmd/records.h"

#include "advisory/db.h"
#include "base/text.h"
#include "fmt/json-out.h"

int wants_json(const struct invocation *in, bool *json, struct err *err)
{
	const struct sv_vec *o = &in->options.output;
	struct sv last = o->n ? o->p[o->n - 1] : SV("table");

	*json = sv_is(last, "json");
	if (*json || sv_is(last, "table"))
		return 0;
	return err_set(err, ERR_USAGE, "%s prints table or json, not '%.*s'", in->command->name,
		       SV_ARG(last));
}

static void hit_json(struct json_out *w, const struct db_hit *h)
{
	json_out_object(w);
	json_out_kv(w, "ecosystem", h->ecosystem);
	json_out_kv_opt(w, "release", h->release);
	json_out_kv(w, "name", h->name);
	json_out_kv(w, "record", h->record);
	json_out_kv_opt(w, "flaws", h->flaws);
	json_out_kv_opt(w, "aliases", h->aliases);
	json_out_kv_opt(w, "summary", h->summary);
	json_out_kv_opt(w, "ranges", h->ranges);
	json_out_kv_opt(w, "scheme", sv_of(h->scheme));
	json_out_kv(w, "severity", sv_of(severity_name(h->severity)));
	json_out_kv_opt(w, "published", h->published);
	json_out_kv_opt(w, "modified", h->modified);
	json_out_end(w);
}

void field_print(const char *name, struct sv v)
{
	auto_done(buf_done) struct buf b = {0};

	if (!v.n)
		return;
	text_escape(&b, v);
	(void)printf("    %-9s %s\n", name, buf_cstr(&b));
}

static int on_hit(void *arg, const struct db_hit *h)
{
	struct json_out *json = arg; /* or NULL: a table */
	auto_done(buf_done) struct buf head = {0};

	if (json) {
		hit_json(json, h);
		return 0;
	}
	text_escape(&head, h->record);
	buf_str(&head, "  ");
	text_escape(&head, h->ecosystem);
	if (h->release.n)
		buf_char(&head, ':');
	text_escape(&head, h->release);
	buf_char(&head, ' ');
	text_escape(&head, h->name);
	(void)printf("%s\n", buf_cstr(&head));
	field_print("flaws", h->flaws);
	field_print("aliases", h->aliases);
	field_print("summary", h->summary);
	field_print("affected", h->ranges);
	return 0;
}

int records_print(const char *dir, struct sv query, bool json, struct err *err)
{
	struct json_out w;
	struct db *db = NULL;
	int rc = db_open(dir, &db, err);

	if (rc < 0)
		return rc;
	json_out_init(&w, stdout, NULL, 2);
	if (json)
		json_out_array(&w);
	rc = db_search(db, query, on_hit, json ? &w : NULL, err);
	db_close(db);
	if (json) {
		json_out_end(&w);
		int done = json_out_done(&w, err);
		return rc < 0 ? rc : done;
	}
	if (rc == 0)
		(void)printf("no feed in %s knows '%.*s'\n", dir, SV_ARG(query));
	return rc < 0 ? rc : 0;
}
