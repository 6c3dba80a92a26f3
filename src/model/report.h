/* One run's result: what all output formats write. docs/contract.md, "The report". */
#pragma once

#include "model/finding.h"

struct layer {
	struct sv digest, diff_id; /* "sha256:..." or empty */
	uint64_t size;             /* compressed bytes as stored */
	struct sv instruction;     /* Dockerfile instruction from the history, or empty */
	enum tri from_base;
};

struct subject {
	struct sv id;   /* unique in the report */
	struct sv kind; /* "image", "host", "container", "package", "filesystem" */
	struct sv name, scheme, digest, platform;
	struct os os;
	bool has_os;
	struct {
		struct layer *p;
		size_t n, cap;
	} layers;
	struct sv base_name, base_digest, base_how; /* base_how empty: null */
	bool judged;         /* looked at by rules: nothing found is a result */
	struct sv isolation; /* of a container: what it could do to the host; or empty */
};

enum error_weight { WEIGHT_NOTE, WEIGHT_FATAL };

struct report_error {
	struct sv code, message, where, hint;
	enum error_weight weight;
	enum err_scope scope;
	size_t subject; /* or INDEX_NONE */
};

struct feed {
	struct sv ecosystem;
	struct sv_vec releases;
	uint64_t records;
	struct sv date, sha256, source;
	bool is_signed;
	bool bundled; /* came with the program: age only warns */
};

/* A filter that hid something, and how many. */
struct filter {
	struct sv option, value;
	uint64_t hidden;
};

/* A count by type or name: uncovered packages, unread evidence. */
struct count {
	struct sv name;
	uint64_t n;
};

/* Why a file of a target was not judged; the rows say it in words. */
enum left_reason {
	LEFT_NO_MANIFEST,
	LEFT_NO_OBJECT,
	LEFT_HELM_TEMPLATES,
	LEFT_HELM_FILES,
	LEFT_KUSTOMIZATION,
	LEFT_EXCLUDED,
	LEFT_LINK,
	LEFT_SPECIAL,
	LEFT_REASONS
};

struct left_row {
	const char *name, *one, *many; /* "no-object"; "file without ...", "files without ..." */
	const char *hint;              /* what to do instead, or NULL; %s is the folder */
	bool named;                    /* each is named, not only counted */
};
extern const struct left_row left_rows[LEFT_REASONS];

struct left_out {
	struct sv path;
	enum left_reason why;
};

/* An entry of a benchmark and what became of it. */
struct benchmark_line {
	struct sv id, title, question;
	struct sv_vec rules;
	enum finding_state state;
	uint64_t failed, waived, passed, not_applicable, not_observed;
};

struct summary {
	uint64_t by_severity[SEVERITIES], by_kind[FINDING_KINDS], by_state[STATES];
	uint64_t from_base, added, fixable, kev, waived, hidden, without_severity, packages,
		findings;
	uint64_t files, objects, fixed; /* of manifests: judged; findings that --fix ended */
	uint64_t left_out[LEFT_REASONS];
	struct {
		struct count *p;
		size_t n, cap;
	} uncovered, unread;
};

struct report {
	struct arena *arena; /* holds every text and array below, except the vectors themselves */
	struct sv command;
	int64_t time;
	bool complete;
	struct {
		struct subject *p;
		size_t n, cap;
	} subjects;
	struct {
		struct package *p;
		size_t n, cap;
	} packages;
	struct {
		struct rule_text *p;
		size_t n, cap;
	} rules;
	struct {
		struct finding *p;
		size_t n, cap;
	} findings, waived;
	struct {
		struct report_error *p;
		size_t n, cap;
	} errors;
	struct {
		struct feed *p;
		size_t n, cap;
	} feeds;
	int64_t db_age_days; /* -1 = no database */
	struct {
		struct filter *p;
		size_t n, cap;
	} filters;
	struct {
		struct left_out *p;
		size_t n, cap;
	} left_out; /* by path; of many, only the first: the summary has the counts */
	struct {
		struct sv name, version, title, kubernetes; /* name empty: none was asked for */
		struct {
			struct benchmark_line *p;
			size_t n, cap;
		} lines;
	} benchmark;
	struct summary summary;
	bool config_used; /* a gabion.yaml of the working directory was read */
	struct sv config_path;
};

void report_init(struct report *r, struct arena *a, const char *command);
void report_done(struct report *r);
/* Adds err as an error of this weight; fatal makes the report incomplete. */
void report_error_add(struct report *r, enum error_weight weight, size_t subject,
		      const struct err *err);
/* Rules by id, for report_rule(), which finds none before. */
void report_sort_rules(struct report *r);
const struct rule_text *report_rule(const struct report *r, struct sv id);
/* Adds n to the named count of a vector of counts. */
#define COUNT_ADD(vec, arena, name, add) \
	count_add((arena), &(vec)->p, &(vec)->n, &(vec)->cap, (name), (add))
void count_add(struct arena *a, struct count **p, size_t *n, size_t *cap, struct sv name,
	       uint64_t add);
