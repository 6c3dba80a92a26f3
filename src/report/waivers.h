/*
 * Waivers: findings that somebody accepted. One file is gabion's YAML, a .trivyignore (text or
 * YAML) or an OpenVEX document (JSON); the content says which.
 *
 *     waivers:
 *       - id: CVE-2026-1000           # or an alias; '*' stands for anything
 *         purl: pkg:deb/debian/zlib   # optional: this package; version and qualifiers count when
 * given path: usr/lib               # optional: all places of the finding lie there subject:
 * "web:*"            # optional: name of the image, host ... container: web              # optional
 *         reason: not reachable
 *         owner: team-web
 *         expiry: 2027-01-31          # the last day
 */
#pragma once

#include "fmt/node.h"
#include "model/report.h"

struct waiver {
	struct sv id, purl, path, subject, container, reason, owner;
	bool has_expiry, used;
	int64_t expiry;  /* first second at which it is void */
	struct sv where; /* "waivers.yaml:3" */
	/* OpenVEX: a later statement of the same document may take one back. */
	size_t document; /* 1 and up; 0 = no VEX document */
	bool lifts;
	int64_t time;
	struct sv product; /* purl of the product that the package is a part of, or empty */
};

struct waivers {
	struct arena *arena; /* holds all texts */
	struct waiver *p;
	size_t n, cap;
	size_t documents;
};

void waivers_done(struct waivers *w);
/* Reads a file of any of the kinds. SCOPE_CONFIG errors with file and line. */
int waivers_load(struct waivers *w, struct sv path, struct err *err) must_check;
/* The same for bytes that are at hand; they need not outlive the call. */
int waivers_parse(struct waivers *w, struct sv name, struct sv bytes, struct err *err) must_check;
/* The waiver that silences the finding at this time, or NULL. *expired: one that would have. */
struct waiver *waivers_find(struct waivers *w, const struct report *r, const struct finding *f,
			    int64_t now, struct waiver **expired);

/* The readers behind waivers_parse(). */
int waivers_yaml(struct waivers *w, struct doc *d, struct err *err) must_check;
int waivers_trivy_yaml(struct waivers *w, struct doc *d, struct err *err) must_check;
int waivers_trivy_text(struct waivers *w, struct sv name, struct sv bytes,
		       struct err *err) must_check;
int waivers_openvex(struct waivers *w, struct doc *d, struct err *err) must_check;
/* "name:line:column" of a node's key or value, SCOPE_CONFIG. */
int waivers_at(struct doc *d, uint32_t offset, struct err *err);
struct sv waivers_where(struct waivers *w, struct doc *d, uint32_t offset);
/* A date; void from the day after it. */
int waivers_expiry(struct waiver *out, struct sv date, struct err *err) must_check;

/* True when the purl in a waiver covers the package's: equal type, namespace, name; version and
 * each qualifier when the waiver names them. */
bool waiver_purl_covers(struct sv waiver, struct sv purl);
