/* What a container of the image would run with when nobody says otherwise. */
#include "fact/image/image-int.h"

#include "fact/image-name.h"

static void container_image(struct image_reader *r, struct node *c)
{
	const struct node *at = r->reference_at;
	struct node *out = at ? image_name(r->a, c, CONTAINER_IMAGE, at)
			      : fact_sub(r->a, c, CONTAINER_IMAGE, &schema_image, NULL);

	if (image_text(r->about, "id") || r->inspect)
		fact_set(out, IMAGE_ID, &r->record->items[IMAGE_REPORT_ID]);
}

static void env(struct image_reader *r, struct node *c)
{
	const struct node *from = image_get(r->config, "Env");

	if (!node_is(from, NODE_ARRAY))
		return;
	struct node *out = fact_list(r->a, c, CONTAINER_ENV, from->n, from);
	out->n = 0;
	NODE_EACH (it, from) {
		struct sv value = node_str(it), name = sv_cut(&value, '=');
		if (!name.n)
			continue;
		struct node *e = &out->items[out->n++];
		fact_fill(r->a, e, &schema_env, it);
		fact_say(e, ENV_NAME, NODE_STRING, name, it);
		fact_say(e, ENV_VALUE, NODE_STRING, value, it);
		fact_say(e, ENV_FROM, NODE_STRING, SV("value"), it);
	}
}

/* "8080/tcp": a number, or a range that is told by its first. */
static void port(struct image_reader *r, struct node *to, const struct node *said)
{
	static const struct {
		const char *name;
		struct sv protocol;
	} protocols[] = {{"udp", {"UDP", 3}}, {"sctp", {"SCTP", 4}}};
	struct sv protocol = said->text, number = sv_cut(&protocol, '/');
	uint64_t n;

	fact_fill(r->a, to, &schema_port, said);
	number = sv_head(number, sv_find_char(number, '-'));
	if (sv_u64(number, &n) && n <= 65535)
		fact_say(to, PORT_PORT, NODE_NUMBER, arena_fmt(r->a, "%u", (unsigned)n), said);
	fact_default(to, PORT_HOST_PORT, NODE_NUMBER, SV("0"));
	fact_default(to, PORT_PROTOCOL, NODE_STRING, SV("TCP"));
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
		if (sv_is(protocol, protocols[i].name))
			fact_say(to, PORT_PROTOCOL, NODE_STRING, protocols[i].protocol, said);
}

static void ports(struct image_reader *r, struct node *c)
{
	const struct node *from = &r->record->items[IMAGE_REPORT_PORTS];

	if (!from->n)
		return;
	struct node *out = fact_list(r->a, c, CONTAINER_PORTS, from->n, from);
	for (uint32_t i = 0; i < from->n; i++)
		port(r, &out->items[i], &from->items[i]);
}

/* VOLUME: the engine makes an anonymous volume for each. */
static void volumes(struct image_reader *r, struct node *w, struct node *c)
{
	const struct node *from = &r->record->items[IMAGE_REPORT_VOLUMES];

	if (!from->n)
		return;
	struct node *mounts = fact_list(r->a, c, CONTAINER_MOUNTS, from->n, from);
	struct node *all = fact_list(r->a, w, WORKLOAD_VOLUMES, from->n, from);
	for (uint32_t i = 0; i < from->n; i++) {
		const struct node *it = &from->items[i];
		struct node *m = &mounts->items[i], *v = &all->items[i];
		fact_fill(r->a, m, &schema_mount, it);
		fact_say(m, MOUNT_TARGET, NODE_STRING, it->text, it);
		fact_say(m, MOUNT_TYPE, NODE_STRING, SV("volume"), it);
		fact_say(m, MOUNT_VOLUME, NODE_STRING, it->text, it);
		fact_default(m, MOUNT_READ_ONLY, NODE_BOOL, SV("false"));
		fact_lists(m, &schema_mount);
		fact_fill(r->a, v, &schema_volume, it);
		fact_say(v, VOLUME_NAME, NODE_STRING, it->text, it);
		fact_say(v, VOLUME_TYPE, NODE_STRING, SV("volume"), it);
		fact_lists(v, &schema_volume);
	}
}

/* The number of a name in the image's own /etc/passwd. */
static struct sv number_of(const struct image_reader *r, struct sv name)
{
	const struct node *all = &r->record->items[IMAGE_REPORT_ACCOUNTS];

	NODE_EACH (it, all)
		if (sv_eq(node_str(&it->items[ACCOUNT_NAME]), name) && fact_has(it, ACCOUNT_UID))
			return it->items[ACCOUNT_UID].text;
	return sv_is(name, "root") ? SV("0") : (struct sv){0};
}

static void say_id(struct image_reader *r, struct node *c, unsigned field, uint64_t n,
		   const struct node *at)
{
	if (n <= INT64_MAX)
		fact_say(c, field, NODE_NUMBER, arena_fmt(r->a, "%llu", (unsigned long long)n), at);
}

/* USER: "name", "1000", either with ":group". Nothing said is root. */
static void user(struct image_reader *r, struct node *c)
{
	const struct node *said = image_text(r->config, "User");
	uint64_t n;

	if (!said) {
		if (r->config)
			fact_default(c, CONTAINER_RUN_AS_USER, NODE_NUMBER, SV("0"));
		return;
	}
	struct sv group = said->text, name = sv_cut(&group, ':');
	fact_set(c, CONTAINER_USER, said);
	if (sv_u64(group, &n))
		say_id(r, c, CONTAINER_RUN_AS_GROUP, n, said);
	struct sv number = sv_u64(name, &n) ? name : number_of(r, name);
	if (number.n && sv_u64(number, &n))
		say_id(r, c, CONTAINER_RUN_AS_USER, n, said);
	if (!sv_u64(name, &n) && name.n)
		fact_say(c, CONTAINER_RUN_AS_USER_NAME, NODE_STRING, name, said);
}

static void container(struct image_reader *r, struct node *w, struct node *c)
{
	fact_fill(r->a, c, &schema_container, r->config ? r->config : r->root);
	fact_say(c, CONTAINER_NAME, NODE_STRING, r->reference, r->reference_at);
	fact_say(c, CONTAINER_TYPE, NODE_STRING, SV("container"), NULL);
	container_image(r, c);
	image_strings(r, c, CONTAINER_COMMAND, image_get(r->config, "Entrypoint"));
	image_strings(r, c, CONTAINER_ARGS, image_get(r->config, "Cmd"));
	env(r, c);
	ports(r, c);
	volumes(r, w, c);
	user(r, c);
	fact_set(c, CONTAINER_WORKING_DIR, image_text(r->config, "WorkingDir"));
	fact_set(c, CONTAINER_HEALTHCHECK, image_healthcheck(r));
	fact_sub(r->a, c, CONTAINER_RESOURCES, &schema_resources, NULL)->flags |= NODE_DEFAULT;
	fact_set(c, CONTAINER_SOURCE, r->config);
	fact_lists(c, &schema_container);
}

struct node *image_workload(struct image_reader *r)
{
	struct node *w = fact_record(r->a, &schema_workload, r->root);

	fact_say(w, WORKLOAD_PLATFORM, NODE_STRING, sv_of(platform_names[PLATFORM_IMAGE]), NULL);
	fact_say(w, WORKLOAD_KIND, NODE_STRING, SV("image"), NULL);
	fact_say(w, WORKLOAD_NAME, NODE_STRING, r->reference, r->reference_at);
	fact_say(w, WORKLOAD_OS, NODE_STRING, SV("linux"), NULL);
	fact_set(w, WORKLOAD_OS, image_text(r->root, "os"));
	if (fact_has(r->record, IMAGE_REPORT_LABELS))
		fact_set(w, WORKLOAD_LABELS, &r->record->items[IMAGE_REPORT_LABELS]);
	struct node *list = fact_list(r->a, w, WORKLOAD_CONTAINERS, 1, r->root);
	container(r, w, &list->items[0]);
	fact_set(w, WORKLOAD_OBJECT, r->root);
	fact_lists(w, &schema_workload);
	return w;
}
