/* CycloneDX 1.6, JSON: packages as components, findings of packages as vulnerabilities. */
#include "report/format.h"

#include "base/clock.h"
#include "base/text.h"
#include "fmt/json-out.h"

static void kv(struct json_out *w, const char *key, struct sv text)
{
	auto_done(buf_done) struct buf safe = {0};

	text_escape(&safe, text);
	json_out_kv(w, key, buf_view(&safe));
}

static void kv_some(struct json_out *w, const char *key, struct sv text)
{
	if (text.n)
		kv(w, key, text);
}

static void open_array(struct json_out *w, const char *key)
{
	json_out_key(w, key);
	json_out_array(w);
}

static void property(struct json_out *w, const char *name, struct sv value)
{
	if (!value.n)
		return;
	json_out_object(w);
	json_out_kv(w, "name", sv_of(name));
	kv(w, "value", value);
	json_out_end(w);
}

static void property_tri(struct json_out *w, const char *name, enum tri v)
{
	if (v != TRI_UNKNOWN)
		property(w, name, v == TRI_TRUE ? SV("true") : SV("false"));
}

static void source(struct json_out *w, struct sv name)
{
	json_out_key(w, "source");
	json_out_object(w);
	kv(w, "name", name);
	json_out_end(w);
}

static void put_subject(struct json_out *w, const struct subject *s)
{
	bool image = sv_is(s->kind, "image") || sv_is(s->kind, "container");

	json_out_object(w);
	json_out_kv(w, "type",
		    image                        ? SV("container")
		    : sv_is(s->kind, "host")     ? SV("device")
		    : sv_is(s->kind, "manifest") ? SV("file")
						 : SV("application"));
	kv(w, "bom-ref", s->id);
	kv(w, "name", s->name.n ? s->name : s->id);
	kv_some(w, "version", s->digest);
	open_array(w, "properties");
	property(w, "gabion:kind", s->kind);
	property(w, "gabion:scheme", s->scheme);
	property(w, "gabion:platform", s->platform);
	property(w, "gabion:base", s->base_name);
	for (size_t i = 0; i < s->layers.n; i++)
		property(w, "gabion:layer",
			 s->layers.p[i].digest.n ? s->layers.p[i].digest : s->layers.p[i].diff_id);
	json_out_end(w);
	json_out_end(w);
}

static void put_os(struct json_out *w, const struct subject *s)
{
	auto_done(buf_done) struct buf ref = {0};

	buf_fmt(&ref, "os-%.*s", SV_ARG(s->id));
	json_out_object(w);
	json_out_kv(w, "type", SV("operating-system"));
	kv(w, "bom-ref", buf_view(&ref));
	kv(w, "name", s->os.id);
	kv_some(w, "version", s->os.version);
	kv_some(w, "description", s->os.name);
	json_out_end(w);
}

static void put_licenses(struct json_out *w, const struct package *p)
{
	if (!p->licenses.n)
		return;
	open_array(w, "licenses");
	for (size_t i = 0; i < p->licenses.n; i++) {
		/* a name, not an id: ids must be of the SPDX list, and what packages write often is
		 * not */
		json_out_object(w);
		json_out_key(w, "license");
		json_out_object(w);
		kv(w, "name", p->licenses.p[i]);
		json_out_end(w);
		json_out_end(w);
	}
	json_out_end(w);
}

static void put_places(struct json_out *w, const struct package *p)
{
	if (!p->locations.n)
		return;
	json_out_key(w, "evidence");
	json_out_object(w);
	open_array(w, "occurrences");
	for (size_t i = 0; i < p->locations.n; i++) {
		json_out_object(w);
		kv(w, "location", p->locations.p[i].path);
		if (p->locations.p[i].line) {
			json_out_key(w, "line");
			json_out_u64(w, p->locations.p[i].line);
		}
		json_out_end(w);
	}
	json_out_end(w);
	json_out_end(w);
}

static void put_package(struct json_out *w, const struct report *r, const struct package *p)
{
	const struct subject *s = p->subject < r->subjects.n ? &r->subjects.p[p->subject] : NULL;
	auto_done(buf_done) struct buf layer = {0};

	json_out_object(w);
	json_out_kv(w, "type", p->main_module ? SV("application") : SV("library"));
	kv(w, "bom-ref", p->id);
	kv(w, "name", p->name);
	kv_some(w, "version", p->version);
	put_licenses(w, p);
	kv_some(w, "purl", p->purl);
	open_array(w, "properties");
	property(w, "gabion:subject", s ? s->id : (struct sv){0});
	property(w, "gabion:type", sv_of(pkg_types[p->type].purl));
	property(w, "gabion:source", p->source_name);
	if (p->layer != INDEX_NONE)
		buf_fmt(&layer, "%zu", p->layer);
	property(w, "gabion:layer", buf_view(&layer));
	property_tri(w, "gabion:from_base", p->from_base);
	property(w, "gabion:dev", p->dev ? SV("true") : (struct sv){0});
	property(w, "gabion:owner",
		 p->owner < r->packages.n ? r->packages.p[p->owner].id : (struct sv){0});
	json_out_end(w);
	put_places(w, p);
	json_out_end(w);
}

static const char *const severities[SEVERITIES] = {
	[SEV_CRITICAL] = "critical", [SEV_HIGH] = "high",       [SEV_MEDIUM] = "medium",
	[SEV_LOW] = "low",           [SEV_NEGLIGIBLE] = "info", [SEV_UNKNOWN] = "unknown",
};

static const struct {
	const char *version, *method;
} methods[] = {{"2.0", "CVSSv2"}, {"3.0", "CVSSv3"}, {"3.1", "CVSSv31"}, {"4.0", "CVSSv4"}};

static void put_ratings(struct json_out *w, const struct finding *f)
{
	const struct vulnerability *v = f->vuln;
	const char *method = "other";

	open_array(w, "ratings");
	json_out_object(w);
	if (f->severity_source.n)
		source(w, f->severity_source);
	json_out_kv(w, "severity", sv_of(severities[f->severity]));
	json_out_end(w);
	if (v->has_cvss) {
		for (size_t i = 0; i < ARRAY_LEN(methods); i++)
			if (sv_is(v->cvss.version, methods[i].version))
				method = methods[i].method;
		json_out_object(w);
		source(w, v->cvss.source);
		json_out_key(w, "score");
		json_out_f64(w, v->cvss.score);
		json_out_kv(w, "method", sv_of(method));
		kv_some(w, "vector", v->cvss.vector);
		json_out_end(w);
	}
	json_out_end(w);
}

static void put_time(struct json_out *w, const char *key, struct sv text)
{
	auto_done(buf_done) struct buf time = {0};
	int64_t t;

	if (!clock_parse(text, &t))
		return;
	clock_fmt(&time, t);
	json_out_kv(w, key, buf_view(&time));
}

static void put_aliases(struct json_out *w, const struct vulnerability *v)
{
	if (!v->aliases.n)
		return;
	open_array(w, "references");
	for (size_t i = 0; i < v->aliases.n; i++) {
		struct sv rest = v->aliases.p[i];
		json_out_object(w);
		kv(w, "id", v->aliases.p[i]);
		source(w, sv_cut(&rest, '-'));
		json_out_end(w);
	}
	json_out_end(w);
}

static void put_cwes(struct json_out *w, const struct vulnerability *v)
{
	bool any = false;

	for (size_t i = 0; i < v->cwes.n; i++) {
		uint64_t number = view_cwe(v->cwes.p[i]);
		if (!number)
			continue;
		if (!any)
			open_array(w, "cwes");
		any = true;
		json_out_u64(w, number);
	}
	if (any)
		json_out_end(w);
}

static void put_texts(struct json_out *w, const struct report *r, const struct finding *f)
{
	const struct rule_text *t = report_rule(r, f->id);
	auto_done(buf_done) struct buf text = {0};

	view_message(&text, r, f);
	kv(w, "description", buf_view(&text));
	buf_clear(&text);
	view_remedy(&text, r, f);
	kv_some(w, "recommendation", buf_view(&text));
	if (!t || !t->references.n)
		return;
	open_array(w, "advisories");
	for (size_t i = 0; i < t->references.n; i++) {
		if (!t->references.p[i].url.n)
			continue;
		json_out_object(w);
		kv(w, "url", t->references.p[i].url);
		json_out_end(w);
	}
	json_out_end(w);
}

static void put_epss(struct json_out *w, const struct vulnerability *v)
{
	auto_done(buf_done) struct buf score = {0};

	open_array(w, "properties");
	property(w, "gabion:fix", sv_of(fix_state_name(v->fix_state)));
	property(w, "gabion:kev", v->has_kev ? SV("true") : (struct sv){0});
	if (v->has_epss)
		buf_fmt(&score, "%.5f", v->epss_score);
	property(w, "gabion:epss", buf_view(&score));
	json_out_end(w);
}

static void put_vulnerability(struct json_out *w, const struct report *r, const struct finding *f,
			      const char *list, size_t number)
{
	const struct package *p = view_package(r, f);
	auto_done(buf_done) struct buf ref = {0};

	buf_fmt(&ref, "%s-%zu", list, number);
	json_out_object(w);
	json_out_kv(w, "bom-ref", buf_view(&ref));
	kv(w, "id", f->id);
	if (f->vuln->record_feed.n)
		source(w, f->vuln->record_feed);
	put_aliases(w, f->vuln);
	put_ratings(w, f);
	put_cwes(w, f->vuln);
	put_texts(w, r, f);
	put_time(w, "published", f->vuln->published);
	put_time(w, "updated", f->vuln->modified);
	if (f->waiver_reason.n) {
		json_out_key(w, "analysis");
		json_out_object(w);
		open_array(w, "response");
		json_out_str(w, SV("will_not_fix"));
		json_out_end(w);
		kv(w, "detail", f->waiver_reason);
		json_out_end(w);
	}
	open_array(w, "affects");
	if (p) {
		json_out_object(w);
		kv(w, "ref", p->id);
		json_out_end(w);
	}
	json_out_end(w);
	put_epss(w, f->vuln);
	json_out_end(w);
}

static void put_metadata(struct json_out *w, const struct report *r)
{
	auto_done(buf_done) struct buf time = {0};

	clock_fmt(&time, r->time);
	json_out_key(w, "metadata");
	json_out_object(w);
	json_out_kv(w, "timestamp", buf_view(&time));
	json_out_key(w, "tools");
	json_out_object(w);
	open_array(w, "components");
	json_out_object(w);
	json_out_kv(w, "type", SV("application"));
	json_out_kv(w, "name", SV("gabion"));
	json_out_kv(w, "version", SV(GABION_VERSION));
	json_out_end(w);
	json_out_end(w);
	json_out_end(w);
	if (r->subjects.n == 1) {
		json_out_key(w, "component");
		put_subject(w, &r->subjects.p[0]);
	}
	open_array(w, "properties");
	property(w, "gabion:complete", r->complete ? SV("true") : SV("false"));
	json_out_end(w);
	json_out_end(w);
}

static void put_vulnerabilities(struct json_out *w, const struct report *r)
{
	open_array(w, "vulnerabilities");
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.p[i].vuln && r->findings.p[i].state == STATE_FAIL)
			put_vulnerability(w, r, &r->findings.p[i], "finding", i);
	for (size_t i = 0; i < r->waived.n; i++)
		if (r->waived.p[i].vuln)
			put_vulnerability(w, r, &r->waived.p[i], "waived", i);
	json_out_end(w);
}

int format_cyclonedx_write(const struct report *r, FILE *to, const struct report_style *style,
			   struct err *err)
{
	struct json_out out, *w = &out;
	char uuid[37], serial[48];

	(void)style;
	view_serial(r, uuid);
	(void)snprintf(serial, sizeof serial, "urn:uuid:%s", uuid);
	json_out_init(w, to, NULL, 2);
	json_out_object(w);
	json_out_kv(w, "$schema", SV("http://cyclonedx.org/schema/bom-1.6.schema.json"));
	json_out_kv(w, "bomFormat", SV("CycloneDX"));
	json_out_kv(w, "specVersion", SV("1.6"));
	json_out_kv(w, "serialNumber", sv_of(serial));
	json_out_key(w, "version");
	json_out_u64(w, 1);
	put_metadata(w, r);
	open_array(w, "components");
	for (size_t i = 0; i < r->subjects.n; i++) {
		if (r->subjects.n > 1)
			put_subject(w, &r->subjects.p[i]);
		if (r->subjects.p[i].has_os)
			put_os(w, &r->subjects.p[i]);
	}
	for (size_t i = 0; i < r->packages.n; i++)
		put_package(w, r, &r->packages.p[i]);
	json_out_end(w);
	if (!sv_is(r->command, "sbom"))
		put_vulnerabilities(w, r);
	json_out_end(w);
	return json_out_done(w, err);
}
