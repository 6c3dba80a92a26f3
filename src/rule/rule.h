/*
 * A rule as data. Packs (rules/NAME.yaml, the same format in a user's folder) are read into these
 * by rule/pack.h; docs/rules.md has the format.
 */
#pragma once

#include "model/finding.h"
#include "rule/facts.h"

/* Where a safe patch stands and what it sets. */
struct rule_fix {
	struct sv platform; /* "kubernetes" */
	struct sv at;       /* "container", "pod" or "object": what path starts at */
	struct sv path;     /* JSON pointer below that; missing objects are made */
	struct sv value;    /* JSON; empty: the value is removed */
};

/* A part of a message: text, then the value of an expression (root NULL: only text). */
struct rule_part {
	struct sv text;
	struct cel_program value;
};

/* What to do on some platforms, instead of the rule's remedy. */
struct rule_remedy {
	uint16_t platforms; /* bits by enum platform_id */
	struct sv word;     /* as the pack names them: "engines" */
	struct sv text;
};

struct rule_sample {
	bool good;
	struct sv source;         /* "kubernetes": manifests; else a row of fact/source.h */
	struct sv text;           /* the one text; else */
	const struct node *parts; /* an object: by role, or "role name", the text of each part */
	uint32_t line;            /* in the pack */
};

/* node->doc of the values of params: no document has this number. */
enum { PARAM_DOC = UINT16_MAX };

struct rule {
	struct rule_text text; /* id, title, why, remedy, severity, references, aliases */
	struct sv family;      /* "privilege" */
	struct sv pack, file;  /* where it comes from */
	uint32_t line;
	const struct fact_row *fact;
	size_t number;           /* its place in rules->all, when packs are loaded */
	int each;                /* scope of the fact; -1 = once for the fact */
	bool opt_in;             /* default: false in the pack */
	bool disabled;           /* a later pack says enabled: false */
	bool set;                /* needs the whole set */
	uint16_t platforms;      /* of workloads: bits by enum platform_id; others are not asked */
	bool redact;             /* values of evidence are not shown */
	enum finding_kind kind;  /* misconfiguration where the pack does not say */
	struct cel_program when; /* root NULL: always applies */
	struct cel_program assertion;
	struct {
		struct rule_part *p;
		size_t n, cap;
	} message;
	struct {
		struct cel_program *p;
		size_t n, cap;
	} evidence;
	struct {
		struct rule_fix *p;
		size_t n, cap;
	} fixes;
	struct {
		struct rule_remedy *p;
		size_t n, cap;
	} remedies;
	struct {
		struct rule_sample *p;
		size_t n, cap;
	} samples;
	const struct node
		*params; /* tunable values by name; `params` in expressions; NULL = none */
	struct sv assertion_text, when_text;
	struct sv_vec covers; /* ids of rules that are not told where this one fails */
	/* The programs above are made by rules_compile() from the rule as it stands in its pack. */
	bool compiled, broken; /* broken: they cannot be made */
	struct doc *doc;
	const struct node *source;
	uint32_t load; /* number of the call that read it: an id stands once in each */
};
