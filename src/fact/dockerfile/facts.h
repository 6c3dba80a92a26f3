/* From instructions to records: shared by the files that make facts of a Dockerfile. */
#pragma once

#include "base/map.h"
#include "fact/dockerfile/shell.h"

struct df_var {
	struct sv value;
	bool known; /* ARG without a value, and what comes from outside, is not */
	bool env;   /* of ENV: no ARG changes it */
};

struct df_scope {
	struct arena *a;
	char escape;
	struct map *vars; /* to struct df_var */
	size_t *room;     /* bytes that may still be put in */
};

/* Quotes and escapes off, variables put in. What is not known stays as written, and *unknown is
 * set (NULL: not asked). */
struct sv df_expand(const struct df_scope *s, struct sv word, bool *unknown);

/* The value with what the pattern behind #, ##, %, %%, / or // takes off. False: no such operator,
 * or too much work. */
bool df_pattern(struct buf *out, struct sv value, struct sv rest);

/* What holds at a point of a stage, and what its image says at its end. */
struct df_state {
	struct map vars;
	struct node user, workdir, shell; /* kind NODE_NULL: the base's */
	struct node *labels;              /* strings with keys */
	size_t labels_n, labels_cap;
	/* of the image */
	const struct df_instruction *command, *entrypoint, *healthcheck, *signal;
	struct node command_shell, entrypoint_shell; /* in force where they stand */
	struct {
		struct node *p; /* strings: NAME in key, value */
		size_t n, cap;
	} env;
	struct {
		struct node *p;
		size_t n, cap;
	} ports, volumes;
};

struct df_stage {
	size_t first, n; /* instructions */
	struct sv name;
	bool named, repeated, used;
	bool scratch, unknown, windows;
	size_t base; /* a stage, or SIZE_MAX */
	struct sv image;
	struct node image_at;
	struct df_state state;
	struct node *record;
};

struct df_facts {
	struct df_file *f;
	struct doc *doc;
	uint16_t number; /* of the part */
	struct map globals;
	size_t room;
	struct shell shell;
	struct {
		struct df_stage *p;
		size_t n, cap;
	} stages;
	struct {
		struct df_edge {
			size_t from, to;
		} * p;
		size_t n, cap;
	} edges;             /* stage `from` needs `to` */
	struct node *record; /* schema_dockerfile */
};

/* A node over bytes of the file. */
struct node df_node(const struct df_facts *d, enum node_kind kind, uint32_t start, uint32_t end);
struct node df_string(const struct df_facts *d, struct sv text, uint32_t start, uint32_t end);
/* The record of the file; stages keep what the workload needs. */
void df_facts(struct df_facts *d);
void df_facts_done(struct df_facts *d);
/* One instruction (instruction.c): its record, and what it changes. stage: its index. */
void df_instruction(struct df_facts *d, size_t stage, const struct df_instruction *i,
		    struct node *record);
/* The stage that a word names, among those before `stage`; SIZE_MAX. */
size_t df_find_stage(const struct df_facts *d, size_t stage, struct sv word);
void df_needs(struct df_facts *d, size_t stage, size_t other);
/* An image's name taken apart. */
void df_image(struct df_facts *d, struct node *record, unsigned field, struct sv name,
	      const struct node *at);
/* The workload of the last stage (workload.c); NULL without stages. */
struct node *df_workload(struct df_facts *d, struct sv name);
