/*
 * Units as systemd reads them (systemd.unit(5), systemd.syntax(7)): the main file of the first
 * folder that has one, then every drop-in sorted by name, where one of /etc hides one of /usr; a
 * list begins anew at an empty assignment; lines go on behind a backslash; words with quotes and
 * escapes; variables of Environment= and EnvironmentFile= where a command names them. Specifiers
 * (%h) stay as they are.
 */
#pragma once

#include "fact/parts.h"

struct node_vec {
	struct node *p;
	size_t n, cap;
};

struct unit_line {
	struct sv section, key;
	struct node value; /* text: as written, with its continuations; the span of it */
};

struct unit {
	struct parts *b;
	bool found, masked;
	struct {
		struct unit_line *p;
		size_t n, cap;
	} lines;             /* of all files, in order */
	struct node_vec env; /* key: the variable */
};

/* Of parts with the role "unit", whose names are paths: docker.service. */
void unit_read(struct parts *b, struct sv name, struct unit *out);
void unit_done(struct unit *u);
/* The last value of a setting that has one; NULL: never set, or set to nothing at last. */
const struct node *unit_last(const struct unit *u, const char *section, const char *key);
/* All values since the last empty one. Nodes are borrowed of the unit. */
void unit_all(const struct unit *u, const char *section, const char *key, struct node_vec *out);
/* Words of a command line (ExecStart) with variables put in: each a string node with the span of
 * where it is written. */
void unit_command(const struct unit *u, const struct node *value, struct node_vec *words);
/* The same without variables. */
void unit_words(struct arena *a, const struct node *value, struct node_vec *words);
/* Lines KEY=VALUE of an environment file; the key of each node is the variable. */
void unit_environment(struct parts *b, struct part *file, struct node_vec *out);
