/*
 * The work of `gabion audit` that touches hostile bytes, and how parent and worker speak about it.
 *
 * The parent sends files (small ones in batches, large ones as descriptors); a worker parses them,
 * makes facts, judges them and answers in frames. A worker is forked after the rules are loaded, so
 * that their programs are shared.
 */
#pragma once

#include "base/map.h"
#include "rule/engine.h"
#include "sys/frame.h"
#include "sys/worker.h"

/* What becomes of a rule's verdicts. */
enum rule_use { USE_NOT, USE_SHOW, USE_HIDE_ONLY, USE_HIDE_SKIP };

/* Made before the workers start; they share it. */
struct audit_plan {
	const struct rules *rules;
	const uint8_t *use;   /* enum rule_use by index in rules->all */
	const bool *selected; /* the same for the engine */
	const bool *of_set;   /* asked, and about what only a set has */
	unsigned minor;       /* of Kubernetes; 0 = newest */
	bool all;             /* every state is told */
	bool states;          /* a benchmark: states are counted by rule, no rule covers another */
	bool trace;           /* AUDIT_PART frames */
	bool strict;          /* suppressions in objects are not honoured */
	bool patches;         /* made for findings that have one */
	bool snippets;
	bool set;   /* objects are kept for rules over the set, or facts that come from it */
	bool whole; /* the set is whole */
	const struct map *fix; /* --fix: fingerprints of what is to be put right in the text */
	uint64_t memory;
};

/* A message to a worker begins with one of these as a byte. */
enum audit_job {
	AUDIT_JOB_FILES = 1, /* then struct audit_job_item, name and bytes, repeated */
	AUDIT_JOB_LARGE, /* one struct audit_job_item and its name, the bytes in the descriptor */
	AUDIT_JOB_SET,   /* entries of the set in the descriptor */
};

enum { AUDIT_MESSAGE = 56 * 1024 };

/* What the bytes of an item are. */
enum audit_form {
	AUDIT_BYTES, /* a file */
	AUDIT_PARTS, /* parts_write(); where the first has the role "", it is a file with others
			that it names */
};

struct audit_job_item {
	uint32_t index, source, form; /* source: place in fact_sources from 1; 0 = guess */
	uint32_t name, bytes;         /* lengths */
};

enum audit_frame {
	AUDIT_FILE = 1, /* number: what follows is about this file */
	AUDIT_NAMED,    /* the same by name, from the worker that judges the set */
	AUDIT_OBJECT,   /* kind, namespace, name, isolation: what follows is about this object */
	AUDIT_PART,     /* of the finding that follows: a condition taken apart */
	AUDIT_FINDING,
	AUDIT_ERROR,
	AUDIT_LEFT,     /* reason, line: a document without object */
	AUDIT_EXCEPT,   /* number of a rule about the set, reason: the object excepts it */
	AUDIT_SET,      /* an entry of the set */
	AUDIT_FIXED,    /* a piece of the file's new text */
	AUDIT_STATES,   /* numbers of rules with how often each state was found */
	AUDIT_WANT,     /* name of a file that belongs to it: the item is to come again with it */
	AUDIT_FILE_END, /* counts */
	AUDIT_DONE,     /* the message was worked off */
	AUDIT_FAULT,    /* the last word of a worker */
};

/* What a file came to. */
struct audit_counts {
	uint64_t objects, findings, not_observed, passed, not_applicable, needs_human, hidden_only,
		hidden_skip, fixed, dropped;
};

void frame_counts(struct frame_writer *w, const struct audit_counts *c);
void frame_get_counts(struct sv *payload, bool *ok, struct audit_counts *c);

/* In the child; arg is a struct audit_plan. */
void audit_serve(int jobs, int out, const void *arg);
