/* The report of docs/contract.md, schema gabion.report/1. Every field is there; null where it says
 * nothing. */
#include "report/format.h"

#include "base/clock.h"
#include "fmt/json-out.h"
#include "fmt/json.h"

static void kv_tri(struct json_out *w, const char *key, enum tri v)
{
	json_out_key(w, key);
	if (v == TRI_UNKNOWN)
		json_out_null(w);
	else
		json_out_bool(w, v == TRI_TRUE);
}

static void kv_index(struct json_out *w, const char *key, size_t v)
{
	json_out_key(w, key);
	if (v == INDEX_NONE)
		json_out_null(w);
	else
		json_out_u64(w, v);
}

static void kv_u64(struct json_out *w, const char *key, uint64_t v)
{
	json_out_key(w, key);
	json_out_u64(w, v);
}

static void kv_bool(struct json_out *w, const char *key, bool v)
{
	json_out_key(w, key);
	json_out_bool(w, v);
}

static void kv_str(struct json_out *w, const char *key, const char *v)
{
	json_out_kv(w, key, sv_of(v));
}

static void kv_null(struct json_out *w, const char *key)
{
	json_out_key(w, key);
	json_out_null(w);
}

static void kv_list(struct json_out *w, const char *key, const struct sv *p, size_t n)
{
	json_out_key(w, key);
	json_out_array(w);
	for (size_t i = 0; i < n; i++)
		json_out_str(w, p[i]);
	json_out_end(w);
}

static void open_object(struct json_out *w, const char *key)
{
	json_out_key(w, key);
	json_out_object(w);
}

static void open_array(struct json_out *w, const char *key)
{
	json_out_key(w, key);
	json_out_array(w);
}

static void put_os(struct json_out *w, const struct subject *s)
{
	if (!s->has_os) {
		kv_null(w, "os");
		return;
	}
	open_object(w, "os");
	json_out_kv_opt(w, "id", s->os.id);
	json_out_kv_opt(w, "version", s->os.version);
	json_out_kv_opt(w, "name", s->os.name);
	json_out_kv_opt(w, "eol", s->os.eol);
	json_out_end(w);
}

static void put_layers(struct json_out *w, const struct subject *s)
{
	open_array(w, "layers");
	for (size_t i = 0; i < s->layers.n; i++) {
		const struct layer *l = &s->layers.p[i];
		json_out_object(w);
		kv_u64(w, "index", i);
		json_out_kv_opt(w, "digest", l->digest);
		json_out_kv_opt(w, "diff_id", l->diff_id);
		kv_u64(w, "size", l->size);
		json_out_kv_opt(w, "instruction", l->instruction);
		kv_tri(w, "from_base", l->from_base);
		json_out_end(w);
	}
	json_out_end(w);
}

static void put_subject(struct json_out *w, const struct subject *s)
{
	json_out_object(w);
	json_out_kv(w, "id", s->id);
	json_out_kv(w, "kind", s->kind);
	json_out_kv(w, "name", s->name);
	json_out_kv_opt(w, "scheme", s->scheme);
	json_out_kv_opt(w, "digest", s->digest);
	json_out_kv_opt(w, "platform", s->platform);
	put_os(w, s);
	put_layers(w, s);
	if (!s->base_how.n) {
		kv_null(w, "base");
	} else {
		open_object(w, "base");
		json_out_kv_opt(w, "name", s->base_name);
		json_out_kv_opt(w, "digest", s->base_digest);
		json_out_kv(w, "how", s->base_how);
		json_out_end(w);
	}
	json_out_kv_opt(w, "isolation", s->isolation);
	json_out_end(w);
}

static struct sv subject_id(const struct report *r, size_t i)
{
	return i < r->subjects.n ? r->subjects.p[i].id : (struct sv){0};
}

static struct sv package_id(const struct report *r, size_t i)
{
	return i < r->packages.n ? r->packages.p[i].id : (struct sv){0};
}

static void put_package(struct json_out *w, const struct report *r, const struct package *p)
{
	json_out_object(w);
	json_out_kv(w, "id", p->id);
	json_out_kv_opt(w, "subject", subject_id(r, p->subject));
	json_out_kv_opt(w, "purl", p->purl);
	kv_str(w, "type", pkg_types[p->type].purl);
	json_out_kv(w, "name", p->name);
	json_out_kv_opt(w, "version", p->version);
	json_out_kv_opt(w, "arch", p->arch);
	open_object(w, "source_package");
	json_out_kv(w, "name", p->source_name.n ? p->source_name : p->name);
	json_out_kv_opt(w, "version", p->source_version.n ? p->source_version : p->version);
	json_out_end(w);
	kv_list(w, "licenses", p->licenses.p, p->licenses.n);
	open_array(w, "locations");
	for (size_t i = 0; i < p->locations.n; i++) {
		json_out_object(w);
		json_out_kv(w, "path", p->locations.p[i].path);
		kv_index(w, "layer", p->locations.p[i].layer);
		kv_tri(w, "from_base", p->locations.p[i].from_base);
		json_out_key(w, "line");
		if (p->locations.p[i].line)
			json_out_u64(w, p->locations.p[i].line);
		else
			json_out_null(w);
		json_out_end(w);
	}
	json_out_end(w);
	kv_index(w, "layer", p->layer);
	kv_tri(w, "from_base", p->from_base);
	json_out_kv_opt(w, "owner", package_id(r, p->owner));
	kv_bool(w, "dev", p->dev);
	json_out_end(w);
}

static void put_rule(struct json_out *w, const struct rule_text *t)
{
	json_out_key_sv(w, t->id);
	json_out_object(w);
	json_out_kv_opt(w, "title", t->title);
	json_out_kv_opt(w, "why", t->why);
	kv_str(w, "severity", severity_name(t->severity));
	json_out_kv_opt(w, "remedy", t->remedy);
	open_array(w, "references");
	for (size_t i = 0; i < t->references.n; i++) {
		json_out_object(w);
		if (t->references.p[i].url.n) {
			json_out_kv(w, "url", t->references.p[i].url);
		} else {
			json_out_kv(w, "scheme", t->references.p[i].scheme);
			json_out_kv(w, "id", t->references.p[i].id);
		}
		json_out_end(w);
	}
	json_out_end(w);
	kv_list(w, "aliases", t->aliases.p, t->aliases.n);
	json_out_end(w);
}

static void put_number_or_null(struct json_out *w, const char *key, uint32_t v)
{
	if (v)
		kv_u64(w, key, v);
	else
		kv_null(w, key);
}

static void put_evidence(struct json_out *w, const struct evidence *e)
{
	json_out_object(w);
	json_out_kv_opt(w, "path", e->path);
	json_out_kv_opt(w, "value", e->value);
	json_out_kv_opt(w, "file", e->file);
	put_number_or_null(w, "line", e->line);
	put_number_or_null(w, "column", e->column);
	put_number_or_null(w, "end_line", e->end_line);
	put_number_or_null(w, "end_column", e->end_column);
	kv_index(w, "layer", e->layer);
	json_out_end(w);
}

static void put_scores(struct json_out *w, const struct vulnerability *v)
{
	if (v->has_cvss) {
		open_object(w, "cvss");
		json_out_kv_opt(w, "source", v->cvss.source);
		json_out_kv_opt(w, "version", v->cvss.version);
		json_out_kv_opt(w, "vector", v->cvss.vector);
		json_out_key(w, "score");
		json_out_f64(w, v->cvss.score);
		json_out_end(w);
	} else {
		kv_null(w, "cvss");
	}
	if (v->has_epss) {
		open_object(w, "epss");
		json_out_key(w, "score");
		json_out_f64(w, v->epss_score);
		json_out_key(w, "percentile");
		json_out_f64(w, v->epss_percentile);
		json_out_kv_opt(w, "date", v->epss_date);
		json_out_end(w);
	} else {
		kv_null(w, "epss");
	}
	if (v->has_kev) {
		open_object(w, "kev");
		json_out_kv_opt(w, "added", v->kev_added);
		json_out_kv_opt(w, "due", v->kev_due);
		kv_bool(w, "ransomware", v->kev_ransomware);
		json_out_end(w);
	} else {
		kv_null(w, "kev");
	}
}

static void put_vulnerability(struct json_out *w, const struct report *r,
			      const struct vulnerability *v)
{
	const struct package *p = v->package < r->packages.n ? &r->packages.p[v->package] : NULL;
	struct sv none = {0};

	kv_list(w, "aliases", v->aliases.p, v->aliases.n);
	json_out_kv_opt(w, "package", p ? p->id : none);
	json_out_kv_opt(w, "purl", p ? p->purl : none);
	json_out_kv_opt(w, "name", p ? p->name : none);
	json_out_kv_opt(w, "installed", p ? p->version : none);
	open_object(w, "fix");
	kv_str(w, "state", fix_state_name(v->fix_state));
	kv_list(w, "versions", v->fix_versions.p, v->fix_versions.n);
	json_out_kv_opt(w, "date", v->fix_date);
	json_out_end(w);
	put_scores(w, v);
	kv_list(w, "cwes", v->cwes.p, v->cwes.n);
	json_out_kv_opt(w, "published", v->published);
	json_out_kv_opt(w, "modified", v->modified);
	open_object(w, "record");
	json_out_kv_opt(w, "id", v->record_id);
	json_out_kv_opt(w, "feed", v->record_feed);
	json_out_end(w);
	json_out_kv_opt(w, "range", v->range);
	kv_bool(w, "malicious", v->malicious);
}

static void put_resource(struct json_out *w, const struct finding *f)
{
	if (!f->resource_kind.n) {
		kv_null(w, "resource");
		return;
	}
	open_object(w, "resource");
	json_out_kv(w, "kind", f->resource_kind);
	json_out_kv_opt(w, "namespace", f->resource_ns);
	json_out_kv_opt(w, "name", f->resource_name);
	json_out_end(w);
}

/* A patch is our own text; one that is no JSON array is left out. */
static void put_patch(struct json_out *w, struct sv patch)
{
	auto_done(arena_done) struct arena a;
	const struct node *root;
	struct err err;

	arena_init(&a, 16u << 20);
	json_out_key(w, "patch");
	if (patch.n && json_read(&a, SV("patch"), patch, DUP_LAST, &root, &err) == 0 &&
	    node_is(root, NODE_ARRAY))
		json_out_node(w, root);
	else
		json_out_null(w);
}

static void put_finding(struct json_out *w, const struct report *r, const struct finding *f,
			bool waived)
{
	json_out_object(w);
	json_out_kv(w, "id", f->id);
	kv_str(w, "kind", finding_kind_name(f->kind));
	kv_str(w, "state", finding_state_name(f->state));
	kv_str(w, "severity", severity_name(f->severity));
	json_out_kv_opt(w, "severity_source", f->severity_source);
	json_out_kv(w, "message", f->message);
	json_out_kv(w, "fingerprint", f->fingerprint);
	json_out_kv_opt(w, "subject", subject_id(r, f->subject));
	json_out_kv_opt(w, "scope", f->scope);
	put_resource(w, f);
	open_array(w, "evidence");
	for (size_t i = 0; i < f->evidence.n; i++)
		put_evidence(w, &f->evidence.p[i]);
	json_out_end(w);
	if (f->vuln)
		put_vulnerability(w, r, f->vuln);
	kv_index(w, "layer", f->layer);
	kv_tri(w, "from_base", f->from_base);
	kv_bool(w, "fixed_by_base", f->vuln && f->vuln->fixed_by_base);
	put_patch(w, f->patch);
	json_out_kv_opt(w, "remedy", f->remedy);
	if (waived)
		json_out_kv(w, "reason", f->waiver_reason);
	json_out_end(w);
}

static void put_error(struct json_out *w, const struct report *r, const struct report_error *e)
{
	json_out_object(w);
	json_out_kv(w, "code", e->code);
	kv_str(w, "weight", e->weight == WEIGHT_FATAL ? "fatal" : "note");
	json_out_kv(w, "message", e->message);
	json_out_kv_opt(w, "where", e->where);
	json_out_kv_opt(w, "hint", e->hint);
	json_out_kv_opt(w, "subject", subject_id(r, e->subject));
	json_out_end(w);
}

static void put_database(struct json_out *w, const struct report *r)
{
	if (r->db_age_days < 0) {
		kv_null(w, "database");
		return;
	}
	open_object(w, "database");
	open_array(w, "feeds");
	for (size_t i = 0; i < r->feeds.n; i++) {
		const struct feed *f = &r->feeds.p[i];
		json_out_object(w);
		json_out_kv(w, "ecosystem", f->ecosystem);
		kv_list(w, "releases", f->releases.p, f->releases.n);
		kv_u64(w, "records", f->records);
		json_out_kv_opt(w, "date", f->date);
		json_out_kv_opt(w, "sha256", f->sha256);
		kv_bool(w, "signed", f->is_signed);
		json_out_kv_opt(w, "source", f->source);
		kv_bool(w, "bundled", f->bundled);
		json_out_end(w);
	}
	json_out_end(w);
	json_out_key(w, "age_days");
	json_out_i64(w, r->db_age_days);
	json_out_end(w);
}

static void put_counts(struct json_out *w, const char *key, const struct count *p, size_t n)
{
	open_object(w, key);
	for (size_t i = 0; i < n; i++) {
		json_out_key_sv(w, p[i].name);
		json_out_u64(w, p[i].n);
	}
	json_out_end(w);
}

static void put_left_out(struct json_out *w, const struct report *r)
{
	open_array(w, "left_out");
	for (size_t i = 0; i < r->left_out.n; i++) {
		json_out_object(w);
		json_out_kv(w, "path", r->left_out.p[i].path);
		kv_str(w, "reason", left_rows[r->left_out.p[i].why].name);
		json_out_end(w);
	}
	json_out_end(w);
}

static void put_line(struct json_out *w, const struct benchmark_line *l)
{
	json_out_object(w);
	json_out_kv(w, "id", l->id);
	json_out_kv(w, "title", l->title);
	kv_str(w, "state", finding_state_name(l->state));
	json_out_kv_opt(w, "question", l->question);
	kv_list(w, "rules", l->rules.p, l->rules.n);
	kv_u64(w, "failed", l->failed);
	kv_u64(w, "waived", l->waived);
	kv_u64(w, "passed", l->passed);
	kv_u64(w, "not_applicable", l->not_applicable);
	kv_u64(w, "not_observed", l->not_observed);
	json_out_end(w);
}

static void put_benchmark(struct json_out *w, const struct report *r)
{
	if (!r->benchmark.name.n) {
		kv_null(w, "benchmark");
		return;
	}
	open_object(w, "benchmark");
	json_out_kv(w, "name", r->benchmark.name);
	json_out_kv_opt(w, "version", r->benchmark.version);
	json_out_kv(w, "title", r->benchmark.title);
	json_out_kv_opt(w, "kubernetes", r->benchmark.kubernetes);
	open_array(w, "entries");
	for (size_t i = 0; i < r->benchmark.lines.n; i++)
		put_line(w, &r->benchmark.lines.p[i]);
	json_out_end(w);
	json_out_end(w);
}

static void put_summary(struct json_out *w, const struct summary *s)
{
	open_object(w, "summary");
	kv_u64(w, "findings", s->findings);
	open_object(w, "by_severity");
	for (size_t i = SEVERITIES; i-- > 0;)
		kv_u64(w, severity_name((enum severity)i), s->by_severity[i]);
	json_out_end(w);
	open_object(w, "by_kind");
	for (size_t i = 0; i < FINDING_KINDS; i++)
		kv_u64(w, finding_kind_name((enum finding_kind)i), s->by_kind[i]);
	json_out_end(w);
	open_object(w, "by_state");
	for (size_t i = 0; i < STATES; i++)
		kv_u64(w, finding_state_name((enum finding_state)i), s->by_state[i]);
	json_out_end(w);
	kv_u64(w, "from_base", s->from_base);
	kv_u64(w, "added", s->added);
	kv_u64(w, "fixable", s->fixable);
	kv_u64(w, "kev", s->kev);
	kv_u64(w, "waived", s->waived);
	kv_u64(w, "hidden", s->hidden);
	kv_u64(w, "without_severity", s->without_severity);
	kv_u64(w, "packages", s->packages);
	kv_u64(w, "files", s->files);
	kv_u64(w, "objects", s->objects);
	kv_u64(w, "fixed", s->fixed);
	open_object(w, "left_out");
	for (size_t i = 0; i < LEFT_REASONS; i++)
		if (s->left_out[i])
			kv_u64(w, left_rows[i].name, s->left_out[i]);
	json_out_end(w);
	put_counts(w, "uncovered", s->uncovered.p, s->uncovered.n);
	put_counts(w, "unread", s->unread.p, s->unread.n);
	json_out_end(w);
}

static void put_head(struct json_out *w, const struct report *r)
{
	auto_done(buf_done) struct buf time = {0};

	clock_fmt(&time, r->time);
	kv_str(w, "schema", "gabion.report/1");
	json_out_kv(w, "command", r->command);
	kv_str(w, "version", GABION_VERSION);
	json_out_kv(w, "time", buf_view(&time));
	kv_bool(w, "complete", r->complete);
	if (r->config_used)
		json_out_kv(w, "config", r->config_path);
	else
		kv_null(w, "config");
}

int format_json_write(const struct report *r, FILE *to, const struct report_style *style,
		      struct err *err)
{
	struct json_out out, *w = &out;

	(void)style;
	json_out_init(w, to, NULL, 2);
	json_out_object(w);
	put_head(w, r);
	open_array(w, "subjects");
	for (size_t i = 0; i < r->subjects.n; i++)
		put_subject(w, &r->subjects.p[i]);
	json_out_end(w);
	open_array(w, "packages");
	for (size_t i = 0; i < r->packages.n; i++)
		put_package(w, r, &r->packages.p[i]);
	json_out_end(w);
	open_object(w, "rules");
	for (size_t i = 0; i < r->rules.n; i++)
		put_rule(w, &r->rules.p[i]);
	json_out_end(w);
	open_array(w, "findings");
	for (size_t i = 0; i < r->findings.n; i++)
		put_finding(w, r, &r->findings.p[i], false);
	json_out_end(w);
	open_array(w, "waived");
	for (size_t i = 0; i < r->waived.n; i++)
		put_finding(w, r, &r->waived.p[i], true);
	json_out_end(w);
	open_array(w, "errors");
	for (size_t i = 0; i < r->errors.n; i++)
		put_error(w, r, &r->errors.p[i]);
	json_out_end(w);
	put_database(w, r);
	open_array(w, "filters");
	for (size_t i = 0; i < r->filters.n; i++) {
		json_out_object(w);
		json_out_kv(w, "option", r->filters.p[i].option);
		json_out_kv(w, "value", r->filters.p[i].value);
		kv_u64(w, "hidden", r->filters.p[i].hidden);
		json_out_end(w);
	}
	json_out_end(w);
	put_left_out(w, r);
	put_benchmark(w, r);
	put_summary(w, &r->summary);
	json_out_end(w);
	return json_out_done(w, err);
}
