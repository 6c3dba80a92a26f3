/* What relations need of an object: see enum set_tag. Values are read as they come; what is of a
 * wrong type has been told by kube_objects(). */
#include "fact/set/set-int.h"

static const struct {
	const char *kind, *group; /* NULL: any group */
	enum set_class class;
} kinds[] = {
	{"Service", "", CLASS_SERVICE},
	{"NetworkPolicy", "networking.k8s.io", CLASS_NETWORK_POLICY},
	{"PodDisruptionBudget", NULL, CLASS_BUDGET},
	{"HorizontalPodAutoscaler", NULL, CLASS_AUTOSCALER},
	{"ScaledObject", "keda.sh", CLASS_AUTOSCALER},
	{"Ingress", "networking.k8s.io", CLASS_INGRESS},
	{"ServiceMonitor", "monitoring.coreos.com", CLASS_MONITOR},
	{"Role", NULL, CLASS_ROLE},
	{"ClusterRole", NULL, CLASS_CLUSTER_ROLE},
	{"RoleBinding", NULL, CLASS_BINDING},
	{"ClusterRoleBinding", NULL, CLASS_CLUSTER_BINDING},
	{"ServiceAccount", "", CLASS_ACCOUNT},
	{"Namespace", "", CLASS_NAMESPACE},
	{"ConfigMap", "", CLASS_CONFIG_MAP},
	{"Secret", "", CLASS_SECRET},
	{"PersistentVolumeClaim", "", CLASS_CLAIM},
	{"LimitRange", "", CLASS_LIMIT_RANGE},
	{"ResourceQuota", "", CLASS_QUOTA},
};

enum set_class set_class_of(struct sv api_version, struct sv kind)
{
	struct sv group = {0}, rest = api_version;

	if (sv_find_char(api_version, '/') != SIZE_MAX)
		group = sv_cut(&rest, '/');
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (sv_is(kind, kinds[i].kind))
			return !kinds[i].group || sv_is(group, kinds[i].group) ||
					       sv_is(group, "extensions")
				       ? kinds[i].class
				       : CLASS_OTHER;
	return CLASS_OTHER;
}

/* The text of a scalar. */
static struct sv scalar(const struct node *n)
{
	return n && n->kind != NODE_NULL && n->n == 0 ? n->text : (struct sv){0};
}

static void text(struct buf *out, enum set_tag tag, const struct node *n)
{
	struct sv value = scalar(n);

	if (value.n > 0)
		set_text(out, tag, value);
}

static void field(struct buf *out, enum set_tag tag, const struct node *object, const char *key)
{
	text(out, tag, node_get(object, key));
}

static void texts(struct buf *out, enum set_tag tag, const struct node *list)
{
	if (node_is(list, NODE_ARRAY))
		NODE_EACH (it, list)
			set_text(out, tag, scalar(it));
}

static void pairs(struct buf *out, const struct node *map)
{
	if (!node_is(map, NODE_OBJECT))
		return;
	NODE_EACH (it, map) {
		if (it->flags & NODE_DUPLICATE)
			continue;
		set_text(out, SET_KEY, it->key);
		set_text(out, SET_VALUE, scalar(it));
	}
}

static void labels(struct buf *out, const struct node *map)
{
	if (!node_is(map, NODE_OBJECT) || map->n == 0)
		return;
	set_open(out, SET_LABELS);
	pairs(out, map);
	set_close(out);
}

static void selector(struct buf *out, enum set_tag tag, const struct node *n)
{
	const struct node *expressions = node_get(n, "matchExpressions");

	if (!node_is(n, NODE_OBJECT))
		return;
	set_open(out, tag);
	pairs(out, node_get(n, "matchLabels"));
	if (node_is(expressions, NODE_ARRAY))
		NODE_EACH (it, expressions) {
			set_open(out, SET_EXPRESSION);
			set_text(out, SET_KEY, scalar(node_get(it, "key")));
			set_text(out, SET_OPERATOR, scalar(node_get(it, "operator")));
			texts(out, SET_VALUE, node_get(it, "values"));
			set_close(out);
		}
	set_close(out);
}

/* A selector that is labels alone: Service, ReplicationController, DeploymentConfig. */
static void plain_selector(struct buf *out, const struct node *map)
{
	if (!node_is(map, NODE_OBJECT) || map->n == 0)
		return;
	set_open(out, SET_SELECTOR);
	pairs(out, map);
	set_close(out);
}

static void reference(struct buf *out, enum set_tag tag, const struct node *ref, const char *key)
{
	if (!node_true(node_get(ref, "optional")))
		field(out, tag, ref, key);
}

static void volume_references(struct buf *out, const struct node *volume)
{
	const struct node *sources = node_path(volume, "projected", "sources", NULL);

	reference(out, SET_CONFIG_MAP, node_get(volume, "configMap"), "name");
	reference(out, SET_SECRET, node_get(volume, "secret"), "secretName");
	field(out, SET_CLAIM, node_get(volume, "persistentVolumeClaim"), "claimName");
	NODE_EACH (it, sources) {
		reference(out, SET_CONFIG_MAP, node_get(it, "configMap"), "name");
		reference(out, SET_SECRET, node_get(it, "secret"), "name");
	}
}

static void env_references(struct buf *out, const struct node *container)
{
	const struct node *env = node_get(container, "env"), *from = node_get(container, "envFrom");

	NODE_EACH (it, env) {
		const struct node *value = node_get(it, "valueFrom");
		if (!value)
			continue;
		reference(out, SET_CONFIG_MAP, node_get(value, "configMapKeyRef"), "name");
		reference(out, SET_SECRET, node_get(value, "secretKeyRef"), "name");
	}
	NODE_EACH (it, from) {
		reference(out, SET_CONFIG_MAP, node_get(it, "configMapRef"), "name");
		reference(out, SET_SECRET, node_get(it, "secretRef"), "name");
	}
}

static void container_parts(struct buf *out, const struct node *c)
{
	NODE_EACH (port, &c->items[CONTAINER_PORTS]) {
		set_open(out, SET_PORTS);
		text(out, SET_NAME, &port->items[PORT_NAME]);
		text(out, SET_PORT, &port->items[PORT_PORT]);
		text(out, SET_PROTOCOL, &port->items[PORT_PROTOCOL]);
		set_close(out);
	}
	env_references(out, &c->items[CONTAINER_SOURCE]);
}

static void workload(struct buf *out, const struct fact_object *o)
{
	const struct node *w = o->workload, *spec = node_get(o->object, "spec");
	const struct node *token = &w->items[WORKLOAD_AUTOMOUNT_TOKEN];

	set_open(out, SET_WORKLOAD);
	if (o->again)
		set_text(out, SET_AGAIN, (struct sv){0});
	labels(out, &w->items[WORKLOAD_POD_LABELS]);
	if (sv_is(o->kind, "ReplicationController") || sv_is(o->kind, "DeploymentConfig"))
		plain_selector(out, node_get(spec, "selector"));
	else if (!sv_is(o->kind, "Pod"))
		selector(out, SET_SELECTOR, node_get(spec, "selector"));
	text(out, SET_REPLICAS, &w->items[WORKLOAD_REPLICAS]);
	if (!(w->items[WORKLOAD_REPLICAS].flags & NODE_DEFAULT))
		text(out, SET_REPLICAS_SAID, &w->items[WORKLOAD_REPLICAS]);
	text(out, SET_ACCOUNT, &w->items[WORKLOAD_SERVICE_ACCOUNT]);
	if (!(token->flags & NODE_DEFAULT))
		text(out, SET_TOKEN, token);
	if (sv_is(o->kind, "StatefulSet"))
		field(out, SET_SERVICE, spec, "serviceName");
	NODE_EACH (c, &w->items[WORKLOAD_CONTAINERS])
		container_parts(out, c);
	NODE_EACH (v, &w->items[WORKLOAD_VOLUMES])
		volume_references(out, &v->items[VOLUME_SOURCE]);
	set_close(out);
}

static void service(struct buf *out, const struct fact_object *o)
{
	const struct node *spec = node_get(o->object, "spec"), *ports = node_get(spec, "ports");

	labels(out, &o->meta->items[META_LABELS]);
	plain_selector(out, node_get(spec, "selector"));
	field(out, SET_TYPE, spec, "type");
	if (sv_is(node_get_str(spec, "clusterIP"), "None"))
		set_text(out, SET_HEADLESS, (struct sv){0});
	texts(out, SET_ADDRESS, node_get(spec, "externalIPs"));
	if (!node_is(ports, NODE_ARRAY))
		return;
	NODE_EACH (it, ports) {
		set_open(out, SET_PORTS);
		field(out, SET_NAME, it, "name");
		field(out, SET_PORT, it, "port");
		field(out, SET_TARGET, it, "targetPort");
		field(out, SET_PROTOCOL, it, "protocol");
		field(out, SET_NODE_PORT, it, "nodePort");
		set_close(out);
	}
}

static void peer(struct buf *out, const struct node *n)
{
	set_open(out, SET_PEER);
	selector(out, SET_SELECTOR, node_get(n, "podSelector"));
	selector(out, SET_SELECTOR_NAMESPACES, node_get(n, "namespaceSelector"));
	field(out, SET_ADDRESS, node_get(n, "ipBlock"), "cidr");
	set_close(out);
}

static uint32_t length(const struct node *list)
{
	return node_is(list, NODE_ARRAY) ? list->n : 0;
}

static void policy_rules(struct buf *out, const struct node *list, const char *direction,
			 const char *side)
{
	if (!node_is(list, NODE_ARRAY))
		return;
	NODE_EACH (it, list) {
		const struct node *peers = node_get(it, side);
		set_open(out, SET_RULE);
		set_text(out, SET_DIRECTION, sv_of(direction));
		if (length(peers) == 0)
			set_text(out, SET_OPEN,
				 length(node_get(it, "ports")) == 0 ? SV("all") : SV("ports"));
		else
			NODE_EACH (p, peers)
				peer(out, p);
		set_close(out);
	}
}

static void network_policy(struct buf *out, const struct fact_object *o)
{
	const struct node *spec = node_get(o->object, "spec");
	const struct node *pods = node_get(spec, "podSelector");

	if (node_is(pods, NODE_OBJECT)) {
		selector(out, SET_SELECTOR, pods);
	} else {
		set_open(out, SET_SELECTOR);
		set_close(out);
	}
	texts(out, SET_POLICY, node_get(spec, "policyTypes"));
	policy_rules(out, node_get(spec, "ingress"), "ingress", "from");
	policy_rules(out, node_get(spec, "egress"), "egress", "to");
}

static void budget(struct buf *out, const struct fact_object *o)
{
	const struct node *spec = node_get(o->object, "spec");
	const struct node *pods = node_get(spec, "selector");
	const struct node *pairs_of = node_get(pods, "matchLabels");
	bool empty =
		length(node_get(pods, "matchExpressions")) == 0 && (!pairs_of || pairs_of->n == 0);

	/* an empty selector selects nothing in v1beta1, all in v1 */
	if (!empty || !sv_is(o->api_version, "policy/v1beta1"))
		selector(out, SET_SELECTOR, pods);
	field(out, SET_MIN, spec, "minAvailable");
	field(out, SET_MAX, spec, "maxUnavailable");
	field(out, SET_POLICY, spec, "unhealthyPodEvictionPolicy");
}

static void autoscaler(struct buf *out, const struct fact_object *o)
{
	const struct node *spec = node_get(o->object, "spec");
	const struct node *target = node_get(spec, "scaleTargetRef");
	bool keda = sv_is(o->kind, "ScaledObject");
	struct sv kind = scalar(node_get(target, "kind"));

	set_text(out, SET_TYPE, kind.n == 0 && keda ? SV("Deployment") : kind);
	field(out, SET_TARGET, target, "name");
	field(out, SET_MIN, spec, keda ? "minReplicaCount" : "minReplicas");
	field(out, SET_MAX, spec, keda ? "maxReplicaCount" : "maxReplicas");
}

/* networking.k8s.io/v1 has service.name and service.port, older versions have flat fields. */
static void backend(struct buf *out, const struct node *n, struct sv host, struct sv path)
{
	const struct node *new = node_get(n, "service"), *port = node_get(new, "port");

	if (!new && !node_get(n, "serviceName"))
		return;
	set_open(out, SET_BACKEND);
	if (host.n > 0)
		set_text(out, SET_HOST, host);
	if (path.n > 0)
		set_text(out, SET_PATH, path);
	text(out, SET_SERVICE, new ? node_get(new, "name") : node_get(n, "serviceName"));
	if (!new)
		field(out, SET_PORT, n, "servicePort");
	else
		text(out, SET_PORT,
		     node_get(port, "number") ? node_get(port, "number") : node_get(port, "name"));
	set_close(out);
}

static void ingress(struct buf *out, const struct fact_object *o)
{
	const struct node *spec = node_get(o->object, "spec"), *rules = node_get(spec, "rules");
	const struct node *tls = node_get(spec, "tls"), *whole = node_get(spec, "defaultBackend");
	const struct node *class = node_get(spec, "ingressClassName");

	if (!class)
		class = node_get(&o->meta->items[META_ANNOTATIONS], "kubernetes.io/ingress.class");
	text(out, SET_CLASS, class);
	NODE_EACH (it, tls) {
		set_open(out, SET_TLS);
		texts(out, SET_HOST, node_get(it, "hosts"));
		set_close(out);
	}
	backend(out, whole ? whole : node_get(spec, "backend"), (struct sv){0}, (struct sv){0});
	NODE_EACH (it, rules) {
		struct sv host = scalar(node_get(it, "host"));
		const struct node *paths = node_path(it, "http", "paths", NULL);
		if (host.n > 0)
			set_text(out, SET_HOST, host);
		NODE_EACH (p, paths)
			backend(out, node_get(p, "backend"), host, scalar(node_get(p, "path")));
	}
}

static void monitor(struct buf *out, const struct fact_object *o)
{
	const struct node *spec = node_get(o->object, "spec");
	const struct node *spaces = node_get(spec, "namespaceSelector");
	const struct node *pods = node_get(spec, "selector");

	if (node_is(pods, NODE_OBJECT)) {
		selector(out, SET_SELECTOR, pods);
	} else {
		set_open(out, SET_SELECTOR);
		set_close(out);
	}
	if (node_true(node_get(spaces, "any")))
		set_text(out, SET_ANY, (struct sv){0});
	texts(out, SET_NAMESPACE, node_get(spaces, "matchNames"));
}

static void role(struct buf *out, const struct fact_object *o)
{
	static const uint8_t parts[][2] = {
		{ROLE_RULE_VERBS, SET_VERB},         {ROLE_RULE_API_GROUPS, SET_GROUP},
		{ROLE_RULE_RESOURCES, SET_RESOURCE}, {ROLE_RULE_RESOURCE_NAMES, SET_RESOURCE_NAME},
		{ROLE_RULE_URLS, SET_URL},
	};
	const struct node *others =
		node_path(o->object, "aggregationRule", "clusterRoleSelectors", NULL);

	labels(out, &o->meta->items[META_LABELS]);
	NODE_EACH (it, others)
		selector(out, SET_SELECTOR, it);
	if (!o->role)
		return;
	NODE_EACH (it, &o->role->items[ROLE_RULES]) {
		set_open(out, SET_RULE);
		for (size_t i = 0; i < ARRAY_LEN(parts); i++)
			texts(out, (enum set_tag)parts[i][1], &it->items[parts[i][0]]);
		set_close(out);
	}
}

static void binding(struct buf *out, const struct fact_object *o)
{
	const struct node *b = o->binding;

	if (!b)
		return;
	text(out, SET_TYPE, &b->items[BINDING_ROLE_KIND]);
	text(out, SET_TARGET, &b->items[BINDING_ROLE_NAME]);
	if (node_true(&b->items[BINDING_BUILT_IN]))
		set_text(out, SET_BUILT_IN, (struct sv){0});
	NODE_EACH (it, &b->items[BINDING_SUBJECTS]) {
		set_open(out, SET_SUBJECT);
		text(out, SET_KIND, &it->items[SUBJECT_KIND]);
		text(out, SET_NAME, &it->items[SUBJECT_NAME]);
		text(out, SET_NAMESPACE, &it->items[SUBJECT_NAMESPACE]);
		set_close(out);
	}
}

static void account(struct buf *out, const struct fact_object *o)
{
	const struct node *token = node_get(o->object, "automountServiceAccountToken");

	if (node_is(token, NODE_BOOL))
		text(out, SET_TOKEN, token);
}

static void space(struct buf *out, const struct fact_object *o)
{
	labels(out, &o->meta->items[META_LABELS]);
}

typedef void encode_fn(struct buf *out, const struct fact_object *o);
static encode_fn *const encoders[CLASSES] = {
	[CLASS_SERVICE] = service, [CLASS_NETWORK_POLICY] = network_policy,
	[CLASS_BUDGET] = budget,   [CLASS_AUTOSCALER] = autoscaler,
	[CLASS_INGRESS] = ingress, [CLASS_MONITOR] = monitor,
	[CLASS_ROLE] = role,       [CLASS_CLUSTER_ROLE] = role,
	[CLASS_BINDING] = binding, [CLASS_CLUSTER_BINDING] = binding,
	[CLASS_ACCOUNT] = account, [CLASS_NAMESPACE] = space,
};

void set_encode(struct buf *out, const struct fact_object *o)
{
	enum set_class class = set_class_of(o->api_version, o->kind);

	if (encoders[class])
		encoders[class](out, o);
	if (o->workload)
		workload(out, o);
}
