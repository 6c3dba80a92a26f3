/* Commands as records of facts. */
#include "fact/dockerfile/shell.h"

static const struct program {
	const char *name, *valued, *longs;
	bool single;
} programs[] = {
#define PROGRAM(name, valued, longs, single) {name, valued, longs, single},
#include "fact/dockerfile/programs.def"
};

/* A number behind the name is its version: pip3.11, python3. */
static const struct program *find_program(struct sv name)
{
	static const struct program other = {"", "", "", false};

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_LEN(programs); i++)
			if (name.n && *name.p == *programs[i].name && sv_is(name, programs[i].name))
				return &programs[i];
		while (name.n && ((name.p[name.n - 1] >= '0' && name.p[name.n - 1] <= '9') ||
				  name.p[name.n - 1] == '.' || name.p[name.n - 1] == '-'))
			name.n--;
	}
	return &other;
}

struct setting {
	struct shell_word name, value;
};

struct sorted {
	const struct program *program;
	struct shell_words options, operands;
	struct {
		struct setting *p;
		size_t n, cap;
	} settings;
};

static void set_value(struct sorted *s, struct shell_word name, const struct shell_word *value)
{
	if (value)
		*VEC_PUSH(&s->settings) = (struct setting){name, *value};
}

static bool in_list(const char *names, struct sv name)
{
	struct sv rest = sv_of(names);

	while (rest.n)
		if (sv_eq(sv_cut(&rest, ' '), name))
			return true;
	return false;
}

/* Both return the words taken beside the option itself. */
static size_t long_option(struct sorted *s, struct shell_word word, const struct shell_word *next,
			  size_t dashes)
{
	struct shell_word name = word, value = word;
	size_t equals = sv_find_char(word.text, '=');

	name.text = sv_head(word.text, equals);
	*VEC_PUSH(&s->options) = name;
	if (equals != SIZE_MAX) {
		value.text = sv_from(word.text, equals + 1);
		set_value(s, name, &value);
		return 0;
	}
	if (!next || !in_list(s->program->longs, sv_from(name.text, dashes)))
		return 0;
	set_value(s, name, next);
	return 1;
}

static const char letters[] = "-a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t-u-v-w-x-y-z"
			      "-A-B-C-D-E-F-G-H-I-J-K-L-M-N-O-P-Q-R-S-T-U-V-W-X-Y-Z"
			      "-0-1-2-3-4-5-6-7-8-9";

/* "-q" as a view; empty for what is no letter. */
static struct sv short_name(char c)
{
	for (size_t i = 0; i + 2 < sizeof letters; i += 2)
		if (letters[i + 1] == c)
			return sv_make(letters + i, 2);
	return (struct sv){0};
}

static size_t short_options(struct sorted *s, struct shell_word word, const struct shell_word *next)
{
	for (size_t i = 1; i < word.text.n; i++) {
		struct shell_word name = word, value = word;
		name.text = short_name(word.text.p[i]);
		if (!name.text.n)
			return 0;
		*VEC_PUSH(&s->options) = name;
		if (!strchr(s->program->valued, word.text.p[i]))
			continue;
		value.text = sv_from(word.text, i + 1);
		set_value(s, name, value.text.n ? &value : next);
		return value.text.n == 0 && next;
	}
	return 0;
}

static void sort_words(const struct shell_command *c, struct sorted *s)
{
	bool operands = false;

	for (size_t i = c->from + 1; i < c->all.n; i++) {
		struct shell_word word = c->all.p[i];
		const struct shell_word *next = i + 1 < c->all.n ? &c->all.p[i + 1] : NULL;
		if (operands || word.text.n < 2 || word.text.p[0] != '-')
			*VEC_PUSH(&s->operands) = word;
		else if (sv_is(word.text, "--"))
			operands = true;
		else if (word.text.p[1] == '-')
			i += long_option(s, word, next, 2);
		else if (s->program->single)
			i += long_option(s, word, next, 1);
		else
			i += short_options(s, word, next);
	}
}

struct place {
	struct arena *a;
	uint16_t doc;
};

static struct node node_at(const struct place *p, uint32_t start, uint32_t end)
{
	return (struct node){.kind = NODE_STRING,
			     .doc = p->doc,
			     .start = start,
			     .end = end < start ? start : end};
}

static void strings(const struct place *p, struct node *record, unsigned field,
		    const struct shell_word *words, size_t n, const struct node *at)
{
	struct node *list = fact_list(p->a, record, field, n, at);

	for (size_t i = 0; i < n; i++) {
		list->items[i] = node_at(p, words[i].start, words[i].end);
		list->items[i].text = words[i].text;
	}
}

static void pair(const struct place *p, struct node *into, struct sv name,
		 const struct shell_word *value)
{
	struct node at = node_at(p, value->start, value->end);

	fact_fill(p->a, into, &schema_pair, &at);
	fact_say(into, PAIR_NAME, NODE_STRING, name, &at);
	fact_say(into, PAIR_VALUE, NODE_STRING, value->text, &at);
}

static void assignments(const struct place *p, const struct shell_command *c, struct node *record,
			const struct node *at)
{
	struct node *list = fact_list(p->a, record, COMMAND_ASSIGNMENTS, c->assignments.n, at);

	for (size_t i = 0; i < c->assignments.n; i++) {
		struct shell_word value = c->assignments.p[i];
		struct sv name = sv_cut(&value.text, '=');
		name.n -= name.n && name.p[name.n - 1] == '+';
		pair(p, &list->items[i], name, &value);
	}
}

static void sorted_fields(const struct place *p, const struct shell_command *c, struct node *record,
			  const struct node *at)
{
	struct sorted s = {.program = find_program(c->program)};

	sort_words(c, &s);
	strings(p, record, COMMAND_OPTIONS, s.options.p, s.options.n, at);
	strings(p, record, COMMAND_OPERANDS, s.operands.p, s.operands.n, at);
	if (s.operands.n) {
		struct node first = node_at(p, s.operands.p[0].start, s.operands.p[0].end);
		fact_say(record, COMMAND_SUBCOMMAND, NODE_STRING, s.operands.p[0].text, &first);
	}
	struct node *list = fact_list(p->a, record, COMMAND_SETTINGS, s.settings.n, at);
	for (size_t i = 0; i < s.settings.n; i++)
		pair(p, &list->items[i], s.settings.p[i].name.text, &s.settings.p[i].value);
	vec_done(&s.options);
	vec_done(&s.operands);
	vec_done(&s.settings);
}

static void one_record(const struct place *p, const struct shell_command *c, struct node *record)
{
	struct node at = node_at(p, c->start, c->end), program = at;

	if (c->from < c->all.n)
		program = node_at(p, c->all.p[c->from].start, c->all.p[c->from].end);
	fact_fill(p->a, record, &schema_command, &at);
	fact_say(record, COMMAND_PROGRAM, NODE_STRING, c->program, &program);
	strings(p, record, COMMAND_WORDS, c->all.p + c->from, c->all.n - c->from, &at);
	sorted_fields(p, c, record, &at);
	fact_say(record, COMMAND_SUDO, NODE_BOOL, c->sudo ? SV("true") : SV("false"), &at);
	fact_say(record, COMMAND_BEFORE, NODE_STRING, sv_of(c->before), &at);
	fact_say(record, COMMAND_AFTER, NODE_STRING, sv_of(c->after), &at);
	assignments(p, c, record, &at);
	strings(p, record, COMMAND_REDIRECTS, c->redirects.p, c->redirects.n, &at);
	fact_say(record, COMMAND_TEXT, NODE_STRING, c->text, &at);
	fact_say(record, COMMAND_DEPTH, NODE_NUMBER, arena_fmt(p->a, "%u", c->depth), &at);
}

void shell_records(const struct shell *s, size_t first, struct node *record, unsigned field,
		   const struct node *at)
{
	struct place p = {.a = s->a, .doc = at->doc};
	size_t n = 0;

	for (size_t i = first; i < s->all.n; i++)
		n += !s->all.p[i].dead;
	struct node *list = fact_list(s->a, record, field, n, at);
	list->n = 0;
	for (size_t i = first; i < s->all.n; i++)
		if (!s->all.p[i].dead)
			one_record(&p, &s->all.p[i], &list->items[list->n++]);
}

void shell_commands(struct arena *a, struct sv script, struct node *record, unsigned field,
		    const struct node *at)
{
	struct shell s = {.a = a};
	const struct df_text t = {.text = script, .start = at->start, .end = at->end};

	shell_scan(&s, &t, 0, 0);
	shell_records(&s, 0, record, field, at);
	shell_done(&s);
}
