/* Help from the rows: `gabion help`, `gabion COMMAND --help`. */
#include "cmd/command.h"

#include "base/suggest.h"
#include "base/text.h"

#define NAME_COLUMN   14
#define OPTION_COLUMN 28
#define LINE          80

/* Words of text in lines up to LINE columns, the first at column `at`, the others indented by
 * `indent`. */
static void wrap(FILE *to, const char *text, size_t at, size_t indent)
{
	struct sv rest = sv_of(text);
	bool first = true;

	while (rest.n) {
		struct sv word = sv_cut(&rest, ' ');
		if (!first && at + 1 + word.n > LINE) {
			(void)fprintf(to, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		(void)fprintf(to, "%s%.*s", first ? "" : " ", SV_ARG(word));
		at += word.n + !first;
		first = false;
	}
	(void)fputc('\n', to);
}

static void paragraphs(FILE *to, const char *text)
{
	struct sv rest = sv_of(text), line;

	while (sv_line(&rest, &line)) {
		/* a line that begins with a space is shown as it stands */
		if (line.n && line.p[0] != ' ') {
			auto_done(buf_done) struct buf copy = {0};
			buf_sv(&copy, line);
			wrap(to, buf_cstr(&copy), 0, 0);
		} else {
			(void)fprintf(to, "%.*s\n", SV_ARG(line));
		}
	}
}

static void print_row(FILE *to, const struct option_row *row)
{
	auto_done(buf_done) struct buf head = {0}, help = {0};

	if (row->letter)
		buf_fmt(&head, "  -%c, --%s", row->letter, row->name);
	else
		buf_fmt(&head, "      --%s", row->name);
	if (row->arg)
		buf_fmt(&head, " %s", row->arg);
	buf_str(&help, row->help);
	if (row->standard && strcmp(row->standard, "0") != 0)
		buf_fmt(&help, " (default: %s)", row->standard);
	(void)fputs(buf_cstr(&head), to);
	if (head.n + 2 > OPTION_COLUMN)
		(void)fprintf(to, "\n%*s", OPTION_COLUMN, "");
	else
		(void)fprintf(to, "%*s", (int)(OPTION_COLUMN - head.n), "");
	wrap(to, buf_cstr(&help), OPTION_COLUMN, OPTION_COLUMN);
}

static void print_group(FILE *to, const struct option_group *g)
{
	(void)fprintf(to, "\n%s:\n", g->title);
	for (size_t i = 0; i < g->n; i++)
		if (!(g->rows[i].flags & OPTION_HIDDEN))
			print_row(to, &g->rows[i]);
}

void help_print(FILE *to, const struct command *c)
{
	const struct option_group *g;

	(void)fprintf(to, "gabion %s: %s\n\n", c->name, c->summary);
	(void)fprintf(to, "Usage: gabion %s %s\n", c->name, c->usage);
	if (c->about) {
		(void)fputc('\n', to);
		paragraphs(to, c->about);
	}
	for (size_t i = 0; (g = command_group(c, i)); i++)
		print_group(to, g);
	for (const char *const *e = c->examples; e && *e; e += 2) {
		if (e == c->examples)
			(void)fputs("\nExamples:\n", to);
		(void)fprintf(to, "  %s\n      %s\n", e[0], e[1]);
	}
}

void help_print_commands(FILE *to)
{
	const char *group = "";

	(void)fputs(
		"gabion: security for containers\n\nUsage: gabion COMMAND [OPTIONS] TARGET...\n",
		to);
	for (size_t i = 0; i < commands_n; i++) {
		if (commands[i]->flags & COMMAND_HIDDEN)
			continue;
		if (strcmp(group, commands[i]->group) != 0)
			(void)fprintf(to, "\n%s:\n", commands[i]->group);
		group = commands[i]->group;
		(void)fprintf(to, "  %-*s", NAME_COLUMN, commands[i]->name);
		wrap(to, commands[i]->summary, NAME_COLUMN + 2, NAME_COLUMN + 2);
	}
	print_group(to, &global_options);
	(void)fputs("\n'gabion COMMAND --help' shows options and examples of a command.\n", to);
}

/* The commands whose name begins with this word: "db" alone. */
static bool print_family(struct sv word)
{
	bool any = false;

	for (size_t i = 0; i < commands_n; i++) {
		struct sv rest = sv_of(commands[i]->name);
		if ((commands[i]->flags & COMMAND_HIDDEN) || !sv_eq(sv_cut(&rest, ' '), word) ||
		    !rest.n)
			continue;
		(void)printf("  %-*s%s\n", NAME_COLUMN, commands[i]->name, commands[i]->summary);
		any = true;
	}
	return any;
}

static int run_help(struct invocation *in, struct err *err)
{
	auto_done(buf_done) struct buf name = {0};
	char *words[2];
	const struct command *c = NULL;

	if (in->args.n == 0) {
		help_print_commands(stdout);
		return 0;
	}
	for (size_t i = 0; i < in->args.n; i++) {
		buf_str(&name, i ? " " : "");
		buf_sv(&name, in->args.p[i]);
		words[i] = arena_str(&in->arena, in->args.p[i]);
	}
	c = command_find(buf_view(&name));
	if (!c && in->args.n == 1 && print_family(in->args.p[0]))
		return 0;
	if (!c) {
		int rc = parse_command((int)in->args.n, words, &c, err);
		if (rc < 0)
			return rc;
	}
	help_print(stdout, c);
	return 0;
}

static const char *const help_examples[] = {
	"gabion help",
	"all commands",
	"gabion help version",
	"one command: the same as gabion version --help",
	NULL,
};

const struct command cmd_help = {
	.name = "help",
	.group = "About gabion",
	.summary = "show the commands, or the help of one",
	.usage = "[COMMAND]",
	.examples = help_examples,
	.args_max = 2,
	.flags = COMMAND_NO_CONFIG,
	.run = run_help,
};
