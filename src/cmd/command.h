/*
 * Commands as rows. A command is one file cmd/<name>.c that defines `const struct command
 * cmd_<name>` and one row in cmd/commands.def. run() wires options to a domain function; it holds
 * no domain logic.
 */
#pragma once

#include <stdio.h>

#include "cmd/options.h"
#include "report/judge-options.h"

struct invocation;

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum progress_when { PROGRESS_AUTO, PROGRESS_PLAIN, PROGRESS_NEVER };

/* Every shared option's value. */
struct options {
	/* global_options */
	unsigned color, progress; /* enum color_when, progress_when */
	bool quiet, help, version;
	unsigned verbose;
	struct sv config;
	/* output_options */
	struct sv_vec output; /* FORMAT[=FILE]; report/output.h reads it */
	/* judge_options; policy_options has only --policy */
	struct judge_options judge;
	struct sv policy;
	/* target_options */
	struct sv platform, base;
	/* database_options */
	struct sv db;
	/* budget_options */
	struct sv cache;
	uint64_t jobs; /* 0 = processors */
	uint64_t timeout, max_memory;
};

/* The shared groups (cmd/option-groups.c). */
extern const struct option_group global_options, output_options, record_options, judge_options,
	policy_options, target_options, database_options, advisory_options, budget_options;

enum command_flag {
	COMMAND_HIDDEN = 1,
	COMMAND_NO_CONFIG =
		2,         /* reads no gabion.yaml and no environment: help, completion, version */
	COMMAND_RULE = 4,  /* completion: the first operand is a rule */
	COMMAND_RULES = 8, /* all of them are */
};

struct command {
	const char *name;            /* "scan", "db build" */
	const char *group;           /* heading in `gabion help` */
	const char *summary;         /* one line, no full stop */
	const char *usage;           /* operands: "[OPTIONS] TARGET..." */
	const char *about;           /* a few paragraphs for --help and the man page */
	const char *const *examples; /* pairs: command line, what it does; NULL at the end */
	const struct option_group *const *groups; /* NULL at the end; global_options always apply */
	const char *const *defaults;              /* pairs: option, value; NULL at the end */
	size_t own_size;           /* size of the command's own option struct, 0 = none */
	size_t args_min, args_max; /* operands; args_max 0 = none, SIZE_MAX = any number */
	unsigned flags;
	/* Returns the exit code, or -kind with err set. */
	int (*run)(struct invocation *in, struct err *err);
};

enum option_source {
	SOURCE_DEFAULT,
	SOURCE_SYSTEM_FILE,
	SOURCE_USER_FILE,
	SOURCE_DIR_FILE,   /* gabion.yaml of the working directory */
	SOURCE_NAMED_FILE, /* --config */
	SOURCE_ENVIRONMENT,
	SOURCE_LINE,
};

/* One option of this run: its field and who set it. */
struct setting {
	const struct option_row *row;
	void *field;
	enum option_source source;
	struct sv where; /* "/etc/gabion/gabion.yaml:3", "GABION_JOBS" or empty */
};

struct invocation {
	const struct command *command;
	struct options options;
	void *own; /* the command's own struct, zeroed then filled */
	struct sv_vec args;
	struct {
		struct setting *p;
		size_t n, cap;
	} settings;
	struct arena arena;
	struct sv program; /* argv[0]'s last part */
	bool config_used;  /* the working directory's gabion.yaml was read */
	struct sv config_path;
};

/* The table. */
extern const struct command *const commands[];
extern const size_t commands_n;
/* The command of this whole name; NULL. */
const struct command *command_find(struct sv name);
/* Group number i of the command (the global one last), or NULL. */
const struct option_group *command_group(const struct command *c, size_t i);

/* The row of this name or letter in any command: a name takes a value in all of them or in none. */
const struct option_row *option_find_anywhere(struct sv name, char letter);

void invocation_init(struct invocation *in, const struct command *c);
void invocation_done(struct invocation *in);
/* The setting of this long name (same_as followed), or NULL. */
struct setting *invocation_setting(struct invocation *in, struct sv name);
/* Stores value if no higher source has spoken. */
int setting_apply(struct setting *s, enum option_source source, struct sv where, struct sv value,
		  struct err *err) must_check;

/* Finds the command that argv (without argv[0]) names; options may stand before it. *out NULL: none
 * named. */
int parse_command(int argc, char **argv, const struct command **out, struct err *err) must_check;
/* Reads argv for in->command: options into settings, operands behind the command's name into args.
 */
int parse_line(struct invocation *in, int argc, char **argv, struct err *err) must_check;

/* GABION_<OPTION> into the settings of this command. */
int environment_apply(struct invocation *in, struct err *err) must_check;

/* Help of the program, or of one command; to a terminal or pipe. help.c */
void help_print_commands(FILE *to);
void help_print(FILE *to, const struct command *c);
/* The man page of a command in scdoc(5), everything from the rows. man.c */
void man_print(FILE *to, const struct command *c);

/* The whole program. Returns the exit code. */
int cli_run(int argc, char **argv);
