/*
 * Benchmarks: maps from a published list's numbers to rules (rules/benchmarks/NAME.yaml), never
 * copies of its text. With `references: true` the references of the rules are the map
 * (`{scheme: cis-docker-1.6, id: "5.4"}`). An entry has an id of the list, a short name of our own,
 * the rules that decide it, whether a person must look (needs-human), and since and until which
 * version of the platform it counts; `overrides` names entries that it replaces (Pod Security
 * Standards: the restricted check of capabilities stands for the baseline one).
 */
#pragma once

#include "rule/pack.h"

struct benchmark_entry {
	struct sv id;    /* "5.2.2", "capabilities_restricted" */
	struct sv title; /* our words */
	struct {
		const struct rule **p;
		size_t n, cap;
	} rules;
	struct sv_vec overrides, rule_ids;
	struct sv question;    /* what a person must look at; empty: automatic */
	unsigned since, until; /* minor versions of Kubernetes; 0 = always */
};

struct benchmark {
	struct sv name, version,
		title; /* "pss-restricted", "", "Pod Security Standards: restricted" */
	struct {
		struct benchmark_entry *p;
		size_t n, cap;
	} entries;
	struct sv includes;           /* name of the one whose entries come before these */
	const struct benchmark *base; /* that one, after benchmark_find() */
	struct sv file;
	bool references;   /* the rules that refer to an entry are its rules too */
	uint32_t resolved; /* rules->loads for which the rules are looked up */
};

/* "pss-restricted", "pss-restricted@1.25", "cis-kubernetes-1.12". *minor: 0 = the newest. Unknown:
 * ERR_USAGE with a suggestion. */
int benchmark_find(struct rules *r, struct sv name, const struct benchmark **out, unsigned *minor,
		   struct err *err) must_check;
/* Names for help and completion. */
size_t benchmark_names(struct rules *r, struct sv_vec *out);
/* The entries that count at this version, with those that it includes, overridden ones left out.
 * Returns how many there are, fills cap at most. */
size_t benchmark_entries(const struct benchmark *b, unsigned minor,
			 const struct benchmark_entry **out, size_t cap);
