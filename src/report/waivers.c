#include "base/base.h"

#include "base/clock.h"
#include "base/limits.h"
#include "fmt/json.h"
#include "fmt/yaml.h"
#include "base/glob.h"
#include "report/waivers.h"
#include "sys/file.h"

void waivers_done(struct waivers *w)
{
	vec_done(w);
}

int waivers_at(struct doc *d, uint32_t offset, struct err *err)
{
	uint32_t line, column;

	doc_line_col(d, offset, &line, &column);
	(void)err_scope(err, SCOPE_CONFIG);
	return err_where(err, "%.*s:%u:%u", SV_ARG(d->name), line, column);
}

struct sv waivers_where(struct waivers *w, struct doc *d, uint32_t offset)
{
	uint32_t line, column;

	doc_line_col(d, offset, &line, &column);
	return arena_fmt(w->arena, "%.*s:%u", SV_ARG(d->name), line);
}

int waivers_expiry(struct waiver *out, struct sv date, struct err *err)
{
	int64_t t;

	if (!clock_parse(date, &t)) {
		(void)err_set(err, ERR_USAGE, "'%.*s' is no date", SV_ARG(date));
		return err_hint(err, "the last day as YYYY-MM-DD");
	}
	out->has_expiry = true;
	out->expiry = date.n == 10 ? t + 86400 : t;
	return 0;
}

static int read_yaml(struct waivers *w, struct doc *d, struct err *err)
{
	int rc = yaml_parse(d, YAML_12_CORE, err);

	if (rc < 0)
		return err_scope(err, SCOPE_CONFIG);
	if (node_get(d->root, "vulnerabilities") || node_get(d->root, "misconfigurations") ||
	    node_get(d->root, "secrets") || node_get(d->root, "licenses"))
		return waivers_trivy_yaml(w, d, err);
	return waivers_yaml(w, d, err);
}

static bool is_yaml_name(struct sv name)
{
	return sv_ends(name, SV(".yaml")) || sv_ends(name, SV(".yml"));
}

int waivers_parse(struct waivers *w, struct sv name, struct sv bytes, struct err *err)
{
	struct doc d = {.arena = w->arena, .name = arena_sv(w->arena, name), .dup = DUP_REFUSE};
	struct sv start = sv_trim(bytes);
	int rc;

	d.bytes = arena_sv(w->arena, bytes);
	if (start.n && start.p[0] == '{') {
		rc = json_parse(&d, err);
		if (rc == 0)
			return node_get(d.root, "statements") ? waivers_openvex(w, &d, err)
							      : waivers_yaml(w, &d, err);
		return err_scope(err, SCOPE_CONFIG);
	}
	if (is_yaml_name(name))
		return read_yaml(w, &d, err);
	return waivers_trivy_text(w, d.name, d.bytes, err);
}

int waivers_load(struct waivers *w, struct sv path, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	int rc = file_read(arena_str(w->arena, path), limit_config_bytes, &bytes, err);

	if (rc < 0)
		return err_scope(err, SCOPE_CONFIG);
	return waivers_parse(w, path, buf_view(&bytes), err);
}

static bool id_matches(struct sv id, const struct report *r, const struct finding *f)
{
	const struct rule_text *rule = f->vuln ? NULL : report_rule(r, f->id);

	if (glob_match_name(id, f->id) || (rule && rule_text_is_named(rule, id)))
		return true;
	if (!f->vuln)
		return false;
	if (glob_match_name(id, f->vuln->record_id))
		return true;
	for (size_t i = 0; i < f->vuln->aliases.n; i++)
		if (glob_match_name(id, f->vuln->aliases.p[i]))
			return true;
	return false;
}

/* All places, so that a waiver for one copy does not silence another. */
static bool path_matches(struct sv glob, const struct report *r, const struct finding *f)
{
	const struct package *p = f->vuln && f->vuln->package < r->packages.n
					  ? &r->packages.p[f->vuln->package]
					  : NULL;

	for (size_t i = 0; i < f->evidence.n; i++) {
		const struct evidence *e = &f->evidence.p[i];
		if (!glob_match_path(glob, e->file.n ? e->file : e->path))
			return false;
	}
	/* a finding repeats only the first places of its package */
	for (size_t i = 0; p && i < p->locations.n; i++)
		if (!glob_match_path(glob, p->locations.p[i].path))
			return false;
	return f->evidence.n || (p && p->locations.n);
}

static bool subject_matches(struct sv glob, const struct report *r, const struct finding *f)
{
	if (f->subject >= r->subjects.n)
		return false;
	const struct subject *s = &r->subjects.p[f->subject];
	return glob_match_name(glob, s->name) || glob_match_name(glob, s->id) ||
	       (s->digest.n && sv_eq(glob, s->digest));
}

/* pkg:oci/NAME@sha256:...: the image that is judged, by digest if the purl has one, else by its
 * last name. */
static bool product_matches(struct sv product, const struct report *r, const struct finding *f)
{
	if (!product.n)
		return true;
	if (f->subject >= r->subjects.n || !sv_starts(product, SV("pkg:oci/")))
		return false;
	const struct subject *s = &r->subjects.p[f->subject];
	struct sv rest = sv_from(product, 8), whole = sv_cut(&rest, '?'), digest = whole,
		  name = sv_cut(&digest, '@');
	if (sv_starts(digest, SV("sha256%3A")) || sv_starts(digest, SV("sha256%3a")))
		return sv_starts(s->digest, SV("sha256:")) &&
		       sv_eq(sv_from(digest, 9), sv_from(s->digest, 7));
	if (digest.n)
		return sv_eq(digest, s->digest);
	struct sv subject = sv_basename(s->name);
	subject = sv_head(subject, sv_find_char(subject, '@'));
	return sv_eq(sv_head(subject, sv_find_char(subject, ':')), name);
}

static bool waiver_matches(const struct waiver *w, const struct report *r, const struct finding *f)
{
	const struct package *p = f->vuln && f->vuln->package < r->packages.n
					  ? &r->packages.p[f->vuln->package]
					  : NULL;
	struct sv container = finding_container(f);

	if (!id_matches(w->id, r, f))
		return false;
	if (w->purl.n && !(p && waiver_purl_covers(w->purl, p->purl)))
		return false;
	if (w->path.n && !path_matches(w->path, r, f))
		return false;
	if (w->subject.n && !subject_matches(w->subject, r, f))
		return false;
	if (w->container.n && !(container.n && glob_match_name(w->container, container)))
		return false;
	return product_matches(w->product, r, f);
}

/* Whether a later statement of the same VEX document takes this one back. */
static bool is_lifted(const struct waivers *w, const struct waiver *by, const struct report *r,
		      const struct finding *f)
{
	for (size_t i = 0; by->document && i < w->n; i++) {
		const struct waiver *other = &w->p[i];
		bool later = other->time > by->time || (other->time == by->time && other > by);
		if (other->document == by->document && other->lifts && later &&
		    waiver_matches(other, r, f))
			return true;
	}
	return false;
}

struct waiver *waivers_find(struct waivers *w, const struct report *r, const struct finding *f,
			    int64_t now, struct waiver **expired)
{
	for (size_t i = 0; i < w->n; i++) {
		struct waiver *one = &w->p[i];
		if (one->lifts || !waiver_matches(one, r, f) || is_lifted(w, one, r, f))
			continue;
		if (one->has_expiry && one->expiry <= now) {
			*expired = one;
			continue;
		}
		one->used = true;
		return one;
	}
	return NULL;
}
