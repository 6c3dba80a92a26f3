/* The image of the last stage as a workload: what the file says of it; the base's part is absent.
 */
#include "fact/dockerfile/facts.h"

enum { PORTS_OF_RANGE = 1024 };

static void strings_of(struct df_facts *d, struct node *record, unsigned field,
		       const struct df_instruction *i, const struct node *shell)
{
	struct node at = df_node(d, NODE_STRING, i->start, i->end);
	size_t front = !i->exec && shell->kind == NODE_ARRAY ? shell->n : 0;
	struct node *list = fact_list(d->f->a, record, field, front + i->words.n, &at);

	for (size_t k = 0; k < front; k++)
		list->items[k] = shell->items[k];
	for (size_t k = 0; k < i->words.n; k++)
		list->items[front + k] =
			df_string(d, i->words.p[k].text, i->words.p[k].start, i->words.p[k].end);
}

static void add_user(struct node *c, const struct node *user)
{
	struct sv name = user->text;
	uint64_t uid, gid;

	if (user->kind != NODE_STRING)
		return;
	fact_set(c, CONTAINER_USER, user);
	struct sv group = name;
	name = sv_cut(&group, ':');
	if (sv_u64(name, &uid) && uid <= UINT32_MAX)
		fact_say(c, CONTAINER_RUN_AS_USER, NODE_NUMBER, name, user);
	else if (name.n && sv_find_char(name, '$') == SIZE_MAX)
		fact_say(c, CONTAINER_RUN_AS_USER_NAME, NODE_STRING, name, user);
	if (sv_is(name, "root"))
		fact_say(c, CONTAINER_RUN_AS_USER, NODE_NUMBER, SV("0"), user);
	if (sv_u64(group, &gid) && gid <= UINT32_MAX)
		fact_say(c, CONTAINER_RUN_AS_GROUP, NODE_NUMBER, group, user);
}

static void add_env(struct df_facts *d, struct node *c, const struct df_state *s)
{
	struct node *list = fact_list(d->f->a, c, CONTAINER_ENV, s->env.n, NULL);

	for (size_t i = 0; i < s->env.n; i++) {
		const struct node *from = &s->env.p[i];
		struct node *into = &list->items[i];
		fact_fill(d->f->a, into, &schema_env, from);
		fact_say(into, ENV_NAME, NODE_STRING, from->key, from);
		fact_say(into, ENV_VALUE, NODE_STRING, from->text, from);
		fact_say(into, ENV_FROM, NODE_STRING, SV("value"), from);
	}
}

/* "80", "80-90/udp". False: none that can be read. */
static bool read_ports(struct sv text, uint64_t *first, uint64_t *last, struct sv *protocol)
{
	struct sv range = sv_cut(&text, '/'), from = sv_cut(&range, '-');

	*protocol = sv_ieq(text, SV("udp"))    ? SV("UDP")
		    : sv_ieq(text, SV("sctp")) ? SV("SCTP")
					       : SV("TCP");
	if (!sv_u64(from, first))
		return false;
	*last = *first;
	return (!range.n || sv_u64(range, last)) && *first <= *last && *last <= 65535;
}

static void add_ports(struct df_facts *d, struct node *c, const struct df_state *s)
{
	uint64_t first, last, n = 0;
	struct sv protocol;

	for (size_t i = 0; i < s->ports.n; i++)
		if (read_ports(s->ports.p[i].text, &first, &last, &protocol))
			n += last - first + 1;
	n = n > PORTS_OF_RANGE ? PORTS_OF_RANGE : n;
	struct node *list = fact_list(d->f->a, c, CONTAINER_PORTS, (size_t)n, NULL);
	list->n = 0;
	for (size_t i = 0; i < s->ports.n; i++) {
		const struct node *from = &s->ports.p[i];
		if (!read_ports(from->text, &first, &last, &protocol))
			continue;
		for (; first <= last && list->n < n; first++) {
			struct node *into = &list->items[list->n++];
			fact_fill(d->f->a, into, &schema_port, from);
			fact_say(into, PORT_PORT, NODE_NUMBER,
				 arena_fmt(d->f->a, "%u", (unsigned)first), from);
			fact_default(into, PORT_HOST_PORT, NODE_NUMBER, SV("0"));
			fact_say(into, PORT_PROTOCOL, NODE_STRING, protocol, from);
		}
	}
}

static void add_volumes(struct df_facts *d, struct node *c, const struct df_state *s)
{
	struct node *list = fact_list(d->f->a, c, CONTAINER_MOUNTS, s->volumes.n, NULL);

	for (size_t i = 0; i < s->volumes.n; i++) {
		const struct node *from = &s->volumes.p[i];
		struct node *into = &list->items[i];
		fact_fill(d->f->a, into, &schema_mount, from);
		fact_say(into, MOUNT_TARGET, NODE_STRING, from->text, from);
		fact_say(into, MOUNT_TYPE, NODE_STRING, SV("volume"), from);
		fact_say(into, MOUNT_READ_ONLY, NODE_BOOL, SV("false"), from);
		fact_set(into, MOUNT_SAID, from);
		fact_lists(into, &schema_mount);
	}
}

static void add_healthcheck(struct df_facts *d, struct node *c, const struct df_state *s)
{
	const struct df_instruction *i = s->healthcheck;

	if (!i || !i->check)
		return;
	struct node said = df_string(d, i->tail.text, i->start, i->end);
	fact_set(c, CONTAINER_HEALTHCHECK, &said);
}

static const struct df_stage *lowest(const struct df_facts *d, const struct df_stage *s)
{
	while (s->base != SIZE_MAX)
		s = &d->stages.p[s->base];
	return s;
}

static void fill_container(struct df_facts *d, struct node *c, const struct df_stage *s,
			   struct sv name)
{
	const struct df_stage *base = lowest(d, s);
	struct node at = df_node(d, NODE_STRING, s->record->start, s->record->end);

	fact_fill(d->f->a, c, &schema_container, &at);
	fact_say(c, CONTAINER_NAME, NODE_STRING, s->named ? s->name : name, &at);
	fact_say(c, CONTAINER_TYPE, NODE_STRING, SV("container"), &at);
	if (!base->scratch && base->image.n)
		df_image(d, c, CONTAINER_IMAGE, base->image, &base->image_at);
	if (s->state.entrypoint)
		strings_of(d, c, CONTAINER_COMMAND, s->state.entrypoint,
			   &s->state.entrypoint_shell);
	if (s->state.command)
		strings_of(d, c, CONTAINER_ARGS, s->state.command, &s->state.command_shell);
	add_user(c, &s->state.user);
	add_env(d, c, &s->state);
	add_ports(d, c, &s->state);
	add_volumes(d, c, &s->state);
	add_healthcheck(d, c, &s->state);
	if (s->state.workdir.kind == NODE_STRING)
		fact_set(c, CONTAINER_WORKING_DIR, &s->state.workdir);
	fact_sub(d->f->a, c, CONTAINER_RESOURCES, &schema_resources, NULL)->flags |= NODE_DEFAULT;
	fact_lists(c, &schema_container);
}

struct node *df_workload(struct df_facts *d, struct sv name)
{
	struct arena *a = d->f->a;

	if (!d->stages.n)
		return NULL;
	const struct df_stage *s = &d->stages.p[d->stages.n - 1];
	struct node *w = fact_record(a, &schema_workload, d->record);
	fact_say(w, WORKLOAD_PLATFORM, NODE_STRING, sv_of(platform_names[PLATFORM_DOCKERFILE]),
		 NULL);
	fact_say(w, WORKLOAD_KIND, NODE_STRING, SV("dockerfile"), NULL);
	fact_say(w, WORKLOAD_NAME, NODE_STRING, name, NULL);
	fact_say(w, WORKLOAD_OS, NODE_STRING, s->windows ? SV("windows") : SV("linux"), NULL);
	fact_set(w, WORKLOAD_LABELS, &s->record->items[STAGE_LABELS]);
	struct node *list = fact_list(a, w, WORKLOAD_CONTAINERS, 1, NULL);
	fill_container(d, &list->items[0], s, name);
	fact_lists(w, &schema_workload);
	return w;
}
