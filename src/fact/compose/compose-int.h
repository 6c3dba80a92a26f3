/* Shared by the files of the source "compose". */
#pragma once

#include "base/map.h"
#include "fact/service/service.h"

/* Variables for interpolation: those of files, the outer project's first. */
struct variables {
	struct map own; /* name -> const struct node * */
	const struct variables *outer;
	struct variables *next; /* to free */
};

/* The parts of a project that others may refer to. */
enum section {
	SECTION_SERVICES,
	SECTION_VOLUMES,
	SECTION_NETWORKS,
	SECTION_SECRETS,
	SECTION_CONFIGS,
	SECTIONS
};

struct model {
	const struct node *section[SECTIONS]; /* objects, or NULL */
};

/* A file that was read, with the variables it was read with. */
struct compose_file {
	const struct part *part;
	const struct variables *variables;
	const struct node *root; /* interpolated; NULL: it cannot be read */
	struct map index;        /* of its services, as they stand */
	struct map services;     /* extends resolved: const struct node * */
	bool open;               /* its includes are being read */
	struct compose_file *next;
};

struct compose {
	struct parts *parts;
	struct arena *a;
	const struct fact_sink *sink;
	struct teller tell;
	uint64_t left;    /* nodes that may still be made */
	uint64_t text;    /* bytes of text that interpolation may still make */
	bool over;        /* one of them is used up: told */
	unsigned chain;   /* of services that extend each other */
	struct map unset; /* variables that were told */
	struct variables *all;
	struct compose_file *files;
	unsigned files_n, include_depth;
	struct map names;  /* of parts, cleaned: index */
	struct map walked; /* parts whose duplicate keys were told */
};

/* Budgets: false when used up. */
bool compose_spend(struct compose *c, const struct node *at, uint64_t nodes, uint64_t text);

/* compose/env.c */
struct variables *variables_new(struct compose *c, const struct variables *outer);
const struct node *variables_find(const struct variables *v, struct sv name);
/* The lines of an env file, with values quoted and expanded: calls back for each. */
void env_lines(struct compose *c, struct part *part, const struct variables *v,
	       void (*each)(void *arg, struct sv name, const struct node *value), void *arg);
void variables_read(struct compose *c, struct variables *v, struct part *part);

/* compose/interpolate.c: text with $NAME and ${NAME...} put in. quiet: of unset variables nothing
 * is told. *out is text itself where there is nothing to do. */
void interpolate(struct compose *c, const struct variables *v, struct sv text,
		 const struct node *at, bool quiet, struct sv *out);
/* The tree with all its strings interpolated; keys are left alone. */
const struct node *interpolate_tree(struct compose *c, const struct variables *v,
				    const struct node *root);

/* compose/merge.c: override on top of base, both may be NULL. */
const struct node *merge_service(struct compose *c, const struct node *base,
				 const struct node *over);
const struct node *merge_section(struct compose *c, enum section s, const struct node *base,
				 const struct node *over);

/* compose/files.c */
/* Before the first of the others. */
void compose_index(struct compose *c);
/* The part that a path names, seen from the part that at stands in. NULL: it was asked for, or told
 * that it is not there. A file that may be missing is no fault. */
struct part *compose_part(struct compose *c, struct sv path, const struct node *at, bool required);
/* The folder of the part's name, with its slash. */
struct sv compose_folder(const struct part *part);
struct compose_file *compose_open(struct compose *c, struct part *part, const struct variables *v);
/* A node that stands for a whole part. */
struct node *compose_place(struct compose *c, const struct part *part);

/* compose/extends.c: a service of the file, with what it extends. NULL: there is none. */
const struct node *extended_service(struct compose *c, struct compose_file *f, struct sv name,
				    const struct node *at);

/* compose/model.c: a file's own sections and those of its includes. */
void model_of_file(struct compose *c, struct compose_file *f, struct model *out);
