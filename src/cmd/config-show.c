/* gabion config: the values in force and where each came from, as a gabion.yaml. */
#include "cmd/config.h"

#include "base/text.h"

static const char *const source_names[] = {
	[SOURCE_DEFAULT] = "default",   [SOURCE_SYSTEM_FILE] = "file",
	[SOURCE_USER_FILE] = "file",    [SOURCE_DIR_FILE] = "file",
	[SOURCE_NAMED_FILE] = "file",   [SOURCE_ENVIRONMENT] = "environment",
	[SOURCE_LINE] = "command line",
};

/* A double-quoted YAML scalar (YAML 1.2.2, 5.7). */
static void put_quoted(struct buf *b, struct sv v)
{
	buf_char(b, '"');
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];
		if (c == '"' || c == '\\')
			buf_fmt(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7F)
			buf_fmt(b, "\\x%02x", c);
		else
			buf_char(b, (char)c);
	}
	buf_char(b, '"');
}

static void put_value(struct buf *b, const struct setting *s)
{
	const struct sv_vec *list = s->field;

	switch (s->row->type) {
	case OPTION_TEXT:
		put_quoted(b, *(const struct sv *)s->field);
		break;
	case OPTION_LIST:
	case OPTION_VALUES:
		buf_char(b, '[');
		for (size_t i = 0; i < list->n; i++) {
			buf_str(b, i ? ", " : "");
			put_quoted(b, list->p[i]);
		}
		buf_char(b, ']');
		break;
	default:
		option_show(b, s->row, s->field);
	}
}

static void put_setting(const struct setting *s)
{
	auto_done(buf_done) struct buf line = {0}, safe = {0};

	/* defaults as comments: the output is a file that sets only what was set */
	buf_fmt(&line, "%s%s: ", s->source == SOURCE_DEFAULT ? "#" : "", s->row->name);
	put_value(&line, s);
	buf_fill(&line, ' ', line.n < 36 ? 36 - line.n : 1);
	buf_str(&line, "# ");
	if (s->where.n)
		buf_sv(&line, s->where);
	else
		buf_str(&line, source_names[s->source]);
	text_escape(&safe, buf_view(&line));
	(void)puts(buf_cstr(&safe));
}

static int run_config(struct invocation *in, struct err *err)
{
	auto_done(buf_done) struct buf name = {0};
	struct config_files files = config_places(&in->arena);

	for (size_t i = 0; i < in->args.n; i++) {
		buf_str(&name, i ? " " : "");
		buf_sv(&name, in->args.p[i]);
	}
	const struct command *c = in->args.n ? command_find(buf_view(&name)) : in->command;
	if (!c) {
		(void)err_set(err, ERR_USAGE, "there is no command '%s'", buf_cstr(&name));
		return err_hint(err, "'gabion help' lists the commands");
	}
	auto_done(invocation_done) struct invocation other;
	struct invocation *shown = in;
	invocation_init(&other, c);
	if (c != in->command) {
		other.options.config = in->options.config;
		int rc = config_apply(&other, &files, err);
		if (rc < 0)
			return rc;
		shown = &other;
	}
	for (size_t i = 0; i < shown->settings.n; i++)
		if (!(shown->settings.p[i].row->flags & (OPTION_LINE_ONLY | OPTION_HIDDEN)))
			put_setting(&shown->settings.p[i]);
	return 0;
}

static const struct option_group *const config_groups[] = {
	&output_options, &judge_options, &target_options, &database_options, &budget_options, NULL};
static const char *const config_examples[] = {
	"gabion config",
	"all shared options",
	"gabion config scan",
	"the options of one command, with its defaults and its section of the files",
	"gabion config > gabion.yaml",
	"a file to start from",
	NULL,
};

const struct command cmd_config = {
	.name = "config",
	.group = "About gabion",
	.summary = "show the options in force and where each came from",
	.usage = "[OPTIONS] [COMMAND]",
	.about =
		"Options are read from the command line, from the environment (GABION_ and the long name in capitals, "
		"'_' for '-'), from gabion.yaml of the working directory, of $XDG_CONFIG_HOME/gabion "
		"(~/.config/gabion) and of /etc/gabion; what comes first in this list wins. Keys of a file are long "
		"names; the name of a command holds values for that command alone.\n"
		"\n"
		"The working directory's file may come with what is judged. It is read only if its owner is the "
		"caller, nobody else can write it or its folder, and it cannot set db, cache, waivers, policy or the "
		"files that are written. The report says that it was used.",
	.examples = config_examples,
	.groups = config_groups,
	.args_max = 2,
	.run = run_config,
};
