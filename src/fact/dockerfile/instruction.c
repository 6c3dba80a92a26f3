/* One instruction as a record, and what it changes in its stage. */
#include "fact/dockerfile/facts.h"

#include "base/limits.h"

struct context {
	struct df_facts *d;
	size_t stage;
	struct df_stage *s;
	const struct df_instruction *i;
	struct node *record;
	struct node at;
	struct df_scope scope;
	struct df_words words; /* expanded; in the arena */
};

enum { VARIABLES_MAX = 500, PORTS_MAX = 500 };

/* Variables are put in before the image is built; in the others the shell does it, or nobody. */
static bool is_expanded(enum df_kind kind)
{
	return kind != DF_RUN && kind != DF_CMD && kind != DF_ENTRYPOINT && kind != DF_SHELL &&
	       kind != DF_HEALTHCHECK && kind != DF_MAINTAINER && kind != DF_UNKNOWN &&
	       kind != DF_ONBUILD;
}

static void set_words(struct context *c)
{
	const struct df_words *from = &c->i->words;

	c->words.n = from->n;
	c->words.p = ARENA_ARRAY(c->d->f->a, from->n, struct df_word);
	if (from->n)
		memcpy(c->words.p, from->p, from->n * sizeof *from->p);
	for (size_t k = 0; is_expanded(c->i->kind) && k < from->n; k++)
		c->words.p[k].text = df_expand(&c->scope, from->p[k].text, NULL);
	struct node *list = fact_list(c->d->f->a, c->record, INSTRUCTION_ARGS, from->n, &c->at);
	for (size_t k = 0; k < from->n; k++)
		list->items[k] =
			df_string(c->d, c->words.p[k].text, from->p[k].start, from->p[k].end);
}

static void say(struct node *record, unsigned field, const struct node *string)
{
	if (string->kind != NODE_NULL)
		fact_set(record, field, string);
}

static void say_bool(struct node *record, unsigned field, bool value, const struct node *at)
{
	fact_say(record, field, NODE_BOOL, value ? SV("true") : SV("false"), at);
}

static void fill_pair(struct context *c, struct node *into, struct sv name, const struct sv *value,
		      const struct node *at)
{
	fact_fill(c->d->f->a, into, &schema_pair, at);
	fact_say(into, PAIR_NAME, NODE_STRING, name, at);
	if (value)
		fact_say(into, PAIR_VALUE, NODE_STRING, *value, at);
}

/* Flags and mounts. */

/* "type=cache,target=/x,ro" to pairs; quotes of CSV around a field are taken off. */
static void mount_options(struct context *c, struct node *record, struct sv text,
			  const struct node *at)
{
	static const struct {
		const char *name;
		uint8_t field;
	} fields[] = {
		{"type", BUILD_MOUNT_TYPE},     {"target", BUILD_MOUNT_TARGET},
		{"dst", BUILD_MOUNT_TARGET},    {"destination", BUILD_MOUNT_TARGET},
		{"source", BUILD_MOUNT_SOURCE}, {"src", BUILD_MOUNT_SOURCE},
		{"from", BUILD_MOUNT_FROM},     {"id", BUILD_MOUNT_ID},
	};
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',';
	struct node *list = fact_list(c->d->f->a, record, BUILD_MOUNT_OPTIONS, n, at);
	for (size_t i = 0; i < n; i++) {
		struct sv value = sv_cut(&text, ',');
		bool valued = sv_find_char(value, '=') != SIZE_MAX;
		struct sv name = sv_trim(sv_cut(&value, '='));
		for (size_t k = 0; valued && k < ARRAY_LEN(fields); k++)
			if (sv_ieq(name, sv_of(fields[k].name)))
				fact_say(record, fields[k].field, NODE_STRING, value, at);
		fill_pair(c, &list->items[i], name, valued ? &value : NULL, at);
	}
}

static void add_mount(struct context *c, struct node *into, const struct df_flag *flag)
{
	struct node at = df_node(c->d, NODE_STRING, flag->start, flag->end);

	fact_fill(c->d->f->a, into, &schema_build_mount, &at);
	fact_default(into, BUILD_MOUNT_TYPE, NODE_STRING, SV("bind"));
	mount_options(c, into, df_expand(&c->scope, flag->value, NULL), &at);
	if (!fact_has(into, BUILD_MOUNT_FROM))
		return;
	size_t other = df_find_stage(c->d, c->stage, into->items[BUILD_MOUNT_FROM].text);
	if (other == SIZE_MAX)
		return;
	df_needs(c->d, c->stage, other);
	if (!fact_has(c->record, INSTRUCTION_STAGE))
		fact_say(c->record, INSTRUCTION_STAGE, NODE_STRING, c->d->stages.p[other].name,
			 &at);
}

static void add_flags(struct context *c)
{
	const struct df_instruction *i = c->i;
	struct arena *a = c->d->f->a;
	struct node *list = fact_list(a, c->record, INSTRUCTION_FLAGS, i->flags_n, &c->at);
	size_t mounts = 0;

	for (size_t k = 0; k < i->flags_n; k++) {
		const struct df_flag *flag = &i->flags[k];
		struct node at = df_node(c->d, NODE_STRING, flag->start, flag->end);
		struct sv value = df_expand(&c->scope, flag->value, NULL);
		fill_pair(c, &list->items[k], flag->name, flag->valued ? &value : NULL, &at);
		mounts += sv_is(flag->name, "mount");
		if (i->kind == DF_COPY && sv_is(flag->name, "from")) {
			size_t other = df_find_stage(c->d, c->stage, value);
			if (other == SIZE_MAX)
				continue;
			df_needs(c->d, c->stage, other);
			fact_say(c->record, INSTRUCTION_STAGE, NODE_STRING,
				 c->d->stages.p[other].name, &at);
		}
	}
	list = fact_list(a, c->record, INSTRUCTION_MOUNTS, i->kind == DF_RUN ? mounts : 0, &c->at);
	for (size_t k = 0, n = 0; n < list->n && k < i->flags_n; k++)
		if (sv_is(i->flags[k].name, "mount"))
			add_mount(c, &list->items[n++], &i->flags[k]);
}

/* ENV, ARG, LABEL. */

static void set_variable(struct context *c, struct sv name, const struct sv *value)
{
	bool env = c->i->kind == DF_ENV, made;
	struct map *vars = &c->s->state.vars;
	const struct map_entry *global = map_find(&c->d->globals, name), *old;

	if (c->i->trigger || (vars->n >= VARIABLES_MAX && !map_find(vars, name)))
		return;
	old = map_find(vars, name);
	const struct df_var *before = old ? old->ptr : NULL;
	if (before && before->env && !env)
		return;
	struct df_var *var = ARENA_NEW(c->d->f->a, struct df_var);
	if (value)
		*var = (struct df_var){*value, true, env};
	else if (global)
		*var = *(const struct df_var *)global->ptr;
	map_put(vars, name, &made)->ptr = var;
}

static void set_string(struct arena *a, struct node **list, size_t *n, size_t *cap, size_t most,
		       const struct node *string)
{
	for (size_t k = 0; k < *n; k++)
		if (sv_eq((*list)[k].key, string->key)) {
			(*list)[k] = *string;
			return;
		}
	if (*n >= most)
		return;
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 8;
		struct node *grown = ARENA_ARRAY(a, more, struct node);
		if (*n)
			memcpy(grown, *list, *n * sizeof *grown);
		*list = grown;
		*cap = more;
	}
	(*list)[(*n)++] = *string;
}

static void set_pair(struct context *c, struct sv name, const struct sv *value,
		     const struct node *at)
{
	struct df_state *s = &c->s->state;
	struct node string = *at;

	if (c->i->kind != DF_LABEL)
		set_variable(c, name, value);
	if (c->i->trigger || !value)
		return;
	string.kind = NODE_STRING;
	string.key = name;
	string.text = *value;
	if (c->i->kind == DF_LABEL)
		set_string(c->d->f->a, &s->labels, &s->labels_n, &s->labels_cap,
			   limit_dockerfile_labels, &string);
	else if (c->i->kind == DF_ENV)
		set_string(c->d->f->a, &s->env.p, &s->env.n, &s->env.cap, VARIABLES_MAX, &string);
}

/* All values see the variables as they were before the instruction. */
static void add_pairs(struct context *c)
{
	const struct df_words *from = &c->i->words;
	size_t n = c->i->old_form ? from->n > 1 : from->n;
	struct node *list = fact_list(c->d->f->a, c->record, INSTRUCTION_PAIRS, n, &c->at);

	for (size_t k = 0; k < n; k++) {
		const struct df_word *w = &from->p[k];
		struct node at = df_node(c->d, NODE_STRING, w->start, w->end);
		size_t name = w->value_at ? w->value_at - 1 : w->text.n;
		struct sv key = df_expand(&c->scope, sv_head(w->text, name), NULL);
		bool valued = c->i->old_form || w->value_at;
		struct sv value =
			c->i->old_form ? c->words.p[1].text
				       : df_expand(&c->scope, sv_from(w->text, w->value_at), NULL);
		fill_pair(c, &list->items[k], key, valued ? &value : NULL, &at);
	}
	for (size_t k = 0; k < n; k++) {
		const struct node *pair = &list->items[k];
		bool valued = fact_has(pair, PAIR_VALUE);
		set_pair(c, pair->items[PAIR_NAME].text,
			 valued ? &pair->items[PAIR_VALUE].text : NULL, pair);
	}
}

/* COPY, ADD. */

static void add_copy(struct context *c)
{
	const struct df_words *w = &c->words;
	size_t n = 0;

	if (!w->n)
		return;
	const struct df_word *target = &w->p[w->n - 1];
	struct node at = df_node(c->d, NODE_STRING, target->start, target->end);
	fact_say(c->record, INSTRUCTION_TARGET, NODE_STRING, target->text, &at);
	struct node *list = fact_list(c->d->f->a, c->record, INSTRUCTION_SOURCES, w->n - 1, &c->at);
	for (size_t k = 0; k + 1 < w->n; k++)
		if (!df_is_heredoc(c->d->f, c->i->words.p[k].text))
			list->items[n++] =
				df_string(c->d, w->p[k].text, w->p[k].start, w->p[k].end);
	list->n = (uint32_t)n;
}

static void add_heredocs(struct context *c)
{
	const struct df_instruction *i = c->i;
	struct node *list =
		fact_list(c->d->f->a, c->record, INSTRUCTION_HEREDOCS, i->heredocs_n, &c->at);

	for (size_t k = 0; k < i->heredocs_n; k++) {
		const struct df_heredoc *h = &i->heredocs[k];
		struct node at = df_node(c->d, NODE_STRING, h->content.start, h->content.end);
		struct node *into = &list->items[k];
		fact_fill(c->d->f->a, into, &schema_heredoc, &at);
		fact_say(into, HEREDOC_NAME, NODE_STRING, h->name, &at);
		fact_say(into, HEREDOC_CONTENT, NODE_STRING, h->content.text, &at);
		say_bool(into, HEREDOC_EXPAND, h->expand, &at);
	}
}

/* Commands. */

static bool posix_shell(const struct df_state *s)
{
	bool found = false;

	NODE_EACH (it, &s->shell)
		found |= shell_is_posix(sv_basename(it->text));
	return found;
}

/* A script that names its interpreter is shell text only if that is a shell. */
static bool script_is_shell(struct sv text)
{
	struct sv line;

	if (!sv_starts(text, SV("#!")) || !sv_line(&text, &line))
		return true;
	line = sv_trim(sv_from(line, 2));
	while (line.n) {
		struct sv word = sv_cut(&line, ' ');
		if (shell_is_posix(sv_basename(word)))
			return true;
	}
	return false;
}

static void scan_heredocs(struct context *c, size_t first)
{
	struct shell *shell = &c->d->shell;
	bool alone = sv_starts(c->i->rest.text, SV("<<")), reads = alone;

	for (size_t k = first; !reads && k < shell->all.n; k++)
		reads = !shell->all.p[k].dead && shell_reads_input(&shell->all.p[k]);
	for (size_t k = 0; reads && k < c->i->heredocs_n; k++)
		if (script_is_shell(c->i->heredocs[k].content.text))
			shell_scan(shell, &c->i->heredocs[k].content, alone ? 0 : 1, 1);
}

static void add_commands(struct context *c)
{
	struct shell *shell = &c->d->shell;
	const struct df_instruction *i = c->i;
	size_t first = shell->all.n;
	bool runs = i->kind == DF_RUN || i->kind == DF_CMD || i->kind == DF_ENTRYPOINT || i->check;

	if (runs && i->exec) {
		if (!c->s->windows)
			shell_exec(shell, &i->words, i->rest.text);
	} else if (runs && posix_shell(&c->s->state)) {
		if (!i->heredocs_n || !sv_starts(i->rest.text, SV("<<")))
			shell_scan(shell, &i->rest, 0, 0);
		if (i->heredocs_n)
			scan_heredocs(c, first);
	}
	shell_records(shell, first, c->record, INSTRUCTION_COMMANDS, &c->at);
}

/* What holds from here on. */

static void set_user(struct context *c)
{
	if (c->words.n)
		c->s->state.user = c->record->items[INSTRUCTION_ARGS].items[0];
}

static void set_workdir(struct context *c)
{
	struct df_state *s = &c->s->state;

	if (!c->words.n)
		return;
	struct node next = c->record->items[INSTRUCTION_ARGS].items[0];
	bool absolute = next.text.n && (*next.text.p == '/' || *next.text.p == '\\' ||
					(next.text.n > 1 && next.text.p[1] == ':'));
	if (!absolute && s->workdir.kind == NODE_STRING) {
		struct sv old = s->workdir.text;
		if (old.n + next.text.n < 4096)
			next.text = arena_fmt(c->d->f->a, "%.*s%s%.*s", SV_ARG(old),
					      sv_ends(old, SV("/")) ? "" : "/", SV_ARG(next.text));
	}
	s->workdir = next;
}

static void set_shell(struct context *c)
{
	if (c->i->exec && c->words.n)
		c->s->state.shell = c->record->items[INSTRUCTION_ARGS];
}

static void set_command(struct context *c)
{
	c->s->state.command = c->i;
	c->s->state.command_shell = c->s->state.shell;
}

static void set_entrypoint(struct context *c)
{
	struct df_state *s = &c->s->state;

	/* a CMD of below does not outlive a new ENTRYPOINT */
	if (s->command && s->command < &c->d->f->all.p[c->s->first])
		s->command = NULL;
	s->entrypoint = c->i;
	s->entrypoint_shell = s->shell;
}

static void set_healthcheck(struct context *c)
{
	c->s->state.healthcheck = c->i;
}

static void push_words(struct context *c, struct node **list, size_t *n, size_t *cap)
{
	struct node *args = &c->record->items[INSTRUCTION_ARGS];

	for (size_t k = 0; k < args->n; k++) {
		struct node string = args->items[k];
		string.key = string.text; /* once each */
		set_string(c->d->f->a, list, n, cap, PORTS_MAX, &string);
	}
}

static void set_ports(struct context *c)
{
	struct df_state *s = &c->s->state;

	push_words(c, &s->ports.p, &s->ports.n, &s->ports.cap);
}

static void set_volumes(struct context *c)
{
	struct df_state *s = &c->s->state;

	push_words(c, &s->volumes.p, &s->volumes.n, &s->volumes.cap);
}

static void (*const effects[DF_UNKNOWN + 1])(struct context *c) = {
	[DF_CMD] = set_command,    [DF_ENTRYPOINT] = set_entrypoint,
	[DF_EXPOSE] = set_ports,   [DF_HEALTHCHECK] = set_healthcheck,
	[DF_SHELL] = set_shell,    [DF_USER] = set_user,
	[DF_VOLUME] = set_volumes, [DF_WORKDIR] = set_workdir,
};

static void own_fields(struct context *c)
{
	const struct df_instruction *i = c->i;
	struct node *r = c->record;
	struct df_state *s = &c->s->state;
	uint32_t line, column;

	doc_line_col(c->d->doc, i->start, &line, &column);
	struct arena *a = c->d->f->a;
	size_t index = (size_t)(i - c->d->f->all.p) - c->s->first;
	fact_say(r, INSTRUCTION_NAME, NODE_STRING, i->name, &c->at);
	fact_say(r, INSTRUCTION_INDEX, NODE_NUMBER, arena_fmt(a, "%zu", index), &c->at);
	fact_say(r, INSTRUCTION_LINE, NODE_NUMBER, arena_fmt(a, "%u", line), &c->at);
	fact_say(r, INSTRUCTION_TEXT, NODE_STRING, i->tail.text, &c->at);
	say_bool(r, INSTRUCTION_EXEC, i->exec, &c->at);
	say_bool(r, INSTRUCTION_TRIGGER, i->trigger, &c->at);
	say(r, INSTRUCTION_SHELL, &s->shell);
	say(r, INSTRUCTION_USER, &s->user);
	say(r, INSTRUCTION_WORKDIR, &s->workdir);
}

void df_instruction(struct df_facts *d, size_t stage, const struct df_instruction *i,
		    struct node *record)
{
	struct context c = {.d = d,
			    .stage = stage,
			    .s = &d->stages.p[stage],
			    .i = i,
			    .record = record,
			    .at = df_node(d, NODE_STRING, i->start, i->end)};

	c.scope = (struct df_scope){.a = d->f->a,
				    .escape = d->f->escape,
				    .vars = i->kind == DF_FROM ? &d->globals : &c.s->state.vars,
				    .room = &d->room};
	fact_fill(d->f->a, record, &schema_instruction, &c.at);
	own_fields(&c);
	add_flags(&c);
	set_words(&c);
	if (i->kind == DF_ENV || i->kind == DF_ARG || i->kind == DF_LABEL)
		add_pairs(&c);
	if (i->kind == DF_COPY || i->kind == DF_ADD)
		add_copy(&c);
	add_heredocs(&c);
	add_commands(&c);
	if (effects[i->kind] && !i->trigger)
		effects[i->kind](&c);
	fact_lists(record, &schema_instruction);
}
