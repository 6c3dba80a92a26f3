/*
 * Security contexts: a container's own value, else its pod's, else the platform's default
 * (DetermineEffectiveSecurityContext of the kubelet: SELinux options are taken over as a whole,
 * Windows options one by one).
 */
#include "fact/kube/kube-int.h"

static const struct sv security_keys[SECURITY_KEYS] = {
	[SECURITY_PRIVILEGED] = {"privileged", 10},
	[SECURITY_ESCALATION] = {"allowPrivilegeEscalation", 24},
	[SECURITY_READ_ONLY] = {"readOnlyRootFilesystem", 22},
	[SECURITY_USER] = {"runAsUser", 9},
	[SECURITY_GROUP] = {"runAsGroup", 10},
	[SECURITY_NON_ROOT] = {"runAsNonRoot", 12},
	[SECURITY_CAPABILITIES] = {"capabilities", 12},
	[SECURITY_SECCOMP] = {"seccompProfile", 14},
	[SECURITY_APPARMOR] = {"appArmorProfile", 15},
	[SECURITY_SELINUX] = {"seLinuxOptions", 14},
	[SECURITY_PROC_MOUNT] = {"procMount", 9},
	[SECURITY_WINDOWS] = {"windowsOptions", 14},
	[SECURITY_FS_GROUP] = {"fsGroup", 7},
	[SECURITY_GROUPS] = {"supplementalGroups", 18},
	[SECURITY_SYSCTLS] = {"sysctls", 7},
};

enum { PROFILE_KEY_TYPE, PROFILE_KEY_LOCALHOST, PROFILE_KEYS };
static const struct sv profile_keys[PROFILE_KEYS] = {{"type", 4}, {"localhostProfile", 16}};

enum { WINDOWS_HOST_PROCESS, WINDOWS_USER, WINDOWS_KEYS };
static const struct sv windows_keys[WINDOWS_KEYS] = {{"hostProcess", 11}, {"runAsUserName", 13}};

static void profile_undefined(struct kube *k, struct node *record, unsigned field)
{
	struct node *p = fact_sub(k->a, record, field, &schema_profile, NULL);

	p->flags |= NODE_DEFAULT;
	fact_default(p, PROFILE_TYPE, NODE_STRING, SV("Undefined"));
}

static void profile_field(struct kube *k, struct node *record, unsigned field,
			  const struct node *value)
{
	const struct node *in[PROFILE_KEYS];
	struct node *p = fact_sub(k->a, record, field, &schema_profile, value);

	kube_gather(value, profile_keys, PROFILE_KEYS, in);
	fact_set(p, PROFILE_LOCALHOST, kube_str(k, in[PROFILE_KEY_LOCALHOST]));
	const struct node *type = kube_str(k, in[PROFILE_KEY_TYPE]);
	if (type)
		fact_set(p, PROFILE_TYPE, type);
	else
		fact_default(p, PROFILE_TYPE, NODE_STRING, SV("Undefined"));
}

/* runtime/default, docker/default, unconfined, localhost/NAME: what the annotations say before
 * there were fields. */
static void profile_annotation(struct kube *k, struct node *record, unsigned field,
			       const struct node *value)
{
	struct node *p = fact_sub(k->a, record, field, &schema_profile, value);
	struct sv text = node_str(value), type = text;

	if (sv_is(text, "runtime/default") || sv_is(text, "docker/default"))
		type = SV("RuntimeDefault");
	else if (sv_is(text, "unconfined"))
		type = SV("Unconfined");
	else if (text.n == 0)
		type = SV("Undefined");
	if (sv_starts(text, SV("localhost/"))) {
		type = SV("Localhost");
		fact_say(p, PROFILE_LOCALHOST, NODE_STRING, sv_from(text, 10), value);
	}
	fact_say(p, PROFILE_TYPE, NODE_STRING, type, value);
}

/* The first that is there: the field, the annotation, the pod's. */
static void profile(struct kube *k, struct node *record, unsigned field, const struct node *value,
		    const struct node *annotation, const struct node *inherited)
{
	const struct node *said = kube_map(k, value);

	if (said)
		profile_field(k, record, field, said);
	else if (annotation)
		profile_annotation(k, record, field, annotation);
	else if (inherited && !(inherited->flags & NODE_DEFAULT))
		fact_set(record, field, inherited);
	else
		profile_undefined(k, record, field);
}

static void selinux(struct kube *k, struct node *record, unsigned field, const struct node *value)
{
	static const struct sv keys[] = {{"type", 4}, {"user", 4}, {"role", 4}, {"level", 5}};
	const struct node *in[ARRAY_LEN(keys)];

	kube_gather(value, keys, ARRAY_LEN(keys), in);
	struct node *s = fact_sub(k->a, record, field, &schema_selinux, value);
	for (unsigned i = 0; i < ARRAY_LEN(keys); i++)
		fact_set(s, i, kube_str(k, in[i]));
}

static void sysctls(struct kube *k, struct node *w, const struct node *value)
{
	static const struct sv keys[] = {{"name", 4}, {"value", 5}};
	const struct node *list = kube_array(k, value);
	struct node *out = fact_list(k->a, w, WORKLOAD_SYSCTLS, list ? list->n : 0, list);

	if (!list)
		out->flags |= NODE_DEFAULT;
	out->n = 0;
	NODE_EACH (it, list) {
		const struct node *in[2], *entry = kube_element(k, it);
		if (!entry)
			continue;
		struct node *record = &out->items[out->n++];
		fact_fill(k->a, record, &schema_sysctl, entry);
		kube_gather(entry, keys, 2, in);
		fact_set(record, SYSCTL_NAME, kube_str(k, in[0]));
		fact_set(record, SYSCTL_VALUE, kube_str(k, in[1]));
	}
}

static void pod_windows(struct kube_pod *pod, const struct node *value)
{
	const struct node *in[WINDOWS_KEYS];

	kube_gather(kube_map(pod->k, value), windows_keys, WINDOWS_KEYS, in);
	pod->host_process = kube_bool(pod->k, in[WINDOWS_HOST_PROCESS], true);
	pod->user_name = kube_str(pod->k, in[WINDOWS_USER]);
}

void kube_security_pod(struct kube_pod *pod, const struct node *security)
{
	static const struct sv pod_seccomp = {"seccomp.security.alpha.kubernetes.io/pod", 40};
	const struct node *in[SECURITY_KEYS];
	struct kube *k = pod->k;
	struct node *w = pod->workload;
	const struct node *annotations = &w->items[WORKLOAD_POD_ANNOTATIONS];

	kube_gather(kube_map(k, security), security_keys, SECURITY_KEYS, in);
	pod->user = kube_int(k, in[SECURITY_USER]);
	pod->group = kube_int(k, in[SECURITY_GROUP]);
	pod->non_root = kube_bool(k, in[SECURITY_NON_ROOT], false);
	pod_windows(pod, in[SECURITY_WINDOWS]);
	fact_set(w, WORKLOAD_RUN_AS_USER, pod->user);
	fact_set(w, WORKLOAD_RUN_AS_NON_ROOT, pod->non_root);
	fact_set(w, WORKLOAD_FS_GROUP, kube_int(k, in[SECURITY_FS_GROUP]));
	kube_ints(k, w, WORKLOAD_SUPPLEMENTAL_GROUPS, in[SECURITY_GROUPS]);
	profile(k, w, WORKLOAD_SECCOMP, in[SECURITY_SECCOMP], node_get_sv(annotations, pod_seccomp),
		NULL);
	profile(k, w, WORKLOAD_APPARMOR, in[SECURITY_APPARMOR], NULL, NULL);
	const struct node *label = kube_map(k, in[SECURITY_SELINUX]);
	if (label)
		selinux(k, w, WORKLOAD_SELINUX, label);
	sysctls(k, w, in[SECURITY_SYSCTLS]);
	fact_default(w, WORKLOAD_HOST_PROCESS, NODE_BOOL, SV("false"));
	fact_set(w, WORKLOAD_HOST_PROCESS, pod->host_process);
}

static void container_windows(struct kube_pod *pod, struct node *c, const struct node *value)
{
	const struct node *in[WINDOWS_KEYS];

	kube_gather(kube_map(pod->k, value), windows_keys, WINDOWS_KEYS, in);
	fact_default(c, CONTAINER_HOST_PROCESS, NODE_BOOL, SV("false"));
	fact_set(c, CONTAINER_HOST_PROCESS, pod->host_process);
	fact_set(c, CONTAINER_HOST_PROCESS, kube_bool(pod->k, in[WINDOWS_HOST_PROCESS], true));
	fact_set(c, CONTAINER_RUN_AS_USER_NAME, pod->user_name);
	fact_set(c, CONTAINER_RUN_AS_USER_NAME, kube_str(pod->k, in[WINDOWS_USER]));
}

/* Privileged containers and those with CAP_SYS_ADMIN can gain privileges whatever they say: the
 * API server refuses a "false" there. */
static void escalation(struct kube *k, struct node *c, const struct node *value,
		       const struct node *privileged, const struct node *capabilities)
{
	const struct node *said = kube_bool(k, value, true);
	const struct node *forced = node_true(privileged)                  ? privileged
				    : kube_adds(capabilities, "SYS_ADMIN") ? capabilities
									   : NULL;

	if (forced && !node_true(said))
		fact_say(c, CONTAINER_ALLOW_ESCALATION, NODE_BOOL, SV("true"), forced);
	else if (said)
		fact_set(c, CONTAINER_ALLOW_ESCALATION, said);
	else
		fact_default(c, CONTAINER_ALLOW_ESCALATION, NODE_BOOL, SV("true"));
}

static void container_bools(struct kube_pod *pod, struct node *c, const struct node **in)
{
	struct kube *k = pod->k;
	const struct node *privileged = kube_bool(k, in[SECURITY_PRIVILEGED], true);
	const struct node *capabilities = kube_map(k, in[SECURITY_CAPABILITIES]);

	fact_default(c, CONTAINER_PRIVILEGED, NODE_BOOL, SV("false"));
	fact_set(c, CONTAINER_PRIVILEGED, privileged);
	fact_default(c, CONTAINER_READ_ONLY_ROOT, NODE_BOOL, SV("false"));
	fact_set(c, CONTAINER_READ_ONLY_ROOT, kube_bool(k, in[SECURITY_READ_ONLY], false));
	fact_set(c, CONTAINER_RUN_AS_NON_ROOT, pod->non_root);
	fact_set(c, CONTAINER_RUN_AS_NON_ROOT, kube_bool(k, in[SECURITY_NON_ROOT], false));
	escalation(k, c, in[SECURITY_ESCALATION], privileged, capabilities);
	kube_capabilities(pod, c, capabilities, privileged);
}

void kube_security_container(struct kube_pod *pod, struct node *c, const struct node *security)
{
	const struct node *in[SECURITY_KEYS], *w = pod->workload;
	struct kube *k = pod->k;
	struct sv name = c->items[CONTAINER_NAME].text;

	kube_gather(kube_map(k, security), security_keys, SECURITY_KEYS, in);
	container_bools(pod, c, in);
	fact_set(c, CONTAINER_RUN_AS_USER, pod->user);
	fact_set(c, CONTAINER_RUN_AS_USER, kube_int(k, in[SECURITY_USER]));
	fact_set(c, CONTAINER_RUN_AS_GROUP, pod->group);
	fact_set(c, CONTAINER_RUN_AS_GROUP, kube_int(k, in[SECURITY_GROUP]));
	profile(k, c, CONTAINER_SECCOMP, in[SECURITY_SECCOMP], kube_names_find(&pod->seccomp, name),
		&w->items[WORKLOAD_SECCOMP]);
	profile(k, c, CONTAINER_APPARMOR, in[SECURITY_APPARMOR],
		kube_names_find(&pod->apparmor, name), &w->items[WORKLOAD_APPARMOR]);
	const struct node *label = kube_map(k, in[SECURITY_SELINUX]);
	if (label)
		selinux(k, c, CONTAINER_SELINUX, label);
	else if (fact_has(w, WORKLOAD_SELINUX))
		fact_set(c, CONTAINER_SELINUX, &w->items[WORKLOAD_SELINUX]);
	fact_default(c, CONTAINER_PROC_MOUNT, NODE_STRING, SV("Default"));
	fact_set(c, CONTAINER_PROC_MOUNT, kube_str(k, in[SECURITY_PROC_MOUNT]));
	container_windows(pod, c, in[SECURITY_WINDOWS]);
	fact_set(c, CONTAINER_SECURITY, security);
}

static void collect(struct kube *k, struct kube_names *names, const struct node *annotations,
		    struct sv prefix)
{
	size_t n = 0;

	NODE_EACH (it, annotations)
		n += sv_starts(it->key, prefix);
	if (n == 0)
		return;
	names->p = ARENA_ARRAY(k->a, n, struct kube_name);
	NODE_EACH (it, annotations)
		if (sv_starts(it->key, prefix))
			kube_names_add(names, sv_from(it->key, prefix.n), it);
	kube_names_sort(names);
}

void kube_profile_annotations(struct kube_pod *pod, const struct node *annotations)
{
	collect(pod->k, &pod->apparmor, annotations,
		SV("container.apparmor.security.beta.kubernetes.io/"));
	collect(pod->k, &pod->seccomp, annotations,
		SV("container.seccomp.security.alpha.kubernetes.io/"));
}
