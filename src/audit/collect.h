/*
 * What workers say, into the report. Every frame is checked: numbers of files and rules, states,
 * lengths. Texts that repeat (messages, pointers, names) stand once.
 */
#pragma once

#include <time.h>

#include "audit/targets.h"
#include "audit/work.h"
#include "base/map.h"

struct file_result {
	uint64_t objects, left;  /* left: documents without object */
	uint32_t first_left;     /* line of the first of them */
	struct timespec changed; /* as it was when it was opened: --fix writes no other */
	uint64_t inode;
	struct sv isolation; /* of a container */
	struct buf wanted;   /* the files that it names, as parts */
	uint32_t wanted_n, rounds;
	bool done;   /* the worker came to its end */
	bool failed; /* it did not, and that is told */
};

struct collector {
	struct report *r;
	const struct audit_plan *plan;
	const struct audit_targets *targets;
	struct file_result *results; /* by file */
	size_t judged;               /* files that are judged, or cannot be */
	struct map texts, names;     /* names: files by path, for the set */
	struct map exceptions;       /* of rules about the set: the reason by file, object, rule */
	struct buf set;              /* entries, by arrival; */
	struct {
		struct set_entry {
			size_t file, at, n;
		} * p;
		size_t n, cap;
	} entries;
	uint64_t (*states)[STATES]; /* by number of the rule */
	bool *rule_told;            /* by number: the text is in the report */
	uint64_t hidden_only, hidden_skip;
	struct sv only, skip; /* as given, for the report */
	bool set_stage;       /* the worker of the set speaks */
	uint64_t parts;       /* of all findings */
	bool over;            /* a limit of the whole run */
	/* Files that an item names: it is given once more, with them. */
	void (*want)(void *arg, size_t item, const struct sv_vec *names);
	void *want_arg;
	/* --fix: new text of a file, whole when its end comes */
	int (*fixed)(void *arg, size_t file, struct sv text, uint64_t fixes, struct err *err);
	void *fixed_arg;
};

/* A worker's frames come in pieces; what it speaks about. */
struct speaker {
	struct buf bytes;
	size_t file; /* INDEX_NONE: none */
	struct sv kind, ns, name;
	uint64_t findings; /* of the file so far */
	struct buf text;   /* --fix */
	struct sv_vec wants;
	struct {
		struct finding_part *p;
		size_t n, cap;
	} parts;          /* of the finding that follows */
	size_t done;      /* messages it has worked off */
	struct err fault; /* its last word */
};

void collector_init(struct collector *c, struct report *r, const struct audit_plan *plan,
		    const struct audit_targets *t);
void collector_done(struct collector *c);
void speaker_done(struct speaker *s);
/* Takes the whole frames of s->bytes. ERR_PROTO: not what a worker says. */
int collect(struct collector *c, struct speaker *s, struct err *err) must_check;
/* Parts of a finding (audit/explain.c): into the speaker, and from there into the finding. */
bool collect_part(struct collector *c, struct speaker *s, struct sv payload);
void collect_parts(struct collector *c, struct speaker *s, struct finding *f);
/* One copy of equal texts. */
struct sv collect_text(struct collector *c, struct sv v);
/* A file that was not judged, and why. */
void collect_failure(struct collector *c, size_t file, const struct err *why);
/* An item that was there when the targets were found and is gone: worth a note. */
void collect_vanished(struct collector *c, size_t item, const struct err *why);
/* When all workers are done: subjects in the order of files, and what they were. */
void collect_end(struct collector *c);
/* The entries of the set in the order of files, each behind its length. */
void collect_set(struct collector *c, struct buf *out);
