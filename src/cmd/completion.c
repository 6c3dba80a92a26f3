/* gabion completion bash|zsh|fish: scripts from the rows. Names of rules and benchmarks come from
 * gabion itself, when they are asked for. */
#include "cmd/command.h"

/* What `gabion debug names` lists for the value; NULL. */
static const char *names_of(const struct option_row *row)
{
	return row->flags & OPTION_IS_RULE        ? "rules"
	       : row->flags & OPTION_IS_BENCHMARK ? "benchmarks"
						  : NULL;
}

/* Names that complete at a place: commands' first words, or second words behind `first`. */
static void print_words(struct sv first)
{
	const char *last = "";

	for (size_t i = 0; i < commands_n; i++) {
		struct sv rest = sv_of(commands[i]->name), word = sv_cut(&rest, ' ');
		if (commands[i]->flags & COMMAND_HIDDEN)
			continue;
		if (first.n) {
			if (sv_eq(word, first) && rest.n)
				(void)printf(" %.*s", SV_ARG(rest));
		} else if (!sv_is(word, last) &&
			   !(sv_starts(sv_of(last), word) && last[word.n] == ' ')) {
			(void)printf(" %.*s", SV_ARG(word));
		}
		last = commands[i]->name;
	}
}

/* "bash|zsh|fish" */
static void print_alternatives(const char *usage)
{
	struct sv rest = sv_of(usage);

	while (rest.n) {
		struct sv word = sv_cut(&rest, '|');
		(void)printf(" %.*s", SV_ARG(word));
	}
}

static void each_row(const struct command *c,
		     void (*fn)(const struct command *, const struct option_row *))
{
	const struct option_group *g;

	for (size_t i = 0; (g = command_group(c, i)); i++)
		for (size_t k = 0; k < g->n; k++)
			if (!(g->rows[k].flags & OPTION_HIDDEN))
				fn(c, &g->rows[k]);
}

static void each_visible(void (*fn)(const struct command *))
{
	for (size_t i = 0; i < commands_n; i++)
		if (!(commands[i]->flags & COMMAND_HIDDEN))
			fn(commands[i]);
}

static void bash_option(const struct command *c, const struct option_row *row)
{
	(void)c;
	(void)printf(" --%s", row->name);
}

static void bash_command(const struct command *c)
{
	(void)printf("\t'%s') opts='", c->name);
	each_row(c, bash_option);
	(void)fputs("';;\n", stdout);
}

static void bash_value(const struct command *c, const struct option_row *row)
{
	(void)c;
	if (!option_takes_value(row))
		return;
	(void)printf("\t--%s", row->name);
	if (row->letter)
		(void)printf("|-%c", row->letter);
	(void)fputs(") ", stdout);
	if (row->words) {
		(void)fputs("COMPREPLY=($(compgen -W '", stdout);
		for (size_t i = 0; row->words[i]; i++)
			(void)printf("%s%s", i ? " " : "", row->words[i]);
		(void)fputs("' -- \"$cur\")); return;;\n", stdout);
	} else if (names_of(row)) {
		(void)printf("_gabion_names %s; return;;\n", names_of(row));
	} else {
		(void)fputs(row->flags & OPTION_IS_FILE
				    ? "COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n"
				    : "return;;\n",
			    stdout);
	}
}

/* What stands behind this command, by its usage: a command's name, or one of some words. */
static void bash_operands(const struct command *c)
{
	bool words = strchr(c->usage, '|') && !strchr(c->usage, '[');

	if (strchr(c->name, ' ') || (!words && !strstr(c->usage, "[COMMAND]")))
		return;
	(void)printf("\t%s) words='", c->name);
	if (words)
		print_alternatives(c->usage);
	else
		print_words(SV(""));
	(void)fputs("';;\n", stdout);
}

/* The second words of "db build", "db update" ... */
static void bash_families(void)
{
	struct sv last = {0};

	for (size_t i = 0; i < commands_n; i++) {
		struct sv rest = sv_of(commands[i]->name), word = sv_cut(&rest, ' ');
		if ((commands[i]->flags & COMMAND_HIDDEN) || !rest.n || sv_eq(word, last))
			continue;
		last = word;
		(void)printf("\t%.*s) words='", SV_ARG(word));
		print_words(word);
		(void)fputs("';;\n", stdout);
	}
}

/* The first operand, or any, is a rule. */
static void bash_rules(const struct command *c)
{
	if (c->flags & (COMMAND_RULE | COMMAND_RULES))
		(void)printf("\t'%s') _gabion_names rules; return;;\n", c->name);
}

static void bash_values(const struct command *c)
{
	each_row(c, bash_value);
}

static void print_bash(void)
{
	(void)fputs(
		"# bash completion for gabion\n_gabion_names() {\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
		"\tCOMPREPLY=($(compgen -W \"$(gabion debug names \"$1\" -- \"$cur\" 2>/dev/null)\" -- \"$cur\"))\n}\n"
		"_gabion() {\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd= sub= opts= words= w\n"
		"\tCOMPREPLY=()\n"
		"\tfor w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
		"\t\tcase $w in -*) ;; *) if [ -z \"$cmd\" ]; then cmd=$w; elif [ -z \"$sub\" ]; then sub=$w; fi;; esac\n"
		"\tdone\n\tcase $prev in\n",
		stdout);
	each_visible(bash_values);
	(void)fputs("\tesac\n\tcase \"$cmd${sub:+ $sub}\" in\n", stdout);
	each_visible(bash_command);
	(void)fputs("\tesac\n\t[ -n \"$opts\" ] || case \"$cmd\" in\n", stdout);
	each_visible(bash_command);
	(void)fputs("\tesac\n\tif [ -z \"$cmd\" ]; then COMPREPLY=($(compgen -W '", stdout);
	print_words(SV(""));
	(void)fputs(
		"' -- \"$cur\")); return; fi\n"
		"\tif [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"$opts\" -- \"$cur\")); return; fi\n"
		"\tif [ -z \"$sub\" ]; then case \"$cmd\" in\n",
		stdout);
	bash_families();
	each_visible(bash_operands);
	(void)fputs("\tesac; fi\n\tcase \"$cmd${sub:+ $sub}\" in\n", stdout);
	each_visible(bash_rules);
	(void)fputs(
		"\tesac\n"
		"\tif [ -n \"$words\" ]; then COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); return; fi\n"
		"\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _gabion gabion\n",
		stdout);
}

/* Inside single quotes of a shell; brackets and colons mean something to _arguments. */
static void print_quoted(const char *text, const char *backslashed)
{
	for (; *text; text++) {
		if (*text == '\'')
			(void)fputs("'\\''", stdout);
		else if (strchr(backslashed, *text))
			(void)printf("\\%c", *text);
		else
			(void)putchar(*text);
	}
}

static void zsh_names(const char *what)
{
	(void)printf("{compadd -- ${(f)\"$(gabion debug names %s -- \"$PREFIX\" 2>/dev/null)\"}}",
		     what);
}

static void zsh_option(const struct command *c, const struct option_row *row)
{
	(void)c;
	(void)printf("\t\t'%s--%s%s[",
		     row->type == OPTION_LIST || row->type == OPTION_VALUES ? "*" : "", row->name,
		     option_takes_value(row) ? "=" : "");
	print_quoted(row->help, "[]:\\");
	(void)putchar(']');
	if (option_takes_value(row)) {
		(void)fputs(":", stdout);
		print_quoted(row->arg, "[]:\\");
		(void)putchar(':');
		if (row->words) {
			(void)putchar('(');
			for (size_t i = 0; row->words[i]; i++)
				(void)printf("%s%s", i ? " " : "", row->words[i]);
			(void)putchar(')');
		} else if (names_of(row)) {
			zsh_names(names_of(row));
		} else if (row->flags & OPTION_IS_FILE) {
			(void)fputs("_files", stdout);
		}
	}
	(void)fputs("' \\\n", stdout);
}

static void zsh_command(const struct command *c)
{
	(void)printf("\t('%s') _arguments -s \\\n", c->name);
	each_row(c, zsh_option);
	if (c->flags & (COMMAND_RULE | COMMAND_RULES)) {
		/* the command's own name is the first word */
		(void)fputs(c->flags & COMMAND_RULE ? "\t\t'2:rule:" : "\t\t'*:rule:", stdout);
		zsh_names("rules");
		(void)fputs(c->flags & COMMAND_RULE ? "' \\\n" : "' ;;\n", stdout);
	}
	if (c->flags & COMMAND_RULES)
		return;
	(void)fputs("\t\t'*:file:_files' ;;\n", stdout);
}

static void print_zsh(void)
{
	(void)fputs("#compdef gabion\n# zsh completion for gabion\n_gabion() {\n"
		    "\tlocal -a plain=(${${words[2,CURRENT-1]}:#-*})\n\tlocal cmd=\"${plain[1]}\"\n"
		    "\tif [[ -z $cmd ]]; then compadd --",
		    stdout);
	print_words(SV(""));
	(void)fputs("; return; fi\n\tcase \"$cmd ${plain[2]}\" in\n", stdout);
	for (size_t i = 0; i < commands_n; i++)
		if (!(commands[i]->flags & COMMAND_HIDDEN) && strchr(commands[i]->name, ' '))
			zsh_command(commands[i]);
	(void)fputs("\t(*) case \"$cmd\" in\n", stdout);
	for (size_t i = 0; i < commands_n; i++)
		if (!(commands[i]->flags & COMMAND_HIDDEN) && !strchr(commands[i]->name, ' '))
			zsh_command(commands[i]);
	/* sourced, or found by its name in fpath and called for the first time */
	(void)fputs(
		"\tesac ;;\n\tesac\n}\n"
		"if [ \"$funcstack[1]\" = _gabion ]; then _gabion \"$@\"; else compdef _gabion gabion; fi\n",
		stdout);
}

static void fish_description(const char *text)
{
	(void)fputs(" -d '", stdout);
	for (; *text; text++)
		(void)printf(*text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
	(void)fputs("'\n", stdout);
}

static void fish_names(const char *what)
{
	(void)printf(" -a '(gabion debug names %s -- (commandline -ct) 2>/dev/null)'", what);
}

static void fish_option(const struct command *c, const struct option_row *row)
{
	struct sv rest = sv_of(c->name), word = sv_cut(&rest, ' ');

	(void)printf("complete -c gabion -n '__fish_seen_subcommand_from %.*s", SV_ARG(word));
	if (rest.n)
		(void)printf("; and __fish_seen_subcommand_from %.*s", SV_ARG(rest));
	(void)printf("' -l %s", row->name);
	if (row->letter)
		(void)printf(" -s %c", row->letter);
	if (option_takes_value(row))
		(void)fputs(row->flags & OPTION_IS_FILE ? " -r" : " -x", stdout);
	if (row->words) {
		(void)fputs(" -a '", stdout);
		for (size_t i = 0; row->words[i]; i++)
			(void)printf("%s%s", i ? " " : "", row->words[i]);
		(void)putchar('\'');
	} else if (names_of(row)) {
		fish_names(names_of(row));
	}
	fish_description(row->help);
}

static void fish_command(const struct command *c)
{
	struct sv rest = sv_of(c->name), word = sv_cut(&rest, ' ');

	if (rest.n) {
		(void)printf("complete -c gabion -n '__fish_seen_subcommand_from %.*s' -f -a %.*s",
			     SV_ARG(word), SV_ARG(rest));
		fish_description(c->summary);
	}
	if (c->flags & (COMMAND_RULE | COMMAND_RULES)) {
		(void)printf("complete -c gabion -n '__fish_seen_subcommand_from %.*s",
			     SV_ARG(word));
		if (rest.n)
			(void)printf("; and __fish_seen_subcommand_from %.*s", SV_ARG(rest));
		(void)putchar('\'');
		fish_names("rules");
		(void)putchar('\n');
	}
	each_row(c, fish_option);
}

static void print_fish(void)
{
	(void)fputs(
		"# fish completion for gabion\ncomplete -c gabion -n __fish_use_subcommand -f -a '",
		stdout);
	print_words(SV(""));
	(void)fputs("'\n", stdout);
	each_visible(fish_command);
}

static const struct {
	const char *name;
	void (*print)(void);
} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

static int run_completion(struct invocation *in, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		if (sv_is(in->args.p[0], shells[i].name)) {
			shells[i].print();
			return 0;
		}
	}
	(void)err_set(err, ERR_USAGE, "no completion for '%.*s'", SV_ARG(in->args.p[0]));
	return err_hint(err, "bash, zsh or fish");
}

static const char *const completion_examples[] = {
	"source <(gabion completion bash)",
	"for this shell",
	"gabion completion fish > ~/.config/fish/completions/gabion.fish",
	"for all later ones",
	NULL,
};

const struct command cmd_completion = {
	.name = "completion",
	.group = "About gabion",
	.summary = "print completion for a shell",
	.usage = "bash|zsh|fish",
	.examples = completion_examples,
	.args_min = 1,
	.args_max = 1,
	.flags = COMMAND_NO_CONFIG,
	.run = run_completion,
};
