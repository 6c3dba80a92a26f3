/* One run of a command: its options' fields and who set them. */
#include "cmd/command.h"

static void settings_add(struct invocation *in, const struct option_group *g)
{
	char *start = g->own ? in->own : (char *)&in->options;

	for (size_t i = 0; i < g->n; i++) {
		if (g->rows[i].same_as)
			continue;
		*VEC_PUSH(&in->settings) = (struct setting){
			.row = &g->rows[i],
			.field = start + g->rows[i].offset,
		};
	}
}

static void set_default(struct setting *s, const char *value)
{
	struct err err;

	/* a row whose own default does not parse is found by the test that walks all rows */
	if (value && option_store(s->row, s->field, sv_of(value), &err) < 0)
		abort();
}

void invocation_init(struct invocation *in, const struct command *c)
{
	*in = (struct invocation){.command = c, .program = SV("gabion")};
	arena_init(&in->arena, 0);
	in->own = arena_alloc(&in->arena, c->own_size);
	for (size_t i = 0; command_group(c, i); i++)
		settings_add(in, command_group(c, i));
	for (size_t i = 0; i < in->settings.n; i++)
		set_default(&in->settings.p[i], in->settings.p[i].row->standard);
	for (const char *const *d = c->defaults; d && *d; d += 2)
		set_default(invocation_setting(in, sv_of(d[0])), d[1]);
}

void invocation_done(struct invocation *in)
{
	for (size_t i = 0; i < in->settings.n; i++)
		option_done(in->settings.p[i].row, in->settings.p[i].field);
	vec_done(&in->settings);
	vec_done(&in->args);
	arena_done(&in->arena);
}

struct setting *invocation_setting(struct invocation *in, struct sv name)
{
	for (size_t i = 0; command_group(in->command, i); i++) {
		const struct option_row *row =
			option_group_find(command_group(in->command, i), name);
		if (row && row->same_as)
			name = sv_of(row->same_as);
	}
	for (size_t i = 0; i < in->settings.n; i++)
		if (sv_is(name, in->settings.p[i].row->name))
			return &in->settings.p[i];
	return NULL;
}

int setting_apply(struct setting *s, enum option_source source, struct sv where, struct sv value,
		  struct err *err)
{
	if (source < s->source)
		return 0;
	if (source > s->source)
		option_reset(s->row, s->field);
	int rc = option_store(s->row, s->field, value, err);
	if (rc < 0)
		return rc;
	s->source = source;
	s->where = where;
	return 0;
}
