/* One advisory as every feed importer gives it. Texts are views that live as long as the feed says.
 */
#pragma once

#include "advisory/ecosystem.h"
#include "advisory/range.h"
#include "fmt/node.h"
#include "model/finding.h"

/* Events of one range, in any order. */
struct range {
	struct range_event *p;
	size_t n, cap;
};

/* What a record says of one package in one release. */
struct affected {
	struct sv name;    /* as the feed writes it */
	struct sv release; /* "12", "v3.10"; empty for languages */
	struct {
		struct range *p;
		size_t n, cap;
	} ranges;
	struct sv_vec versions;
	enum severity severity; /* the vendor's word for this package, or SEV_UNKNOWN */
	bool has_severity;
	enum fix_state fix_state; /* FIX_UNKNOWN unless the feed says it */
};

enum record_kind {
	RECORD_VULNERABILITY,
	RECORD_MALICIOUS,
	RECORD_UNMAINTAINED, /* RustSec unmaintained and notice: no flaw, a matter of the life cycle
			      */
	RECORD_UNSOUND,
};

struct record {
	struct sv id;
	struct sv_vec aliases, upstream, related, cwes;
	struct sv summary, published, modified;
	enum record_kind kind;
	bool has_severity; /* the vendor's word, for the whole record */
	enum severity severity;
	struct sv severity_source; /* who says so: "GHSA" */
	struct sv_vec cvss;        /* vectors as given; version 2 without a prefix */
	double score;              /* a score without a vector, or negative */
	struct {
		struct sv *p;
		size_t n, cap;
	} references;
	struct {
		struct affected *p;
		size_t n, cap;
	} affected;
};

/* Empties it and keeps the storage. */
void record_reset(struct record *r);
void record_done(struct record *r);

/* "CVE-2024-1234": year and four digits or more. */
bool is_cve(struct sv id);
/* year * 10^8 + number, the key of facts by CVE; 0 when it is none or too large. */
uint64_t cve_number(struct sv id);

/*
 * Reads an OSV record (schema 1.x, https://ossf.github.io/osv-schema/). Only what affects
 * `ecosystem` is kept; out->affected is empty when nothing does, or when the record is withdrawn
 * (*withdrawn). Views point into the node's document. ERR_PARSE when it has no id or no object
 * where one must be.
 */
int osv_record(const struct node *root, struct sv ecosystem, struct record *out, bool *withdrawn,
	       struct err *err) must_check;
