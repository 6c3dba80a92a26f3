/*
 * Options as rows. From one row come parsing, configuration key, environment variable, help,
 * completion and the section of the man page. Rows stand in groups; a command names the groups it
 * takes.
 *
 * A value has a source; a higher source replaces what a lower one said (lists too):
 * default < /etc < user's file < working directory's file or --config < GABION_<OPTION> < command
 * line.
 */
#pragma once

#include "base/base.h"

enum option_type {
	OPTION_FLAG,   /* bool; --x, --x=false; file and environment: true, false, yes, no, 1, 0 */
	OPTION_COUNT,  /* unsigned, one more for each time given */
	OPTION_TEXT,   /* struct sv */
	OPTION_LIST,   /* struct sv_vec, repeatable, cut at commas */
	OPTION_VALUES, /* struct sv_vec, repeatable, taken whole */
	OPTION_NUMBER, /* uint64_t */
	OPTION_SIZE,   /* uint64_t bytes: 512M, 2GiB */
	OPTION_DURATION, /* uint64_t seconds: 90, 90s, 5m, 2h */
	OPTION_WORD,     /* unsigned: index in words */
};

enum option_flag {
	OPTION_GUARDED = 1, /* never from gabion.yaml of the working directory: it may come with the
			       target */
	OPTION_LINE_ONLY = 2, /* only on the command line */
	OPTION_HIDDEN = 4,    /* not in help and completion */
	OPTION_IS_FILE = 8,   /* completes file names */
	OPTION_WRITES =
		16, /* FORMAT=FILE: the working directory's gabion.yaml may not name the file */
	OPTION_IS_RULE = 32,      /* completes ids and families of rules */
	OPTION_IS_BENCHMARK = 64, /* completes benchmarks */
};

struct option_row {
	const char *name; /* long name; the key in gabion.yaml; GABION_<NAME> with '_' for '-' */
	char letter;      /* 0 = none */
	const char *arg;  /* "FILE" in help; NULL for flags and counts */
	enum option_type type;
	size_t offset;        /* of the field in struct options, or in the command's own struct */
	const char *standard; /* value when nobody set it, as it would be written; NULL = zero */
	const char *const *words; /* OPTION_WORD, and completion of lists; NULL at the end */
	const char *same_as;      /* another long name for that row */
	unsigned flags;
	const char *help; /* one or more sentences without a final full stop */
};

struct option_group {
	const char *title; /* "Output" */
	const struct option_row *rows;
	size_t n;
	bool own; /* offsets are in the command's own struct */
};

/* The row of this long name (same_as not followed) or letter; NULL. */
const struct option_row *option_group_find(const struct option_group *g, struct sv name);
const struct option_row *option_group_letter(const struct option_group *g, char letter);
bool option_takes_value(const struct option_row *row);
/* "GABION_MAX_DB_AGE" */
void option_env_name(struct buf *b, const struct option_row *row);

/* Sets the field from text; lists grow. ERR_USAGE with a message that begins with the value. Texts
 * are views into value, which must outlive the field. */
int option_store(const struct option_row *row, void *field, struct sv value,
		 struct err *err) must_check;
/* Empties the field (before a higher source speaks). */
void option_reset(const struct option_row *row, void *field);
/* Frees what the field owns. */
void option_done(const struct option_row *row, void *field);
/* The value as it would be written: lists with commas. */
void option_show(struct buf *b, const struct option_row *row, const void *field);

/* "512M", "2GiB", "4096": binary units. */
bool size_parse(struct sv v, uint64_t *out);
/* "90", "90s", "5m", "2h", "1d" */
bool duration_parse(struct sv v, uint64_t *seconds);

/* Values as C strings in the arena; an empty value is NULL. */
const char *option_string(struct arena *a, struct sv v);
const char *const *option_strings(struct arena *a, const struct sv_vec *v);
