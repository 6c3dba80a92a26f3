/* One item, from its bytes to frames. Lives in a worker. */
#pragma once

#include "audit/work.h"
#include "base/map.h"
#include "fact/set/set.h"
#include "fact/source.h"
#include "fmt/yaml.h"
#include "model/report.h"

struct fixer;
struct suppress_answer;

/* What a worker keeps between files. */
struct judge_work {
	const struct audit_plan *plan;
	struct frame_writer *out;
	struct engine engine;
	struct arena arena; /* of the file */
	struct audit_counts counts;
	uint64_t (*states)[STATES]; /* by number of the rule, of the file; NULL: not asked for */
	size_t faults;
	struct map told; /* findings of a document that is judged twice, by what they say */
	/* the file */
	struct sv name;
	struct doc doc;
	const struct fact_source *source; /* by the item's name, or NULL */
	struct parts given;               /* files that it names, as far as they were asked for */
	struct parts *parts; /* of the source at work; NULL: Kubernetes, the document is all */
	struct {
		struct sv *p;
		size_t n, cap;
	} wants;     /* names of files to ask for */
	size_t held; /* frames from here on wait for the end: they count only when nothing is wanted
		      */
	bool holds;
	struct set *set;
	/* the document and the object */
	const struct node *root;
	struct {
		const struct node *in, *child;
	} near; /* the last child of a big object that was looked up: verdicts come in its order */
	const struct fact_object *object;
	const struct set_fact *set_fact; /* of the set, instead of an object */
	bool object_told;
	struct suppress_answer *excepted; /* by its annotations, by number of the rule */
	struct fixer *fixer;              /* --fix: verdicts go there */
	bool twice, again; /* a document with duplicate keys is read twice; the second time */
};

void judge_work_init(struct judge_work *w, const struct audit_plan *plan, struct frame_writer *out);
void judge_work_done(struct judge_work *w);
/* Frames from AUDIT_FILE to AUDIT_FILE_END. name and bytes live until it returns. */
void judge_item(struct judge_work *w, const struct audit_job_item *job, struct sv name,
		struct sv bytes);
/* Entries as set_write() made them, each behind its length (4 bytes, little-endian). */
void judge_set(struct judge_work *w, struct sv entries);

/* The bytes alone: what is found is told, between no frames of a file. */
void judge_bytes(struct judge_work *w, struct sv name, struct sv bytes);
/* mark: what stood before the bytes (a byte order mark). Safe patches into the text of a file
 * (audit/fix.c): frames from AUDIT_FILE to AUDIT_FILE_END. */
void fix_file(struct judge_work *w, uint32_t index, struct sv name, struct sv bytes,
	      struct sv mark);
void fixer_take(struct judge_work *w, const struct verdict *v, struct sv fingerprint);
void fixer_error(struct judge_work *w);

/* Frames (audit/judge-tell.c): of an object, before what is about it; of a verdict of the engine
 * (a verdict_fn, arg is the work); of rules about the set that the object excepts. */
void judge_tell_object(struct judge_work *w, struct sv kind, struct sv ns, struct sv name);
void judge_verdict(void *arg, const struct verdict *v);
void judge_tell_exceptions(struct judge_work *w, const struct fact_object *o);
/* The parts of a verdict (audit/explain.c). */
void judge_parts(struct judge_work *w, const struct verdict *v);
/* An error in the file at this byte. */
void judge_error(struct judge_work *w, enum error_weight weight, struct err *err, uint32_t at);
/* The same at a node, in the part that it stands in (NULL: in the whole). */
void judge_error_at(struct judge_work *w, enum error_weight weight, struct err *err,
		    const struct node *at);

/* Documents and items that are none of Kubernetes (audit/judge-source.c). */
/* What a document is; NULL: Kubernetes. */
const struct fact_source *judge_source_of(const struct judge_work *w, const struct node *root);
/* Facts of the text by its source. d: the document when it is one of several, parsed; else NULL. */
void judge_source(struct judge_work *w, const struct fact_source *source, struct doc *d,
		  const struct fact_sink *sink);
/* Frames wait from here on; end: 0 and they go on, or what is wanted is told instead. */
void judge_hold(struct judge_work *w);
void judge_release(struct judge_work *w);

/* Evidence: pointer, place, snippet (audit/place.c). */
struct place {
	const struct part *part; /* NULL: the document */
	struct sv file;          /* of the part, where it is not the item itself */
	struct sv pointer;
	uint32_t start, end;
	uint32_t line, column, end_line, end_column;
};
/* The text that a node stands in. */
struct doc *place_doc(struct judge_work *w, const struct node *n);
/* The root of the document or part, for pointers; NULL. */
const struct node *place_root(const struct judge_work *w, const struct place *p);
void place_of(struct judge_work *w, const struct verdict_place *from, struct place *out);
struct sv place_snippet(struct judge_work *w, const struct place *p);
/* 32 hexadecimal digits: of the rule, the object, the scope and the pointers with names in place of
 * list indexes. */
struct sv place_fingerprint(struct judge_work *w, const struct verdict *v, const struct place *p,
			    size_t n);
