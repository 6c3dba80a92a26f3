/*
 * Commands in shell text: POSIX sh and what of bash is common. No shell is run and nothing is
 * expanded: words are as the shell would split them, without quotes, with $NAME as written.
 */
#pragma once

#include "fact/dockerfile/schema.h"
#include "fact/dockerfile/parse.h"

struct shell_word {
	struct sv text;
	uint32_t start, end; /* in the file */
	bool quoted;         /* some of it was */
};

struct shell_words {
	struct shell_word *p;
	size_t n, cap;
};

struct shell_command {
	struct shell_words all; /* in the arena: as written, wrappers too; cap unused */
	size_t from;            /* the program's own words begin here */
	struct sv program;
	struct shell_words assignments, redirects;
	struct sv text;
	uint32_t start, end;
	const char *before, *after;
	unsigned depth;
	bool sudo, dead;
};

struct shell {
	struct arena *a;
	struct {
		struct shell_command *p;
		size_t n, cap;
	} all; /* in the order of their beginnings */
	size_t words, dead;
	bool cut; /* a limit was passed: there is more */
};

void shell_done(struct shell *s);
/* The commands of the text. nest: 0; how deep it stands in other text. */
void shell_scan(struct shell *s, const struct df_text *t, unsigned depth, unsigned nest);
/* One command that is given as words: the exec form. */
void shell_exec(struct shell *s, const struct df_words *words, struct sv text);

/* Takes wrappers off, names the program (command.c). */
void shell_name(struct shell_command *c);
/* The name of a program: sh, bash, dash ... */
bool shell_is_posix(struct sv program);
/* The text that the command gives to a shell: sh -c TEXT, su -c, eval. False: none. span: of it. */
bool shell_script(struct arena *a, const struct shell_command *c, struct df_text *script);
/* It reads its commands from standard input: sh, bash -s. */
bool shell_reads_input(const struct shell_command *c);
/* The commands as records, from index `first` on. */
void shell_records(const struct shell *s, size_t first, struct node *record, unsigned field,
		   const struct node *at);

/* For texts that are no Dockerfile: the commands of one script, each with the span of `at`. */
void shell_commands(struct arena *a, struct sv script, struct node *record, unsigned field,
		    const struct node *at);
