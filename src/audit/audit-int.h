/* What judging and putting right share. */
#pragma once

#include "audit/audit.h"
#include "audit/pool.h"
#include "rule/benchmark.h"

struct audit_setup {
	struct audit_plan plan;
	struct audit_pool_options pool;
	const struct benchmark *benchmark; /* or NULL */
	unsigned minor; /* of Kubernetes, that the benchmark is for; 0 = newest */
	uint8_t *use;   /* of the plan */
	bool *selected, *of_set;
};

/* Chooses and compiles the rules. audit_setup_done() in any case. */
int audit_setup(struct audit_setup *s, const struct audit_options *o, struct err *err) must_check;
void audit_setup_done(struct audit_setup *s);

/* The benchmark's entries (arena of the caller's choice). */
size_t audit_entries(const struct audit_setup *s, struct arena *a,
		     const struct benchmark_entry ***out);
/* Entries into the report, with what the collector counted; questions become findings. */
void audit_benchmark(struct report *r, const struct audit_setup *s, const struct collector *c);
