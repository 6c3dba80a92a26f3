/* Man pages in scdoc(5) from the rows: `gabion debug man [COMMAND]`. tools/man makes pages of them.
 */
#include "cmd/command.h"

#include "base/limits.h"

/* scdoc takes '_' and '*' and '\' as markup; a '.' at the start of a line is harmless behind it. */
static void escaped(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (strchr("_*\\<>#", *text))
			(void)fputc('\\', to);
		(void)fputc(*text, to);
	}
}

static void print_row(FILE *to, const struct option_row *row)
{
	if (row->letter)
		(void)fprintf(to, "*-%c*, ", row->letter);
	(void)fprintf(to, "*--%s*", row->name);
	if (row->arg) {
		(void)fputs(" _", to);
		escaped(to, row->arg);
		(void)fputs("_", to);
	}
	(void)fputs("\n\t", to);
	escaped(to, row->help);
	(void)fputs(".", to);
	if (row->standard && strcmp(row->standard, "0") != 0)
		(void)fprintf(to, " Default: %s.", row->standard);
	(void)fputs("\n\n", to);
}

static void print_groups(FILE *to, const struct command *c)
{
	const struct option_group *g;

	(void)fputs("# OPTIONS\n\n", to);
	for (size_t i = 0; (g = command_group(c, i)); i++) {
		(void)fprintf(to, "## %s\n\n", g->title);
		for (size_t k = 0; k < g->n; k++)
			if (!(g->rows[k].flags & OPTION_HIDDEN))
				print_row(to, &g->rows[k]);
	}
}

static void print_about(FILE *to, const struct command *c)
{
	struct sv rest = sv_of(c->about), line;

	(void)fputs("# DESCRIPTION\n\n", to);
	while (sv_line(&rest, &line)) {
		auto_done(buf_done) struct buf copy = {0};
		buf_sv(&copy, line);
		escaped(to, buf_cstr(&copy));
		(void)fputc('\n', to);
	}
	(void)fputc('\n', to);
}

void man_print(FILE *to, const struct command *c)
{
	(void)fputs("gabion-", to);
	for (const char *p = c->name; *p; p++)
		(void)fputc(*p == ' ' ? '-' : *p, to);
	(void)fputs("(1)\n\n# NAME\n\ngabion-", to);
	for (const char *p = c->name; *p; p++)
		(void)fputc(*p == ' ' ? '-' : *p, to);
	(void)fprintf(to, " - %s\n\n# SYNOPSIS\n\n*gabion %s* ", c->summary, c->name);
	escaped(to, c->usage);
	(void)fputs("\n\n", to);
	if (c->about)
		print_about(to, c);
	print_groups(to, c);
	for (const char *const *e = c->examples; e && *e; e += 2) {
		if (e == c->examples)
			(void)fputs("# EXAMPLES\n\n", to);
		(void)fputs("*", to);
		escaped(to, e[0]);
		(void)fputs("*\n\t", to);
		escaped(to, e[1]);
		(void)fputs("\n\n", to);
	}
}

static void print_list(FILE *to)
{
	(void)fputs("# COMMANDS\n\n", to);
	for (size_t i = 0; i < commands_n; i++) {
		if (commands[i]->flags & COMMAND_HIDDEN)
			continue;
		(void)fprintf(to, "*%s*\n\t%s\n\n", commands[i]->name, commands[i]->summary);
	}
}

static int run_man(struct invocation *in, struct err *err)
{
	auto_done(buf_done) struct buf name = {0};

	if (in->args.n == 0) {
		print_list(stdout);
		return 0;
	}
	for (size_t i = 0; i < in->args.n; i++) {
		buf_str(&name, i ? " " : "");
		buf_sv(&name, in->args.p[i]);
	}
	const struct command *c = command_find(buf_view(&name));
	if (!c)
		return err_set(err, ERR_USAGE, "there is no command '%s'", buf_cstr(&name));
	man_print(stdout, c);
	return 0;
}

static int run_limits(struct invocation *in, struct err *err)
{
	(void)in;
	(void)err;
	for (size_t i = 0; i < limit_rows_n; i++)
		(void)printf("%-18s %16llu %-8s %s\n", limit_rows[i].name,
			     (unsigned long long)limit_rows[i].value, limit_rows[i].unit,
			     limit_rows[i].help);
	return 0;
}

const struct command cmd_debug_man = {
	.name = "debug man",
	.group = "Debug",
	.summary = "print the man page of a command in scdoc",
	.usage = "[COMMAND]",
	.args_max = 2,
	.flags = COMMAND_HIDDEN | COMMAND_NO_CONFIG,
	.run = run_man,
};

const struct command cmd_debug_limits = {
	.name = "debug limits",
	.group = "Debug",
	.summary = "print the limits on input",
	.usage = "",
	.flags = COMMAND_HIDDEN | COMMAND_NO_CONFIG,
	.run = run_limits,
};
