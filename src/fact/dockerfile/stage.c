/* Stages: their ranges, bases, what they take over, which of them are needed. */
#include "base/limits.h"
#include "fact/dockerfile/facts.h"
#include "fact/image-name.h"

struct node df_node(const struct df_facts *d, enum node_kind kind, uint32_t start, uint32_t end)
{
	return (struct node){.kind = (uint8_t)kind,
			     .doc = d->number,
			     .start = start,
			     .end = end < start ? start : end};
}

struct node df_string(const struct df_facts *d, struct sv text, uint32_t start, uint32_t end)
{
	struct node n = df_node(d, NODE_STRING, start, end);

	n.text = text;
	return n;
}

void df_facts_done(struct df_facts *d)
{
	for (size_t i = 0; i < d->stages.n; i++)
		map_done(&d->stages.p[i].state.vars);
	vec_done(&d->stages);
	vec_done(&d->edges);
	map_done(&d->globals);
	shell_done(&d->shell);
}

void df_image(struct df_facts *d, struct node *record, unsigned field, struct sv name,
	      const struct node *at)
{
	struct node written = *at;

	written.kind = NODE_STRING;
	written.text = name;
	image_name(d->f->a, record, field, &written);
}

size_t df_find_stage(const struct df_facts *d, size_t stage, struct sv word)
{
	uint64_t number;

	for (size_t i = stage; i-- > 0;)
		if (d->stages.p[i].named && sv_ieq(d->stages.p[i].name, word))
			return i;
	return sv_u64(word, &number) && number < stage ? (size_t)number : SIZE_MAX;
}

void df_needs(struct df_facts *d, size_t stage, size_t other)
{
	*VEC_PUSH(&d->edges) = (struct df_edge){stage, other};
}

/* What a stage takes over from the one that it is built on. */

static void copy_list(struct arena *a, struct node **list, size_t n, size_t *cap)
{
	struct node *own = ARENA_ARRAY(a, n, struct node);

	if (n)
		memcpy(own, *list, n * sizeof *own);
	*list = own;
	*cap = n;
}

static void take_over(struct df_facts *d, struct df_stage *s, const struct df_stage *base)
{
	struct arena *a = d->f->a;
	struct map_entry *m;
	size_t at = 0;
	bool made;

	s->state = base->state;
	s->state.vars = (struct map){0};
	while ((m = map_next(&base->state.vars, &at)))
		map_put(&s->state.vars, m->key, &made)->ptr = m->ptr;
	copy_list(a, &s->state.labels, s->state.labels_n, &s->state.labels_cap);
	copy_list(a, &s->state.env.p, s->state.env.n, &s->state.env.cap);
	copy_list(a, &s->state.ports.p, s->state.ports.n, &s->state.ports.cap);
	copy_list(a, &s->state.volumes.p, s->state.volumes.n, &s->state.volumes.cap);
	s->windows = base->windows;
}

static void default_shell(struct df_facts *d, struct df_stage *s, const struct node *at)
{
	static const char *const shells[2][4] = {{"/bin/sh", "-c"}, {"cmd", "/S", "/C"}};
	struct node *shell = &s->state.shell;
	size_t n = s->windows ? 3 : 2;

	*shell = *at;
	shell->kind = NODE_ARRAY;
	shell->flags = NODE_DEFAULT;
	shell->n = (uint32_t)n;
	shell->items = ARENA_ARRAY(d->f->a, n, struct node);
	for (size_t i = 0; i < n; i++)
		shell->items[i] = df_string(d, sv_of(shells[s->windows][i]), at->start, at->end);
}

static bool holds(struct sv text, const char *word)
{
	return sv_find(text, sv_of(word)) != SIZE_MAX;
}

static bool is_windows(struct sv image, struct sv platform)
{
	return sv_starts(platform, SV("windows")) || holds(image, "/windows") ||
	       holds(image, "nanoserver") || holds(image, "windowsservercore");
}

/* Lower case, as BuildKit compares names of stages. */
static struct sv lower(struct arena *a, struct sv v)
{
	char *out = arena_str(a, v);

	for (size_t i = 0; i < v.n; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] - 'A' + 'a');
	return sv_make(out, v.n);
}

static struct sv flag_value(const struct df_instruction *i, const char *name)
{
	for (size_t k = 0; k < i->flags_n; k++)
		if (sv_is(i->flags[k].name, name))
			return i->flags[k].value;
	return (struct sv){0};
}

static void set_name(struct df_facts *d, struct df_stage *s, size_t index,
		     const struct df_instruction *from)
{
	s->named = from->words.n == 3;
	if (!s->named) {
		s->name = arena_fmt(d->f->a, "%zu", index);
		return;
	}
	s->name = lower(d->f->a, from->words.p[2].text);
	for (size_t i = 0; i < index; i++)
		s->repeated |= d->stages.p[i].named && sv_eq(d->stages.p[i].name, s->name);
}

/* What FROM says. */
static void set_base(struct df_facts *d, size_t index, const struct df_instruction *from)
{
	struct df_stage *s = &d->stages.p[index];
	const struct df_scope scope = {
		.a = d->f->a, .escape = d->f->escape, .vars = &d->globals, .room = &d->room};
	const struct df_word *w = from->words.n ? &from->words.p[0] : NULL;
	struct sv platform = flag_value(from, "platform");

	s->base = SIZE_MAX;
	s->image_at = df_node(d, NODE_STRING, w ? w->start : from->start, w ? w->end : from->end);
	s->image = w ? df_expand(&scope, w->text, &s->unknown) : (struct sv){0};
	if (!s->unknown)
		for (size_t i = index; i-- > 0 && s->base == SIZE_MAX;)
			if (d->stages.p[i].named && sv_ieq(d->stages.p[i].name, s->image))
				s->base = i;
	if (s->base != SIZE_MAX) {
		take_over(d, s, &d->stages.p[s->base]);
		df_needs(d, index, s->base);
		return;
	}
	s->scratch = sv_is(s->image, "scratch");
	s->windows = is_windows(s->image, df_expand(&scope, platform, NULL));
	default_shell(d, s, &s->image_at);
}

/* Records. */

static void say_bool(struct node *record, unsigned field, bool value, const struct node *at)
{
	fact_say(record, field, NODE_BOOL, value ? SV("true") : SV("false"), at);
}

static void own_fields(struct df_facts *d, size_t index, const struct df_instruction *from)
{
	struct df_stage *s = &d->stages.p[index];
	struct node *r = s->record;
	const struct node *at = &s->image_at;
	struct arena *a = d->f->a;

	struct node name = *at;
	if (s->named)
		name = df_node(d, NODE_STRING, from->words.p[2].start, from->words.p[2].end);
	fact_say(r, STAGE_NAME, NODE_STRING, s->name, &name);
	fact_say(r, STAGE_INDEX, NODE_NUMBER, arena_fmt(a, "%zu", index), at);
	say_bool(r, STAGE_NAMED, s->named, &name);
	say_bool(r, STAGE_REPEATED, s->repeated, &name);
	say_bool(r, STAGE_SCRATCH, s->scratch, at);
	say_bool(r, STAGE_UNKNOWN, s->unknown, at);
	fact_say(r, STAGE_SYSTEM, NODE_STRING, s->windows ? SV("windows") : SV("linux"), at);
	if (s->base != SIZE_MAX)
		fact_say(r, STAGE_BASE_STAGE, NODE_STRING, d->stages.p[s->base].name, at);
	else if (!s->scratch && s->image.n)
		df_image(d, r, STAGE_IMAGE, s->image, at);
	const struct df_scope scope = {
		.a = a, .escape = d->f->escape, .vars = &d->globals, .room = &d->room};
	for (size_t k = 0; k < from->flags_n; k++) {
		const struct df_flag *flag = &from->flags[k];
		struct node place = df_node(d, NODE_STRING, flag->start, flag->end);
		if (sv_is(flag->name, "platform"))
			fact_say(r, STAGE_PLATFORM, NODE_STRING,
				 df_expand(&scope, flag->value, NULL), &place);
	}
}

static void end_fields(struct df_facts *d, struct df_stage *s)
{
	struct node *r = s->record;

	if (s->state.user.kind == NODE_STRING)
		fact_set(r, STAGE_USER, &s->state.user);
	struct node labels = s->image_at;
	labels.kind = NODE_OBJECT;
	labels.n = (uint32_t)s->state.labels_n;
	/* the record's own: stages that are built on this one change theirs */
	labels.items = s->state.labels;
	fact_set(r, STAGE_LABELS, &labels);
	say_bool(r, STAGE_FINAL, s == &d->stages.p[d->stages.n - 1], &s->image_at);
	say_bool(r, STAGE_USED, s->used, &s->image_at);
}

static void fill_stage(struct df_facts *d, size_t index)
{
	struct df_stage *s = &d->stages.p[index];
	const struct df_instruction *from = &d->f->all.p[s->first], *last = from + s->n - 1;
	struct node whole = df_node(d, NODE_STRING, from->start, last->end);

	set_name(d, s, index, from);
	set_base(d, index, from);
	fact_fill(d->f->a, s->record, &schema_stage, &whole);
	own_fields(d, index, from);
	struct node *list = fact_list(d->f->a, s->record, STAGE_INSTRUCTIONS, s->n, &whole);
	for (size_t k = 0; k < s->n; k++)
		df_instruction(d, index, from + k, &list->items[k]);
}

/* The file. */

/* ARG in front of the first FROM; anything else there belongs to no stage. */
static size_t global_part(struct df_facts *d)
{
	const struct df_scope scope = {
		.a = d->f->a, .escape = d->f->escape, .vars = &d->globals, .room = &d->room};
	size_t n = 0, words = 0;
	bool made;

	for (; n < d->f->all.n && d->f->all.p[n].kind != DF_FROM; n++)
		if (d->f->all.p[n].kind == DF_ARG)
			words += d->f->all.p[n].words.n;
	struct node *list = fact_list(d->f->a, d->record, DOCKERFILE_ARGS, words, NULL);
	list->n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct df_words *w = &d->f->all.p[i].words;
		for (size_t k = 0; d->f->all.p[i].kind == DF_ARG && k < w->n; k++) {
			struct node at = df_node(d, NODE_STRING, w->p[k].start, w->p[k].end);
			struct node *pair = &list->items[list->n++];
			struct df_var *var = ARENA_NEW(d->f->a, struct df_var);
			size_t equals = w->p[k].value_at;
			struct sv name = sv_head(w->p[k].text, equals ? equals - 1 : SIZE_MAX);
			fact_fill(d->f->a, pair, &schema_pair, &at);
			fact_say(pair, PAIR_NAME, NODE_STRING, name, &at);
			if (equals) {
				var->known = true;
				var->value = df_expand(&scope, sv_from(w->p[k].text, equals),
						       &(bool){false});
				fact_say(pair, PAIR_VALUE, NODE_STRING, var->value, &at);
			}
			map_put(&d->globals, name, &made)->ptr = var;
		}
	}
	return n;
}

static void find_stages(struct df_facts *d, size_t first)
{
	for (size_t i = first; i < d->f->all.n; i++) {
		if (d->f->all.p[i].kind == DF_FROM && !d->f->all.p[i].trigger) {
			if (d->stages.n == limit_dockerfile_stages) {
				d->f->cut = true;
				return;
			}
			VEC_PUSH(&d->stages)->first = i;
		}
		d->stages.p[d->stages.n - 1].n++;
	}
}

/* Stages only need earlier ones. */
static void mark_used(struct df_facts *d)
{
	size_t e = d->edges.n;

	if (!d->stages.n)
		return;
	d->stages.p[d->stages.n - 1].used = true;
	/* edges were told stage by stage */
	while (e-- > 0)
		if (d->stages.p[d->edges.p[e].from].used)
			d->stages.p[d->edges.p[e].to].used = true;
}

static void directive(struct node *record, unsigned field, const struct df_facts *d,
		      const struct df_word *w)
{
	if (!w->text.p)
		return;
	struct node at = df_node(d, NODE_STRING, w->start, w->end);
	fact_say(record, field, NODE_STRING, w->text, &at);
}

void df_facts(struct df_facts *d)
{
	struct arena *a = d->f->a;
	struct node whole = df_node(d, NODE_STRING, 0, (uint32_t)d->f->bytes.n);
	static const char *const escapes[] = {"\\", "`"};

	d->room = limit_dockerfile_text;
	d->shell.a = a;
	d->record = fact_record(a, &schema_dockerfile, &whole);
	directive(d->record, DOCKERFILE_SYNTAX, d, &d->f->syntax);
	fact_say(d->record, DOCKERFILE_ESCAPE, NODE_STRING, sv_of(escapes[d->f->escape == '`']),
		 NULL);
	find_stages(d, global_part(d));
	struct node *list = fact_list(a, d->record, DOCKERFILE_STAGES, d->stages.n, NULL);
	for (size_t i = 0; i < d->stages.n; i++) {
		d->stages.p[i].record = &list->items[i];
		fill_stage(d, i);
	}
	mark_used(d);
	for (size_t i = 0; i < d->stages.n; i++)
		end_fields(d, &d->stages.p[i]);
}
