/* One container of a pod: what it says, with its pod's and the platform's defaults. */
#include "fact/kube/kube-int.h"

#include "fact/image-name.h"

enum {
	KEY_NAME,
	KEY_IMAGE,
	KEY_PULL_POLICY,
	KEY_COMMAND,
	KEY_ARGS,
	KEY_ENV,
	KEY_ENV_FROM,
	KEY_PORTS,
	KEY_MOUNTS,
	KEY_SECURITY,
	KEY_RESOURCES,
	KEY_LIVENESS,
	KEY_READINESS,
	KEY_STARTUP,
	KEY_LIFECYCLE,
	KEYS
};

static const struct sv keys[KEYS] = {
	[KEY_NAME] = {"name", 4},
	[KEY_IMAGE] = {"image", 5},
	[KEY_PULL_POLICY] = {"imagePullPolicy", 15},
	[KEY_COMMAND] = {"command", 7},
	[KEY_ARGS] = {"args", 4},
	[KEY_ENV] = {"env", 3},
	[KEY_ENV_FROM] = {"envFrom", 7},
	[KEY_PORTS] = {"ports", 5},
	[KEY_MOUNTS] = {"volumeMounts", 12},
	[KEY_SECURITY] = {"securityContext", 15},
	[KEY_RESOURCES] = {"resources", 9},
	[KEY_LIVENESS] = {"livenessProbe", 13},
	[KEY_READINESS] = {"readinessProbe", 14},
	[KEY_STARTUP] = {"startupProbe", 12},
	[KEY_LIFECYCLE] = {"lifecycle", 9},
};

static void pull_policy(struct kube *k, struct node *image, const struct node *policy)
{
	const struct node *said = kube_str(k, policy);
	struct sv tag = node_str(&image->items[IMAGE_TAG]);

	if (said && said->text.n > 0)
		fact_set(image, IMAGE_PULL_POLICY, said);
	else if (!fact_has(image, IMAGE_DIGEST) && (!tag.n || sv_is(tag, "latest")))
		fact_default(image, IMAGE_PULL_POLICY, NODE_STRING, SV("Always"));
	else
		fact_default(image, IMAGE_PULL_POLICY, NODE_STRING, SV("IfNotPresent"));
}

static void add_image(struct kube *k, struct node *c, const struct node *image,
		      const struct node *policy)
{
	const struct node *written = kube_str(k, image);

	if (written && written->text.n)
		pull_policy(k, image_name(k->a, c, CONTAINER_IMAGE, written), policy);
}

static void add_resources(struct kube *k, struct node *c, const struct node *resources)
{
	static const struct sv sides[] = {{"requests", 8}, {"limits", 6}};
	static const struct sv amounts[] = {{"cpu", 3}, {"memory", 6}, {"ephemeral-storage", 17}};
	static const uint8_t fields[][2] = {
		{RESOURCES_CPU_REQUEST, RESOURCES_CPU_LIMIT},
		{RESOURCES_MEMORY_REQUEST, RESOURCES_MEMORY_LIMIT},
		{RESOURCES_STORAGE_REQUEST, RESOURCES_STORAGE_LIMIT},
	};
	const struct node *in[2], *request[3], *limit[3];

	resources = kube_map(k, resources);
	struct node *out = fact_sub(k->a, c, CONTAINER_RESOURCES, &schema_resources, resources);
	if (!resources) {
		out->flags |= NODE_DEFAULT;
		return;
	}
	kube_gather(resources, sides, 2, in);
	kube_gather(kube_map(k, in[0]), amounts, 3, request);
	kube_gather(kube_map(k, in[1]), amounts, 3, limit);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const struct node *most = kube_quantity(k, limit[i]);
		fact_set(out, fields[i][1], most);
		/* the API server sets a request that is not written to the limit */
		fact_set(out, fields[i][0], request[i] ? kube_quantity(k, request[i]) : most);
	}
}

/* Where the value comes from, and what rules call it. */
static const struct {
	struct sv key, from;
} env_sources[] = {
	{{"secretKeyRef", 12}, {"secret", 6}}, {{"configMapKeyRef", 15}, {"config_map", 10}},
	{{"fieldRef", 8}, {"field", 5}},       {{"resourceFieldRef", 16}, {"resource_field", 14}},
	{{"fileKeyRef", 10}, {"file", 4}},
};

static struct sv env_source(const struct node *from)
{
	NODE_EACH (it, from)
		for (size_t i = 0; i < ARRAY_LEN(env_sources); i++)
			if (it->kind != NODE_NULL && sv_eq(it->key, env_sources[i].key))
				return env_sources[i].from;
	return SV("value");
}

static void env_entry(struct kube *k, struct node *record, const struct node *entry)
{
	static const struct sv names[] = {{"name", 4}, {"value", 5}, {"valueFrom", 9}};
	const struct node *in[3];

	fact_fill(k->a, record, &schema_env, entry);
	kube_gather(entry, names, 3, in);
	const struct node *from = kube_map(k, in[2]);
	struct sv source = from ? env_source(from) : SV("value");
	fact_set(record, ENV_NAME, kube_str(k, in[0]));
	fact_set(record, ENV_VALUE, kube_str(k, in[1]));
	if (!from && !fact_has(record, ENV_VALUE))
		fact_default(record, ENV_VALUE, NODE_STRING, (struct sv){0});
	fact_say(record, ENV_FROM, NODE_STRING, source, from ? from : entry);
}

typedef void entry_fn(struct kube *k, struct node *record, const struct node *entry);

/* A list of records, one for each object of the source's list. */
static void records(struct kube *k, struct node *c, unsigned field, const struct node *value,
		    entry_fn *fill)
{
	const struct node *list = kube_array(k, value);
	struct node *out = fact_list(k->a, c, field, list ? list->n : 0, list);

	if (!list)
		out->flags |= NODE_DEFAULT;
	out->n = 0;
	NODE_EACH (it, list) {
		const struct node *entry = kube_element(k, it);
		if (entry)
			fill(k, &out->items[out->n++], entry);
	}
}

static void add_env(struct kube *k, struct node *c, const struct node *env)
{
	records(k, c, CONTAINER_ENV, env, env_entry);
}

static void port_entry(struct kube *k, struct node *record, const struct node *entry)
{
	static const struct sv names[] = {
		{"name", 4}, {"containerPort", 13}, {"hostPort", 8}, {"hostIP", 6}, {"protocol", 8},
	};
	const struct node *in[ARRAY_LEN(names)];

	fact_fill(k->a, record, &schema_port, entry);
	kube_gather(entry, names, ARRAY_LEN(names), in);
	fact_set(record, PORT_NAME, kube_str(k, in[0]));
	fact_set(record, PORT_PORT, kube_int(k, in[1]));
	fact_default(record, PORT_HOST_PORT, NODE_NUMBER, SV("0"));
	fact_set(record, PORT_HOST_PORT, kube_int(k, in[2]));
	fact_set(record, PORT_HOST_IP, kube_str(k, in[3]));
	fact_default(record, PORT_PROTOCOL, NODE_STRING, SV("TCP"));
	fact_set(record, PORT_PROTOCOL, kube_str(k, in[4]));
}

static void add_ports(struct kube *k, struct node *c, const struct node *ports)
{
	records(k, c, CONTAINER_PORTS, ports, port_entry);
}

/* An init container that is restarted always runs beside the others: a sidecar. */
static void container_type(struct kube *k, struct node *c, const struct node *source,
			   const char *type)
{
	const struct node *restart = NULL;

	if (strcmp(type, "init") == 0)
		restart = kube_str(k, kube_get(source, "restartPolicy"));
	if (sv_is(node_str(restart), "Always"))
		fact_say(c, CONTAINER_TYPE, NODE_STRING, SV("sidecar"), restart);
	else
		fact_say(c, CONTAINER_TYPE, NODE_STRING, sv_of(type), NULL);
}

void kube_container(struct kube_pod *pod, struct node *into, const struct node *source,
		    const char *type)
{
	const struct node *in[KEYS];
	struct kube *k = pod->k;
	struct node *c = into;

	fact_fill(k->a, c, &schema_container, source);
	kube_gather(source, keys, KEYS, in);
	fact_set(c, CONTAINER_NAME, kube_str(k, in[KEY_NAME]));
	container_type(k, c, source, type);
	add_image(k, c, in[KEY_IMAGE], in[KEY_PULL_POLICY]);
	kube_strings(k, c, CONTAINER_COMMAND, in[KEY_COMMAND]);
	kube_strings(k, c, CONTAINER_ARGS, in[KEY_ARGS]);
	add_env(k, c, in[KEY_ENV]);
	fact_set(c, CONTAINER_ENV_FROM, kube_array(k, in[KEY_ENV_FROM]));
	add_ports(k, c, in[KEY_PORTS]);
	kube_mounts(pod, c, in[KEY_MOUNTS]);
	add_resources(k, c, in[KEY_RESOURCES]);
	kube_security_container(pod, c, in[KEY_SECURITY]);
	fact_set(c, CONTAINER_LIVENESS, kube_map(k, in[KEY_LIVENESS]));
	fact_set(c, CONTAINER_READINESS, kube_map(k, in[KEY_READINESS]));
	fact_set(c, CONTAINER_STARTUP, kube_map(k, in[KEY_STARTUP]));
	fact_set(c, CONTAINER_LIFECYCLE, kube_map(k, in[KEY_LIFECYCLE]));
	fact_set(c, CONTAINER_SOURCE, source);
	fact_lists(c, &schema_container);
}
