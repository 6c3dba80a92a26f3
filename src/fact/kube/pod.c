/* A pod: its own settings, then its containers. */
#include "fact/kube/kube-int.h"

enum {
	KEY_HOST_NETWORK,
	KEY_HOST_PID,
	KEY_HOST_IPC,
	KEY_HOST_USERS,
	KEY_SHARE_PROCESSES,
	KEY_ACCOUNT,
	KEY_OLD_ACCOUNT,
	KEY_AUTOMOUNT,
	KEY_RUNTIME_CLASS,
	KEY_PRIORITY_CLASS,
	KEY_RESTART,
	KEY_OS,
	KEY_SECURITY,
	KEY_VOLUMES,
	KEY_INIT,
	KEY_CONTAINERS,
	KEY_EPHEMERAL,
	KEYS
};

static const struct sv keys[KEYS] = {
	[KEY_HOST_NETWORK] = {"hostNetwork", 11},
	[KEY_HOST_PID] = {"hostPID", 7},
	[KEY_HOST_IPC] = {"hostIPC", 7},
	[KEY_HOST_USERS] = {"hostUsers", 9},
	[KEY_SHARE_PROCESSES] = {"shareProcessNamespace", 21},
	[KEY_ACCOUNT] = {"serviceAccountName", 18},
	[KEY_OLD_ACCOUNT] = {"serviceAccount", 14},
	[KEY_AUTOMOUNT] = {"automountServiceAccountToken", 28},
	[KEY_RUNTIME_CLASS] = {"runtimeClassName", 16},
	[KEY_PRIORITY_CLASS] = {"priorityClassName", 17},
	[KEY_RESTART] = {"restartPolicy", 13},
	[KEY_OS] = {"os", 2},
	[KEY_SECURITY] = {"securityContext", 15},
	[KEY_VOLUMES] = {"volumes", 7},
	[KEY_INIT] = {"initContainers", 14},
	[KEY_CONTAINERS] = {"containers", 10},
	[KEY_EPHEMERAL] = {"ephemeralContainers", 19},
};

/* Booleans of the pod: field, key, the platform's default. All are dangerous when true. */
static const struct {
	uint8_t field, key;
	bool standard;
} bools[] = {
	{WORKLOAD_HOST_NETWORK, KEY_HOST_NETWORK, false},
	{WORKLOAD_HOST_PID, KEY_HOST_PID, false},
	{WORKLOAD_HOST_IPC, KEY_HOST_IPC, false},
	{WORKLOAD_HOST_USERS, KEY_HOST_USERS, true},
	{WORKLOAD_SHARE_PROCESS_NAMESPACE, KEY_SHARE_PROCESSES, false},
	{WORKLOAD_AUTOMOUNT_TOKEN, KEY_AUTOMOUNT, true},
};

static void pod_bools(struct kube *k, struct node *w, const struct node **in)
{
	for (size_t i = 0; i < ARRAY_LEN(bools); i++) {
		fact_default(w, bools[i].field, NODE_BOOL,
			     bools[i].standard ? SV("true") : SV("false"));
		fact_set(w, bools[i].field, kube_bool(k, in[bools[i].key], true));
	}
}

static bool empty(const struct node *text)
{
	return !text || text->text.n == 0;
}

static void pod_strings(struct kube *k, struct node *w, const struct node **in)
{
	const struct node *account = kube_str(k, in[KEY_ACCOUNT]);
	const struct node *old = kube_str(k, in[KEY_OLD_ACCOUNT]);
	const struct node *os = kube_map(k, in[KEY_OS]);

	fact_default(w, WORKLOAD_SERVICE_ACCOUNT, NODE_STRING, SV("default"));
	fact_set(w, WORKLOAD_SERVICE_ACCOUNT, !empty(account) ? account : !empty(old) ? old : NULL);
	fact_set(w, WORKLOAD_RUNTIME_CLASS, kube_str(k, in[KEY_RUNTIME_CLASS]));
	fact_set(w, WORKLOAD_PRIORITY_CLASS, kube_str(k, in[KEY_PRIORITY_CLASS]));
	fact_default(w, WORKLOAD_RESTART_POLICY, NODE_STRING, SV("Always"));
	fact_set(w, WORKLOAD_RESTART_POLICY, kube_str(k, in[KEY_RESTART]));
	fact_default(w, WORKLOAD_OS, NODE_STRING, SV("linux"));
	fact_set(w, WORKLOAD_OS, kube_str(k, kube_get(os, "name")));
}

struct list {
	const struct node *items;
	uint32_t n;
};

/* A single container where the list of them belongs is told, and looked at. */
static struct list container_list(struct kube *k, const struct node *value)
{
	if (!value)
		return (struct list){0};
	if (value->kind == NODE_OBJECT && value->n > 0) {
		kube_tell(k, value, "list");
		return (struct list){value, 1};
	}
	value = kube_array(k, value);
	return value ? (struct list){value->items, value->n} : (struct list){0};
}

static void containers(struct kube_pod *pod, const struct node **in)
{
	static const struct {
		uint8_t key;
		const char *type;
	} kinds[] = {
		{KEY_INIT, "init"},
		{KEY_CONTAINERS, "container"},
		{KEY_EPHEMERAL, "ephemeral"},
	};
	struct list lists[ARRAY_LEN(kinds)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		lists[i] = container_list(pod->k, in[kinds[i].key]);
		n += lists[i].n;
	}
	struct node *out =
		fact_list(pod->k->a, pod->workload, WORKLOAD_CONTAINERS, n, in[KEY_CONTAINERS]);
	if (!in[KEY_CONTAINERS])
		out->flags |= NODE_DEFAULT;
	out->n = 0;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		for (uint32_t j = 0; j < lists[i].n; j++) {
			const struct node *c = kube_element(pod->k, &lists[i].items[j]);
			if (c)
				kube_container(pod, &out->items[out->n++], c, kinds[i].type);
		}
}

void kube_pod(struct kube *k, struct node *workload, const struct node *meta,
	      const struct node *spec, const struct node *claims)
{
	struct kube_pod pod = {.k = k, .workload = workload};
	const struct node *in[KEYS];

	meta = kube_map(k, meta);
	spec = kube_map(k, spec);
	kube_string_map(k, workload, WORKLOAD_POD_LABELS, kube_get(meta, "labels"));
	kube_string_map(k, workload, WORKLOAD_POD_ANNOTATIONS, kube_get(meta, "annotations"));
	kube_gather(spec, keys, KEYS, in);
	pod_bools(k, workload, in);
	pod_strings(k, workload, in);
	kube_profile_annotations(&pod, &workload->items[WORKLOAD_POD_ANNOTATIONS]);
	kube_security_pod(&pod, in[KEY_SECURITY]);
	kube_volumes(&pod, in[KEY_VOLUMES], claims);
	containers(&pod, in);
	fact_default(workload, WORKLOAD_POD, NODE_OBJECT, (struct sv){0});
	fact_set(workload, WORKLOAD_POD, spec);
	/* a pod on the host's network has the host's name too */
	fact_default(workload, WORKLOAD_HOST_UTS, NODE_BOOL,
		     workload->items[WORKLOAD_HOST_NETWORK].text);
	fact_lists(workload, &schema_workload);
}
