/* SARIF 2.1.0 (OASIS). One run; waived findings are results with a suppression. */
#include "report/format.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/text.h"
#include "fmt/json-out.h"

static const struct {
	const char *level;
	double score; /* for tools that sort by number, where no CVSS score is known */
} levels[SEVERITIES] = {
	[SEV_CRITICAL] = {"error", 9.5},  [SEV_HIGH] = {"error", 8.0},
	[SEV_MEDIUM] = {"warning", 5.5},  [SEV_LOW] = {"note", 2.0},
	[SEV_NEGLIGIBLE] = {"note", 0.5}, [SEV_UNKNOWN] = {"warning", 0.0},
};

static const char *const kinds[STATES] = {
	[STATE_FAIL] = "fail",
	[STATE_PASS] = "pass",
	[STATE_NOT_APPLICABLE] = "notApplicable",
	[STATE_NOT_OBSERVED] = "open",
	[STATE_NEEDS_HUMAN] = "review",
};

/* Message strings (3.11.5, 3.11.6): braces are doubled, and brackets escaped so that no text from
 * outside becomes a link. */
static void kv_message(struct json_out *w, const char *key, struct sv text)
{
	auto_done(buf_done) struct buf safe = {0}, out = {0};

	text_escape(&safe, text);
	for (size_t i = 0; i < safe.n; i++) {
		char c = safe.p[i];
		if (c == '{' || c == '}')
			buf_char(&out, c);
		if (c == '[' || c == ']')
			buf_char(&out, '\\');
		buf_char(&out, c);
	}
	json_out_key(w, key);
	json_out_object(w);
	json_out_kv(w, "text", buf_view(&out));
	json_out_end(w);
}

static void kv_safe(struct json_out *w, const char *key, struct sv text)
{
	auto_done(buf_done) struct buf safe = {0};

	text_escape(&safe, text);
	json_out_kv(w, key, buf_view(&safe));
}

struct rules {
	struct map index; /* id to number */
	struct {
		const struct finding **p;
		size_t n, cap;
	} first;
};

static void rules_add(struct rules *rules, const struct finding *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool made;
		struct map_entry *e = map_put(&rules->index, p[i].id, &made);
		if (!made)
			continue;
		e->num = rules->first.n;
		*VEC_PUSH(&rules->first) = &p[i];
	}
}

static void put_rule(struct json_out *w, const struct report *r, const struct finding *f)
{
	const struct rule_text *t = report_rule(r, f->id);
	char score[32];
	struct sv url = {0};

	for (size_t i = 0; t && !url.n && i < t->references.n; i++)
		url = t->references.p[i].url;
	json_out_object(w);
	kv_safe(w, "id", f->id);
	kv_message(w, "shortDescription", t && t->title.n ? t->title : f->id);
	if (t && t->why.n)
		kv_message(w, "fullDescription", t->why);
	if (t && t->remedy.n)
		kv_message(w, "help", t->remedy);
	if (sv_starts(url, SV("https://")) || sv_starts(url, SV("http://"))) {
		auto_done(buf_done) struct buf safe = {0};
		for (size_t i = 0; i < url.n; i++) {
			unsigned char c = (unsigned char)url.p[i];
			buf_fmt(&safe,
				c > 0x20 && c < 0x7F && !strchr("\"<>\\^`{|}", c) ? "%c" : "%%%02X",
				c);
		}
		json_out_kv(w, "helpUri", buf_view(&safe));
	}
	json_out_key(w, "defaultConfiguration");
	json_out_object(w);
	json_out_kv(w, "level", sv_of(levels[f->severity].level));
	json_out_end(w);
	json_out_key(w, "properties");
	json_out_object(w);
	(void)snprintf(score, sizeof score, "%.1f",
		       f->vuln && f->vuln->has_cvss ? f->vuln->cvss.score
						    : levels[f->severity].score);
	json_out_kv(w, "security-severity", sv_of(score));
	json_out_key(w, "tags");
	json_out_array(w);
	json_out_str(w, SV("security"));
	json_out_str(w, sv_of(finding_kind_name(f->kind)));
	json_out_end(w);
	json_out_end(w);
	json_out_end(w);
}

static void put_region(struct json_out *w, const struct finding *f, uint32_t line)
{
	const struct evidence *e = f->evidence.n ? &f->evidence.p[0] : NULL;

	json_out_key(w, "region");
	json_out_object(w);
	json_out_key(w, "startLine");
	json_out_u64(w, line ? line : 1);
	if (e && e->line == line && line) {
		const struct {
			const char *key;
			uint32_t value;
		} rest[] = {{"startColumn", e->column},
			    {"endLine", e->end_line},
			    {"endColumn", e->end_column}};
		for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
			if (!rest[i].value)
				continue;
			json_out_key(w, rest[i].key);
			json_out_u64(w, rest[i].value);
		}
	}
	json_out_end(w);
}

static void put_location(struct json_out *w, const struct report *r, const struct finding *f)
{
	const struct subject *s = view_subject(r, f);
	auto_done(buf_done) struct buf uri = {0}, name = {0};
	uint32_t line;
	struct sv file = view_file(r, f, &line);

	view_uri(&uri, file.n ? file : s ? s->name : f->id);
	json_out_key(w, "locations");
	json_out_array(w);
	json_out_object(w);
	json_out_key(w, "physicalLocation");
	json_out_object(w);
	json_out_key(w, "artifactLocation");
	json_out_object(w);
	json_out_kv(w, "uri", buf_view(&uri));
	json_out_end(w);
	put_region(w, f, line);
	json_out_end(w);
	if (s) {
		buf_sv(&name, s->name);
		if (f->scope.n)
			buf_fmt(&name, " %.*s", SV_ARG(f->scope));
		json_out_key(w, "logicalLocations");
		json_out_array(w);
		json_out_object(w);
		kv_safe(w, "fullyQualifiedName", buf_view(&name));
		json_out_end(w);
		json_out_end(w);
	}
	json_out_end(w);
	json_out_end(w);
}

static void put_properties(struct json_out *w, const struct report *r, const struct finding *f)
{
	const struct package *p = view_package(r, f);

	json_out_key(w, "properties");
	json_out_object(w);
	json_out_kv(w, "severity", sv_of(severity_name(f->severity)));
	if (p) {
		kv_safe(w, "purl", p->purl);
		kv_safe(w, "installed", p->version);
		json_out_kv(w, "fix", sv_of(fix_state_name(f->vuln->fix_state)));
		json_out_key(w, "kev");
		json_out_bool(w, f->vuln->has_kev);
	}
	if (f->from_base != TRI_UNKNOWN) {
		json_out_key(w, "fromBase");
		json_out_bool(w, f->from_base == TRI_TRUE);
	}
	json_out_end(w);
}

static void put_result(struct json_out *w, const struct report *r, const struct rules *rules,
		       const struct finding *f, bool waived)
{
	auto_done(buf_done) struct buf text = {0};

	json_out_object(w);
	kv_safe(w, "ruleId", f->id);
	json_out_key(w, "ruleIndex");
	json_out_u64(w, map_find(&rules->index, f->id)->num);
	json_out_kv(w, "kind", sv_of(kinds[f->state]));
	json_out_kv(w, "level",
		    f->state == STATE_FAIL ? sv_of(levels[f->severity].level) : SV("none"));
	view_message(&text, r, f);
	buf_str(&text, "; ");
	size_t before = text.n;
	view_remedy(&text, r, f);
	if (text.n == before)
		text.n -= 2;
	kv_message(w, "message", buf_view(&text));
	put_location(w, r, f);
	json_out_key(w, "partialFingerprints");
	json_out_object(w);
	kv_safe(w, "gabion/1", f->fingerprint);
	json_out_end(w);
	if (waived) {
		json_out_key(w, "suppressions");
		json_out_array(w);
		json_out_object(w);
		json_out_kv(w, "kind", f->in_source ? SV("inSource") : SV("external"));
		kv_safe(w, "justification", f->waiver_reason);
		json_out_end(w);
		json_out_end(w);
	}
	put_properties(w, r, f);
	json_out_end(w);
}

static void put_invocation(struct json_out *w, const struct report *r)
{
	json_out_key(w, "invocations");
	json_out_array(w);
	json_out_object(w);
	json_out_key(w, "executionSuccessful");
	json_out_bool(w, r->complete);
	json_out_key(w, "toolExecutionNotifications");
	json_out_array(w);
	for (size_t i = 0; i < r->errors.n; i++) {
		const struct report_error *e = &r->errors.p[i];
		auto_done(buf_done) struct buf text = {0};
		if (e->where.n)
			buf_fmt(&text, "%.*s: ", SV_ARG(e->where));
		buf_sv(&text, e->message);
		if (e->hint.n)
			buf_fmt(&text, "; %.*s", SV_ARG(e->hint));
		json_out_object(w);
		json_out_key(w, "descriptor");
		json_out_object(w);
		kv_safe(w, "id", e->code.n ? e->code : SV("error"));
		json_out_end(w);
		json_out_kv(w, "level", e->weight == WEIGHT_FATAL ? SV("error") : SV("note"));
		kv_message(w, "message", buf_view(&text));
		json_out_end(w);
	}
	json_out_end(w);
	json_out_end(w);
	json_out_end(w);
}

static void put_tool(struct json_out *w, const struct report *r, const struct rules *rules)
{
	json_out_key(w, "tool");
	json_out_object(w);
	json_out_key(w, "driver");
	json_out_object(w);
	json_out_kv(w, "name", SV("gabion"));
	json_out_kv(w, "version", SV(GABION_VERSION));
	json_out_kv(w, "semanticVersion", SV(GABION_VERSION));
	json_out_key(w, "rules");
	json_out_array(w);
	for (size_t i = 0; i < rules->first.n; i++)
		put_rule(w, r, rules->first.p[i]);
	json_out_end(w);
	json_out_end(w);
	json_out_end(w);
}

int format_sarif_write(const struct report *r, FILE *to, const struct report_style *style,
		       struct err *err)
{
	struct json_out out, *w = &out;
	struct rules rules = {0};

	(void)style;
	rules_add(&rules, r->findings.p, r->findings.n);
	rules_add(&rules, r->waived.p, r->waived.n);
	json_out_init(w, to, NULL, 2);
	json_out_object(w);
	json_out_kv(w, "$schema", SV("https://json.schemastore.org/sarif-2.1.0.json"));
	json_out_kv(w, "version", SV("2.1.0"));
	json_out_key(w, "runs");
	json_out_array(w);
	json_out_object(w);
	put_tool(w, r, &rules);
	put_invocation(w, r);
	json_out_kv(w, "columnKind", SV("unicodeCodePoints"));
	json_out_key(w, "results");
	json_out_array(w);
	for (size_t i = 0; i < r->findings.n; i++)
		put_result(w, r, &rules, &r->findings.p[i], false);
	for (size_t i = 0; i < r->waived.n; i++)
		put_result(w, r, &rules, &r->waived.p[i], true);
	json_out_end(w);
	json_out_end(w);
	json_out_end(w);
	json_out_end(w);
	map_done(&rules.index);
	vec_done(&rules.first);
	return json_out_done(w, err);
}
