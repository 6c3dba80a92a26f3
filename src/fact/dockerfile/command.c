/* What a command is: what stands in front of it taken off, its options told from its operands. */
#include "fact/dockerfile/shell.h"

/* Programs that run the command that stands behind them. */
static const struct wrapper {
	const char *name;
	const char *valued; /* short options with a value */
	const char *longs;  /* long ones, with a space behind each */
	unsigned operands;  /* its own, in front of the command */
	bool assigns;       /* NAME=value in front of the command */
} wrappers[] = {
	{"sudo", "ughpCrtTUDR", "user group host prompt chdir chroot role type ", 0, true},
	{"doas", "uC", "", 0, false},
	{"env", "uCS", "unset chdir ", 0, true},
	{"exec", "a", "", 0, false},
	{"command", "", "", 0, false},
	{"builtin", "", "", 0, false},
	{"time", "of", "output format ", 0, false},
	{"nohup", "", "", 0, false},
	{"nice", "n", "adjustment ", 0, false},
	{"ionice", "cn", "class classdata ", 0, false},
	{"setsid", "", "", 0, false},
	{"stdbuf", "ioe", "input output error ", 0, false},
	{"timeout", "sk", "signal kill-after ", 1, false},
	{"chroot", "", "userspec groups ", 1, false},
	{"gosu", "", "", 1, false},
	{"su-exec", "", "", 1, false},
	{"eatmydata", "", "", 0, false},
	{"tini", "pe", "", 0, false},
	{"dumb-init", "r", "", 0, false},
	{"busybox", "", "", 0, false},
	{"xargs", "nPILsdEa", "max-args max-procs replace max-lines max-chars delimiter arg-file ",
	 0, false},
};

static const struct wrapper *find_wrapper(struct sv program)
{
	for (size_t i = 0; i < ARRAY_LEN(wrappers); i++)
		if (sv_is(program, wrappers[i].name))
			return &wrappers[i];
	return NULL;
}

static bool lists(const char *names, struct sv name)
{
	struct sv rest = sv_of(names);

	while (rest.n)
		if (sv_eq(sv_cut(&rest, ' '), name))
			return true;
	return false;
}

/* The option's value is the next word. */
static bool takes_next(struct sv option, const char *valued, const char *longs)
{
	if (sv_starts(option, SV("--")))
		return sv_find_char(option, '=') == SIZE_MAX && lists(longs, sv_from(option, 2));
	for (size_t i = 1; i < option.n; i++)
		if (option.p[i] && strchr(valued, option.p[i]))
			return i + 1 == option.n;
	return false;
}

static bool assigns(struct sv word)
{
	size_t n = sv_find_char(word, '=');

	return n != SIZE_MAX && n > 0;
}

/* The index of the command behind the wrapper at `from`, or `from` when there is none. */
static size_t behind(const struct shell_command *c, const struct wrapper *w, size_t from)
{
	unsigned operands = w->operands;
	size_t i = from + 1;

	for (; i < c->all.n; i++) {
		struct sv word = c->all.p[i].text;
		if (word.n > 1 && word.p[0] == '-') {
			if (sv_is(word, "--") && !operands)
				return i + 1 < c->all.n ? i + 1 : from;
			/* command -v NAME asks and runs nothing */
			if (sv_is(sv_of(w->name), "command") && sv_find_char(word, 'v') < word.n)
				return from;
			i += takes_next(word, w->valued, w->longs);
		} else if (w->assigns && assigns(word)) {
			continue;
		} else if (operands) {
			operands--;
		} else {
			return i;
		}
	}
	return from;
}

static bool is_python(struct sv program)
{
	return sv_starts(program, SV("python")) || sv_starts(program, SV("pypy"));
}

/* python -m pip: the module is the program. */
static size_t module_of(const struct shell_command *c, size_t from)
{
	for (size_t i = from + 1; i + 1 < c->all.n; i++) {
		struct sv word = c->all.p[i].text;
		if (word.n < 2 || word.p[0] != '-')
			break;
		if (word.p[1] != '-' && word.p[word.n - 1] == 'm')
			return i + 1;
		i += takes_next(word, "XW", "");
	}
	return from;
}

void shell_name(struct shell_command *c)
{
	size_t i = 0, next;

	/* each step goes on in the words */
	while (i < c->all.n) {
		struct sv program = sv_basename(c->all.p[i].text);
		const struct wrapper *w = find_wrapper(program);
		c->from = i;
		c->program = program;
		if (w) {
			c->sudo |= sv_is(program, "sudo");
			next = behind(c, w, i);
		} else {
			next = is_python(program) ? module_of(c, i) : i;
		}
		if (next == i)
			return;
		i = next;
	}
}

bool shell_is_posix(struct sv program)
{
	static const char *const names[] = {"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (sv_is(program, names[i]))
			return true;
	return false;
}

static bool script_at(const struct shell_command *c, size_t i, struct df_text *script)
{
	if (i >= c->all.n)
		return false;
	const struct shell_word *w = &c->all.p[i];
	*script = (struct df_text){.text = w->text, .start = w->start, .end = w->end};
	return true;
}

/* The words of eval, put together. */
static bool eval_script(struct arena *a, const struct shell_command *c, struct df_text *script)
{
	size_t n = 0, first = c->from + 1;

	if (first >= c->all.n)
		return false;
	for (size_t i = first; i < c->all.n; i++)
		n += c->all.p[i].text.n + 1;
	char *out = arena_alloc(a, n);
	n = 0;
	for (size_t i = first; i < c->all.n; i++) {
		struct sv word = c->all.p[i].text;
		if (word.n)
			memcpy(out + n, word.p, word.n);
		n += word.n;
		out[n++] = ' ';
	}
	*script = (struct df_text){.text = sv_make(out, n),
				   .start = c->all.p[first].start,
				   .end = c->all.p[c->all.n - 1].end};
	return true;
}

bool shell_script(struct arena *a, const struct shell_command *c, struct df_text *script)
{
	bool su = sv_is(c->program, "su"), found = false;

	if (sv_is(c->program, "eval"))
		return eval_script(a, c, script);
	if (!su && !shell_is_posix(c->program))
		return false;
	for (size_t i = c->from + 1; i < c->all.n; i++) {
		struct sv word = c->all.p[i].text;
		bool option = word.n > 1 && (word.p[0] == '-' || word.p[0] == '+');
		if (option && word.p[1] != '-' && word.p[word.n - 1] == 'c')
			found = true;
		else if (option)
			i += !su && takes_next(word, "oO", "rcfile init-file ");
		else if (found)
			return script_at(c, i, script);
		else if (!su)
			return false;
	}
	return false;
}

bool shell_reads_input(const struct shell_command *c)
{
	if (!shell_is_posix(c->program))
		return false;
	for (size_t i = c->from + 1; i < c->all.n; i++) {
		struct sv word = c->all.p[i].text;
		if (sv_is(word, "-") || sv_is(word, "-s"))
			return true;
		if (!word.n || (word.p[0] != '-' && word.p[0] != '+'))
			return false;
		i += takes_next(word, "oOc", "rcfile init-file ");
	}
	return true;
}
