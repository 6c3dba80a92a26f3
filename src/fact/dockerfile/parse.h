/*
 * The grammar of Dockerfiles as BuildKit reads them: lines to instructions, nothing expanded yet.
 * Texts are views of the file where nothing had to be joined.
 */
#pragma once

#include "fact/parts.h"

/* A text that was put together from pieces of the file, with the way back. */
struct df_text {
	struct sv text;
	const struct df_piece {
		uint32_t at;   /* in the whole text */
		uint32_t from; /* in the file */
	} * pieces;            /* ascending */
	size_t n;              /* 0: every byte of it stands for start..end */
	size_t base;           /* of this part in the whole text */
	uint32_t start, end;   /* in the file */
};

/* Where a byte of the text stands in the file. */
uint32_t df_place(const struct df_text *t, size_t at);
/* A part of the text. */
struct df_text df_part(const struct df_text *t, size_t from, size_t n);

/* The length of the white space (Unicode's, as Go has it) that the text begins with; 0: none. */
size_t df_space(struct sv v);
struct sv df_trim_left(struct sv v);
/* White space as it stands between the words of most instructions. */
static inline bool df_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

enum df_kind {
	DF_ADD,
	DF_ARG,
	DF_CMD,
	DF_COPY,
	DF_ENTRYPOINT,
	DF_ENV,
	DF_EXPOSE,
	DF_FROM,
	DF_HEALTHCHECK,
	DF_LABEL,
	DF_MAINTAINER,
	DF_ONBUILD, /* only one that triggers nothing that can be read */
	DF_RUN,
	DF_SHELL,
	DF_STOPSIGNAL,
	DF_USER,
	DF_VOLUME,
	DF_WORKDIR,
	DF_UNKNOWN,
};

struct df_flag {
	struct sv name, value;
	bool valued; /* --name=value */
	uint32_t start, end;
};

struct df_heredoc {
	struct sv name;
	struct df_text content;
	bool expand, strip; /* <<-: tabs in front are taken off */
};

/* A word with its place; for NAME=value, value_at is behind the first =, 0 without. */
struct df_word {
	struct sv text;
	uint32_t start, end;
	size_t value_at;
};

struct df_words {
	struct df_word *p;
	size_t n, cap;
};

void df_words_done(struct df_words *w);

struct df_instruction {
	enum df_kind kind;
	struct sv name;      /* upper case */
	bool trigger;        /* behind ONBUILD */
	bool exec;           /* the JSON form */
	bool check;          /* HEALTHCHECK: CMD is written */
	bool old_form;       /* ENV NAME value: two words, the second is all the rest */
	uint32_t start, end; /* with heredocs: to their last line */
	struct df_text tail; /* behind the name, with flags */
	struct df_text rest; /* behind name and flags; of HEALTHCHECK CMD: behind CMD */
	struct df_words words;
	struct df_flag *flags;
	size_t flags_n;
	struct df_heredoc *heredocs;
	size_t heredocs_n;
};

struct df_fault {
	uint32_t start, end;
	const char *why;
};

struct df_file {
	struct arena *a;
	struct sv bytes;
	char escape;
	struct df_word syntax, check; /* of directives; text.p NULL without */
	struct {
		struct df_instruction *p;
		size_t n, cap;
	} all;
	struct {
		struct df_fault *p;
		size_t n, cap;
	} faults; /* what BuildKit refuses, in order of finding */
	bool cut; /* a limit of ours was passed: what follows was not read */
};

void df_done(struct df_file *f);
/* Reads f->bytes; f->a is set, the rest zero. Never fails: what is wrong is told in faults. */
void df_parse(struct df_file *f);
/* At most 100 of them are kept. why: a view of the arena or a literal. */
void df_tell(struct df_file *f, uint32_t start, uint32_t end, const char *why);
/* The tree for comments and exceptions: an array with one array for each instruction, whose strings
 * (heredocs) hold no comments. */
struct node *df_tree(const struct df_file *f, uint16_t doc);

/* Words of an instruction (words.c). */

/* By blanks alone. */
void df_split(struct df_file *f, const struct df_text *t, struct df_words *out);
/* By blanks outside of quotes: ENV, LABEL, ARG. */
void df_split_quoted(struct df_file *f, const struct df_text *t, struct df_words *out);
/* A JSON array of strings. False: it is none, and the shell form holds. */
bool df_split_json(struct df_file *f, const struct df_text *t, struct df_words *out);
/* The rest of an instruction to words, as its kind has it; what is missing is told. */
void df_arguments(struct df_file *f, struct df_instruction *i);
/* Flags that the instruction has not, without their value, twice, with a value that is none
 * (flags.c). */
void df_check_flags(struct df_file *f, const struct df_instruction *i);
/* Heredocs that the rest names: their names only. */
void df_heredocs(struct df_file *f, struct df_instruction *i);
bool df_is_heredoc(const struct df_file *f, struct sv word);
