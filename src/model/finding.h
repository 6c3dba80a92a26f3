/* What every part of gabion produces: one flaw or rule in one package or scope. docs/contract.md.
 */
#pragma once

#include "model/package.h"

enum severity {
	SEV_UNKNOWN,
	SEV_NEGLIGIBLE,
	SEV_LOW,
	SEV_MEDIUM,
	SEV_HIGH,
	SEV_CRITICAL,
	SEVERITIES
};
/* "critical" ... "unknown" */
const char *severity_name(enum severity s);
/* Any case; "moderate" is medium, "important" is high, "none" and "info" negligible. SEVERITIES
 * when unknown. */
enum severity severity_parse(struct sv v);

enum finding_kind {
	FINDING_VULNERABILITY,
	FINDING_MISCONFIGURATION,
	FINDING_SECRET,
	FINDING_SIGNATURE,
	FINDING_INTEGRITY,
	FINDING_LEAK,
	FINDING_LIFECYCLE,
	FINDING_KINDS,
};
const char *finding_kind_name(enum finding_kind k);

enum finding_state {
	STATE_FAIL,
	STATE_PASS,
	STATE_NOT_APPLICABLE,
	STATE_NOT_OBSERVED,
	STATE_NEEDS_HUMAN,
	STATES
};
const char *finding_state_name(enum finding_state s);

enum fix_state { FIX_UNKNOWN, FIX_FIXED, FIX_NONE, FIX_WILL_NOT_FIX, FIX_END_OF_LIFE, FIX_STATES };
const char *fix_state_name(enum fix_state s);

struct evidence {
	struct sv path, value, file;
	uint32_t line, column, end_line, end_column; /* 0 = none */
	size_t layer;                                /* or INDEX_NONE */
};

struct cvss {
	struct sv source, version, vector;
	double score; /* 0.0 to 10.0 */
};

/* For explain: a condition of the rule, taken apart. */
struct finding_part {
	struct sv expression, value; /* value: JSON, or what is wrong (fault) */
	struct sv path;
	uint32_t line, column; /* 0 = none */
	bool fault, standard;  /* no value; the value is the platform's default */
	bool decides;          /* an element of a list that decides */
};

/* The part that only vulnerabilities have. */
struct vulnerability {
	struct sv_vec aliases, cwes;
	size_t package; /* index in report->packages */
	enum fix_state fix_state;
	struct sv_vec fix_versions;
	struct sv fix_date;
	bool has_cvss, has_epss, has_kev, malicious;
	struct cvss cvss;
	double epss_score, epss_percentile;
	struct sv epss_date;
	struct sv kev_added, kev_due;
	bool kev_ransomware;
	struct sv published, modified;
	struct sv record_id, record_feed;
	struct sv range; /* for explain: "introduced 0, fixed 1.2.3 (deb)" */
	bool fixed_by_base;
};

struct finding {
	struct sv id; /* CVE first, else the record's id; or the rule's */
	enum finding_kind kind;
	enum finding_state state;
	enum severity severity;
	struct sv severity_source;
	struct sv message;     /* one line */
	struct sv fingerprint; /* stable across runs */
	size_t subject;
	struct sv scope; /* "" or "container/web" */
	struct sv resource_kind, resource_ns, resource_name;
	struct {
		struct evidence *p;
		size_t n, cap;
	} evidence;                 /* cap 0: lies in the report's arena */
	struct sv snippet;          /* lines of the source with the place marked, or empty */
	struct vulnerability *vuln; /* NULL for other kinds */
	size_t layer;
	enum tri from_base;
	struct sv waiver_reason;          /* in report->waived only */
	bool in_source;                   /* waived by the object itself */
	bool has_fix;                     /* its rule has a safe patch */
	struct sv patch;                  /* JSON Patch text, or empty */
	struct sv remedy;                 /* on this platform, where it is not the rule's */
	const struct finding_part *parts; /* in the report's arena */
	size_t parts_n;
};

/* The name in a scope of containers ("init/setup", "container/web/port/80"); of what is one
 * container as a whole (compose, engines, processes) its name; else empty. */
struct sv finding_container(const struct finding *f);
/* Frees what the finding owns beside its texts. */
void finding_done(struct finding *f);

/* Text that stands once per id. */
struct rule_text {
	struct sv id, title, why, remedy;
	enum severity severity;
	struct {
		struct {
			struct sv scheme, id, url;
		} * p;
		size_t n, cap;
	} references;
	struct sv_vec aliases;
};

/* True when name, which may be a glob, is its id, an alias or a reference ("cis-docker-1.6:5.5",
 * "docker-bench-5.5"). Case does not count; AVD-KSV-0017, KSV017 and KSV0017 are other writings of
 * KSV-0017, as are those of DS and KCV. */
bool rule_text_is_named(const struct rule_text *t, struct sv name);
