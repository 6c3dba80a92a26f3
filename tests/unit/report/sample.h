/* One report with everything in it, hostile names too: what every format's golden output shows. */
#pragma once

#include "model/report.h"

/* ESC, GitHub command, markup, bytes that are not UTF-8, bidirectional override, quotes, newline,
 * NUL. */
#define HOSTILE "e\x1b[31mvil\n::error::x<script>&\"'\xff\xfe\xe2\x80\xae,%\0z"

/* Fills r (report_init done inside). done with report_done() and the arena. */
static inline struct finding *sample_finding(struct report *r, const char *id, enum severity s,
					     size_t package)
{
	struct finding *f = VEC_PUSH(&r->findings);

	*f = (struct finding){
		.id = sv_of(id),
		.severity = s,
		.severity_source = SV("debian"),
		.fingerprint = arena_fmt(r->arena, "fp-%s-%zu", id, package),
		.layer = INDEX_NONE,
	};
	if (package != INDEX_NONE) {
		f->vuln = ARENA_NEW(r->arena, struct vulnerability);
		f->vuln->package = package;
		f->layer = r->packages.p[package].layer;
		f->from_base = r->packages.p[package].from_base;
		f->subject = r->packages.p[package].subject;
	}
	return f;
}

static inline struct package *sample_package(struct report *r, enum pkg_type type, struct sv name,
					     const char *version, const char *purl, struct sv path,
					     size_t layer)
{
	struct package *p = VEC_PUSH(&r->packages);

	*p = (struct package){
		.type = type,
		.name = name,
		.version = sv_of(version),
		.purl = sv_of(purl),
		.id = arena_fmt(r->arena, "p%zu", r->packages.n - 1),
		.owner = INDEX_NONE,
		.layer = layer,
		.from_base = layer == INDEX_NONE ? TRI_UNKNOWN
			     : layer == 0        ? TRI_TRUE
						 : TRI_FALSE,
	};
	*VEC_PUSH(&p->locations) =
		(struct location){.path = path, .layer = layer, .from_base = p->from_base};
	return p;
}

static inline void sample_subjects(struct report *r)
{
	struct subject *s = VEC_PUSH(&r->subjects);

	*s = (struct subject){
		.id = SV("image-0"),
		.kind = SV("image"),
		.name = SV("registry.example/team/web:1.2"),
		.scheme = SV("registry"),
		.digest = SV(
			"sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"),
		.platform = SV("linux/amd64"),
		.os = {.id = SV("debian"),
		       .version = SV("12"),
		       .name = SV("Debian GNU/Linux 12 (bookworm)"),
		       .codename = SV("bookworm"),
		       .eol = SV("2028-06-30")},
		.has_os = true,
		.base_name = SV("docker.io/library/debian:12"),
		.base_how = SV("chain"),
	};
	*VEC_PUSH(&s->layers) = (struct layer){.digest = SV("sha256:aa"),
					       .diff_id = SV("sha256:ab"),
					       .size = 29150479,
					       .instruction = SV("ADD rootfs.tar / # buildkit"),
					       .from_base = TRI_TRUE};
	*VEC_PUSH(&s->layers) =
		(struct layer){.digest = SV("sha256:bb"),
			       .size = 1024,
			       .from_base = TRI_FALSE,
			       .instruction = SV("RUN /bin/sh -c npm install " HOSTILE)};
	*VEC_PUSH(&r->subjects) = (struct subject){.id = SV("filesystem-1"),
						   .kind = SV("filesystem"),
						   .name = SV(HOSTILE),
						   .scheme = SV("dir")};
}

static inline void sample_packages(struct report *r)
{
	struct package *p = sample_package(
		r, PKG_DEB, SV("libssl3"), "3.0.9-1",
		"pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&distro=debian-12&upstream=openssl",
		SV("var/lib/dpkg/status"), 0);
	p->arch = SV("amd64");
	p->ns = SV("debian");
	p->source_name = SV("openssl");
	*VEC_PUSH(&p->licenses) = SV("Apache-2.0");
	*VEC_PUSH(&p->licenses) = SV("custom " HOSTILE);
	p = sample_package(r, PKG_NPM, SV("@scope/left-pad"), "1.0.0",
			   "pkg:npm/%40scope/left-pad@1.0.0",
			   SV("app/node_modules/@scope/left-pad/package.json"), 1);
	*VEC_PUSH(&p->locations) = (struct location){
		.path = SV("srv/x/package.json"), .layer = 1, .from_base = TRI_FALSE};
	*VEC_PUSH(&p->licenses) = SV("MIT");
	p->dev = true;
	p = sample_package(r, PKG_PYPI, SV(HOSTILE), "1.0", "pkg:pypi/evil@1.0",
			   SV("usr/lib/" HOSTILE "/METADATA"), 1);
	p->owner = 0;
	p = sample_package(r, PKG_GOLANG, SV("golang.org/x/net"), "v0.1.0",
			   "pkg:golang/golang.org/x/net@v0.1.0", SV("opt/a b%c/server"),
			   INDEX_NONE);
	p->subject = 1;
	p->main_module = true;
}

static inline void sample_vulnerabilities(struct report *r)
{
	struct finding *f = sample_finding(r, "CVE-2026-1000", SEV_CRITICAL, 0);
	struct vulnerability *v = f->vuln;

	f->message = SV("libssl3 3.0.9-1 is affected by CVE-2026-1000");
	v->fix_state = FIX_FIXED;
	*VEC_PUSH(&v->fix_versions) = SV("3.0.11-1~deb12u2");
	*VEC_PUSH(&v->aliases) = SV("DSA-5532-1");
	*VEC_PUSH(&v->cwes) = SV("CWE-79");
	v->has_cvss = v->has_epss = v->has_kev = v->kev_ransomware = true;
	v->cvss = (struct cvss){SV("nvd"), SV("3.1"),
				SV("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), 9.8};
	v->epss_score = 0.9231;
	v->epss_percentile = 0.998;
	v->epss_date = SV("2026-11-20");
	v->kev_added = SV("2026-01-02");
	v->kev_due = SV("2026-01-23");
	v->published = SV("2026-01-01T00:00:00Z");
	v->modified = SV("2026-02-01T00:00:00Z");
	v->record_id = SV("DSA-5532-1");
	v->record_feed = SV("debian");
	v->range = SV("introduced 0, fixed 3.0.11-1~deb12u2 (deb)");
	v->fixed_by_base = true;
	f = sample_finding(r, "CVE-2026-1001", SEV_HIGH, 0);
	f->vuln->fix_state = FIX_FIXED;
	*VEC_PUSH(&f->vuln->fix_versions) = SV("3.0.10-1");
	f->vuln->record_id = SV("CVE-2026-1001");
	for (int i = 0; i < 14; i++) {
		f = sample_finding(r, arena_fmt(r->arena, "GHSA-aaaa-bbbb-00%02d", i).p,
				   i < 2 ? SEV_MEDIUM : SEV_LOW, 1);
		f->vuln->fix_state = FIX_WILL_NOT_FIX;
		f->severity_source = SV("ghsa");
	}
	f = sample_finding(r, "MAL-2026-7", SEV_CRITICAL, 2);
	f->message = SV("malicious: " HOSTILE);
	f->vuln->malicious = true;
	f->vuln->fix_state = FIX_NONE;
	f = sample_finding(r, "GO-2026-0001", SEV_UNKNOWN, 3);
	f->severity_source = (struct sv){0};
	f->vuln->fix_state = FIX_FIXED;
	*VEC_PUSH(&f->vuln->fix_versions) = SV("v0.17.0");
	*VEC_PUSH(&f->vuln->fix_versions) = SV("v0.0.5");
}

static inline void sample_others(struct report *r)
{
	struct finding *f = sample_finding(r, "user-is-root", SEV_MEDIUM, INDEX_NONE);
	struct rule_text *t = VEC_PUSH(&r->rules);

	f->kind = FINDING_MISCONFIGURATION;
	f->message = SV("container web runs as root: " HOSTILE
			" ##[error]x and then some more words until the line is full "
			"::error::y");
	f->scope = SV("container/web");
	f->resource_kind = SV("Pod");
	f->resource_name = SV("web");
	f->patch = SV(
		"[{\"op\":\"add\",\"path\":\"/spec/securityContext/runAsNonRoot\",\"value\":true}]");
	*VEC_PUSH(&f->evidence) = (struct evidence){.path = SV("/spec/containers/0"),
						    .value = SV("0"),
						    .file = SV("deploy/pod 1.yaml"),
						    .line = 7,
						    .column = 3,
						    .end_line = 9,
						    .end_column = 1,
						    .layer = INDEX_NONE};
	*t = (struct rule_text){.id = SV("user-is-root"),
				.title = SV("Runs as root"),
				.severity = SEV_MEDIUM,
				.why = SV("Root in a container is root of the kernel."),
				.remedy =
					SV("Set runAsNonRoot: true and a USER in the Dockerfile")};
	VEC_PUSH(&t->references)->url = SV("https://example.org/a?b=1&c=<2>");
	t->references.p[0].scheme = SV("");
	(void)VEC_PUSH(&t->references);
	t->references.p[1].scheme = SV("cis-docker-1.6");
	t->references.p[1].id = SV("4.1");
	*VEC_PUSH(&t->aliases) = SV("KSV012");
	t = VEC_PUSH(&r->rules);
	*t = (struct rule_text){.id = SV("CVE-2026-1000"),
				.title = SV("Overflow in <X.509>"),
				.severity = SEV_CRITICAL};
	VEC_PUSH(&t->references)->url = SV("https://example.org/CVE-2026-1000");
}

static inline void sample_rest(struct report *r)
{
	struct finding *waived = VEC_PUSH(&r->waived);
	struct err err = {0};

	*waived = (struct finding){.id = SV("CVE-2025-1"),
				   .severity = SEV_LOW,
				   .fingerprint = SV("fp-w"),
				   .layer = 0,
				   .from_base = TRI_TRUE,
				   .waiver_reason = SV("not reachable " HOSTILE),
				   .vuln = ARENA_NEW(r->arena, struct vulnerability)};
	(void)err_set(&err, ERR_CRYPTO, "the layer's digest does not match");
	(void)err_code(&err, "digest-mismatch");
	(void)err_where(&err, "layer 1");
	(void)err_hint(&err, "pull the image again");
	report_error_add(r, WEIGHT_FATAL, 0, &err);
	*VEC_PUSH(&r->errors) = (struct report_error){.code = SV("parse"),
						      .message = SV("broken " HOSTILE),
						      .where = SV("app/package.json:1:2"),
						      .subject = INDEX_NONE};
	struct feed *feed = VEC_PUSH(&r->feeds);
	*feed = (struct feed){.ecosystem = SV("Debian"),
			      .records = 17000,
			      .date = SV("2026-11-20"),
			      .sha256 = SV("00ff"),
			      .source = SV("osv"),
			      .is_signed = true};
	*VEC_PUSH(&feed->releases) = SV("12");
	r->db_age_days = 4;
	*VEC_PUSH(&r->filters) = (struct filter){SV("severity"), SV("low+"), 3};
	r->summary.hidden = 3;
	COUNT_ADD(&r->summary.uncovered, r->arena, SV("hex"), 2);
	COUNT_ADD(&r->summary.unread, r->arena, SV("gemspec"), 5);
	r->config_used = true;
	r->config_path = SV("gabion.yaml");
}

static inline void sample_fill(struct report *r, struct arena *a)
{
	report_init(r, a, "scan");
	r->time = 1795503600; /* 2026-11-24T07:00:00Z */
	sample_subjects(r);
	sample_packages(r);
	sample_vulnerabilities(r);
	sample_others(r);
	sample_rest(r);
}
