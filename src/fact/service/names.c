/* Namespaces: which are the host's, whose are shared. */
#include "fact/mount.h"
#include "fact/service/service-int.h"

static const struct mode {
	uint8_t key, mode, host;
	const char *usual; /* where nothing is said; NULL: nobody knows */
} modes[] = {
	{KEY_PID, WORKLOAD_PID_MODE, WORKLOAD_HOST_PID, "private"},
	{KEY_IPC, WORKLOAD_IPC_MODE, WORKLOAD_HOST_IPC, "private"},
	{KEY_UTS, WORKLOAD_UTS_MODE, WORKLOAD_HOST_UTS, "private"},
	{KEY_CGROUP, WORKLOAD_CGROUP_MODE, WORKLOAD_HOST_CGROUP, NULL},
	{KEY_USERNS_MODE, WORKLOAD_USERNS_MODE, WORKLOAD_HOST_USERS, NULL},
	{KEY_NETWORK_MODE, WORKLOAD_NETWORK_MODE, WORKLOAD_HOST_NETWORK, NULL},
};

static void say_mode(struct build *b, const struct mode *m, struct sv text, const struct node *at)
{
	bool host = sv_is(text, "host");
	struct sv path = sv_starts(text, SV("ns:")) ? sv_from(text, 3) : (struct sv){0};

	path = mount_clean(b->a, path);
	if (sv_starts(path, SV("/proc/1/")) || sv_starts(path, SV("/proc/self/")))
		host = true;
	/* compose's "service:x" is the container of another service */
	if (sv_starts(text, SV("service:")))
		text = arena_fmt(b->a, "container:%.*s", SV_ARG(sv_from(text, 8)));
	fact_say(b->w, m->mode, NODE_STRING, text, at);
	if (host || path.n == 0) /* whose a path is, nobody knows */
		fact_say(b->w, m->host, NODE_BOOL, host ? SV("true") : SV("false"), at);
}

static void one_mode(struct build *b, const struct mode *m)
{
	const struct node *said = service_text(b, b->in[m->key]);

	if (said && said->text.n) {
		say_mode(b, m, said->text, said);
	} else if (m->usual) {
		fact_default(b->w, m->mode, NODE_STRING, sv_of(m->usual));
		fact_default(b->w, m->host, NODE_BOOL, SV("false"));
	}
}

/* The name that the engine knows it by. */
static struct sv network_name(struct build *b, struct sv key)
{
	const struct node *said =
		service_text(b, node_get(service_declared(b->s->networks, key), "name"));

	return said && said->text.n ? said->text : key;
}

static void add_networks(struct build *b)
{
	const struct mode *network = &modes[ARRAY_LEN(modes) - 1];
	const struct node *said = b->in[KEY_NETWORKS];
	bool list = node_is(said, NODE_ARRAY);

	if (!said || said->n == 0 || (!list && !service_map(b, said)))
		return;
	struct node *out = fact_list(b->a, b->w, WORKLOAD_NETWORKS, said->n, said);
	out->n = 0;
	NODE_EACH (it, said) {
		const struct node *text = list ? service_text(b, it) : it;
		if (!text)
			continue;
		struct sv name = network_name(b, list ? text->text : it->key);
		struct node *item = &out->items[out->n++];
		*item = *it;
		item->kind = NODE_STRING;
		item->n = 0;
		item->items = NULL;
		item->key = (struct sv){0};
		item->text = name;
		/* an external network of this name is the host's own */
		if (out->n == 1 || sv_is(name, "host"))
			say_mode(b, network, name, it);
	}
}

static void usual_network(struct build *b)
{
	static const char *const usual[PLATFORMS] = {
		[PLATFORM_COMPOSE] = "default", [PLATFORM_DOCKER] = "bridge"};
	const char *name = usual[b->s->platform];

	if (!fact_has(b->w, WORKLOAD_HOST_NETWORK) && !fact_has(b->w, WORKLOAD_NETWORK_MODE))
		fact_default(b->w, WORKLOAD_HOST_NETWORK, NODE_BOOL, SV("false"));
	if (fact_has(b->w, WORKLOAD_NETWORK_MODE) || !name)
		return;
	fact_default(b->w, WORKLOAD_NETWORK_MODE, NODE_STRING, sv_of(name));
	struct node *list = fact_list(b->a, b->w, WORKLOAD_NETWORKS, 1, NULL);
	list->flags |= NODE_DEFAULT;
	list->items[0] = (struct node){.kind = NODE_STRING,
				       .flags = NODE_DEFAULT,
				       .text = sv_of(name),
				       .doc = list->doc,
				       .start = list->start,
				       .end = list->end};
}

/* Docker takes the host's users unless it is told otherwise; Podman's depend on who starts it. */
static void usual_users(struct build *b)
{
	if (fact_has(b->w, WORKLOAD_HOST_USERS) || b->s->platform == PLATFORM_PODMAN)
		return;
	fact_default(b->w, WORKLOAD_HOST_USERS, NODE_BOOL, SV("true"));
}

static void set_sysctl(struct build *b, struct sv name, const struct node *value,
		       const struct node *at)
{
	struct node *list = &b->w->items[WORKLOAD_SYSCTLS];
	struct node *record = &list->items[list->n++];

	fact_fill(b->a, record, &schema_sysctl, at);
	fact_say(record, SYSCTL_NAME, NODE_STRING, name, at);
	if (value)
		fact_set(record, SYSCTL_VALUE, value);
}

void service_namespaces(struct build *b)
{
	const struct node *sysctls = b->in[KEY_SYSCTLS];
	const struct node *parent = service_text(b, b->in[KEY_CGROUP_PARENT]);

	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		one_mode(b, &modes[i]);
	add_networks(b);
	usual_network(b);
	usual_users(b);
	fact_default(b->w, WORKLOAD_SHARE_PROCESS_NAMESPACE, NODE_BOOL, SV("false"));
	if (parent && parent->text.n)
		fact_set(b->w, WORKLOAD_CGROUP_PARENT, parent);
	if (!sysctls)
		return;
	struct node *list = fact_list(b->a, b->w, WORKLOAD_SYSCTLS, sysctls->n, sysctls);
	list->n = 0;
	service_pairs(b, sysctls, set_sysctl);
}
