/* config.json: linux. */
#include "fact/mount.h"
#include "fact/oci/oci-int.h"
#include "fact/seccomp.h"

static const struct {
	const char *type;
	unsigned shared, mode;
} spaces[] = {
	{"network", WORKLOAD_HOST_NETWORK, WORKLOAD_NETWORK_MODE},
	{"pid", WORKLOAD_HOST_PID, WORKLOAD_PID_MODE},
	{"ipc", WORKLOAD_HOST_IPC, WORKLOAD_IPC_MODE},
	{"uts", WORKLOAD_HOST_UTS, WORKLOAD_UTS_MODE},
	{"user", WORKLOAD_HOST_USERS, WORKLOAD_USERNS_MODE},
	{"cgroup", WORKLOAD_HOST_CGROUP, WORKLOAD_CGROUP_MODE},
};

static const struct node *space_of(const struct oci *o, const struct node *list, const char *type)
{
	NODE_EACH (it, list)
		if (sv_is(node_str(oci_get(o, it, "type", NODE_STRING)), type))
			return it;
	return NULL;
}

/* Whose a namespace is that exists already. The first process's and the runtime's own are the
 * host's; another process's may be. */
static struct sv owner(struct oci *o, const struct node *path)
{
	struct sv rest = path ? mount_clean(o->a, path->text) : (struct sv){0};
	struct sv process = rest;

	/* what Docker calls default is the host's, wherever its folder lies */
	if (sv_ends(rest, SV("/netns/default")))
		return SV("host");
	if (rest.n == 0 || !sv_starts(rest, SV("/proc/")))
		return SV("private");
	process = sv_from(rest, 6);
	process = sv_cut(&process, '/');
	bool host = sv_is(process, "1") || sv_is(process, "self") || sv_is(process, "thread-self");
	return host ? SV("host") : arena_fmt(o->a, "container:%.*s", SV_ARG(rest));
}

/* A namespace that is not listed is the runtime's own: the host's. */
static void namespaces(struct oci *o)
{
	const struct node *list = oci_get(o, o->linux_, "namespaces", NODE_ARRAY);

	for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
		const struct node *ns = space_of(o, list, spaces[i].type);
		const struct node *path = oci_get(o, ns, "path", NODE_STRING);
		const struct node *at = ns ? ns : list ? list : o->linux_;
		struct sv mode = ns ? owner(o, path) : SV("host");
		bool host = sv_is(mode, "host");
		fact_say(o->w, spaces[i].mode, NODE_STRING, mode, at);
		if (host || sv_is(mode, "private")) /* another process's: nobody knows */
			fact_say(o->w, spaces[i].shared, NODE_BOOL, host ? SV("true") : SV("false"),
				 at);
	}
}

static bool is_usual(int64_t major, int64_t minor)
{
	static const int16_t usual[][2] = {{1, 3}, {1, 5}, {1, 7}, {1, 8},   {1, 9},
					   {5, 0}, {5, 1}, {5, 2}, {136, -1}};

	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (usual[i][0] == major && (usual[i][1] < 0 || usual[i][1] == minor))
			return true;
	return false;
}

static struct sv number_or_star(const struct node *n)
{
	int64_t v;

	/* -1 stands for all as well (config-linux.md, devices) */
	return node_i64(n, &v) && v >= 0 ? n->text : SV("*");
}

/* Allowed, and more than every container has. mknod alone opens nothing. */
static bool is_added(const struct oci *o, const struct node *rule)
{
	const struct node *access = oci_get(o, rule, "access", NODE_STRING);
	int64_t major = -1, minor = -1;

	(void)node_i64(oci_get(o, rule, "major", NODE_NUMBER), &major);
	(void)node_i64(oci_get(o, rule, "minor", NODE_NUMBER), &minor);
	bool opens = !access || access->text.n == 0 ||
		     sv_find_char(access->text, 'r') != SIZE_MAX ||
		     sv_find_char(access->text, 'w') != SIZE_MAX;
	return node_true(oci_get(o, rule, "allow", NODE_BOOL)) && opens && !is_usual(major, minor);
}

static void device_rules(struct oci *o, const struct node *resources)
{
	const struct node *list = oci_get(o, resources, "devices", NODE_ARRAY);

	if (!list)
		return;
	struct node *out = fact_list(o->a, o->c, CONTAINER_DEVICE_RULES, list->n, list);
	out->n = 0;
	NODE_EACH (it, list) {
		struct sv type = node_str(oci_get(o, it, "type", NODE_STRING));
		struct sv access = node_str(oci_get(o, it, "access", NODE_STRING));
		if (!is_added(o, it))
			continue;
		struct node *rule = &out->items[out->n++];
		*rule = (struct node){.kind = NODE_STRING, .doc = it->doc};
		rule->start = it->start;
		rule->end = it->end;
		rule->text = arena_fmt(o->a, "%.*s %.*s:%.*s %.*s", SV_ARG(type.n ? type : SV("a")),
				       SV_ARG(number_or_star(node_get(it, "major"))),
				       SV_ARG(number_or_star(node_get(it, "minor"))),
				       SV_ARG(access.n ? access : SV("rwm")));
	}
}

static void devices(struct oci *o)
{
	const struct node *list = oci_get(o, o->linux_, "devices", NODE_ARRAY);

	if (!list)
		return;
	struct node *out = fact_list(o->a, o->c, CONTAINER_DEVICES, list->n, list);
	out->n = 0;
	NODE_EACH (it, list) {
		const struct node *path = oci_get(o, it, "path", NODE_STRING);
		int64_t major = -1, minor = -2;
		(void)node_i64(oci_get(o, it, "major", NODE_NUMBER), &major);
		(void)node_i64(oci_get(o, it, "minor", NODE_NUMBER), &minor);
		if (!path || is_usual(major, minor))
			continue;
		struct node *d = &out->items[out->n++];
		fact_fill(o->a, d, &schema_device, it);
		fact_set(d, DEVICE_SOURCE, path);
		fact_say(d, DEVICE_NODE, NODE_STRING,
			 arena_fmt(o->a, "%.*s %.*s:%.*s",
				   SV_ARG(node_str(oci_get(o, it, "type", NODE_STRING))),
				   SV_ARG(number_or_star(node_get(it, "major"))),
				   SV_ARG(number_or_star(node_get(it, "minor")))),
			 it);
		fact_set(d, DEVICE_TARGET, path);
	}
}

static void text_of(struct node *record, unsigned field, const struct node *number)
{
	int64_t v;

	/* -1 and 0 are no limit */
	if (node_i64(number, &v) && v > 0)
		fact_say(record, field, NODE_STRING, number->text, number);
}

static void cpu_limit(struct oci *o, struct node *out, const struct node *cpu)
{
	const struct node *quota = oci_get(o, cpu, "quota", NODE_NUMBER);
	uint64_t q, period = 100000;

	(void)node_u64(oci_get(o, cpu, "period", NODE_NUMBER), &period);
	if (!node_u64(quota, &q) || q == 0 || period == 0 || q > UINT64_MAX / 1000)
		return;
	unsigned long long milli = q * 1000 / period;
	fact_say(out, RESOURCES_CPU_LIMIT, NODE_STRING,
		 milli % 1000 ? arena_fmt(o->a, "%llum", milli)
			      : arena_fmt(o->a, "%llu", milli / 1000),
		 quota);
}

static void resources(struct oci *o)
{
	const struct node *said = oci_get(o, o->linux_, "resources", NODE_OBJECT);
	const struct node *memory = oci_get(o, said, "memory", NODE_OBJECT);
	const struct node *cpu = oci_get(o, said, "cpu", NODE_OBJECT);
	const struct node *pids =
		oci_get(o, oci_get(o, said, "pids", NODE_OBJECT), "limit", NODE_NUMBER);
	struct node *out = fact_sub(o->a, o->c, CONTAINER_RESOURCES, &schema_resources, said);
	int64_t v;

	text_of(out, RESOURCES_MEMORY_LIMIT, oci_get(o, memory, "limit", NODE_NUMBER));
	text_of(out, RESOURCES_MEMORY_SWAP, oci_get(o, memory, "swap", NODE_NUMBER));
	text_of(out, RESOURCES_MEMORY_REQUEST, oci_get(o, memory, "reservation", NODE_NUMBER));
	cpu_limit(o, out, cpu);
	if (node_i64(oci_get(o, cpu, "shares", NODE_NUMBER), &v) && v > 0)
		fact_set(out, RESOURCES_CPU_SHARES, node_get(cpu, "shares"));
	const struct node *set = oci_get(o, cpu, "cpus", NODE_STRING);
	if (set && set->text.n)
		fact_set(out, RESOURCES_CPU_SET, set);
	if (node_i64(pids, &v) && v > 0)
		fact_set(out, RESOURCES_PIDS_LIMIT, pids);
	const struct node *kill = oci_get(o, memory, "disableOOMKiller", NODE_BOOL);
	fact_set(o->c, CONTAINER_OOM_KILL_DISABLE, kill);
	device_rules(o, said);
}

static void sysctls(struct oci *o)
{
	const struct node *map = oci_get(o, o->linux_, "sysctl", NODE_OBJECT);

	if (!map)
		return;
	struct node *out = fact_list(o->a, o->w, WORKLOAD_SYSCTLS, map->n, map);
	out->n = 0;
	NODE_EACH (it, map) {
		struct node *s = &out->items[out->n++];
		fact_fill(o->a, s, &schema_sysctl, it);
		fact_say(s, SYSCTL_NAME, NODE_STRING, it->key, it);
		fact_say(s, SYSCTL_VALUE, NODE_STRING, it->text, it);
	}
}

/* Without a filter all system calls are allowed; with one that allows all, too. */
static void seccomp(struct oci *o)
{
	const struct node *filter = oci_get(o, o->linux_, "seccomp", NODE_OBJECT);
	bool open = seccomp_is_open(filter);
	const struct node *at = filter ? filter : o->linux_;

	struct node *out = fact_sub(o->a, o->c, CONTAINER_SECCOMP, &schema_profile, at);
	fact_say(out, PROFILE_TYPE, NODE_STRING, open ? SV("Unconfined") : SV("Filter"), at);
	out->items[PROFILE_TYPE].items = NULL;
}

/* "/parent/name", or "slice:prefix:name" with systemd. */
static void cgroup(struct oci *o)
{
	const struct node *path = oci_get(o, o->linux_, "cgroupsPath", NODE_STRING);
	struct sv text = node_str(path), slice = text;

	if (text.n == 0)
		return;
	slice = sv_cut(&slice, ':');
	size_t at = sv_rfind_char(text, '/');
	if (slice.n < text.n)
		fact_say(o->w, WORKLOAD_CGROUP_PARENT, NODE_STRING, slice, path);
	else if (at != SIZE_MAX && at > 0)
		fact_say(o->w, WORKLOAD_CGROUP_PARENT, NODE_STRING, sv_head(text, at), path);
}

void oci_linux(struct oci *o)
{
	if (!o->linux_)
		return;
	namespaces(o);
	devices(o);
	resources(o);
	sysctls(o);
	seccomp(o);
	cgroup(o);
	oci_strings(o, o->c, CONTAINER_MASKED_PATHS, o->linux_, "maskedPaths");
	oci_strings(o, o->c, CONTAINER_READONLY_PATHS, o->linux_, "readonlyPaths");
	if (!fact_has(o->c, CONTAINER_MASKED_PATHS))
		(void)fact_list(o->a, o->c, CONTAINER_MASKED_PATHS, 0, o->linux_);
	if (!fact_has(o->c, CONTAINER_READONLY_PATHS))
		(void)fact_list(o->a, o->c, CONTAINER_READONLY_PATHS, 0, o->linux_);
	bool masked = o->c->items[CONTAINER_MASKED_PATHS].n > 0;
	fact_say(o->c, CONTAINER_PROC_MOUNT, NODE_STRING, masked ? SV("Default") : SV("Unmasked"),
		 &o->c->items[CONTAINER_MASKED_PATHS]);
}
