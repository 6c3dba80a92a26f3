/* The program: find the command, read options from everywhere, run, make sure that output arrived.
 */
#include "cmd/command.h"

#include <fcntl.h>

#include "base/log.h"
#include "cmd/config.h"

static int fail(const struct err *err)
{
	log_err(err);
	return err_exit_code(err);
}

/* What the usage line names behind the options: "TARGET...". */
static const char *operands_of(const struct command *c)
{
	static const char options[] = "[OPTIONS] ";

	return strncmp(c->usage, options, strlen(options)) == 0 ? c->usage + strlen(options)
								: c->usage;
}

static int check_operands(const struct invocation *in, struct err *err)
{
	const struct command *c = in->command;

	if (in->args.n > c->args_max) {
		(void)err_set(err, ERR_USAGE, "%s does not take '%.*s'", c->name,
			      SV_ARG(in->args.p[c->args_max]));
		return err_hint(err, "usage: gabion %s %s", c->name, c->usage);
	}
	if (in->args.n >= c->args_min)
		return 0;
	(void)err_set(err, ERR_USAGE, "%s needs %s", c->name, operands_of(c));
	return err_hint(err, "for example: %s; more: gabion %s --help", c->examples[0], c->name);
}

static void set_log_level(const struct options *o)
{
	log_level = o->quiet          ? LOG_ERROR
		    : o->verbose >= 2 ? LOG_DEBUG
		    : o->verbose      ? LOG_INFO
				      : LOG_WARN;
}

static int run_command(struct invocation *in, struct err *err)
{
	struct config_files files = config_places(&in->arena);
	int rc = 0;

	if (in->options.help) {
		help_print(stdout, in->command);
		return 0;
	}
	set_log_level(&in->options);
	if (!(in->command->flags & COMMAND_NO_CONFIG))
		rc = config_apply(in, &files, err);
	set_log_level(&in->options);
	if (rc == 0)
		rc = check_operands(in, err);
	return rc < 0 ? rc : in->command->run(in, err);
}

/* Without a command: --version, --help, or the list of commands on standard error and exit 2. */
static int run_bare(struct invocation *in)
{
	if (in->options.version) {
		(void)puts("gabion " GABION_VERSION);
		return 0;
	}
	help_print_commands(in->options.help ? stdout : stderr);
	return in->options.help ? 0 : 2;
}

/* What was written to standard output must have arrived (a full disk shows only now). */
static int close_output(int rc, struct err *err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return rc;
	(void)err_sys(err, "cannot write to standard output");
	(void)err_scope(err, SCOPE_OUTPUT);
	int failed = fail(err);
	return rc == 1 || rc == 2 ? rc : failed;
}

/* Standard descriptors that the caller closed would be given to the next file or socket, and be
 * written to. */
static void fill_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC); /* writing to it still fails */
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

int cli_run(int argc, char **argv)
{
	const struct command *c;
	struct err err = {0};
	int words = argc > 0 ? argc - 1 : 0;
	char **line = argc > 0 ? argv + 1 : argv;

	fill_descriptors();
	if (parse_command(words, line, &c, &err) < 0)
		return fail(&err);
	auto_done(invocation_done) struct invocation in;
	invocation_init(&in, c ? c : command_find(SV("help")));
	int rc = parse_line(&in, words, line, &err);
	if (rc == 0)
		rc = c ? run_command(&in, &err) : run_bare(&in);
	if (rc < 0)
		rc = fail(&err);
	return close_output(rc, &err);
}
