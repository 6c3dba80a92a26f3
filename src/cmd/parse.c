/* The command line: options anywhere, `--` ends them, --opt=value, --opt value, -abc, -ovalue. */
#include "cmd/command.h"

#include "base/suggest.h"

/* The row of this name or letter in any command: enough to know whether a value follows. */
const struct option_row *option_find_anywhere(struct sv name, char letter)
{
	for (size_t c = 0; c < commands_n; c++) {
		const struct option_group *g;
		for (size_t i = 0; (g = command_group(commands[c], i)); i++) {
			const struct option_row *row = letter ? option_group_letter(g, letter)
							      : option_group_find(g, name);
			if (row)
				return row;
		}
	}
	return NULL;
}

static const struct option_row *find_letter(const struct invocation *in, char letter)
{
	const struct option_group *g;

	for (size_t i = 0; (g = command_group(in->command, i)); i++) {
		const struct option_row *row = option_group_letter(g, letter);
		if (row)
			return row;
	}
	return NULL;
}

static bool is_option(struct sv arg)
{
	return arg.n > 1 && arg.p[0] == '-';
}

/* True when the option takes the next argument as its value. */
static bool wants_next(struct sv arg)
{
	const struct option_row *row;

	if (arg.p[1] == '-') {
		row = option_find_anywhere(sv_from(arg, 2), 0);
		return row && option_takes_value(row);
	}
	for (size_t i = 1; i < arg.n; i++) {
		row = option_find_anywhere((struct sv){0}, arg.p[i]);
		if (row && option_takes_value(row))
			return i + 1 == arg.n;
	}
	return false;
}

/* The first operands of the line, two at most; *unknown: the first option that no command has. */
static size_t first_operands(int argc, char **argv, struct sv *out, struct sv *unknown)
{
	size_t n = 0;
	bool only_operands = false;

	for (int i = 0; i < argc && n < 2; i++) {
		struct sv arg = sv_of(argv[i]), name = sv_from(arg, 2);
		if (only_operands || !is_option(arg)) {
			out[n++] = arg;
			continue;
		}
		if (sv_is(arg, "--")) {
			only_operands = true;
			continue;
		}
		bool known = arg.p[1] == '-'
				     ? option_find_anywhere(sv_cut(&name, '='), 0) != NULL
				     : option_find_anywhere((struct sv){0}, arg.p[1]) != NULL;
		if (!known && !unknown->n)
			*unknown = arg;
		if (wants_next(arg))
			i++;
	}
	return n;
}

static int unknown_option(const struct command *c, struct sv name, struct err *err)
{
	struct suggest s = {.word = name};
	const struct option_group *g;

	for (size_t i = 0; c && (g = command_group(c, i)); i++)
		for (size_t k = 0; k < g->n; k++)
			if (!(g->rows[k].flags & OPTION_HIDDEN))
				suggest_offer(&s, sv_of(g->rows[k].name));
	for (size_t k = 0; !c && k < global_options.n; k++)
		suggest_offer(&s, sv_of(global_options.rows[k].name));
	struct sv best = suggest_best(&s);
	int rc = c ? err_set(err, ERR_USAGE, "%s has no option --%.*s", c->name, SV_ARG(name))
		   : err_set(err, ERR_USAGE, "there is no option --%.*s", SV_ARG(name));
	if (best.n)
		(void)err_hint(err, "did you mean --%.*s?", SV_ARG(best));
	else
		(void)err_hint(err, "gabion %s%s--help lists the options", c ? c->name : "",
			       c ? " " : "");
	return rc;
}

static int unknown_letter(const struct command *c, char letter, struct err *err)
{
	int rc = err_set(err, ERR_USAGE, "%s has no option -%c", c ? c->name : "gabion", letter);

	(void)err_hint(err, "gabion %s%s--help lists the options", c ? c->name : "", c ? " " : "");
	return rc;
}

/* "build, update ...": the commands behind this word. */
static void list_family(struct buf *b, struct sv word)
{
	for (size_t i = 0; i < commands_n; i++) {
		struct sv rest = sv_of(commands[i]->name);
		if (!(commands[i]->flags & COMMAND_HIDDEN) && sv_eq(sv_cut(&rest, ' '), word) &&
		    rest.n)
			buf_fmt(b, "%s%.*s", b->n ? ", " : "", SV_ARG(rest));
	}
}

/* "gabion db frobnicate", "gabion db" alone. */
static int unknown_member(struct sv word, struct sv second, struct sv family, struct err *err)
{
	struct suggest s = {.word = second};

	if (!second.n) {
		(void)err_set(err, ERR_USAGE, "%.*s needs one of: %.*s", SV_ARG(word),
			      SV_ARG(family));
		return err_hint(err, "gabion help %.*s says what they do", SV_ARG(word));
	}
	for (struct sv rest = family, one; rest.n;) {
		one = sv_trim(sv_cut(&rest, ','));
		suggest_offer(&s, one);
	}
	struct sv best = suggest_best(&s);
	(void)err_set(err, ERR_USAGE, "there is no command '%.*s %.*s'", SV_ARG(word),
		      SV_ARG(second));
	if (best.n)
		return err_hint(err, "did you mean 'gabion %.*s %.*s'?", SV_ARG(word),
				SV_ARG(best));
	return err_hint(err, "%.*s takes one of: %.*s", SV_ARG(word), SV_ARG(family));
}

static int unknown_command(struct sv word, struct sv second, struct err *err)
{
	auto_done(buf_done) struct buf family = {0};
	struct suggest s = {.word = word};

	list_family(&family, word);
	if (family.n)
		return unknown_member(word, second, buf_view(&family), err);
	for (size_t i = 0; i < commands_n; i++) {
		struct sv rest = sv_of(commands[i]->name);
		if (!(commands[i]->flags & COMMAND_HIDDEN))
			suggest_offer(&s, sv_cut(&rest, ' '));
	}
	struct sv best = suggest_best(&s);
	(void)err_set(err, ERR_USAGE, "there is no command '%.*s'", SV_ARG(word));
	if (best.n)
		return err_hint(err, "did you mean 'gabion %.*s'?", SV_ARG(best));
	return err_hint(err, "'gabion help' lists the commands");
}

int parse_command(int argc, char **argv, const struct command **out, struct err *err)
{
	struct sv words[2] = {{0}}, unknown = {0};
	size_t n = first_operands(argc, argv, words, &unknown);

	*out = NULL;
	if (n == 0 && unknown.n) {
		struct sv name = sv_from(unknown, 2);
		return unknown.p[1] == '-' ? unknown_option(NULL, sv_cut(&name, '='), err)
					   : unknown_letter(NULL, unknown.p[1], err);
	}
	if (n == 0)
		return 0;
	if (n == 2) {
		auto_done(buf_done) struct buf both = {0};
		buf_sv(&both, words[0]);
		buf_char(&both, ' ');
		buf_sv(&both, words[1]);
		*out = command_find(buf_view(&both));
	}
	if (!*out)
		*out = command_find(words[0]);
	return *out ? 0 : unknown_command(words[0], words[1], err);
}

static int apply(struct invocation *in, const struct option_row *row, struct sv value,
		 struct err *err)
{
	struct setting *s = invocation_setting(in, sv_of(row->name));
	int rc;

	if (row->type == OPTION_COUNT) {
		if (s->source != SOURCE_LINE)
			option_reset(row, s->field);
		*(unsigned *)s->field += 1;
		s->source = SOURCE_LINE;
		return 0;
	}
	rc = setting_apply(s, SOURCE_LINE, (struct sv){0}, value, err);
	return rc < 0 ? err_ctx(err, "--%s", row->name) : 0;
}

/* The value of an option that has none attached: the next argument. */
static int next_value(const struct option_row *row, int argc, char **argv, int *i, struct sv *out,
		      struct err *err)
{
	struct sv v = *i + 1 < argc ? sv_of(argv[*i + 1]) : (struct sv){0};
	struct sv name = sv_from(v, 2);
	bool looks_like_option =
		sv_starts(v, SV("--")) && v.n > 2 && option_find_anywhere(sv_cut(&name, '='), 0);

	if (*i + 1 < argc && !looks_like_option) {
		*out = v;
		++*i;
		return 0;
	}
	(void)err_set(err, ERR_USAGE, "--%s needs a value", row->name);
	return err_hint(err, "--%s=%s", row->name, row->arg);
}

static int parse_long(struct invocation *in, int argc, char **argv, int *i, struct err *err)
{
	struct sv rest = sv_from(sv_of(argv[*i]), 2), whole = rest, name = sv_cut(&rest, '=');
	bool attached = name.n < whole.n;
	struct setting *s = invocation_setting(in, name);
	struct sv value = rest;
	int rc;

	if (!s)
		return unknown_option(in->command, name, err);
	if (s->row->type == OPTION_COUNT && attached) {
		(void)err_set(err, ERR_USAGE, "--%s takes no value", s->row->name);
		return err_hint(err, "give it several times");
	}
	if (!attached && s->row->type == OPTION_FLAG)
		value = SV("true");
	if (!attached && option_takes_value(s->row)) {
		rc = next_value(s->row, argc, argv, i, &value, err);
		if (rc < 0)
			return rc;
	}
	return apply(in, s->row, value, err);
}

static int parse_letters(struct invocation *in, int argc, char **argv, int *i, struct err *err)
{
	struct sv letters = sv_from(sv_of(argv[*i]), 1);

	for (size_t k = 0; k < letters.n; k++) {
		const struct option_row *row = find_letter(in, letters.p[k]);
		struct sv value = SV("true");
		if (!row)
			return unknown_letter(in->command, letters.p[k], err);
		bool takes = option_takes_value(row);
		if (takes && k + 1 < letters.n) {
			value = sv_from(letters, k + (letters.p[k + 1] == '=' ? 2 : 1));
		} else if (takes) {
			int rc = next_value(row, argc, argv, i, &value, err);
			if (rc < 0)
				return rc;
		}
		int rc = apply(in, row, value, err);
		if (rc < 0 || takes)
			return rc;
	}
	return 0;
}

static size_t words_in(const char *name)
{
	size_t n = 1;

	for (; *name; name++)
		n += *name == ' ';
	return n;
}

int parse_line(struct invocation *in, int argc, char **argv, struct err *err)
{
	size_t skip = words_in(in->command->name);
	bool only_operands = false;

	for (int i = 0; i < argc; i++) {
		struct sv arg = sv_of(argv[i]);
		int rc = 0;
		if (only_operands || !is_option(arg)) {
			if (skip > 0)
				skip--;
			else
				*VEC_PUSH(&in->args) = arg;
		} else if (sv_is(arg, "--")) {
			only_operands = true;
		} else if (arg.p[1] == '-') {
			rc = parse_long(in, argc, argv, &i, err);
		} else {
			rc = parse_letters(in, argc, argv, &i, err);
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}
