/* One file, from its bytes to frames. Lives in a worker. */
#pragma once

#include "audit/work.h"
#include "base/map.h"
#include "fact/set.h"
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
	struct set *set;
	/* the document and the object */
	const struct node *root;
	const struct fact_object *object;
	const struct set_fact *set_fact; /* of the set, instead of an object */
	bool object_told;
	struct suppress_answer *excepted; /* by its annotations, by number of the rule */
	struct fixer *fixer;              /* --fix: verdicts go there */
	bool twice, again; /* a document with duplicate keys is read twice; the second time */
};

void judge_work_init(struct judge_work *w, const struct audit_plan *plan, struct frame_writer *out);
void judge_work_done(struct judge_work *w);
/* Frames from AUDIT_FILE to AUDIT_FILE_END. bytes live until it returns. */
void judge_file(struct judge_work *w, uint32_t index, struct sv name, struct sv bytes);
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

/* The parts of a verdict (audit/explain.c). */
void judge_parts(struct judge_work *w, const struct verdict *v);
/* An error in the file at this byte. */
void judge_error(struct judge_work *w, enum error_weight weight, struct err *err, uint32_t at);

/* Evidence: pointer, place, snippet (audit/place.c). */
struct place {
	struct sv pointer;
	uint32_t start, end;
	uint32_t line, column, end_line, end_column;
};
void place_of(struct judge_work *w, const struct verdict_place *from, struct place *out);
struct sv place_snippet(struct judge_work *w, const struct place *p);
/* 32 hexadecimal digits: of the rule, the object, the scope and the pointers with names in place of
 * list indexes. */
struct sv place_fingerprint(struct judge_work *w, const struct verdict *v, const struct place *p,
			    size_t n);
